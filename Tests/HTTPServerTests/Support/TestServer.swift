import HTTPServer
import Observability
import Runtime
import Synchronization

/// Collects log lines.
final class LineCollector: LogSink {
    private let collected = Mutex<[String]>([])

    var lines: [String] { collected.withLock { $0 } }

    func write(_ line: [UInt8]) { collected.withLock { $0.append(String(decoding: line, as: UTF8.self)) } }
}

/// A server on a free port, as long as a test needs it.
struct TestServer: Sendable {
    let port: Int
    let metrics: MetricsRegistry
    let log: LineCollector
    /// Asks the server to stop, as the end of the process would.
    let stop: @Sendable () -> Void
    let stopped: @Sendable () async -> Void

    static func run(
        _ router: Router, loops: Int = 1, _ adjust: (inout HTTPServerConfiguration) -> Void = { _ in },
        _ body: (TestServer) async throws -> Void
    ) async throws {
        var configuration = HTTPServerConfiguration(port: 0)
        // Deadlines belong to the tests that set them: on a busy machine all others need more patience than the product has.
        configuration.timing.head = .seconds(600)
        configuration.timing.bodyGrace = .seconds(600)
        configuration.timing.keepAlive = .seconds(600)
        configuration.timing.writeStall = .seconds(600)
        configuration.timing.check = .milliseconds(10)
        adjust(&configuration)
        let group = EventLoopGroup(count: loops)
        let metrics = MetricsRegistry()
        let log = LineCollector()
        let server = HTTPServer(
            router: router, configuration: configuration, group: group, metrics: metrics,
            logger: Logger(label: "test", level: .info, sink: log))
        try await server.listen()
        let serving = Task { try await server.run() }
        let test = TestServer(
            port: server.port ?? 0, metrics: metrics, log: log, stop: { serving.cancel() }, stopped: { _ = await serving.result })
        let result: Result<Void, any Error>
        do {
            try await body(test)
            result = .success(())
        } catch {
            result = .failure(error)
        }
        serving.cancel()
        _ = await serving.result
        group.shutdown()
        try result.get()
    }

    func client(saying opening: String = "") throws -> RawClient { try RawClient(port: port, saying: opening) }

    func metric(_ name: String) -> String? {
        String(decoding: metrics.renderPrometheus(), as: UTF8.self).split(separator: "\n").first { $0.hasPrefix(name) }.map(String.init)
    }
}
