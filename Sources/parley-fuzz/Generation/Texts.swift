/// Texts as people write them, and byte strings that are nearly UTF-8.
enum Texts {
    static let strange = [
        "", " ", "\u{0}", "\t", "\r\n", "\n", "\u{7F}", "\u{85}", "\u{A0}", "\u{AD}", "\u{200B}", "\u{202E}", "\u{2028}", "\u{FEFF}",
        "\u{FFFD}", "\u{FFFF}", "\u{10FFFF}",
        "e\u{301}", "\u{1F469}\u{200D}\u{1F467}", "\u{1F1E9}\u{1F1EA}", "\u{FDFA}", "\u{130}", "ß", "日本語", "שלום", "'", "\"", "\\", "<b>",
        "%00", "${x}",
    ]

    private static let broken: [[UInt8]] = [
        [0x80], [0xBF], [0xC0, 0x80], [0xC1, 0xBF], [0xC3], [0xE0, 0x80, 0x80], [0xE0, 0x9F, 0xBF], [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF],
        [0xE2, 0x82], [0xF0, 0x80, 0x80, 0x80], [0xF0, 0x8F, 0xBF, 0xBF], [0xF0, 0x9F, 0x98], [0xF4, 0x90, 0x80, 0x80],
        [0xF5, 0x80, 0x80, 0x80], [0xFE], [0xFF],
    ]

    static func text(_ random: inout RandomSource, upTo limit: Int) -> String {
        var text = ""
        let count = random.size(upTo: limit)
        while text.utf8.count < count {
            switch random.below(4) {
            case 0: text += random.pick(strange)
            case 1: text.unicodeScalars.append(Unicode.Scalar(UInt32(random.below(0x3000))) ?? " ")
            default: text += random.text(min(limit, 1 + random.size(upTo: count)), of: "abcdefghijklmnopqrstuvwxyz ,.!?")
            }
        }
        return text
    }

    /// Bytes of such a text, broken in one place now and then.
    static func utf8(_ random: inout RandomSource, upTo limit: Int) -> [UInt8] {
        var bytes = Array(text(&random, upTo: limit).utf8)
        if random.oneIn(20) { bytes.insert(contentsOf: random.pick(broken), at: random.below(bytes.count + 1)) }
        return bytes
    }
}
