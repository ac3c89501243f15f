#!/usr/bin/env bash
# Benchmarks/start.sh [ROUNDS]: from the start of `parley serve` on a migrated database to its first "ready", and the memory it takes then.
. "$(dirname "$0")/../script/lib/common.sh"
. "$root/script/lib/toolchain.sh"
. "$root/Benchmarks/lib/service.sh"

[ $# -le 1 ] || usage 2
build_parley
describe_machine
start_postgres
/usr/bin/python3 "$root/Benchmarks/lib/start.py" "$parley" "$port" "${1:-10}"
