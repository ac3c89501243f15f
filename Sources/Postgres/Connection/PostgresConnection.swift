/// One connection to the server, lent by ``Database/withConnection(_:)``. Use it on its loop only, and leave its
/// session (settings, locks) as it was found; a transaction that is left open is rolled back.
public final class PostgresConnection: Queryable {
    let pipeline: Pipeline

    init(_ pipeline: Pipeline) { self.pipeline = pipeline }

    public func rows<S: Statement>(of statement: S) async throws(PostgresError) -> Rows {
        let unit = try pipeline.submit(statement)
        try await unit.answered()
        return try unit.takeRows(0)
    }

    /// Runs the statements as one transaction in one round trip; see ``Database/unit(_:)``.
    @discardableResult public func unit<each S: Statement>(
        _ statements: repeat each S
    ) async throws(PostgresError) -> (repeat [(each S).Output]) {
        let unit = try pipeline.submit(repeat each statements)
        try await unit.answered()
        return try unit.decoded(by: repeat each statements)
    }

    /// Runs the statements as one transaction in one round trip; see ``Database/unit(all:)``.
    @discardableResult public func unit<S: Statement>(all statements: [S]) async throws(PostgresError) -> [[S.Output]] {
        let unit = try pipeline.submit(all: statements)
        try await unit.answered()
        return try unit.decoded(by: statements)
    }
}
