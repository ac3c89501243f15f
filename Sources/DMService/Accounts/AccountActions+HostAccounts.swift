internal import Crypto
internal import JSON
internal import Postgres

// Accounts of the host app. Why sign-ins are made for its tokens: docs/decisions/host-accounts.md.
extension AccountActions {
    /// The sign-in that a good token of the host app stands for: the one that lives on its device, else a new one. Whoever is seen for
    /// the first time gets an account.
    ///
    /// - Returns: `nil` if a sign-in on the device ended when the token had been issued already: signing out holds for tokens, too.
    func signIn(by claims: HostTokenClaims) async throws -> Bearer? {
        let device = Device.ID(hostSubject: claims.subject, device: claims.device ?? "")
        let query = HostSignIn(subject: claims.subject, device: device, tokenExpires: claims.expires, lifetime: refreshLifetime)
        guard let found = try await database.first(query) else {
            return try await begin(query, of: try await hostAccount(for: claims), by: claims)
        }
        guard let signIn = found.signIn else { return try await begin(query, of: found.member, by: claims) }
        if found.endsEarly { try await database.execute(KeepHostSignIn(signIn: signIn, query)) }
        return found.admits(claims) ? Bearer(member: found.member, signIn: signIn, expires: claims.expires) : nil
    }

    private func begin(_ query: HostSignIn, of member: Member.ID, by claims: HostTokenClaims) async throws -> Bearer? {
        let fresh = SignIn.ID(ids.next())
        return try await database.transaction { transaction in
            // Locks the device: of two tokens that come at once, the second finds what the first has made.
            guard try await transaction.first(EnsureDevice(device: query.device, member: member, name: nil)) != nil else { return nil }
            let found = try await transaction.one(query)
            guard found.admits(claims) else { return nil }
            if let signIn = found.signIn { return Bearer(member: member, signIn: signIn, expires: claims.expires) }
            try await transaction.execute(InsertSignIn(signIn: fresh, member: member, device: query.device))
            try await transaction.execute(KeepHostSignIn(signIn: fresh, query))
            return Bearer(member: member, signIn: fresh, expires: claims.expires)
        }
    }

    /// How often a made-up username is made up anew if somebody has it.
    private static let nameAttempts = 5

    /// The account of the subject, made if there is none.
    private func hostAccount(for claims: HostTokenClaims) async throws -> Member.ID {
        let wanted = claims.preferredUsername.flatMap(Username.init)
        return try await hostAccount(
            claims.subject, wanted: [wanted, nil], displayName: Self.displayName(claims.displayName)
        ).member
    }

    /// Makes the account of one of the host app's people, unless there is one: answers whether it did.
    ///
    /// - Parameter username: what it must be called; `nil` to make a name up.
    /// - Throws: ``AccountRefusal`` if somebody has the name.
    func makeHostAccount(_ subject: String, username: Username?, displayName: String?) async throws -> Bool {
        try await hostAccount(subject, wanted: [username], displayName: displayName).isNew
    }

    /// The account of the subject, made if there is none.
    ///
    /// - Parameter wanted: names to try one after the other; `nil` among them for names that are made up.
    private func hostAccount(
        _ subject: String, wanted: [Username?], displayName: String?
    ) async throws -> (member: Member.ID, isNew: Bool) {
        let id = Member.ID(ids.next())
        let names = wanted.flatMap { name in name.map { [$0] } ?? (0..<Self.nameAttempts).map { _ in Username.madeUp() } }
        for username in names {
            let draft = InsertHostAccount(
                id: id, subject: subject, username: username.text, displayName: displayName ?? username.text)
            if let made = try await database.first(draft) { return (made, true) }
            // Somebody has the name, or the subject: another request of theirs came at the same time.
            if let member = try await database.first(HostAccount(subject: subject)) { return (member, false) }
        }
        throw AccountRefusal.taken
    }

    /// What the host app calls somebody, cut to what fits; `nil` if nothing is left.
    private static func displayName(_ text: String?) -> String? {
        guard let text else { return nil }
        let line = MessageText.cleaned(text).split(whereSeparator: \.isNewline).joined(separator: " ")
        let name = MessageText.cleaned(String(String.UnicodeScalarView(line.unicodeScalars.prefix(Self.longestDisplayName))))
        return name.isEmpty ? nil : name
    }
}

extension Device.ID {
    /// The id of the host app's device: the same on all nodes, and nobody else's.
    fileprivate init(hostSubject subject: String, device: String) {
        // No name has a U+0000: it tells where the first one ends.
        self.init(SHA256.digest(of: Array("host device\0\(subject)\0\(device)".utf8)).prefix128)
    }
}

extension HostSignIn.Found {
    /// Whether the token was issued after the last end of a sign-in on its device.
    fileprivate func admits(_ claims: HostTokenClaims) -> Bool { lastEnd.map { claims.issuedAt > $0 } ?? true }
}

extension Username {
    /// A name for somebody who brings none that can be used.
    fileprivate static func madeUp() -> Username {
        guard let name = Username("user_" + Hex.encode(SecureRandom.bytes(6))) else {
            preconditionFailure("17 letters and digits are a name")
        }
        return name
    }
}
