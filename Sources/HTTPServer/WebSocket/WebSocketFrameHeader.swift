/// The header of a frame (RFC 6455 §5.2).
struct WebSocketFrameHeader: Equatable {
    /// Two bytes, eight of length, four of mask.
    static let longest = 14

    var opcode: WebSocketOpcode
    var isFinal: Bool
    var isCompressed: Bool
    var length: Int
    var mask: WebSocketMask?

    /// How many bytes a header has, as its second byte tells.
    struct Size: Equatable {
        var beforeMask: Int
        var isMasked: Bool

        init(second: UInt8) {
            beforeMask = second & 0x7F == 126 ? 4 : second & 0x7F == 127 ? 10 : 2
            isMasked = second & 0x80 != 0
        }

        var total: Int { isMasked ? beforeMask + 4 : beforeMask }
    }

    /// Reads a complete header, or one that lacks its mask.
    init(_ bytes: UnsafeRawPointer, _ size: Size, hasMask: Bool, allowsCompression: Bool) throws(WebSocketFault) {
        let first = bytes.load(as: UInt8.self), second = bytes.load(fromByteOffset: 1, as: UInt8.self)
        opcode = try Self.check(first, second, allowsCompression: allowsCompression)
        isFinal = first & 0x80 != 0
        isCompressed = first & 0x40 != 0
        switch size.beforeMask {
        case 4:
            length = Int(UInt16(bigEndian: bytes.loadUnaligned(fromByteOffset: 2, as: UInt16.self)))
            guard length > 125 else { throw .malformedLength }
        case 10:
            let long = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 2, as: UInt64.self))
            guard let fitting = Int(exactly: long), fitting > 0xFFFF else { throw .malformedLength }
            length = fitting
        default:
            length = Int(second & 0x7F)
        }
        guard hasMask else { return }
        mask = WebSocketMask(key: UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: size.beforeMask, as: UInt32.self)))
    }

    /// Checks what the first two bytes tell.
    @discardableResult
    static func check(_ first: UInt8, _ second: UInt8, allowsCompression: Bool) throws(WebSocketFault) -> WebSocketOpcode {
        guard let opcode = WebSocketOpcode(rawValue: first & 0x0F) else { throw .reservedOpcode }
        // RSV1 marks the first frame of a compressed message, and no other frame (RFC 7692 §6).
        let mayBeCompressed = allowsCompression && (opcode == .text || opcode == .binary)
        guard first & 0x30 == 0, first & 0x40 == 0 || mayBeCompressed else { throw .reservedBit }
        if opcode.isControl {
            guard first & 0x80 != 0 else { throw .controlFragmented }
            guard second & 0x7F <= WebSocketEncoder.controlPayload else { throw .controlTooLong }
        }
        return opcode
    }
}
