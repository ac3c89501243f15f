import JSON
import Testing

@testable import Crypto

/// What the attack tools try on tokens, each as a row. All forgeries but those of the signature itself are signed with the genuine key.
@Suite struct TokenAttackTests {
    private let fixture: TokenFixture

    init() throws { fixture = try TokenFixture() }

    // MARK: - Header

    @Test(arguments: [
        "none", "None", "NONE", "nOnE", "", "HS256", "HS512", "RS256", "ES256", "PS256", "Ed25519", "ed25519", "EDDSA", "eddsa", "EdDSA ",
        " EdDSA", "EdDSA\\u0000", "\\u0000",
    ])
    func `an algorithm that is not the one is refused, whatever the signature`(algorithm: String) {
        let header = #"{"alg":"\#(algorithm)","kid":"\#(fixture.keys.active.id)","typ":"at+jwt"}"#
        #expect(fixture.refusal(of: fixture.forge(header: header)) == .wrongAlgorithm)
        let unsigned = fixture.base64(header) + "." + fixture.base64(fixture.claims())
        #expect(fixture.refusal(of: unsigned + ".") == .wrongAlgorithm)
        #expect(fixture.refusal(of: unsigned) == .malformed)
    }

    @Test func `the public key is no secret to sign with`() throws {
        let publicKey = fixture.keys.active.privateKey.publicKey
        let der = try bytes("302a300506032b6570032100") + publicKey
        let pem = "-----BEGIN PUBLIC KEY-----\n" + Base64.standard.encode(der) + "\n-----END PUBLIC KEY-----\n"
        let secrets = [
            publicKey, der, Array(pem.utf8), Array(pem.dropLast().utf8), Array(Base64.url.encode(publicKey).utf8),
            Array(Hex.encode(publicKey).utf8), [], Array("secret".utf8),
        ]
        for algorithm in ["HS256", "EdDSA"] {
            let header = #"{"alg":"\#(algorithm)","kid":"\#(fixture.keys.active.id)","typ":"at+jwt"}"#
            let signed = fixture.base64(header) + "." + fixture.base64(fixture.claims())
            for secret in secrets {
                let tag = HMACSHA256.tag(for: Array(signed.utf8), key: secret).bytes
                let expected: TokenRefusal = algorithm == "EdDSA" ? .badSignature : .wrongAlgorithm
                #expect(fixture.refusal(of: signed + "." + Base64.url.encode(tag)) == expected)
                #expect(fixture.refusal(of: signed + "." + Base64.url.encode(tag + tag)) == expected)
            }
        }
    }

    @Test(arguments: [
        "../../../../dev/null", "/dev/null", "..\\\\..\\\\nul", "file:///dev/null", "x' UNION SELECT 'key'--", "key' OR '1'='1",
        "|sleep 10", "$(id)", "https://example.com/key", "", " ", "AAAAAAAAAAAA", "aaaaaaaaaaaa\\u0000", "\\u0000", "é", "a.b", "a b",
    ])
    func `a key id is looked up among ours and is nothing else`(id: String) {
        let header = #"{"alg":"EdDSA","kid":"\#(id)","typ":"at+jwt"}"#
        #expect(fixture.refusal(of: fixture.forge(header: header)) == .unknownKey)
    }

    @Test func `key ids that are nearly ours, or far too long, are unknown`() {
        let id = fixture.keys.active.id
        for near in [
            id + "A", String(id.dropLast()), " " + id, id + " ", id.uppercased(), id.lowercased(), String(repeating: "A", count: 1000),
        ] where near != id {
            #expect(fixture.refusal(of: fixture.forge(header: #"{"alg":"EdDSA","kid":"\#(near)","typ":"at+jwt"}"#)) == .unknownKey)
        }
    }

    @Test(arguments: [
        #""jwk":{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#, #""jwk":null"#,
        #""jku":"https://example.com/jwks.json""#, #""x5u":"https://example.com/cert.pem""#, #""x5c":["MIIB"]"#, #""x5t":"AA""#,
        #""x5t#S256":"AA""#, #""crit":["exp"]"#, #""crit":[]"#, #""b64":false"#, #""zip":"DEF""#, #""cty":"JWT""#,
        #""enc":"A256GCM""#, #""p2c":2000000000"#, #""epk":{}"#, #""\u006awk":{}"#, #""":1"#,
    ])
    func `a header that brings anything of its own is refused`(member: String) {
        let header = fixture.header.dropLast() + "," + member + "}"
        #expect(fixture.refusal(of: fixture.forge(header: String(header))) == .foreignHeader)
    }

    @Test(arguments: ["JWT", "jwt", "", "at+JWT", "application/at+jwt", "rt+jwt", "at+jwt "])
    func `a token of another type is refused`(type: String) {
        let header = #"{"alg":"EdDSA","kid":"\#(fixture.keys.active.id)","typ":"\#(type)"}"#
        #expect(fixture.refusal(of: fixture.forge(header: header)) == .wrongType)
    }

