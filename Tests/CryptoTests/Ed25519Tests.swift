import Testing

@testable import Crypto

@Suite struct Ed25519Tests {
    /// RFC 8032 §7.1, tests 1 to 3.
    @Test(arguments: [
        (
            "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
                + "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
        ),
        (
            "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
                + "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
        ),
        (
            "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
            "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
                + "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
        ),
    ])
    func `keys and signatures are those of RFC 8032`(seed: String, publicKey: String, message: String, signature: String) throws {
        let key = try #require(Ed25519.PrivateKey(seed: bytes(seed)))
        #expect(key.publicKey == (try bytes(publicKey)))
        #expect(key.signature(for: try bytes(message)) == (try bytes(signature)))
        #expect(try #require(Ed25519.PublicKey(bytes: bytes(publicKey))).isValid(bytes(signature), for: bytes(message)))
    }

    @Test func `a signature is good for its own bytes and key alone`() throws {
        let key = try #require(Ed25519.PrivateKey(seed: SecureRandom.bytes(32)))
        let other = try #require(Ed25519.PrivateKey(seed: SecureRandom.bytes(32)))
        let publicKey = try #require(Ed25519.PublicKey(bytes: key.publicKey))
        let signature = key.signature(for: [1, 2, 3])
        #expect(publicKey.isValid(signature, for: [1, 2, 3]))
        #expect(!publicKey.isValid(signature, for: [1, 2]))
        #expect(!publicKey.isValid(other.signature(for: [1, 2, 3]), for: [1, 2, 3]))
        for bit in 0..<512 {
            var changed = signature
            changed[bit / 8] ^= 1 << (bit % 8)
            #expect(!publicKey.isValid(changed, for: [1, 2, 3]))
        }
    }

    @Test func `a signature of another form of the same number is refused`() throws {
        // S + L proves the same as S, where L is the order of the group (RFC 8032 §5.1.7 demands S < L).
        let order = try bytes("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010")
        let key = try #require(Ed25519.PrivateKey(seed: SecureRandom.bytes(32)))
        var signature = key.signature(for: [1])
        var carry = 0
        for index in 0..<32 {
            let sum = Int(signature[32 + index]) + Int(order[index]) + carry
            signature[32 + index] = UInt8(sum & 0xFF)
            carry = sum >> 8
        }
        #expect(try !#require(Ed25519.PublicKey(bytes: key.publicKey)).isValid(signature, for: [1]))
    }

    @Test func `a signature of zeros, of no length or of the wrong one is refused`() throws {
        let key = try #require(Ed25519.PrivateKey(seed: SecureRandom.bytes(32)))
        let publicKey = try #require(Ed25519.PublicKey(bytes: key.publicKey))
        for count in [0, 1, 63, 64, 65, 128] {
            #expect(!publicKey.isValid([UInt8](repeating: 0, count: count), for: [1]))
        }
        #expect(!publicKey.isValid(key.signature(for: [1]) + [0], for: [1]))
    }

    @Test func `keys have 32 bytes`() {
        for count in [0, 31, 33, 64] {
            #expect(Ed25519.PrivateKey(seed: [UInt8](repeating: 1, count: count)) == nil)
            #expect(Ed25519.PublicKey(bytes: [UInt8](repeating: 1, count: count)) == nil)
        }
    }
}
