internal import Observability
internal import Runtime

/// A connection on which any number of units may be under way at a time; they are answered in the order they were sent.
///
/// `@unchecked Sendable`: confined to its loop. Every entry is a callback of that loop, or a call from a task that runs on it.
final class Pipeline: PoolMember, @unchecked Sendable {
    private let loop: EventLoop
    private let configuration: PostgresConfiguration
    private let telemetry: PostgresTelemetry
    private var session: Session?
    private var watcher: DescriptorWatcher?
    /// What was sent and is not fully answered, oldest first.
    private var pending = FIFO<Pending>()
    private var statements: [ObjectIdentifier: PreparedStatement] = [:]
    private var statementCount = 0
    private var parameters = ParameterWriter()
    /// When the server last told something, or began to owe us an answer; in milliseconds of ``EventLoop/now``.
    private var heardAt: UInt64 = 0
    /// Called once, when the connection has ended by itself.
    var onEnd: (() -> Void)?

    private enum Pending {
        case preparation(PreparedStatement)
        case unit(PipelineUnit)
        case script(PipelineUnit)
    }

    private init(
        _ session: consuming Session, on loop: EventLoop, _ configuration: PostgresConfiguration, _ telemetry: PostgresTelemetry
    ) throws(PostgresError) {
        self.loop = loop
        self.configuration = configuration
        self.telemetry = telemetry
        let socket = session.socket
        self.session = consume session
        do {
            watcher = try DescriptorWatcher(descriptor: socket, on: loop, owner: self)
        } catch {
            throw PostgresError(.connectionLost, explanation: "the socket cannot be watched")
        }
        watcher?.interest = .readable
    }

    deinit { watcher?.close() }

    /// Opens a connection. Call it on `loop`.
    ///
    /// - Throws: ``PostgresError`` with `.connectionLost`, and libpq's explanation.
    static func open(
        _ configuration: PostgresConfiguration, on loop: EventLoop, _ telemetry: PostgresTelemetry
    ) async throws(PostgresError) -> Pipeline {
        try Pipeline(try await ConnectionAttempt.open(configuration, on: loop, telemetry), on: loop, configuration, telemetry)
    }

    /// Units that the server has not fully answered.
    var load: Int { pending.count }

    var isOpen: Bool { session != nil }

    /// Whether a transaction is open, failed or not. Known once nothing is under way.
    var isInTransaction: Bool { session?.isInTransaction ?? false }

    /// Ends the connection quietly; who still waits for an answer gets `.connectionLost`.
    func close() {
        onEnd = nil
        end(PostgresError(.connectionLost))
    }
}

// MARK: Sending

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
        unit.sentAt = MonotonicTime.nanoseconds
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

    private func flush() {
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

// MARK: Receiving

extension Pipeline: DescriptorOwner {
    func descriptorReady(_ readiness: Readiness) {
        // Ready for both may mean that the socket has failed. Then it is no longer watched, though the server's last words
        // may be followed by the end that we must see too: watch it anew.
        if readiness == [.readable, .writable] { watcher?.interest = [] }
        if readiness.contains(.readable) { receive() }
        if readiness.contains(.writable) { flush() }
    }

    private func receive() {
        guard let isAlive = session?.consume() else { return }
        heardAt = loop.now
        takeAnswers()
        if !isAlive { end(PostgresError(.connectionLost)) }
    }

    /// Takes all that can be taken without waiting.
    private func takeAnswers() {
        let now = MonotonicTime.nanoseconds
        var wasSeparator = false
        // With nothing pending, `isBusy` still lets libpq read what the server says unasked.
        while session?.isBusy == false, let next = pending.first, let answer = session?.nextAnswer() {
            let isSeparator = answer.isSeparator
            // Two in a row mean that libpq has nothing more for us, though we wait for something.
            if isSeparator && wasSeparator { return }
            wasSeparator = isSeparator
            switch next {
            case .preparation(let statement): take(answer, for: statement)
            case .unit(let unit): take(answer, for: unit, at: now)
            case .script(let script): take(answer, forScript: script)
            }
        }
    }

    private func take(_ answer: consuming Session.Answer, for statement: PreparedStatement) {
        switch consume answer {
        case .failure(let error):
            statement.failure = error.inStatement(statement.name)
            forget(statement)
            if error.code == .connectionLost { end(error) }
        case .sync: pending.popFirst()
        case .unsupported: end(PostgresError(.connectionLost))
        default: break
        }
    }

    private func take(_ answer: consuming Session.Answer, for unit: PipelineUnit, at now: UInt64) {
        switch consume answer {
        case .rows(let rows):
            unit.current?.seconds.observe(Double(now &- unit.sentAt) * 1e-9)
            unit.received(rows)
        case .failure(let error):
            telemetry.count(error)
            if error.isStalePlan, let statement = unit.current { forget(statement) }
            unit.failed(unit.current?.failure ?? error)
            if error.code == .connectionLost { end(error) }
        case .sync:
            pending.popFirst()
            unit.end()
        case .unsupported: end(PostgresError(.connectionLost))
        default: break
        }
    }

    private func take(_ answer: consuming Session.Answer, forScript script: PipelineUnit) {
        switch consume answer {
        case .failure(let error):
            script.failed(error)
            if error.code == .connectionLost { end(error) }
        case .separator:
            pending.popFirst()
            if session?.endScript() != true { end(PostgresError(.connectionLost)) }
            script.end()
        case .unsupported: end(PostgresError(.connectionLost))
        default: break
        }
    }

    /// The next use prepares the statement anew, under another name.
    private func forget(_ statement: PreparedStatement) {
        statements = statements.filter { $0.value !== statement }
    }
}

// MARK: Ending

extension Pipeline {
    /// Gives the connection up if the server owes an answer and has been silent for too long: it is frozen or out of reach.
    func endIfSilent() {
        guard !pending.isEmpty, loop.now &- heardAt > configuration.answerDeadline.milliseconds else { return }
        // What has arrived and waits to be read is no silence: this process itself may have been stopped for a while.
        if session?.hasInput == true { return receive() }
        end(PostgresError(.connectionLost))
    }

    /// Ends the connection; who still waits for an answer gets `error`.
    private func end(_ error: PostgresError) {
        guard session != nil else { return }
        watcher?.close()
        watcher = nil
        session = nil
        while let next = pending.popFirst() {
            switch next {
            case .preparation: break
            case .unit(let unit), .script(let unit):
                unit.failed(error)
                unit.end()
            }
        }
        let report = onEnd
        onEnd = nil
        report?()
    }
}
