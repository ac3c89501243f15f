# shellcheck shell=bash
# What every script here shares: where things stand, how to speak, how to wait for one another.
set -euo pipefail
shopt -s inherit_errexit
export LC_ALL=C.UTF-8

caller_folder=$PWD
self=$(realpath "$0")
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
cd "$root"

if [ -t 1 ] && [ "${CI:-}" != true ] && [ -z "${NO_COLOR:-}" ]; then
    bold=$'\e[1m' red=$'\e[31m' green=$'\e[32m' plain=$'\e[0m'
else
    bold='' red='' green='' plain=''
fi

say() { printf '%s\n' "${bold}${*}${plain}"; }

die() {
    printf '%s\n' "${red}${0##*/}: ${*}${plain}" >&2
    exit 1
}

# The usage of a script is the comment at its head.
usage() {
    sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$self"
    exit "${1:-0}"
}

# lock FILE: waits until no other script holds the file's lock, and holds it until `unlock` or the end of this one.
lock() {
    mkdir -p "$(dirname "$1")"
    exec {lock_descriptor}>"$1"
    if ! flock --nonblock "$lock_descriptor"; then
        say "waiting for another script to finish here" >&2
        flock "$lock_descriptor"
    fi
}

unlock() { exec {lock_descriptor}>&-; }

# logged NAME COMMAND…: on a terminal the command's output is shown; elsewhere it goes to a log, of which a failure shows the end.
logged() {
    local name=$1 log=$root/var/log/$1.$$.log status=0
    shift
    if [ -t 1 ] && [ "${CI:-}" != true ]; then
        "$@"
        return
    fi
    mkdir -p "$root/var/log"
    "$@" >"$log" 2>&1 || status=$?
    if [ "$status" -ne 0 ]; then
        grep --extended-regexp 'error:|warning:|Error|E: ' "$log" | sort --unique | tail -n 40 || true
        printf '… the end of what %s wrote:\n' "$name"
        tail -n 25 "$log"
    fi
    rm -f "$log"
    return "$status"
}

# An absolute path, relative ones counting from where the script was called.
absolute() {
    case $1 in
        /*) printf '%s\n' "$1" ;;
        *) printf '%s\n' "$caller_folder/$1" ;;
    esac
}
