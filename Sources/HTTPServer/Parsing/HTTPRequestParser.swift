/// A strict parser of HTTP/1.1 requests (RFC 9112), as a value without I/O: bytes go in, however they are cut, events
/// come out.
///
///     while let event = parser.next(&input) { … }
///
/// Where the standard lets a server be lenient, this one is not: whatever another parser on the way might read
/// differently is refused. It owns no memory between two requests.
public struct HTTPRequestParser: Sendable {
    public enum Event {
        case head(RequestHead)
        /// A piece of the body. The bytes are lent from the input of the same call to ``next(_:)``.
        case body(UnsafeRawBufferPointer)
        /// The request is complete; what follows is another one.
        case end
        /// The request cannot be understood, nor can anything behind it. Nothing more comes.
        case failed(RequestFault)
    }

    private enum State: Equatable {
        case head
        case length(remaining: Int)
        case chunkLine
        case chunkData(remaining: Int)
        case chunkEnd
        case trailer
        case end
        case failed
    }

    /// Most bytes of body that the present request may carry. The owner may set it between head and body, when it
    /// knows the route.
    public var bodyLimit = Int.max

    private let limits: ParserLimits
    private var state = State.head
    private var headParser = HeadParser()
    private var chunks = ChunkLedger()
    /// The beginning of a head, or of a line between chunks, that the input so far did not complete.
    private var pending: [UInt8] = []

    public init(limits: ParserLimits = ParserLimits()) {
        self.limits = limits
    }

    /// Whether nothing of a request has arrived yet.
    public var isBetweenRequests: Bool { state == .head && pending.isEmpty }

    /// Takes what it needs from the front of `input` and says what happened, or `nil` when all is taken and more is needed.
    public mutating func next(_ input: inout UnsafeRawBufferPointer) -> Event? {
        do throws(RequestFault) {
            return try step(&input)
        } catch {
            state = .failed
            pending = []
            return .failed(error)
        }
    }

    private mutating func step(_ input: inout UnsafeRawBufferPointer) throws(RequestFault) -> Event? {
        while true {
            switch state {
            case .head:
                return try parseHead(&input).map { .head($0) }
            case .length(let remaining):
                guard remaining <= bodyLimit else { throw .bodyTooLarge }
                guard let piece = input.takePrefix(remaining) else { return nil }
                bodyLimit -= piece.count
                state = remaining == piece.count ? .end : .length(remaining: remaining - piece.count)
                return .body(piece)
            case .chunkLine:
                guard try gatherLine(&input, limit: limits.chunkLine, fault: .malformedChunk) else { return nil }
                let size = try chunks.begin(line: pending.dropLast(2))
                guard size <= bodyLimit else { throw .bodyTooLarge }
                pending = []
                state = size == 0 ? .trailer : .chunkData(remaining: size)
            case .chunkData(let remaining):
                guard let piece = input.takePrefix(remaining) else { return nil }
                bodyLimit -= piece.count
                state = remaining == piece.count ? .chunkEnd : .chunkData(remaining: remaining - piece.count)
                return .body(piece)
            case .chunkEnd:
                guard try gatherLine(&input, limit: 2, fault: .malformedChunk) else { return nil }
                pending = []
                state = .chunkLine
            case .trailer:
                guard try gatherLine(&input, limit: limits.trailer, fault: .malformedTrailer) else { return nil }
                let line = pending.dropLast(2)
                try chunks.takeTrailer(line, limit: limits.trailer)
                if line.isEmpty { state = .end }
                pending = []
            case .end:
                state = .head
                return .end
            case .failed:
                input = UnsafeRawBufferPointer(start: nil, count: 0)
                return nil
            }
        }
    }

    // MARK: Head

