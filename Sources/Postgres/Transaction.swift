/// A transaction on a connection of its own, from `BEGIN` to `COMMIT`. Lent by ``Database/transaction(_:)``.
public final class Transaction: Queryable {
    private enum State { case notBegun, open, over }

    private let pipeline: Pipeline
    private var state = State.notBegun
    /// Whether it failed only because others ran beside it. The body may hide the error itself behind one of its own.
    private(set) var mayRunAgain = false

    init(on pipeline: Pipeline) { self.pipeline = pipeline }

    public func rows<S: Statement>(of statement: S) async throws(PostgresError) -> Rows {
        let unit = try pipeline.submit(opening: begin(), statement)
        try await answered(unit)
        return try unit.takeRows(0)
    }

    /// Sends the statements in one piece: one round trip for all of them.
    @discardableResult public func unit<each S: Statement>(
        _ statements: repeat each S
    ) async throws(PostgresError) -> (repeat [(each S).Output]) {
        let unit = try pipeline.submit(opening: begin(), repeat each statements)
        try await answered(unit)
        return try unit.decoded(by: repeat each statements)
    }

    /// Sends the statements in one piece: one round trip for all of them.
    @discardableResult public func unit<S: Statement>(all statements: [S]) async throws(PostgresError) -> [[S.Output]] {
        let unit = try pipeline.submit(opening: begin(), all: statements)
        try await answered(unit)
        return try unit.decoded(by: statements)
    }
}

extension Transaction {
    /// Runs `body`, then commits; rolls back if either throws.
    func run<Value>(_ body: (Transaction) async throws -> Value) async throws -> Value {
        do {
            let value = try await body(self)
            try await commit()
            return value
        } catch {
            rollBack()
            throw error
        }
    }

    /// `BEGIN` needs no round trip of its own: it goes ahead of the first statement.
    private func begin() throws(PostgresError) -> Begin? {
        switch state {
        case .notBegun:
            state = .open
            return Begin()
        case .open: return nil
        case .over: throw PostgresError(.connectionLost, explanation: "the transaction is over")
        }
    }

    private func answered(_ unit: PipelineUnit) async throws(PostgresError) {
        do throws(PostgresError) {
            try await unit.answered()
        } catch {
            if error.isConflict || error.isStalePlan { mayRunAgain = true }
            throw error
        }
    }

    private func commit() async throws(PostgresError) {
        if state == .open {
            state = .over
            let unit = try pipeline.submit(Commit())
            try await answered(unit)
            // Answered to COMMIT when a statement failed and the body went on all the same.
            guard try unit.takeRows(0).command == "COMMIT" else { throw PostgresError(.serverRejected, sqlState: "25P02") }
        }
        state = .over
    }

    /// Nobody waits for the answer: whatever the connection is used for next comes after it.
    private func rollBack() {
        if state == .open { pipeline.post(Rollback()) }
        state = .over
    }
}

struct Begin: Statement { static let sql = "BEGIN" }
struct Commit: Statement { static let sql = "COMMIT" }
struct Rollback: Statement { static let sql = "ROLLBACK" }
