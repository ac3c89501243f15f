public import JSON

/// Decides which tokens of the host app are good, by the keys that it publishes. The rules are those of RFC 8725: the key that `kid` names
/// says the algorithm, and the token's `alg` must agree.
public struct HostTokenVerifier: Sendable {
    /// Bytes that a token may have. Half of a request's head.
    public static let longestToken = 8192

    private let issuer: String?
    private let audience: String?
    private let clock: @Sendable () -> Timestamp

    /// - Parameters:
    ///   - issuer: The only `iss` that is accepted; `nil` for any, and none.
    ///   - audience: What `aud` must name; `nil` for any, and none.
    public init(issuer: String?, audience: String?, clock: @escaping @Sendable () -> Timestamp = { .now }) {
        self.issuer = issuer
        self.audience = audience
        self.clock = clock
    }

    /// What the token says, if it is good.
    ///
    /// - Throws: ``TokenRefusal``; `.unknownKey` only for what could be a token under a key that has been published since.
    public func verify(_ token: String, under keys: JSONWebKeySet) throws(TokenRefusal) -> HostTokenClaims {
        guard token.utf8.count <= Self.longestToken else { throw .tooLong }
        let token = try CompactToken(Array(token.utf8))
        let key = try key(for: token.header, among: keys)
        let payload = try token.payload { signature, bytes in key.isValid(signature, for: bytes) }
        let claims: HostTokenClaims
        do { claims = try JSON.decode(from: payload) } catch { throw .malformedClaims }
        if let issuer, claims.issuer != issuer { throw .wrongIssuer }
        if let audience, !claims.audiences.contains(audience) { throw .wrongAudience }
        try checkTime(of: claims)
        return claims
    }

    private func key(for json: [UInt8], among keys: JSONWebKeySet) throws(TokenRefusal) -> VerifyingKey {
        let header: HostTokenHeader
        do { header = try JSON.decode(from: json) } catch { throw .malformed }
        guard !header.isExtended else { throw .foreignHeader }
        guard let algorithm = VerifyingKey.Algorithm(rawValue: header.algorithm) else { throw .wrongAlgorithm }
        guard header.isOfAccess else { throw .wrongType }
        guard HostTokenHeader.isKeyName(header.key) else { throw .malformed }
        guard let key = keys.key(header.key) else { throw .unknownKey }
        guard key.algorithm == algorithm else { throw .wrongAlgorithm }
        return key
    }

    private func checkTime(of claims: HostTokenClaims) throws(TokenRefusal) {
        let now = clock().milliseconds
        let leeway = TokenVerifier.leeway.components.seconds * 1000
        guard now < claims.expires.milliseconds + leeway else { throw .expired }
        guard now >= max(claims.issuedAt.milliseconds, claims.notBefore?.milliseconds ?? 0) - leeway else { throw .notYetValid }
    }
}
