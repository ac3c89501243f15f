internal import Crypto
internal import HTTPServer
internal import JSON
internal import Synchronization

/// Tokens of the host app, and whose they are. Those found good are remembered for a minute: then each asks the database again.
final class HostTokens: Sendable {
    private struct Entry {
        let bearer: Bearer
        let until: Timestamp
    }

    /// How long a token counts without being looked at. Shorter than ended sign-ins are remembered (``Revocations``), so that one that
    /// ends meanwhile is known; and as long as a key that its owner took back still counts.
    private static let memory = Duration.seconds(60)
    /// How many are remembered before all are forgotten.
    private static let limit = 65_536

    private let keys: HostKeys
    private let verifier: HostTokenVerifier
    private let accounts: AccountActions
    private let entries = Mutex<[SHA256.Digest: Entry]>([:])

    init(keys: HostKeys, verifier: HostTokenVerifier, accounts: AccountActions) {
        self.keys = keys
        self.verifier = verifier
        self.accounts = accounts
    }

    /// What the token proves, if it was found good within the last minute.
    func remembered(_ token: String, now: Timestamp = .now) -> Bearer? {
        guard token.utf8.count <= HostTokenVerifier.longestToken else { return nil }
        let digest = SHA256.digest(of: Array(token.utf8))
        guard let entry = entries.withLock({ $0[digest] }), entry.until > now else { return nil }
        return entry.bearer
    }

    /// What a good token proves. Whoever is seen for the first time gets an account. `nil` if the sign-in that the token stands for has
    /// ended since it was issued.
    ///
    /// - Throws: ``TokenRefusal``: why it is not good; 503 `unavailable` while no key is known; ``PostgresError``.
    func bearer(of token: String) async throws -> Bearer? {
        if let bearer = remembered(token) { return bearer }
        guard let bearer = try await accounts.signIn(by: try await claims(of: token)) else { return nil }
        let until = min(bearer.expires.advanced(by: TokenVerifier.leeway), Timestamp.now.advanced(by: Self.memory))
        entries.withLock { entries in
            if entries.count >= Self.limit { entries = [:] }
            entries[SHA256.digest(of: Array(token.utf8))] = Entry(bearer: bearer, until: until)
        }
        return bearer
    }

    /// What it says. A key that nobody here knows yet may have been published a moment ago.
    private func claims(of token: String) async throws -> HostTokenClaims {
        do throws(TokenRefusal) {
            return try verifier.verify(token, under: keys.current ?? .empty)
        } catch {
            guard error == .unknownKey else { throw error }
        }
        await keys.refreshForStranger()
        guard let known = keys.current else { throw HTTPError.unavailable }
        return try verifier.verify(token, under: known)
    }
}

extension Timestamp {
    fileprivate func advanced(by duration: Duration) -> Timestamp { Timestamp(milliseconds: milliseconds + duration.milliseconds) }
}
