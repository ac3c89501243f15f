internal import CPQ
internal import Glibc
internal import Runtime

/// Opens one connection without blocking.
///
/// `@unchecked Sendable`: confined to its loop. Every entry is a callback of that loop, or the task that began the attempt on it.
final class ConnectionAttempt: DescriptorOwner, @unchecked Sendable {
    private let loop: EventLoop
    /// libpq's handle, ours until the connection stands or the attempt has failed.
    private var connection: OpaquePointer?
    private var watcher: DescriptorWatcher?
    private var deadline: LoopTimer?
    private let outcome = OneShot<Outcome>()

    private enum Outcome: Sendable {
        case open
        case failed(String)
    }

    private init(on loop: EventLoop) { self.loop = loop }

    deinit { PQfinish(connection) }

    /// Opens a connection.
    ///
    /// - Throws: ``PostgresError`` with `.connectionLost`, and libpq's explanation.
    static func open(
        _ configuration: PostgresConfiguration, on loop: EventLoop, _ telemetry: PostgresTelemetry
    ) async throws(PostgresError) -> Session {
        let hosts = try await HostLookup.keywords(for: configuration.keywords)
        loop.preconditionInLoop()
        let attempt = ConnectionAttempt(on: loop)
        attempt.start(ConnectionKeywords.all(for: configuration, hosts: hosts), deadline: configuration.connectDeadline)
        let outcome = await attempt.outcome.value { loop.post { attempt.end(.failed("the attempt was cancelled")) } }
        if case .failed(let explanation) = outcome { throw PostgresError(.connectionLost, explanation: explanation) }
        return try attempt.takeSession(telemetry)
    }

    private func start(_ keywords: [String: String], deadline limit: Duration) {
        let pairs = keywords.map { (strdup($0.key), strdup($0.value)) }
        defer { for (name, value) in pairs { free(name); free(value) } }
        let names = pairs.map { UnsafePointer($0.0) } + [nil]
        let values = pairs.map { UnsafePointer($0.1) } + [nil]
        connection = PQconnectStartParams(names, values, 0)
        deadline = loop.schedule(after: limit) { [weak self] in self?.end(.failed("the server did not answer in time")) }
        // Source: PostgreSQL manual, PQconnectPoll: begin as if it had answered PGRES_POLLING_WRITING.
        wait(for: .writable)
    }

    func descriptorReady(_ readiness: Readiness) {
        // libpq may close its socket and open another one meanwhile, to the next address: the watch ends before that.
        watcher?.close()
        watcher = nil
        switch PQconnectPoll(connection) {
        case PGRES_POLLING_READING: wait(for: .readable)
        case PGRES_POLLING_WRITING: wait(for: .writable)
        case PGRES_POLLING_OK: end(.open)
        default: end(.failed(libpqExplanation))
        }
    }

    private func wait(for readiness: Readiness) {
        let socket = PQsocket(connection)
        guard PQstatus(connection) != CONNECTION_BAD, socket >= 0 else { return end(.failed(libpqExplanation)) }
        do {
            watcher = try DescriptorWatcher(descriptor: socket, on: loop, owner: self)
            watcher?.interest = readiness
        } catch {
            end(.failed("the socket cannot be watched"))
        }
    }

    /// libpq's words on one line; it breaks and indents them.
    private var libpqExplanation: String {
        guard let message = PQerrorMessage(connection) else { return "out of memory" }
        return String(cString: message).split { $0 == "\n" || $0 == "\t" }.joined(separator: " ")
    }

    private func end(_ outcome: Outcome) {
        watcher?.close()
        watcher = nil
        deadline?.cancel()
        self.outcome.deliver(outcome)
    }

    private func takeSession(_ telemetry: PostgresTelemetry) throws(PostgresError) -> Session {
        guard let connection else { throw PostgresError(.connectionLost, explanation: "out of memory") }
        self.connection = nil
        return try Session(owning: connection, telemetry)
    }
}
