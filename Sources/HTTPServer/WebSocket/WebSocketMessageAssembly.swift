/// A message on its way: which kind it is, what has arrived of it, and whether it can still be right.
struct WebSocketMessageAssembly {
    private(set) var isText = false
    private(set) var isCompressed = false
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
    /// - Returns: the message, when that was the last of it; still compressed, if it came so.
    mutating func take(_ piece: UnsafeRawBufferPointer, endsMessage: Bool) throws(WebSocketFault) -> WebSocketPayload? {
        if isText, !isCompressed, !validator.take(piece) { throw .invalidUTF8 }
        let isAlone = endsMessage && bytes.isEmpty
        if !isAlone { bytes.append(contentsOf: piece) }
        guard endsMessage else { return nil }
        isOpen = false
        if !validator.isComplete { throw .invalidUTF8 }
        return isAlone ? .lent(piece) : .owned(exchange(&bytes, with: []))
    }

    /// Checks a message that came compressed, once it is inflated.
    func check(_ inflated: [UInt8]) throws(WebSocketFault) {
        guard isText else { return }
        var validator = UTF8Validator()
        guard inflated.withUnsafeBytes({ validator.take($0) }), validator.isComplete else { throw .invalidUTF8 }
    }
}
