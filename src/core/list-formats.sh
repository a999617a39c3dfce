#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Prints each sentence of C sources that can reach a person, a C string with a comma behind it:
# list-formats.sh XGETTEXT SOURCE...
set -eu
xgettext=$1
shift
"$xgettext" --language=C --from-code=UTF-8 --omit-header --no-location --no-wrap --output=- \
    --keyword --keyword=_ --keyword=N_ --keyword=vf_error_new:2 --keyword=vf_error_set:3 "$@" |
    awk '
        /^msgid / { text = substr ($0, 7); next }
        /^"/ && text != "" { text = text "\n    " $0; next }
        text != "" { print "    " text ","; text = "" }'
