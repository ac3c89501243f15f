import CCrypto

/// Somebody else's public key, which checks signatures of one algorithm and no other.
///
/// `@unchecked Sendable`: the key never changes after `init`, and libcrypto counts its references with atomics.
final class VerifyingKey: @unchecked Sendable {
    /// Signature algorithms by their names in JOSE. Sources: RFC 7518 §3.3, §3.4; RFC 8037 §3.1.
    enum Algorithm: String, CaseIterable {
        case rs256 = "RS256"
        case es256 = "ES256"
        case edDSA = "EdDSA"
    }

    private enum Key {
        case rsa(OpaquePointer)
        case p256(OpaquePointer)
        case ed25519(Ed25519.PublicKey)
    }

    /// Bits of an RSA modulus. Source of the least: RFC 7518 §3.3. More than the most would make checking dear, and nobody needs it.
    static let rsaBits = 2048...8192
    /// Bytes of a coordinate, and of half a signature, with P-256.
    private static let p256ByteCount = 32

    private let key: Key

    /// - Parameters:
    ///   - modulus, exponent: the highest byte first.
    /// - Returns: `nil` for a key that is too short or unsound.
    init?(rsaModulus modulus: [UInt8], exponent: [UInt8]) {
        guard
            let key = ccrypto_rsa_public(
                modulus, modulus.count, exponent, exponent.count, Int32(Self.rsaBits.lowerBound), Int32(Self.rsaBits.upperBound))
        else { return nil }
        self.key = .rsa(key)
    }

    /// `nil` unless the coordinates, 32 bytes each, are a point of the curve.
    init?(p256 x: [UInt8], _ y: [UInt8]) {
        guard x.count == Self.p256ByteCount, y.count == Self.p256ByteCount, let key = ccrypto_p256_public(x, y) else { return nil }
        self.key = .p256(key)
    }

    /// `nil` unless there are 32 bytes.
    init?(ed25519 bytes: [UInt8]) {
        guard let key = Ed25519.PublicKey(bytes: bytes) else { return nil }
        self.key = .ed25519(key)
    }

    deinit {
        switch key {
        case .rsa(let key), .p256(let key): ccrypto_public_key_free(key)
        case .ed25519: break
        }
    }

    var algorithm: Algorithm {
        switch key {
        case .rsa: .rs256
        case .p256: .es256
        case .ed25519: .edDSA
        }
    }

    /// Whether `signature` is the key's for `bytes`.
    func isValid(_ signature: [UInt8], for bytes: UnsafeRawBufferPointer) -> Bool {
        switch key {
        case .rsa(let key): ccrypto_rs256_verify(key, bytes.baseAddress, bytes.count, signature, signature.count)
        case .p256(let key):
            signature.count == 2 * Self.p256ByteCount && ccrypto_es256_verify(key, bytes.baseAddress, bytes.count, signature)
        case .ed25519(let key): key.isValid(signature, for: bytes)
        }
    }
}
