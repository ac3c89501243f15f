#!/usr/bin/env bash
# Benchmarks/peers.sh [ROUNDS]: HTTP and WebSocket echo of Parley beside nginx and uvicorn, in turns, so that all of them meet the same
# machine. Prints the medians of the rounds (5).
#
# Needs Debian's nginx-light and python3-venv; uvicorn comes from PyPI into var/bench-venv.
. "$(dirname "$0")/../script/lib/common.sh"
. "$root/script/lib/toolchain.sh"
. "$root/Benchmarks/lib/service.sh"
. "$root/Benchmarks/lib/peers.sh"

[ $# -le 1 ] || usage 2
rounds=${1:-5}
PATH=$PATH:/usr/sbin command -v nginx >/dev/null || die "nginx is not there: apt-get install nginx-light"
build_parley
describe_machine
start_service
start_nginx
start_uvicorn

# slice NAME SCENARIO PORT PID [OPTION…]: one turn of one server.
slice() {
    local name=$1 scenario=$2 port=$3 pid=$4
    shift 4
    "$parley" bench "$scenario" --url "http://127.0.0.1:$port" --cpu "$name=$pid" --warm-up 0.5 --duration 2 \
        --json "$work/$scenario.$name.$round.json" "$@" >"$work/slice.txt" || die "$name, $scenario: $(tail -n 20 "$work"/slice.txt "$work"/*.log)"
}

for round in $(seq "$rounds"); do
    slice parley http "$port" "$serve" --clients 64
    slice nginx http "$nginx_port" "$nginx" --clients 64
    slice uvicorn http "$uvicorn_port" "$uvicorn" --clients 64
    slice parley echo "$port" "$serve" --clients 500
    slice uvicorn echo "$uvicorn_port" "$uvicorn" --clients 500
done
for scenario in http echo; do
    printf '\n%s\n' "$scenario"
    /usr/bin/python3 "$root/Benchmarks/lib/medians.py" "$work/$scenario".*.json
done
