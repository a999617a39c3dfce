#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Each call of virtflow that the documents show can be made: the command is there, with these options,
# and a topic of the help is one. Arguments: the source folder, the build folder.
set -u
cd "$1" || exit 2
virtflow=$2/src/cli/virtflow
export LC_ALL=C.UTF-8
failed=0
count=0

result () {
    count=$((count + 1))
    if [ -z "$2" ]; then
        echo "ok $count - $1"
    else
        echo "not ok $count - $1"
        printf '%s\n' "$2" | sed 's/^/# /'
        failed=1
    fi
}

code_of () {
    awk -f tests/lab/lib/code-of-document.awk "$1"
}

# What follows the word virtflow in a line of code.
calls_of () {
    code_of "$1" | sed -nE 's/^(.*[ (|])?virtflow ([a-zA-Z-].*)$/\2/p' | sort -u
}

# wrong_with WORDS...: why it cannot be called like this.
wrong_with () {
    local help word
    case $1 in
    COMMAND) return ;; # of any of them
    -*) help=$("$virtflow" --help) ;;
    *) help=$("$virtflow" "$1" --help 2>&1) || {
        echo "$help"
        return
    } ;;
    esac
    for word in "$@"; do
        word=${word%%[=,.;:)]*}
        if [[ $word == -* ]] && ! grep -qE -e "^ *(-h, )?$word( |=|$)" <<< "$help"; then
            echo "virtflow $1 has no option $word"
        fi
    done
    if [ "$1" = help ] && [[ ${2-} == [a-z]* ]]; then
        { "$virtflow" help "$2" > /dev/null; } 2>&1
    fi
}

wrong_in () {
    calls_of "$1" | while read -ra words; do
        wrong_with "${words[@]}"
    done
}

# Targets of make that a document shows and the Makefile does not have.
unknown_targets () {
    code_of "$1" | grep -oE '\bmake [a-z-]+' | sort -u | while read -r _ target; do
        grep -q "^$target:" Makefile || echo "make $target"
    done
}

echo 1..9
for document in README.md docs/guide.md docs/troubleshooting.md; do
    result "$document: every call of virtflow can be made" "$(wrong_in "$document")"
    result "$document: every target of make is there" "$(unknown_targets "$document")"
    # Or the test has lost its eyes.
    found=$(calls_of "$document" | wc -l)
    result "$document: they are found" "$([ "$found" -ge 10 ] || echo "only $found")"
done
exit $failed
