import Crypto
import JSON

/// UUIDs.
struct UUIDTarget: TextFuzzTarget {
    let vocabulary = [
        "-", "0000", "ffff", "FFFF", "g", ":", "/", "@", "`", "{", "}", "urn:uuid:", " ", "\u{0}", "é",
        "00000000-0000-0000-0000-000000000000",
    ]

    func makeText(_ random: inout RandomSource) -> String {
        let text = UniqueID(high: random.next(), low: random.next()).description
        return random.oneIn(3) ? text.uppercased() : text
    }

    func check(_ text: String) throws -> Verdict {
        let read = try? JSON.decode(UniqueID.self, from: JSON.encode(text))
        guard let id = UniqueID(text) else {
            try require(read == nil, "JSON reads what a text does not")
            return .rejected()
        }
        try require(read == id, "JSON reads another id")
        try require(id.description == text.lowercased(), "it is written as \(id)")
        try require(UniqueID(bytes: id.bytes) == id, "its bytes make another id")
        return .accepted("\(id.version)")
    }
}

/// Base64 in both alphabets, and hexadecimal.
struct Base64Target: TextFuzzTarget {
    let vocabulary = ["=", "==", "-", "_", "+", "/", "A", "\n", " ", "é", "AA", "AAA"]

    func makeText(_ random: inout RandomSource) -> String {
        let bytes = random.bytes(random.size(upTo: 80))
        return random.pick([Base64.url.encode(bytes), Base64.standard.encode(bytes), Hex.encode(bytes)])
    }

    func check(_ text: String) throws -> Verdict {
        var kind = ""
        for (name, base64) in [("url", Base64.url), ("standard", Base64.standard)] {
            guard let bytes = base64.decode(text) else { continue }
            kind += name
            try require(base64.encode(bytes) == text, "two texts of \(name) stand for the same bytes")
        }
        if let bytes = Hex.decode(text) {
            kind += "hex"
            try require(Hex.encode(bytes) == text.lowercased(), "hexadecimal digits that stand for others")
        }
        let input = Array(text.utf8)
        try require(Base64.url.decode(Base64.url.encode(input)) == input, "encoded and decoded it is something else")
        try require(Base64.standard.decode(Base64.standard.encode(input)) == input, "encoded and decoded it is something else")
        return kind.isEmpty ? .rejected() : .accepted(kind)
    }
}

/// Hashes of passwords as PHC strings.
struct PasswordHashTarget: TextFuzzTarget {
    let vocabulary = ["$", "$$", "argon2id", "argon2i", "v=19", "v=16", "m=", "t=", "p=", ",", "=", "19456", "0", "4294967296", "+", " "]

    func makeText(_ random: inout RandomSource) -> String {
        func base64(_ count: Int) -> String { Base64.standard.encode(random.bytes(count)).filter { $0 != "=" } }
        let salt = base64(random.oneIn(4) ? random.below(70) : 16)
        let tag = base64(random.oneIn(4) ? random.below(70) : 32)
        let (memory, passes, lanes) = (number("19456", &random), number("2", &random), number("1", &random))
        return "$argon2id$v=19$m=\(memory),t=\(passes),p=\(lanes)$\(salt)$\(tag)"
    }

    private func number(_ usual: String, _ random: inout RandomSource) -> String { random.oneIn(4) ? random.pick(Numbers.written) : usual }

    func check(_ text: String) throws -> Verdict {
        guard let hash = PasswordHash(phc: text) else { return .rejected() }
        try require(hash.phc == text, "it is written as \(hash.phc)")
        let cost = hash.parameters
        try require(cost.memory <= 262_144 && cost.passes <= 16 && cost.lanes <= 16, "a cost that no server should pay")
        return .accepted()
    }
}
