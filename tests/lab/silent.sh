# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Sourced by run: what a machine does that says nothing any more.

# why_silent MONITOR CONSOLE PROCESS: where its processors are, twice; whether QEMU itself stands
# still; and the kernel's own account of its processors and tasks, which the NMI calls for.
why_silent () {
    local monitor=$1 console=$2 process=$3 answers answer
    # A pipe of which QEMU is the only user loses at its end what was not read.
    exec {answers}<> "$monitor.out"
    ask_monitor "$monitor.in" 'info registers -a'
    ask_monitor "$monitor.in" 'info registers -a'
    ask_monitor "$monitor.in" 'info status'
    answer=$(timeout 2 cat <&"$answers" | tr -d '\r' | grep -aE '^(CPU#|RIP|VM status)' || :)
    if [ -n "$answer" ]; then
        echo "$answer"
    else
        echo "QEMU does not answer; its threads (state, time, what they wait for):"
        threads_of "$process"
    fi
    ask_monitor "$monitor.in" nmi
    sleep 5
    exec {answers}<&-
    tasks_of "$console"
}

ask_monitor () {
    echo "$2" | timeout 5 tee "$1" > /dev/null || :
    sleep 1
}

threads_of () {
    local task state user system
    for task in "/proc/$1"/task/*; do
        read -r state user system < <(sed 's/.*) //' "$task/stat" | cut -d ' ' -f 1,12,13)
        echo "$(cat "$task/comm") $state $((user + system)) $(cat "$task/wchan" 2> /dev/null)"
    done
}

# A line for each processor, each program and each kernel thread that does not just wait for work:
# the functions that it is in, the innermost first.
tasks_of () {
    tr -d '\r' < "$1" | awk '
        function tell () { if (wanted) print name ":" functions }
        /Sched Debug|sysrq_sched_debug/ { exit }
        /NMI backtrace for cpu|\] task:/ {
            tell()
            wanted = !/state:[IS].* ppid:2 /
            name = $0
            sub(/^[^]]*\] */, "", name)
            sub(/ *flags:.*/, "", name)
            gsub(/ +/, " ", name)
            functions = ""
        }
        /\]  [a-z_][A-Za-z0-9_.]*\+0x/ {
            sub(/^[^]]*\] */, "")
            sub(/\+0x.*/, "")
            functions = functions " " $0
        }
        END { tell() }'
}
