internal import Crypto
internal import Postgres

/// What was answered to a request under this key, while it is remembered.
struct AnswerKept: Statement {
    static let sql = """
        SELECT request_hash, response FROM idempotency_keys
         WHERE user_id = $1 AND key = $2 AND expires_at > clock_timestamp()
        """
    let request: KeyedRequest

    init(for request: KeyedRequest) { self.request = request }

    func bind(to parameters: inout ParameterWriter) {
        parameters.append(request.member)
        parameters.append(request.key.text)
    }

    func decode(_ row: borrowing Row) throws(PostgresError) -> KeptAnswer {
        guard let hash = SHA256.Digest(try row.bytes(0)) else { throw PostgresError(.undecodableRow) }
        return KeptAnswer(hash: hash, body: try row.optional(1, as: Bytea.self)?.bytes)
    }
}

/// Remembers an answer for a day. No row when there is one under this key: whoever else writes it just now is waited for.
struct KeepAnswer: Statement {
    static let sql = """
        INSERT INTO idempotency_keys AS known (user_id, key, request_hash, response, expires_at)
        VALUES ($1, $2, $3, $4, clock_timestamp() + interval '1 day')
        ON CONFLICT (user_id, key) DO UPDATE
           SET request_hash = excluded.request_hash, response = excluded.response, expires_at = excluded.expires_at
         WHERE known.expires_at <= clock_timestamp()
        RETURNING true
        """
    let request: KeyedRequest
    /// Nothing for an answer without a body, or one that is made again rather than stored.
    let body: [UInt8]?

    init(to request: KeyedRequest, body: [UInt8]? = nil) {
        self.request = request
        self.body = body
    }

    func bind(to parameters: inout ParameterWriter) {
        parameters.append(request.member)
        parameters.append(request.key.text)
        parameters.append(bytes: request.hash.bytes)
        parameters.append(bytes: body)
    }

    func decode(_ row: borrowing Row) throws(PostgresError) -> Bool { try row.bool(0) }
}

extension Transaction {
    /// Remembers, with the effect, that a request is done. Called before the effect, so that of two at once the second one waits.
    ///
    /// - Throws: ``AlreadyDone`` when it is done already.
    func done(_ request: KeyedRequest?, body: [UInt8]? = nil) async throws {
        guard let request else { return }
        guard try await first(KeepAnswer(to: request, body: body)) != nil else { throw AlreadyDone() }
    }
}

/// Deletes keys whose day is over.
struct DeleteExpiredKeys: Statement {
    static let sql = """
        DELETE FROM idempotency_keys WHERE (user_id, key) IN (
            SELECT user_id, key FROM idempotency_keys WHERE expires_at < clock_timestamp() ORDER BY expires_at LIMIT $1
               FOR UPDATE SKIP LOCKED)
        """
    let limit: Int

    func bind(to parameters: inout ParameterWriter) { parameters.append(Int64(limit)) }
}
