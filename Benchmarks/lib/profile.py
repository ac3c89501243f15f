"""Says where the time goes: `perf script --fields comm,pid,ip,sym,dso` on standard input, profile.py NAME FOLDED.

Prints the share of each area and the functions with the most samples of their own; writes whole stacks, one a line with their count,
to the file FOLDED.
"""

import collections
import re
import subprocess
import sys

# The first pattern that matches says which area a function of user space belongs to.
AREAS = {
    "serve": [
        ("memory: malloc and free", r"^(_?_?libc_)?(malloc|free|realloc|calloc|cfree|_int_malloc|_int_free|unlink_chunk|tcache_|malloc_consolidate)|^swift_slow"),
        ("memory: retain and release", r"^_?swift_.*([Rr]etain|[Rr]elease)|RefCount|swift_bridgeObject|swift_weak|swift_unowned"),
        ("memory: Swift objects", r"^_?swift_(alloc|dealloc|initStack|deletedMethod)|swift_arrayDestroy|destroy|outlined"),
        ("Swift concurrency", r"^_?swift_(task|job|continuation|async|executor)|AsyncTask|swift_getObjectType"),
        ("Swift runtime", r"^_?swift_"),
        ("copying", r"memcpy|memmove|memset|memcmp|memchr"),
    ],
    "postgres": [
        ("parse and plan", r"parse|Parse|plan|Plan|analyze|rewrite|raw_|base_yy|core_yy|transform|GetCachedPlan|ChoosePlan|Revalidate|AcquireExecutorLocks"),
        ("PL/pgSQL", r"plpgsql|exec_stmt|exec_eval|SPI_|_SPI"),
        ("index access", r"^_?bt|index_|Index|systable"),
        ("table access", r"^heap|table_|tuple|Tuple|slot|toast|Toast|visib|HOT|tts_"),
        ("WAL", r"Xlog|XLog|xlog|CRC|crc32|WALInsert"),
        ("locks", r"[Ll]ock|LWLock|ProcSleep|[Ss]emaphore|latch|Latch|WaitEvent"),
        ("transactions and snapshots", r"Snapshot|Transaction|Xid|xact|ProcArray|Subtrans|CommandCounter|Combo|SubXact|Portal|ResourceOwner"),
        ("buffers", r"[Bb]uffer|smgr|md(read|write|nblocks|extend)"),
        ("catalogue caches", r"[Cc]ache|hash_|hash(text|name|oid)|[Ss]ys"),
        ("memory", r"palloc|pfree|MemoryContext|AllocSet|repalloc|memcpy|memmove|memset|malloc|free"),
        ("executor", r"Exec|exec_|Interpret|FunctionCall|array_|Datum|datum|text|uuid|int8|int4|timestamp|DirectFunction"),
        ("protocol", r"pq_|socket_|secure_|send|recv|Postgres|printtup|SSL|[Ii]nput|[Oo]utput"),
        ("statistics", r"pgstat|Stat"),
    ],
}
# Kernel time is told by the system call under which it was spent. epoll_wait: finding out, not waiting.
CALL = re.compile(r"^(?:__x64_sys_|__se_sys_|__do_sys_|ksys_)(\w+)$")
CALLS = {
    "sendto": "send", "sendmsg": "send", "writev": "send", "recvfrom": "receive", "recvmsg": "receive", "read": "read",
    "epoll_wait": "epoll", "epoll_pwait": "epoll", "epoll_ctl": "epoll", "poll": "poll", "futex": "futex", "fdatasync": "sync to disk",
    "fsync": "sync to disk", "pwrite64": "write to files", "pwritev": "write to files", "write": "write",
}


def is_kernel(dso):
    return dso.startswith("[") or dso.endswith(".ko") or "vmlinux" in dso


def area(name, frames):
    symbol, dso = frames[0]
    if is_kernel(dso):
        for caller, _ in frames:
            if call := CALL.match(caller):
                return f"kernel: {CALLS.get(call[1], call[1])}"
        return "kernel: interrupts, preemption, page faults"
    for title, pattern in AREAS[name]:
        if re.search(pattern, symbol):
            return title
    if module := re.match(r"^\$[sS](\d+)(\w+)", symbol):
        return f"module {module[2][: int(module[1])]}"
    if symbol.startswith(("$sS", "$ss")) or "libswift" in dso:
        return "Swift standard library"
    library = dso.rsplit("/", 1)[-1].split(".")[0]
    return {"parley": "other of parley", "postgres": "other of postgres"}.get(library, library)


def stacks(lines):
    """Each stack, the innermost frame first."""
    frames = []
    for line in lines:
        if line.strip() and not line[0].isspace():
            frames = []
        elif frame := re.match(r"\s+[0-9a-f]+ (.*) \(([^()]*)\)$", line.rstrip()):
            frames.append((frame[1], frame[2]))
        elif not line.strip() and frames:
            yield frames
            frames = []
    if frames:
        yield frames


def demangle(symbols):
    """Names of C++ and Swift as people write them."""
    text = "\n".join(symbols)
    for tool in (["c++filt", "--no-params"], ["swift", "demangle", "--simplified", "--compact"]):
        text = subprocess.run(tool, input=text, capture_output=True, text=True, check=True).stdout
    return text.splitlines()


def without_unknown_callers(frames):
    """Libraries without frame pointers, such as libuv and libc, cut a stack off: its outer end says nothing."""
    while len(frames) > 1 and frames[-1][0] == "[unknown]":
        frames = frames[:-1]
    return frames


def main():
    name, folded_path = sys.argv[1:]
    areas, functions, folded = collections.Counter(), collections.Counter(), collections.Counter()
    for frames in stacks(sys.stdin):
        areas[area(name, frames)] += 1
        functions[frames[0]] += 1
        folded[";".join(symbol.replace(";", ",") for symbol, _ in reversed(without_unknown_callers(frames)))] += 1
    total = areas.total() or 1
    print(f"\n{name}: {total} samples")
    for title, count in areas.most_common():
        if count / total >= 0.005:
            print(f"  {100 * count / total:5.1f} %  {title}")
    top = functions.most_common(25)
    print("  most time in")
    for ((_, dso), count), symbol in zip(top, demangle([symbol for (symbol, _), _ in top])):
        print(f"  {100 * count / total:5.1f} %  {symbol[:110]}  ({dso.rsplit('/', 1)[-1]})")
    with open(folded_path, "w") as file:
        file.writelines(f"{stack} {count}\n" for stack, count in folded.items())


main()
