#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Who may include whom. The table is the one in ARCHITECTURE.md; which folder may know which foreign
# library stands below. The include directories of the libraries hold most of it already: this finds
# what they cannot, such as an include by a path. Argument: the source folder.
set -u
cd "$1" || exit 2
failed=0
count=0

result()
{
    count=$((count + 1))
    if [ -z "$2" ]; then
        echo "ok $count - $1"
    else
        echo "not ok $count - $1"
        printf '%s\n' "$2" | sed 's/^/# /'
        failed=1
    fi
}

# Each include of a file of ours that its folder may not have, as "src/core/x.c includes y.h, which
# belongs to bus". What gdbus-codegen makes belongs to bus, the list of formats to core; a header that
# is named with a path, or that is nowhere, belongs to nobody.
strangers()
{
    {
        sed -n 's,^| src/\([a-z]*\) |[^|]*|\([^|]*\)|$,may \1 \1 \2,p' ARCHITECTURE.md | tr -d ',-'
        echo "has bus vf-dbus.h"
        echo "has core vf-translation-formats.h"
        printf '%s\n' src/*/*.h | sed 's,src/\(.*\)/\(.*\),has \1 \2,'
        grep '^ *# *include *"' src/*/*.[ch] |
            sed 's,^src/\([^/]*\)/\([^:]*\):[^"]*"\([^"]*\)".*,includes \1 \2 \3,'
    } | awk '
        $1 == "may" { for (i = 3; i <= NF; i++) may[$2, $i] = 1 }
        $1 == "has" { owner[$3] = $2 }
        $1 == "includes" && !may[$2, owner[$4]] {
            print "src/" $2 "/" $3 " includes " $4 ", which belongs to " \
                (owner[$4] == "" ? "nobody" : owner[$4])
        }'
}

# Files outside of the folders of $2 that include a header which matches $1.
outsiders()
{
    expression=$1
    shift
    for folder in src/*/; do
        folder=$(basename "$folder")
        case " $* " in
        *" $folder "*) continue ;;
        esac
        grep -l "^ *# *include *<$expression" "src/$folder"/*.[ch] 2>/dev/null
    done
}

all=$(strangers)
set -- src/*/
echo "1..$(($# + 7))"
for folder in "$@"; do
    folder=$(basename "$folder")
    if grep -q "^| src/$folder |" ARCHITECTURE.md; then
        result "src/$folder includes what it may" "$(printf '%s' "$all" |
            grep "^src/$folder/")"
    else
        result "src/$folder includes what it may" "it has no row in ARCHITECTURE.md"
    fi
done
result "only src/domain knows libxml2" "$(outsiders libxml/ domain)"
result "only src/vm and src/cli know libvirt" "$(outsiders libvirt/ vm cli)"
result "only src/gui knows a toolkit" "$(outsiders '\(gtk\|adwaita\|gdk\)' gui)"
result "only src/modules knows libkmod" "$(outsiders libkmod modules)"
result "only src/cli knows polkit's library" "$(outsiders polkit cli)"
result "only src/cli knows libsmartcols" "$(outsiders libsmartcols cli)"
result "src/core and src/domain do no I/O" "$(grep -lsE \
    '^ *# *include *<(gio/|fcntl\.h|sys/(socket|stat|mman|ioctl)\.h|dirent\.h)' \
    src/core/*.[ch] src/domain/*.[ch])"
exit $failed
