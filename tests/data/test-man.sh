#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# That the man pages can be set, and say of commands, options, exit statuses, keys and shortcuts what
# the programs have, no more and no less. Arguments: the source folder, the build folder, the names
# of the pages.
# shellcheck disable=SC2317 # functions are called by name
set -u
cd "$1" || exit 2
build=$2
shift 2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export LC_ALL=C.UTF-8
help=tests/cli/expected
failed=0
count=0

# result STATUS NAME
result()
{
    count=$((count + 1))
    if [ "$1" -eq 0 ]; then
        echo "ok $count - $2"
    else
        echo "not ok $count - $2"
        sed 's/^/# /' "$folder/output"
        failed=1
    fi
}

# same NAME: what the page has is what the program has.
same()
{
    diff "$folder/program" "$folder/page" >"$folder/output" && [ -s "$folder/program" ]
    result $? "$1"
}

# none NAME COMMAND...: it finds nothing.
none()
{
    name=$1
    shift
    "$@" >"$folder/output" 2>&1
    [ ! -s "$folder/output" ]
    result $? "$name"
}

# As man does it.
warnings()
{
    [ -s "$1" ] || echo "$1 is empty"
    groff -K utf8 -t -mandoc -Tutf8 -rLL=78n -wmac -Z "$1" >/dev/null
}

# The part of data/man/$1 below the heading $2, up to the next of its kind; headings of subsections
# begin with their command alone.
section()
{
    # shellcheck disable=SC2016 # the fields are those of awk
    awk -v wanted="$2" '
        /^==+$/ || /^--+$/ {
            kind = substr ($0, 1, 1)
            name = line
            if (kind == "-")
                sub (/ .*/, "", name)
            if (name == wanted) {
                inside = kind
                line = ""
                next
            }
            if (inside == kind || kind == "=")
                inside = ""
        }
        { if (inside != "" && line != "") print line; line = $0 }
        END { if (inside != "") print line }' "data/man/$1"
}

# The headings of its subsections.
headings()
{
    section "$1" "$2" | awk '/^--+$/ { print line } { line = $0 }'
}

# The terms of its definitions, one a line.
terms()
{
    # shellcheck disable=SC2016 # the quotes are those of the page
    awk '/^    / && term ~ /^`/ { print term } { term = $0 }' | sed 's/`, `/\n/g; s/`//g'
}

# The options that a --help shows, as it shows them.
options()
{
    sed -n 's/^  \(-h, \)\{0,1\}\(--[^ ]*\) .*/\2/p' | sort
}

# The options that a text names, without what is behind "=".
named_options()
{
    grep -oE -- '--[a-z][a-z-]*' | sort -u
}

commands=$(sed -n '/^Commands:/,/^$/s/^  \([a-z]*\)  .*/\1/p' "$help/help.txt")

# Behind its command each, those that other commands do not have.
own_options()
{
    options <"$help/help.txt" >"$folder/common"
    for command in $commands; do
        options <"$help/help-$command.txt" | comm -23 - "$folder/common" |
            sed "s/^/$command /"
    done
}

described_options()
{
    for command in $commands; do
        section virtflow.1.rst "$command" | terms | sort | sed "s/^/$command /"
    done
}

# What is named in passing, but for the examples.
foreign_options()
{
    for command in $commands; do
        named_options <"$help/help-$command.txt" >"$folder/known"
        section virtflow.1.rst "$command" | named_options | comm -23 - "$folder/known" |
            sed "s/^/$command /"
    done
    cat "$help"/help*.txt | named_options >"$folder/known"
    named_options <data/man/virtflow.1.rst | comm -23 - "$folder/known"
}

# Of each command line among the examples the command and its options.
foreign_examples()
{
    section virtflow.1.rst EXAMPLES | sed -n 's/^ *virtflow \([a-z]*\)/\1/p' |
        while read -r command rest; do
            echo "$rest" | grep -oE -- '--[a-z-]*' | while read -r option; do
                grep -q -e "^  ${option}[ =]" "$help/help-$command.txt" || echo "$command $option"
            done
        done
}

