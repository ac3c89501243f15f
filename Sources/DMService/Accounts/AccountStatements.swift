internal import Crypto
internal import JSON
internal import Postgres

/// A new account. Refused by `users_username` or `users_email` if the name is taken.
struct InsertAccount: Statement {
    static let sql = """
        INSERT INTO users (id, username, email, display_name, password_hash, registration_key) VALUES ($1, $2, $3, $4, $5, $6)
        RETURNING id, username, email, display_name, created_at
        """
    let id: Member.ID
    let username: String
    let email: String?
    let displayName: String
    let passwordHash: String
    let registrationKey: UniqueID?

    func bind(to parameters: inout ParameterWriter) {
        parameters.append(id)
        parameters.append(username)
        parameters.append(email)
        parameters.append(displayName)
        parameters.append(passwordHash)
        parameters.append(registrationKey)
    }

    func decode(_ row: borrowing Row) throws(PostgresError) -> Account { try Account(row) }
}

/// The account of this name that a request with this key made within the last day. Retries come sooner.
struct RegisteredAccount: Statement {
    static let sql = """
        SELECT id, username, email, display_name, created_at, password_hash FROM users
         WHERE username_key = lower($1 COLLATE "C") AND registration_key = $2 AND created_at > clock_timestamp() - interval '1 day'
        """
    let username: String
    let key: UniqueID

    struct Found: Sendable {
        let account: Account
        let passwordHash: String?
    }

    func bind(to parameters: inout ParameterWriter) {
        parameters.append(username)
        parameters.append(key)
    }

    func decode(_ row: borrowing Row) throws(PostgresError) -> Found {
        Found(account: try Account(row), passwordHash: try row.optional(5))
    }
}

/// One's own account.
struct OwnAccountOf: Statement {
    static let sql = "SELECT \(OwnAccount.columns) FROM users WHERE id = $1"
    let member: Member.ID

    func bind(to parameters: inout ParameterWriter) { parameters.append(member) }

    func decode(_ row: borrowing Row) throws(PostgresError) -> OwnAccount { try OwnAccount(row) }
}

extension OwnAccount {
    static let columns = "id, username, email, display_name, created_at, \(Privacy.columns)"

    /// - Parameter row: ``columns``.
    init(_ row: borrowing Row) throws(PostgresError) { self.init(account: try Account(row), privacy: try Privacy(row, from: 5)) }
}

extension Account {
    /// - Parameter row: `id, username, email, display_name, created_at`.
    init(_ row: borrowing Row) throws(PostgresError) {
        id = try row.value(0)
        username = try row.text(1)
        email = try row.optional(2)
        displayName = try row.optional(3) ?? username
        createdAt = try row.value(4)
    }
}

/// How a member is called from now on, which those hear of who write with them. No row when the account is gone.
struct UpdateDisplayName: Statement {
    static let sql = """
        WITH changed AS (UPDATE users SET display_name = $2 WHERE id = $1 RETURNING \(OwnAccount.columns))
        SELECT \(OwnAccount.columns), touch_profile($1) FROM changed
        """
    let member: Member.ID
    let name: String

    func bind(to parameters: inout ParameterWriter) {
        parameters.append(member)
        parameters.append(name)
    }

    func decode(_ row: borrowing Row) throws(PostgresError) -> OwnAccount { try OwnAccount(row) }
}

/// What signing in needs of an account, found by its folded username.
struct LoginByUsername: Statement {
    static let sql = "SELECT id, password_hash FROM users WHERE username_key = lower($1 COLLATE \"C\")"
    let username: String

    func bind(to parameters: inout ParameterWriter) { parameters.append(username) }

    func decode(_ row: borrowing Row) throws(PostgresError) -> Login { try Login(row) }
}

/// The same, found by its folded e-mail address.
struct LoginByEmail: Statement {
    static let sql = "SELECT id, password_hash FROM users WHERE email_key = lower($1 COLLATE \"C\")"
    let email: String

    func bind(to parameters: inout ParameterWriter) { parameters.append(email) }

    func decode(_ row: borrowing Row) throws(PostgresError) -> Login { try Login(row) }
}

struct Login: Sendable {
    let member: Member.ID
    /// As a PHC string; `nil` for people whom the host app signs in.
    let passwordHash: String?

