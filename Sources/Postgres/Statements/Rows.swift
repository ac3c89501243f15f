internal import CPQ

/// The rows that a statement answered. Owns the `PGresult`.
///
/// `@unchecked Sendable`: a result never changes after libpq made it, and may go from thread to thread (PostgreSQL
/// manual, "Behavior in Threaded Programs").
public struct Rows: ~Copyable, @unchecked Sendable {
    private let result: OpaquePointer

    init(owning result: OpaquePointer) { self.result = result }

    deinit { PQclear(result) }

    /// Gives the result away; the caller frees it.
    consuming func release() -> OpaquePointer {
        let result = result
        discard self
        return result
    }

    public var count: Int { Int(PQntuples(result)) }

    /// Rows that the statement inserted, updated, deleted or selected.
    public var affected: Int {
        guard let text = PQcmdTuples(result) else { return 0 }
        return Int(String(cString: text)) ?? 0
    }

    /// Lends the row at `index` to `body`.
    public func withRow<Value, Failure>(
        _ index: Int, _ body: (borrowing Row) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        precondition(index >= 0 && index < count, "no such row")
        return try body(Row(result: result, index: Int32(index)))
    }

    /// Lends one row after the other to `body`.
    public func forEach<Failure>(_ body: (borrowing Row) throws(Failure) -> Void) throws(Failure) {
        for index in 0..<count { try withRow(index, body) }
    }

    /// The command that the server ran, such as `COMMIT`.
    var command: String { PQcmdStatus(result).map { String(cString: $0) } ?? "" }

    func decoded<S: Statement>(by statement: S) throws(PostgresError) -> [S.Output] {
        var outputs: [S.Output] = []
        outputs.reserveCapacity(count)
        for index in 0..<count { outputs.append(try decoded(index, by: statement)) }
        return outputs
    }

    func decoded<S: Statement>(_ index: Int, by statement: S) throws(PostgresError) -> S.Output {
        do throws(PostgresError) {
            return try statement.decode(Row(result: result, index: Int32(index)))
        } catch {
            throw error.inStatement(S.name)
        }
    }
}
