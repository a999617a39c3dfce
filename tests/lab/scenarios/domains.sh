# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# needs: virtflow
# deadline: 240
# Forty domains of many shapes: libvirt takes each with its GPU, and has the old text again after.

while IFS= read -r line; do
    case $line in
        'ok '*) ok "${line#* - }" ;;
        'not ok '*) not_ok "${line#* - }" ;;
        *) printf '%s\n' "$line" ;;
    esac
done < <(/lab/programs/domains-round-trip /lab/domains)
