public import Glibc

/// A program that a test starts, without input and output. By `posix_spawn`: Foundation's `Process` crashes now and then when many are
/// started at once in a process of many descriptors, and what it starts may inherit some of them.
///
/// `@unchecked Sendable`: one test uses it, step by step.
public final class TestProgram: @unchecked Sendable {
    public let id: pid_t
    private var status: Int32?

    /// As many as the tests have open at once, and more. To close what is not open is no failure.
    private static let descriptors: Int32 = 4096

    public struct Failure: Error {
        let path: String
        let errno: Int32
    }

    /// - Parameter arguments: without the program's own name.
    public init(_ path: String, _ arguments: [String]) throws {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        for descriptor: Int32 in [1, 2] { posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_WRONLY, 0) }
        // What else is open must not stay open because of it: who reads our output would wait for its end.
        for descriptor: Int32 in 3..<Self.descriptors { posix_spawn_file_actions_addclose(&actions, descriptor) }
        // Signals as a shell would give them: a test's thread may block some.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        var words = ([path] + arguments).map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var id: pid_t = 0
        let result = posix_spawn(&id, path, &actions, &attributes, &words, environ)
        guard result == 0 else { throw Failure(path: path, errno: result) }
        self.id = id
    }

    public var isRunning: Bool {
        if status == nil {
            var found: Int32 = 0
            if waitpid(id, &found, WNOHANG) == id { status = found }
        }
        return status == nil
    }

    /// Waits for its end.
    ///
    /// - Returns: its exit code; 128 and the number of the signal that ended it.
    @discardableResult
    public func wait() -> Int32 {
        while status == nil {
            var found: Int32 = 0
            if waitpid(id, &found, 0) == id { status = found }
        }
        let status = status ?? 0
        return status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + status & 0x7F
    }

    /// Ends it without warning.
    public func kill() {
        guard isRunning else { return }
        _ = Glibc.kill(id, SIGKILL)
        wait()
    }

    /// Runs a program to its end.
    ///
    /// - Returns: its exit code.
    public static func run(_ path: String, _ arguments: [String]) throws -> Int32 { try TestProgram(path, arguments).wait() }
}
