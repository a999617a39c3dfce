#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# No file, header or function grows beyond what can be read at once, and no file is called after
# nothing. There are no exceptions: split by noun. Argument: the source folder.
set -u
cd "$1" || exit 2
failed=0
files=$(mktemp)
trap 'rm -f "$files"' EXIT
find src tests data .ci -name '*.[chS]' -o -name '*.sh' -o -name '*.py' -o -name '*.ui' | sort >"$files"

result()
{
    if [ -z "$3" ]; then
        echo "ok $1 - $2"
    else
        echo "not ok $1 - $2"
        printf '%s\n' "$3" | sed 's/^/# /'
        failed=1
    fi
}

# longer_than LINES PATTERN
longer_than()
{
    # shellcheck disable=SC2016 # the fields are those of awk
    grep "$2" "$files" | xargs wc -l |
        awk -v limit="$1" '$2 != "total" && $1 > limit { print $2 " has " $1 " lines" }'
}

# A function's braces are the only ones that stand alone at the start of a line.
long_functions()
{
    # shellcheck disable=SC2016 # the fields are those of awk
    grep '\.[ch]$' "$files" | xargs awk -v limit="$1" '
        /^[a-z].* \(/ { name = $0; sub (/ \(.*/, "", name) }
        /^\{/ { start = FNR }
        /^\}/ && start > 0 {
            if (FNR - start + 1 > limit)
                print FILENAME ": " name " has " FNR - start + 1 " lines"
            start = 0
        }'
}

meaningless_names()
{
    grep -E '(^|[/-])(manager|engine|utils?|helpers?|common|misc)\.[a-zA-Z]+$' "$files"
}

echo 1..5
result 1 "no file has more than 600 lines" "$(longer_than 600 .)"
result 2 "no header has more than 120 lines" "$(longer_than 120 '\.h$')"
result 3 "no .ui has more than 250 lines" "$(longer_than 250 '\.ui$')"
result 4 "no function has more than 80 lines" "$(long_functions 80)"
result 5 "every file has a name that says what it owns" "$(meaningless_names)"
exit $failed
