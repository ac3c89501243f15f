/// The key that a client's payload is masked with (RFC 6455 §5.3): XOR, so that masking and unmasking are the same.
struct WebSocketMask: Sendable, Equatable {
    /// The four bytes of the key, the first one lowest.
    var key: UInt32

    /// Applies the key to `bytes` in place.
    ///
    /// - Parameter offset: how many bytes of the payload lie before them.
    func apply(to bytes: UnsafeMutableRawBufferPointer, offset: Int) {
        guard let start = bytes.baseAddress else { return }
        let turned = key >> (8 * UInt32(offset & 3)) | key << ((32 &- 8 * UInt32(offset & 3)) & 31)
        let word = UInt64(turned) | UInt64(turned) << 32
        let block = SIMD4(repeating: word)
        var index = 0
        while index &+ 32 <= bytes.count {
            let masked = start.loadUnaligned(fromByteOffset: index, as: SIMD4<UInt64>.self).littleEndianWords ^ block
            start.storeBytes(of: masked.littleEndianWords, toByteOffset: index, as: SIMD4<UInt64>.self)
            index &+= 32
        }
        while index &+ 8 <= bytes.count {
            let masked = start.loadUnaligned(fromByteOffset: index, as: UInt64.self).littleEndian ^ word
            start.storeBytes(of: masked.littleEndian, toByteOffset: index, as: UInt64.self)
            index &+= 8
        }
        while index < bytes.count {
            bytes[index] ^= UInt8(truncatingIfNeeded: word >> (8 * UInt64(index & 7)))
            index &+= 1
        }
    }
}

extension SIMD4<UInt64> {
    /// The same words with the byte order changed on big-endian machines.
    fileprivate var littleEndianWords: Self {
        #if _endian(big)
            Self(x.byteSwapped, y.byteSwapped, z.byteSwapped, w.byteSwapped)
        #else
            self
        #endif
    }
}
