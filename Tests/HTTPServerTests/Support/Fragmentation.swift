import Runtime

/// A way to cut a stream of bytes into what single reads bring.
enum Fragmentation: Sendable, CaseIterable, Hashable {
    case whole, bytewise, random(seed: UInt64)

    static let allCases: [Fragmentation] = [.whole, .bytewise, .random(seed: 1), .random(seed: 2), .random(seed: 3)]

    func pieces(of bytes: [UInt8]) -> [[UInt8]] {
        switch self {
        case .whole: return [bytes]
        case .bytewise: return bytes.map { [$0] }
        case .random(let seed):
            var generator = SplitMix64(seed: seed &+ UInt64(bytes.count))
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
