import CCrypto

/// HMAC with SHA-256. Source: RFC 2104, FIPS 198-1.
public enum HMACSHA256 {
    /// The tag of `bytes` under `key`. To check a received tag, make it a ``SHA256/Digest`` and compare: that takes constant time.
    public static func tag(for bytes: [UInt8], key: [UInt8]) -> SHA256.Digest {
        SHA256.Digest { tag in
            precondition(ccrypto_hmac_sha256(key, key.count, bytes, bytes.count, tag), "libcrypto has no HMAC-SHA-256")
        }
    }
}
