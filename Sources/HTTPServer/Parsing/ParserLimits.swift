/// How much of a request's head is carried. Sources: RELIABILITY §3.14; the answers are those of RFC 6585 §5 and RFC 9110.
public struct ParserLimits: Sendable, Hashable {
    /// Bytes of the request line and all header fields, their ends included. More: 431.
    public var head = 16_384
    /// Header fields. More: 431.
    public var fields = 100
    /// Bytes of the request target. More: 414.
    public var target = 8_192
    /// Bytes of the line that begins a chunk, extensions included.
    public var chunkLine = 256
    /// Bytes of a chunked body's trailer.
    public var trailer = 4_096

    /// Positions in the head are kept in 16 bits.
    static let largestHead = 65_535

    public init() {}
}
