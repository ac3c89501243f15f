internal import CPQ
internal import Glibc

/// libpq's side of an open connection: non-blocking, in pipeline mode. Owns the `PGconn`.
struct Session: ~Copyable {
    private let connection: OpaquePointer
    private let telemetry: PostgresTelemetry
    private var isInScript = false

    /// Takes over a connection that has just been opened.
    ///
    /// - Throws: ``PostgresError`` with `.connectionLost` if libpq cannot change its mode: it is out of memory.
    init(owning connection: OpaquePointer, _ telemetry: PostgresTelemetry) throws(PostgresError) {
        self.connection = connection
        self.telemetry = telemetry
        let receiver = Unmanaged.passUnretained(telemetry).toOpaque()  // the session keeps it alive
        PQsetNoticeReceiver(
            connection,
            { receiver, notice in
                guard let receiver, let notice else { return }
                ServerNotice.log(notice, to: Unmanaged<PostgresTelemetry>.fromOpaque(receiver).takeUnretainedValue().logger)
            }, receiver)
        guard PQsetnonblocking(connection, 1) == 0, PQenterPipelineMode(connection) == 1 else {
            throw PostgresError(.connectionLost)
        }
    }

    deinit { PQfinish(connection) }

    var socket: Int32 { PQsocket(connection) }

    /// Whether the server has a transaction open, failed or not. Known once nothing is under way.
    var isInTransaction: Bool {
        let status = PQtransactionStatus(connection)
        return status == PQTRANS_INTRANS || status == PQTRANS_INERROR
    }

    // MARK: Sending. Each answers whether libpq took it; if not, the connection is of no more use.

    func prepare(_ name: UnsafePointer<CChar>, sql: String) -> Bool {
        PQsendPrepare(connection, name, sql, 0, nil) == 1
    }

    func execute(prepared name: UnsafePointer<CChar>, _ parameters: inout ParameterWriter) -> Bool {
        parameters.withCells { count, values, lengths, formats in
            PQsendQueryPrepared(connection, name, count, values, lengths, formats, Self.binary) == 1
        }
    }

    func execute(sql: String, _ parameters: inout ParameterWriter) -> Bool {
        parameters.withCells { count, values, lengths, formats in
            PQsendQueryParams(connection, sql, count, nil, values, lengths, formats, Self.binary) == 1
        }
    }

    /// Ends a unit. libpq sends what it has collected.
    func sync() -> Bool { PQpipelineSync(connection) == 1 }

    enum Flush { case complete, incomplete, failed }

    /// Sends what the socket did not take before.
    func flush() -> Flush {
        switch PQflush(connection) {
        case 0: .complete
        case 1: .incomplete
        default: .failed
        }
    }

    /// Leaves pipeline mode and sends a text of several statements. Nothing else may be under way.
    mutating func run(script: String) -> Bool {
        isInScript = true
        return PQexitPipelineMode(connection) == 1 && PQsendQuery(connection, script) == 1
    }

    /// Goes back to pipeline mode after a script.
    mutating func endScript() -> Bool {
        isInScript = false
        return PQenterPipelineMode(connection) == 1
    }

    // MARK: Receiving

    /// Whether something can be read that has not been read yet.
    var hasInput: Bool {
        var descriptor = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
        return poll(&descriptor, 1, 0) > 0
    }

    /// Reads what has arrived. `false` when the connection has ended; what arrived before can still be taken.
    func consume() -> Bool { PQconsumeInput(connection) == 1 }

    /// Whether TLS has decrypted more than ``consume()`` had room for. The socket does not tell of it: it is empty.
    ///
    /// Servers from version 17 on send records larger than libpq's smallest read.
    var hasDecryptedInput: Bool {
        guard let tls = PQsslStruct(connection, "OpenSSL"), let pending = Self.pendingInTLS else { return false }
        return pending(tls) > 0
    }

    /// OpenSSL's `SSL_pending`, of the library that libpq itself uses; libpq offers no function for it.
    private static let pendingInTLS = dlsym(nil, "SSL_pending").map {
        unsafeBitCast($0, to: (@convention(c) (UnsafeRawPointer) -> Int32).self)
    }

    /// Whether ``nextAnswer()`` would have to wait.
    var isBusy: Bool { PQisBusy(connection) == 1 }

    /// One piece of what the server sent.
    enum Answer: ~Copyable {
        case rows(Rows)
        case failure(PostgresError)
        /// The statement was not run, because one before it in its unit failed.
        case skipped
        /// The end of a unit.
        case sync
        /// The end of a statement's answer, or that nothing is expected.
        case separator
        /// Something that a statement of ours never leads to, such as the start of a COPY.
        case unsupported

        var isSeparator: Bool {
            switch self {
            case .separator: true
            default: false
            }
        }
    }

    func nextAnswer() -> Answer {
        guard let result = PQgetResult(connection) else { return .separator }
        let status = PQresultStatus(result)
        switch status {
        case PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_EMPTY_QUERY: return .rows(Rows(owning: result))
        default: break
        }
        defer { PQclear(result) }
        switch status {
        case PGRES_PIPELINE_SYNC: return .sync
        case PGRES_PIPELINE_ABORTED: return .skipped
        case PGRES_FATAL_ERROR:
            if isInScript { ServerNotice.logScriptError(result, to: telemetry.logger) }
            return .failure(ServerNotice.error(result))
        default: return .unsupported
        }
    }

    /// The format code of binary results. Source: PostgreSQL manual, "Formats and Format Codes".
    private static let binary: Int32 = 1
}
