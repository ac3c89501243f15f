internal import Crypto
internal import HTTPServer
internal import JSON
internal import Postgres

extension AccountActions {
    /// How long a ticket may be used. Source: SPEC §2.
    private static let ticketLifetime = Duration.seconds(30)

    /// Where a member is signed in.
    func devices(of member: Member.ID, seenFrom signIn: SignIn.ID) async throws -> [Device.Listing] {
        try await database.query(DevicesOf(member: member)).map { device in
            var device = device
            device.isCurrent = device.signIn == signIn
            return device
        }
    }

    /// Ends the sign-in on one of a member's devices, with its tokens and sockets.
    ///
    /// - Throws: 404 for a device on which they are not signed in, as for somebody else's.
    func signOut(_ device: Device.ID, of member: Member.ID) async throws {
        guard
            let signIn = try await database.first(EndSignInOnOwnDevice(device: device, member: member, reason: .deviceRevoked))
        else { throw HTTPError.notFound }
        ended([signIn], of: member)
    }

    /// Changes a password, and ends every other sign-in: whoever knew the old one is out.
    ///
    /// - Throws: ``AccountRefusal``.
    func change(_ change: PasswordChange, of member: Member.ID, keeping signIn: SignIn.ID) async throws {
        let password: Password
        do { password = try Password(chosen: change.new) } catch { throw AccountRefusal.badPassword(error, path: "new") }
        // As often as one may try to sign in: a stolen access token is not to become a password.
        if let verdict = limits.take(.loginName, for: .member(member)), verdict.wait != nil {
            throw AccountRefusal.tooManyAttempts(verdict)
        }
        let present = try await database.first(PasswordHashOf(member: member)).flatMap(\.self)
        let stored = present.flatMap(PasswordHash.init(phc:))
        guard try await isCorrect(Password(entered: change.current), for: stored), stored != nil, let present else {
            throw AccountRefusal.wrongCurrentPassword
        }
        let hash = try await hash(password)
        let others = try await database.transaction { transaction in
            // Of two changes at once, the second one's `current` is not current any more.
            let update = UpdatePasswordHash(member: member, present: present, passwordHash: hash.phc)
            guard try await transaction.first(update) != nil else { throw AccountRefusal.wrongCurrentPassword }
            return try await transaction.query(EndOtherSignIns(member: member, kept: signIn, reason: .passwordChanged))
        }
        ended(others, of: member)
    }

    /// A ticket that opens one socket under a sign-in.
    ///
    /// - Parameter until: how long the socket may stay.
    /// - Throws: 401 when the sign-in has ended.
    func ticket(for signIn: SignIn.ID, until: Timestamp) async throws -> SocketTicket {
        let secret = RefreshToken.random()
        let draft = InsertTicket(
            digest: secret.digest, signIn: signIn, socketUntil: until, lifetime: Self.ticketLifetime.components.seconds)
        guard try await database.first(draft) != nil else { throw HTTPError.unauthenticated }
        return SocketTicket(text: secret.text, lifetime: Self.ticketLifetime)
    }

    /// Takes a ticket and answers whose it is; `nil` for one that is not good, or not any more.
    func take(ticket text: String) async throws -> (owner: OwnerOfSignIn.Owner, signIn: SignIn.ID, until: Timestamp)? {
        guard let secret = RefreshToken(text) else { return nil }
        return try await database.first(TakeTicket(digest: secret.digest))
    }
}

/// The hash of a member's password, as a PHC string; `nil` in it for people whom the host app signs in.
struct PasswordHashOf: Statement {
    static let sql = "SELECT password_hash FROM users WHERE id = $1"
    let member: Member.ID

    func bind(to parameters: inout ParameterWriter) { parameters.append(member) }

    func decode(_ row: borrowing Row) throws(PostgresError) -> String? { try row.optional(0) }
}

/// Ends all sign-ins of a member but one, and answers them.
struct EndOtherSignIns: Statement {
    static let sql = """
        UPDATE sessions SET revoked_at = clock_timestamp(), revoked_by = $3
         WHERE user_id = $1 AND id <> $2 AND revoked_at IS NULL RETURNING id
        """
    let member: Member.ID
    let kept: SignIn.ID
    let reason: SignIn.End

    func bind(to parameters: inout ParameterWriter) {
        parameters.append(member)
        parameters.append(kept)
        parameters.append(reason.rawValue)
    }

    func decode(_ row: borrowing Row) throws(PostgresError) -> SignIn.ID { try row.value(0) }
}
