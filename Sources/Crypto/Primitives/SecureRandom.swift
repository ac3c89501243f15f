import CCrypto

/// Randomness for keys, tokens and salts, from the kernel.
public struct SecureRandom: RandomNumberGenerator, Sendable {
    public init() {}

    public static func bytes(_ count: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: count) { bytes, initializedCount in
            fill(UnsafeMutableRawBufferPointer(bytes))
            initializedCount = count
        }
    }

    public func next() -> UInt64 {
        var value: UInt64 = 0
        withUnsafeMutableBytes(of: &value) { Self.fill($0) }
        return value
    }

    /// Sixteen bytes as a number, in one call to the kernel, which is what costs.
    public static func bits128() -> UInt128 {
        var value: UInt128 = 0
        withUnsafeMutableBytes(of: &value) { fill($0) }
        return value
    }

    /// Linux gives randomness without fail once it has started; a process that got none must not go on with what is not random.
    private static func fill(_ bytes: UnsafeMutableRawBufferPointer) {
        precondition(ccrypto_random(bytes.baseAddress, bytes.count), "the kernel gave no randomness")
    }
}
