# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# needs: virtflow
# only when named
# After other scenarios, with a build under sanitizers: none of its programs had anything to report.
stop_virtflow
for program in /usr/libexec/virtflow{d,-worker,-probe,-modules,-services,-setup} \
    /usr/libexec/virtflow/virtflow-vms /usr/lib/libvirt/virtflow-hook /usr/bin/virtflow; do
    succeeds "${program##*/} was built with sanitizers" grep -q AddressSanitizer "$program"
done
is "$(grep -hE 'Sanitizer|runtime error' /run/lab/log/* | head -n 20)" "" \
    "no program had anything to report"
start_virtflow
