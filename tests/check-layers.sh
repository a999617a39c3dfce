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

# "core host bus" for a folder, from the third column of its row; the row must be there.
allowed_for()
{
    sed -n "s,^| src/$1 |[^|]*|\([^|]*\)|\$,\1,p" ARCHITECTURE.md | tr -d ',-'
}

# The folder that has a header; what gdbus-codegen makes belongs to bus. None has one that is named
# with a path.
folder_of()
{
    case $1 in
    */*) return ;;
    vf-dbus.h) echo bus ;;
    esac
    for found in src/*/"$1"; do
        if [ -e "$found" ]; then
            echo "$found" | cut -d / -f 2
        fi
    done
}

# Includes of a folder that its row does not allow.
strangers()
{
    allowed=" $1 $(allowed_for "$1") "
    grep -H '^ *# *include *"' "src/$1"/*.[ch] 2>/dev/null |
        sed 's/^\([^:]*\): *# *include *"\([^"]*\)".*/\1 \2/' |
        while read -r file header; do
            owner=$(folder_of "$header")
            case $allowed in
            *" ${owner:-nobody} "*) ;;
            *) echo "$file includes $header, which belongs to ${owner:-nobody}" ;;
            esac
        done
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

set -- src/*/
echo "1..$(($# + 6))"
for folder in "$@"; do
    folder=$(basename "$folder")
    if grep -q "^| src/$folder |" ARCHITECTURE.md; then
        result "src/$folder includes what it may" "$(strangers "$folder")"
    else
        result "src/$folder includes what it may" "it has no row in ARCHITECTURE.md"
    fi
done
result "only src/domain knows libxml2" "$(outsiders libxml/ domain)"
result "only src/vm and src/cli know libvirt" "$(outsiders libvirt/ vm cli)"
result "only src/modules knows libkmod" "$(outsiders libkmod modules)"
result "only src/daemon and src/cli know polkit" "$(outsiders polkit daemon cli)"
result "only src/cli knows libsmartcols" "$(outsiders libsmartcols cli)"
result "src/core and src/domain do no I/O" "$(grep -lsE \
    '^ *# *include *<(gio/|fcntl\.h|sys/(socket|stat|mman|ioctl)\.h|dirent\.h)' \
    src/core/*.[ch] src/domain/*.[ch])"
exit $failed
