import JSON
import Testing

@testable import Crypto

/// A host app with a key of each kind. Tokens with claims of a test's own are signed with the Ed25519 one.
private struct Host {
    static let second: Int64 = 1_795_187_045
    static let rsa = #"{"kty":"RSA","kid":"rsa","use":"sig","n":"\#(HostFixture.rsaModulus)","e":"AQAB"}"#
    static let p256 = #"{"kty":"EC","kid":"p256","crv":"P-256","x":"\#(HostFixture.p256X)","y":"\#(HostFixture.p256Y)","alg":"ES256"}"#

    let clock = ManualClock(milliseconds: second * 1000 + 678)
    let key: Ed25519.PrivateKey
    let keys: JSONWebKeySet
    let verifier: HostTokenVerifier

    init(issuer: String? = nil, audience: String? = nil) throws {
        let clock = clock
        key = try #require(Ed25519.PrivateKey(seed: [UInt8](repeating: 7, count: 32)))
        keys = try JSONWebKeySet(reading: Array(#"{"keys":[\#(Self.rsa),\#(Self.p256),\#(Self.ed25519(key))]}"#.utf8))
        verifier = HostTokenVerifier(issuer: issuer, audience: audience, clock: { clock.now })
    }

    static func ed25519(_ key: Ed25519.PrivateKey) -> String {
        #"{"kty":"OKP","kid":"ed","crv":"Ed25519","x":"\#(Base64.url.encode(key.publicKey))"}"#
    }

    func claims(changing changes: [String: String] = [:]) -> String {
        var members = ["sub": #""user-1""#, "iat": "\(Self.second)", "exp": "\(Self.second + 900)"]
        members.merge(changes) { _, new in new }
        return "{" + members.filter { !$0.value.isEmpty }.map { "\"\($0.key)\":\($0.value)" }.sorted().joined(separator: ",") + "}"
    }

    /// A token of any header and claims, signed with the genuine Ed25519 key.
    func forge(header: String = #"{"alg":"EdDSA","kid":"ed"}"#, claims: String? = nil) -> String {
        let signed = Base64.url.encode(Array(header.utf8)) + "." + Base64.url.encode(Array((claims ?? self.claims()).utf8))
        return signed + "." + Base64.url.encode(key.signature(for: Array(signed.utf8)))
    }

    func forge(claiming changes: [String: String]) -> String { forge(claims: claims(changing: changes)) }

    /// Why a token is refused, or `nil` if it is not.
    func refusal(of token: String, under other: JSONWebKeySet? = nil) -> TokenRefusal? {
        do throws(TokenRefusal) {
            _ = try verifier.verify(token, under: other ?? keys)
            return nil
        } catch {
            return error
        }
    }
}

@Suite struct HostTokenTests {
    private let host: Host

    init() throws { host = try Host() }

    @Test(arguments: [HostFixture.rs256Token, HostFixture.es256Token])
    func `a token that another implementation signed is good, and says what it was made to say`(token: String) throws {
        let claims = try host.verifier.verify(token, under: host.keys)
        #expect(claims.subject == "user-1" && claims.device == "phone")
        #expect(claims.preferredUsername == "ada" && claims.displayName == "Ada L.")
        #expect(claims.issuedAt.milliseconds == Host.second * 1000 && claims.expires.milliseconds == (Host.second + 900) * 1000)
        #expect(host.refusal(of: host.forge()) == nil)
        let strict = HostTokenVerifier(issuer: "https://host.example", audience: "parley", clock: { [clock = host.clock] in clock.now })
        #expect(try strict.verify(token, under: host.keys) == claims)
    }

    // MARK: - Algorithm

    @Test(arguments: [
        HostFixture.hmacToken, HostFixture.rs512Token, HostFixture.ps256Token,
    ]) func `an algorithm that is not taken is refused, whatever the key`(token: String) {
        #expect(host.refusal(of: token) == .wrongAlgorithm)
    }

    @Test func `what a public key's text signs as a secret is no signature`() {
        let secrets = [HostFixture.rsaModulus, Host.rsa, Host.p256, HostFixture.p256X, "", "secret"].map { Array($0.utf8) }
        for (algorithm, key) in [("HS256", "rsa"), ("HS256", "ed"), ("none", "rsa"), ("RS256", "rsa"), ("ES256", "p256"), ("EdDSA", "ed")] {
            let signed =
                Base64.url.encode(Array(#"{"alg":"\#(algorithm)","kid":"\#(key)"}"#.utf8)) + "."
                + Base64.url.encode(Array(host.claims().utf8))
            for secret in secrets + [host.key.publicKey] {
                let tag = HMACSHA256.tag(for: Array(signed.utf8), key: secret).bytes
                for signature in [tag, tag + tag, []] {
                    let expected: TokenRefusal = ["HS256", "none"].contains(algorithm) ? .wrongAlgorithm : .badSignature
                    #expect(host.refusal(of: signed + "." + Base64.url.encode(signature)) == expected)
                }
            }
        }
    }

    @Test(arguments: [
        ("RS256", "ed"), ("RS256", "p256"), ("ES256", "rsa"), ("ES256", "ed"), ("EdDSA", "rsa"), ("EdDSA", "p256"), ("none", "ed"),
        ("None", "ed"), ("", "ed"), ("eddsa", "ed"), ("Ed25519", "ed"), ("HS256", "ed"), ("HS384", "ed"), ("RS384", "ed"), ("ES384", "ed"),
        ("ES256K", "ed"), ("EdDSA ", "ed"), ("EdDSA\\u0000", "ed"),
    ])
    func `the key says the algorithm, and the token must agree`(algorithm: String, key: String) {
        #expect(host.refusal(of: host.forge(header: #"{"alg":"\#(algorithm)","kid":"\#(key)"}"#)) == .wrongAlgorithm)
    }

    @Test func `a signature of another hash, or in another form, is refused`() {
        #expect(host.refusal(of: HostFixture.sha1Token) == .badSignature)
        #expect(host.refusal(of: HostFixture.derToken) == .badSignature)
        for (header, sizes) in [(#"{"alg":"ES256","kid":"p256"}"#, [64]), (#"{"alg":"RS256","kid":"rsa"}"#, [256, 255, 257, 0])] {
            for size in sizes {
                for byte: UInt8 in [0, 1, 0xFF] {
                    let parts = host.forge(header: header).split(separator: ".")
                    let forgery = parts[0] + "." + parts[1] + "." + Base64.url.encode([UInt8](repeating: byte, count: size))
                    #expect(host.refusal(of: String(forgery)) == .badSignature)
                }
            }
        }
    }

    @Test func `no character of a token can be changed`() {
        for token in [HostFixture.rs256Token, HostFixture.es256Token, host.forge()] {
            let bytes = Array(token.utf8)
            for index in bytes.indices {
                var forgery = bytes
                forgery[index] = bytes[index] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
                #expect(host.refusal(of: String(decoding: forgery, as: UTF8.self)) != nil)
            }
        }
    }

    // MARK: - Header

    @Test func `only a key that is not known gives reason to look for new ones`() throws {
        #expect(host.refusal(of: host.forge(header: #"{"alg":"EdDSA","kid":"other"}"#)) == .unknownKey)
        for header in [
            #"{"alg":"HS256","kid":"other"}"#, #"{"alg":"EdDSA","kid":"other","crit":["x"]}"#, #"{"alg":"EdDSA","kid":"other","typ":"x"}"#,
            #"{"alg":"EdDSA","kid":""}"#, #"{"alg":"EdDSA","kid":"a b"}"#, #"{"alg":"EdDSA","kid":"\u0000"}"#, #"{"alg":"EdDSA"}"#,
        ] {
            #expect(host.refusal(of: host.forge(header: header)) != .unknownKey, "\(header)")
        }
    }

    @Test(arguments: ["JWT", "jwt", "at+jwt", "application/at+jwt"]) func `a token may call itself an access token`(type: String) {
        #expect(host.refusal(of: host.forge(header: #"{"alg":"EdDSA","kid":"ed","typ":"\#(type)"}"#)) == nil)
    }

    @Test(arguments: ["logout+jwt", "secevent+jwt", "dpop+jwt", "", "JOSE"]) func `a token of another kind is refused`(type: String) {
        #expect(host.refusal(of: host.forge(header: #"{"alg":"EdDSA","kid":"ed","typ":"\#(type)"}"#)) == .wrongType)
    }

    @Test func `a token that brings a key is held to the one it names, and one that changes the rules is refused`() {
        for member in [#""jku":"http://127.0.0.1/""#, #""jwk":\#(Host.p256)"#, #""x5u":"http://127.0.0.1/""#, #""x5c":["MIIB"]"#] {
            #expect(host.refusal(of: host.forge(header: #"{"alg":"EdDSA","kid":"ed",\#(member)}"#)) == nil)
            #expect(host.refusal(of: host.forge(header: #"{"alg":"EdDSA","kid":"other",\#(member)}"#)) == .unknownKey)
        }
        for member in [#""crit":["exp"]"#, #""crit":[]"#, #""b64":false"#, #""zip":"DEF""#, #""enc":"A256GCM""#] {
            #expect(host.refusal(of: host.forge(header: #"{"alg":"EdDSA","kid":"ed",\#(member)}"#)) == .foreignHeader)
        }
    }

    @Test(arguments: [
        "", "[]", "null", "{}", #"{"alg":"EdDSA","alg":"EdDSA","kid":"ed"}"#, #"{"alg":"EdDSA","kid":"ed","kid":"ed"}"#,
        #"{"alg":["EdDSA"],"kid":"ed"}"#, #"{"alg":"EdDSA","kid":1}"#, #"{"alg":"EdDSA","kid":"ed"}{}"#,
        #"{"alg":"EdDSA","kid":"ed","typ":1}"#,
    ])
    func `a header that is no object, or says a thing twice, is malformed`(header: String) {
        #expect(host.refusal(of: host.forge(header: header)) == .malformed)
    }

    // MARK: - Claims

    @Test(
        arguments: ["sub", "iat", "exp"],
        ["", "null", "true", "{}", "[]", #""""#, "-1", "1e400", "99999999999999", #""a\u0000b""#, #""a\nb""#])
    func `a claim that is needed and is missing or senseless is refused`(claim: String, value: String) {
        #expect(host.refusal(of: host.forge(claiming: [claim: value])) == .malformedClaims)
    }

    @Test func `a subject has 255 bytes at most`() {
        #expect(host.refusal(of: host.forge(claiming: ["sub": "\"\(String(repeating: "é", count: 127))\""])) == nil)
        #expect(host.refusal(of: host.forge(claiming: ["sub": "\"\(String(repeating: "é", count: 128))\""])) == .malformedClaims)
    }

    @Test func `a claim given twice is refused, whichever of the two is meant`() {
        for member in [#""sub":"other""#, #""exp":99999999999"#, #""\u0073ub":"other""#, #""x":1,"x":2"#] {
            #expect(host.refusal(of: host.forge(claims: host.claims().dropLast() + "," + member + "}")) == .malformedClaims)
        }
    }

    @Test func `issuer and audience are checked if they are set`() throws {
        let strict = try Host(issuer: "https://host.example", audience: "parley")
        func refusal(_ issuer: String, _ audience: String) -> TokenRefusal? {
            strict.refusal(of: strict.forge(claiming: ["iss": issuer, "aud": audience]))
        }
        let issuer = #""https://host.example""#
        for audience in [#""parley""#, #"["parley"]"#, #"["web","parley"]"#] { #expect(refusal(issuer, audience) == nil) }
        for audience in ["", "[]", #""web""#, #"["web"]"#, #""Parley""#, #""parley ""#] {
            #expect(refusal(issuer, audience) == .wrongAudience)
        }
        for audience in ["null", "1", "{}", #"["parley",1]"#, #"[["parley"]]"#] { #expect(refusal(issuer, audience) == .malformedClaims) }
        for issuer in ["", #""https://host.example/""#, #""http://host.example""#] {
            #expect(refusal(issuer, #""parley""#) == .wrongIssuer)
        }
        #expect(host.refusal(of: host.forge(claiming: ["iss": #""anybody""#, "aud": #""anything""#])) == nil)
    }

    @Test func `a token counts from its beginning to its end, give or take a minute`() {
        let now = Host.second
        for (claims, refusal) in [
            (["exp": "\(now - 59)"], nil), (["exp": "\(now - 60)"], .expired), (["exp": "\(now - 59).9"], nil), (["exp": "0"], .expired),
            (["nbf": "\(now + 60)"], nil), (["nbf": "\(now + 62)"], .notYetValid), (["iat": "\(now + 60)"], nil),
            (["iat": "\(now + 62)"], .notYetValid), (["iat": "\(now).5", "exp": "\(now + 9).25"], nil), (["iat": "0"], nil),
        ] as [([String: String], TokenRefusal?)] {
            #expect(host.refusal(of: host.forge(claiming: claims)) == refusal, "\(claims)")
        }
    }

    @Test func `the device is what the token says, or else its session`() throws {
        func device(_ claims: [String: String]) throws -> String? {
            try host.verifier.verify(host.forge(claiming: claims), under: host.keys).device
        }
        #expect(try device([:]) == nil)
        #expect(try device(["sid": #""s""#]) == "s")
        #expect(try device(["sid": #""s""#, "device_id": #""d""#]) == "d")
        for senseless in [#""""#, "1", "null", #""a\tb""#] {
            #expect(host.refusal(of: host.forge(claiming: ["device_id": senseless])) == .malformedClaims)
        }
    }

    @Test func `a token of more than eight kibibytes is refused unread`() {
        func forgery(_ padding: Int) -> String { host.forge(claiming: ["pad": "\"\(String(repeating: "x", count: padding))\""]) }
        #expect(host.refusal(of: forgery(5900)) == nil)
        #expect(host.refusal(of: forgery(6200)) == .tooLong)
        #expect(host.refusal(of: String(repeating: "A", count: 10_000_000)) == .tooLong)
    }
}

@Suite struct JSONWebKeySetTests {
    private func read(_ text: String) throws(JSONWebKeySetError) -> JSONWebKeySet { try JSONWebKeySet(reading: Array(text.utf8)) }

    private func failure(_ text: String) -> JSONWebKeySetError? {
        do throws(JSONWebKeySetError) {
            _ = try read(text)
            return nil
        } catch {
            return error
        }
    }

    /// A key that is never the reason why a set is refused.
    private static let good = Host.p256

    @Test(arguments: [
        #"{"kty":"oct","kid":"a","k":"c2VjcmV0"}"#, #"{"kty":"RSA","kid":"a","n":"\#(HostFixture.shortRSAModulus)","e":"AQAB"}"#,
        #"{"kty":"RSA","kid":"a","n":"\#(HostFixture.rsaModulus)","e":"AQ"}"#,
        #"{"kty":"RSA","kid":"a","n":"\#(HostFixture.rsaModulus)","e":"Ag"}"#,
        #"{"kty":"RSA","kid":"a","n":"\#(HostFixture.rsaModulus)"}"#, #"{"kty":"RSA","kid":"a","n":"","e":"AQAB"}"#,
        #"{"kty":"RSA","kid":"a","n":"\#(HostFixture.rsaModulus)","e":"AQAB","alg":"RS512"}"#,
        #"{"kty":"RSA","kid":"a","n":"\#(HostFixture.rsaModulus)","e":"AQAB","alg":"HS256"}"#,
        #"{"kty":"RSA","kid":"a","n":"\#(HostFixture.rsaModulus)","e":"AQAB","use":"enc"}"#,
        #"{"kty":"RSA","kid":"a","n":"\#(HostFixture.rsaModulus)","e":"AQAB","key_ops":["encrypt"]}"#,
        #"{"kty":"RSA","kid":"a","n":"\#(HostFixture.rsaModulus)=","e":"AQAB"}"#,
        #"{"kty":"RSA","n":"\#(HostFixture.rsaModulus)","e":"AQAB"}"#,
        #"{"kty":"RSA","kid":"","n":"\#(HostFixture.rsaModulus)","e":"AQAB"}"#,
        #"{"kty":"RSA","kid":"a b","n":"\#(HostFixture.rsaModulus)","e":"AQAB"}"#,
        #"{"kty":"EC","kid":"a","crv":"P-384","x":"\#(HostFixture.p384X)","y":"\#(HostFixture.p384Y)"}"#,
        #"{"kty":"EC","kid":"a","crv":"P-256","x":"\#(HostFixture.p384X)","y":"\#(HostFixture.p384Y)"}"#,
        #"{"kty":"EC","kid":"a","crv":"P-256","x":"\#(HostFixture.p256Y)","y":"\#(HostFixture.p256X)"}"#,
        #"{"kty":"EC","kid":"a","crv":"P-256","x":"\#(HostFixture.p256X)"}"#,
        #"{"kty":"EC","kid":"a","crv":"secp256k1","x":"\#(HostFixture.p256X)","y":"\#(HostFixture.p256Y)"}"#,
        #"{"kty":"OKP","kid":"a","crv":"X25519","x":"\#(HostFixture.p256X)"}"#, #"{"kty":"OKP","kid":"a","crv":"Ed25519","x":"AAAA"}"#,
        #"{"kty":"OKP","kid":"a","crv":"P-256","x":"\#(HostFixture.p256X)"}"#, #"{"kid":"a"}"#, "{}",
    ])
    func `a key that cannot be used is passed over`(key: String) throws {
        let set = try read(#"{"keys":[\#(key),\#(Self.good)]}"#)
        #expect(set.names == ["p256"] && set.skippedCount == 1)
        #expect(failure(#"{"keys":[\#(key)]}"#) == .noUsableKey)
    }

    @Test(arguments: [#"{"keys":[]}"#]) func `a set without keys is none`(text: String) { #expect(failure(text) == .noUsableKey) }

    @Test(arguments: [
        "", "null", "[]", "{}", #"{"keys":null}"#, #"{"keys":{}}"#, #"{"keys":[1]}"#, #"{"keys":[],"keys":[]}"#, #"{"keys":[{"kty":1}]}"#,
        #"{"keys":[{"kty":"EC","kty":"EC"}]}"#, #"{"keys":[{"kid":null}]}"#, #"{"keys":[]}{}"#, #"{"keys":["#, "<html>", "\u{FEFF}{}",
        #"{"keys":[{"key_ops":"verify"}]}"#,
    ])
    func `what is no JWK set is refused`(text: String) {
        guard case .malformed = failure(text) else {
            Issue.record("\(text): \(String(describing: failure(text)))")
            return
        }
    }

    @Test func `a private key in a set spoils it`() {
        for member in [#""d":"AA""#, #""p":"AA""#, #""dq":null"#] {
            #expect(failure(#"{"keys":[\#(Self.good.dropLast()),\#(member)}]}"#) == .privateKey)
            #expect(failure(#"{"keys":[\#(Self.good),{"kty":"x",\#(member)}]}"#) == .privateKey)
        }
    }

    @Test func `two keys of one name spoil a set, unless one of them is passed over`() {
        #expect(failure(#"{"keys":[\#(Self.good),\#(Self.good)]}"#) == .duplicateName)
        #expect(failure(#"{"keys":[\#(Self.good),{"kty":"oct","kid":"p256"}]}"#) == nil)
    }

    @Test func `a set has 32 keys and 256 kibibytes at most`() {
        func set(_ count: Int) -> String {
            let others = (1..<count).map { #"{"kty":"oct","kid":"\#($0)"}"# }
            return #"{"keys":[\#(([Self.good] + others).joined(separator: ","))]}"#
        }
        #expect(failure(set(32)) == nil)
        #expect(failure(set(33)) == .tooLarge)
        #expect(failure(String(repeating: " ", count: JSONWebKeySet.longestDocument) + set(1)) == .tooLarge)
        #expect(failure(String(repeating: "[", count: JSONWebKeySet.longestDocument)) != nil)
    }

    @Test func `unknown members and keys of other kinds do no harm`() throws {
        let set = try read(#"{"keys":[\#(Self.good.dropLast()),"x5c":["MIIB"],"exp":1,"ext":{}}],"issuer":"x"}"#)
        #expect(set.count == 1 && set.skippedCount == 0)
    }
}
