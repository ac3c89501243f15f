/// The bytes of a message or a control frame.
public enum WebSocketPayload {
    /// Where they arrived. Valid until the call ends in which the input was lent.
    case lent(UnsafeRawBufferPointer)
    /// Put together from several pieces.
    case owned([UInt8])

    /// Lends the bytes to `body`.
    public func withUnsafeBytes<Value, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        switch self {
        case .lent(let bytes): try body(bytes)
        case .owned(let bytes):
            try bytes.withUnsafeBufferPointer { buffer throws(Failure) in try body(UnsafeRawBufferPointer(buffer)) }
        }
    }

    public var count: Int {
        switch self {
        case .lent(let bytes): bytes.count
        case .owned(let bytes): bytes.count
        }
    }
}
