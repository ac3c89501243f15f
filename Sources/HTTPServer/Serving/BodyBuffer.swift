/// What has arrived of a body, between the connection that reads it and the handler that takes it. Belongs to its loop.
///
/// `@unchecked Sendable`: confined to its loop. The connection fills it there, and the handler, which runs there, empties it.
final class BodyBuffer: @unchecked Sendable {
    /// Bytes above which the peer is made to wait.
    private static let capacity = 262_144

    private var bytes: [UInt8] = []
    private var end: Result<Void, any Error>?
    private var reader: CheckedContinuation<[UInt8]?, any Error>?
    /// Told when there is room again.
    private let madeRoom: () -> Void

    init(madeRoom: @escaping () -> Void) { self.madeRoom = madeRoom }

    var isFull: Bool { bytes.count > Self.capacity }

    func append(_ piece: UnsafeRawBufferPointer) {
        if let reader = exchange(&reader, with: nil) {
            reader.resume(returning: Array(piece))
        } else {
            bytes.append(contentsOf: piece)
        }
    }

    /// No more will come: the body is complete, or broken.
    func finish(_ result: Result<Void, any Error>) {
        guard end == nil else { return }
        end = result
        reader?.resume(with: result.map { nil })
        reader = nil
    }

    /// All that lies here, or what comes next; `nil` at the end.
    func next() async throws -> [UInt8]? {
        if !bytes.isEmpty {
            let wasFull = isFull
            let taken = exchange(&bytes, with: [])
            if wasFull { madeRoom() }
            return taken
        }
        if let end { return try end.map { nil }.get() }
        precondition(reader == nil, "a body has one reader")
        return try await withCheckedThrowingContinuation { reader = $0 }
    }
}
