/// A value kept as the bytes it was written in, to be read once more is known about it, or to be passed on unread.
///
/// A frame's `data` is one: what it holds depends on the frame's `type`, which may stand after it.
public struct JSONFragment: Equatable, Sendable {
    /// One JSON value, checked when it was read.
    public let bytes: [UInt8]

    /// Reads the value. Path and offset of an error count from the value's own start.
    @inlinable
    public func decode<Value: JSONDecodable>(_ type: Value.Type = Value.self) throws(JSONError) -> Value {
        try JSON.decode(type, from: bytes)
    }
}

extension JSONFragment: JSONDecodable {
    public init(from json: inout JSONReader) throws(JSONError) {
        bytes = try json.skippedBytes()
    }
}

extension JSONFragment: JSONEncodable {
    public func encode(into json: inout JSONWriter) { json.raw(bytes) }
}
