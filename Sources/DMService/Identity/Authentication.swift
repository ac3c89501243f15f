internal import Crypto
internal import HTTPServer

/// Decides who is asking, by the access token that they bring.
struct Authentication: Sendable {
    let verifier: TokenVerifier
    let revocations: Revocations
    let limits: RateLimits
    let proxies: TrustedProxies

    /// The member who sent a request.
    ///
    /// - Throws: 401 `unauthenticated`, alike for every fault: what exactly is wrong with a token is nobody's business;
    ///   429 `rate_limited` for unknown tokens from an address that has sent too many forged ones; 503 `unavailable` while a new
    ///   process does not know yet which sign-ins have ended.
    func member(of request: Request) async throws -> MemberContext {
        guard let header = request.headers[.authorization], let token = Self.bearerToken(header) else { throw HTTPError.unauthenticated }
        guard let claims = try claims(of: token, sentBy: request) else { throw HTTPError.unauthenticated }
        guard revocations.areKnown else { throw HTTPError.unavailable }
        return MemberContext(member: Member.ID(claims.subject), signIn: SignIn.ID(claims.session), expires: claims.expires)
    }

    /// As ``claims(of:)``. A signature takes a hundred times as long to check as a token that is remembered: whoever sends forged
    /// ones over and over is refused before that. Tokens that this process issued or found good before are not affected, wherever
    /// they come from; nor do those count that cost nothing, or that have expired: neighbours behind one address send them too.
    private func claims(of token: String, sentBy request: Request) throws(HTTPError) -> TokenClaims? {
        if let claims = verifier.remembered(token) { return revocations.contains(SignIn.ID(claims.session)) ? nil : claims }
        let subject = RateLimits.Subject.address(of: request, behind: proxies)
        if let verdict = limits.refusal(.failedAuthentication, for: subject) { throw .rateLimited(verdict) }
        do {
            return try read(token)
        } catch {
            if error.isSuspicious { _ = limits.take(.failedAuthentication, for: subject) }
            return nil
        }
    }

    /// What a token says, if it is good and its sign-in has not been revoked.
    func claims(of token: String) -> TokenClaims? {
        try? read(token)
    }

    /// What a good token says; `nil` if its sign-in has been revoked.
    ///
    /// - Throws: why it is not good. `.expired` is said of tokens with which nothing else is wrong.
    func read(_ token: String) throws(TokenRefusal) -> TokenClaims? {
        let claims = try verifier.verify(token)
        return revocations.contains(SignIn.ID(claims.session)) ? nil : claims
    }

    /// The token of an `Authorization: Bearer` field (RFC 6750 §2.1); the scheme's case does not matter (RFC 9110 §11.1).
    static func bearerToken(_ header: String) -> String? {
        let parts = header.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].lowercased() == "bearer", !parts[1].isEmpty else { return nil }
        return String(parts[1])
    }
}

extension HTTPError {
    static let unauthenticated = HTTPError(
        .unauthenticated, "Sign in, and send the access token as Authorization: Bearer.",
        headers: [HeaderField(.wwwAuthenticate, "Bearer")])
}
