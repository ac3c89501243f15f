@testable import HTTPServer

/// What a parser made of a stream: its events, the pieces of a body put together.
struct RequestTranscript: Equatable, CustomStringConvertible {
    var events: [String] = []
    var fault: RequestFault?
    var heads: [RequestHead] = []

    var description: String { (events + (fault.map { ["\($0)"] } ?? [])).joined(separator: " · ") }

    static func == (left: Self, right: Self) -> Bool { left.events == right.events && left.fault == right.fault }

    init(
        _ bytes: [UInt8], _ fragmentation: Fragmentation = .whole, limits: ParserLimits = ParserLimits(), bodyLimit: Int = .max
    ) {
        var parser = HTTPRequestParser(limits: limits)
        var body: [UInt8] = []
        for piece in fragmentation.pieces(of: bytes) {
            piece.withUnsafeBytes { piece in
                var input = piece
                while let event = parser.next(&input) {
                    switch event {
                    case .head(let head):
                        heads.append(head)
                        events.append("\(head.method?.rawValue ?? "?") \(head.path)\(head.query.map { "?\($0)" } ?? "")")
                        parser.bodyLimit = bodyLimit
                    case .body(let piece):
                        body += piece
                    case .end:
                        if !body.isEmpty { events.append("body " + String(decoding: body, as: UTF8.self)) }
                        body = []
                        events.append("end")
                    case .failed(let fault):
                        self.fault = fault
                    }
                }
            }
        }
    }

    init(_ text: String, _ fragmentation: Fragmentation = .whole, limits: ParserLimits = ParserLimits(), bodyLimit: Int = .max) {
        self.init(Array(text.utf8), fragmentation, limits: limits, bodyLimit: bodyLimit)
    }
}
