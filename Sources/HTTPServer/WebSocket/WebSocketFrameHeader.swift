/// The header of a frame (RFC 6455 §5.2).
struct WebSocketFrameHeader: Sendable, Equatable {
    /// Two bytes, eight of length, four of mask.
    static let longest = 14

    var opcode: WebSocketOpcode
    var isFinal: Bool
    var isCompressed: Bool
    var length: Int
    var mask: WebSocketMask?

    /// Bytes of a header that begins with `first` and `second`.
    @inline(__always)
    static func size(second: UInt8) -> Int {
        let extended = second & 0x7F == 126 ? 2 : second & 0x7F == 127 ? 8 : 0
        return 2 &+ extended &+ (second & 0x80 == 0 ? 0 : 4)
    }

    /// Reads a complete header.
    init(_ bytes: UnsafeRawPointer, allowsCompression: Bool) throws(WebSocketFault) {
        let first = bytes.load(as: UInt8.self), second = bytes.load(fromByteOffset: 1, as: UInt8.self)
        guard let opcode = WebSocketOpcode(rawValue: first & 0x0F) else { throw .reservedOpcode }
        self.opcode = opcode
        isFinal = first & 0x80 != 0
        // RSV1 marks the first frame of a compressed message, and no other frame (RFC 7692 §6).
        isCompressed = first & 0x40 != 0
        guard first & 0x30 == 0, !isCompressed || (allowsCompression && (opcode == .text || opcode == .binary)) else { throw .reservedBit }

        var offset = 2
        switch second & 0x7F {
        case 126:
            length = Int(UInt16(bigEndian: bytes.loadUnaligned(fromByteOffset: 2, as: UInt16.self)))
            offset = 4
            if opcode.isControl { throw .controlTooLong }
            guard length >= 126 else { throw .malformedLength }
        case 127:
            let long = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 2, as: UInt64.self))
            offset = 10
            if opcode.isControl { throw .controlTooLong }
            guard let fitting = Int(exactly: long), fitting > 0xFFFF else { throw .malformedLength }
            length = fitting
        case let short:
            length = Int(short)
        }
        if opcode.isControl, !isFinal { throw .controlFragmented }
        if second & 0x80 != 0 {
            mask = WebSocketMask(key: UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)))
        }
    }
}
