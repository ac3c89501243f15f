/// A `bytea` where a type is needed: in arrays and optionals. A plain parameter or column needs none: see
/// ``ParameterWriter/append(bytes:)`` and ``Row/bytes(_:)``.
public struct Bytea: Hashable, Sendable {
    public var bytes: [UInt8]
    public init(_ bytes: [UInt8]) { self.bytes = bytes }
}

extension Bytea: PostgresEncodable, PostgresDecodable {
    public static var postgresType: PostgresType { .bytea }
    public func encode(into parameter: inout ParameterWriter) { parameter.write(bytes: bytes) }
    public init?(postgres bytes: RawSpan) { self.bytes = bytes.withUnsafeBytes(Array.init) }
}
