import DMService

/// What another process says through Redis of changes.
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

/// What another process says through Redis of who is there.
struct PresenceLetterTarget: FuzzTarget {
    let vocabulary: [String] = []

    func makeInput(_ random: inout RandomSource) -> [UInt8] {
        var input = random.bytes(16)
        for _ in 0..<random.within(1...4) {
            input += random.bytes(16)
            input += random.oneIn(4) ? random.bytes(4) : [0, 0, 0xEA, 0x60]
            input += random.oneIn(2) ? [0x80, 0, 0, 0, 0, 0, 0, 0] : [0, 0, 1] + random.bytes(5)
        }
        return random.oneIn(8) ? input.dropLast(random.within(1...28)) : input
    }

    func check(_ input: [UInt8]) throws -> Verdict {
        guard let letter = PresenceLetter(input) else { return .rejected() }
        try require(letter.bytes == input, "it is written otherwise")
        return .accepted()
    }
}

/// What another process says through Redis of who types.
struct TypingLetterTarget: FuzzTarget {
    let vocabulary: [String] = []

    func makeInput(_ random: inout RandomSource) -> [UInt8] {
        var input = random.bytes(16)
        for _ in 0..<random.within(1...4) {
            let count = random.below(4)
            input += random.bytes(32) + [random.usually(1, else: [0, 2, 255]), 0, UInt8(random.oneIn(8) ? 200 : count)]
            input += random.bytes(16 * count)
        }
        return random.oneIn(8) ? input.dropLast(random.within(1...40)) : input
    }

    func check(_ input: [UInt8]) throws -> Verdict {
        guard let letter = TypingLetter(input) else { return .rejected() }
        try require(letter.bytes == input, "it is written otherwise")
        return .accepted()
    }
}
