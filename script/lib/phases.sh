# shellcheck shell=bash
# The phases of script/test. Each runs in a shell of its own; what it counted it leaves in a file.
# shellcheck disable=SC2154 # work: script/test

passed=0 failed=0 skipped=0
failures=()

# Flags of the debug build: it has a folder of its own so that it never fights with a plain `swift build` over flags.
test_build=(--scratch-path "$root/.build-test" -Xswiftc -warnings-as-errors -Xcc -Werror)

# run_phase NAME: runs it, adds up what it counted. A phase that counts nothing is one check.
run_phase() {
    local name=$1 status started=$SECONDS counts=$work/$1.counts
    printf '\n%s\n' "${bold}── $name${plain}"
    case $name in unit | service | autobahn | endurance | address | thread) start_postgres ;; esac
    # Not in a condition, where bash would go on after errors inside the phase.
    set +e
    (
        set -e
        "phase_${name//-/_}"
    )
    status=$?
    set -e
    if [ -f "$counts" ]; then
        read -r p f s <"$counts"
    else
        p=$((status == 0)) f=0 s=0
    fi
    if [ "$status" -ne 0 ] && [ "$f" -eq 0 ]; then f=1; fi
    passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
    if [ "$status" -eq 0 ] && [ "$f" -eq 0 ]; then
        printf '%s\n' "${green}── $name: ok, $((SECONDS - started)) s${plain}"
        return 0
    fi
    printf '%s\n' "${red}── $name: FAILED, $((SECONDS - started)) s${plain}"
    failures+=("$name")
    case $name in packages | build) verdict ;; esac # nothing after these could run
}

# The closing lines. Ends the script.
verdict() {
    printf '\ntime: %d min %d s\n' "$((SECONDS / 60))" "$((SECONDS % 60))"
    printf '%d passed, %d failed%s\n' "$passed" "$failed" "$([ "$skipped" -eq 0 ] || echo ", $skipped skipped")"
    if [ "${#failures[@]}" -eq 0 ]; then
        printf '%s\n' "${green}verdict: all green${plain}"
        exit 0
    fi
    printf '%s\n' "${red}verdict: FAILED in ${failures[*]}${plain}"
    exit 1
}

# count PHASE PASSED FAILED SKIPPED
count() { printf '%d %d %d\n' "$2" "$3" "$4" >"$work/$1.counts"; }

# Ends what this run started, whatever ended it. Logs of a failed run are kept.
end_tests() {
    trap - EXIT INT TERM
    stop_postgres
    if [ "$1" -eq 0 ]; then rm -rf "$work"; else say "logs: ${work#"$root"/}"; fi
    exit "$1"
}

# Folders of runs that were killed, and logs of failed ones when there are many.
sweep_tests() {
    local folder
    for folder in "$root"/var/test-*; do
        if [ -d "$folder" ] && ! kill -0 "${folder##*-}" 2>/dev/null && [ -z "$(find "$folder" -maxdepth 0 -mtime -1)" ]; then
            rm -rf "$folder"
        fi
    done
}

phase_packages() { script/setup --tests; }

phase_lint() {
    swift format lint --strict --recursive --parallel Sources Tests Package.swift
    shellcheck script/setup script/build script/server script/test script/acceptance script/autobahn script/chroot-proof .ci/run
}

phase_rows() { script/acceptance --summary; }

phase_build() {
    lock "$root/.build-test/lock"
    logged build-test swift build --build-tests "${test_build[@]}"
    unlock
}

phase_unit() { swift_tests unit "${test_build[@]}"; }

# swift_tests PHASE FLAG…: runs `swift test`; shows the failures, and the end.
swift_tests() {
    local name=$1 status=0
    shift
    swift test "$@" --xunit-output "$work/$name.xml" >"$work/$name.log" 2>&1 || status=$?
    count_junit "$name" "$work/$name.xml" "$work/$name-swift-testing.xml"
    if [ "$status" -ne 0 ]; then
        grep --extended-regexp '^✘|error:|Fatal error|ThreadSanitizer:|AddressSanitizer:' "$work/$name.log" |
            grep --invert-match 'Test run with' | head -n 80 || true
    fi
    grep 'Test run with' "$work/$name.log" | tail -n 1 || tail -n 25 "$work/$name.log" # none after a crash
    return "$status"
}

