# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# needs: virtflow
# deadline: 240
# Forty domains of many shapes: libvirt takes each with its GPU, and has the old text again after.

plan=none
count=0
status=0
/lab/programs/domains-round-trip /lab/domains > /run/lab/domains.tap || status=$?
while IFS= read -r line; do
    case $line in
        'ok '*) ok "${line#* - }" ;;
        'not ok '*) not_ok "${line#* - }" ;;
        1..*) plan=${line#1..} ;;
        *) printf '%s\n' "$line" ;;
    esac
    [[ $line != 'ok '* && $line != 'not ok '* ]] || count=$((count + 1))
done < /run/lab/domains.tap
is "$status" 0 "the program ended well"
is "$count" "$plan" "and came to its end"
