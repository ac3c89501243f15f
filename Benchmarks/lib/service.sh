# shellcheck shell=bash
# A private PostgreSQL and a release build of `parley serve` for one run, ended and removed with it.
# Source script/lib/common.sh and script/lib/toolchain.sh first.
# shellcheck disable=SC2154 # root: script/lib/common.sh

# PARLEY_BINARY: a program that is built already.
parley=${PARLEY_BINARY:-$root/.build/release/parley}
work=$root/var/bench-$$

# A port that is free now, below those that Linux gives to outgoing connections.
free_port() {
    local port
    while port=$((20000 + RANDOM % 12000)); do
        if ! (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
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

# start_service [NAME=VALUE…]: with settings of its own besides ours. Afterwards `bench` knows where it is.
start_service() {
    mkdir -p "$work"
    port=$(free_port)
    export PARLEY_HOME=$work/home PARLEY_PORT=$port
    env PARLEY_ENV=test PARLEY_LIMITS=off PARLEY_ECHO=on PARLEY_LOG_LEVEL=warning "$@" \
        "$parley" dev >"$work/service.log" 2>&1 &
    service=$!
    until [ -f "$PARLEY_HOME/pids" ]; do
        kill -0 "$service" 2>/dev/null || die "the service did not start: $(tail -n 20 "$work/service.log")"
        sleep 0.1
    done
    DATABASE_URL=$(<"$PARLEY_HOME/database-url")
    PARLEY_SECRET=${PARLEY_SECRET:-$(<"$PARLEY_HOME/secret")}
    export DATABASE_URL PARLEY_SECRET
}

# pid_of NAME: of serve or postgres.
pid_of() { awk -v name="$1" '$1 == name { print $2 }' "$PARLEY_HOME/pids"; }

# bench SCENARIO [OPTION…]: on the service, with its cost.
bench() {
    local scenario=$1
    shift
    "$parley" bench "$scenario" --url "http://127.0.0.1:$port" \
        --cpu "serve=$(pid_of serve)" --cpu "postgres=$(pid_of postgres)" "$@"
}

# What this run was made on: figures mean nothing without it.
describe_machine() {
    printf '%s, %s cores, Linux %s; load %s\n' \
        "$(sed -n 's/^model name[[:space:]]*: //p' /proc/cpuinfo | head -n 1)" "$(nproc)" "$(uname -r)" "$(cut -d ' ' -f 1-3 /proc/loadavg)"
}

end_run() {
    local status=$? pid
    trap - EXIT INT TERM
    for pid in "${peers[@]:-}" "${service:-}"; do
        [ -z "$pid" ] || kill -TERM "$pid" 2>/dev/null || continue
        [ -z "$pid" ] || wait "$pid" 2>/dev/null || true
    done
    # A cluster whose home was out of reach for the account `postgres` stands elsewhere; the home links to it.
    if [ -L "$work/home/postgres" ]; then rm -rf "$(realpath "$work/home/postgres")"; fi
    rm -rf "$work"
    exit "$status"
}

peers=()
trap end_run EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
