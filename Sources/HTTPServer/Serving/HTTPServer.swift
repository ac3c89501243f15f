internal import Networking
public import Observability
public import Runtime
internal import Synchronization

/// Serves a router over HTTP/1.1 on every loop of a group.
///
/// As a ``Service`` it serves until it is cancelled; then it drains: it stops accepting, answers what is in flight with
/// `Connection: close`, lets the WebSockets send the answers they owe and closes them with 1012, and returns when the last connection has ended.
public final class HTTPServer: Service {
    private struct Listening {
        let listener: TCPListener
        let loops: LoopLocal<HTTPLoop>
    }

    private let core: HTTPServerCore
    private let group: EventLoopGroup
    private let listening = Mutex<Listening?>(nil)

    public init(
        router: Router, configuration: HTTPServerConfiguration, group: EventLoopGroup, metrics: MetricsRegistry = .shared,
        logger: Logger = Logger.current
    ) {
        core = HTTPServerCore(
            router: router, configuration: configuration, metrics: HTTPMetrics(metrics, routes: router.declarations), logger: logger,
            loopCount: group.loops.count)
        self.group = group
    }

    /// The port that is listened on, once ``listen()`` has returned: the configured one, or the free one found for 0.
    public var port: Int? { listening.withLock { $0.map { Int($0.listener.address.port) } } }

    /// Opens the port. Connections are served from here on. Not to be called on a loop.
    ///
    /// - Throws: ``NetworkError`` when it cannot be opened.
    public func listen() async throws {
        let core = core
        let loops = try await LoopLocal(group) { loop in HTTPLoop(loop: loop, core: core) }
        let configuration = core.configuration
        let listener = try await TCPListener(
            host: configuration.host, port: configuration.port, group: group, tls: configuration.tls
        ) { transport in
            loops.current.accept(transport)
        }
        listening.withLock { $0 = Listening(listener: listener, loops: loops) }
    }

    /// Serves until its task is cancelled, then drains. Listens first, unless that was done.
    public func run() async throws {
        if port == nil { try await listen() }
        while !Task.isCancelled { try? await Task.sleep(for: .seconds(3_600)) }  // ends at once when cancelled
        guard let listening = listening.withLock({ exchange(&$0, with: nil) }) else { return }
        // What follows must not be cut short by the cancellation that began it.
        await Task { [group, core] in
            await listening.listener.close()
            await withTaskGroup(of: Void.self) { drains in
                for loop in group.loops {
                    drains.addTask {
                        await withCheckedContinuation { continuation in
                            loop.post { listening.loops.current.drain(limit: core.configuration.timing.drain) { continuation.resume() } }
                        }
                    }
                }
            }
        }.value
    }
}
