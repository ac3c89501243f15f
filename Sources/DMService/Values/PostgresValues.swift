public import Crypto
public import JSON
public import Postgres

// How the values of the product stand in the database, in the server's binary format.

extension UniqueID: PostgresEncodable, PostgresDecodable {
    public static var postgresType: PostgresType { .uuid }

    public func encode(into parameter: inout ParameterWriter) {
        parameter.write(high)
        parameter.write(low)
    }

    public init?(postgres bytes: RawSpan) {
        guard bytes.byteCount == UniqueID.byteCount else { return nil }
        self.init(
            high: UInt64(bigEndian: bytes.unsafeLoadUnaligned(as: UInt64.self)),
            low: UInt64(bigEndian: bytes.unsafeLoadUnaligned(fromByteOffset: 8, as: UInt64.self)))
    }
}

extension Identifier: PostgresEncodable, PostgresDecodable {
    static var postgresType: PostgresType { .uuid }

    func encode(into parameter: inout ParameterWriter) { value.encode(into: &parameter) }

    init?(postgres bytes: RawSpan) {
        guard let value = UniqueID(postgres: bytes) else { return nil }
        self.init(value)
    }
}

extension Timestamp: PostgresEncodable, PostgresDecodable {
    public static var postgresType: PostgresType { .timestamptz }

    public func encode(into parameter: inout ParameterWriter) {
        PostgresTimestamp(millisecondsSince1970: milliseconds).encode(into: &parameter)
    }

    public init?(postgres bytes: RawSpan) {
        guard let timestamp = PostgresTimestamp(postgres: bytes) else { return nil }
        self.init(milliseconds: timestamp.millisecondsSince1970)
    }
}
