#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# That bash, zsh and fish complete virtflow: the shells themselves, as somebody types into them, with
# names that need quotes. What there is to complete, tests/cli looks at. Arguments: the source folder,
# the build folder.
set -u
scripts=$1/data/completions
build=$2
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
export LC_ALL=C.UTF-8 TERM=dumb HOME=$here here scripts
unset LIBVIRT_DEFAULT_URI LANGUAGE
# shellcheck source=tests/cli/staged-vms.sh
. "$1/tests/cli/staged-vms.sh"
number=0
failed=0

# The programs beside each other, as they are installed; the second one with libvirt's test driver.
set_up () {
    # shellcheck disable=SC2016 # a name may have a dollar
    staged_programs "$build" "$here" win11 'my &quot;other&quot; VM&apos;s $HOME'
    mkdir "$here/canned"
    # GPUs and keyboards are those of the machine that runs the test: here are some of another.
    cat > "$here/canned/virtflow" << 'END'
#!/bin/sh
printf '%s\t%s\n' 0000:01:00.0 'GeForce: the first' 0000:02:00.0 Radeon --color=always '' --color=auto ''
END
    chmod +x "$here/canned/virtflow"
    PATH=$here/bin:$PATH
}

# same WHAT WANTED: that is what is in "output".
same () {
    number=$((number + 1))
    if printf '%s' "$2" | diff -u - "$here/output" > "$here/difference"; then
        echo "ok $number - $1"
    else
        echo "not ok $number - $1"
        cat "$here/difference" "$here/terminal" 2> /dev/null | cat -v | sed 's/^/# /'
        failed=1
    fi
}

# typed SHELL KEYS: what virtflow is called with when somebody types that into the shell.
# shellcheck disable=SC2016 # the shell that is started expands it
typed () {
    local start ready
    case $1 in
        bash) start='bash --norc --noprofile -i' ready='. "$scripts/virtflow.bash"' ;;
        zsh) start='zsh -f -i' ready='fpath=("$scripts" $fpath); autoload -U compinit; compinit -u -D' ;;
    esac
    : > "$here/output"
    printf '%s\n%s\n%b\nexit\n' "$ready" \
        'virtflow () { printf "<%s>" "$@" >> "$here/output"; echo >> "$here/output"; }' "$2" \
        | timeout 20 script -qec "$start" /dev/null > "$here/terminal"
}

# called SHELL KEYS WANTED
called () {
    typed "$1" "$2"
    same "$1: $2" "$3"$'\n'
}

# shows SHELL KEYS WORDS: the terminal has these after that.
shows () {
    typed "$1" "$2"
    tr -s ' \r' '  ' < "$here/terminal" | grep -oF -m 1 -e "$3" > "$here/output"
    same "$1 shows after $2: $3" "$3"$'\n'
}

# What both take in the same way.
interactive () {
    called "$1" 'virtflow act\twin\t--prof\tk\t' '<activate><win11><--profile><keep>'
    called "$1" 'virtflow start my\t' "<start><my \"other\" VM's \$HOME>"
    called "$1" 'virtflow start "my\t' "<start><my \"other\" VM's \$HOME>"
    called "$1" "virtflow start 'my\t" "<start><my \"other\" VM's \$HOME>"
    called "$1" 'virtflow start my\\ \t' "<start><my \"other\" VM's \$HOME>"
    called "$1" 'virtflow --color=al\tgpus' '<--color=always><gpus>'
    called "$1" 'virtflow no-such-command \t' '<no-such-command>'
    called "$1" 'virtflow st foo\002\002\002\002a\t' '<sta><foo>'
    shows "$1" 'virtflow sta\t\t' "$2"
    local PATH=$here/canned:$PATH
    called "$1" 'virtflow lend 0\t2\t' '<lend><0000:02:00.0>'
    called "$1" 'virtflow lend "0\t2\t' '<lend><0000:02:00.0>'
    called "$1" 'virtflow --color=al\t' '<--color=always>'
    shows "$1" 'virtflow lend 0\t\t\t' "$3"
}

# in_fish LINE WANTED
in_fish () {
    # shellcheck disable=SC2016 # fish expands it
    fish --no-config -c 'source $scripts/virtflow.fish; complete -C $argv[1]' "$1" \
        > "$here/output" 2> "$here/terminal"
    same "fish: $1" "$2"
}

fish_too () {
    local others=$'my "other" VM\'s $HOME\tshut off\n'
    in_fish 'virtflow act' $'activate\tgive a VM a GPU\n'
    in_fish 'virtflow sta' $'status\tthis host, its GPUs and its VMs at a glance\nstart\tstart a VM\n'
    in_fish 'virtflow --json start ' "$others"$'win11\tshut off\n'
    in_fish 'virtflow start my\ ' "$others"
    in_fish 'virtflow start "my' "$others"
    in_fish 'virtflow activate win11 --profile ' $'monitor\nkeep\n'
    in_fish 'virtflow activate --profile=k' $'--profile=keep\n'
    in_fish 'virtflow stop --f' $'--force\tEnd it at once; the guest loses what it did not save\n'
    in_fish 'virtflow no-such-command ' ''
    local PATH=$here/canned:$PATH
    in_fish 'virtflow lend 0000:01' $'0000:01:00.0\tGeForce: the first\n'
}

# Whatever becomes of the program: the prompt stays clean.
silence () {
    printf '#!/bin/sh\necho noise >&2\nexit 1\n' > "$here/canned/virtflow"
    local PATH=$here/canned:$PATH
    for shell in bash zsh; do
        called $shell 'virtflow sta\t' '<sta>'
        grep -c noise "$here/terminal" > "$here/output"
        same "$shell: nothing is said" $'0\n'
    done
    in_fish 'virtflow sta' ''
    cp "$here/terminal" "$here/output"
    same "fish: nothing is said" ''
}

set_up
# In the middle of a word.
called bash 'virtflow actX\002\t' '<activateX>'
interactive bash 'start (start a VM)' '0000:01:00.0 (GeForce: the first) 0000:02:00.0 (Radeon)'
interactive zsh 'start -- start a VM' '0000:01:00.0 -- GeForce: the first'
fish_too
silence
echo "1..$number"
exit $failed
