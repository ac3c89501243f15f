import Crypto
import JSON

/// Sets of keys that a host app publishes.
struct KeySetTarget: FuzzTarget {
    let vocabulary = [
        #""kty":"RSA""#, #""kty":"EC""#, #""kty":"OKP""#, #""kty":"oct""#, #""crv":"P-256""#, #""crv":"Ed25519""#, #""kid":"#,
        #""use":"enc""#,
        #""alg":"RS256""#, #""alg":"HS256""#, #""d":"AA""#, #""e":"AQAB""#, "AQAB", "=", "-", "_", #"{"keys":["#, "]}",
    ]

    func makeInput(_ random: inout RandomSource) -> [UInt8] {
        let entries = (0..<random.size(upTo: 6)).map { _ in HostGrammar.entry(&random) }
        let others = random.oneIn(10) ? "," + JSONGrammar.string(&random) + ":" + JSONGrammar.document(&random) : ""
        return Array(#"{"keys":[\#(entries.joined(separator: ","))]\#(others)}"#.utf8)
    }

    func check(_ input: [UInt8]) throws -> Verdict {
        let set: JSONWebKeySet
        do {
            set = try JSONWebKeySet(reading: input)
        } catch {
            if case .malformed = error { return .rejected("malformed") }
            return .rejected("\(error)")
        }
        try require(input.count <= JSONWebKeySet.longestDocument, "a document of \(input.count) bytes")
        try require(1...32 ~= set.count && set.skippedCount >= 0, "\(set.count) keys")
        try require(Set(set.names).count == set.count, "a name twice")
        try require(set.names.allSatisfy { name in name.utf8.allSatisfy { 0x21...0x7E ~= $0 } }, "a name that no token could say")
        let text = String(decoding: input, as: UTF8.self)
        try require(set.names.allSatisfy { text.contains($0) || text.contains("\\") }, "a name that does not stand there")
        return .accepted("\(set.count)")
    }
}

/// Tokens of a host app.
struct HostTokenTarget: TextFuzzTarget {
    private static let now = Timestamp(milliseconds: 1_750_000_000_000)
    private static let verifier = HostTokenVerifier(issuer: "host", audience: "parley", clock: { now })
    private static let keys = HostGrammar.keys

    let vocabulary = [
        ".", "..", "=", "-", "_", "+", "/", "eyJhbGciOiJub25lIn0", "eyJhbGciOiJIUzI1NiJ9", "e30", "bnVsbA", "\u{0}", " ", "é",
        HostGrammar.goodToken,
    ]

    func makeText(_ random: inout RandomSource) -> String {
        var parts = HostGrammar.goodToken.split(separator: ".").map(String.init)
        switch random.below(6) {
        case 0: parts[0] = encode(header(&random))
        case 1: parts[1] = encode(JSONGrammar.document(&random))
        case 2: parts[2] = Base64.url.encode(random.bytes(random.pick([0, 32, 63, 64, 65, 72, 256])))
        case 3: parts.swapAt(random.below(3), random.below(3))
        case 4: parts.append(random.pick(parts + [""]))
        default: break
        }
        return parts.joined(separator: ".")
    }

