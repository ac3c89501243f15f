import Foundation
import Glibc
import Redis
import TestPrograms
import Testing

/// A Redis of the tests' own, on loopback, to be frozen, killed and started again.
final class RedisServer: Sendable {
    static let program = ["/usr/bin/redis-server", "/usr/local/bin/redis-server"].first { (path: String) in access(path, X_OK) == 0 }

    let port: UInt16
    let folder: String
    private let arguments: [String]
    private nonisolated(unsafe) var process: TestProgram?  // one test uses it, step by step

    /// Starts a server.
    ///
    /// - Parameters:
    ///   - settings: as in `redis.conf`, one a line.
    ///   - sentinel: whether it is a sentinel, which writes to its own configuration.
    init(_ settings: [String] = [], port: UInt16? = nil, sentinel: Bool = false) throws {
        let port = try port ?? Self.freePort()
        self.port = port
        var template = Array("/tmp/parley-redis-XXXXXX".utf8CString)
        try #require(mkdtemp(&template) != nil)
        folder = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        let common = ["bind 127.0.0.1", "dir \(folder)", "logfile \(folder)/log", "save \"\"", "daemonize no"]
        let own = settings.contains { $0.hasPrefix("port ") } ? [] : ["port \(port)"]
        try (common + own + settings).joined(separator: "\n").write(toFile: "\(folder)/conf", atomically: true, encoding: .utf8)
        arguments = ["\(folder)/conf"] + (sentinel ? ["--sentinel"] : [])
        try start()
    }

    var url: String { "redis://127.0.0.1:\(port)" }

    /// 0, which no signal should go to, before it was started.
    private var pid: pid_t { process?.id ?? 0 }

    func start() throws {
        unlink("\(folder)/log")
        let process = try TestProgram(try #require(Self.program), arguments)
        self.process = process
        let end = ContinuousClock.now + .seconds(20)
        while ContinuousClock.now < end {
            let log = (try? String(contentsOfFile: "\(folder)/log", encoding: .utf8)) ?? ""
            if log.contains("Ready to accept connections") || log.contains("Sentinel ID is") { return }
            try #require(process.isRunning, "redis-server ended: \(log)")
            usleep(5000)
        }
        throw NeverHappened()
    }

    func signal(_ number: Int32) { if pid > 0 { _ = Glibc.kill(pid, number) } }

    /// Ends it without warning.
    func kill() {
        process?.kill()
    }

    func remove() {
        kill()
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// A port on which nobody listens just now. Below those that the kernel gives to clients, so that none of them takes it.
    static func freePort() throws -> UInt16 {
        for _ in 0..<1000 {
            let port = UInt16.random(in: 15_000..<32_000)
            let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            defer { close(descriptor) }
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = port.bigEndian
            address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
            let status = withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
            }
            if status == 0 { return port }
        }
        throw NeverHappened()
    }

    /// Lends a server to `body`.
    static func use(_ settings: [String] = [], _ body: (RedisServer) async throws -> Void) async throws {
        let server = try RedisServer(settings)
        defer { server.remove() }
        try await body(server)
    }
}

extension Trait where Self == ConditionTrait {
    /// Needs redis-server.
    static var redis: Self { .enabled(if: RedisServer.program != nil, "install redis-server (Debian: redis-server)") }
}
