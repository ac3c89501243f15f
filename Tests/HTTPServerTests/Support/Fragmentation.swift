/// A way to cut a stream of bytes into what single reads bring.
enum Fragmentation: Sendable, CaseIterable, Hashable {
    case whole, bytewise, random(seed: UInt64)

    static let allCases: [Fragmentation] = [.whole, .bytewise, .random(seed: 1), .random(seed: 2), .random(seed: 3)]

    func pieces(of bytes: [UInt8]) -> [[UInt8]] {
        switch self {
        case .whole: return [bytes]
        case .bytewise: return bytes.map { [$0] }
        case .random(let seed):
            var generator = SplitMix(state: seed &+ UInt64(bytes.count))
            var pieces: [[UInt8]] = []
            var rest = bytes[...]
            while !rest.isEmpty {
                let piece = rest.prefix(Int.random(in: 1...max(2, min(rest.count, 40)), using: &generator))
                pieces.append(Array(piece))
                rest = rest.dropFirst(piece.count)
            }
            return pieces
        }
    }
}

/// A generator that repeats itself, so that a failing test fails again. Source: Steele, Lea, Flood: "Fast splittable
/// pseudorandom number generators", 2014.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }
}
