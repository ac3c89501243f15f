internal import Crypto
internal import HTTPServer
internal import JSON
internal import Observability
internal import Postgres

/// Accounts and sign-ins: the only path that writes them.
struct AccountActions: Sendable {
    let database: Database
    let hasher: PasswordHasher
    let signer: TokenSigner
    /// Remembers what is signed here.
    let verifier: TokenVerifier
    let successorKey: RefreshToken.SuccessorKey
    let ids: UUIDv7Generator
    let revocations: Revocations
    let delivery: Delivery
    let limits: RateLimits
    /// Of a refresh token.
    let refreshLifetime: Duration

    /// How long a spent refresh token still gives its successor: a lost answer does no harm then. Source: RELIABILITY §3.2.
    private static let refreshGrace: Int64 = 10
    /// Unicode scalars.
    static let longestDisplayName = 64

    // MARK: Accounts

    /// Makes an account.
    ///
    /// - Parameter key: by which a retry is known: it is answered with the account that the first request made.
    func register(_ registration: Registration, key: ClientMessageID? = nil) async throws -> (account: Account, isReplay: Bool) {
        guard let username = Username(registration.username) else { throw AccountRefusal.badUsername }
        let email = try registration.email.map { text throws(AccountRefusal) in
            guard let email = EmailAddress(text) else { throw .badEmail }
            return email.text
        }
        let displayName = try displayName(registration.displayName) ?? username.text
        let password: Password
        do { password = try Password(chosen: registration.password) } catch { throw AccountRefusal.badPassword(error, path: "password") }
        let hash = try await hash(password)
        let draft = InsertAccount(
            id: Member.ID(ids.next()), username: username.text, email: email, displayName: displayName, passwordHash: hash.phc,
            registrationKey: key?.registrationKey)
        do {
            return (try await database.one(draft), false)
        } catch {
            guard error.isDuplicate else { throw error }
        }
        guard let account = try await made(by: draft, password) else { throw AccountRefusal.taken }
        return (account, true)
    }

    /// The account that an earlier request of the same content made, if there was one. Its password counts like the rest, so this is
    /// another way to guess at it, for keys are no secrets: it takes a permit of the name, as signing in does.
    private func made(by draft: InsertAccount, _ password: Password) async throws -> Account? {
        guard let key = draft.registrationKey else { return nil }
        try takeAttempt(at: .username(draft.username))
        guard let found = try await database.first(RegisteredAccount(username: draft.username, key: key)) else { return nil }
        let (account, stored) = (found.account, found.passwordHash.flatMap(PasswordHash.init(phc:)))
        guard account.username == draft.username, account.email == draft.email, account.displayName == draft.displayName else { return nil }
        return try await isCorrect(password, for: stored) ? account : nil
    }

    /// One's own account; `nil` when it is gone.
    func ownAccount(of member: Member.ID) async throws -> OwnAccount? { try await database.first(OwnAccountOf(member: member)) }

    /// What somebody is to be called, as it is stored.
    func displayName(_ text: String?) throws(AccountRefusal) -> String? {
        guard let text else { return nil }
        let name = MessageText.cleaned(text)
        guard 1...Self.longestDisplayName ~= name.unicodeScalars.count, !name.contains("\n") else { throw .badDisplayName }
        return name
    }

    /// Changes how a member is called.
    ///
    /// - Throws: ``AccountRefusal``; 401 when the account is gone.
    func rename(_ member: Member.ID, to text: String) async throws -> OwnAccount {
        guard let name = try displayName(text), let account = try await database.first(UpdateDisplayName(member: member, name: name)) else {
            throw HTTPError.unauthenticated
        }
        delivery.update(account)
        return account
    }

    /// Changes what a member lets others see, and so sees of them.
    ///
    /// - Throws: 401 when the account is gone.
    func change(_ privacy: Privacy.Change, of member: Member.ID) async throws -> Privacy {
        guard let account = try await database.first(ChangePrivacy(member: member, change: privacy)) else {
            throw HTTPError.unauthenticated
        }
        delivery.update(account)
        return account.privacy
    }

    // MARK: Signing in

