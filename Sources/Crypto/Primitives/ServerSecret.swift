/// The secret that an operator gives the service. It is used for nothing itself: each purpose has a key derived from it.
public struct ServerSecret: Sendable {
    /// Bytes that a secret has at least: as many as the keys derived from it.
    public static let leastByteCount = 32

    private let bytes: [UInt8]

    /// `nil` if there are fewer than ``leastByteCount`` bytes.
    public init?(_ bytes: [UInt8]) {
        guard bytes.count >= Self.leastByteCount else { return nil }
        self.bytes = bytes
    }

    /// A key of 32 bytes for one purpose. Those of different purposes tell nothing about each other or the secret.
    public func key(for purpose: StaticString) -> [UInt8] {
        let info = "parley \(purpose)"
        return HKDFSHA256.derive(from: bytes, info: Array(info.utf8), count: 32)
    }
}

extension ServerSecret: CustomStringConvertible, CustomReflectable {
    public var description: String { "ServerSecret(redacted)" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
