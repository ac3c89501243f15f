// MARK: - Strings

extension JSONWriter {
    /// Writes a string. Quotes, backslashes and control characters are escaped, everything else stands as it is (RFC 8259 §7).
    public mutating func string(_ value: String) {
        var value = value
        value.withUTF8 { string(utf8: $0) }
    }

    /// Writes a string from bytes that are known to be UTF-8, such as a text column of PostgreSQL.
    public mutating func string(utf8: UnsafeBufferPointer<UInt8>) {
        // Text is copied in whole words, so the last of them may reach seven bytes beyond the text.
        reserve(utf8.count + 3 + Word.size)
        separate()
        bytes[count] = .quote
        count += 1
        if let start = utf8.baseAddress { copyEscaping(from: start, to: start + utf8.count) }
        bytes[count] = .quote
        count += 1
        needsComma = true
    }

    /// Writes a string of `length` ASCII bytes that need no escapes and that `body` puts in their place. For ids, times and the like.
    @inlinable
    public mutating func string(asciiCount length: Int, _ body: (UnsafeMutableBufferPointer<UInt8>) -> Void) {
        reserve(length + 3)
        separate()
        bytes[count] = UInt8(ascii: "\"")
        body(UnsafeMutableBufferPointer(start: bytes + count + 1, count: length))
        bytes[count + length + 1] = UInt8(ascii: "\"")
        count += length + 2
        needsComma = true
    }

    /// Keeps reserved: what is left of the text, one word and the closing quote.
    private mutating func copyEscaping(from start: UnsafePointer<UInt8>, to end: UnsafePointer<UInt8>) {
        var input = start
        while true {
            let plain = PlainText.copy(from: input, to: end, into: bytes + count)
            input += plain
            count += plain
            if input == end { return }
            escape(input.pointee)
            input += 1
            reserve(end - input + 1 + Word.size)
        }
    }

    private mutating func escape(_ byte: UInt8) {
        reserve(6)
        let output = bytes + count
        output[0] = .backslash
        count += 2
        switch byte {
        case .quote, .backslash: output[1] = byte
        case 0x08: output[1] = UInt8(ascii: "b")
        case 0x09: output[1] = UInt8(ascii: "t")
        case 0x0A: output[1] = UInt8(ascii: "n")
        case 0x0C: output[1] = UInt8(ascii: "f")
        case 0x0D: output[1] = UInt8(ascii: "r")
        default:
            output[1] = UInt8(ascii: "u")
            output[2] = .zero
            output[3] = .zero
            output[4] = .zero + byte >> 4
            output[5] = byte & 0xF < 10 ? .zero + byte & 0xF : UInt8(ascii: "a") + byte & 0xF - 10
            count += 4
        }
    }
}

// MARK: - Numbers and literals

extension JSONWriter {
    /// Writes an integer of up to 64 bits.
    @inlinable
    public mutating func integer(_ value: some FixedWidthInteger) {
        digits(UInt64(value.magnitude), negative: value < 0)
    }

    /// Writes the shortest number that reads back as `value`. Infinities and NaN have no JSON form and become `null`, as in JavaScript.
    public mutating func number(_ value: Double) {
        guard value.isFinite else { return null() }
        var text = value.description
        text.withUTF8 { literal($0) }
    }

    public mutating func boolean(_ value: Bool) {
        (value ? "true" as StaticString : "false").withUTF8Buffer { literal($0) }
    }

    public mutating func null() {
        ("null" as StaticString).withUTF8Buffer { literal($0) }
    }

    private mutating func literal(_ text: UnsafeBufferPointer<UInt8>) {
        reserve(text.count + 1)
        separate()
        append(text)
        needsComma = true
    }

    @usableFromInline
    mutating func digits(_ magnitude: UInt64, negative: Bool) {
        reserve(22)  // a comma, a sign and the 20 digits of UInt64.max
        separate()
        bytes[count] = .minus
        count += negative ? 1 : 0
        var length = 1
        var rest = magnitude
        while rest >= 10 {
            rest /= 10
            length += 1
        }
        rest = magnitude
        for index in (0..<length).reversed() {
            bytes[count + index] = .zero + UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        }
        count += length
        needsComma = true
    }
}
