#!/usr/bin/env bash
# Benchmarks/profile.sh SCENARIO [OPTION…]: where the processor's time goes under a load, for the service and for PostgreSQL.
#
# Samples both with perf (Debian's linux-perf; root, or kernel.perf_event_paranoid ≤ 1) for ten seconds in the middle of the run, by the
# clock of the processor, as virtual machines often have no hardware counters. Prints one table for each and the functions that took most;
# writes a flame graph of the service to var/bench/flame.svg, and the stacks it is made of.
#   Benchmarks/profile.sh pairs --pairs 200
. "$(dirname "$0")/../script/lib/common.sh"
. "$root/script/lib/toolchain.sh"
. "$root/Benchmarks/lib/service.sh"

[ $# -ge 1 ] || usage 2
command -v perf >/dev/null || die "perf is not there: apt-get install linux-perf"
build_parley
find_swift
describe_machine
start_service
mkdir -p "$root/var/bench"

family() {
    local child
    printf '%s\n' "$1"
    for child in $(pgrep --parent "$1"); do family "$child"; done
}

# record NAME PID…: ten seconds of these processes.
record() {
    local name=$1
    shift
    perf record --quiet --event cpu-clock --freq 1999 --call-graph fp --output "$work/$name.perf" \
        --pid "$(printf '%s,' "$@" | sed 's/,$//')" -- sleep 10 2>"$work/$name.perf.log" || die "perf: $(cat "$work/$name.perf.log")"
}

bench "$@" --warm-up 4 --duration 12 >"$work/report.txt" &
load=$!
for _ in $(seq 600); do
    # Sampling begins when the load does: provisioning may take a while.
    sleep 0.1
    if [ "$(ss --no-header --tcp state established "sport = :$port" | wc -l)" -gt 1 ]; then break; fi
done
sleep 5
mapfile -t family < <(family "$postgres")
record serve "$serve" &
serve_record=$!
record postgres "${family[@]}"
wait "$serve_record"
wait "$load" || true
cat "$work/report.txt"
for name in serve postgres; do
    perf script --input "$work/$name.perf" --fields comm,pid,ip,sym,dso --no-demangle 2>/dev/null |
        /usr/bin/python3 "$root/Benchmarks/lib/profile.py" "$name" "$work/$name.folded"
done
/usr/bin/python3 "$root/Benchmarks/lib/flame.py" "$work/serve.folded" | c++filt --no-params | swift demangle --simplified >"$root/var/bench/flame.svg"
cp "$work/serve.folded" "$work/postgres.folded" "$root/var/bench/"
say "flame graph of the service: var/bench/flame.svg; whole stacks: var/bench/*.folded"
