import CCrypto

/// SHA-256. Source: FIPS 180-4.
public enum SHA256 {
    public static func digest(of bytes: [UInt8]) -> Digest {
        bytes.withUnsafeBytes(digest(of:))
    }

    public static func digest(of bytes: UnsafeRawBufferPointer) -> Digest {
        Digest { digest in
            precondition(ccrypto_sha256(bytes.baseAddress, bytes.count, digest), "libcrypto has no SHA-256")
        }
    }

    /// The 32 bytes that SHA-256 and HMAC-SHA-256 give. Comparing two takes the same time whatever they are.
    public struct Digest: Sendable, Hashable {
        public static let byteCount = 32

        private let words: Words

        /// A digest that came from elsewhere; `nil` if it has not 32 bytes.
        public init?(_ bytes: [UInt8]) {
            guard bytes.count == Self.byteCount else { return nil }
            self.init { $0.initialize(from: bytes, count: bytes.count) }
        }

        /// - Parameter fill: Writes all 32 bytes.
        init(_ fill: (UnsafeMutablePointer<UInt8>) -> Void) {
            var words: Words = (0, 0, 0, 0)
            withUnsafeMutablePointer(to: &words) { words in
                words.withMemoryRebound(to: UInt8.self, capacity: Self.byteCount, fill)
            }
            self.words = words
        }

        public var bytes: [UInt8] { withUnsafeBytes(of: words) { [UInt8]($0) } }

        /// A byte that ``hash(into:)`` does not look at.
        var lastByte: UInt8 { UInt8(truncatingIfNeeded: words.3) }

        public static func == (left: Self, right: Self) -> Bool {
            (left.words.0 ^ right.words.0) | (left.words.1 ^ right.words.1) | (left.words.2 ^ right.words.2)
                | (left.words.3 ^ right.words.3) == 0
        }

        /// A digest's bits are as good as random: any eight of its bytes tell it from the others.
        public func hash(into hasher: inout Hasher) { hasher.combine(words.0) }

        private typealias Words = (UInt64, UInt64, UInt64, UInt64)
    }
}
