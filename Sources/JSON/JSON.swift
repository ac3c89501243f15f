/// JSON as RFC 8259 has it, read strictly: UTF-8 without a byte order mark, no name twice in an object, no lone surrogate, a depth limit, and
/// nothing after the value.
public enum JSON {
    /// How deep arrays and objects may stand inside each other unless the caller says otherwise.
    public static let depthLimit = 32

    /// Reads one whole document.
    ///
    /// - Throws: ``JSONError`` with the path and the offset of the first thing that is wrong.
    @inlinable
    public static func decode<Value: JSONDecodable>(
        _ type: Value.Type = Value.self, from bytes: [UInt8], depthLimit: Int = depthLimit
    ) throws(JSONError) -> Value {
        try bytes.withUnsafeBufferPointer { buffer throws(JSONError) in
            try decode(type, from: UnsafeRawBufferPointer(buffer), depthLimit: depthLimit)
        }
    }

    /// Reads one whole document from bytes that are lent for the call.
    ///
    /// - Throws: ``JSONError`` with the path and the offset of the first thing that is wrong.
    @inlinable
    public static func decode<Value: JSONDecodable>(
        _ type: Value.Type = Value.self, from bytes: UnsafeRawBufferPointer, depthLimit: Int = depthLimit
    ) throws(JSONError) -> Value {
        var reader = JSONReader(try JSONDocument(bytes), depthLimit: depthLimit)
        let value = try Value(from: &reader)
        try reader.finish()
        return value
    }

    /// Writes `value` as one document.
    @inlinable
    public static func encode(_ value: some JSONEncodable) -> [UInt8] {
        var json = JSONWriter()
        value.encode(into: &json)
        return json.finish()
    }
}
