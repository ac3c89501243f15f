/// A string of the document as it stands between its quotes, with or without escapes in it.
struct RawString: BitwiseCopyable {
    let start: UnsafePointer<UInt8>
    let count: Int
    let hasEscapes: Bool

    private var bytes: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: start, count: count) }

    /// Writes the text with its escapes resolved to `output`, where `count` bytes and one word must have room: no escape is shorter than what
    /// it stands for.
    ///
    /// - Returns: how many bytes the text has and, if an escape sequence is wrong, where it stands.
    func resolve(into output: UnsafeMutablePointer<UInt8>) -> (count: Int, fault: UnsafePointer<UInt8>?) {
        let end = start + count
        var input = start
        var length = 0
        while true {
            let plain = PlainText.copy(from: input, to: end, into: output + length)
            input += plain
            length += plain
            if input == end { return (length, nil) }
            guard let escape = EscapeSequence(at: input, limit: end) else { return (length, input) }
            input += escape.length
            length += escape.write(to: output + length)
        }
    }

    /// The text with its escapes resolved, in memory of its own. All escapes must be known to be right.
    private var resolved: [UInt8] {
        [UInt8](unsafeUninitializedCapacity: count + Word.size) { buffer, initialized in
            if let output = buffer.baseAddress { initialized = resolve(into: output).count }
        }
    }
}

/// Two strings are equal if their texts are, however each of them is spelled.
extension RawString: Hashable {
    static func == (left: RawString, right: RawString) -> Bool {
        guard left.hasEscapes || right.hasEscapes else { return left.bytes.elementsEqual(right.bytes) }
        return left.resolved == right.resolved
    }

    func hash(into hasher: inout Hasher) {
        if hasEscapes {
            resolved.withUnsafeBytes { hasher.combine(bytes: $0) }
        } else {
            hasher.combine(bytes: UnsafeRawBufferPointer(bytes))
        }
    }
}
