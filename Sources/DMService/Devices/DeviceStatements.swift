internal import Crypto
internal import JSON
internal import Postgres

/// The devices on which a member is signed in, the one seen last first.
struct DevicesOf: Statement {
    static let sql = """
        SELECT d.id, d.name, d.created_at, d.last_seen_at, s.id
          FROM devices d JOIN sessions s ON s.device_id = d.id AND s.revoked_at IS NULL
         WHERE d.user_id = $1
           AND (s.expires_at > clock_timestamp()  -- the host app's
                OR EXISTS (SELECT FROM refresh_tokens t WHERE t.session_id = s.id AND t.used_at IS NULL AND t.expires_at > clock_timestamp()))
         ORDER BY d.last_seen_at DESC, d.id
        """
    let member: Member.ID

    func bind(to parameters: inout ParameterWriter) { parameters.append(member) }

    func decode(_ row: borrowing Row) throws(PostgresError) -> Device.Listing {
        Device.Listing(
            id: try row.value(0), name: try row.optional(1), createdAt: try row.value(2), lastSeenAt: try row.value(3),
            signIn: try row.value(4))
    }
}

/// Ends the sign-in on one of a member's devices, and answers it. No row when nobody is signed in on it, or it is not theirs.
struct EndSignInOnOwnDevice: Statement {
    static let sql = """
        UPDATE sessions SET revoked_at = clock_timestamp(), revoked_by = $3
         WHERE device_id = $1 AND user_id = $2 AND revoked_at IS NULL RETURNING id
        """
    let device: Device.ID
    let member: Member.ID
    let reason: SignIn.End

    func bind(to parameters: inout ParameterWriter) {
        parameters.append(device)
        parameters.append(member)
        parameters.append(reason.rawValue)
    }

    func decode(_ row: borrowing Row) throws(PostgresError) -> SignIn.ID { try row.value(0) }
}

/// A ticket for a sign-in that lives. No row when it has ended.
struct InsertTicket: Statement {
    static let sql = """
        INSERT INTO socket_tickets (hash, session_id, socket_until, expires_at)
        SELECT $1, s.id, $3, clock_timestamp() + $4 * interval '1 second' FROM sessions s WHERE s.id = $2 AND s.revoked_at IS NULL
        RETURNING session_id
        """
    let digest: SHA256.Digest
    let signIn: SignIn.ID
    let socketUntil: Timestamp
    /// Seconds.
    let lifetime: Int64

    func bind(to parameters: inout ParameterWriter) {
        parameters.append(bytes: digest.bytes)
        parameters.append(signIn)
        parameters.append(socketUntil)
        parameters.append(Double(lifetime))
    }

    func decode(_ row: borrowing Row) throws(PostgresError) -> SignIn.ID { try row.value(0) }
}

/// Takes a ticket, which nobody can take again, and answers whose it was. No row for one that is unknown, spent or too old.
struct TakeTicket: Statement {
    static let sql = """
        WITH taken AS (DELETE FROM socket_tickets WHERE hash = $1 RETURNING session_id, socket_until, expires_at)
        SELECT u.id, u.username, u.display_name, s.device_id, s.id, t.socket_until, \(Privacy.columns)
          FROM taken t JOIN sessions s ON s.id = t.session_id AND s.revoked_at IS NULL JOIN users u ON u.id = s.user_id
         WHERE t.expires_at > clock_timestamp()
        """
    let digest: SHA256.Digest

    func bind(to parameters: inout ParameterWriter) { parameters.append(bytes: digest.bytes) }

    func decode(_ row: borrowing Row) throws(PostgresError) -> (owner: OwnerOfSignIn.Owner, signIn: SignIn.ID, until: Timestamp) {
        (try OwnerOfSignIn.Owner(row, privacyFrom: 6), try row.value(4), try row.value(5))
    }
}

/// Deletes tickets that nobody took.
struct DeleteExpiredTickets: Statement {
    static let sql = """
        DELETE FROM socket_tickets WHERE hash = ANY (ARRAY(
            SELECT hash FROM socket_tickets WHERE expires_at < clock_timestamp() ORDER BY expires_at LIMIT $1 FOR UPDATE SKIP LOCKED))
        """
    let limit: Int

    func bind(to parameters: inout ParameterWriter) { parameters.append(Int64(limit)) }
}
