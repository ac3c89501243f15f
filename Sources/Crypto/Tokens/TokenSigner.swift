public import JSON

/// Issues access tokens: JWTs signed with Ed25519. Sources: RFC 7519, RFC 8037.
public struct TokenSigner: Sendable {
    /// How long a token is valid.
    public let lifetime: Duration

    private let key: Ed25519.PrivateKey
    /// The header, which is the same on all tokens, and the dot after it.
    private let head: [UInt8]
    private let issuer: String
    private let audience: String
    private let clock: @Sendable () -> Timestamp

    /// - Parameters:
    ///   - issuer: The `iss` of all tokens.
    ///   - audience: The `aud` of all tokens.
    ///   - lifetime: In whole seconds. Short: a token is good until it expires, or until its session's revocation is known everywhere.
    public init(
        keys: TokenKeyRing, issuer: String, audience: String, lifetime: Duration = .seconds(15 * 60),
        clock: @escaping @Sendable () -> Timestamp = { .now }
    ) {
        key = keys.active.privateKey
        let header = TokenHeader(algorithm: TokenHeader.algorithm, type: TokenHeader.type, key: keys.active.id)
        head = Base64.url.encodedBytes(JSON.encode(header)) + [UInt8(ascii: ".")]
        self.issuer = issuer
        self.audience = audience
        self.lifetime = lifetime
        self.clock = clock
    }

    /// A token for one user's session, valid from now on.
    public func sign(subject: UniqueID, session: UniqueID) -> String {
        sign(claims(subject: subject, session: session))
    }

    /// The same, and the verifier remembers it: the process that issued a token need not check its signature.
    public func sign(subject: UniqueID, session: UniqueID, rememberedBy verifier: TokenVerifier) -> String {
        let claims = claims(subject: subject, session: session)
        let token = sign(claims)
        verifier.remember(claims, of: token)
        return token
    }

    private func claims(subject: UniqueID, session: UniqueID) -> TokenClaims {
        // To the second, as a token tells time.
        let now = Timestamp(milliseconds: clock().milliseconds / 1000 * 1000)
        let expires = Timestamp(milliseconds: now.milliseconds + lifetime.components.seconds * 1000)
        return TokenClaims(
            issuer: issuer, audience: audience, subject: subject, session: session, issuedAt: now, notBefore: now, expires: expires)
    }

    func sign(_ claims: TokenClaims) -> String {
        var token = head
        token += Base64.url.encodedBytes(JSON.encode(claims))
        let signature = key.signature(for: token)
        token.append(UInt8(ascii: "."))
        token += Base64.url.encodedBytes(signature)
        return String(decoding: token, as: UTF8.self)
    }
}
