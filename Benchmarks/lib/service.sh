# shellcheck shell=bash
# A private PostgreSQL and a release build of `parley serve` for one run, ended and removed with it. PostgreSQL is the one of
# `parley dev`: with fsync, and commits on the disk.
# Source script/lib/common.sh and script/lib/toolchain.sh first.
# shellcheck disable=SC2154 # root: script/lib/common.sh

# PARLEY_BINARY: a program that is built already.
parley=${PARLEY_BINARY:-$root/.build/release/parley}
work=$root/var/bench-$$

# A port that is free now, below those that Linux gives to outgoing connections.
free_port() {
    local port
    while port=$((20000 + RANDOM % 12000)); do
        if ! port_answers "$port"; then
            printf '%d\n' "$port"
            return
        fi
    done
}

build_parley() {
    [ -n "${PARLEY_BINARY:-}" ] && return
    find_swift
    say "building"
    build_release parley
}

# wait_until SECONDS WHAT COMMAND…: tries the command every 20 ms. Shows the service's log when the time is over.
wait_until() {
    local deadline=$((SECONDS + $1)) what=$2
    shift 2
    until "$@"; do
        [ "$SECONDS" -lt "$deadline" ] || die "not within the time: $what; $(tail -n 20 "$work"/*.log)"
        sleep 0.02
    done
}

port_answers() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

is_ready() {
    local status=''
    if [ "$scheme" = https ]; then
        status=$(printf 'GET /health/ready HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n\r\n' |
            openssl s_client -quiet -connect "127.0.0.1:$port" 2>/dev/null | head -n 1)
    else
        { exec 3<>"/dev/tcp/127.0.0.1/$port"; } 2>/dev/null || return 1
        printf 'GET /health/ready HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n\r\n' >&3
        IFS= read -r status <&3 || true
        exec 3>&-
    fi
    [[ $status == 'HTTP/1.1 200'* ]]
}

# start_service: PostgreSQL and `serve`. With `tls=on` before it, under a certificate of its own; with `nodes=2`, two of them and a Redis.
start_service() {
    start_postgres
    if [ "${nodes:-1}" = 2 ]; then
        start_redis
        start_serve
        others+=("$serve")
        readers_port=$port
        port=$(free_port)
        export PARLEY_PORT=$port
    fi
    start_serve
}

start_redis() {
    local port
    port=$(free_port)
    redis-server --bind 127.0.0.1 --port "$port" --save '' --dir "$work" >"$work/redis.log" 2>&1 &
    redis=$!
    peers+=("$redis")
    wait_until 10 "a private Redis" port_answers "$port"
    export REDIS_URL=redis://127.0.0.1:$port
}

start_postgres() {
    mkdir -p "$work"
    export PARLEY_HOME=$work/home
    "$parley" dev --only postgres >"$work/postgres.log" 2>&1 &
    service=$!
    wait_until 60 "a private PostgreSQL" test -f "$PARLEY_HOME/pids"
    postgres=$(awk '$1 == "postgres" { print $2 }' "$PARLEY_HOME/pids")
    DATABASE_URL=$(<"$PARLEY_HOME/database-url")
    PARLEY_SECRET=$(openssl rand -base64 48)
    port=$(free_port)
    scheme=http
    export DATABASE_URL PARLEY_SECRET PARLEY_PORT=$port PARLEY_ENV=test PARLEY_LIMITS=off PARLEY_ECHO=on PARLEY_LOG_LEVEL=warning
    if [ "${tls:-}" = on ]; then
        scheme=https
        export PARLEY_TLS_CERTIFICATE=$work/certificate.pem PARLEY_TLS_KEY=$work/key.pem
        openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost \
            -keyout "$PARLEY_TLS_KEY" -out "$PARLEY_TLS_CERTIFICATE" 2>"$work/openssl.log"
    fi
    "$parley" migrate >"$work/migrate.log"
}

start_serve() {
    "$parley" serve >"$work/serve.log" 2>&1 &
    serve=$!
    peers+=("$serve")
    wait_until 30 "a service that is ready" is_ready
}

restart_serve() {
    kill -TERM "$serve"
    wait "$serve" || true
    start_serve
}

# bench SCENARIO [OPTION…]: on the service, with its cost.
bench() {
    local scenario=$1
    shift
    local servers
    servers=$(IFS=,; echo "$serve${others[*]:+,${others[*]}}")
    "$parley" bench "$scenario" --url "$scheme://127.0.0.1:$port" ${readers_port:+--readers "$scheme://127.0.0.1:$readers_port"} \
        --cpu "serve=$servers" --cpu "postgres=$postgres" ${redis:+--cpu "redis=$redis"} "$@"
}

# What this run was made on: figures mean nothing without it.
describe_machine() {
    printf '%s, %s cores, Linux %s; load %s\n' \
        "$(sed -n 's/^model name[[:space:]]*: //p' /proc/cpuinfo | head -n 1)" "$(nproc)" "$(uname -r)" "$(cut -d ' ' -f 1-3 /proc/loadavg)"
}

end_run() {
    local status=$? pid
    trap - EXIT INT TERM
    for pid in "${peers[@]}" "${service:-}"; do
        [ -z "$pid" ] || kill -TERM "$pid" 2>/dev/null || continue
        [ -z "$pid" ] || wait "$pid" 2>/dev/null || true
    done
    # A cluster whose home was out of reach for the account `postgres` stands elsewhere; the home links to it.
    if [ -L "$work/home/postgres" ]; then rm -rf "$(realpath "$work/home/postgres")"; fi
    rm -rf "$work"
    exit "$status"
}

peers=()
# Nodes of the service besides the last one that was started.
others=()
trap end_run EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
