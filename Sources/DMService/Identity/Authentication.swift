internal import Crypto
internal import HTTPServer

/// Decides who is asking, by the access token that they bring.
struct Authentication: Sendable {
    let verifier: TokenVerifier
    let revocations: Revocations

    /// The member who sent a request.
    ///
    /// - Throws: 401 `unauthenticated`, alike for every fault: what exactly is wrong with a token is nobody's business;
    ///   503 `unavailable` while a new process does not know yet which sign-ins have ended.
    func member(of request: Request) async throws -> MemberContext {
        guard let header = request.headers[.authorization], let token = Self.bearerToken(header), let claims = claims(of: token) else {
            throw HTTPError.unauthenticated
        }
        guard revocations.areKnown else { throw HTTPError.unavailable }
        return MemberContext(member: Member.ID(claims.subject), signIn: SignIn.ID(claims.session))
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
