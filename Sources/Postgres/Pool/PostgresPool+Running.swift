internal import Runtime

extension PostgresPool {
    /// How often a transaction that lost a race (serialization failure, deadlock) is run again.
    private static let retryLimit = 3
    private static let backoff = Backoff(first: .milliseconds(10), longest: .milliseconds(100))

    /// Sends a unit on the least busy connection and waits for its answer. Tried again after a conflict: a unit that
    /// failed has left nothing behind.
    func run(_ submit: (Pipeline) throws(PostgresError) -> PipelineUnit) async throws(PostgresError) -> PipelineUnit {
        var attempts = 0
        while true {
            do throws(PostgresError) {
                let unit = try submit(try await shared())
                try await unit.answered()
                return unit
            } catch {
                attempts += 1
                guard error.isConflict || error.isStalePlan, attempts <= Self.retryLimit else { throw error }
                if error.isConflict { await pause(afterConflicts: attempts) }
            }
        }
    }

    /// Runs `body` in a transaction on a connection of its own, again after a conflict.
    func transaction<Value>(_ body: (Transaction) async throws -> Value) async throws -> Value {
        var attempts = 0
        while true {
            var lostRace = false
            do {
                return try await withLent { pipeline in
                    let transaction = Transaction(on: pipeline)
                    defer { lostRace = transaction.mayRunAgain }
                    return try await transaction.run(body)
                }
            } catch {
                attempts += 1
                guard lostRace, attempts <= Self.retryLimit else { throw error }
                await pause(afterConflicts: attempts)
            }
        }
    }

    private func pause(afterConflicts count: Int) async {
        await withUnsafeContinuation { continuation in
            loop.schedule(after: Self.backoff.pause(afterFailures: count)) { continuation.resume() }
        }
    }
}
