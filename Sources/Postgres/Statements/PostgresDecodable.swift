/// A value that can be read from a column, in the server's binary format.
public protocol PostgresDecodable: PostgresTyped {
    /// Whether columns of `type` hold such a value. Only ``postgresType``, unless the type says otherwise.
    static func canDecode(_ type: PostgresType) -> Bool

    /// Reads the value, or answers `nil` when the bytes are none.
    init?(postgres bytes: RawSpan)
}

extension PostgresDecodable {
    public static func canDecode(_ type: PostgresType) -> Bool { type == postgresType }
}

extension PostgresDecodable where Self: RawRepresentable, RawValue: PostgresDecodable {
    public static func canDecode(_ type: PostgresType) -> Bool { RawValue.canDecode(type) }

    public init?(postgres bytes: RawSpan) {
        guard let rawValue = RawValue(postgres: bytes) else { return nil }
        self.init(rawValue: rawValue)
    }
}

extension FixedWidthInteger where Self: BitwiseCopyable {
    /// An integer in network byte order that takes all of `bytes`.
    public init?(bigEndian bytes: RawSpan) {
        guard bytes.byteCount == MemoryLayout<Self>.size else { return nil }
        self.init(bigEndian: bytes.unsafeLoadUnaligned(as: Self.self))
    }
}

extension Int16: PostgresDecodable {
    public init?(postgres bytes: RawSpan) { self.init(bigEndian: bytes) }
}

extension Int32: PostgresDecodable {
    public init?(postgres bytes: RawSpan) { self.init(bigEndian: bytes) }
}

extension Int64: PostgresDecodable {
    public static func canDecode(_ type: PostgresType) -> Bool { type == .int8 || type == .xid8 }
    public init?(postgres bytes: RawSpan) { self.init(bigEndian: bytes) }
}

extension Bool: PostgresDecodable {
    public init?(postgres bytes: RawSpan) {
        guard let byte = UInt8(bigEndian: bytes) else { return nil }
        self = byte != 0
    }
}

extension Double: PostgresDecodable {
    public init?(postgres bytes: RawSpan) {
        guard let bits = UInt64(bigEndian: bytes) else { return nil }
        self.init(bitPattern: bits)
    }
}

extension String: PostgresDecodable {
    public static func canDecode(_ type: PostgresType) -> Bool {
        type == .text || type == .varchar || type == .json || type.isUserDefined
    }

    public init?(postgres bytes: RawSpan) {
        guard let text = bytes.withUnsafeBytes({ String(validating: $0, as: UTF8.self) }) else { return nil }
        self = text
    }
}
