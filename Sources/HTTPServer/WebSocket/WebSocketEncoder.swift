/// Makes frames (RFC 6455 §5.2), each an array of its own, so that one frame can be sent to many sockets.
public enum WebSocketEncoder {
    /// Largest payload of a ping, pong or close frame, in bytes. Source: RFC 6455 §5.5.
    public static let controlPayload = 125

    public static func text(_ utf8: [UInt8]) -> [UInt8] { frame(.text, utf8) }

    public static func binary(_ bytes: [UInt8]) -> [UInt8] { frame(.binary, bytes) }

    /// - Parameter reason: for people; cut to the 123 bytes that fit, between two characters.
    public static func close(_ code: WebSocketCloseCode, reason: String = "", mask: UInt32? = nil) -> [UInt8] {
        var payload = [UInt8(code.rawValue >> 8), UInt8(truncatingIfNeeded: code.rawValue)]
        for scalar in reason.unicodeScalars {
            let character = Array(String(scalar).utf8)
            guard payload.count + character.count <= controlPayload else { break }
            payload += character
        }
        return frame(.close, payload, mask: mask)
    }

    /// - Parameter mask: a client's frames carry one that nobody can foresee; a server's carry none (RFC 6455 §5.1).
    public static func frame(_ opcode: WebSocketOpcode, _ payload: [UInt8], mask: UInt32? = nil) -> [UInt8] {
        payload.withUnsafeBytes { frame(opcode, $0, mask: mask) }
    }

    /// - Parameters:
    ///   - isFinal: whether the message ends here; `false` for all but the last of its fragments.
    ///   - isCompressed: whether the payload is the first or only frame of a compressed message (RFC 7692 §6).
    public static func frame(
        _ opcode: WebSocketOpcode, _ payload: UnsafeRawBufferPointer, isFinal: Bool = true, isCompressed: Bool = false,
        mask: UInt32? = nil
    ) -> [UInt8] {
        let capacity = WebSocketFrameHeader.longest + payload.count
        return [UInt8](unsafeUninitializedCapacity: capacity) { memory, count in
            let bytes = UnsafeMutableRawBufferPointer(memory)
            bytes[0] = (isFinal ? 0x80 : 0) | (isCompressed ? 0x40 : 0) | opcode.rawValue
            let maskBit: UInt8 = mask == nil ? 0 : 0x80
            var offset = 2
            switch payload.count {
            case ...125:
                bytes[1] = maskBit | UInt8(payload.count)
            case ...0xFFFF:
                bytes[1] = maskBit | 126
                bytes.storeBytes(of: UInt16(payload.count).bigEndian, toByteOffset: 2, as: UInt16.self)
                offset = 4
            default:
                bytes[1] = maskBit | 127
                bytes.storeBytes(of: UInt64(payload.count).bigEndian, toByteOffset: 2, as: UInt64.self)
                offset = 10
            }
            if let mask {
                bytes.storeBytes(of: mask.littleEndian, toByteOffset: offset, as: UInt32.self)
                offset += 4
            }
            count = offset + payload.count
            let body = UnsafeMutableRawBufferPointer(rebasing: bytes[offset..<count])
            body.copyMemory(from: payload)
            if let mask { WebSocketMask(key: mask).apply(to: body, offset: 0) }
        }
    }
}
