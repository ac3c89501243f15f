import HTTPServer

/// All that the parser made of a stream, in a form that can be compared.
struct RequestTranscript: Equatable {
    struct Exchange: Equatable {
        let head: RequestHead
        var body: [UInt8] = []
        var isComplete = false

        static func == (left: Exchange, right: Exchange) -> Bool {
            left.head.bytes == right.head.bytes && left.head.framing == right.head.framing
                && left.head.keepsAlive == right.head.keepsAlive && left.head.expectsContinue == right.head.expectsContinue
                && left.head.method == right.head.method && left.head.path == right.head.path && left.head.query == right.head.query
                && left.head.host == right.head.host && left.head.fields.count == right.head.fields.count
                && left.body == right.body && left.isComplete == right.isComplete
        }
    }

    private(set) var exchanges: [Exchange] = []
    private(set) var fault: RequestFault?
    private(set) var isBetweenRequests = true

    /// - Parameters:
    ///   - stopsAtClose: whether nothing is read behind a request that ends its connection.
    init(_ stream: [UInt8], _ cutting: Cutting = .whole, bodyLimit: Int = .max, stopsAtClose: Bool = false) {
        var parser = HTTPRequestParser()
        cutting.forEachPiece(of: stream) { feed(UnsafeRawBufferPointer($0), to: &parser, bodyLimit, stopsAtClose) }
        isBetweenRequests = parser.isBetweenRequests
    }

    /// - Returns: whether the connection would go on.
    private mutating func feed(
        _ piece: UnsafeRawBufferPointer, to parser: inout HTTPRequestParser, _ bodyLimit: Int, _ stopsAtClose: Bool
    ) -> Bool {
        var input = piece
        while let event = parser.next(&input) {
            switch event {
            case .head(let head):
                exchanges.append(Exchange(head: head))
                parser.bodyLimit = bodyLimit
            case .body(let bytes): exchanges[exchanges.count - 1].body += bytes
            case .end:
                exchanges[exchanges.count - 1].isComplete = true
                if stopsAtClose, exchanges.last?.head.keepsAlive == false { return false }
            case .failed(let fault):
                self.fault = fault
                return false
            }
        }
        return true
    }

    /// What was accepted of a stream, in one word for each request.
    var kind: String {
        let framings = exchanges.prefix(3).map { exchange in
            switch exchange.head.framing {
            case .none: "-"
            case .length: exchange.isComplete ? "l" : "l…"
            case .chunked: exchange.isComplete ? "c" : "c…"
            }
        }
        return framings.joined() + (fault.map { " \($0)" } ?? (isBetweenRequests ? "" : " …"))
    }

    var verdict: Verdict { fault == nil ? .accepted(kind) : .rejected(kind) }
}