    private mutating func parseHead(_ input: inout UnsafeRawBufferPointer) throws(RequestFault) -> RequestHead? {
        guard let first = input.baseAddress, !input.isEmpty else { return nil }
        if pending.isEmpty {
            // The usual case: the whole head has arrived at once, and is copied once, when its length is known.
            let bytes = first.assumingMemoryBound(to: UInt8.self)
            switch try headParser.advance(bytes, count: input.count, limits: limits) {
            case .incomplete:
                pending = Array(input)
                input.removePrefix(input.count)
                return nil
            case .complete(let length):
                let head = [UInt8](unsafeUninitializedCapacity: length) { memory, count in
                    memory.baseAddress?.initialize(from: bytes, count: length)
                    count = length
                }
                input.removePrefix(length)
                return try finishHead(head)
            }
        }
        let known = pending.count
        pending.append(contentsOf: input.prefix(limits.head + 1 - known))
        switch try advanceInPending() {
        case .incomplete:
            input.removePrefix(pending.count - known)
            return nil
        case .complete(let length):
            input.removePrefix(length - known)
            pending.removeLast(pending.count - length)
            defer { pending = [] }
            return try finishHead(pending)
        }
    }

    private mutating func advanceInPending() throws(RequestFault) -> HeadParser.Progress {
        // Taken out while it works, so that its fields stay unshared and are not copied.
        var parser = exchange(&headParser, with: HeadParser())
        defer { headParser = parser }
        return try pending.withUnsafeBufferPointer { [limits] buffer throws(RequestFault) in
            guard let bytes = buffer.baseAddress else { return .incomplete }
            return try parser.advance(bytes, count: buffer.count, limits: limits)
        }
    }

    private mutating func finishHead(_ bytes: [UInt8]) throws(RequestFault) -> RequestHead {
        let parsed = exchange(&headParser, with: HeadParser())
        guard let line = parsed.line else { throw .malformedRequestLine }
        let framing = try parsed.semantics.framing(of: line.version)
        let head = RequestHead(
            bytes: bytes, fields: parsed.fields, method: line.method, version: line.version, pathRange: line.path,
            queryRange: line.query, authorityRange: line.authority, framing: framing,
            keepsAlive: parsed.semantics.keepsAlive(line.version),
            expectsContinue: try parsed.semantics.expectsContinue(line.version))
        bodyLimit = .max
        switch framing {
        case .none: state = .end
        case .length(let count): state = .length(remaining: count)
        case .chunked:
            state = .chunkLine
            chunks = ChunkLedger()
        }
        return head
    }

    // MARK: Lines of a chunked body

    /// Moves bytes of one line from `input` to `pending`.
    ///
    /// - Parameter limit: bytes of the line, its CRLF included.
    /// - Returns: whether the line is complete.
    private mutating func gatherLine(_ input: inout UnsafeRawBufferPointer, limit: Int, fault: RequestFault) throws(RequestFault) -> Bool {
        var taken = 0
        defer { input.removePrefix(taken) }
        for byte in input {
            taken += 1
            let followsReturn = pending.last == UInt8(ascii: "\r")
            pending.append(byte)
            switch byte {
            case UInt8(ascii: "\n"):
                guard followsReturn else { throw fault }
                return true
            case UInt8(ascii: "\r"):
                guard !followsReturn else { throw fault }
            default:
                guard !followsReturn, byte >= 0x20 || byte == UInt8(ascii: "\t"), byte != 0x7F else { throw fault }
            }
            guard pending.count < limit else { throw fault }
        }
        return false
    }
}

extension UnsafeRawBufferPointer {
    /// Cuts off the first bytes, `limit` at most. `nil` when there are none.
    mutating func takePrefix(_ limit: Int) -> UnsafeRawBufferPointer? {
        guard !isEmpty else { return nil }
        let piece = UnsafeRawBufferPointer(rebasing: prefix(limit))
        removePrefix(piece.count)
        return piece
    }

    mutating func removePrefix(_ count: Int) {
        self = UnsafeRawBufferPointer(rebasing: dropFirst(count))
    }
}