    init(_ row: borrowing Row) throws(PostgresError) {
        member = try row.value(0)
        passwordHash = try row.optional(1)
    }
}

/// Another hash: of another password, or a better one of a password that was just found right.
///
/// No row if the hash is not `present` any more: what was found right is not the password then.
struct UpdatePasswordHash: Statement {
    static let sql = "UPDATE users SET password_hash = $3 WHERE id = $1 AND password_hash = $2 RETURNING id"
    let member: Member.ID
    let present: String
    let passwordHash: String

    func bind(to parameters: inout ParameterWriter) {
        parameters.append(member)
        parameters.append(present)
        parameters.append(passwordHash)
    }

    func decode(_ row: borrowing Row) throws(PostgresError) -> Member.ID { try row.value(0) }
}

/// Keeps a member's password as it is until the transaction ends. No row if its hash is another one by now.
struct KeepPasswordHash: Statement {
    static let sql = "SELECT id FROM users WHERE id = $1 AND password_hash = $2 FOR SHARE"
    let member: Member.ID
    let passwordHash: String

    func bind(to parameters: inout ParameterWriter) {
        parameters.append(member)
        parameters.append(passwordHash)
    }

    func decode(_ row: borrowing Row) throws(PostgresError) -> Member.ID { try row.value(0) }
}

/// Makes a device, unless the member has it already. No row if the id is somebody else's.
struct EnsureDevice: Statement {
    static let sql = """
        INSERT INTO devices (id, user_id, name) VALUES ($1, $2, $3)
        ON CONFLICT (id) DO UPDATE SET name = coalesce(excluded.name, devices.name), last_seen_at = clock_timestamp()
         WHERE devices.user_id = excluded.user_id
        RETURNING id
        """
    let device: Device.ID
    let member: Member.ID
    let name: String?

    func bind(to parameters: inout ParameterWriter) {
        parameters.append(device)
        parameters.append(member)
        parameters.append(name)
    }

    func decode(_ row: borrowing Row) throws(PostgresError) -> Device.ID { try row.value(0) }
}

/// Ends the sign-in that lives on a device, if there is one.
struct EndSignInOnDevice: Statement {
    static let sql = "UPDATE sessions SET revoked_at = clock_timestamp(), revoked_by = $2 WHERE device_id = $1 AND revoked_at IS NULL"
    let device: Device.ID
    let reason: SignIn.End

    func bind(to parameters: inout ParameterWriter) {
        parameters.append(device)
        parameters.append(reason.rawValue)
    }
}

/// Ends one sign-in. One row if it lived until now.
struct EndSignIn: Statement {
    static let sql = """
        UPDATE sessions SET revoked_at = clock_timestamp(), revoked_by = $2 WHERE id = $1 AND revoked_at IS NULL RETURNING user_id
        """
    let signIn: SignIn.ID
    let reason: SignIn.End

    func bind(to parameters: inout ParameterWriter) {
        parameters.append(signIn)
        parameters.append(reason.rawValue)
    }

    func decode(_ row: borrowing Row) throws(PostgresError) -> Member.ID { try row.value(0) }
}

struct InsertSignIn: Statement {
    static let sql = "INSERT INTO sessions (id, user_id, device_id) VALUES ($1, $2, $3)"
    let signIn: SignIn.ID
    let member: Member.ID
    let device: Device.ID

    func bind(to parameters: inout ParameterWriter) {
        parameters.append(signIn)
        parameters.append(member)
        parameters.append(device)
    }
}

/// A refresh token of a sign-in. The successor of a token is always the same, so its row may be there already.
struct InsertRefreshToken: Statement {
    static let sql = """
        INSERT INTO refresh_tokens (hash, session_id, expires_at) VALUES ($1, $2, clock_timestamp() + $3 * interval '1 second')
        ON CONFLICT (hash) DO NOTHING
        """
    let digest: SHA256.Digest
    let signIn: SignIn.ID
    /// Seconds.
    let lifetime: Int64

    func bind(to parameters: inout ParameterWriter) {
        parameters.append(bytes: digest.bytes)
        parameters.append(signIn)
        parameters.append(Double(lifetime))
    }
}

