import Testing

@testable import Crypto

func bytes(_ hex: String) throws -> [UInt8] {
    try #require(Hex.decode(hex))
}

@Suite struct DigestTests {
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
        (String(repeating: "a", count: 1_000_000), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"),
    ])
    func `SHA-256 gives the digests of FIPS 180-4's examples`(text: String, digest: String) throws {
        #expect(SHA256.digest(of: Array(text.utf8)).bytes == (try bytes(digest)))
    }

    @Test func `SHA-1 gives the handshake of RFC 6455's example`() {
        let accept = SHA1.digest(of: Array("dGhlIHNhbXBsZSBub25jZQ==258EAFA5-E914-47DA-95CA-C5AB0DC85B11".utf8))
        #expect(Base64.standard.encode(accept) == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
    }

    @Test func `a digest is made of 32 bytes and of no other number, and equals itself alone`() throws {
        let digest = SHA256.digest(of: [1, 2, 3])
        #expect(SHA256.Digest(digest.bytes) == digest)
        for byte in 0..<32 {
            var changed = digest.bytes
            changed[byte] ^= 0x10
            #expect(try #require(SHA256.Digest(changed)) != digest)
        }
        #expect(SHA256.Digest([]) == nil)
        #expect(SHA256.Digest(digest.bytes.dropLast()) == nil)
        #expect(SHA256.Digest(digest.bytes + [0]) == nil)
    }

    @Test func `secrets are compared in full`() {
        #expect(constantTimeEquals([], []))
        #expect(constantTimeEquals([1, 2, 3], [1, 2, 3]))
        #expect(!constantTimeEquals([1, 2, 3], [1, 2, 4]))
        #expect(!constantTimeEquals([0, 2, 3], [1, 2, 3]))
        #expect(!constantTimeEquals([1, 2, 3], [1, 2]))
    }
}

@Suite struct KeyedTests {
    /// RFC 4231 §4, cases 1 to 4, 6 and 7 (case 5 shows a truncated tag, which we never make).
    @Test(
        arguments: [
            (
                [UInt8](repeating: 0x0B, count: 20), Array("Hi There".utf8),
                "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
            ),
            (
                Array("Jefe".utf8), Array("what do ya want for nothing?".utf8),
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
            ),
            (
                [UInt8](repeating: 0xAA, count: 20), [UInt8](repeating: 0xDD, count: 50),
                "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"
            ),
            (
                Array(0x01...0x19), [UInt8](repeating: 0xCD, count: 50),
                "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"
            ),
            (
                [UInt8](repeating: 0xAA, count: 131), Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
            ),
            (
                [UInt8](repeating: 0xAA, count: 131),
                Array(
                    ("This is a test using a larger than block-size key and a larger than block-size data. "
                        + "The key needs to be hashed before being used by the HMAC algorithm.").utf8),
                "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"
            ),
        ] as [([UInt8], [UInt8], String)])
    func `HMAC-SHA-256 gives the tags of RFC 4231`(key: [UInt8], data: [UInt8], tag: String) throws {
        #expect(HMACSHA256.tag(for: data, key: key).bytes == (try bytes(tag)))
    }

    /// RFC 5869, appendix A.1 to A.3.
    @Test(
        arguments: [
            (
                [UInt8](repeating: 0x0B, count: 22), Array(0x00...0x0C), Array(0xF0...0xF9),
                "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"
            ),
            (
                Array(0x00...0x4F), Array(0x60...0xAF), Array(0xB0...0xFF),
                "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e590e09"
                    + "da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87"
            ),
            (
                [UInt8](repeating: 0x0B, count: 22), [], [],
                "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8"
            ),
        ] as [([UInt8], [UInt8], [UInt8], String)])
    func `HKDF-SHA-256 gives the keys of RFC 5869`(secret: [UInt8], salt: [UInt8], info: [UInt8], key: String) throws {
        let expected = try bytes(key)
        #expect(HKDFSHA256.derive(from: secret, salt: salt, info: info, count: expected.count) == expected)
    }

    @Test func `a server secret has 32 bytes at least, gives each purpose its own key, and is never printed`() throws {
        #expect(ServerSecret([UInt8](repeating: 7, count: 31)) == nil)
        let secret = try #require(ServerSecret([UInt8](repeating: 7, count: 32)))
        let other = try #require(ServerSecret([UInt8](repeating: 8, count: 32)))
        #expect(secret.key(for: "a") == secret.key(for: "a"))
        #expect(Set([secret.key(for: "a"), secret.key(for: "b"), other.key(for: "a")]).count == 3)
        #expect(secret.key(for: "a").count == 32)
        var dumped = "\(secret) \(String(reflecting: secret))"
        dump(secret, to: &dumped)
        #expect(!dumped.contains("7"))
    }

    @Test func `random bytes come in any number and never twice`() {
        #expect(SecureRandom.bytes(0).isEmpty)
        #expect(SecureRandom.bytes(1000).count == 1000)
        #expect(Set(SecureRandom.bytes(100_000)).count == 256)
        #expect(Set((0..<1000).map { _ in SecureRandom.bytes(16) }).count == 1000)
        #expect(Set((0..<1000).map { _ in SecureRandom().next() }).count == 1000)
    }
}
