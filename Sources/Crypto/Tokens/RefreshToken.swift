/// A token that is good for one new pair of tokens: 256 random bits that say nothing. The database knows its digest alone.
public struct RefreshToken: Sendable {
    private static let byteCount = 32
    /// As many characters as 32 bytes, and no other number of them, have in base64url.
    private static let textCount = 43

    private let bytes: [UInt8]

    /// A new token, the first of its family.
    public static func random() -> RefreshToken {
        RefreshToken(bytes: SecureRandom.bytes(byteCount))
    }

    /// Reads what ``text`` gave; `nil` for anything else.
    public init?(_ text: String) {
        guard text.utf8.count == Self.textCount, let bytes = Base64.url.decode(text) else { return nil }
        self.bytes = bytes
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    /// The 43 characters that its owner keeps.
    public var text: String { Base64.url.encode(bytes) }

    /// What the database stores. A plain hash is enough: nobody guesses 256 bits.
    public var digest: SHA256.Digest { SHA256.digest(of: bytes) }

    /// The token that follows this one, always the same.
    ///
    /// So a client whose answer got lost gets the same successor on its retry, and no usable token need be stored for that. After the
    /// server's secret has changed the successor is another: such a retry finds no token and has to log in.
    public func successor(under key: SuccessorKey) -> RefreshToken {
        RefreshToken(bytes: HMACSHA256.tag(for: Array("refresh successor".utf8) + bytes, key: key.bytes).bytes)
    }

    /// A token for one purpose, always the same: whoever asks for it again gets it again, and it need not be stored.
    ///
    /// - Parameter purpose: nothing else is derived from. Of a fixed beginning, so that it is no other token's.
    public static func derived(from purpose: [UInt8], under key: SuccessorKey) -> RefreshToken {
        RefreshToken(bytes: HMACSHA256.tag(for: Array("token for a purpose".utf8) + purpose, key: key.bytes).bytes)
    }

    /// What successors are derived under: nobody without it can tell a token's successor from the token.
    public struct SuccessorKey: Sendable {
        fileprivate let bytes: [UInt8]

        public init(_ secret: ServerSecret) { bytes = secret.key(for: "refresh token") }
    }
}

extension RefreshToken: CustomStringConvertible, CustomReflectable {
    public var description: String { "RefreshToken(redacted)" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
