/// How fast one socket may talk (`ws.conn` of C3).
struct SocketPace: Sendable {
    enum Verdict: Equatable {
        case taken
        case wait(Duration)
        /// It goes on although it was told to wait, again and again.
        case hopeless
    }

    /// Frames that may be dropped in a row before the socket is closed.
    private static let patience = 100

    /// `nil`: as fast as it likes.
    private let size: TokenBucket.Size?
    private var bucket: TokenBucket?
    private var droppedInARow = 0

    init(_ size: TokenBucket.Size?) { self.size = size }

    /// - Parameter now: milliseconds of a monotonic clock.
    mutating func take(now: UInt64) -> Verdict {
        guard let size else { return .taken }
        var current = bucket ?? TokenBucket(size, now: now)
        let wait = current.take(size, now: now)
        bucket = current
        guard let wait else {
            droppedInARow = 0
            return .taken
        }
        droppedInARow += 1
        return droppedInARow > Self.patience ? .hopeless : .wait(wait)
    }
}
