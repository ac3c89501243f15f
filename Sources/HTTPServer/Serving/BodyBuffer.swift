/// Pieces of a body between the connection that reads them and the handler that takes them. Belongs to its loop.
///
/// `@unchecked Sendable`: confined to its loop. The connection fills it there, and the handler, which runs there, empties it.
final class BodyBuffer: @unchecked Sendable {
    /// Bytes above which the peer is made to wait.
    private static let capacity = 262_144

    private var pieces: [[UInt8]] = []
    private var byteCount = 0
    private var end: Result<Void, any Error>?
    private var reader: CheckedContinuation<[UInt8]?, any Error>?
    /// Told when there is room again.
    private let madeRoom: () -> Void

    init(madeRoom: @escaping () -> Void) { self.madeRoom = madeRoom }

    var isFull: Bool { byteCount > Self.capacity }

    func append(_ piece: [UInt8]) {
        if let reader = exchange(&reader, with: nil) {
            reader.resume(returning: piece)
        } else {
            pieces.append(piece)
            byteCount += piece.count
        }
    }

    /// No more will come: the body is complete, or broken.
    func finish(_ result: Result<Void, any Error>) {
        guard end == nil else { return }
        end = result
        reader?.resume(with: result.map { nil })
        reader = nil
    }

    func next() async throws -> [UInt8]? {
        if !pieces.isEmpty {
            // Few pieces lie here at a time, so that taking the first of an array costs little.
            let piece = pieces.removeFirst()
            let wasFull = isFull
            byteCount -= piece.count
            if wasFull, !isFull { madeRoom() }
            return piece
        }
        if let end { return try end.map { nil }.get() }
        precondition(reader == nil, "a body has one reader")
        return try await withCheckedThrowingContinuation { reader = $0 }
    }
}
