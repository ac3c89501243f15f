import CCrypto

/// SHA-1, broken as it is. Only where it proves nothing: for the WebSocket handshake (RFC 6455 §1.3), and for the names that Redis gives to scripts.
public enum SHA1 {
    public static func digest(of bytes: [UInt8]) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: 20) { digest, count in
            precondition(ccrypto_sha1(bytes, bytes.count, digest.baseAddress), "libcrypto has no SHA-1")
            count = 20
        }
    }
}
