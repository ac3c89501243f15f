/// How a stream is cut into what single reads bring.
enum Cutting {
    case whole, bytewise
    /// Into pieces that only the stream itself decides, so that the same input is always cut alike.
    case random

    /// Lends the pieces to `body`, one after the other, until it answers `false`.
    ///
    /// Each lies in memory of its own size: a step beyond a piece is a step beyond what is allocated.
    func forEachPiece(of stream: [UInt8], _ body: (UnsafeMutableRawBufferPointer) -> Bool) {
        var sizes = RandomSource(seed: 0, salt: stream.prefix(1_024))
        var rest = stream[...]
        while !rest.isEmpty {
            let size =
                switch self {
                case .whole: rest.count
                case .bytewise: 1
                case .random: 1 + sizes.size(upTo: max(64, stream.count / 4))
                }
            var piece = Array(rest.prefix(size))
            rest = rest.dropFirst(size)
            guard piece.withUnsafeMutableBytes(body) else { return }
        }
    }
}
