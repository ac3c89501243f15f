internal import Observability
internal import Runtime

/// Keeps one connection open: finds the server, opens, and opens again after a loss, with growing pauses while that fails.
///
/// `@unchecked Sendable`: confined to its loop. Every entry is a callback of that loop, or a call from a task that runs on it.
final class Link: @unchecked Sendable {
    /// The longest pause lets a link recover within a second after the server has.
    private static let backoff = Backoff(first: .milliseconds(50), longest: .milliseconds(500))

    private let locator: Locator
    private let opener: ConnectionOpener
    private var state = LinkState()
    private var retry: LoopTimer?
    private(set) var lastFailure: RedisError?
    /// A connection stands. Whoever takes it tells of its end by ``lost(_:)``.
    var onOpen: ((CommandPipeline) -> Void)?
    /// An attempt has failed, and the next one comes after a pause.
    var onFailure: (() -> Void)?

    init(to locator: Locator, _ opener: ConnectionOpener) {
        self.locator = locator
        self.opener = opener
    }

    var admission: LinkState.Admission { state.admission }

    /// What callers are told who cannot be served.
    var refusal: RedisError { RedisError(.unavailable, kind: lastFailure?.kind, explanation: lastFailure?.explanation) }

    /// Begins; to be called once, when ``onOpen`` is set.
    func start() { opener.loop.start { await self.connect() } }

    /// The connection that ``onOpen`` was given has ended.
    func lost(_ error: RedisError) {
        opener.telemetry.open.decrement()
        opener.telemetry.lost.increment()
        opener.telemetry.logger.info("a connection to Redis was lost", facts(error))
        lastFailure = error
        act(state.lost(at: opener.loop.now))
    }

    /// Opens no more. The connection that stands is its taker's to end.
    func close() {
        if admission == .send { opener.telemetry.open.decrement() }
        state.close()
        retry?.cancel()
        (onOpen, onFailure) = (nil, nil)
    }

    private func connect() async {
        do throws(RedisError) {
            let pipeline = try await locator.open(with: opener)
            guard pipeline.isOpen else { throw RedisError(.connectionLost, explanation: "the server closed the connection at once") }
            guard state.opened(at: opener.loop.now) else { return pipeline.close() }
            if lastFailure != nil { opener.telemetry.logger.info("Redis is reached again", [.loop: "\(opener.loop.index)"]) }
            lastFailure = nil
            opener.telemetry.open.increment()
            onOpen?(pipeline)
        } catch {
            if lastFailure == nil { opener.telemetry.logger.info("Redis cannot be reached", facts(error)) }
            lastFailure = error
            act(state.failed())
        }
    }

    private func act(_ action: LinkState.Action) {
        switch action {
        case .connect: start()
        case .pause(let failures):
            retry = opener.loop.schedule(after: Self.backoff.pause(afterFailures: failures)) { [weak self] in
                guard let self else { return }
                act(state.paused())
            }
            onFailure?()
        case .nothing: break
        }
    }

    private func facts(_ error: RedisError) -> [Logger.Key: String] {
        [.reason: [error.kind, error.explanation].compactMap(\.self).joined(separator: ": "), .loop: "\(opener.loop.index)"]
    }
}
