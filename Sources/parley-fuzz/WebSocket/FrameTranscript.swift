import HTTPServer

/// All that the decoder made of a stream of frames, in a form that can be compared.
struct FrameTranscript: Equatable {
    enum Entry: Equatable {
        case text([UInt8])
        case binary([UInt8])
        case ping([UInt8])
        case pong([UInt8])
        case close(WebSocketCloseCode?, String)
        case failed(WebSocketFault)
    }

    private(set) var entries: [Entry] = []

    init(_ stream: [UInt8], _ cutting: Cutting = .whole, decoder: WebSocketDecoder) {
        var decoder = decoder
        cutting.forEachPiece(of: stream) { piece in
            var input = piece
            while let event = decoder.next(&input) { entries.append(Entry(event)) }
            return !hasEnded
        }
    }

    /// Whether nothing more can come.
    var hasEnded: Bool {
        switch entries.last {
        case .close, .failed: true
        default: false
        }
    }

    var fault: WebSocketFault? { if case .failed(let fault) = entries.last { fault } else { nil } }

    var verdict: Verdict {
        let kinds = entries.prefix(6).map { entry in
            switch entry {
            case .text(let bytes): bytes.isEmpty ? "t0" : "t"
            case .binary(let bytes): bytes.isEmpty ? "b0" : "b"
            case .ping: "i"
            case .pong: "o"
            case .close(let code, _): "c\(code?.rawValue ?? 0)"
            case .failed(let fault): "\(fault)"
            }
        }
        return fault == nil ? .accepted(kinds.joined()) : .rejected(kinds.joined())
    }
}

extension FrameTranscript.Entry {
    init(_ event: WebSocketDecoder.Event) {
        self =
            switch event {
            case .text(let payload): .text(payload.copy)
            case .binary(let payload): .binary(payload.copy)
            case .ping(let payload): .ping(payload.copy)
            case .pong(let payload): .pong(payload.copy)
            case .close(let code, let reason): .close(code, reason)
            case .failed(let fault): .failed(fault)
            }
    }
}

extension WebSocketPayload {
    fileprivate var copy: [UInt8] { withUnsafeBytes { Array($0) } }
}
