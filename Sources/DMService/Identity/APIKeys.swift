internal import Crypto
internal import HTTPServer

/// A key of the host app's servers. The key itself is not kept: what lies in memory lets nobody in.
struct APIKey: Sendable {
    /// What operators call it; stands in logs.
    let name: String
    let digest: SHA256.Digest

    /// Visible ASCII characters that a key has. Source: as strong as a digest, and such as a header can carry.
    static let lengths = 32...256

    /// - Parameter value: the key itself, or `sha256:` and the 64 hexadecimal digits of its SHA-256.
    /// - Returns: `nil` for a name that is not 1 to 32 of `a-z 0-9 _ -`, and for a key that is too short or not visible ASCII.
    init?(name: String, value: String) {
        guard 1...32 ~= name.utf8.count, name.utf8.allSatisfy(Self.isNameByte) else { return nil }
        self.name = name
        if value.hasPrefix(Self.digestPrefix) {
            let digits = String(value.dropFirst(Self.digestPrefix.count))
            guard let bytes = Hex.decode(digits), let digest = SHA256.Digest(bytes) else { return nil }
            self.digest = digest
        } else {
            guard Self.lengths ~= value.utf8.count, value.utf8.allSatisfy({ 0x21...0x7E ~= $0 }) else { return nil }
            digest = SHA256.digest(of: Array(value.utf8))
        }
    }

    private static let digestPrefix = "sha256:"

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"): true
        default: false
        }
    }
}

/// Decides which of the host app's servers is asking, by the `X-API-Key` that it brings.
struct APIKeys: Sendable {
    let keys: [APIKey]
    let limits: RateLimits
    let proxies: TrustedProxies

    /// - Throws: 401 `unauthenticated`; 429 `rate_limited` for an address that has sent too many wrong keys. Who brings a good one is let in
    ///   wherever they come from.
    func context(of request: Request) throws(HTTPError) -> HostContext {
        guard let text = request.headers[.xAPIKey] else { throw .wrongKey }
        if let key = key(text) { return HostContext(key: key.name) }
        if let verdict = limits.take(.failedAuthentication, for: .address(of: request, behind: proxies)), verdict.wait != nil {
            throw .rateLimited(verdict)
        }
        throw .wrongKey
    }

    /// Looks at all of them, whichever fits: digests of unlike keys tell nothing about where the keys differ.
    private func key(_ text: String) -> APIKey? {
        guard text.utf8.count <= APIKey.lengths.upperBound else { return nil }
        let digest = SHA256.digest(of: Array(text.utf8))
        return keys.reduce(nil) { found, key in key.digest == digest ? key : found }
    }
}

extension HTTPError {
    fileprivate static let wrongKey = HTTPError(
        .unauthenticated, "Send a key that the operator gave you as X-API-Key.", headers: [HeaderField(.wwwAuthenticate, "APIKey")])
}
