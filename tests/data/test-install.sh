#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# What data/install puts where, and that data/uninstall takes all of it away again. Arguments:
# the source folder, the build folder, lists of the files that are to be there.
# shellcheck disable=SC2317 # functions are called by name
set -u
source=$1
build=$2
shift 2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export DESTDIR="$folder/root"
failed=0
count=0

# check NAME COMMAND...
check()
{
    name=$1
    shift
    count=$((count + 1))
    if "$@" >"$folder/output" 2>&1; then
        echo "ok $count - $name"
    else
        echo "not ok $count - $name"
        sed 's/^/# /' "$folder/output"
        failed=1
    fi
}

expect_failure()
{
    ! "$@"
}

installed()
{
    (cd "$DESTDIR" && find . -not -type d) | LC_ALL=C sort >"$folder/found"
    echo ./usr/share/virtflow/installed | LC_ALL=C sort - "$@" | diff -u "$folder/found" -
}

commands_are_there()
{
    sed -n 's/^ExecStart=//p' "$DESTDIR"/usr/lib/systemd/system/*.service |
        while read -r command; do
            test -x "$DESTDIR$command" || exit 1
        done
}

no_file_left()
{
    find "$DESTDIR" -not -type d | diff -u /dev/null -
}

configuration=$DESTDIR/etc/virtflow/virtflow.conf
pairing=$DESTDIR/var/lib/virtflow/pairings/6f1f2a54-9f3a-4a43-9b7c-0a4c1a7c6a01
manifest=$DESTDIR/var/lib/virtflow-setup/manifest

echo 1..19
install -d "${configuration%/*}"
echo '# changed' >"$configuration"
check "installs over a changed configuration" "$source/data/install" "$build"
check "and keeps it" grep -qx '# changed' "$configuration"
rm -r "$DESTDIR"

install -D /dev/null "${configuration%/*}"
check "says when it fails at its end" expect_failure "$source/data/install" "$build"
check "what it has installed until then" test -x "$DESTDIR/usr/bin/virtflow"
rm "${configuration%/*}"
check "is taken away" "$source/data/uninstall"
check "as a whole" no_file_left
rm -r "$DESTDIR"

check "installs" "$source/data/install" "$build"
cp "$DESTDIR/usr/share/virtflow/installed" "$folder/listed"
check "and once more" "$source/data/install" "$build"
check "of which the list is not the worse" diff -u "$folder/listed" "$DESTDIR/usr/share/virtflow/installed"
check "every file is in its place, and no other" installed "$@"
check "the hook is where AppArmor lets libvirt run it" test \
    "$(readlink "$DESTDIR/etc/libvirt/hooks/qemu.d/50-virtflow")" = /usr/lib/libvirt/virtflow-hook
check "the hook can be run" test -x "$DESTDIR/usr/lib/libvirt/virtflow-hook"
check "what the units start is where they say" commands_are_there

install -D /dev/null "$pairing"
check "a host with an activated VM is not uninstalled" \
    expect_failure "$source/data/uninstall"
check "and keeps everything" test -x "$DESTDIR/usr/lib/libvirt/virtflow-hook"
rm "$pairing"
install -D /dev/null "$manifest"
check "nor is one that was set up" expect_failure "$source/data/uninstall"
echo '(uint32 2, @a(suusmss) [])' >"$manifest"
mv "$DESTDIR" "$folder/moved"
DESTDIR=$folder/moved
check "uninstalls one whose set-up was taken back, but for whom to tell" \
    "$source/data/uninstall"
check "and leaves no file" no_file_left
check "nor a folder of its own" test "$(find "$DESTDIR" -name '*virtflow*')" = ""
exit $failed
