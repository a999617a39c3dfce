#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# What is installed has none of the fault points of the test build, and this test would see them.
# Arguments: the installed program, the one of the tests.
set -u
failed=0

# traces_in PROGRAM: the words by which a fault point is known, symbols included.
traces_in()
{
    LC_ALL=C grep -aoE 'vfd_fault_pass|virtflow-fault|fault point|journal about to be|pairing in its place' \
        "$1" | sort -u | tr '\n' ','
}

# result NUMBER WHAT COMMAND...
result()
{
    number=$1 what=$2
    shift 2
    if "$@"; then
        echo "ok $number - $what"
    else
        echo "not ok $number - $what"
        failed=1
    fi
}

echo 1..2
result 1 "the installed daemon has no fault point" [ "$(traces_in "$1")" = "" ]
result 2 "the daemon of the tests has all of them" [ "$(traces_in "$2")" = \
    "fault point,journal about to be,pairing in its place,vfd_fault_pass,virtflow-fault," ]
exit $failed
