#!/usr/bin/env bash
# Benchmarks/run.sh [--tls | --two-nodes] SCENARIO [OPTION…]: one scenario of `parley bench` on a service and a PostgreSQL of its own.
#
# Scenarios and options are those of `parley bench`: .build/release/parley bench.
#   Benchmarks/run.sh pairs --pairs 200
#   Benchmarks/run.sh pairs --rate 1000 --duration 30
#   Benchmarks/run.sh --two-nodes pairs --rate 1000: senders at one node, readers at another, and a Redis between them
#   PARLEY_BINARY=path   a build that is there already
. "$(dirname "$0")/../script/lib/common.sh"
. "$root/script/lib/toolchain.sh"
. "$root/Benchmarks/lib/service.sh"

case ${1:-} in
    --tls) tls=on && shift ;;
    --two-nodes) nodes=2 && shift ;;
esac
[ $# -ge 1 ] || usage 2
build_parley
describe_machine
start_service
bench "$@"
