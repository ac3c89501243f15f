internal import Runtime

/// What a connection is waiting for, since when, and when that is too long. Times are milliseconds of a clock that only
/// rises; the owner asks now and then, nothing is scheduled.
struct ConnectionClock {
    /// Who has to do something next.
    enum Stage: Equatable {
        /// Nothing of the next request has arrived.
        case idle
        case head
        case body
        /// The request is complete: it is our turn.
        case answering
        /// The last answer is on its way out.
        case finishing
    }

    /// What is to be done about a peer that took too long.
    enum Expiry: Equatable {
        /// Nothing was under way: close without a word.
        case close
        /// A request was under way: say so, then close.
        case refuse
        /// The peer does not take its answer: nobody would read another one.
        case abort
    }

    private(set) var stage = Stage.idle
    private var since: UInt64
    /// The first request has to begin at once, later ones may take the time of a resting connection.
    private var isFirst = true
    private var bodyBytes = 0
    /// How much had left the process when it was last seen to move.
    private var sentBytes = 0
    private var lastSent: UInt64

    init(now: UInt64) {
        since = now
        lastSent = now
    }

    mutating func headBegan(now: UInt64) {
        guard stage == .idle else { return }
        stage = .head
        // The time of the first head runs since the connection was made.
        if !isFirst { since = now }
        isFirst = false
    }

    mutating func bodyBegan(now: UInt64) {
        stage = .body
        since = now
        bodyBytes = 0
    }

    mutating func bodyArrived(_ count: Int) { bodyBytes += count }

    mutating func requestEnded() { stage = .answering }

    mutating func answered(now: UInt64) {
        stage = .idle
        since = now
        isFirst = false
    }

    mutating func finishing() { stage = .finishing }

    /// Asks whether the peer took too long.
    ///
    /// - Parameters:
    ///   - sent: all bytes that have left the process so far.
    ///   - unsent: bytes that still wait for the peer to read.
    mutating func expiry(now: UInt64, sent: Int, unsent: Int, _ timing: HTTPServerConfiguration.Timing) -> Expiry? {
        if unsent == 0 || sent != sentBytes {
            sentBytes = sent
            lastSent = now
        } else if now - lastSent >= timing.writeStall.milliseconds {
            return .abort
        }
        let waited = now - since
        switch stage {
        case .idle: return waited >= (isFirst ? timing.head : timing.keepAlive).milliseconds ? .close : nil
        case .head: return waited >= timing.head.milliseconds ? .refuse : nil
        case .body:
            let earned = UInt64(bodyBytes) * 1_000 / UInt64(max(1, timing.bodyRate))
            return waited >= timing.bodyGrace.milliseconds + earned ? .refuse : nil
        case .answering, .finishing: return nil
        }
    }
}
