internal import Runtime

extension Pipeline {
    /// Sends statements as one unit, in one piece.
    ///
    /// - Parameter opening: goes ahead of them; its answer is not among those that the unit hands out.
    func submit<each S: Statement>(opening: Begin? = nil, _ statements: repeat each S) throws(PostgresError) -> PipelineUnit {
        let unit = PipelineUnit()
        // All are prepared before the first is sent: see prepared(_:).
        if let opening { unit.append(opening: try prepared(opening)) }
        for statement in repeat each statements { unit.append(try prepared(statement)) }
        var index = 0
        if let opening { try send(opening, in: unit, &index) }
        for statement in repeat each statements { try send(statement, in: unit, &index) }
        try finish(unit)
        return unit
    }

    /// Sends statements of one kind as one unit.
    func submit<S: Statement>(opening: Begin? = nil, all statements: [S]) throws(PostgresError) -> PipelineUnit {
        let unit = PipelineUnit()
        if let opening { unit.append(opening: try prepared(opening)) }
        for statement in statements { unit.append(try prepared(statement)) }
        var index = 0
        if let opening { try send(opening, in: unit, &index) }
        for statement in statements { try send(statement, in: unit, &index) }
        try finish(unit)
        return unit
    }

    /// Sends a statement whose answer nobody waits for.
    func post(_ statement: some Statement) { _ = try? submit(statement) }

    /// The statement as this connection knows it.
    ///
    /// One that is new is prepared in a unit of its own, ahead of the unit that needs it: if that unit fails before it
    /// comes to the statement, the statement is prepared all the same, and units behind can rely on it.
    private func prepared<S: Statement>(_ statement: S) throws(PostgresError) -> PreparedStatement {
        if let known = statements[ObjectIdentifier(S.self)] { return known }
        statementCount += 1
        let new = PreparedStatement(S.name, number: statementCount, seconds: telemetry.seconds(of: S.name))
        statements[ObjectIdentifier(S.self)] = new
        guard configuration.preparedStatements else { return new }
        guard session?.prepare(new.handle, sql: S.sql) == true, session?.sync() == true else { throw unsendable() }
        expect(.preparation(new))
        return new
    }

    /// - Parameter index: of the statement in its unit; becomes that of the next.
    private func send<S: Statement>(_ statement: S, in unit: PipelineUnit, _ index: inout Int) throws(PostgresError) {
        defer { index += 1 }
        statement.bind(to: &parameters)
        let isTaken =
            configuration.preparedStatements
            ? session?.execute(prepared: unit.statement(index).handle, &parameters)
            : session?.execute(sql: S.sql, &parameters)
        guard isTaken == true else { throw unsendable() }
    }

    private func finish(_ unit: PipelineUnit) throws(PostgresError) {
        guard session?.sync() == true else { throw unsendable() }
        unit.sentAt = MonotonicClock.now
        expect(.unit(unit))
        flush()
    }

    /// Sends a text of several statements and waits until the server has run them. Nothing else may be under way.
    func run(script: String) async throws(PostgresError) {
        let unit = PipelineUnit()
        guard pending.isEmpty, session?.run(script: script) == true else { throw unsendable() }
        expect(.script(unit))
        flush()
        try await unit.answered()
    }

    private func expect(_ next: Pending) {
        if pending.isEmpty { heardAt = loop.now }
        pending.append(next)
    }

    func flush() {
        switch session?.flush() {
        case .complete: watcher?.interest = .readable
        case .incomplete: watcher?.interest = [.readable, .writable]
        case .failed: receive()  // the server's last words tell why, if it left some
        case nil: break
        }
    }

    /// libpq did not take what we sent: the connection is broken, or memory is out.
    private func unsendable() -> PostgresError {
        let error = PostgresError(.connectionLost)
        end(error)
        return error
    }
}
