/// JSON documents, with everything that RFC 8259 allows and some of what it does not.
enum JSONGrammar {
    static let vocabulary = [
        "{", "}", "[", "]", ",", ":", "\"", "\\", "\\u0000", "\\ud800", "\\udc00", "\\ud83d\\ude00", "\\x", "null", "true", "false", "NaN",
        "-Infinity", "-0", "1e400", "0.1", "1E+2",
        "[[[[[[[[[[", "{\"a\":", "\"a\":1,", "\u{FEFF}", " ", "\t", "\n", "/*", "//", "'", "\u{0}", "\u{1F600}",
    ]

    static func document(_ random: inout RandomSource) -> String {
        let blank = random.pick(["", "", "", " ", "\n\t "])
        return blank + value(depth: random.oneIn(30) ? random.pick([31, 32, 33, 64]) : 1 + random.size(upTo: 6), &random) + blank
    }

    /// - Parameter depth: how many levels may still begin; arrays go all the way when it is large.
    static func value(depth: Int, _ random: inout RandomSource) -> String {
        if depth > 8 { return "[" + value(depth: depth - 1, &random) + "]" }
        switch depth > 0 ? random.below(8) : 2 + random.below(6) {
        case 0:
            let elements = (0..<random.size(upTo: 6)).map { _ in value(depth: depth - 1, &random) }
            return "[" + elements.joined(separator: separator(&random)) + (random.oneIn(60) ? ",]" : "]")
        case 1:
            let members = (0..<random.size(upTo: 6)).map { index in
                let name =
                    random.oneIn(20)
                    ? random.pick([#""m0""#, #""\u006d0""#, #""m\u0030""#]) : random.oneIn(4) ? string(&random) : #""m\#(index)""#
                return "\(name):\(value(depth: depth - 1, &random))"
            }
            return "{" + members.joined(separator: separator(&random)) + "}"
        case 2...3: return string(&random)
        case 4...5: return number(&random)
        default: return random.pick(["null", "true", "false", "null", "True", "nul"].prefix(random.oneIn(40) ? 6 : 4).map(\.self))
        }
    }

    private static func separator(_ random: inout RandomSource) -> String { random.pick([",", ",", ", ", " ,\r\n"]) }

    static func string(_ random: inout RandomSource) -> String {
        var text = "\""
        for scalar in Texts.text(&random, upTo: random.oneIn(60) ? 5_000 : 30).unicodeScalars {
            switch scalar {
            case "\"", "\\": text += "\\\(scalar)"
            case _ where scalar.value < 0x20: text += escape(scalar.value)
            case _ where random.oneIn(12) && scalar.value <= 0xFFFF: text += escape(scalar.value)
            default: text.unicodeScalars.append(scalar)
            }
        }
        if random.oneIn(12) {
            text += random.pick([
                "\\n", "\\/", "\\b", "\\ud83d\\ude00", "\\uD834\\uDd1E", "\\ud800", "\\udc00\\ud800", "\\u00", "\\a", "\u{1}",
            ])
        }
        return text + "\""
    }

    private static func escape(_ value: UInt32) -> String {
        let digits = String(value, radix: 16)
        return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    }

    static func number(_ random: inout RandomSource) -> String {
        switch random.below(6) {
        case 0:
            random.pick([
                "0", "-0", "-1", "9007199254740993", "9223372036854775807", "9223372036854775808", "-9223372036854775808",
                "18446744073709551615",
            ])
        case 1:
            random.pick([
                "1e308", "1e309", "5e-324", "2.2250738585072011e-308", "0.1e-400", "1E+2", "-0.0", "1.7976931348623157e308", "1e23",
                "8.5e22",
            ])
        case 2: random.pick(["01", "1.", ".5", "+1", "1e", "1e+", "- 1", "0x1", "1_0", "Infinity"])
        case 3: "\(random.within(-1_000...1_000))"
        case 4: "\(Int64(bitPattern: random.next()))"
        default: "\(Double(bitPattern: random.next()))".filter { !"ainf".contains($0) } + random.pick(["", "e5", "0000000000000000000000"])
        }
    }
}
