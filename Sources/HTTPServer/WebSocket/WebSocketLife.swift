internal import Runtime

/// Where a WebSocket stands between open and closed, and whether its peer is alive. Times are milliseconds of a clock
/// that only rises.
struct WebSocketLife {
    enum Stage: Equatable {
        case open
        /// We sent a close frame and wait for the peer's.
        case closing
        /// Close frames were exchanged, or the peer broke the rules: what is queued leaves, then the connection ends.
        case ending
        case ended
    }

    enum Step: Equatable {
        case ping
        /// The server stops, and answers have had their time: say goodbye.
        case restart
        /// The peer is dead, or does not answer our goodbye: end the connection without another word.
        case drop
    }

    private(set) var stage = Stage.open
    /// Told to the delegate at the end: the first close frame's, whoever sent it.
    private(set) var code = WebSocketCloseCode.abnormal
    private var lastHeard: UInt64
    private var lastPing: UInt64
    /// Whether the server stops. Then nothing is read, so that the peer's silence says nothing about it.
    private var isRestarting = false
    /// Since when it has been restarting, or closing.
    private var leavingSince: UInt64 = 0
    /// The second in which pings are being counted, and how many there were.
    private var pingSecond: UInt64 = 0
    private var pings = 0

    init(now: UInt64) {
        lastHeard = now
        lastPing = now
    }

    mutating func heard(now: UInt64) { lastHeard = now }

    /// - Returns: whether the peer may ping that often.
    mutating func pinged(now: UInt64, limit: Int) -> Bool {
        if now / 1_000 != pingSecond {
            pingSecond = now / 1_000
            pings = 0
        }
        pings += 1
        return pings <= limit
    }

    /// We say goodbye. Answers whether that is still to be sent.
    mutating func close(_ code: WebSocketCloseCode, now: UInt64) -> Bool {
        guard stage == .open else { return false }
        stage = .closing
        self.code = code
        leavingSince = now
        return true
    }

    /// The server stops: answers that are under way have a little time.
    mutating func restart(now: UInt64) {
        isRestarting = true
        leavingSince = now
    }

    /// The peer said goodbye. Answers whether it has to be answered; either way the connection ends now.
    mutating func peerClosed(_ code: WebSocketCloseCode?) -> Bool {
        let mustAnswer = stage == .open
        if mustAnswer { self.code = code ?? .noStatus }
        if stage != .ended { stage = .ending }
        return mustAnswer
    }

    /// The peer broke the rules. Answers whether a close frame is still to be sent.
    mutating func fail(_ code: WebSocketCloseCode) -> Bool {
        let mustTell = stage == .open
        if mustTell { self.code = code }
        if stage != .ended { stage = .ending }
        return mustTell
    }

    mutating func ended() { stage = .ended }

    mutating func step(now: UInt64, _ timing: WebSocketConfiguration.Timing) -> Step? {
        switch stage {
        case .open where isRestarting: return now - leavingSince >= timing.restart.milliseconds ? .restart : nil
        case .open:
            if now - lastHeard >= timing.silence.milliseconds { return .drop }
            guard now - max(lastHeard, lastPing) >= timing.ping.milliseconds else { return nil }
            lastPing = now
            return .ping
        case .closing: return now - leavingSince >= timing.closing.milliseconds ? .drop : nil
        case .ending, .ended: return nil
        }
    }
}
