public import Observability
public import Runtime

/// The database, as the product holds it. Every loop has connections of its own, and uses only those.
///
/// Single statements and units go to the least busy connection, behind whatever is under way there. They may be run
/// from anywhere; on a loop of the group they cost no hop. ``transaction(_:)`` must be called on such a loop, where its body
/// runs: see ``onLoop(_:)``.
public final class Database: Queryable, Sendable {
    private let pools: [PostgresPool]

    /// Begins to open connections, in the background: whether or not the database can be reached. Logs to the logger
    /// that is current now.
    /// - Parameter loops: how many loops of the group have connections, the first ones; all unless it is given.
    public init(
        _ configuration: PostgresConfiguration, on group: EventLoopGroup, loops: Int? = nil, metrics: MetricsRegistry = .shared
    ) async {
        let telemetry = PostgresTelemetry(.current, metrics)
        var pools: [PostgresPool] = []
        for loop in group.loops.prefix(loops ?? group.loops.count) {
            pools.append(await loop.run { loop in PostgresPool(configuration, on: loop, telemetry) })
        }
        self.pools = pools
    }

    /// Whether the database can be used. From any thread.
    public var health: PostgresHealth {
        let all = pools.map(\.health)
        if all.allSatisfy({ $0 == .ready }) { return .ready }
        // As long as one loop reaches it, some requests are answered.
        if all.contains(.ready) || all.contains(.degraded) { return .degraded }
        return all.contains(.silent) ? .silent : .unavailable
    }

    /// Ends all connections. Whoever still waits for an answer gets `.connectionLost`.
    public func close() async {
        for pool in pools { await pool.loop.run { _ in pool.close() } }
    }

    // MARK: Statements

    public func rows<S: Statement>(of statement: S) async throws(PostgresError) -> Rows {
        try await run { pipeline throws(PostgresError) in try pipeline.submit(statement) }.takeRows(0)
    }

    /// Runs the statements as one transaction in one round trip, without `BEGIN` and `COMMIT`.
    ///
    /// The server runs them one after the other, each with a snapshot of its own; all take effect or none. After a
    /// serialization failure or deadlock they are sent again, up to three times.
    ///
    ///     let (_, accepted) = try await database.unit(LockConversations(ids: ids), AppendMessages(batch: batch))
    @discardableResult public func unit<each S: Statement>(
        _ statements: repeat each S
    ) async throws(PostgresError) -> (repeat [(each S).Output]) {
        try await run { pipeline throws(PostgresError) in try pipeline.submit(repeat each statements) }
            .decoded(by: repeat each statements)
    }

    /// Runs statements of one kind as one transaction in one round trip, as ``unit(_:)`` does.
    @discardableResult public func unit<S: Statement>(all statements: [S]) async throws(PostgresError) -> [[S.Output]] {
        try await run { pipeline throws(PostgresError) in try pipeline.submit(all: statements) }.decoded(by: statements)
    }

    // MARK: Connections

    /// Runs `body` in a transaction: `BEGIN` before its first statement, `COMMIT` when it ends, `ROLLBACK` when it throws.
    ///
    /// After a serialization failure or deadlock `body` is run again, up to three times: what is to be done beside
    /// the database belongs after the transaction. A transaction of k statements takes k + 1 round trips.
    ///
    /// - Throws: ``PostgresError``, else whatever `body` throws.
    public func transaction<Value>(_ body: (Transaction) async throws -> Value) async throws -> Value {
        guard let poolHere else { preconditionFailure("called outside of the database's loops: wrap the call in onLoop") }
        return try await poolHere.transaction(body)
    }

    /// Runs `body` on a loop: the way to transactions for code that is on none, such as a command or a test.
    ///
    /// The body sees the caller's task-local values, and is cancelled with the caller.
    public func onLoop<Value: Sendable>(_ body: @escaping @Sendable () async throws -> Value) async throws -> Value {
        try await pools[0].loop.perform(body)
    }
}

extension Database {
    /// The pool of the loop that the caller runs on.
    private var poolHere: PostgresPool? {
        guard let loop = EventLoop.current, loop.index < pools.count, pools[loop.index].loop === loop else { return nil }
        return pools[loop.index]
    }

    private func run(
        _ submit: @Sendable (Pipeline) throws(PostgresError) -> PipelineUnit
    ) async throws(PostgresError) -> PipelineUnit {
        if let poolHere { return try await poolHere.run(submit) }
        let pool = pools[0]
        return try await pool.loop.perform { () async throws(PostgresError) in try await pool.run(submit) }
    }
}
