/// The payload of a close frame (RFC 6455 §5.5.1).
struct WebSocketGoodbye {
    /// `nil` when the frame is empty.
    let code: WebSocketCloseCode?
    let reason: String

    init(_ payload: UnsafeRawBufferPointer) throws(WebSocketFault) {
        guard payload.count > 0 else {
            code = nil
            reason = ""
            return
        }
        guard payload.count >= 2 else { throw .malformedClose }
        let code = WebSocketCloseCode(rawValue: UInt16(payload[0]) << 8 | UInt16(payload[1]))
        guard code.mayBeSent else { throw .malformedClose }
        guard let reason = String(validating: payload[2...], as: UTF8.self) else { throw .invalidUTF8 }
        self.code = code
        self.reason = reason
    }
}