    @Test(arguments: [
        "", "{}", "[]", "null", "1", #""EdDSA""#, "{", "not json", #"{"alg":"EdDSA"}"#, #"{"alg":"EdDSA","kid":"K"}"#,
        #"{"alg":"EdDSA","typ":"at+jwt"}"#, #"{"kid":"K","typ":"at+jwt"}"#, #"{"alg":1,"kid":"K","typ":"at+jwt"}"#,
        #"{"alg":null,"kid":"K","typ":"at+jwt"}"#, #"{"alg":["EdDSA"],"kid":"K","typ":"at+jwt"}"#,
        #"{"alg":"EdDSA","kid":1,"typ":"at+jwt"}"#, #"{"alg":"EdDSA","kid":"K","typ":true}"#,
        #"{"alg":"EdDSA","alg":"EdDSA","kid":"K","typ":"at+jwt"}"#, #"{"alg":"none","kid":"K","typ":"at+jwt","alg":"EdDSA"}"#,
        #"{"alg":"EdDSA","kid":"K","kid":"K","typ":"at+jwt"}"#, #"{"alg":"EdDSA","kid":"K","typ":"at+jwt","\u0061lg":"EdDSA"}"#,
        #"{"alg":"EdDSA","kid":"K","typ":"at+jwt"}{}"#, #"{"alg":"EdDSA","kid":"K","typ":"at+jwt",}"#,
        #"{'alg':'EdDSA','kid':'K','typ':'at+jwt'}"#, "\u{FEFF}{\"alg\":\"EdDSA\",\"kid\":\"K\",\"typ\":\"at+jwt\"}",
    ])
    func `a header that is no object of three strings, each once, is malformed`(header: String) {
        let header = header.replacing("K", with: fixture.keys.active.id)
        #expect(fixture.refusal(of: fixture.forge(header: header)) == .malformed)
    }

    // MARK: - Signature

    @Test func `a signature that is blank, all zeros, of another token or of the wrong length is refused`() throws {
        let parts = fixture.token.split(separator: ".")
        let signed = parts[0] + "." + parts[1]
        let genuine = try #require(Base64.url.decode(String(parts[2])))
        let other = fixture.signer.sign(subject: fixture.session, session: fixture.subject).split(separator: ".")
        let forgeries: [[UInt8]] = [
            [], [0], [UInt8](repeating: 0, count: 64), [UInt8](repeating: 0xFF, count: 64), [1] + [UInt8](repeating: 0, count: 63),
            genuine.dropLast(), genuine + [0], Array(genuine.reversed()), genuine + genuine,
            try #require(Base64.url.decode(String(other[2]))), try bytes("3006020100020100"),  // DER, as ECDSA's zeros are
        ]
        for forgery in forgeries {
            #expect(fixture.refusal(of: signed + "." + Base64.url.encode(forgery)) == .badSignature)
        }
        #expect(fixture.refusal(of: parts[0] + "." + other[1] + "." + parts[2]) == .badSignature)
    }

    @Test func `a signature by a stranger's key under our key's name is refused`() throws {
        let stranger = try TokenFixture(active: ServerSecretFixture.secret(9))
        let signed = fixture.base64(fixture.header) + "." + fixture.base64(fixture.claims())
        let signature = stranger.keys.active.privateKey.signature(for: Array(signed.utf8))
        #expect(fixture.refusal(of: signed + "." + Base64.url.encode(signature)) == .badSignature)
        #expect(fixture.refusal(of: stranger.token) == .unknownKey)
    }

    @Test func `no single character of a token can be changed, left out or doubled, even once the token is remembered`() {
        let token = Array(fixture.token.utf8)
        #expect(fixture.refusal(of: fixture.token) == nil)
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+/ ".utf8)
        for index in token.indices {
            let (before, after) = (token[..<index], token[(index + 1)...])
            var forgeries = [before + after, before + [token[index], token[index]] + after]
            forgeries += alphabet.filter { $0 != token[index] }.map { before + [$0] + after }
            for forgery in forgeries where fixture.refusal(of: String(decoding: forgery, as: UTF8.self)) == nil {
                Issue.record("accepted: \(String(decoding: forgery, as: UTF8.self))")
            }
        }
    }

    // MARK: - Encoding

    @Test func `a part that is not canonical base64url is malformed`() {
        let parts = fixture.token.split(separator: ".").map(String.init)
        for part in 0..<3 {
            for suffix in ["=", "==", " ", "\n", "\0", "A====", "%3D", "é"] {
                var forgery = parts
                forgery[part] += suffix
                #expect(fixture.refusal(of: forgery.joined(separator: ".")) == .malformed)
            }
        }
    }

    @Test func `bits to spare in a part's last character are not ours to ignore`() throws {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
        let token = Array(fixture.token.utf8)  // its signature has 64 bytes: 4 bits to spare
        let last = try #require(alphabet.firstIndex(of: token[token.count - 1]))
        for spare in 1..<16 {
            var forgery = token
            forgery[token.count - 1] = alphabet[last | spare]
            #expect(fixture.refusal(of: String(decoding: forgery, as: UTF8.self)) == .malformed)
        }
    }

