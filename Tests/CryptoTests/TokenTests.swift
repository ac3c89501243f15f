import JSON
import Testing

@testable import Crypto

@Suite struct TokenTests {
    @Test func `a token says who it is for, and is good for its lifetime`() throws {
        let fixture = try TokenFixture()
        let claims = try fixture.verifier.verify(fixture.token)
        let now = Timestamp(milliseconds: 1_795_187_045_000)  // the clock's, to the second
        #expect(
            claims
                == TokenClaims(
                    issuer: "parley", audience: "parley-api", subject: fixture.subject, session: fixture.session, issuedAt: now,
                    notBefore: now, expires: Timestamp(milliseconds: now.milliseconds + 900_000)))
        #expect(fixture.token.utf8.count < 500)
    }

    @Test func `a token is a JWT that others can read`() throws {
        let fixture = try TokenFixture()
        let parts = fixture.token.split(separator: ".")
        #expect(parts.count == 3)
        let header = try JSON.decode(JSONValue.self, from: #require(Base64.url.decode(String(parts[0]))))
        #expect(header == ["alg": "EdDSA", "kid": .string(fixture.keys.active.id), "typ": "at+jwt"])
        let claims = try JSON.decode(JSONValue.self, from: #require(Base64.url.decode(String(parts[1]))))
        #expect(claims["sub"] == .string("\(fixture.subject)"))
        #expect(claims["exp"] == .integer(1_795_187_045 + 900))
    }

    @Test func `the forge makes good tokens, so that what it changes is what is refused`() throws {
        let fixture = try TokenFixture()
        #expect(fixture.refusal(of: fixture.forge()) == nil)
        #expect(fixture.refusal(of: fixture.forge(claims: fixture.claims(changing: ["extra": "[1]"]))) == nil)
    }

    @Test(
        arguments: [
            (-61.0, .notYetValid), (-59, nil), (0, nil), (899, nil), (959, nil), (960, .expired), (961, .expired), (1e9, .expired),
        ] as [(Double, TokenRefusal?)])
    func `a minute of difference between clocks is forgiven, on both sides, and no more`(seconds: Double, refusal: TokenRefusal?) throws {
        let fixture = try TokenFixture()
        let token = fixture.forge(claims: fixture.claims())
        fixture.clock.advance(seconds: seconds)
        #expect(fixture.refusal(of: token) == refusal)
    }

    @Test func `a token that is remembered still dies at its time, and does not live before it`() throws {
        let fixture = try TokenFixture()
        let token = fixture.token
        #expect(fixture.refusal(of: token) == nil)
        #expect(fixture.refusal(of: token) == nil)
        fixture.clock.advance(seconds: -120)
        #expect(fixture.refusal(of: token) == .notYetValid)
        fixture.clock.advance(seconds: 120 + 900 + 60)
        #expect(fixture.refusal(of: token) == .expired)
    }

    @Test func `after a rotation old tokens are good as long as their key stays on the ring`() throws {
        let old = try TokenFixture(active: ServerSecretFixture.secret(1))
        let rotated = try TokenFixture(active: ServerSecretFixture.secret(2), previous: [ServerSecretFixture.secret(1)])
        let ended = try TokenFixture(active: ServerSecretFixture.secret(2))
        #expect(old.keys.active.id != rotated.keys.active.id)
        #expect(rotated.refusal(of: old.token) == nil)
        #expect(rotated.refusal(of: rotated.token) == nil)
        #expect(ended.refusal(of: rotated.token) == nil)
        #expect(ended.refusal(of: old.token) == .unknownKey)
        #expect(old.refusal(of: rotated.token) == .unknownKey)
    }

    @Test func `processes that share a secret accept each other's tokens`() throws {
        #expect(try TokenFixture().refusal(of: TokenFixture().token) == nil)
    }

    @Test func `a ring has eight keys at most`() {
        let secrets = (1...8).map { ServerSecretFixture.secret($0) }
        #expect(TokenKeyRing(active: secrets[0], previous: Array(secrets[1...])) != nil)
        #expect(TokenKeyRing(active: secrets[0], previous: secrets) == nil)
    }

    @Test func `key ids are of the class that is looked up`() throws {
        for byte in UInt8(1)...50 {
            let keys = try #require(TokenKeyRing(active: ServerSecretFixture.secret(byte)))
            #expect(keys.active.id.utf8.count == 12 && TokenKey.isID(keys.active.id))
        }
        for id in ["", String(repeating: "a", count: 65), "a b", "a/b", "a.b", "é", "a\0"] { #expect(!TokenKey.isID(id)) }
        #expect(TokenKey.isID(String(repeating: "-", count: 64)))
    }
}

@Suite struct VerifiedTokenCacheTests {
    private let claims = TokenClaims(
        issuer: "i", audience: "a", subject: UniqueID(high: 1, low: 1), session: UniqueID(high: 1, low: 2),
        issuedAt: Timestamp(milliseconds: 0), notBefore: Timestamp(milliseconds: 0), expires: Timestamp(milliseconds: 1))

    private func digest(_ number: Int) -> SHA256.Digest { SHA256.digest(of: Array("\(number)".utf8)) }

    @Test func `what was put in is found, and nothing else`() {
        let cache = VerifiedTokenCache(limit: 1000)
        cache.insert(claims, of: digest(1))
        #expect(cache.claims(of: digest(1)) == claims)
        #expect(cache.claims(of: digest(2)) == nil)
    }

    @Test(arguments: [0, 1, 100, 5000]) func `it never holds more than its limit, or one a generation and stripe`(limit: Int) {
        let cache = VerifiedTokenCache(limit: limit)
        for number in 0..<20_000 { cache.insert(claims, of: digest(number)) }
        let found = (0..<20_000).count { cache.holds(digest($0)) }
        #expect(found <= max(limit, 32))
        #expect(cache.holds(digest(19_999)))
    }

    @Test func `who is seen often stays, however many come and go`() {
        let cache = VerifiedTokenCache(limit: 320)
        cache.insert(claims, of: digest(0))
        for number in 1..<20_000 {
            cache.insert(claims, of: digest(number))
            if number.isMultiple(of: 20) { #expect(cache.claims(of: digest(0)) != nil) }
        }
    }
}

@Suite struct RefreshTokenTests {
    private let key = RefreshToken.SuccessorKey(ServerSecretFixture.secret(1))

    @Test func `a token has 43 characters and comes back from them`() throws {
        let token = RefreshToken.random()
        #expect(token.text.utf8.count == 43)
        #expect(try #require(RefreshToken(token.text)).digest == token.digest)
        #expect(token.digest == SHA256.digest(of: try #require(Base64.url.decode(token.text))))
        #expect(RefreshToken.random().text != token.text)
    }

    @Test func `every other text is none`() {
        let text = String(repeating: "A", count: 43)
        #expect(RefreshToken(text) != nil)
        for wrong in [
            "", "A", text + "A", text.dropLast() + "B", text.dropLast() + "=", text + "=", text.dropLast() + "", " " + text.dropLast(),
            text.dropLast() + "é",
        ] {
            #expect(RefreshToken(wrong) == nil)
        }
    }

    @Test func `a token has one successor, which only the key tells`() {
        let token = RefreshToken.random()
        let successor = token.successor(under: key)
        #expect(token.successor(under: key).digest == successor.digest)
        #expect(RefreshToken(token.text)?.successor(under: key).digest == successor.digest)
        #expect(token.successor(under: RefreshToken.SuccessorKey(ServerSecretFixture.secret(2))).digest != successor.digest)
        #expect(RefreshToken.random().successor(under: key).digest != successor.digest)
        #expect(successor.successor(under: key).digest != successor.digest && successor.digest != token.digest)
    }

    @Test func `a token is never printed`() {
        let token = RefreshToken.random()
        var printed = "\(token) \(String(reflecting: token))"
        dump(token, to: &printed)
        #expect(!printed.contains(token.text) && !printed.contains("["))
    }

    @Test func `a token that was issued for longer than tokens live now is refused`() throws {
        let fixture = try TokenFixture()
        let strict = TokenVerifier(
            keys: fixture.keys, issuer: "parley", audience: "parley-api", longestLifetime: .seconds(900), clock: { fixture.clock.now })
        let second = fixture.clock.now.milliseconds / 1000
        #expect(throws: Never.self) { _ = try strict.verify(fixture.token) }
        let long = fixture.forge(claims: fixture.claims(changing: ["exp": "\(second + 901)"]))
        #expect(fixture.refusal(of: long) == nil)
        #expect(throws: TokenRefusal.livesTooLong) { _ = try strict.verify(long) }
    }

    @Test func `a token is remembered once it was found good, and until it expires`() throws {
        let fixture = try TokenFixture()
        #expect(fixture.verifier.remembered(fixture.token) == nil)
        let claims = try fixture.verifier.verify(fixture.token)
        #expect(fixture.verifier.remembered(fixture.token) == claims)
        #expect(fixture.verifier.remembered(fixture.token + "x") == nil)
        fixture.clock.advance(seconds: 900 + 61)
        #expect(fixture.verifier.remembered(fixture.token) == nil)
    }
}
