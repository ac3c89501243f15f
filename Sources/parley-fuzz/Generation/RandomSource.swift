import Runtime

/// A generator that repeats itself, so that a seed names a whole run.
struct RandomSource: RandomNumberGenerator {
    private var numbers: SplitMix64

    /// - Parameter salt: gives everything of the same seed a stream of its own: a parser its inputs, an input its cuts.
    init(seed: UInt64, salt: some Sequence<UInt8>) {
        // FNV-1a: the salt has to tell apart, not to be secret.
        numbers = SplitMix64(seed: salt.reduce(seed ^ 0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 })
    }

    mutating func next() -> UInt64 { numbers.next() }

    /// A number from 0 to below `bound`. Slightly uneven, which does not matter here and is fast.
    mutating func below(_ bound: Int) -> Int { Int(truncatingIfNeeded: next() >> 33) % max(1, bound) }

    mutating func within(_ range: ClosedRange<Int>) -> Int { range.lowerBound + below(range.count) }

    mutating func oneIn(_ count: Int) -> Bool { below(count) == 0 }

    /// - Precondition: there is something to pick from.
    mutating func pick<Choice>(_ choices: [Choice]) -> Choice { choices[below(choices.count)] }

    /// The usual one nine times in ten, so that an input with many parts is in order now and then.
    mutating func usually<Choice>(_ usual: Choice, else others: [Choice]) -> Choice { oneIn(10) ? pick(others) : usual }

    mutating func byte() -> UInt8 { UInt8(truncatingIfNeeded: next()) }

    mutating func bytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in byte() } }

    /// A size up to `limit`: small ones as often as large ones.
    mutating func size(upTo limit: Int) -> Int {
        let bits = below(Int.bitWidth - limit.leadingZeroBitCount + 1)
        return min(limit, below(1 << bits))
    }

    /// Text of that many characters out of `alphabet`.
    mutating func text(_ count: Int, of alphabet: StaticString = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")
        -> String
    {
        String(unsafeUninitializedCapacity: count) { memory in
            for index in 0..<count { memory[index] = alphabet.utf8Start[below(alphabet.utf8CodeUnitCount)] }
            return count
        }
    }
}
