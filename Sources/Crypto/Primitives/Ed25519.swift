import CCrypto

/// Signatures. Source: RFC 8032 §5.1.
enum Ed25519 {
    static let seedByteCount = 32
    static let publicKeyByteCount = 32
    static let signatureByteCount = 64

    /// Signs. `@unchecked Sendable`: the key never changes after `init`, and libcrypto counts its references with atomics.
    final class PrivateKey: @unchecked Sendable {
        private let key: OpaquePointer

        /// - Parameter seed: The 32 secret bytes that RFC 8032 calls the private key; `nil` for any other count.
        init?(seed: [UInt8]) {
            guard seed.count == Ed25519.seedByteCount, let key = ccrypto_ed25519_private(seed) else { return nil }
            self.key = key
        }

        deinit { ccrypto_ed25519_free(key) }

        var publicKey: [UInt8] {
            [UInt8](unsafeUninitializedCapacity: Ed25519.publicKeyByteCount) { bytes, count in
                precondition(ccrypto_ed25519_public_bytes(key, bytes.baseAddress), "a private key has its public one")
                count = Ed25519.publicKeyByteCount
            }
        }

        /// The 64 bytes of the signature; the same for the same bytes.
        func signature(for bytes: [UInt8]) -> [UInt8] {
            [UInt8](unsafeUninitializedCapacity: Ed25519.signatureByteCount) { signature, count in
                precondition(ccrypto_ed25519_sign(key, bytes, bytes.count, signature.baseAddress), "out of memory while signing")
                count = Ed25519.signatureByteCount
            }
        }
    }

    /// Checks signatures. `@unchecked Sendable`: as for ``PrivateKey``.
    final class PublicKey: @unchecked Sendable {
        private let key: OpaquePointer

        /// - Parameter bytes: 32 of them; `nil` for any other count.
        init?(bytes: [UInt8]) {
            guard bytes.count == Ed25519.publicKeyByteCount, let key = ccrypto_ed25519_public(bytes) else { return nil }
            self.key = key
        }

        deinit { ccrypto_ed25519_free(key) }

        /// Whether `signature` is the key's for `bytes`. Non-canonical ones (`S` not below the group's order) are refused.
        func isValid(_ signature: [UInt8], for bytes: [UInt8]) -> Bool {
            bytes.withUnsafeBytes { isValid(signature, for: $0) }
        }

        func isValid(_ signature: [UInt8], for bytes: UnsafeRawBufferPointer) -> Bool {
            signature.count == Ed25519.signatureByteCount && ccrypto_ed25519_verify(key, bytes.baseAddress, bytes.count, signature)
        }
    }
}
