# shellcheck shell=bash
# The Python environment of the whole-service tests.

# Prints the path of its interpreter. The environment is made when Tests/EndToEnd/requirements.txt asks for another one than
# before; its folder carries a digest of that file and never changes once it is complete, so that no run pulls it from under another.
python_environment() {
    local requirements=$root/Tests/EndToEnd/requirements.txt digest
    digest=$(sha256sum "$requirements" | cut -c 1-12)
    local folder=$root/var/venv/$digest
    if [ ! -f "$folder/complete" ]; then
        lock "$root/var/venv/lock"
        make_python_environment "$folder" "$requirements" >&2
        unlock
    fi
    printf '%s\n' "$folder/bin/python"
}

make_python_environment() {
    [ ! -f "$1/complete" ] || return 0 # another run made it meanwhile
    rm -rf "$1"
    # Debian's own interpreter: the one whose venv module the package python3-venv completes.
    /usr/bin/python3 -m venv "$1"
    logged pip "$1/bin/pip" install --quiet --disable-pip-version-check --requirement "$2"
    touch "$1/complete"
}