    /// - Parameter key: by which a retry is known: it is answered with the sign-in that the first request began.
    /// - Throws: ``AccountRefusal``, alike for names that somebody has and names that nobody has.
    func signIn(_ credentials: Credentials, key: ClientMessageID? = nil) async throws -> TokenPair {
        // Before anything is looked up or hashed, and for names of nobody too: neither answer nor time tells who has an account.
        try takeAttempt(at: credentials.name)
        let login =
            switch credentials.name {
            case .username(let name): try await database.first(LoginByUsername(username: name.withoutNul))
            case .email(let address): try await database.first(LoginByEmail(email: address.withoutNul))
            }
        let stored = login?.passwordHash.flatMap(PasswordHash.init(phc:))
        let password = Password(entered: credentials.password)
        // Without an account, a hash of nobody's is checked: the time must not tell who has one.
        guard try await isCorrect(password, for: stored), let login, let stored, var proof = login.passwordHash else {
            throw AccountRefusal.wrongCredentials
        }
        if hasher.needsRehash(stored) { proof = await rehash(password, of: login.member, instead: proof) }
        let name = try deviceName(credentials.deviceName)
        // The password is no part of it: it was found right, and no fast hash of it is kept.
        let keyed = key.map { key in
            KeyedRequest(
                of: login.member, key: key,
                parts: [Array("login".utf8), Array((credentials.device?.description ?? "").utf8), Array((name ?? "").utf8)])
        }
        do {
            return try await begin(of: login.member, by: proof, on: credentials.device, called: name, under: keyed)
        } catch is AlreadyDone {
            return try await signInBegun(under: keyed)
        }
    }

    /// The tokens of the sign-in that a keyed request began. The refresh token is derived, not stored; the access token is a new one.
    ///
    /// - Throws: 409 `conflict` when the key is another request's, or the tokens were used since: nobody is waiting for them.
    private func signInBegun(under keyed: KeyedRequest?) async throws -> TokenPair {
        guard let keyed, let known = try await database.first(AnswerKept(for: keyed)), known.hash == keyed.hash, let seed = known.body
        else {
            throw HTTPError.keyOfAnotherRequest
        }
        let refresh = firstToken(under: keyed, seed)
        guard let begun = try await database.first(UnusedSignIn(digest: refresh.digest)) else { throw HTTPError.keyOfAnotherRequest }
        return pair(keyed.member, begun.signIn, refresh, device: begun.device)
    }

    /// - Parameter seed: random, and stored: a key that is used again after its day gives another token.
    private func firstToken(under keyed: KeyedRequest, _ seed: [UInt8]) -> RefreshToken {
        .derived(from: Array("login".utf8) + keyed.member.value.bytes + seed, under: successorKey)
    }

    /// Takes a permit to try a password with this name.
    private func takeAttempt(at name: Credentials.Name) throws(AccountRefusal) {
        if let verdict = limits.take(.loginName, for: .name(name.folded)), verdict.wait != nil { throw .tooManyAttempts(verdict) }
    }

    private func deviceName(_ text: String?) throws(AccountRefusal) -> String? {
        guard let text else { return nil }
        let name = MessageText.cleaned(text)
        guard 1...64 ~= name.unicodeScalars.count, !name.contains("\n") else { throw .badDeviceName }
        return name
    }

    /// Begins a sign-in of a member whose identity is proven.
    ///
    /// - Parameters:
    ///   - proof: the hash of the password that was found right. If it is another one by now, whoever knows the old one stays out.
    ///   - name: what the member knows the device by; `nil` to leave it as it is.
    /// - Throws: ``AlreadyDone`` when the keyed request has begun one before.
    func begin(
        of member: Member.ID, by proof: String, on wanted: Device.ID?, called name: String? = nil, under keyed: KeyedRequest? = nil
    ) async throws -> TokenPair {
        let signIn = SignIn.ID(ids.next())
        let seed = SecureRandom.bytes(16)
        let refresh = keyed.map { firstToken(under: $0, seed) } ?? .random()
        let fresh = Device.ID(ids.next())
        let device = try await database.transaction { transaction in
            guard try await transaction.first(KeepPasswordHash(member: member, passwordHash: proof)) != nil else {
                throw AccountRefusal.wrongCredentials
            }
            try await transaction.done(keyed, body: seed)
            var device = fresh
            if let wanted, let known = try await transaction.first(EnsureDevice(device: wanted, member: member, name: name)) {
                device = known
            } else {
                try await transaction.execute(EnsureDevice(device: fresh, member: member, name: name))
            }
            try await transaction.execute(EndSignInOnDevice(device: device, reason: .replaced))
            try await transaction.execute(InsertSignIn(signIn: signIn, member: member, device: device))
            try await transaction.execute(
                InsertRefreshToken(digest: refresh.digest, signIn: signIn, lifetime: refreshLifetime.components.seconds))
            return device
        }
        return pair(member, signIn, refresh, device: device)
    }

    /// - Returns: the hash that stands now, as far as it is this password's.
    private func rehash(_ password: Password, of member: Member.ID, instead present: String) async -> String {
        guard let better = try? await hasher.hash(password) else { return present }
        let update = UpdatePasswordHash(member: member, present: present, passwordHash: better.phc)
        let isDone = ((try? await database.first(update)) ?? nil) != nil
        return isDone ? better.phc : present
    }

