/// Makes the names of requests and traces of one loop. They have to be different, not secret, so that a generator
/// seeded once serves; a system call for each would cost more than the rest of a small request.
struct NameGenerator: RandomNumberGenerator {
    private var state: UInt64

    /// - Parameter seed: two generators of the same seed make the same names.
    init(seed: UInt64 = .random(in: 0...(.max))) { state = seed }

    /// SplitMix64. Source: Steele, Lea, Flood: "Fast splittable pseudorandom number generators", 2014.
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }

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
