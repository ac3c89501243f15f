import Glibc
import Observability
import Postgres
import Runtime
import Testing

@Suite struct ConnectionAttemptTests {
    @Test func `closing ends attempts under way at once`() async throws {
        let server = try SilentServer()
        var configuration = try PostgresConfiguration(parsing: "host=127.0.0.1 port=\(server.port) user=nobody sslmode=disable")
        configuration.connectDeadline = .seconds(600)
        configuration.connectionsPerLoop = 2
        let group = EventLoopGroup(count: 1)
        defer { group.shutdown() }
        let database = await Database(configuration, on: group, metrics: MetricsRegistry())
        let attempts = try [server.accept(), server.accept()]
        defer { for attempt in attempts { close(attempt) } }
        for attempt in attempts { try #require(SilentServer.read(attempt) > 0, "the client speaks first") }
        await database.close()
        for attempt in attempts { try #require(SilentServer.read(attempt) == 0, "the end") }
    }
}

/// Lets clients in and says nothing.
private final class SilentServer {
    let port: UInt16
    private let listener: Int32

    init() throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        self.listener = listener
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = in_addr_t(INADDR_LOOPBACK).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let status = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                bind(listener, generic, length) | listen(listener, 8) | getsockname(listener, generic, &length)
            }
        }
        port = UInt16(bigEndian: address.sin_port)
        try #require(status == 0)
    }

    deinit { close(listener) }

    func accept() throws -> Int32 {
        try Self.wait(for: listener)
        return Glibc.accept(listener, nil, nil)
    }

    /// How many bytes came; 0 at the end.
    static func read(_ descriptor: Int32) throws -> Int {
        try wait(for: descriptor)
        var bytes = [UInt8](repeating: 0, count: 4096)
        return recv(descriptor, &bytes, bytes.count, 0)
    }

    private static func wait(for descriptor: Int32) throws {
        var poll = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        try #require(Glibc.poll(&poll, 1, 5000) == 1)
    }
}
