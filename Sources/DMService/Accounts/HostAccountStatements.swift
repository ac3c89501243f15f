internal import JSON
internal import Postgres

/// A new account of the host app. No row if somebody has the username, or the subject an account.
struct InsertHostAccount: Statement {
    static let sql = """
        INSERT INTO users (id, external_id, username, display_name) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING RETURNING id
        """
    let id: Member.ID
    let subject: String
    let username: String
    let displayName: String

    func bind(to parameters: inout ParameterWriter) {
        parameters.append(id)
        parameters.append(subject)
        parameters.append(username)
        parameters.append(displayName)
    }

    func decode(_ row: borrowing Row) throws(PostgresError) -> Member.ID { try row.value(0) }
}

/// The account of one of the host app's people.
struct HostAccount: Statement {
    static let sql = "SELECT id FROM users WHERE external_id = $1"
    let subject: String

    func bind(to parameters: inout ParameterWriter) { parameters.append(subject) }

    func decode(_ row: borrowing Row) throws(PostgresError) -> Member.ID { try row.value(0) }
}

/// The account of one of the host app's people, the sign-in that lives on their device, and when the last one there ended.
struct HostSignIn: Statement {
    static let sql = """
        SELECT u.id, s.id, (SELECT max(e.revoked_at) FROM sessions e WHERE e.device_id = $2 AND e.user_id = u.id),
               coalesce(s.expires_at < greatest($3, clock_timestamp() + $4 * interval '0.5 second'), false)
          FROM users u LEFT JOIN sessions s ON s.device_id = $2 AND s.user_id = u.id AND s.revoked_at IS NULL
         WHERE u.external_id = $1
        """
    let subject: String
    let device: Device.ID
    let tokenExpires: Timestamp
    /// Of a sign-in that is not seen again.
    let lifetime: Duration

    struct Found: Sendable {
        let member: Member.ID
        let signIn: SignIn.ID?
        let lastEnd: Timestamp?
        /// Whether half of the sign-in's life is over, or it would be forgotten before the token expires.
        let endsEarly: Bool
    }

    func bind(to parameters: inout ParameterWriter) {
        parameters.append(subject)
        parameters.append(device)
        parameters.append(tokenExpires)
        parameters.append(Double(lifetime.components.seconds))
    }

    func decode(_ row: borrowing Row) throws(PostgresError) -> Found {
        Found(member: try row.value(0), signIn: try row.optional(1), lastEnd: try row.optional(2), endsEarly: try row.bool(3))
    }
}

/// Keeps a sign-in for another of its lives, and at least until the token expires.
struct KeepHostSignIn: Statement {
    static let sql = """
        UPDATE sessions SET expires_at = greatest(expires_at, $2, clock_timestamp() + $3 * interval '1 second') WHERE id = $1
        """
    let signIn: SignIn.ID
    let tokenExpires: Timestamp
    let lifetime: Duration

    init(signIn: SignIn.ID, _ query: HostSignIn) {
        self.signIn = signIn
        tokenExpires = query.tokenExpires
        lifetime = query.lifetime
    }

    func bind(to parameters: inout ParameterWriter) {
        parameters.append(signIn)
        parameters.append(tokenExpires)
        parameters.append(Double(lifetime.components.seconds))
    }
}
