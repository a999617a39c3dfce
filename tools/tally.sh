# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Sourced by check and check-long: runs tests of every kind, counts them, and closes with one line:
# N passed, N failed, N skipped. In CI a skipped test is a failure.
passed=0 failed=0 skipped=0
started=$SECONDS

say () {
    printf '== %s (%d s)\n' "$1" $((SECONDS - started))
}

# one NAME COMMAND...: a command that is a test of its own.
one () {
    local name=$1
    shift
    if "$@"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        printf 'FAILED: %s\n' "$name"
    fi
}

# The static libraries are for the emulated host, which has none of them. What optimizes more takes
# longer to build than it saves; lines are all that a report needs for debugging (-g1).
build_sanitized () {
    tools/build build-sanitized --werror -Db_sanitize=address,undefined -Db_lundef=false \
        -Doptimization=1 -Dc_args=-g1 \
        "-Dc_link_args=['-static-libasan','-static-libubsan']"
}

# native FOLDER [MESON OPTION...]: the tests that need nothing of the emulated host. What counts is the
# log of meson and its exit status: neither alone tells of every way to fail.
native () {
    local folder=$1 log status good=0 bad=0 skips=0
    shift
    rm -f "$folder"/meson-logs/testlog*.json
    meson test -C "$folder" --no-rebuild --print-errorlogs --timeout-multiplier 4 "$@" 2>&1 |
        grep -vE '^(ninja|$)|Full log|^(Ok|Expected|Unexpected|Skipped|Timeout|Fail):'
    status=${PIPESTATUS[0]}
    log=$(echo "$folder"/meson-logs/testlog*.json) # the name of a wrapper is part of it
    if [ -s "$log" ]; then
        read -r good bad skips < <(tools/count-tests "$log") || good=0 bad=1 skips=0
    else
        bad=1
        printf 'FAILED: meson test in %s ran no test\n' "$folder"
    fi
    if [ "$status" != 0 ] && [ "$bad" = 0 ]; then
        bad=1
        printf 'FAILED: meson test in %s ended with status %d\n' "$folder" "$status"
    fi
    passed=$((passed + good)) failed=$((failed + bad)) skipped=$((skipped + skips))
}

asides=() reports=() # process and output of each command that runs beside

# beside COMMAND...: meanwhile. What it says and counts is taken in by take_in.
beside () {
    local report
    report=$(mktemp)
    trap stop_asides EXIT
    set -m # a group of its own, which can be ended as one
    print_counts_of "$@" > "$report" 2>&1 &
    set +m
    asides+=($!) reports+=("$report")
}

print_counts_of () {
    passed=0 failed=0 skipped=0
    "$@"
    echo "$passed $failed $skipped"
}

stop_asides () {
    local aside
    for aside in "${asides[@]}"; do
        kill -- "-$aside"
    done
    rm -f "${reports[@]}"
}

# What was begun last.
take_in () {
    local status=0
    wait "${asides[-1]}" || status=$?
    add_counts_of "${reports[-1]}" "$status"
    unset 'asides[-1]' 'reports[-1]'
    [ ${#asides[@]} != 0 ] || trap - EXIT
}

# idly COMMAND...: with what the others leave of this machine, for they measure times.
idly () {
    local report status=0
    report=$(mktemp)
    {
        chrt --idle --all-tasks --pid 0 "$BASHPID" # for good: an ordinary user may not take it back
        print_counts_of "$@"
    } > "$report" 2>&1 &
    wait $! || status=$?
    add_counts_of "$report" "$status"
}

# add_counts_of REPORT STATUS: what print_counts_of has printed there until it ended so.
add_counts_of () {
    local good=0 bad=1 skips=0
    if [ "$2" = 0 ]; then
        head -n -1 "$1"
        read -r good bad skips < <(tail -n 1 "$1")
    else
        cat "$1"
        echo "FAILED: what ran beside ended with status $2"
    fi
    passed=$((passed + good)) failed=$((failed + bad)) skipped=$((skipped + skips))
    rm -f "$1"
}

# scenarios K N: of those that need not be named, every Nth from the Kth.
scenarios () {
    grep -L '^# only when named$' tests/lab/scenarios/*.sh | sed -n "$1~$2{s,.*/,,;s,\.sh\$,,;p}"
}

# lab ARGUMENT...: the lab's TAP; it must be complete, and the exit status has to agree with it.
lab () {
    local line plan=none status=255 seen=0 before=$failed
    while IFS= read -r line; do
        case $line in
            'ok '*'# SKIP'*) skipped=$((skipped + 1)) seen=$((seen + 1)) ;;
            'ok '*) passed=$((passed + 1)) seen=$((seen + 1)) ;;
            'not ok '*) failed=$((failed + 1)) seen=$((seen + 1)) ;;
            1..*) plan=${line#1..} ;;
            'exit status '*)
                status=${line#exit status }
                continue
                ;;
        esac
        printf '%s\n' "$line"
    done < <(tests/lab/run "$@"; echo "exit status $?")
    one "the lab ran to its end" \
        test "$plan, $((status == 0))" = "$seen, $((failed == before))"
}

# Ends the script.
finish () {
    say "done"
    if [ -n "${CI-}" ] && [ "$skipped" != 0 ]; then
        echo "FAILED: in CI a skipped test is a failure."
    fi
    printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
    [ "$failed" = 0 ] && { [ -z "${CI-}" ] || [ "$skipped" = 0 ]; }
}
