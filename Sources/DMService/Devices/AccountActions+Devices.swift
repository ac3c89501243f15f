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
    func signOut(_ device: Device.ID, of member: Member.ID, under keyed: KeyedRequest? = nil) async throws {
        let end = EndSignInOnOwnDevice(device: device, member: member, reason: .deviceRevoked)
        let signIn = try await database.transaction { transaction in
            try await transaction.done(keyed)
            guard let signIn = try await transaction.first(end) else { throw HTTPError.notFound }
            return signIn
        }
        ended([signIn], of: member)
    }

    /// Changes a password, and ends every other sign-in: whoever knew the old one is out.
    ///
    /// - Parameter key: by which a retry is known: it succeeds if the new password is what the first request made it.
    /// - Throws: ``AccountRefusal``.
    func change(_ change: PasswordChange, of member: Member.ID, keeping signIn: SignIn.ID, key: ClientMessageID? = nil) async throws {
        let password: Password
        do { password = try Password(chosen: change.new) } catch { throw AccountRefusal.badPassword(error, path: "new") }
        // As often as one may try to sign in: a stolen access token is not to become a password.
        if let verdict = limits.take(.loginName, for: .member(member)), verdict.wait != nil {
            throw AccountRefusal.tooManyAttempts(verdict)
        }
        // Which passwords they are is no part of it: no fast hash of one is kept.
        let keyed = key.map { KeyedRequest(of: member, key: $0, parts: [Array("password".utf8)]) }
        let present = try await database.first(PasswordHashOf(member: member)).flatMap(\.self)
        let stored = present.flatMap(PasswordHash.init(phc:))
        // After the password: if that is the new one already, the key is there too.
        if let keyed, let known = try await database.first(AnswerKept(for: keyed)) {
            return try await confirm(known, keyed, password)
        }
        guard try await isCorrect(Password(entered: change.current), for: stored), stored != nil, let present else {
            throw AccountRefusal.wrongCurrentPassword
        }
        let hash = try await hash(password)
        let others: [SignIn.ID]
        do {
            others = try await database.transaction { transaction in
                try await transaction.done(keyed)
                // Of two changes at once, the second one's `current` is not current any more.
                let update = UpdatePasswordHash(member: member, present: present, passwordHash: hash.phc)
                guard try await transaction.first(update) != nil else { throw AccountRefusal.wrongCurrentPassword }
                return try await transaction.query(EndOtherSignIns(member: member, kept: signIn, reason: .passwordChanged))
            }
        } catch is AlreadyDone {
            guard let keyed, let known = try await database.first(AnswerKept(for: keyed)) else { throw HTTPError.unavailable }
            return try await confirm(known, keyed, password)
        }
        ended(others, of: member)
    }

    /// A change of the password that was done before: it succeeds again if the password is what it was to become.
    private func confirm(_ known: KeptAnswer, _ keyed: KeyedRequest, _ password: Password) async throws {
        let stored = try await database.first(PasswordHashOf(member: keyed.member)).flatMap(\.self).flatMap(PasswordHash.init(phc:))
        guard known.hash == keyed.hash, try await isCorrect(password, for: stored) else { throw HTTPError.keyOfAnotherRequest }
    }

    /// A ticket that opens one socket under a sign-in.
    ///
    /// - Parameters:
    ///   - until: how long the socket may stay.
    ///   - key: by which a retry is known: it is answered with the same ticket, whatever became of it. It is derived: no ticket is stored.
    /// - Throws: 401 when the sign-in has ended.
    func ticket(
        for signIn: SignIn.ID, of member: Member.ID, until: Timestamp, key: ClientMessageID? = nil
    ) async throws -> (ticket: SocketTicket, isReplay: Bool) {
        let keyed = key.map { KeyedRequest(of: member, key: $0, parts: [Array("ticket".utf8), signIn.value.bytes]) }
        let secret =
            keyed.map { request in
                RefreshToken.derived(from: Array("ticket".utf8) + request.hash.bytes + Array(request.key.text.utf8), under: successorKey)
            } ?? .random()
        let ticket = SocketTicket(text: secret.text, lifetime: Self.ticketLifetime)
        let draft = InsertTicket(
            digest: secret.digest, signIn: signIn, socketUntil: until, lifetime: Self.ticketLifetime.components.seconds)
        do {
            try await database.transaction { transaction in
                try await transaction.done(keyed)
                guard try await transaction.first(draft) != nil else { throw HTTPError.unauthenticated }
            }
        } catch is AlreadyDone {
            guard let keyed, try await database.first(AnswerKept(for: keyed))?.hash == keyed.hash else {
                throw HTTPError.keyOfAnotherRequest
            }
            return (ticket, true)
        }
        return (ticket, false)
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
