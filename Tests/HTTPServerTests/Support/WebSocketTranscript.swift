@testable import HTTPServer

/// What a decoder made of a stream of frames.
struct WebSocketTranscript: Equatable, CustomStringConvertible {
    var events: [String] = []
    var fault: WebSocketFault?
    /// How many bytes had been given to the decoder when the fault came.
    var faultPosition = 0

    var description: String { (events + (fault.map { ["\($0)"] } ?? [])).joined(separator: " · ") }

    init(
        _ bytes: [UInt8], _ fragmentation: Fragmentation = .whole, role: WebSocketDecoder.Role = .server, messageLimit: Int = 65_536,
        fragmentLimit: Int = 1_024, inflationLimit: Int = 10, inflater: WebSocketInflater? = nil
    ) {
        var decoder = WebSocketDecoder(
            role: role, messageLimit: messageLimit, fragmentLimit: fragmentLimit, inflationLimit: inflationLimit, inflater: inflater)
        var given = 0
        for piece in fragmentation.pieces(of: bytes) {
            given += piece.count
            var piece = piece
            piece.withUnsafeMutableBytes { piece in
                var input = piece
                while let event = decoder.next(&input) {
                    take(event)
                    if fault != nil, faultPosition == 0 { faultPosition = given }
                }
            }
        }
    }

    private mutating func take(_ event: WebSocketDecoder.Event) {
        switch event {
        case .text(let payload): events.append("text " + Self.text(payload))
        case .binary(let payload):
            events.append("binary " + payload.withUnsafeBytes { $0.map { String($0, radix: 16) }.joined(separator: " ") })
        case .ping(let payload): events.append("ping " + Self.text(payload))
        case .pong(let payload): events.append("pong " + Self.text(payload))
        case .close(let code, let reason): events.append("close \(code?.rawValue ?? 0) \(reason)")
        case .failed(let fault): self.fault = fault
        }
    }

    private static func text(_ payload: WebSocketPayload) -> String {
        let text = payload.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
        return text.utf8.count > 60 ? "(\(text.utf8.count) bytes)" : text
    }
}

/// Makes frames, the wrong ones too.
enum Frames {
    static let key: UInt32 = 0x5AC3_0FF1

    /// A client's frame with exactly these first bits, whatever they mean.
    static func raw(_ first: UInt8, _ payload: [UInt8], masked: Bool = true) -> [UInt8] {
        var frame = WebSocketEncoder.frame(.binary, payload, mask: masked ? key : nil)
        frame[0] = first
        return frame
    }

    static func client(_ opcode: WebSocketOpcode, _ text: String, isFinal: Bool = true) -> [UInt8] {
        client(opcode, Array(text.utf8), isFinal: isFinal)
    }

    static func client(_ opcode: WebSocketOpcode, _ payload: [UInt8], isFinal: Bool = true) -> [UInt8] {
        payload.withUnsafeBytes { WebSocketEncoder.frame(opcode, $0, isFinal: isFinal, mask: key) }
    }

    /// A client's frame whose length is written in `bytes` bytes, followed by nothing.
    static func header(_ first: UInt8, length: UInt64, in bytes: Int, masked: Bool = true) -> [UInt8] {
        let bit: UInt8 = masked ? 0x80 : 0
        var frame = [first, bit | (bytes == 2 ? 126 : bytes == 8 ? 127 : UInt8(length))]
        for index in (0..<(bytes > 1 ? bytes : 0)).reversed() { frame.append(UInt8(truncatingIfNeeded: length >> (8 * UInt64(index)))) }
        return frame + (masked ? [1, 2, 3, 4] : [])
    }

    static func close(_ code: UInt16, _ reason: [UInt8] = []) -> [UInt8] {
        client(.close, [UInt8(code >> 8), UInt8(truncatingIfNeeded: code)] + reason)
    }
}
