import Glibc
import Postgres
import Testing

/// A PostgreSQL server of the tests' own, to be stopped, frozen and killed. Its socket lies in its folder: it takes no port.
struct PrivateCluster: Sendable {
    let folder: String
    private let programs: Programs

    @TaskLocal static var current: PrivateCluster?

    /// The programs of the newest installed server.
    struct Programs: Sendable {
        let folder: String

        static let installed: Programs? = {
            var found = glob_t()
            defer { globfree(&found) }
            guard glob("/usr/lib/postgresql/*/bin/pg_ctl", 0, nil, &found) == 0, found.gl_pathc > 0,
                let last = found.gl_pathv[Int(found.gl_pathc) - 1]
            else { return nil }
            // PostgreSQL refuses to run as root: then it runs as the account that Debian's package made for it.
            guard getuid() != 0 || getpwnam("postgres") != nil else { return nil }
            return Programs(folder: String(String(cString: last).dropLast("/pg_ctl".count)))
        }()

        func run(_ name: String, _ arguments: [String]) throws {
            let prefix = getuid() == 0 ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] : []
            try Programs.run(prefix + ["\(folder)/\(name)"] + arguments)
        }

        static func run(_ words: [String]) throws {
            var vector = words.map { strdup($0) } + [nil]
            defer { for word in vector { free(word) } }
            var actions = posix_spawn_file_actions_t()
            posix_spawn_file_actions_init(&actions)
            defer { posix_spawn_file_actions_destroy(&actions) }
            for descriptor in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] {
                posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_RDWR, 0)
            }
            var child: pid_t = 0
            guard posix_spawnp(&child, words[0], &actions, nil, &vector, environ) == 0 else { throw ProgramFailure(words: words) }
            var status: Int32 = 0
            waitpid(child, &status, 0)
            guard status == 0 else { throw ProgramFailure(words: words) }
        }
    }

    struct ProgramFailure: Error { let words: [String] }

    /// Makes and starts a server.
    static func make() throws -> PrivateCluster {
        let programs = try #require(Programs.installed)
        var template = Array("/tmp/parley-test-XXXXXX".utf8CString)
        try #require(mkdtemp(&template) != nil)
        let folder = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        if let account = getpwnam("postgres"), getuid() == 0 { chown(folder, account.pointee.pw_uid, account.pointee.pw_gid) }
        let cluster = PrivateCluster(folder: folder, programs: programs)
        try programs.run(
            "initdb", ["-D", "\(folder)/data", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"])
        try cluster.start()
        return cluster
    }

    func start() throws {
        let options = "-k \(folder) -c listen_addresses= -c fsync=off -c deadlock_timeout=50ms"
        try programs.run("pg_ctl", ["-D", "\(folder)/data", "-w", "-l", "\(folder)/log", "-o", options, "start"])
    }

    /// - Parameter mode: `fast` tells its clients; `immediate` is as if it had crashed.
    func stop(_ mode: String = "fast") throws {
        try programs.run("pg_ctl", ["-D", "\(folder)/data", "-w", "-m", mode, "stop"])
    }

    /// The server's processes: the one that listens, and its children.
    func processes() throws -> [pid_t] {
        let first = try #require(Self.words(of: "\(folder)/data/postmaster.pid").first)
        return [first] + Self.words(of: "/proc/\(first)/task/\(first)/children")
    }

    private static func words(of path: String) -> [pid_t] {
        guard let file = fopen(path, "r") else { return [] }
        defer { fclose(file) }
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = fread(&buffer, 1, buffer.count, file)
        let text = String(decoding: buffer.prefix(count).map(UInt8.init(bitPattern:)), as: UTF8.self)
        return text.split { $0 == " " || $0 == "\n" }.compactMap { pid_t($0) }
    }

    func remove() {
        try? stop("immediate")
        try? Programs.run(["rm", "-rf", folder])
    }

    func configuration() throws -> PostgresConfiguration {
        var configuration = try PostgresConfiguration(parsing: "host=\(folder) user=postgres dbname=postgres")
        configuration.connectionsPerLoop = 2
        return configuration
    }
}

/// Gives a suite a server of its own, in ``PrivateCluster/current``.
struct PrivateClusterTrait: SuiteTrait, TestScoping {
    @concurrent func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        let cluster = try PrivateCluster.make()
        defer { cluster.remove() }
        try await PrivateCluster.$current.withValue(cluster) { try await function() }
    }
}

extension Trait where Self == PrivateClusterTrait {
    static var privateCluster: Self { PrivateClusterTrait() }
}
