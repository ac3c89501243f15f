# shellcheck shell=bash
# The servers beside which ours is measured. Source Benchmarks/lib/service.sh first.
# shellcheck disable=SC2154 # root, work: script/lib/common.sh and Benchmarks/lib/service.sh

# wait_for_port PORT PID NAME
wait_for_port() {
    until (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; do
        kill -0 "$2" 2>/dev/null || die "$3 did not start: $(tail -n 20 "$work/$3.log")"
        sleep 0.1
    done
}

start_nginx() {
    nginx_port=$(free_port)
    mkdir -p "$work/nginx"
    printf 'listen 127.0.0.1:%d reuseport;\n' "$nginx_port" >"$work/nginx/listen.conf"
    cp "$root/Benchmarks/peers/nginx.conf" "$work/nginx/"
    "$(PATH=$PATH:/usr/sbin command -v nginx)" -p "$work/nginx" -c nginx.conf -e error.log >"$work/nginx.log" 2>&1 &
    nginx=$!
    peers+=("$nginx")
    wait_for_port "$nginx_port" "$nginx" nginx
}

start_uvicorn() {
    local venv=$root/var/bench-venv
    if ! cmp --silent "$root/Benchmarks/peers/requirements.txt" "$venv/installed.txt"; then
        say "installing uvicorn"
        /usr/bin/python3 -m venv --clear "$venv"
        "$venv/bin/pip" install --quiet --disable-pip-version-check --requirement "$root/Benchmarks/peers/requirements.txt"
        cp "$root/Benchmarks/peers/requirements.txt" "$venv/installed.txt"
    fi
    uvicorn_port=$(free_port)
    "$venv/bin/uvicorn" --app-dir "$root/Benchmarks/peers" echo:app --host 127.0.0.1 --port "$uvicorn_port" --loop uvloop --http httptools \
        --ws websockets-sansio --ws-per-message-deflate false --no-access-log --log-level warning >"$work/uvicorn.log" 2>&1 &
    uvicorn=$!
    peers+=("$uvicorn")
    wait_for_port "$uvicorn_port" "$uvicorn" uvicorn
}