# count_junit PHASE FILE…: adds up the test suites of JUnit reports, as swift test and pytest write them.
count_junit() {
    local name=$1
    shift
    # shellcheck disable=SC2046 # four words
    count "$name" $(/usr/bin/python3 - "$@" <<'PYTHON'
import pathlib, sys, xml.etree.ElementTree as xml

total = {"tests": 0, "failures": 0, "errors": 0, "skipped": 0}
for path in filter(pathlib.Path.exists, map(pathlib.Path, sys.argv[1:])):
    try:
        suites = xml.parse(path).iter("testsuite")
    except xml.ParseError:
        continue  # the tests crashed while they ran: whoever calls knows that they failed
    for suite in suites:
        for key in total:
            total[key] += int(suite.get(key) or 0)
failed = total["failures"] + total["errors"]
print(total["tests"] - failed - total["skipped"], failed, total["skipped"])
PYTHON
    )
}

phase_release() { build_release parley parley-fuzz; }

phase_python() { python_environment >/dev/null; }

# Who comes and goes and what a browser shows is waited for more than it is worked at: these run beside the others.
phase_service() {
    local marks='not long and not autobahn' others status=0
    local waiting=(Tests/EndToEnd/test_presence.py Tests/EndToEnd/test_web_*.py)
    service_tests service-waiting -m "$marks" "${waiting[@]}" >"$work/service-waiting.log" 2>&1 &
    others=$!
    service_tests service-working -m "$marks" Tests/EndToEnd "${waiting[@]/#/--ignore=}" || status=$?
    wait "$others" || status=$?
    cat "$work/service-waiting.log"
    count_junit service "$work/service-waiting.xml" "$work/service-working.xml"
    return "$status"
}

phase_endurance() { service_tests endurance -m long Tests/EndToEnd; }

# service_tests NAME OPTION-OR-PATH…
service_tests() {
    local name=$1 python status=0
    shift
    python=$(python_environment)
    PARLEY_TEST_WORK=$work/$name "$python" -m pytest "$@" \
        --junit-xml "$work/$name.xml" || status=$?
    [ "$status" -ne 5 ] || status=0 # no test of that mark
    count_junit "$name" "$work/$name.xml"
    return "$status"
}

phase_fuzz() { fuzz fuzz 20000; }

phase_fuzz_long() { fuzz fuzz-long 1000000; }

# fuzz PHASE INPUTS: one line for each parser, which begins with `ok` or `FAILED`.
fuzz() {
    local status=0
    .build/release/parley-fuzz --inputs "$2" >"$work/$1.log" 2>&1 || status=$?
    if [ "$status" -eq 0 ]; then grep '^ok' "$work/$1.log"; else tail -n 40 "$work/$1.log"; fi
    count "$1" "$(grep --count '^ok' "$work/$1.log")" "$(grep --count '^FAILED' "$work/$1.log")" 0
    return "$status"
}

phase_autobahn() { service_tests autobahn -m autobahn Tests/EndToEnd; }

# Leaks are not looked for: a task that a test leaves waiting on a loop which it ends is never resumed, and counts as one.
phase_address() { ASAN_OPTIONS=detect_leaks=0 sanitized address; }

# There are no suppressions: what cannot be seen of a Mutex is told to ThreadSanitizer by thread-sanitizer.c.
phase_thread() {
    local object=$root/.build-thread/thread-sanitizer.o
    mkdir -p "$root/.build-thread"
    clang -Wall -Wextra -Werror -O1 -c "$root/script/lib/thread-sanitizer.c" -o "$object"
    TSAN_OPTIONS=halt_on_error=0 sanitized thread -Xlinker "$object"
}

# sanitized SANITIZER FLAG…: one test after the other. Sanitized code is several times slower, and with all tests on the few
# threads of the global pool at once, deadlines would measure how long a test waits for a thread.
sanitized() {
    local sanitizer=$1
    shift
    swift_tests "$sanitizer" --scratch-path "$root/.build-$sanitizer" --sanitize "$sanitizer" --no-parallel "$@"
}
