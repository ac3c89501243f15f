# shellcheck shell=bash disable=SC2034 # the lists are for whoever sources this
# Debian packages: what is needed for what, and how the missing ones are installed.

# The C libraries under our module maps, and the compiler and linker that Swift calls for them.
packages_for_building=(
    g++ libc6-dev binutils pkg-config
    libuv1-dev libargon2-dev libpq-dev libhiredis-dev libssl-dev libcurl4-openssl-dev zlib1g-dev
)
# What the Swift toolchain itself loads.
packages_for_swift=(git libcurl4 libncurses6 libsqlite3-0 libxml2 tzdata)
# setpriv and flock come with util-linux, which every Debian has.
packages_for_server=(postgresql redis-server)
packages_for_tests=(python3-venv shellcheck)
# A browser and a font for it to write with. Ubuntu's chromium package is a snap, which a service cannot drive.
packages_for_browser=(chromium fonts-dejavu-core)

is_debian() { [ "$(. /etc/os-release && printf %s "$ID")" = debian ]; }

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        die "not root and no sudo: please run, as root: apt-get install ${missing[*]}"
    fi
}

# Which of the packages named are not there. A package that another one provides counts as there.
missing_packages() {
    local have_postgres=''
    if compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null; then have_postgres=postgresql; fi
    comm -13 \
        <({
            printf '%s\n' "$have_postgres"
            # shellcheck disable=SC2016 # the format is dpkg-query's
            dpkg-query --show --showformat='${db:Status-Status} ${Package}, ${Provides}\n' |
                sed -n 's/^installed //p' | tr -d ' ' | sed 's/([^)]*)//g' | tr ',' '\n'
        } | sort --unique) \
        <(printf '%s\n' "$@" | sort --unique)
}

# install_packages PACKAGE…: installs those that are missing; quiet when none is.
install_packages() {
    local missing
    command -v dpkg-query >/dev/null || die "this is neither Debian nor Ubuntu; please install what these packages hold: $*"
    mapfile -t missing < <(missing_packages "$@")
    [ "${#missing[@]}" -gt 0 ] || return 0
    say "installing Debian packages: ${missing[*]}"
    install_missing "$@"
}

# Two that run side by side take turns: the lock is on dpkg's own folder, so that it holds for every checkout.
install_missing() {
    local lock missing
    exec {lock}</var/lib/dpkg
    flock "$lock"
    mapfile -t missing < <(missing_packages "$@") # the other one may have installed them meanwhile
    if [ "${#missing[@]}" -gt 0 ]; then
        apt_get update {lock}<&- || die "apt-get update failed"
        apt_get install --yes --no-install-recommends "${missing[@]}" {lock}<&- || die "apt-get could not install: ${missing[*]}"
    fi
    exec {lock}<&-
}

# apt-get waits for dpkg's lock by itself, but not for the one on the package lists.
apt_get() {
    local log attempt
    log=$(mktemp)
    for attempt in {1..60}; do
        if as_root env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 "$@" >"$log" 2>&1 </dev/null; then
            rm -f "$log"
            return 0
        fi
        grep --quiet 'Could not get lock' "$log" && [ "$attempt" -lt 60 ] || break
        sleep 5
    done
    tail -n 20 "$log" >&2
    rm -f "$log"
    return 1
}

# The Debian mirror that this machine's apt uses.
debian_mirror() {
    # shellcheck disable=SC2016 # the format is apt's
    apt-get indextargets --format '$(REPO_URI) $(CODENAME)' 'Created-By: Packages' 'Origin: Debian' |
        awk '$2 !~ /-/ { print $1; exit }'
}
