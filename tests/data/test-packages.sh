#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# What stands in debian/ without building it: that each file that is installed goes into one package, that
# the packages have the version of the rest, and what a removal refuses. Arguments: the source folder, the
# version, lists of the installed files.
set -u
cd "$1" || exit 2
version=$2
shift 2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
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

# The entries of all packages: file or folder, which may be a pattern, and the list that names it.
entries()
{
    for list in debian/*.install; do
        sed "s,^\([^ ]*\).*,\1 $list," "$list"
    done
}

# packages_of FILE: the lists that name it, or a folder that it is in.
packages_of()
{
    while read -r entry list; do
        # shellcheck disable=SC2254 # the entry is a pattern
        case $1 in
        $entry | $entry/*) echo "$list" ;;
        esac
    done <"$folder/entries"
}

# Of the installed files, those that are not in one package.
astray()
{
    while read -r file; do
        packages=$(packages_of "$file" | tr '\n' ' ')
        case $packages in
        '') echo "$file is in no package" ;;
        *' '*' ') echo "$file is in $packages" ;;
        esac
    done <"$folder/files"
}

# Entries that no installed file is meant by.
idle()
{
    while read -r entry list; do
        found=
        while read -r file; do
            # shellcheck disable=SC2254 # the entry is a pattern
            case $file in
            $entry | $entry/*) found=yes ;;
            esac
        done <"$folder/files"
        [ -n "$found" ] || echo "$list: $entry"
    done <"$folder/entries"
}

# The units are in two places: where "meson install" puts them, and where debhelper of Debian 12 looks.
units_elsewhere()
{
    grep -h 'systemd/system' debian/*.install |
        grep -vx 'usr/lib/systemd/system/\* lib/systemd/system'
}

# Packages that meson finds the libraries by and that debian/control does not ask for.
not_asked_for()
{
    sed -n '/^build:/,/^$/s/^\([a-z0-9.-]*-dev\) .*/\1/p' tools/packages |
        grep -vx -e libc6-dev -e libatspi2.0-dev -e libxtst-dev | while read -r package; do
        sed -n '/^Build-Depends:/,/^[^ ]*:/p' debian/control | grep -q "^ ${package}[, ]" ||
            echo "$package"
    done
}

# What changes the state of a machine asks debhelper's tools, which know of policies and of DPKG_ROOT.
scripts_that_call_systemctl()
{
    grep -ln 'systemctl' debian/*.preinst debian/*.postinst debian/*.prerm debian/*.postrm 2>/dev/null
}

# allowed ACTION: what the maintainer script has against it.
allowed()
{
    DPKG_ROOT=$folder/root sh debian/virtflow-daemon.prerm "$@" 2>&1 || echo "it fails"
}

# refused SENTENCE: what is wrong with how it refuses a removal.
refused()
{
    DPKG_ROOT=$folder/root sh debian/virtflow-daemon.prerm remove >"$folder/said" 2>&1 &&
        echo "it does not"
    grep -qF "$1" "$folder/said" || cat "$folder/said"
}

sed 's,^\./,,' "$@" >"$folder/files"
entries >"$folder/entries"
pairing=$folder/root/var/lib/virtflow/pairings/6f1f2a54-9f3a-4a43-9b7c-0a4c1a7c6a01
description=$folder/root/etc/libvirt/qemu/win11.xml
manifest=$folder/root/var/lib/virtflow-setup/manifest
echo 1..12
result "every file is in one package" "$(astray)"
result "no package names what is not there" "$(idle)"
result "units go where debhelper looks for them" "$(units_elsewhere)"
result "the packages have the version of the rest" \
    "$(sed -n '1s/^virtflow (\(.*\)) .*/\1/p' debian/changelog | grep -vxF "$version")"
result "what the build needs is asked for" "$(not_asked_for)"
result "no maintainer script calls systemctl by itself" "$(scripts_that_call_systemctl)"
result "a host that VirtFlow has not changed may lose it" "$(allowed remove)"
install -D /dev/null "$manifest"
result "one that was set up is put right first" "$(refused 'virtflow setup --undo')"
echo '(uint32 2, @a(suusmss) [])' >"$manifest"
result "one whose set-up was taken back may lose it, when nobody could be told" "$(allowed remove)"
install -D /dev/null "$pairing"
result "one with an activated VM keeps VirtFlow" "$(refused 'virtflow deactivate --all')"
install -d "${description%/*}"
echo "<uuid>${pairing##*/}</uuid>" >"$description"
result "and the VM is named" "$(refused ': win11.')"
result "an upgrade asks for none of it" "$(allowed upgrade)"
exit $failed
