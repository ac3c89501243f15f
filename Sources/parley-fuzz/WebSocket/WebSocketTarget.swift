import HTTPServer

/// Frames of one side of a WebSocket, with permessage-deflate or without.
struct WebSocketTarget: FuzzTarget {
    private let role: WebSocketDecoder.Role
    private let inflater: WebSocketInflater?
    private let grammar: FrameGrammar

    private static let messageLimit = 65_536
    private static let fragmentLimit = 64
    /// A stream of at most so many bytes is also fed byte by byte.
    private static let longestBytewise = 600

    init(role: WebSocketDecoder.Role, inflater: WebSocketInflater? = nil) {
        self.role = role
        self.inflater = inflater
        grammar = FrameGrammar(role: role, deflater: inflater == nil ? nil : WebSocketDeflater())
    }

    func makeInput(_ random: inout RandomSource) -> [UInt8] { grammar.stream(&random) }

    func check(_ input: [UInt8]) throws -> Verdict {
        let whole = FrameTranscript(input, decoder: decoder)
        let cut = FrameTranscript(input, .random, decoder: decoder)
        try require(whole == cut, "cut into pieces it is \(cut.verdict.kind), at once \(whole.verdict.kind)")
        if input.count <= Self.longestBytewise {
            let bytewise = FrameTranscript(input, .bytewise, decoder: decoder)
            try require(whole == bytewise, "byte by byte it is \(bytewise.verdict.kind), at once \(whole.verdict.kind)")
        }
        for entry in whole.entries { try check(entry) }
        try checkRewritten(whole)
        return whole.verdict
    }

    private var decoder: WebSocketDecoder {
        WebSocketDecoder(role: role, messageLimit: Self.messageLimit, fragmentLimit: Self.fragmentLimit, inflater: inflater)
    }

    private func check(_ entry: FrameTranscript.Entry) throws {
        switch entry {
        case .text(let bytes):
            try require(String(validating: bytes, as: UTF8.self) != nil, "a text that is not UTF-8")
            try require(bytes.count <= Self.messageLimit, "a text of \(bytes.count) bytes")
        case .binary(let bytes): try require(bytes.count <= Self.messageLimit, "a message of \(bytes.count) bytes")
        case .ping(let bytes), .pong(let bytes):
            try require(bytes.count <= WebSocketEncoder.controlPayload, "a control frame of \(bytes.count) bytes")
        case .close(let code, _): try require(code?.mayBeSent ?? true, "a close code that may not be sent")
        case .failed: break
        }
    }

    /// Written anew, each message in one frame, the stream means the same.
    private func checkRewritten(_ transcript: FrameTranscript) throws {
        let mask: UInt32? = role == .server ? 0xA1B2_C3D4 : nil
        let stream = transcript.entries.flatMap { entry in
            switch entry {
            case .text(let bytes): WebSocketEncoder.frame(.text, bytes, mask: mask)
            case .binary(let bytes): WebSocketEncoder.frame(.binary, bytes, mask: mask)
            case .ping(let bytes): WebSocketEncoder.frame(.ping, bytes, mask: mask)
            case .pong(let bytes): WebSocketEncoder.frame(.pong, bytes, mask: mask)
            case .close(nil, _): WebSocketEncoder.frame(.close, [], mask: mask)
            case .close(let code?, let reason): WebSocketEncoder.close(code, reason: reason, mask: mask)
            case .failed: [UInt8]()
            }
        }
        let again = FrameTranscript(stream, decoder: decoder)
        try require(
            again.entries == transcript.entries.filter { $0 != .failed(transcript.fault ?? .maskMissing) },
            "written anew it means something else")
    }
}
