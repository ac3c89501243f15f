/// A message on its way: which kind it is, what has arrived of it, and whether it can still be right.
struct WebSocketMessageAssembly {
    private(set) var isText = false
    private var isCompressed = false
    /// Between the first and the last frame of a message.
    private var isOpen = false
    private var fragments = 0
    /// What has arrived, unless the whole message is still where it arrived.
    private var bytes: [UInt8] = []
    private var validator = UTF8Validator()

    /// A data frame begins.
    mutating func begin(_ header: WebSocketFrameHeader, messageLimit: Int, fragmentLimit: Int) throws(WebSocketFault) {
        if header.opcode == .continuation {
            guard isOpen else { throw .continuationUnexpected }
        } else {
            guard !isOpen else { throw .continuationMissing }
            isOpen = true
            isText = header.opcode == .text
            isCompressed = header.isCompressed
            fragments = 0
        }
        fragments += 1
        guard fragments <= fragmentLimit else { throw .tooManyFragments }
        guard header.length <= messageLimit - bytes.count else { throw .messageTooBig }
    }

    /// A piece of a data frame arrived.
    ///
    /// - Returns: the message, when that was the last of it.
    mutating func take(
        _ piece: UnsafeRawBufferPointer, endsMessage: Bool, inflater: WebSocketInflater?, limit: Int
    ) throws(WebSocketFault) -> WebSocketPayload? {
        // A compressed text is checked when it is inflated, any other while it arrives.
        if isText, !isCompressed, !validator.take(piece) { throw .invalidUTF8 }
        let isAlone = endsMessage && bytes.isEmpty
        if !isAlone { bytes.append(contentsOf: piece) }
        guard endsMessage else { return nil }
        isOpen = false
        var payload: WebSocketPayload = isAlone ? .lent(piece) : .owned(exchange(&bytes, with: []))
        if isCompressed, let inflater {
            let inflated = try payload.withUnsafeBytes { bytes throws(WebSocketFault) in try inflater.inflate(bytes, limit: limit) }
            if isText, !inflated.withUnsafeBytes({ validator.take($0) }) { throw .invalidUTF8 }
            payload = .owned(inflated)
        }
        if isText, !validator.isComplete { throw .invalidUTF8 }
        return payload
    }
}
