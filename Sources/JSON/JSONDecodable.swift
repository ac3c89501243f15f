/// A value that reads itself from JSON.
public protocol JSONDecodable {
    /// Reads exactly one JSON value.
    init(from json: inout JSONReader) throws(JSONError)
}

extension String: JSONDecodable {
    @inlinable
    public init(from json: inout JSONReader) throws(JSONError) { self = try json.string() }
}

extension Bool: JSONDecodable {
    @inlinable
    public init(from json: inout JSONReader) throws(JSONError) { self = try json.boolean() }
}

extension Double: JSONDecodable {
    @inlinable
    public init(from json: inout JSONReader) throws(JSONError) { self = try json.number() }
}

extension Int: JSONDecodable {}
extension Int16: JSONDecodable {}
extension Int32: JSONDecodable {}
extension Int64: JSONDecodable {}
extension UInt: JSONDecodable {}
extension UInt16: JSONDecodable {}
extension UInt32: JSONDecodable {}
extension UInt64: JSONDecodable {}

extension JSONDecodable where Self: FixedWidthInteger {
    @inlinable
    public init(from json: inout JSONReader) throws(JSONError) { self = try json.integer() }
}

/// An enumeration of names is read from its raw value; a name it does not have is `.invalidValue`.
extension JSONDecodable where Self: RawRepresentable & CaseIterable, RawValue == String {
    public init(from json: inout JSONReader) throws(JSONError) {
        guard let value = Self(rawValue: try json.string()) else {
            throw json.invalid(expected: "one of " + Self.allCases.map(\.rawValue).joined(separator: ", "))
        }
        self = value
    }
}

/// `null` is read as `nil`. A member that is absent is the business of the object it is absent from.
extension Optional: JSONDecodable where Wrapped: JSONDecodable {
    @inlinable
    public init(from json: inout JSONReader) throws(JSONError) {
        self = try json.null() ? nil : try Wrapped(from: &json)
    }
}

extension Array: JSONDecodable where Element: JSONDecodable {
    @inlinable
    public init(from json: inout JSONReader) throws(JSONError) {
        self = []
        try json.beginArray()
        while try json.nextElement() { append(try Element(from: &json)) }
    }
}

extension Dictionary: JSONDecodable where Key == String, Value: JSONDecodable {
    @inlinable
    public init(from json: inout JSONReader) throws(JSONError) {
        self = [:]
        try json.beginObject()
        while let key = try json.nextKey() {
            let name = key.string
            self[name] = try Value(from: &json)
        }
    }
}
