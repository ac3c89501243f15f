internal import Observability
internal import Runtime

/// Keeps as many connections open as are wanted.
///
/// While attempts fail there is one at a time, with growing pauses: a server that comes up again is not stormed by
/// everybody. The first that succeeds lets all others follow at once.
extension PostgresPool {
    /// The longest pause lets a pool recover within two seconds after the server has.
    private static let backoff = Backoff(first: .milliseconds(50), longest: .milliseconds(500))

    /// A connection that lived for a shorter time (in milliseconds) counts as a failed attempt, else a server that lets us in
    /// and throws us out would keep us busy.
    private static let shortLife: UInt64 = 1000

    func openMissing() {
        guard !isClosed, retry == nil else { return }
        let missing = configuration.connectionsPerLoop - state.count - attempts.count
        let wanted = failures == 0 ? missing : min(missing, 1 - attempts.count)
        for _ in 0..<max(0, wanted) {
            loop.start { await self.open() }
        }
    }

    private func open() async {
        let attempt = ConnectionAttempt(on: loop)
        attempts.append(attempt)
        do throws(PostgresError) {
            let pipeline = try await Pipeline.open(configuration, on: loop, telemetry, by: attempt)
            attempts.removeAll { $0 === attempt }
            opened(pipeline)
        } catch {
            attempts.removeAll { $0 === attempt }
            guard !isClosed else { return }
            if lastFailure == nil {
                telemetry.logger.info("the database cannot be reached", [.reason: error.explanation ?? "", .loop: "\(loop.index)"])
            }
            lastFailure = error
            telemetry.count(error)
            pause()
        }
    }

    private func opened(_ pipeline: Pipeline) {
        guard !isClosed else { return pipeline.close() }
        failures = 0
        lastFailure = nil
        emptySince = nil
        telemetry.open.increment()
        let openedAt = loop.now
        pipeline.onAnswer = { [weak self] in self?.lightened() }
        pipeline.onEnd = { [weak self, unowned pipeline] in self?.ended(pipeline, openedAt: openedAt) }
        serve(state.opened(pipeline))
        openMissing()
    }

    private func ended(_ pipeline: Pipeline, openedAt: UInt64) {
        state.ended(pipeline)
        reportHealth()
        telemetry.open.decrement()
        if state.isEmpty { emptySince = loop.now }
        telemetry.logger.info("a database connection was lost", [.loop: "\(loop.index)"])
        if loop.now - openedAt < Self.shortLife { pause() } else { openMissing() }
    }

    private func pause() {
        failures += 1
        guard retry == nil else { return }
        retry = loop.schedule(after: Self.backoff.pause(afterFailures: failures)) { [weak self] in
            self?.retry = nil
            self?.openMissing()
        }
    }
}

extension Logger.Key {
    static let loop: Self = "loop"
}
