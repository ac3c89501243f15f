internal import Runtime

/// Makes the names of requests and traces of one loop. They have to be different, not secret, so that a generator
/// seeded once serves; a system call for each would cost more than the rest of a small request.
struct NameGenerator: RandomNumberGenerator {
    private var numbers: SplitMix64

    /// - Parameter seed: two generators of the same seed make the same names.
    init(seed: UInt64 = .random(in: 0...(.max))) { numbers = SplitMix64(seed: seed) }

    mutating func next() -> UInt64 { numbers.next() }

    /// Fifteen letters and digits: as many as fit into a `String` without memory of its own.
    mutating func requestID() -> String {
        var low = next(), high = next()
        return String(unsafeUninitializedCapacity: 15) { text in
            for index in 0..<15 {
                if index == 12 { swap(&low, &high) }
                text[index] = Self.alphabet.utf8Start[Int(low & 31)]
                low >>= 5
            }
            return 15
        }
    }

    private static let alphabet: StaticString = "0123456789abcdefghjkmnpqrstvwxyz"
}
