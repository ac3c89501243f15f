/// Whoever runs statements: the ``Database``, a ``Transaction``.
///
/// A task that is cancelled while a statement is under way still waits for the answer: else nobody would know whether
/// a write took effect. The wait is bounded by ``PostgresConfiguration/answerDeadline``.
public protocol Queryable {
    /// Runs `statement` and answers the rows as they came.
    func rows<S: Statement>(of statement: S) async throws(PostgresError) -> Rows
}

extension Queryable {
    /// Runs `statement` and answers all rows.
    public func query<S: Statement>(_ statement: S) async throws(PostgresError) -> [S.Output] {
        try await rows(of: statement).decoded(by: statement)
    }

    /// Runs `statement` and answers its only row.
    ///
    /// - Throws: ``PostgresError`` with `.unexpectedRowCount` if there is none, or more than one.
    public func one<S: Statement>(_ statement: S) async throws(PostgresError) -> S.Output {
        let rows = try await rows(of: statement)
        guard rows.count == 1 else { throw PostgresError(.unexpectedRowCount, statement: S.name) }
        return try rows.decoded(0, by: statement)
    }

    /// Runs `statement` and answers the first row, or `nil` if there is none.
    public func first<S: Statement>(_ statement: S) async throws(PostgresError) -> S.Output? {
        let rows = try await rows(of: statement)
        return rows.count == 0 ? nil : try rows.decoded(0, by: statement)
    }

    /// Runs `statement` and answers how many rows it touched.
    @discardableResult public func execute<S: Statement>(_ statement: S) async throws(PostgresError) -> Int {
        try await rows(of: statement).affected
    }
}