/// A refresh token that somebody brings, locked so that it is spent once.
struct LockRefreshToken: Statement {
    static let sql = """
        SELECT t.session_id, s.user_id, t.used_at IS NOT NULL, coalesce(t.used_at > clock_timestamp() - $2 * interval '1 second', false),
               t.expires_at > clock_timestamp(), s.revoked_at IS NULL
          FROM refresh_tokens t JOIN sessions s ON s.id = t.session_id
         WHERE t.hash = $1 FOR UPDATE OF t
        """
    let digest: SHA256.Digest
    /// Seconds within which a spent token gives the same successor again.
    let grace: Int64

    struct Found: Sendable {
        let signIn: SignIn.ID
        let member: Member.ID
        let isSpent: Bool
        let isWithinGrace: Bool
        let isUnexpired: Bool
        let isSignInAlive: Bool
    }

    func bind(to parameters: inout ParameterWriter) {
        parameters.append(bytes: digest.bytes)
        parameters.append(Double(grace))
    }

    func decode(_ row: borrowing Row) throws(PostgresError) -> Found {
        Found(
            signIn: try row.value(0), member: try row.value(1), isSpent: try row.bool(2), isWithinGrace: try row.bool(3),
            isUnexpired: try row.bool(4), isSignInAlive: try row.bool(5))
    }
}

/// Notes that a sign-in's device is in use.
struct DeviceSeen: Statement {
    static let sql = "UPDATE devices d SET last_seen_at = clock_timestamp() FROM sessions s WHERE s.id = $1 AND d.id = s.device_id"
    let signIn: SignIn.ID

    func bind(to parameters: inout ParameterWriter) { parameters.append(signIn) }
}

struct SpendRefreshToken: Statement {
    static let sql = "UPDATE refresh_tokens SET used_at = clock_timestamp() WHERE hash = $1"
    let digest: SHA256.Digest

    func bind(to parameters: inout ParameterWriter) { parameters.append(bytes: digest.bytes) }
}

/// Which sign-in a refresh token belongs to.
struct SignInOfRefreshToken: Statement {
    static let sql = "SELECT session_id FROM refresh_tokens WHERE hash = $1"
    let digest: SHA256.Digest

    func bind(to parameters: inout ParameterWriter) { parameters.append(bytes: digest.bytes) }

    func decode(_ row: borrowing Row) throws(PostgresError) -> SignIn.ID { try row.value(0) }
}

/// A living sign-in whose first refresh token has not been used.
struct UnusedSignIn: Statement {
    static let sql = """
        SELECT s.id, s.device_id FROM refresh_tokens t JOIN sessions s ON s.id = t.session_id
         WHERE t.hash = $1 AND t.used_at IS NULL AND t.expires_at > clock_timestamp() AND s.revoked_at IS NULL
        """
    let digest: SHA256.Digest

    func bind(to parameters: inout ParameterWriter) { parameters.append(bytes: digest.bytes) }

    func decode(_ row: borrowing Row) throws(PostgresError) -> (signIn: SignIn.ID, device: Device.ID) {
        (try row.value(0), try row.value(1))
    }
}

/// Who a living sign-in belongs to, and on which device.
struct OwnerOfSignIn: Statement {
    static let sql = """
        SELECT u.id, u.username, u.display_name, s.device_id, \(Privacy.columns) FROM sessions s JOIN users u ON u.id = s.user_id
         WHERE s.id = $1 AND s.user_id = $2 AND s.revoked_at IS NULL
        """
    let signIn: SignIn.ID
    let member: Member.ID

    struct Owner: Sendable {
        let profile: Profile
        let device: Device.ID
        let privacy: Privacy

        /// Reads `id, username, display_name, device_id`, and ``Privacy/columns``, which begin at the column `place`.
        init(_ row: borrowing Row, privacyFrom place: Int = 4) throws(PostgresError) {
            profile = try Profile(row)
            device = try row.value(3)
            privacy = try Privacy(row, from: place)
        }
    }

    func bind(to parameters: inout ParameterWriter) {
        parameters.append(signIn)
        parameters.append(member)
    }

    func decode(_ row: borrowing Row) throws(PostgresError) -> Owner { try Owner(row) }
}
