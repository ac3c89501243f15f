import HTTPServer

/// Query strings and percent-encoding.
struct QueryTarget: FuzzTarget {
    private static let name = "after seq"

    let vocabulary = [
        "&", "=", "%", "+", "%20", "%00", "%C3%A9", "%ff", "%2B", "%26", "after+seq=", "after%20seq=1", "%61fter seq", "%ED%A0%80", ";",
        "&&",
    ]

    func makeInput(_ random: inout RandomSource) -> [UInt8] {
        var pairs: [String] = []
        repeat {
            let key = random.pick(["after+seq", "after%20seq", "after%20se%71", "a", "", "%", random.text(random.size(upTo: 20))])
            let value = random.pick([
                "1", "", "a+b", "%41", "%e2%82%ac", "%e2%82", "%0a", "a=b", "é", "%", "%1", random.text(random.size(upTo: 60)),
            ])
            pairs.append(random.oneIn(8) ? key : "\(key)=\(value)")
        } while random.oneIn(2)
        return Array(pairs.joined(separator: "&").utf8)
    }

    func check(_ input: [UInt8]) throws -> Verdict {
        for plusIsSpace in [false, true] { try checkDecoding(input, plusIsSpace) }
        let found = QueryString.find(Self.name, in: input[...])
        try require(found == Self.slowlyFind(input), "a parameter is read as \(found)")
        switch found {
        case .absent: return .rejected("absent")
        case .unreadable: return .rejected("unreadable")
        case .found: return .accepted()
        }
    }

    private func checkDecoding(_ input: [UInt8], _ plusIsSpace: Bool) throws {
        guard let text = PercentEncoding.decode(input[...], plusIsSpace: plusIsSpace) else { return }
        try require(text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }, "a control character came out of an escape")
        let encoded = text.utf8.flatMap { byte in Array((byte < 0x10 ? "%0" : "%").utf8) + Array(String(byte, radix: 16).utf8) }
        try require(PercentEncoding.decode(encoded[...], plusIsSpace: plusIsSpace) == text, "encoded anew it is decoded otherwise")
    }

    /// The same look-up, by making a table of all pairs.
    private static func slowlyFind(_ query: [UInt8]) -> QueryString.Finding {
        var values: [String?] = []
        for pair in query.split(separator: UInt8(ascii: "&")) {
            let halves = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard let key = halves.first, PercentEncoding.decode(key, plusIsSpace: true) == name else { continue }
            values.append(halves.count == 2 ? PercentEncoding.decode(halves[1], plusIsSpace: true) : "")
        }
        guard let first = values.first else { return .absent }
        guard values.count == 1, let value = first else { return .unreadable }
        return .found(value)
    }
}
