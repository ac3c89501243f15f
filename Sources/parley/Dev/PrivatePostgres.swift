import Glibc

/// A PostgreSQL of this home's own: made when absent, reached by a socket in its folder and by 127.0.0.1 only.
///
/// PostgreSQL refuses to run as root, so a root's cluster belongs to the account `postgres` that Debian's package makes. Where
/// that account cannot reach the home (below `/root`, say), the cluster stands under `/var/lib/parley` and the home links to it.
struct PrivatePostgres {
    /// Role and database of the service. The role may create databases but is no superuser, as on a managed PostgreSQL.
    static let name = "parley"

    let installation: PostgresInstallation
    let account: SystemUser?
    let home: DevHome
    /// Holds the cluster (`data`), its password and its socket; without symbolic links.
    let folder: String
    let port: UInt16
    let password: String

    var data: String { "\(folder)/data" }

    /// Whether the folder's path leaves room for a socket: `sun_path` takes 107 bytes, and `/.s.PGSQL.12345.lock` is the last part.
    private var hasSocket: Bool { folder.utf8.count + 20 <= 107 }

    /// For libpq, in its URI form; by the socket where there is one, as it costs less than TCP.
    var url: String {
        let host = hasSocket ? Self.percentEncoded(folder) : "127.0.0.1"
        return "postgres://\(Self.name):\(password)@/\(Self.name)?host=\(host)&port=\(port)"
    }

    /// The server, to be kept running.
    var program: ChildProgram {
        var settings = [
            "listen_addresses=127.0.0.1", "port=\(port)", "unix_socket_permissions=0700",
            "unix_socket_directories=\(hasSocket ? "\"\(folder)\"" : "")",
            "max_connections=200", "shared_buffers=256MB", "max_wal_size=2GB", "random_page_cost=1.1",
            // An acked message is on the disk.
            "fsync=on", "synchronous_commit=on",
            // Every statement here is short: compiling one costs more than running it.
            "jit=off",
            "timezone=UTC", "log_timezone=UTC", "log_line_prefix=%m [%p] %q%u@%d ",
        ]
        // After a crash: one sync of the file system in the place of one for each of a thousand files, which takes seconds.
        if installation.version >= 14 { settings.append("recovery_init_sync_method=syncfs") }
        var program = program("postgres", ["-D", data] + settings.flatMap { ["-c", $0] })
        program.deathSignal = "QUIT"
        program.prepare = { Self.endOrphans(of: data) }
        program.ending = [
            Supervision.EndingStep(signal: SIGINT, patience: .seconds(20)),  // fast: ends sessions, writes a checkpoint
            Supervision.EndingStep(signal: SIGQUIT, patience: .seconds(5)),  // immediate: the next start recovers
            Supervision.EndingStep(signal: SIGKILL, patience: .seconds(5)),
        ]
        return program
    }

    /// Ends what a server that died suddenly left behind. PostgreSQL does not start beside that, and a process that was about to end
    /// a recovery notices the death only after a minute.
    private static func endOrphans(of data: String) {
        for _ in 0..<200 {
            let orphans = Files.names(in: "/proc").compactMap { pid_t($0) }.filter { Files.resolve("/proc/\($0)/cwd") == data }
            if orphans.isEmpty { return }
            for pid in orphans { kill(pid, SIGKILL) }
            usleep(5000)
        }
    }

    /// Whether the server of this process id accepts sessions. PostgreSQL says so in its pid file, line 8.
    func isReady(pid: Int32?) -> Bool {
        guard let pid, let status = Files.read("\(data)/postmaster.pid") else { return false }
        let lines = status.split(separator: "\n", omittingEmptySubsequences: false)
        return lines.count >= 8 && lines[0] == "\(pid)" && lines[7].hasPrefix("ready")
    }

    /// A program of the same installation that runs as the cluster's account.
    func program(_ executable: String, _ arguments: [String]) -> ChildProgram {
        ChildProgram(
            name: executable, command: ["\(installation.binaries)/\(executable)"] + arguments,
            environment: ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"],
            log: home.log("postgres"), account: account, folder: "/")
    }

    private static func percentEncoded(_ text: String) -> String {
        text.utf8.map { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
                String(UnicodeScalar(byte))
            default: "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }.joined()
    }
}
