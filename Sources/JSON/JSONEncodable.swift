/// A value that writes itself as JSON.
public protocol JSONEncodable {
    /// Writes exactly one JSON value.
    func encode(into json: inout JSONWriter)
}

extension String: JSONEncodable {
    @inlinable
    public func encode(into json: inout JSONWriter) { json.string(self) }
}

extension Bool: JSONEncodable {
    @inlinable
    public func encode(into json: inout JSONWriter) { json.boolean(self) }
}

extension Double: JSONEncodable {
    @inlinable
    public func encode(into json: inout JSONWriter) { json.number(self) }
}

// `UInt8` is left out on purpose: bytes are never meant to become an array of numbers.
extension Int: JSONEncodable {}
extension Int16: JSONEncodable {}
extension Int32: JSONEncodable {}
extension Int64: JSONEncodable {}
extension UInt: JSONEncodable {}
extension UInt16: JSONEncodable {}
extension UInt32: JSONEncodable {}
extension UInt64: JSONEncodable {}

extension JSONEncodable where Self: FixedWidthInteger {
    @inlinable
    public func encode(into json: inout JSONWriter) { json.integer(self) }
}

/// An enumeration of names is written as its raw value.
extension JSONEncodable where Self: RawRepresentable, RawValue: JSONEncodable {
    @inlinable
    public func encode(into json: inout JSONWriter) { rawValue.encode(into: &json) }
}

/// `nil` is written as `null`; ``JSONWriter/field(_:ifPresent:)`` leaves the member out instead.
extension Optional: JSONEncodable where Wrapped: JSONEncodable {
    @inlinable
    public func encode(into json: inout JSONWriter) {
        switch self {
        case .some(let value): value.encode(into: &json)
        case .none: json.null()
        }
    }
}

extension Array: JSONEncodable where Element: JSONEncodable {
    @inlinable
    public func encode(into json: inout JSONWriter) {
        json.beginArray()
        for element in self { element.encode(into: &json) }
        json.endArray()
    }
}

/// Written in the order of the keys, so that the same dictionary always gives the same bytes.
extension Dictionary: JSONEncodable where Key == String, Value: JSONEncodable {
    @inlinable
    public func encode(into json: inout JSONWriter) {
        json.beginObject()
        for (key, value) in sorted(by: { $0.key < $1.key }) {
            json.key(key)
            value.encode(into: &json)
        }
        json.endObject()
    }
}
