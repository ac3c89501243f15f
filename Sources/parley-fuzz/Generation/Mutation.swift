/// Spoils an input in the ways that parsers get wrong.
struct Mutation {
    /// Words that mean something to the parser.
    let vocabulary: [[UInt8]]

    /// No input grows beyond this many bytes by being spoiled.
    private static let longest = 131_072

    /// - Parameter other: another input of the same parser, to splice with.
    func apply(to input: inout [UInt8], other: [UInt8], _ random: inout RandomSource) {
        guard !input.isEmpty else {
            input = random.bytes(random.below(4))
            return
        }
        let place = random.below(input.count)
        let range = place..<min(input.count, place + 1 + random.size(upTo: 64))
        switch random.below(13) {
        case 0: input[place] ^= 1 << UInt8(random.below(8))
        case 1: input[place] = random.pick(Numbers.bytes)
        case 2: input.insert(random.pick(Numbers.bytes), at: place)
        case 3: input.removeSubrange(range)
        case 4: input.removeSubrange(place...)
        case 5: repeatSlice(range, of: &input, &random)
        case 6: if !vocabulary.isEmpty { input.insert(contentsOf: random.pick(vocabulary), at: place) }
        case 7: if !vocabulary.isEmpty { input.replaceSubrange(range, with: random.pick(vocabulary)) }
        case 8: tamperWithNumber(in: &input, from: place, &random)
        case 9: input.replaceSubrange(place..., with: other.dropFirst(random.below(other.count + 1)))
        case 10: swapHalves(of: range, in: &input)
        case 11: input[place] ^= 0x20  // the case of a letter
        default: input.replaceSubrange(range, with: random.bytes(range.count))
        }
        if input.count > Self.longest { input.removeLast(input.count - Self.longest) }
    }

    private func repeatSlice(_ range: Range<Int>, of input: inout [UInt8], _ random: inout RandomSource) {
        let slice = Array(input[range])
        let times = random.oneIn(16) ? random.below(2_000) : random.below(8)
        let count = min(times, (Self.longest - input.count) / slice.count)
        guard count > 0 else { return }
        input.insert(contentsOf: repeatElement(slice, count: count).joined(), at: range.upperBound)
    }

    /// Replaces the first run of digits behind `place`: a length that lies is the oldest trick.
    private func tamperWithNumber(in input: inout [UInt8], from place: Int, _ random: inout RandomSource) {
        func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
        guard let start = input[place...].firstIndex(where: isDigit) else { return }
        let end = input[start...].firstIndex { !isDigit($0) } ?? input.endIndex
        input.replaceSubrange(start..<end, with: random.pick(Numbers.written).utf8)
    }

    private func swapHalves(of range: Range<Int>, in input: inout [UInt8]) {
        let middle = range.lowerBound + range.count / 2
        input.replaceSubrange(range, with: Array(input[middle..<range.upperBound] + input[range.lowerBound..<middle]))
    }
}
