# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
# Completion of virtflow for bash. "virtflow complete" knows the words; here is how bash takes them.

# Puts into "words" the words of the line up to the cursor. bash splits them at ":" and "=" as well.
_virtflow_read_line () {
    local line=${COMP_LINE:0:COMP_POINT} rest word i

    words=()
    for ((i = 0; i <= COMP_CWORD; i++)); do
        word=${COMP_WORDS[i]}
        rest=${line#"${line%%[![:space:]]*}"}
        [[ $i -lt $COMP_CWORD ]] || word=$rest
        if [[ $i -gt 0 && $rest == "$line" ]]; then
            words[-1]+=$word
        else
            words+=("$word")
        fi
        line=${rest#"$word"}
    done
}

# Sets "quoted" to the candidate $1 as it is written in a word that begins with $2.
_virtflow_quote () {
    case $2 in
        \"*)
            quoted=${1//\\/\\\\}
            quoted=${quoted//\"/\\\"}
            quoted=${quoted//\$/\\\$}
            quoted=\"${quoted//\`/\\\`}
            ;;
        \'*) quoted=\'${1//\'/\'\\\'\'} ;;
        *) printf -v quoted %q "$1" ;;
    esac
}

# Sets "kept" to what of the word $1 readline leaves alone: it replaces what comes behind a quotation
# mark, or behind the last character at which it splits words.
_virtflow_read_kept () {
    local breaks=${COMP_WORDBREAKS//[!:=@]/}

    case $1 in
        [\"\']*) kept=${1:0:1} ;;
        *["${breaks:- }"]*) kept=${1%"${1##*["${breaks:- }"]}"} ;;
        *) kept= ;;
    esac
}

_virtflow () {
    local words candidate meaning quoted kept shown=()

    COMPREPLY=()
    _virtflow_read_line
    _virtflow_read_kept "${words[-1]}"
    while IFS=$'\t' read -r candidate meaning; do
        _virtflow_quote "$candidate" "${words[-1]}"
        if [[ -n $candidate && $quoted == "${words[-1]}"* ]]; then
            COMPREPLY+=("${quoted#"$kept"}")
            shown+=("$candidate${meaning:+  ($meaning)}")
        fi
    done < <(command virtflow complete "${words[@]:1:${#words[@]}-2}" "${words[-1]//[\"\'\\]/}" \
        2> /dev/null)
    # Tab for the second time: they are listed, and nothing is put into the line.
    if [[ $COMP_TYPE == 63 && ${#shown[@]} -gt 1 ]]; then
        COMPREPLY=("${shown[@]}")
    fi
}

complete -o nosort -F _virtflow virtflow
