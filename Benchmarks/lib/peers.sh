# shellcheck shell=bash
# The servers beside which ours is measured. Source Benchmarks/lib/service.sh first.
# shellcheck disable=SC2154 # root, work: script/lib/common.sh and Benchmarks/lib/service.sh

start_nginx() {
    nginx_port=$(free_port)
    mkdir -p "$work/nginx"
    printf 'listen 127.0.0.1:%d reuseport;\n' "$nginx_port" >"$work/nginx/listen.conf"
    cp "$root/Benchmarks/peers/nginx.conf" "$work/nginx/"
    "$(PATH=$PATH:/usr/sbin command -v nginx)" -p "$work/nginx" -c nginx.conf -e error.log >"$work/nginx.log" 2>&1 &
    nginx=$!
    peers+=("$nginx")
    wait_until 10 nginx port_answers "$nginx_port"
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
    wait_until 10 uvicorn port_answers "$uvicorn_port"
}
