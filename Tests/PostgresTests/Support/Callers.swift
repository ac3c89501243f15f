import Postgres
import Synchronization

/// Many tasks that use a database without pause, and keep account of how it went.
final class Callers: Sendable {
    struct Outcomes: Sendable {
        var successes = 0
        var codes: Set<PostgresError.Code> = []
        /// The longest that a call took, whatever came of it.
        var longest = Duration.zero
    }

    private let outcomes = Mutex(Outcomes())
    private let isStopped = Atomic(false)
    private let tasks = Mutex<[Task<Void, any Error>]>([])

    init(of database: Database, count: Int) {
        let made = (0..<count).map { number in
            Task { try await database.onLoop { await self.call(database, Int64(number)) } }
        }
        tasks.withLock { $0 = made }
    }

    /// Lets every task finish its call.
    func stop() async throws -> Outcomes {
        isStopped.store(true, ordering: .relaxed)
        for task in tasks.withLock({ $0 }) { try await task.value }
        return outcomes.withLock { $0 }
    }

    private func call(_ database: Database, _ number: Int64) async {
        while !isStopped.load(ordering: .relaxed) {
            let start = ContinuousClock.now
            var failure: PostgresError?
            do throws(PostgresError) {
                if number.isMultiple(of: 2) {
                    _ = try await database.one(Echo(number: number))
                } else {
                    _ = try await database.unit(Echo(number: number), Echo(number: number))
                }
            } catch {
                failure = error
            }
            let elapsed = ContinuousClock.now - start
            outcomes.withLock { outcomes in
                outcomes.longest = max(outcomes.longest, elapsed)
                if let failure { outcomes.codes.insert(failure.code) } else { outcomes.successes += 1 }
            }
            if failure != nil { try? await Task.sleep(for: .milliseconds(10)) }
        }
    }
}
