#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# That all words for people can be translated, and are. Arguments: the source folder, the build folder.
set -u
cd "$1" || exit 2
build=$2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export GETTEXTDATADIRS="$PWD/po"
failed=0
count=0

result()
{
    count=$((count + 1))
    if [ -z "$2" ]; then
        echo "ok $count - $1"
    else
        echo "not ok $count - $1"
        printf '%s\n' "$2" | sed 's/^/# /'
        failed=1
    fi
}

# The words of files, by the same rules as po/meson.build has. What meson's preset for GLib adds to
# them is its first line.
words()
{
    # shellcheck disable=SC2046 # options, none of which has a space
    xgettext --from-code=UTF-8 --add-comments --keyword=_ --keyword=N_ --keyword=C_:1c,2 \
        $(sed -n "s/^ *'\(--\(keyword\|flag\)=[^']*\)',$/\1/p" po/meson.build) \
        --exclude-file=po/not-words.pot --no-location --output=- "$@" 2>"$folder/warnings" ||
        cat "$folder/warnings" >&2
}

files_with_words()
{
    find src data -name '*.c' -o -name '*.ui' -o -name '*.policy' -o -name '*.desktop.in' \
        -o -name '*.metainfo.xml.in' | while read -r file; do
        if words --omit-header "$file" | grep -q '^msgid'; then
            echo "$file"
        fi
    done | LC_ALL=C sort
}

# What of the template the language $1 does not have.
missing()
{
    msgmerge --quiet --no-fuzzy-matching "po/$1.po" "$folder/virtflow.pot" |
        msgattrib --untranslated --no-wrap | sed -n 's/^msgid "\(.*\)"$/\1/p' | grep -v '^$'
}

grep -v "^#" po/LINGUAS | sort >"$folder/languages"
languages=$(cat "$folder/languages")
# shellcheck disable=SC2086 # a word each
set -- $languages
echo "1..$((6 + 3 * $#))"
grep -v '^#' po/POTFILES >"$folder/potfiles"
files_with_words >"$folder/files"
result "every file with words for people is in po/POTFILES, in order, and no other" \
    "$(diff "$folder/files" "$folder/potfiles")"
words --files-from=po/POTFILES >"$folder/virtflow.pot"
result "there are words to translate" "$([ -s "$folder/virtflow.pot" ] || echo none)"
result "every language has its file" \
    "$(find po -name '*.po' | sed 's,po/\(.*\)\.po,\1,' | sort | diff - "$folder/languages" 2>&1)"
# A macro between two strings ends what xgettext sees of them.
result "no sentence is cut by a macro" \
    "$(grep -nE '"[^"]*[a-z] ?" [A-Z][A-Z_]+( "|$)' src/*/*.c | grep -v '_TYPE')"
# Where one argument ends and the next begins could not be found again.
result "the daemon's sentences have something between any two arguments" \
    "$(grep -nE '%[-0-9.]*[a-z]+%[-0-9.]*[a-z]' "$build/src/core/vf-translation-formats.h")"
result "only programs of the user speak another language than English" \
    "$(grep -lE '(setlocale|bindtextdomain|textdomain) \(' src/*/*.c |
        grep -vE '^src/(cli|gui)/')"
for language in $languages; do
    result "$language: correct" "$(msgfmt --check --output-file=/dev/null "po/$language.po" 2>&1)"
    result "$language: complete" "$(missing "$language")"
    result "$language: nothing is guessed" \
        "$(msgattrib --only-fuzzy --no-obsolete --no-wrap "po/$language.po" | sed -n 's/^msgid //p')"
done
exit $failed
