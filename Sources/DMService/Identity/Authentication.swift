internal import Crypto
internal import HTTPServer

/// Decides who is asking, by the access token that they bring.
struct Authentication: Sendable {
    let verifier: TokenVerifier
    /// For tokens of the host app; `nil` if none are taken.
    let hostTokens: HostTokens?
    let revocations: Revocations
    let limits: RateLimits
    let proxies: TrustedProxies

    /// The member who sent a request.
    ///
    /// - Throws: 401 `unauthenticated`, alike for every fault: what exactly is wrong with a token is nobody's business;
    ///   429 `rate_limited` for unknown tokens from an address that has sent too many forged ones; 503 `unavailable` while a new
    ///   process does not know yet which sign-ins have ended, or by which keys the host app signs.
    func member(of request: Request) async throws -> MemberContext {
        guard let header = request.headers[.authorization], let token = Self.bearerToken(header) else { throw HTTPError.unauthenticated }
        guard let bearer = try await bearer(of: token, sentBy: request) else { throw HTTPError.unauthenticated }
        guard revocations.areKnown else { throw HTTPError.unavailable }
        return MemberContext(member: bearer.member, signIn: bearer.signIn, expires: bearer.expires)
    }

    /// As ``read(_:)``, but `nil` for what is refused. A signature takes a hundred times as long to check as a token that is remembered:
    /// whoever sends forged ones over and over is refused before that. Tokens that this process issued or found good before are not
    /// affected, wherever they come from; nor do those count that cost nothing, or that have expired: neighbours behind one address send
    /// them too.
    private func bearer(of token: String, sentBy request: Request) async throws -> Bearer? {
        if let bearer = verifier.remembered(token).map(Bearer.init) ?? hostTokens?.remembered(token) {
            return revocations.contains(bearer.signIn) ? nil : bearer
        }
        let subject = RateLimits.Subject.address(of: request, behind: proxies)
        if let verdict = limits.refusal(.failedAuthentication, for: subject) { throw HTTPError.rateLimited(verdict) }
        do {
            return try await read(token)
        } catch let refusal as TokenRefusal {
            if refusal.isSuspicious { _ = limits.take(.failedAuthentication, for: subject) }
            return nil
        }
    }

    /// What a good token proves; `nil` if its sign-in has been revoked. A token of our own is decided at once, without a suspension.
    ///
    /// - Throws: ``TokenRefusal``: why it is not good. `.expired` is said of tokens with which nothing else is wrong. For a token of the
    ///   host app also what ``HostTokens/bearer(of:)`` throws.
    func read(_ token: String) async throws -> Bearer? {
        let bearer: Bearer
        do throws(TokenRefusal) {
            bearer = Bearer(try verifier.verify(token))
        } catch {
            guard let hostTokens, error.leavesRoomForOthers else { throw error }
            guard let found = try await hostTokens.bearer(of: token) else { return nil }
            bearer = found
        }
        return revocations.contains(bearer.signIn) ? nil : bearer
    }

    /// The token of an `Authorization: Bearer` field (RFC 6750 §2.1); the scheme's case does not matter (RFC 9110 §11.1).
    static func bearerToken(_ header: String) -> String? {
        let parts = header.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].lowercased() == "bearer", !parts[1].isEmpty else { return nil }
        return String(parts[1])
    }
}

extension TokenRefusal {
    /// Whether it was refused before any key of ours came in: somebody else may have issued it.
    fileprivate var leavesRoomForOthers: Bool {
        switch self {
        case .tooLong, .malformed, .foreignHeader, .wrongAlgorithm, .wrongType, .unknownKey: true
        case .badSignature, .malformedClaims, .wrongIssuer, .wrongAudience, .livesTooLong, .notYetValid, .expired: false
        }
    }
}

extension HTTPError {
    static let unauthenticated = HTTPError(
        .unauthenticated, "Sign in, and send the access token as Authorization: Bearer.",
        headers: [HeaderField(.wwwAuthenticate, "Bearer")])
}
