internal import Crypto
internal import HTTPClient
internal import JSON
internal import Observability
internal import Runtime
internal import Synchronization

/// The keys by which the host app signs, kept up to date. A refresh that fails changes nothing but the log.
final class HostKeys: Service {
    private struct State {
        var keys: JSONWebKeySet?
        var document: [UInt8] = []
        var refresh: Task<Void, Never>?
        /// When a token under an unknown key last made us look.
        var askedByStranger: ContinuousClock.Instant?
        var failures = 0
        /// How long the source says that its answer is good.
        var lifetime: Duration?
    }

    private let source: any HostKeySource
    private let strangerPause: Duration
    private let state = Mutex(State())
    private let refreshed: Counter
    private let failed: Counter

    /// - Parameter strangerPause: between two refreshes that tokens under unknown keys ask for: anybody can make such tokens.
    init(_ source: any HostKeySource, registry: MetricsRegistry, strangerPause: Duration = .seconds(10)) {
        self.source = source
        self.strangerPause = strangerPause
        let (name, help) = ("parley_host_key_refreshes_total", "Times that the host app's keys were read, by outcome.")
        refreshed = registry.counter(name, help: help, labels: ["outcome": "read"])
        failed = registry.counter(name, help: help, labels: ["outcome": "failed"])
    }

    /// `nil` until they were read for the first time.
    var current: JSONWebKeySet? { state.withLock { $0.keys } }

    /// Refreshes them for as long as the process lives.
    func run() async throws {
        do {
            while true {
                await refresh()
                try await Task.sleep(for: state.withLock { source.pause(after: $0.lifetime, failures: $0.failures) })
            }
        } catch {
            await close()
            throw error
        }
    }

    /// Reads them once, or waits for the reading that is under way.
    func refresh() async { await state.withLock { Self.refresh(&$0, by: self) }.value }

    /// Reads them because of a key that is not among them; not if that was done a moment ago.
    func refreshForStranger() async {
        let refresh = state.withLock { state -> Task<Void, Never>? in
            if let underWay = state.refresh { return underWay }
            let now = ContinuousClock.now
            if let last = state.askedByStranger, now - last < strangerPause { return nil }
            state.askedByStranger = now
            return Self.refresh(&state, by: self)
        }
        await refresh?.value
    }

    private static func refresh(_ state: inout State, by keys: HostKeys) -> Task<Void, Never> {
        if let underWay = state.refresh { return underWay }
        let task = Task {
            await keys.loadOrWarn()
            keys.state.withLock { $0.refresh = nil }
        }
        state.refresh = task
        return task
    }

    private func loadOrWarn() async {
        do throws(HostKeyFailure) {
            try await load()
        } catch {
            let isFirst = state.withLock { state in
                state.failures += 1
                return state.failures == 1
            }
            // Once for each row of failures.
            guard isFirst else { return }
            Logger.current.warning("the host app's keys could not be read: those known before still count", [.reason: error.reason])
        }
    }

    func close() async { await source.close() }

    /// Reads them.
    ///
    /// - Throws: ``HostKeyFailure``; then those known before are kept.
    func load() async throws(HostKeyFailure) {
        let isNews: Bool
        do throws(HostKeyFailure) {
            let answer = try await source.read()
            isNews = try state.withLock { state throws(HostKeyFailure) in try Self.take(answer, into: &state) }
        } catch {
            failed.increment()
            throw error
        }
        refreshed.increment()
        guard isNews, let keys = current else { return }
        Logger.current.info(
            "the host app's keys were read", ["keys": "\(keys.names.joined(separator: ", "))", "skipped": "\(keys.skippedCount)"])
    }

    /// Answers whether they are others than before.
    private static func take(_ answer: HostKeyAnswer, into state: inout State) throws(HostKeyFailure) -> Bool {
        let isNews = state.keys == nil || state.document != answer.document
        if isNews {
            do {
                state.keys = try JSONWebKeySet(reading: answer.document)
            } catch {
                throw HostKeyFailure(reason: error.description)
            }
            state.document = answer.document
        }
        state.lifetime = answer.lifetime
        state.failures = 0
        return isNews
    }
}

extension Logger.Key {
    fileprivate static let reason: Self = "reason"
}
