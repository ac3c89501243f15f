# shellcheck shell=bash
# The Swift toolchain and what is built with it.

# Puts `swift` into PATH.
find_swift() {
    local folder
    command -v swift >/dev/null && return 0
    for folder in /opt/swift/usr/bin /usr/libexec/swift/bin "${HOME:-/root}/.local/share/swiftly/bin"; do
        if [ -x "$folder/swift" ]; then
            PATH=$PATH:$folder
            return 0
        fi
    done
    die "no Swift toolchain: \`swift\` is neither in PATH nor in /opt/swift/usr/bin. Install Swift 6.2 or later (swift.org/install) and run this again."
}

# build_release PRODUCT…: two scripts side by side take turns.
build_release() {
    local product
    lock "$root/.build/lock"
    for product in "$@"; do logged build swift build --configuration release --product "$product"; done
    unlock
}
