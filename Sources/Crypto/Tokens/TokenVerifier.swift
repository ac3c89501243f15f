public import JSON

/// Decides which access tokens are good. The rules are those of RFC 8725: one algorithm, keys of our own choosing, every claim required.
///
/// Checking a signature costs more than a hundred times what looking a token up does, so tokens found good are remembered until they expire.
public final class TokenVerifier: Sendable {
    /// Bytes that a token may have; ours have about 400.
    public static let longestToken = 2048
    /// How far the clocks of two of our machines may be apart: a token is good for so much longer.
    public static let leeway = Duration.seconds(60)

    private let keys: TokenKeyRing
    private let issuer: String
    private let audience: String
    private let longestLifetime: Duration?
    private let clock: @Sendable () -> Timestamp
    private let cache: VerifiedTokenCache

    /// - Parameters:
    ///   - issuer: The only `iss` that is accepted.
    ///   - audience: The only `aud` that is accepted.
    ///   - longestLifetime: Of a token, from its `iat` to its `exp`: what was issued for longer is refused. `nil` for any.
    ///   - cacheLimit: Tokens that are remembered at most, at about 200 bytes each.
    public init(
        keys: TokenKeyRing, issuer: String, audience: String, longestLifetime: Duration? = nil, cacheLimit: Int = 32_768,
        clock: @escaping @Sendable () -> Timestamp = { .now }
    ) {
        self.keys = keys
        self.issuer = issuer
        self.audience = audience
        self.longestLifetime = longestLifetime
        self.clock = clock
        cache = VerifiedTokenCache(limit: cacheLimit)
    }

    /// What the token says, if it was found good before and has not expired: costs no signature check.
    public func remembered(_ token: String) -> TokenClaims? {
        guard token.utf8.count <= Self.longestToken, let claims = cache.claims(of: SHA256.digest(of: Array(token.utf8))) else { return nil }
        return (try? checkTime(of: claims)).map { claims }
    }

    /// Remembers a token that was signed just now.
    func remember(_ claims: TokenClaims, of token: String) {
        cache.insert(claims, of: SHA256.digest(of: Array(token.utf8)))
    }

    /// What the token says, if it is good. Whether its session still lives is not known here.
    public func verify(_ token: String) throws(TokenRefusal) -> TokenClaims {
        guard token.utf8.count <= Self.longestToken else { throw .tooLong }
        let bytes = Array(token.utf8)
        let digest = SHA256.digest(of: bytes)
        if let claims = cache.claims(of: digest) {
            try checkTime(of: claims)
            return claims
        }
        let claims = try signedClaims(of: bytes)
        guard claims.issuer == issuer else { throw .wrongIssuer }
        guard claims.audience == audience else { throw .wrongAudience }
        if let longestLifetime, claims.lifetime > longestLifetime { throw .livesTooLong }
        try checkTime(of: claims)
        cache.insert(claims, of: digest)
        return claims
    }

    /// The claims, once the signature is found to be ours. Nothing of them is read before.
    private func signedClaims(of token: [UInt8]) throws(TokenRefusal) -> TokenClaims {
        let token = try CompactToken(token)
        let key = try key(for: token.header)
        let payload = try token.payload { signature, bytes in key.isValid(signature, for: bytes) }
        do {
            return try JSON.decode(TokenClaims.self, from: payload)
        } catch {
            throw .malformedClaims
        }
    }

    /// The key that the header names, if the header is such as ours are.
    private func key(for json: [UInt8]) throws(TokenRefusal) -> Ed25519.PublicKey {
        let header: TokenHeader
        do {
            header = try JSON.decode(from: json)
        } catch {
            throw .malformed
        }
        guard !header.hasForeignMembers else { throw .foreignHeader }
        guard header.algorithm == TokenHeader.algorithm else { throw .wrongAlgorithm }
        guard header.type == TokenHeader.type else { throw .wrongType }
        guard let key = keys.publicKey(header.key) else { throw .unknownKey }
        return key
    }

    private func checkTime(of claims: TokenClaims) throws(TokenRefusal) {
        let now = clock().milliseconds
        let leeway = Self.leeway.components.seconds * 1000
        guard now < claims.expires.milliseconds + leeway else { throw .expired }
        guard now >= claims.notBefore.milliseconds - leeway else { throw .notYetValid }
    }
}
