#!/usr/bin/env bash
# Benchmarks/all.sh [FOLDER]: the scenarios of Benchmarks/README.md that need no other server, one after the other on one service.
#
# Not among them: start.sh, `run.sh --tls idle`, profile.sh.
# The reports go to FOLDER (var/bench) as JSON; what is printed is the table of each. Takes about four minutes.
. "$(dirname "$0")/../script/lib/common.sh"
. "$root/script/lib/toolchain.sh"
. "$root/Benchmarks/lib/service.sh"

[ $# -le 1 ] || usage 2
reports=$(absolute "${1:-$root/var/bench}")
mkdir -p "$reports"
build_parley
describe_machine
start_service

status=0
# report NAME SCENARIO [OPTION…]
report() {
    bench "${@:2}" --json "$reports/$1.json" || status=1
}

# Fixed rates first: what a closed loop wrote, PostgreSQL vacuums for a while.
report pairs-1000 pairs --pairs 200 --rate 1000 --duration 20
report pairs-5000 pairs --pairs 200 --rate 5000 --duration 20
report pairs-seeds pairs --pairs 500 --rate 500 --duration 60
report pairs-closed pairs --pairs 200
report pairs-rapid pairs --pairs 1 --in-flight 100
report http http
report echo echo
report history history --messages 10000
report history-million history --conversations 100 --messages 10000
report inbox inbox
report sync sync
report storm storm --sockets 9000
# Memory that earlier loads left free would hide what a socket takes.
restart_serve
report idle idle --sockets 9000
exit "$status"
