#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The polkit policy. Argument: its file.
set -u
policy=$1
failed=0
count=0

echo 1..17
# says ACTION LINE NAME
says()
{
    count=$((count + 1))
    if sed -n "/<action id=\"org.virtflow.VirtFlow1.$1\">/,/<\/action>/p" "$policy" |
        grep -qxF "    $2"; then
        echo "ok $count - $1: $3"
    else
        echo "not ok $count - $1: $3"
        failed=1
    fi
}

for action in lend return recover; do
    # polkit answers an unprivileged daemon only about actions that it owns.
    says $action '<annotate key="org.freedesktop.policykit.owner">unix-user:virtflow</annotate>' \
        "polkit answers the daemon"
    says $action "  <allow_any>auth_admin</allow_any>" "an administrator decides"
    says $action "  <allow_active>auth_admin_keep</allow_active>" "and is not asked again at once"
done

# The service that sets the host up is root, whom polkit answers about any action.
says set-up "  <allow_any>auth_admin</allow_any>" "an administrator decides"
says set-up "  <allow_active>auth_admin_keep</allow_active>" "and is not asked again at once"

says set-up-user "  <allow_active>auth_admin</allow_active>" "whoever gains so much is asked for each time"

# The daemon tells polkit which GPU and which VM it is about.
# names ACTION WORDS
names()
{
    # shellcheck disable=SC2016 # polkit expands it
    says "$1" "<message>Authentication is required to $2: \$(virtflow.subject)</message>" \
        "the prompt names the GPU"
}
names lend "take a GPU away from the host"
names return "return a GPU to the host"
names recover "bring GPUs back to the host"
count=$((count + 1))
if [ "$(grep -c '<action id=' "$policy")" -eq 5 ]; then
    echo "ok $count - there is no other action"
else
    echo "not ok $count - there is no other action"
    failed=1
fi
count=$((count + 1))
# Without its first lines, which name a DTD of the net.
if sed '/^<!DOCTYPE/d' "$policy" |
    xmllint --nonet --noout --dtdvalid /usr/share/polkit-1/policyconfig-1.dtd -; then
    echo "ok $count - it has the form that polkit describes"
else
    echo "not ok $count - it has the form that polkit describes"
    failed=1
fi
exit $failed
