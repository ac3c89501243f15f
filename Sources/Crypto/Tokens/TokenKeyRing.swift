/// The keys that access tokens are signed with and accepted under.
///
/// Each is derived from a server secret and named by its public half, so that all processes that share the secret agree on both. To
/// rotate, make the old secret a previous one for as long as its tokens live.
public struct TokenKeyRing: Sendable {
    /// Keys that a ring may have, the active one included.
    public static let limit = 8

    let active: TokenKey
    private let publicKeys: [String: Ed25519.PublicKey]

    /// - Parameters:
    ///   - active: Signs new tokens, and accepts them.
    ///   - previous: Accepts tokens only.
    /// - Returns: `nil` if there are more than ``limit`` secrets.
    public init?(active: ServerSecret, previous: [ServerSecret] = []) {
        guard previous.count < Self.limit else { return nil }
        self.active = TokenKey(active)
        let keys = [self.active] + previous.map(TokenKey.init)
        publicKeys = Dictionary(keys.map { ($0.id, $0.publicKey) }, uniquingKeysWith: { first, _ in first })
    }

    /// The key of that name. A name that is no such name at all is not even looked up.
    func publicKey(_ id: String) -> Ed25519.PublicKey? {
        TokenKey.isID(id) ? publicKeys[id] : nil
    }
}

/// One key pair for tokens.
struct TokenKey: Sendable {
    /// The `kid`: 12 characters of the public key's hash.
    let id: String
    let privateKey: Ed25519.PrivateKey
    let publicKey: Ed25519.PublicKey

    init(_ secret: ServerSecret) {
        guard let privateKey = Ed25519.PrivateKey(seed: secret.key(for: "access token")),
            let publicKey = Ed25519.PublicKey(bytes: privateKey.publicKey)
        else { preconditionFailure("32 bytes are a key unless memory has run out") }
        self.privateKey = privateKey
        self.publicKey = publicKey
        id = Base64.url.encode(Array(SHA256.digest(of: privateKey.publicKey).bytes.prefix(9)))
    }

    /// Whether the text could name a key: 1 to 64 letters, digits, `-` and `_`.
    static func isID(_ text: String) -> Bool {
        1...64 ~= text.utf8.count
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                    UInt8(ascii: "-"), UInt8(ascii: "_"):
                    true
                default: false
                }
            }
    }
}
