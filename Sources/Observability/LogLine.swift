/// Makes one log line: a JSON object and a line feed, with nothing in between that a viewer could take for a line's end.
enum LogLine {
    /// Members that every line has; no fact may bear their names.
    static let reserved: Set<String> = ["ts", "level", "logger", "message"]

    /// Bytes of one fact's value that are kept. A fact is an id, a size or a reason; what is longer came from outside.
    static let longestValue = 1024

    static func render(
        at time: Timestamp, level: Logger.Level, label: String, message: StaticString, facts: [Logger.Key: String]
    ) -> [UInt8] {
        var line: [UInt8] = []
        line.reserveCapacity(160 + 64 * facts.count)
        append("{\"ts\":\"", to: &line)
        time.append(to: &line)
        append("\",\"level\":\"", to: &line)
        append(level.name, to: &line)
        append("\",\"logger\":", to: &line)
        appendQuoted(label, to: &line)
        append(",\"message\":", to: &line)
        message.withUTF8Buffer { appendQuoted(String(decoding: $0, as: UTF8.self), to: &line) }
        for (key, value) in facts.sorted(by: { $0.key.name < $1.key.name }) {
            append(",", to: &line)
            appendQuoted(key.name, to: &line)
            append(":", to: &line)
            appendQuoted(value, to: &line)
        }
        append("}\n", to: &line)
        return line
    }

    /// Appends `text` as a JSON string. Escaped are what RFC 8259 §7 demands and every further character that ends a line or steers a
    /// terminal: DEL, C1, the bidirectional controls, U+2028 and U+2029. Invalid bytes cannot occur: a `String` holds valid UTF-8.
    static func appendQuoted(_ text: String, to line: inout [UInt8]) {
        line.append(UInt8(ascii: "\""))
        if text.utf8.count <= longestValue && text.utf8.allSatisfy(isPlain) {
            line.append(contentsOf: text.utf8)
        } else {
            appendEscaped(text, to: &line)
        }
        line.append(UInt8(ascii: "\""))
    }

    /// Whether a byte stands for itself: printable ASCII but for the quotation mark and the backslash.
    private static func isPlain(_ byte: UInt8) -> Bool {
        0x20..<0x7F ~= byte && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
    }

    private static func appendEscaped(_ text: String, to line: inout [UInt8]) {
        var room = longestValue
        for scalar in text.unicodeScalars {
            room -= scalar.utf8.count
            guard room >= 0 else {
                append("…", to: &line)
                return
            }
            appendEscaped(scalar, to: &line)
        }
    }

    private static func appendEscaped(_ scalar: Unicode.Scalar, to line: inout [UInt8]) {
        switch scalar.value {
        case 0x22, 0x5C:
            line.append(UInt8(ascii: "\\"))
            line.append(UInt8(scalar.value))
        case 0x0A: append("\\n", to: &line)
        case 0x0D: append("\\r", to: &line)
        case 0x09: append("\\t", to: &line)
        case 0x20..<0x7F: line.append(UInt8(scalar.value))
        case 0...0x9F, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069:
            append("\\u", to: &line)
            for shift in stride(from: 12, through: 0, by: -4) {
                line.append(UInt8(hexDigitOf: UInt8(scalar.value >> UInt32(shift) & 0xF)))
            }
        default: line.append(contentsOf: scalar.utf8)
        }
    }

    private static func append(_ text: String, to line: inout [UInt8]) {
        line.append(contentsOf: text.utf8)
    }
}