# Of any page. A name of the package or the user has nothing behind it.
foreign_commands()
{
    echo "$commands" | sort >"$folder/known"
    cat data/man/*.rst | tr -s '\n ' ' ' | grep -oE '[^[:alnum:]/-]virtflow [a-z]+' |
        sed 's/.* //' | sort -u | comm -23 - "$folder/known"
}

statuses()
{
    echo 0
    sed -n 's/^    \[VF_ERROR_.*\] = { "\(.*\)", \([0-9]*\) },$/\2 \1/p' src/core/vf-error.c
    sed -n 's/^#define VFC_[A-Z_]* \([0-9][0-9]*\)$/\1/p' src/cli/vfc-commands.h \
        src/cli/vfc-interrupt.h
}

keys()
{
    sed -n 's/.*g_str_equal (key, "\([a-z-]*\)").*/\1/p
        s/^ *{ "\([a-z-]*\)", &policy->.*/\1/p' src/daemon/vfd-config.c | sort
}

# As data/virtflow.conf shows them.
described_defaults()
{
    # shellcheck disable=SC2016 # the fields are those of awk
    section virtflow.conf.5.rst KEYS | awk '
        /^`/ { gsub (/`/, ""); printf "\n" }
        { printf "%s ", $0 }
        END { printf "\n" }' | sed -n 's/none\. *$/./; s/^\([^ ]*\) .*Default: *\(.*\)\. *$/#\1=\2/p'
}

# In the words of the page.
shortcuts()
{
    sed -n '/shortcuts\[\] = {/,/};/p' src/gui/vfu-application.c |
        grep -oE '"(<[^"]*|F[0-9]+)"' | sed 's/"//g; s/<Control>/Ctrl+/; s/<Alt>/Alt+/
            s/+question$/+?/; s/+period$/+./; s/+\(.\)$/+\U\1/' | sort
}

case "$*" in
    *virtflow-gtk.1*) echo 1..16 ;;
    *) echo 1..13 ;;
esac
for page in "$@"; do
    none "$page is set without a warning" warnings "$build/data/man/$page"
done

for command in $commands; do
    sed -n 's/^  virtflow \([a-z]*\) \[OPTION…\]/\1/p' "$help/help-$command.txt" ||
        echo "$command has no help"
done >"$folder/program"
headings virtflow.1.rst COMMANDS >"$folder/page"
same "virtflow(1) has a section for every command, with its arguments"
own_options >"$folder/program"
described_options >"$folder/page"
same "every option of a command stands in its section"
options <"$help/help.txt" >"$folder/program"
section virtflow.1.rst OPTIONS | terms | grep -vx -e '-h' | sort >"$folder/page"
same "every option of all commands stands in virtflow(1)"
none "no option is named that its command does not have" foreign_options
none "nor in an example" foreign_examples
none "no command is named that there is not" foreign_commands
statuses | sort -n >"$folder/program"
section virtflow.1.rst 'EXIT STATUS' | terms >"$folder/page"
same "every exit status stands in virtflow(1)"

keys >"$folder/program"
section virtflow.conf.5.rst KEYS | terms | sort >"$folder/page"
same "every key stands in virtflow.conf(5)"
grep '^#[a-z-]*=' data/virtflow.conf >"$folder/program"
described_defaults >"$folder/page"
same "with the default that the file shows"

"$build/src/daemon/virtflowd" --help | options >"$folder/program"
section virtflowd.8.rst OPTIONS | terms | grep -vx -e '-h' | sort >"$folder/page"
same "every option of virtflowd stands in virtflowd(8)"

case "$*" in *virtflow-gtk.1*)
    "$build/src/gui/virtflow-gtk" --help-all | options | sed 's/=.*//' >"$folder/program"
    section virtflow-gtk.1.rst OPTIONS | named_options >"$folder/page"
    same "every option of virtflow-gtk stands in virtflow-gtk(1)"
    shortcuts >"$folder/program"
    section virtflow-gtk.1.rst SHORTCUTS | terms | sort >"$folder/page"
    same "every shortcut stands there as well"
    ;;
esac
exit $failed
