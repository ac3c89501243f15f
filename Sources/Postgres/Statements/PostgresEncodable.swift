/// A value that can be bound to a parameter, in the server's binary format.
///
/// A type with a raw value that conforms needs nothing more than to declare it:
///
///     extension Identifier: PostgresEncodable {
///         static var postgresType: PostgresType { .int8 }
///         func encode(into parameter: inout ParameterWriter) { parameter.write(rawValue) }
///     }
public protocol PostgresEncodable: PostgresTyped {
    /// Writes the value's bytes, and nothing for NULL.
    func encode(into parameter: inout ParameterWriter)

    /// Whether the value stands for NULL. Only an `Optional` ever does.
    var isNull: Bool { get }
}

extension PostgresEncodable {
    @inlinable public var isNull: Bool { false }
}

extension PostgresEncodable where Self: RawRepresentable, RawValue: PostgresEncodable {
    public func encode(into parameter: inout ParameterWriter) { rawValue.encode(into: &parameter) }
}

extension Int16: PostgresEncodable {
    public static var postgresType: PostgresType { .int2 }
    public func encode(into parameter: inout ParameterWriter) { parameter.write(self) }
}

extension Int32: PostgresEncodable {
    public static var postgresType: PostgresType { .int4 }
    public func encode(into parameter: inout ParameterWriter) { parameter.write(self) }
}

extension Int64: PostgresEncodable {
    public static var postgresType: PostgresType { .int8 }
    public func encode(into parameter: inout ParameterWriter) { parameter.write(self) }
}

extension Bool: PostgresEncodable {
    public static var postgresType: PostgresType { .bool }
    public func encode(into parameter: inout ParameterWriter) { parameter.write(UInt8(self ? 1 : 0)) }
}

extension Double: PostgresEncodable {
    public static var postgresType: PostgresType { .float8 }
    public func encode(into parameter: inout ParameterWriter) { parameter.write(bitPattern) }
}

extension String: PostgresEncodable {
    public static var postgresType: PostgresType { .text }
    public func encode(into parameter: inout ParameterWriter) { parameter.write(utf8: self) }
}

extension Optional: PostgresTyped where Wrapped: PostgresTyped {
    @inlinable public static var postgresType: PostgresType { Wrapped.postgresType }
}

extension Optional: PostgresEncodable where Wrapped: PostgresEncodable {
    @inlinable public var isNull: Bool { self == nil }
    @inlinable public func encode(into parameter: inout ParameterWriter) { self?.encode(into: &parameter) }
}
