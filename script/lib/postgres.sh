# shellcheck shell=bash
# The private PostgreSQL of one run of the tests.
# shellcheck disable=SC2154 # work: script/test

# Started by the same code as the one of script/server; PARLEY_TEST_DATABASE_URL says how to reach it.
start_postgres() {
    local binary=$root/.build-test/debug/parley
    [ -z "${PARLEY_TEST_DATABASE_URL:-}" ] || return 0
    [ -x "$binary" ] || binary=$root/.build/release/parley
    [ -x "$binary" ] || die "the private PostgreSQL of the tests is started by \`parley\`, which is not built: run the phase build first"
    PARLEY_HOME=$work/postgres "$binary" dev --only postgres >"$work/postgres.log" 2>&1 &
    postgres_pid=$!
    until [ -f "$work/postgres/pids" ]; do
        kill -0 "$postgres_pid" 2>/dev/null || die "no private PostgreSQL: $(cat "$work/postgres.log")"
        sleep 0.1
    done
    PARLEY_TEST_DATABASE_URL=$(<"$work/postgres/database-url")
    export PARLEY_TEST_DATABASE_URL
}

# Ends it, and removes the clusters of this run, also those that stand under /var/lib/parley because their homes were out of
# reach for the account `postgres`.
stop_postgres() {
    local home
    if [ -n "${postgres_pid:-}" ]; then
        kill -TERM "$postgres_pid" 2>/dev/null || true
        wait "$postgres_pid" 2>/dev/null || true
    fi
    for home in /var/lib/parley/*/home; do
        if [ -r "$home" ] && [[ $(<"$home") == "$work"/* ]]; then rm -rf "${home%/home}"; fi
    done
    rm -rf "$work/postgres"
}
