internal import CPQ
internal import Glibc
internal import Runtime

/// Opens one connection without blocking. Belongs to its loop.
final class ConnectionAttempt: DescriptorOwner {
    private let loop: EventLoop
    /// libpq's handle, ours until the connection stands or the attempt has failed.
    private var connection: OpaquePointer?
    private var watcher: DescriptorWatcher?
    private var deadline: LoopTimer?
    private var waiter: UnsafeContinuation<Void, Never>?
    private var isOpen = false
    private var isCancelled = false
    private var explanation = ""

    init(on loop: EventLoop) { self.loop = loop }

    deinit { PQfinish(connection) }

    /// Opens the connection. Once.
    ///
    /// - Throws: ``PostgresError`` with `.connectionLost`, and libpq's explanation.
    func open(_ configuration: PostgresConfiguration, _ telemetry: PostgresTelemetry) async throws(PostgresError) -> Session {
        let hosts = try await HostLookup.keywords(for: configuration.keywords)
        loop.preconditionInLoop()
        if !isCancelled {
            await run(ConnectionKeywords.all(for: configuration, hosts: hosts), deadline: configuration.connectDeadline)
        }
        guard !isCancelled, isOpen, let connection else { throw PostgresError(.connectionLost, explanation: explanation) }
        self.connection = nil
        return try Session(owning: connection, telemetry)
    }

    /// Gives up at once. Only a host name that is being looked up is waited for: nothing can end that.
    func cancel() {
        isCancelled = true
        end("the attempt was given up")
    }

    private func run(_ keywords: [String: String], deadline limit: Duration) async {
        start(keywords)
        deadline = loop.schedule(after: limit) { [weak self] in self?.end("the server did not answer in time") }
        await withUnsafeContinuation { continuation in
            waiter = continuation
            // Source: PostgreSQL manual, PQconnectPoll: begin as if it had answered PGRES_POLLING_WRITING.
            wait(for: .writable)
        }
    }

    private func start(_ keywords: [String: String]) {
        let pairs = keywords.map { (strdup($0.key), strdup($0.value)) }
        defer { for (name, value) in pairs { free(name); free(value) } }
        let names = pairs.map { UnsafePointer($0.0) } + [nil]
        let values = pairs.map { UnsafePointer($0.1) } + [nil]
        connection = PQconnectStartParams(names, values, 0)
    }

    func descriptorReady(_ readiness: Readiness) {
        // libpq may close its socket and open another one meanwhile, to the next address: the watch ends before that.
        watcher?.close()
        watcher = nil
        switch PQconnectPoll(connection) {
        case PGRES_POLLING_READING: wait(for: .readable)
        case PGRES_POLLING_WRITING: wait(for: .writable)
        case PGRES_POLLING_OK:
            isOpen = true
            end("")
        default: end(PQerrorMessage(connection).map { String(cString: $0) } ?? "")
        }
    }

    private func wait(for readiness: Readiness) {
        let socket = PQsocket(connection)
        guard PQstatus(connection) != CONNECTION_BAD, socket >= 0 else {
            return end(PQerrorMessage(connection).map { String(cString: $0) } ?? "out of memory")
        }
        do {
            watcher = try DescriptorWatcher(descriptor: socket, on: loop, owner: self)
            watcher?.interest = readiness
        } catch {
            end("the socket cannot be watched")
        }
    }

    private func end(_ explanation: String) {
        guard let waiter else { return }
        self.waiter = nil
        // libpq breaks and indents its lines; ours is one.
        self.explanation = explanation.split { $0 == "\n" || $0 == "\t" }.joined(separator: " ")
        watcher?.close()
        watcher = nil
        deadline?.cancel()
        waiter.resume()
    }
}
