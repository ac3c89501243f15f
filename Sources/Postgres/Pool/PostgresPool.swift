internal import Observability
internal import Runtime
internal import Synchronization

/// The connections of one loop: opens them, opens them again after a loss, and lends them.
///
/// `@unchecked Sendable`: confined to its loop. Every entry is a callback of that loop, or a call from a task that runs
/// on it; ``health``, which other threads may ask for, is atomic.
final class PostgresPool: @unchecked Sendable {
    let loop: EventLoop
    let configuration: PostgresConfiguration
    let telemetry: PostgresTelemetry
    var state = PoolState<Pipeline>()
    private var waiters: [UInt64: UnsafeContinuation<Outcome, Never>] = [:]
    private var lastWaiter: UInt64 = 0
    var isClosed = false

    // Opening; see PostgresPool+Opening.swift.
    /// Connections that are being opened.
    var attempts: [ConnectionAttempt] = []
    /// Attempts that failed since the last one that succeeded.
    var failures = 0
    /// Why the last attempt failed, if it did.
    var lastFailure: PostgresError?
    /// Since when no connection is open, in milliseconds of ``EventLoop/now``.
    var emptySince: UInt64?
    var retry: LoopTimer?

    // Health; see PostgresPool+Health.swift.
    var beat: LoopTimer?
    var beats = 0
    /// Signs of life that were asked for and have not come.
    var pings: [Ping] = []
    /// When one came last, in milliseconds of ``EventLoop/now``.
    var lastSignOfLife: UInt64 = 0
    let reportedHealth = Atomic<UInt8>(PostgresHealth.unavailable.rawValue)

    private enum Outcome {
        case granted(Pipeline)
        case refused(PostgresError)
    }

    /// Starts opening the connections. Loop thread only.
    init(_ configuration: PostgresConfiguration, on loop: EventLoop, _ telemetry: PostgresTelemetry) {
        self.configuration = configuration
        self.loop = loop
        self.telemetry = telemetry
        emptySince = loop.now
        startBeating()
        openMissing()
    }

    // MARK: Lending

    /// A connection for one unit, which others may use at the same time; or waits for one.
    func shared() async throws(PostgresError) -> Pipeline {
        if let pipeline = state.request(.shared) { return pipeline }
        return try await wait(for: .shared)
    }

    /// Lends a connection to `body` alone, and takes it back when `body` ends, however it ends.
    func withLent<Value>(_ body: (Pipeline) async throws -> Value) async throws -> Value {
        let pipeline = try await exclusive()
        defer { takeBack(pipeline) }
        return try await body(pipeline)
    }

    private func exclusive() async throws(PostgresError) -> Pipeline {
        let pipeline: Pipeline
        if let free = state.request(.exclusive) { pipeline = free } else { pipeline = try await wait(for: .exclusive) }
        telemetry.inUse.increment()
        return pipeline
    }

    private func takeBack(_ pipeline: Pipeline) {
        telemetry.inUse.decrement()
        serve(state.returned(pipeline))
    }

    // MARK: Waiting

    /// Callers that may wait at a time. More than that find no connection in time anyway.
    private static let waiterLimit = 10_000

    private func wait(for use: PoolState<Pipeline>.Use) async throws(PostgresError) -> Pipeline {
        if let refusal { throw refusal }
        lastWaiter += 1
        let id = lastWaiter
        let start = MonotonicClock.now
        telemetry.waiting.increment()
        let outcome = await withTaskCancellationHandler {
            // Here, not above: a task that does not prefer the loop would leave it for this closure.
            loop.preconditionInLoop()
            return await withUnsafeContinuation { continuation in
                waiters[id] = continuation
                state.wait(id, for: use, until: loop.now + configuration.poolWait.milliseconds)
            }
        } onCancel: {
            // Any thread. The letter arrives after the registration above, which runs in this very tick.
            loop.post { self.cancel(id) }
        }
        telemetry.waiting.decrement()
        telemetry.waitSeconds.observe(Double(MonotonicClock.now - start) * 1e-9)
        switch outcome {
        case .granted(let pipeline):
            if use == .shared { state.arrived(at: pipeline) }
            return pipeline
        case .refused(let error): throw error
        }
    }

    /// Why nobody needs to wait now: no connection is open, and has not been for as long as anybody waits.
    private var refusal: PostgresError? {
        if isClosed { return outOfReach }
        if let emptySince, loop.now - emptySince > configuration.poolWait.milliseconds { return outOfReach }
        return state.waitingCount >= Self.waiterLimit ? PostgresError(.poolTimedOut) : nil
    }

    /// What callers are told while no connection is open.
    var outOfReach: PostgresError { lastFailure ?? PostgresError(.connectionLost) }

    private func cancel(_ id: UInt64) {
        if state.cancelled(id) { refuse(id, PostgresError(.cancelled)) }
    }

    /// A connection has answered something.
    func lightened() { serve(state.lightened()) }

    func serve(_ grants: [PoolState<Pipeline>.Grant]) {
        for grant in grants { waiters.removeValue(forKey: grant.waiter)?.resume(returning: .granted(grant.member)) }
    }

    func refuse(_ id: UInt64, _ error: PostgresError) {
        waiters.removeValue(forKey: id)?.resume(returning: .refused(error))
    }

    // MARK: Closing

    /// Ends all connections, and those that are being opened. Whoever waits, or comes later, gets `.connectionLost`.
    func close() {
        isClosed = true
        beat?.cancel()
        retry?.cancel()
        let (pipelines, waiting) = state.close()
        telemetry.open.add(-Double(pipelines.count))
        for pipeline in pipelines { pipeline.close() }
        for attempt in attempts { attempt.cancel() }
        for id in waiting { refuse(id, outOfReach) }
        reportHealth()
    }
}
