/// The bytes of one document, lent, not empty, and known to be UTF-8 throughout.
@usableFromInline
struct JSONDocument {
    let start: UnsafePointer<UInt8>
    let count: Int
    /// No byte is above 0x7F.
    let isASCII: Bool

    @usableFromInline
    init(_ bytes: UnsafeRawBufferPointer) throws(JSONError) {
        let bytes = bytes.assumingMemoryBound(to: UInt8.self)
        guard let start = bytes.baseAddress, !bytes.isEmpty else {
            throw JSONError(.syntax, path: "", offset: 0, expected: "a value")
        }
        do {
            isASCII = try UTF8Span(validating: bytes.span).isKnownASCII
        } catch {
            throw JSONError(.invalidUTF8, path: "", offset: error.byteOffsets.lowerBound, expected: "UTF-8")
        }
        self.start = start
        count = bytes.count
    }

    var bytes: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: start, count: count) }
}
