internal import Postgres

/// One sweeper at a time, among all nodes. Held until the transaction ends.
struct TrySweepLock: Statement {
    static let sql = "SELECT pg_try_advisory_xact_lock(hashtext('parley expiry sweep'), hashtext(coalesce(current_schema(), '')))"

    func decode(_ row: borrowing Row) throws(PostgresError) -> Bool { try row.bool(0) }
}

/// Deletes refresh tokens that expired a day ago or more, and answers the sign-in of each. Until then an access token that was given
/// with one may be good, and its sign-in must be known.
struct DeleteExpiredTokens: Statement {
    static let sql = """
        DELETE FROM refresh_tokens WHERE hash = ANY (ARRAY(
            SELECT hash FROM refresh_tokens WHERE expires_at < clock_timestamp() - interval '1 day'
             ORDER BY expires_at LIMIT $1 FOR UPDATE SKIP LOCKED))
        RETURNING session_id
        """
    let limit: Int

    func bind(to parameters: inout ParameterWriter) { parameters.append(Int64(limit)) }

    func decode(_ row: borrowing Row) throws(PostgresError) -> SignIn.ID { try row.value(0) }
}

/// Deletes those of these sign-ins that have no refresh token left, and answers their devices. Nothing can give them a new one.
struct DeleteSignInsWithoutTokens: Statement {
    static let sql = """
        DELETE FROM sessions s WHERE s.id = ANY($1) AND NOT EXISTS (SELECT FROM refresh_tokens t WHERE t.session_id = s.id)
        RETURNING s.device_id
        """
    let signIns: [SignIn.ID]

    func bind(to parameters: inout ParameterWriter) { parameters.append(signIns) }

    func decode(_ row: borrowing Row) throws(PostgresError) -> Device.ID { try row.value(0) }
}

/// Deletes sign-ins by the host app's tokens that were to be forgotten a day ago or more, and answers the device of each.
struct DeleteExpiredHostSignIns: Statement {
    static let sql = """
        DELETE FROM sessions WHERE id = ANY (ARRAY(
            SELECT id FROM sessions WHERE expires_at < clock_timestamp() - interval '1 day'
             ORDER BY expires_at LIMIT $1 FOR UPDATE SKIP LOCKED))
        RETURNING device_id
        """
    let limit: Int

    func bind(to parameters: inout ParameterWriter) { parameters.append(Int64(limit)) }

    func decode(_ row: borrowing Row) throws(PostgresError) -> Device.ID { try row.value(0) }
}

/// Deletes changes that are older than the window.
struct DeleteOldChanges: Statement {
    // The oldest stand first in the index, so nothing else is read.
    static let sql = """
        DELETE FROM changes WHERE ctid = ANY (ARRAY(
            SELECT l.ctid FROM (SELECT ctid, at FROM changes ORDER BY xid LIMIT $1) l WHERE l.at < clock_timestamp() - $2 * interval '1 second'))
        """
    let limit: Int
    let window: Duration

    func bind(to parameters: inout ParameterWriter) {
        parameters.append(Int64(limit))
        parameters.append(Double(window.components.seconds))
    }
}

/// Locks devices that nobody is signing in on just now.
struct LockDevices: Statement {
    static let sql = "SELECT id FROM devices WHERE id = ANY($1) FOR UPDATE SKIP LOCKED"
    let devices: [Device.ID]

    func bind(to parameters: inout ParameterWriter) { parameters.append(devices) }

    func decode(_ row: borrowing Row) throws(PostgresError) -> Device.ID { try row.value(0) }
}

/// Deletes those of these devices that no sign-in stands on. A member who comes back with the id of theirs gets it again.
struct DeleteUnusedDevices: Statement {
    static let sql = "DELETE FROM devices d WHERE d.id = ANY($1) AND NOT EXISTS (SELECT FROM sessions s WHERE s.device_id = d.id)"
    let devices: [Device.ID]

    func bind(to parameters: inout ParameterWriter) { parameters.append(devices) }
}
