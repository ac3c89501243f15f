internal import Runtime

/// A connection on which any number of units may be under way at a time; they are answered in the order they were sent.
///
/// `@unchecked Sendable`: confined to its loop. Every entry is a callback of that loop, or a call from a task that runs on it.
final class Pipeline: PoolMember, @unchecked Sendable {
    let loop: EventLoop
    let configuration: PostgresConfiguration
    let telemetry: PostgresTelemetry
    var session: Session?
    var watcher: DescriptorWatcher?
    /// What was sent and is not fully answered, oldest first.
    var pending = FIFO<Pending>()
    var statements: [ObjectIdentifier: PreparedStatement] = [:]
    var statementCount = 0
    var parameters = ParameterWriter()
    /// When the server last told something, or began to owe us an answer; in milliseconds of ``EventLoop/now``.
    var heardAt: UInt64 = 0
    /// Called when the server has answered something: there may be room for more.
    var onAnswer: (() -> Void)?
    /// Called once, when the connection has ended by itself.
    var onEnd: (() -> Void)?

    enum Pending {
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
    /// - Parameter attempt: what the caller keeps to cancel it by, if it may want to.
    /// - Throws: ``PostgresError`` with `.connectionLost`, and libpq's explanation.
    static func open(
        _ configuration: PostgresConfiguration, on loop: EventLoop, _ telemetry: PostgresTelemetry, by attempt: ConnectionAttempt? = nil
    ) async throws(PostgresError) -> Pipeline {
        let attempt = attempt ?? ConnectionAttempt(on: loop)
        return try Pipeline(try await attempt.open(configuration, telemetry), on: loop, configuration, telemetry)
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

    /// Gives the connection up if the server owes an answer and has been silent for too long: it is frozen or out of reach.
    func endIfSilent() {
        guard !pending.isEmpty, loop.now &- heardAt > configuration.answerDeadline.milliseconds else { return }
        // What has arrived and waits to be read is no silence: this process itself may have been stopped for a while.
        if session?.hasInput == true { return receive() }
        end(PostgresError(.connectionLost))
    }

    /// Ends the connection; who still waits for an answer gets `error`.
    func end(_ error: PostgresError) {
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
        (onEnd, onAnswer) = (nil, nil)
        report?()
    }
}
