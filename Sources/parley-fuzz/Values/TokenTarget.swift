import Crypto
import JSON

/// Access tokens.
struct TokenTarget: TextFuzzTarget {
    private static let now = Timestamp(milliseconds: 1_750_000_000_000)
    private static let keys = ring("the secret under which the tokens of this run are signed")
    private static let otherKeys = ring("the secret of somebody else, who signs tokens as well as we do")
    private static let verifier = TokenVerifier(keys: keys, issuer: "parley", audience: "parley", cacheLimit: 64, clock: { now })

    let vocabulary = [
        ".", "..", "=", "==", "-", "_", "+", "/", "eyJhbGciOiJub25lIn0", "eyJhbGciOiJIUzI1NiJ9", "e30", "bnVsbA", "\u{0}", " ", "\n", "é",
    ]

    func makeText(_ random: inout RandomSource) -> String {
        var parts = sign(&random).split(separator: ".").map(String.init)
        switch random.below(8) {
        case 0: parts[0] = encode(header(&random))
        case 1: parts[1] = encode(payload(&random))
        case 2: parts[2] = random.pick(["", String(repeating: "A", count: 86), Base64.url.encode(random.bytes(64)), parts[2] + "="])
        case 3: parts.swapAt(random.below(3), random.below(3))
        case 4: parts.append(random.pick(parts + [""]))
        default: break
        }
        return parts.joined(separator: ".")
    }

    private func sign(_ random: inout RandomSource) -> String {
        let age = Int64(random.pick([0, 0, 0, 59, 61, 899, 900, 959, 961, -59, -61, 1_000_000])) * 1_000
        let signer = TokenSigner(
            keys: random.oneIn(6) ? Self.otherKeys : Self.keys, issuer: random.oneIn(8) ? "other" : "parley",
            audience: random.oneIn(8) ? "other" : "parley", clock: { Timestamp(milliseconds: Self.now.milliseconds - age) })
        return signer.sign(subject: id(&random), session: id(&random))
    }

    private func id(_ random: inout RandomSource) -> UniqueID { UniqueID(high: random.next(), low: random.next()) }

    private func header(_ random: inout RandomSource) -> String {
        random.pick([
            #"{"alg":"none"}"#, #"{"alg":"EdDSA","kid":"","typ":"at+jwt"}"#, #"{"alg":"HS256","kid":"a","typ":"at+jwt"}"#,
            #"{"alg":"EdDSA","kid":"../../etc","typ":"at+jwt"}"#,
            #"{"alg":"EdDSA","kid":"a","typ":"JWT"}"#, #"{"alg":"EdDSA","kid":"a","typ":"at+jwt","jwk":{}}"#,
            #"{"alg":"EdDSA","alg":"none","kid":"a","typ":"at+jwt"}"#,
            #"{"alg":null}"#, "[]", "null", "{", JSONGrammar.document(&random),
        ])
    }

    private func payload(_ random: inout RandomSource) -> String {
        let id = UniqueID(high: random.next(), low: random.next())
        let time = random.oneIn(2) ? "1750000000" : JSONGrammar.number(&random)
        return random.oneIn(4)
            ? JSONGrammar.document(&random)
            : #"{"iss":"parley","aud":"parley","sub":"\#(id)","sid":"\#(id)","iat":\#(time),"nbf":\#(time),"exp":\#(time)}"#
    }

    private func encode(_ text: String) -> String { Base64.url.encode(Array(text.utf8)) }

    func check(_ text: String) throws -> Verdict {
        try checkClaims(text)
        let claims: TokenClaims
        do {
            claims = try Self.verifier.verify(text)
        } catch {
            return .rejected(error.rawValue)
        }
        try require(text.utf8.count <= TokenVerifier.longestToken, "a token of \(text.utf8.count) bytes")
        try require(claims.issuer == "parley" && claims.audience == "parley", "a token of somebody else")
        try require(claims.expires.milliseconds > Self.now.milliseconds - 60_000, "an expired token")
        try require(try Self.verifier.verify(text) == claims, "asked a second time it says something else")
        try checkNeighbours(of: text)
        return .accepted()
    }

    /// A token that differs in one character is refused.
    private func checkNeighbours(of text: String) throws {
        var random = RandomSource(seed: 0, salt: text.utf8)
        for _ in 0..<3 {
            var bytes = Array(text.utf8)
            let place = random.below(bytes.count)
            bytes[place] = bytes[place] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
            if (try? Self.verifier.verify(String(decoding: bytes, as: UTF8.self))) != nil {
                throw Violation(rule: "another token is accepted, too: character \(place) is changed")
            }
        }
    }

    /// Claims that nobody signed are not read by the verifier; that they can be read is checked all the same.
    private func checkClaims(_ text: String) throws {
        let parts = text.split(separator: ".")
        guard parts.count > 1, let json = Base64.url.decode(String(parts[1])), let claims = try? JSON.decode(TokenClaims.self, from: json)
        else { return }
        try require(try JSON.decode(TokenClaims.self, from: JSON.encode(claims)) == claims, "claims that are others when written and read")
    }

    private static func ring(_ text: String) -> TokenKeyRing {
        guard let secret = ServerSecret(Array(text.utf8)), let ring = TokenKeyRing(active: secret) else {
            preconditionFailure("that text is long enough for a secret")
        }
        return ring
    }
}
