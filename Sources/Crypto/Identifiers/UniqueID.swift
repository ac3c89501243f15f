/// A UUID of any version. Source: RFC 9562.
///
/// Two words instead of sixteen bytes: comparing and hashing cost next to nothing, and the order of two ids is that of their bytes, which
/// is also PostgreSQL's. The product wraps it, as in `Identifier<Message>`.
public struct UniqueID: Sendable, Hashable {
    public static let byteCount = 16

    /// The first eight bytes, big-endian.
    public let high: UInt64
    /// The last eight bytes, big-endian.
    public let low: UInt64

    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// The id in its binary form; `nil` if that has not 16 bytes.
    public init?(bytes: UnsafeRawBufferPointer) {
        guard bytes.count == Self.byteCount else { return nil }
        high = UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self))
        low = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
    }

    /// The id in its binary form; `nil` if that has not 16 bytes.
    public init?(bytes: [UInt8]) {
        guard let id = bytes.withUnsafeBytes({ UniqueID(bytes: $0) }) else { return nil }
        self = id
    }

    /// The sixteen bytes, in network order.
    public var bytes: [UInt8] {
        withUnsafeBytes(of: (high.bigEndian, low.bigEndian)) { [UInt8]($0) }
    }

    /// Which of RFC 9562's layouts the id says it has.
    public var version: Int { Int(high >> 12 & 0xF) }
}

extension UniqueID: Comparable {
    public static func < (left: UniqueID, right: UniqueID) -> Bool {
        left.high == right.high ? left.low < right.low : left.high < right.high
    }
}
