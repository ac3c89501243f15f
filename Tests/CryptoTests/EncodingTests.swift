import Testing

@testable import Crypto

@Suite struct EncodingTests {
    @Test(arguments: [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"),
    ])
    func `base64 is RFC 4648's, with padding and without`(text: String, encoded: String) {
        let unpadded = encoded.filter { $0 != "=" }
        #expect(Base64.standard.encode(Array(text.utf8)) == encoded)
        #expect(Base64.url.encode(Array(text.utf8)) == unpadded)
        #expect(Base64.standard.decode(encoded) == Array(text.utf8))
        #expect(Base64.url.decode(unpadded) == Array(text.utf8))
    }

    @Test func `the two alphabets differ in their last two characters`() {
        #expect(Base64.standard.encode([0xFB, 0xFF]) == "+/8=")
        #expect(Base64.url.encode([0xFB, 0xFF]) == "-_8")
        #expect(Base64.url.decode("+/8") == nil)
        #expect(Base64.standard.decode("-_8=") == nil)
    }

    @Test(arguments: ["Zg==", "Zg=", "Z", "Zm9vY", "Zh", "Zm9", "Zm8=", " Zg", "Zg ", "Z\ng", "Zg\n", "Zü", "Zm9v.", "====", "\0"])
    func `base64url refuses padding, white space, foreign characters, impossible lengths and set bits beyond the last byte`(text: String) {
        #expect(Base64.url.decode(text) == nil)
    }

    @Test(arguments: ["Zg", "Zg=", "Zg===", "Zh==", "Zm9=", "Z===", "====", "=", "Zm9v====", "Zg==Zg==", "Zm=v", "Zg= ="])
    func `padded base64 refuses every other padding`(text: String) {
        #expect(Base64.standard.decode(text) == nil)
    }

    @Test func `every text of up to three characters either is refused or is what its bytes encode to`() {
        let characters = Array("AEIQZaghwz019-_+/=. ".utf8)
        for alphabet in [Base64.url, .standard, .standardUnpadded] {
            for a in characters {
                for b in characters {
                    for text in [[a], [a, b]] + characters.map({ [a, b, $0] }) {
                        guard let decoded = alphabet.decode(text[...]) else { continue }
                        #expect(alphabet.encodedBytes(decoded) == text)
                    }
                }
            }
        }
    }

    @Test func `bytes of every length come back from base64 and hex`() {
        for count in 0..<100 {
            let random = SecureRandom.bytes(count)
            #expect(Base64.standard.decode(Base64.standard.encode(random)) == random)
            #expect(Base64.url.decode(Base64.url.encode(random)) == random)
            #expect(Hex.decode(Hex.encode(random)) == random)
        }
    }

    @Test func `hex is written in lower case and read in either`() {
        #expect(Hex.encode([0x00, 0x9A, 0xFF]) == "009aff")
        #expect(Hex.decode("009AfF") == [0x00, 0x9A, 0xFF])
        for text in ["0", "0g", "g0", "0x00", " 00", "00 ", "é", "００"] { #expect(Hex.decode(text) == nil) }
    }
}
