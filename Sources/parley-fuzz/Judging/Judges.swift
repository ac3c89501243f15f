import Crypto
import HTTPServer
import JSON

/// What becomes of a stream, as text: one line for each thing that was accepted, and one for the end. Other
/// implementations are asked the same, and the answers compared.
enum Judges {
    static func named(_ name: String) -> (([UInt8]) -> String)? {
        switch name {
        case "http": http
        case "websocket": { frames($0, inflater: nil) }
        case "deflate": { frames($0, inflater: WebSocketInflater()) }
        case "json": json
        default: nil
        }
    }

    /// `request METHOD TARGET`, `field name: value` …, `body LENGTH DIGEST` for each request; then `closes`, `refused
    /// STATUS FAULT`, `more` in the middle of one, or `between` two.
    private static func http(_ stream: [UInt8]) -> String {
        let transcript = RequestTranscript(stream, stopsAtClose: true)
        var lines: [String] = []
        for exchange in transcript.exchanges {
            let head = exchange.head
            lines.append("request \(latin1(head.requestLine))")
            for field in head.fields {
                let name = latin1(head.bytes[head.nameRange(field)]).lowercased()
                lines.append("field \(name): \(latin1(head.bytes[head.valueRange(field)]))")
            }
            if exchange.isComplete { lines.append("body \(summary(exchange.body))") }
        }
        if let fault = transcript.fault {
            lines.append("refused \(fault.code.status.code) \(fault)")
        } else if let last = transcript.exchanges.last, last.isComplete, !last.head.keepsAlive {
            lines.append("closes")
        } else {
            lines.append(transcript.isBetweenRequests ? "between" : "more")
        }
        return lines.joined(separator: "\n")
    }

    /// `text`, `binary`, `ping`, `pong` with LENGTH DIGEST; `close CODE REASON`, `refused CODE FAULT`, or `open`.
    private static func frames(_ stream: [UInt8], inflater: WebSocketInflater?) -> String {
        let transcript = FrameTranscript(stream, decoder: WebSocketDecoder(role: .server, inflater: inflater))
        var lines = transcript.entries.map { entry in
            switch entry {
            case .text(let bytes): "text \(summary(bytes))"
            case .binary(let bytes): "binary \(summary(bytes))"
            case .ping(let bytes): "ping \(summary(bytes))"
            case .pong(let bytes): "pong \(summary(bytes))"
            case .close(let code, let reason): "close \(code?.rawValue ?? 0) \(summary(Array(reason.utf8)))"
            case .failed(let fault): "refused \(fault.closeCode.rawValue) \(fault)"
            }
        }
        if !transcript.hasEnded { lines.append("open") }
        return lines.joined(separator: "\n")
    }

    /// The document written anew, or `refused CODE`.
    private static func json(_ document: [UInt8]) -> String {
        do throws(JSONError) {
            return String(decoding: JSON.encode(try JSON.decode(JSONValue.self, from: document)), as: UTF8.self)
        } catch {
            return "refused \(error.code)"
        }
    }

    private static func summary(_ bytes: [UInt8]) -> String { "\(bytes.count) \(Hex.encode(SHA256.digest(of: bytes).bytes.prefix(8)))" }

    /// Each byte as the character of its number.
    private static func latin1(_ bytes: some Collection<UInt8>) -> String {
        String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
    }
}