    /// Gives a new pair for a refresh token, once.
    ///
    /// - Throws: ``AccountRefusal/badRefreshToken``. A token that comes back later than a retry would has been copied:
    ///   then the whole sign-in ends, for the thief and the owner alike.
    func refresh(_ text: String) async throws -> TokenPair {
        guard let token = RefreshToken(text) else { throw AccountRefusal.badRefreshToken }
        let successor = token.successor(under: successorKey)
        let found = try await database.transaction { transaction -> LockRefreshToken.Found? in
            let found = try await transaction.first(LockRefreshToken(digest: token.digest, grace: Self.refreshGrace))
            guard let found, found.isSignInAlive, found.isUnexpired, !found.isSpent else { return found }
            try await transaction.execute(SpendRefreshToken(digest: token.digest))
            try await transaction.execute(DeviceSeen(signIn: found.signIn))
            try await transaction.execute(
                InsertRefreshToken(digest: successor.digest, signIn: found.signIn, lifetime: refreshLifetime.components.seconds))
            return found
        }
        guard let found, found.isSignInAlive, found.isUnexpired else { throw AccountRefusal.badRefreshToken }
        if found.isSpent, !found.isWithinGrace {
            Logger.current.warning(
                "a spent refresh token came back: its sign-in is ended", [.signIn: "\(found.signIn)", .member: "\(found.member)"])
            try await end(found.signIn, reason: .tokenReuse)
            throw AccountRefusal.badRefreshToken
        }
        return pair(found.member, found.signIn, successor, device: nil)
    }

    /// Who a sign-in belongs to, and on which device; `nil` when it has ended.
    func owner(of bearer: Bearer) async throws -> OwnerOfSignIn.Owner? {
        try await database.first(OwnerOfSignIn(signIn: bearer.signIn, member: bearer.member))
    }

    // MARK: Signing out

    /// Ends the sign-in that a refresh token belongs to, if there is one.
    func signOut(_ text: String) async throws {
        guard let token = RefreshToken(text), let signIn = try await database.first(SignInOfRefreshToken(digest: token.digest)) else {
            return
        }
        try await end(signIn, reason: .logout)
    }

    /// Ends a sign-in: its refresh tokens, its access tokens and its sockets.
    func end(_ signIn: SignIn.ID, reason: SignIn.End) async throws {
        guard let member = try await database.first(EndSignIn(signIn: signIn, reason: reason)) else { return }
        ended([signIn], of: member)
    }

    /// Sees to it that what belongs to sign-ins that have just ended is good for nothing any more.
    func ended(_ signIns: [SignIn.ID], of member: Member.ID) {
        for signIn in signIns {
            revocations.insert(signIn)
            delivery.revoke(signIn, of: member)
        }
    }

    // MARK: Tokens

    private func pair(_ member: Member.ID, _ signIn: SignIn.ID, _ refresh: RefreshToken, device: Device.ID?) -> TokenPair {
        TokenPair(
            access: signer.sign(subject: member.value, session: signIn.value, rememberedBy: verifier), refresh: refresh.text,
            lifetime: signer.lifetime,
            device: device)
    }

    // MARK: Passwords

    func hash(_ password: Password) async throws -> PasswordHash {
        try await passwordWork { () async throws(PasswordHashingError) in try await hasher.hash(password) }
    }

    /// - Parameter stored: `nil` for nobody's: then a hash is checked all the same, in vain.
    func isCorrect(_ password: Password, for stored: PasswordHash?) async throws -> Bool {
        try await passwordWork { () async throws(PasswordHashingError) in try await hasher.isCorrect(password, for: stored) }
    }

    private func passwordWork<Value>(_ work: () async throws(PasswordHashingError) -> Value) async throws -> Value {
        do { return try await work() } catch PasswordHashingError.busy { throw AccountRefusal.busy }
    }
}

extension Credentials.Name {
    /// A hash of what makes two names the same; see `username_key` in the schema.
    fileprivate var folded: SHA256.Digest {
        switch self {
        case .username(let name): SHA256.digest(of: Array("username:\(name.foldedASCII)".utf8))
        case .email(let address): SHA256.digest(of: Array("email:\(address.foldedASCII)".utf8))
        }
    }
}

extension ClientMessageID {
    /// What a registration's key is stored as.
    fileprivate var registrationKey: UniqueID { SHA256.digest(of: Array("registration:\(text)".utf8)).prefix128 }
}

extension String {
    /// With the letters of ASCII in lower case, as PostgreSQL folds under collation "C".
    fileprivate var foldedASCII: String {
        String(decoding: utf8.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }, as: UTF8.self)
    }

    /// PostgreSQL's text holds no U+0000: what contains one is nobody's name.
    fileprivate var withoutNul: String { utf8.contains(0) ? "" : self }
}
