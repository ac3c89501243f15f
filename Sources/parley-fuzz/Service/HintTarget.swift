import DMService

/// What another process says through Redis.
struct HintTarget: FuzzTarget {
    let vocabulary: [String] = []

    func makeInput(_ random: inout RandomSource) -> [UInt8] {
        var input = random.bytes(16)
        for _ in 0..<random.within(1...4) {
            input += random.bytes(16)
            // Numbers from small to the largest there is, and some that are negative.
            for _ in 0..<3 {
                let number = random.next() >> UInt64(random.below(64))
                input += (0..<8).reversed().map { UInt8(truncatingIfNeeded: number >> (8 * UInt64($0))) }
            }
        }
        return random.oneIn(8) ? input.dropLast(random.within(1...40)) : input
    }

    func check(_ input: [UInt8]) throws -> Verdict {
        guard let letter = HintLetter(input) else { return .rejected() }
        try require(letter.bytes == input, "it is written otherwise")
        return .accepted()
    }
}