    @Test func `what has not three parts is malformed`() {
        let token = fixture.token
        for forgery in [
            "", ".", "..", "...", "....", token + ".", "." + token, token + "." + token, token.replacing(".", with: ""), "Bearer " + token,
            " " + token, token + "\r\n",
        ] {
            #expect(fixture.refusal(of: forgery) == .malformed)
        }
        for count in 0..<token.utf8.count { #expect(fixture.refusal(of: String(token.prefix(count))) != nil) }
    }

    @Test func `a token longer than two kibibytes is refused unread, however genuine`() {
        func forgery(padding: Int) -> String {
            fixture.forge(claims: fixture.claims(changing: ["pad": "\"" + String(repeating: "x", count: padding) + "\""]))
        }
        let most = (0..<2000).last { forgery(padding: $0).utf8.count <= TokenVerifier.longestToken } ?? 0
        #expect(fixture.refusal(of: forgery(padding: most)) == nil)
        #expect(fixture.refusal(of: forgery(padding: most + 2)) == .tooLong)
        #expect(fixture.refusal(of: String(repeating: "A", count: 10_000_000)) == .tooLong)
    }

    // MARK: - Claims

    @Test(
        arguments: ["iss", "aud", "sub", "sid", "iat", "nbf", "exp"],
        [
            "", "null", "true", "{}", "[]", #""""#, "-1", "1.5", "1e10", "1795187045.0", "99999999999999999999", "9223372036854775807",
            #""1795187045""#, #"["parley"]"#, #"["parley-api"]"#, #""not an id""#, "0x10",
        ])
    func `a claim that is missing, of another type or of no sense is refused`(claim: String, value: String) throws {
        let refusal = fixture.refusal(of: fixture.forge(claims: fixture.claims(changing: [claim: value])))
        let isText = claim == "iss" || claim == "aud"
        let wrongText: TokenRefusal = claim == "iss" ? .wrongIssuer : .wrongAudience
        #expect(refusal == (isText && value.hasPrefix("\"") ? wrongText : .malformedClaims))
    }

    @Test(arguments: ["parley2", "PARLEY", "parley ", "parley\\u0000", "https://parley", "parl"])
    func `another issuer or audience is refused`(name: String) {
        #expect(fixture.refusal(of: fixture.forge(claims: fixture.claims(changing: ["iss": "\"\(name)\""]))) == .wrongIssuer)
        #expect(fixture.refusal(of: fixture.forge(claims: fixture.claims(changing: ["aud": "\"\(name)\""]))) == .wrongAudience)
    }

    @Test func `a claim given twice is refused, whichever of the two is meant`() {
        for member in [#""sub":"\#(fixture.session)""#, #""exp":99999999999"#, #""\u0073ub":"\#(fixture.session)""#, #""iss":"parley""#] {
            let claims = fixture.claims()
            #expect(fixture.refusal(of: fixture.forge(claims: claims.dropLast() + "," + member + "}")) == .malformedClaims)
            #expect(fixture.refusal(of: fixture.forge(claims: "{" + member + "," + claims.dropFirst())) == .malformedClaims)
        }
    }

    @Test(arguments: ["", "null", "[]", "1", "\"\"", "{}", "{", "{}{}", "\u{FEFF}{}", String(repeating: "[", count: 1000)])
    func `claims that are no object are refused`(claims: String) {
        #expect(fixture.refusal(of: fixture.forge(claims: claims)) == .malformedClaims)
    }

    @Test func `claims that are not UTF-8 are refused`() {
        let signed =
            fixture.base64(fixture.header) + "."
            + Base64.url.encode(Array(fixture.claims().utf8.dropLast()) + Array(",\"x\":\"".utf8) + [0xC0, 0x80] + Array("\"}".utf8))
        let token = signed + "." + Base64.url.encode(fixture.keys.active.privateKey.signature(for: Array(signed.utf8)))
        #expect(fixture.refusal(of: token) == .malformedClaims)
    }

    @Test func `a token that is not valid yet, or no longer, is refused`() {
        let second = fixture.clock.now.milliseconds / 1000
        #expect(fixture.refusal(of: fixture.forge(claims: fixture.claims(changing: ["nbf": "\(second + 62)"]))) == .notYetValid)
        #expect(fixture.refusal(of: fixture.forge(claims: fixture.claims(changing: ["exp": "\(second - 60)"]))) == .expired)
        #expect(fixture.refusal(of: fixture.forge(claims: fixture.claims(changing: ["exp": "0"]))) == .expired)
        #expect(fixture.refusal(of: fixture.forge(claims: fixture.claims(changing: ["exp": "253402300800"]))) == .malformedClaims)
    }

    @Test func `random bytes and random texts are refused`() {
        for _ in 0..<2000 {
            let random = SecureRandom.bytes(Int.random(in: 0...300))
            #expect(fixture.refusal(of: String(decoding: random, as: UTF8.self)) != nil)
            #expect(
                fixture.refusal(of: Base64.url.encode(random) + "." + Base64.url.encode(random) + "." + Base64.url.encode(random)) != nil)
        }
    }
}