    private func header(_ random: inout RandomSource) -> String {
        let algorithm = random.pick(["RS256", "ES256", "EdDSA", "none", "HS256", "PS256", ""])
        let key = random.pick(["rsa", "p256", "ed", "", "other", "../../etc"])
        let more = random.pick(["", "", #","typ":"JWT""#, #","typ":"x""#, #","crit":[]"#, #","alg":"EdDSA""#, #","jwk":{}"#])
        return random.oneIn(8) ? JSONGrammar.document(&random) : #"{"alg":"\#(algorithm)","kid":"\#(key)"\#(more)}"#
    }

    private func encode(_ text: String) -> String { Base64.url.encode(Array(text.utf8)) }

    func check(_ text: String) throws -> Verdict {
        try checkClaims(text)
        let claims: HostTokenClaims
        do {
            claims = try Self.verifier.verify(text, under: Self.keys)
        } catch {
            return .rejected(error.rawValue)
        }
        // Nobody here has a private key: what is good is the one token that was signed beforehand.
        try require(text == HostGrammar.goodToken, "a token that nobody signed is good")
        try require(claims.subject == "user-1", "the good token says something else")
        return .accepted()
    }

    /// Claims that nobody signed are not read by the verifier; that they can be read is checked all the same.
    private func checkClaims(_ text: String) throws {
        let parts = text.split(separator: ".")
        guard parts.count > 1, let json = Base64.url.decode(String(parts[1])),
            let claims = try? JSON.decode(HostTokenClaims.self, from: json)
        else { return }
        for name in [claims.subject, claims.device ?? "x"] {
            try require(1...255 ~= name.utf8.count && !name.utf8.contains { $0 < 0x20 }, "a name that cannot be stored")
        }
    }
}

/// The keys of a host app, and what its documents look like.
private enum HostGrammar {
    /// Signed with the P-256 key, whose private half nobody kept.
    static let goodToken =
        "eyJhbGciOiJFUzI1NiIsImtpZCI6InAyNTYiLCJ0eXAiOiJKV1QifQ.eyJpc3MiOiJob3N0IiwiYXVkIjoicGFybGV5Iiwic3ViIjoidXNlci0"
        + "xIiwiaWF0IjoxNzUwMDAwMDAwLCJleHAiOjE3NTAwMDA5MDAsImRldmljZV9pZCI6InBob25lIn0.y0iZra6-P8eeJWSbjsv57QVtcP-kdAXaY"
        + "hWNyMpShrQlD7MsdlzwxA5zXx5W-vhxDAKYw5YoQDoUhjGp2n-l8w"
    private static let modulus =
        "xJcIK45vIWmlXvUh_HHmTUKY7vpvU1JHZaqbf2lh4OEg4vT7PxpHwd88EUo7eWgBf1I6v596NPbBhNypdMRClmi8Q_q8JppFFrgjyb7JNqC1AS"
        + "-MPYXOGUF-9CWVbMs5NA55Zz2-s2I6TrhVTNqEyRN1w9JjibML-fwjAraKrw38JmONwEb7FeDMVgI-SCSLI_cv2xMk0nbfS9hAOnWUrsMJwFaW"
        + "KrKG-AGk6ntnHHtbki0VBQCmfCyOE7ni4HqfsnJs_SaQO-oGMSVByfjw1934Jcbl9HJn7kG4Ma7TVAnRDkxB5ywur5WDOrD-99KXRUIXz6UH7B"
        + "nCFd0XChZ35Q"
    private static let x = "DUFirNqUXWYxz-Qnip07z2TnOa_1WEbAcZV634vftwQ"
    private static let y = "v-i4gOdgWk18mNB4_Rx9saLy8DUShDGIcI_Opd1jIF8"
    private static let point = "C20JWjWzeEpRnDa-01FDMJX5OYWVvst4jvaNDHJG5Ag"

    private static let members = [
        #""kty":"RSA","n":"\#(modulus)","e":"AQAB""#, #""kty":"EC","crv":"P-256","x":"\#(x)","y":"\#(y)""#,
        #""kty":"OKP","crv":"Ed25519","x":"\#(point)""#,
    ]

    static let keys: JSONWebKeySet = {
        let entries = zip(members, ["rsa", "p256", "ed"]).map { #"{\#($0),"kid":"\#($1)"}"# }
        guard let set = try? JSONWebKeySet(reading: Array(#"{"keys":[\#(entries.joined(separator: ","))]}"#.utf8)) else {
            preconditionFailure("these keys can be used")
        }
        return set
    }()

    /// One key of a set, in order as a rule.
    static func entry(_ random: inout RandomSource) -> String {
        if random.oneIn(12) { return JSONGrammar.document(&random) }
        let kind = random.usually(random.pick(members), else: [#""kty":"oct","k":"AAAA""#, #""kty":"RSA""#, #""kty":1"#, ""])
        let name = random.usually(#""kid":"\#(random.below(100))""#, else: [#""kid":"""#, #""kid":null"#, #""kid":"a b""#, #""kid":"0""#])
        let more = random.usually("", else: [#","use":"enc""#, #","alg":"RS512""#, #","d":"AA""#, #","key_ops":["sign"]"#, #","kid":"0""#])
        return "{" + [kind, name].filter { !$0.isEmpty }.joined(separator: ",") + more + "}"
    }
}
