import Crypto
import DMService
import JSON

/// Ids of messages, which tell when and where.
struct MessageIDTarget: TextFuzzTarget {
    let vocabulary = ["-7", "-8", "-", "0", "f", "0000", "ffff", "7fff", "bfff"]

    func makeText(_ random: inout RandomSource) -> String {
        let high = random.next() & ~0xF000 | 0x7000, low = random.next() >> 2 | 1 << 63
        return UniqueID(high: random.oneIn(8) ? random.next() : high, low: random.oneIn(8) ? random.next() : low).description
    }

    func check(_ text: String) throws -> Verdict {
        guard let id = MessageID(text) else { return .rejected() }
        try require(JSON.encode(id) == JSON.encode(text.lowercased()), "it is written otherwise")
        try require(try JSON.decode(MessageID.self, from: JSON.encode(id)) == id, "written and read it is another id")
        try require(0..<1 << 34 ~= id.seq, "a seq of \(id.seq)")
        try require(id.sentAt.milliseconds >= 0, "a time before 1970")
        return .accepted()
    }
}

/// Cursors of a history.
struct CursorTarget: TextFuzzTarget {
    let vocabulary = ["a", "b", "o", "-", "+", "0", "9223372036854775807", "9223372036854775808", "é"]

    func makeText(_ random: inout RandomSource) -> String {
        random.pick(["a", "b", "c", "o"]) + random.pick(Numbers.written + ["\(random.below(1_000_000))"])
    }

    func check(_ text: String) throws -> Verdict {
        guard let window = HistoryQuery.Window(text) else { return .rejected() }
        try require(HistoryQuery.Window(window.text) == window, "written and read it is another place")
        return .accepted(String(window.text.prefix(1)))
    }
}

/// Ids with commas between them.
struct PeopleListTarget: TextFuzzTarget {
    let vocabulary = [",", ",,", "-", "0", "f", " "]

    func makeText(_ random: inout RandomSource) -> String {
        (0..<random.within(1...3)).map { _ in UniqueID(high: random.next(), low: random.next()).description }.joined(separator: ",")
    }

    func check(_ text: String) throws -> Verdict {
        guard let list = PeopleList(text) else { return .rejected() }
        try require(list.text == text.lowercased(), "it is written otherwise")
        return .accepted()
    }
}

/// Usernames and e-mail addresses.
struct NameTarget: TextFuzzTarget {
    let vocabulary = ["@", ".", "..", "_", "\u{0}", " ", "\u{A0}", "\u{130}", "é", "a@b.c", "\"", "<", ">"]

    func makeText(_ random: inout RandomSource) -> String {
        let local = random.text(random.size(upTo: random.oneIn(8) ? 300 : 40))
        return random.oneIn(2)
            ? local : "\(local)@\(random.text(random.size(upTo: 20))).\(random.pick(["org", "", "é", "x." + random.text(200)]))"
    }

    func check(_ text: String) throws -> Verdict {
        var kind = ""
        if let username = Username(text) {
            kind += "username"
            try require(username.text == text && 3...32 ~= text.count, "a username of \(text.count) characters")
            try require(
                text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || $0 == ".") }, "a username with other characters"
            )
        }
        if let email = EmailAddress(text) {
            kind += "email"
            try require(email.text == text && text.utf8.count <= 254 && text.filter { $0 == "@" }.count == 1, "a strange e-mail address")
            try require(
                !text.unicodeScalars.contains { $0.value < 0x21 || $0.value == 0x7F }, "an e-mail address with white space or controls")
        }
        return kind.isEmpty ? .rejected() : .accepted(kind)
    }
}

/// The form in which text is stored.
struct TextTarget: TextFuzzTarget {
    var vocabulary: [String] { Texts.strange }

    func makeText(_ random: inout RandomSource) -> String { Texts.text(&random, upTo: random.oneIn(20) ? 5_000 : 60) }

    func check(_ text: String) throws -> Verdict {
        let cleaned = MessageText.cleaned(text)
        try require(MessageText.cleaned(cleaned) == cleaned, "cleaned twice it is cleaner")
        try require(
            !cleaned.unicodeScalars.contains { $0.properties.generalCategory == .control && $0 != "\n" && $0 != "\t" },
            "a control character is left")
        try require(cleaned.unicodeScalars.first?.properties.isWhitespace != true, "white space is left at the beginning")
        try require(cleaned.unicodeScalars.last?.properties.isWhitespace != true, "white space is left at the end")
        try require(cleaned.unicodeScalars.count <= text.unicodeScalars.count, "it has grown")
        return cleaned == text ? .accepted() : .rejected()
    }
}

/// The `Origin` of a page that opens a socket, where no list says which may.
struct OriginTarget: TextFuzzTarget {
    let vocabulary = [
        "http://", "https://", "localhost", "127.0.0.1", "127.", "[::1]", ":8080", ".evil.example", "@", "/", "null", "#", "?", "\\", "%2e",
        "LOCALHOST",
    ]

    func makeText(_ random: inout RandomSource) -> String {
        let host = random.pick([
            "localhost", "127.0.0.1", "127.1.2.3", "[::1]", "example.org", "127.0.0.1.example.org", "localhost.example.org", "127.x",
            "[::1",
        ])
        return random.pick(["http://", "https://", "ftp://", "", "//"]) + host
            + random.pick(["", ":80", ":", "/", "/path", "@example.org", ":80@example.org"])
    }

    func check(_ text: String) throws -> Verdict {
        guard Origins.isLoopback(text) else { return .rejected() }
        // A browser sends `scheme://host[:port]` with a host that it has looked at; of other texts nothing is said.
        guard let host = Self.hostOfBrowser(text) else { return .accepted("no origin") }
        let isAddress = host.hasPrefix("127.") && host.utf8.allSatisfy { $0 == UInt8(ascii: ".") || (0x30...0x39).contains($0) }
        try require(isAddress || host == "localhost" || host == "[::1]", "another host passes for this machine: \(host)")
        return .accepted()
    }

    private static func hostOfBrowser(_ text: String) -> Substring? {
        guard let scheme = ["http://", "https://"].first(where: text.hasPrefix) else { return nil }
        let rest = text.dropFirst(scheme.count)
        let end = rest.hasPrefix("[") ? rest.firstIndex(of: "]").map(rest.index(after:)) : rest.firstIndex(of: ":")
        let host = rest[..<(end ?? rest.endIndex)], port = rest[(end ?? rest.endIndex)...]
        let isPort =
            port.isEmpty || (port.first == ":" && !port.dropFirst().isEmpty && port.dropFirst().allSatisfy { $0.isASCII && $0.isNumber })
        let isName = host.utf8.allSatisfy { "abcdefghijklmnopqrstuvwxyz0123456789-_.[:]".utf8.contains($0) }
        return isPort && isName && host.hasPrefix("[") == host.hasSuffix("]") ? host : nil
    }
}
