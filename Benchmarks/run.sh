#!/usr/bin/env bash
# Benchmarks/run.sh [--tls] SCENARIO [OPTION…]: one scenario of `parley bench` on a service and a PostgreSQL of its own.
#
# Scenarios and options are those of `parley bench`: .build/release/parley bench.
#   Benchmarks/run.sh pairs --pairs 200
#   Benchmarks/run.sh pairs --rate 1000 --duration 30
#   PARLEY_BINARY=path   a build that is there already
. "$(dirname "$0")/../script/lib/common.sh"
. "$root/script/lib/toolchain.sh"
. "$root/Benchmarks/lib/service.sh"

if [ "${1:-}" = --tls ]; then
    tls=on
    shift
fi
[ $# -ge 1 ] || usage 2
build_parley
describe_machine
start_service
bench "$@"
