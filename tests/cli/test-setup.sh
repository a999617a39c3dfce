#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# "virtflow setup" with the real service on the files of a fake machine. Arguments: the source folder, the
# build folder. With UPDATE set the expected texts in tests/cli/expected are written anew.
set -u
expected=$1/tests/cli/expected
build=$2
if [ $# = 2 ]; then
    exec "$build/tests/cli/cli-stage" no-iommu "$build/tests/fake" "$0" "$1" "$2" stage
fi
export LC_ALL=C.UTF-8
unset NO_COLOR
here=$(mktemp -d)
# shellcheck source=tests/cli/results.sh
. "$1/tests/cli/results.sh"

# virtflow's answer is the expected text of that name; STATUS is how it ends.
shown () {
    local status=0 wanted=$1 name=$2
    shift 2
    "$build/src/cli/virtflow" --bus "$BUS" "$@" > "$here/output" 2> "$here/said" < /dev/null || status=$?
    [ -z "${UPDATE-}" ] || cp "$here/output" "$expected/$name"
    diff -u "$expected/$name" "$here/output" > "$here/difference" && [ "$status" = "$wanted" ]
    result $? "virtflow $* ends with $wanted, as in $name"
}

says () {
    : > "$here/difference"
    grep -qF "$1" "$here/said"
    result $? "says: $1"
}

# The files of the host, but what the service keeps for itself.
files () {
    (cd "$TREE" && find etc var -type f -exec md5sum {} +
        find etc var -printf '%p %m %U %G %l\n') | sort
}

is_as () {
    files > "$here/now"
    diff "$here/$1" "$here/now" > "$here/difference"
    result $? "$2"
}

echo 1..32
mkdir -p "$TREE"/{etc/default,boot/grub,var/lib/virtflow-setup,usr/lib/libvirt,usr/sbin}
printf 'vendor_id\t: GenuineIntel\nflags\t\t: vmx\n' > "$TREE/proc/cpuinfo"
echo quiet > "$TREE/proc/cmdline"
printf 'GRUB_DEFAULT=0\nGRUB_CMDLINE_LINUX_DEFAULT="quiet splash"' > "$TREE/etc/default/grub"
touch "$TREE/boot/grub/grub.cfg" "$TREE/usr/sbin/update-grub" "$TREE/usr/lib/libvirt/virtflow-hook"
cp "$TREE/etc/default/grub" "$here/grub"
files > "$here/before"

"$build/tests/fake/virtflow-setup-fake" "$BUS" "$TREE" &
service=$!
trap 'kill $service; rm -r "$here"' EXIT
until "$build/src/cli/virtflow" --bus "$BUS" setup --dry-run > /dev/null 2>&1; do
    kill -0 $service || exit
done

shown 0 setup-plan.txt setup --dry-run
shown 0 setup-plan.json setup --dry-run --json
shown 2 setup-unseen.json setup --json
says 'With --json nothing is shown before it is made'
shown 0 setup-plan-only.txt setup --dry-run --only hook
is_as before "a plan changes nothing"
shown 2 setup-plan.txt setup
says 'add --yes if that is what you want'
is_as before "nor does a question that nobody answers"
shown 2 empty.txt setup --only hok
says "Set-up knows no 'hok'."
shown 0 empty.txt setup --only reservations
says 'Nothing is missing that set-up could put right.'
shown 3 empty.txt setup 07:00.0
shown 0 setup-plan.txt setup --dry-run 01:00.1
gdbus call --address "$BUS" --dest org.virtflow.VirtFlowSetup1 \
    --object-path /org/virtflow/VirtFlow1/Setup --method org.virtflow.VirtFlow1.Setup.Make \
    hook '@a(ssss) []' '@a{sv} {}' 2> "$here/said"
says 'What is to be changed is not any more what was shown'
is_as before "and so nothing is"
touch "$TREE/failing"
shown 1 setup-plan.txt setup --yes
says '/usr/sbin/update-grub failed: no'
cmp -s "$TREE/etc/default/grub" "$here/grub" && [ ! -e "$TREE/etc/udev" ]
result $? "what failed was taken back"
shown 0 setup-unfinished.txt setup --undo --dry-run
rm "$TREE/failing"
shown 0 setup-unfinished.txt setup --undo --yes
is_as before "and who could not be told of that is told in the end"
rm "$TREE/followed"
shown 0 setup-plan.txt setup --yes
says 'Restart the host now.'
printf '1\n8\n4\n' | cmp -s - "$TREE/followed"
result $? "the boot menu, libvirt and udev are told, once each"
shown 0 setup-again.txt setup
shown 0 setup-undo-plan.txt setup --undo --dry-run
sed -i s/iommu=pt/iommu=strict/ "$TREE/etc/default/grub"
shown 9 setup-undo-plan.txt setup --undo --yes
says '/etc/default/grub was changed by somebody else, and stays as it is.'
cp "$here/grub" "$TREE/etc/default/grub"
shown 0 setup-undone.json setup --undo --yes --json
is_as before "all is taken back"
exit $failed
