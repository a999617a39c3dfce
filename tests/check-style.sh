#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The form of the files: what clang-format makes of C, how each file of it begins, and what shellcheck
# says of the scripts. Argument: the source folder.
set -u
cd "$1" || exit 2
failed=0
files=$(mktemp)
trap 'rm -f "$files"' EXIT
find src tests -name '*.[ch]' | sort >"$files"

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

# Files whose line $1 does not match $2.
without()
{
    # shellcheck disable=SC2016 # the fields are those of awk
    xargs awk -v line="$1" -v expression="$2" 'FNR == line && $0 !~ expression { print FILENAME }' \
        <"$files"
}

# Every script, whatever it is called, what they source, and what bash reads.
scripts()
{
    {
        find .ci data debian tests tools -type f -exec grep -lIE -m 1 '^#!.*[ /](ba)?sh$' {} +
        find tests tools -name '*.sh'
        find data -name '*.bash'
    } | sort -u
}

echo 1..4
result 1 "clang-format would change nothing" \
    "$(xargs clang-format --dry-run -Werror <"$files" 2>&1 | grep 'error:')"
result 2 "the first line is the licence" "$(without 1 'SPDX-License-Identifier: GPL-3.0-or-later')"
result 3 "the second line says what the file owns" "$(without 2 '^/[*] [^ ]')"
result 4 "shellcheck has nothing to say" "$(scripts | xargs -P 2 -n 20 shellcheck -x -f gcc 2>&1)"
exit $failed
