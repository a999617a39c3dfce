# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Sourced by process 1: runs the scenarios of /lab/plan one after another, each with its deadline.
# A line of the plan: name, deadline in seconds, which life of the host this is for it (1, 2...).
sanitizer_reports=

run_plan () {
    local name deadline life
    while read -r -u 9 name deadline life; do
        run_scenario "$name" "$deadline" "$life" || return
    done 9< /lab/plan
    report finished
}

# Fails when this machine must not go on: the scenario asked for a reboot, or cannot be ended.
run_scenario () {
    local name=$1 deadline=$2 life=$3 started=${EPOCHREALTIME/./} scenario timer ended status=0
    report "begin $name"
    setsid bash /lab/lib/scenario.sh "$name" "$life" < /dev/null 9<&- &
    scenario=$!
    sleep "$deadline" &
    timer=$!
    wait -n -p ended "$scenario" "$timer" || status=$?
    if [ "$ended" = "$timer" ]; then
        hung "$name" "$deadline" "$scenario"
    else
        kill "$timer"
    fi
    judge_sanitizers
    if [ -e /run/lab/reboot ]; then
        sync # the runner ends this machine as soon as it reads that
        report "again $name $((life + 1))"
        return 1
    fi
    [ "$ended" = "$timer" ] || [ "$status" = 0 ] || {
        show_logs
        not_ok "the scenario ended with status $status"
    }
    sync # the runner may end this machine as soon as it reads the end
    report "end $name $(milliseconds_since "$started")"
    clean_up || {
        report stuck
        return 1
    }
}

# Programs of a build under sanitizers report to their logs, and few scenarios read these.
judge_sanitizers () {
    local reports
    reports=$(cat /run/lab/log/* 2> /dev/null | grep -aE 'ERROR: [A-Za-z]+Sanitizer|runtime error:')
    [ "$reports" != "$sanitizer_reports" ] || return 0
    sanitizer_reports=$reports
    printf '%s\n' "$reports"
    not_ok "no program has anything to report to a sanitizer"
}

# Tells what the kernel was doing, and ends what can be ended.
hung () {
    local name=$1 deadline=$2 scenario=$3
    show_logs
    show_blocked
    kill -KILL -- "-$scenario"
    ! within 5 process_is_gone "$scenario" || wait "$scenario" 2> /dev/null
    not_ok "the scenario did not end within its deadline of $deadline s"
}

show_blocked () {
    echo w > /proc/sysrq-trigger
    printf '%s\n' '--- kernel log ---'
    dmesg --color=never | tail -n 60
}

show_logs () {
    local log
    for log in virtflowd helper-worker libvirtd; do
        [ -s "/run/lab/log/$log" ] || continue
        printf '%s\n' "--- $log ---"
        tail -n 15 "/run/lab/log/$log"
    done
}

# Leaves the host as the next scenario expects it. What hangs here hangs in the kernel.
clean_up () {
    local cleaner timer ended status=0
    setsid bash "/lab/lib/${clean_script:-clean.sh}" < /dev/null 9<&- &
    cleaner=$!
    sleep 30 &
    timer=$!
    wait -n -p ended "$cleaner" "$timer" || status=$?
    if [ "$ended" = "$timer" ]; then
        show_blocked
        kill -KILL -- "-$cleaner"
        return 1
    fi
    kill "$timer"
    return "$status"
}
