import CCrypto

/// Keys from a secret, by HKDF with SHA-256. Source: RFC 5869.
public enum HKDFSHA256 {
    /// Bytes that one derivation can give. Source: RFC 5869 §2.3.
    public static let longestOutput = 255 * SHA256.Digest.byteCount

    /// - Parameters:
    ///   - info: What the key is for: keys for different purposes tell nothing about each other.
    ///   - count: Bytes to give, 1 to ``longestOutput``.
    public static func derive(from secret: [UInt8], salt: [UInt8] = [], info: [UInt8], count: Int) -> [UInt8] {
        precondition(1...longestOutput ~= count, "HKDF gives 1 to \(longestOutput) bytes")
        return [UInt8](unsafeUninitializedCapacity: count) { key, derived in
            let isDerived = ccrypto_hkdf_sha256(
                secret, secret.count, salt, salt.count, info, info.count, key.baseAddress, count)
            precondition(isDerived, "libcrypto has no HKDF")
            derived = count
        }
    }
}
