/// A pull parser over one document (RFC 8259). The caller asks for what it expects to come next; whatever comes instead is an error.
///
/// Conformances of ``JSONDecodable`` read:
/// ```swift
/// init(from json: inout JSONReader) throws(JSONError) {
///     var content: String?
///     var replyTo: Message.ID?
///     try json.beginObject()
///     while let key = try json.nextKey() {
///         switch key {
///         case "content": content = try json.string()
///         case "reply_to": replyTo = try json.decode()
///         default: try json.skip()
///         }
///     }
///     self.content = try json.required("content", content)
///     self.replyTo = replyTo
/// }
/// ```
/// After an error the reader is of no further use. ``JSON/decode(_:from:depthLimit:)`` makes readers.
public struct JSONReader: ~Copyable {
    let document: JSONDocument
    /// The next byte to read, and where they end.
    var cursor: UnsafePointer<UInt8>
    let end: UnsafePointer<UInt8>

    private let depthLimit: Int
    private var depth = 0
    /// The innermost container has only just begun, so that its first element has no comma before it.
    private var isFirst = false
    private var names = NameLedger()
    /// Where strings with escapes are put together.
    var scratch = GrowingMemory<UInt8>()

    @usableFromInline
    init(_ document: JSONDocument, depthLimit: Int) {
        precondition(1...256 ~= depthLimit, "the depth limit must be between 1 and 256: reading recurses")
        self.document = document
        cursor = document.start
        end = document.start + document.count
        self.depthLimit = depthLimit
    }

    /// Checks that nothing but white space follows the value.
    @usableFromInline
    mutating func finish() throws(JSONError) {
        skipWhitespace()
        guard cursor == end else { throw failure(.syntax, expected: "the end of the document") }
    }
}

// MARK: - Objects and arrays

extension JSONReader {
    /// Enters an object; ``nextKey()`` then gives its members.
    public mutating func beginObject() throws(JSONError) {
        try enter(.openingBrace, "an object")
        names.open()
    }

    /// The name of the next member, whose value must be read or skipped before the next call; `nil` at the object's end.
    public mutating func nextKey() throws(JSONError) -> JSONKey? {
        if try leave(.closingBrace, "a comma or the object's end") {
            names.close()
            return nil
        }
        guard cursor < end, cursor.pointee == .quote else { throw failure(.syntax, expected: "a name in quotes") }
        let place = cursor
        let name = try scanString()
        let key = JSONKey(try resolve(name))
        guard names.insert(name, hash: key.hash) else { throw failure(.duplicateKey, at: place, expected: "each name once") }
        skipWhitespace()
        guard cursor < end, cursor.pointee == .colon else { throw failure(.syntax, expected: "a colon") }
        cursor += 1
        return key
    }

    /// Enters an array; ``nextElement()`` then says whether there is an element to read.
    public mutating func beginArray() throws(JSONError) {
        try enter(.openingBracket, "an array")
    }

    /// Whether another element follows, which must be read or skipped before the next call; `false` at the array's end.
    public mutating func nextElement() throws(JSONError) -> Bool {
        try !leave(.closingBracket, "a comma or the array's end")
    }

    private mutating func enter(_ bracket: UInt8, _ expected: StaticString) throws(JSONError) {
        skipWhitespace()
        guard cursor < end, cursor.pointee == bracket else { throw mismatch(expected: expected) }
        guard depth < depthLimit else { throw failure(.tooDeep, expected: "fewer levels of arrays and objects") }
        depth += 1
        cursor += 1
        isFirst = true
    }

    /// Steps out if the container ends here and returns `true`, else steps over the comma, if one is due, to the next element.
    @inline(__always)
    private mutating func leave(_ bracket: UInt8, _ expected: StaticString) throws(JSONError) -> Bool {
        skipWhitespace()
        guard cursor < end else { throw failure(.syntax, expected: expected) }
        if cursor.pointee == bracket {
            depth -= 1
            cursor += 1
            isFirst = false
            return true
        }
        if isFirst {
            isFirst = false
            return false
        }
        guard cursor.pointee == .comma else { throw failure(.syntax, expected: expected) }
        cursor += 1
        skipWhitespace()
        return false
    }
}

// MARK: - Values

extension JSONReader {
    /// What kind of value comes next. Does not consume it.
    public mutating func peek() throws(JSONError) -> JSONKind {
        skipWhitespace()
        guard cursor < end, let kind = JSONKind(firstByte: cursor.pointee) else { throw failure(.syntax, expected: "a value") }
        return kind
    }

    /// Reads `true` or `false`.
    public mutating func boolean() throws(JSONError) -> Bool {
        guard try peek() == .boolean else { throw mismatch(expected: "true or false") }
        if consume("true") { return true }
        if consume("false") { return false }
        throw failure(.syntax, expected: "true or false")
    }

    /// Reads `null` if that is what comes next, and says whether it did.
    public mutating func null() throws(JSONError) -> Bool {
        guard try peek() == .null else { return false }
        guard consume("null") else { throw failure(.syntax, expected: "null") }
        return true
    }

    /// Reads a value of another type: `members = try json.decode()`.
    @inlinable
    public mutating func decode<Value: JSONDecodable>(_ type: Value.Type = Value.self) throws(JSONError) -> Value {
        try Value(from: &self)
    }

    /// Reads a value that nobody wants, as strictly as any other.
    public mutating func skip() throws(JSONError) {
        switch try peek() {
        case .object:
            try beginObject()
            while try nextKey() != nil { try skip() }
        case .array:
            try beginArray()
            while try nextElement() { try skip() }
        case .string: try skipString()
        case .number: _ = try number()
        case .boolean: _ = try boolean()
        case .null: _ = try null()
        }
    }

    /// Skips a value and returns the bytes it stands in.
    mutating func skippedBytes() throws(JSONError) -> [UInt8] {
        skipWhitespace()
        let first = cursor
        try skip()
        return [UInt8](UnsafeBufferPointer(start: first, count: cursor - first))
    }

    private mutating func consume(_ word: StaticString) -> Bool {
        let length = word.utf8CodeUnitCount
        guard end - cursor >= length else { return false }
        for index in 0..<length where cursor[index] != word.utf8Start[index] { return false }
        cursor += length
        return true
    }

    /// Steps over space, tab, line feed and carriage return (RFC 8259 §2).
    @inline(__always)
    mutating func skipWhitespace() {
        while cursor < end, cursor.pointee <= 0x20 {
            guard cursor.pointee == 0x20 || cursor.pointee == 0x0A || cursor.pointee == 0x0D || cursor.pointee == 0x09 else { return }
            cursor += 1
        }
    }
}
