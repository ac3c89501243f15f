extension JSONReader {
    /// Reads a string.
    public mutating func string() throws(JSONError) -> String {
        let text = try nextText()
        // The document was validated as a whole, and escapes only ever stand for whole scalars.
        return String(copying: UTF8Span(unchecked: text.bytes.span, isKnownASCII: text.isASCII))
    }

    /// Reads a string and makes a value of its UTF-8, lent for the call, without a `String` in between. For ids, times and the like.
    ///
    /// - Throws: ``JSONError`` with `.invalidValue` if `make` returns `nil`.
    @inlinable
    public mutating func string<Value>(
        expected: StaticString, _ make: (UnsafeBufferPointer<UInt8>) -> Value?
    ) throws(JSONError) -> Value {
        guard let value = make(try utf8()) else { throw invalid(expected: "\(expected)") }
        return value
    }

    @usableFromInline
    mutating func utf8() throws(JSONError) -> UnsafeBufferPointer<UInt8> {
        try nextText().bytes
    }

    mutating func skipString() throws(JSONError) {
        _ = try nextText()
    }

    @inline(__always)
    private mutating func nextText() throws(JSONError) -> ResolvedText {
        skipWhitespace()
        guard cursor < end, cursor.pointee == .quote else { throw mismatch(expected: "a string") }
        return try resolve(try scanString())
    }

    /// Steps from the opening quote over the closing one. Finds control characters, leaves escapes to `resolve`.
    mutating func scanString() throws(JSONError) -> RawString {
        let first = cursor + 1
        var position = first
        var hasEscapes = false
        while true {
            position += PlainText.count(from: position, to: end)
            guard position < end else { break }
            if position.pointee == .quote {
                cursor = position + 1
                return RawString(start: first, count: position - first, hasEscapes: hasEscapes)
            }
            guard position.pointee == .backslash else {
                cursor = position
                throw failure(.syntax, expected: "control characters to be escaped")
            }
            hasEscapes = true
            position = min(position + 2, end)
        }
        cursor = end
        throw failure(.syntax, expected: "a closing quote")
    }

    /// The text of a string, its escapes resolved.
    @inline(__always)
    mutating func resolve(_ raw: RawString) throws(JSONError) -> ResolvedText {
        if raw.hasEscapes { return try resolveEscapes(raw) }
        return ResolvedText(start: raw.start, count: raw.count, isASCII: document.isASCII)
    }

    private mutating func resolveEscapes(_ raw: RawString) throws(JSONError) -> ResolvedText {
        let text = scratch.reserve(raw.count + Word.size)
        let (count, fault) = raw.resolve(into: text)
        if let fault { throw failure(.syntax, at: fault, expected: "an escape sequence that stands for a character") }
        return ResolvedText(start: text, count: count, isASCII: false)
    }
}

/// What a string says. Lies in the document or in the reader's scratch memory, where the next string with escapes replaces it.
struct ResolvedText {
    let start: UnsafePointer<UInt8>
    let count: Int
    /// Known to have no byte above 0x7F.
    let isASCII: Bool

    var bytes: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: start, count: count) }
}
