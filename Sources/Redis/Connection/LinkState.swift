/// Where a connection stands that is to be kept open. It decides; its owner acts. Times are milliseconds of a clock that only
/// rises.
struct LinkState {
    private enum State {
        case connecting
        case open(since: UInt64)
        case pausing
        case closed
    }

    /// What to do next about the connection.
    enum Action: Equatable {
        case connect
        /// Try again after a pause for that many failures in a row.
        case pause(failures: Int)
        case nothing
    }

    /// What to do with a command.
    enum Admission: Equatable {
        case send
        /// The first attempt after a loss is under way: the answer will be known in a moment.
        case hold
        case refuse
    }

    /// A connection that lived for a shorter time counts as a failed attempt, else a server that lets us in and throws us out
    /// would keep us busy.
    static let shortLife: UInt64 = 1000

    private var state = State.connecting
    private var failures = 0

    var admission: Admission {
        switch state {
        case .open: .send
        case .connecting: failures == 0 ? .hold : .refuse
        case .pausing, .closed: .refuse
        }
    }

    /// An attempt has succeeded. Answers whether its connection is still wanted.
    mutating func opened(at now: UInt64) -> Bool {
        guard case .connecting = state else { return false }
        state = .open(since: now)
        return true
    }

    /// An attempt has failed.
    mutating func failed() -> Action {
        guard case .connecting = state else { return .nothing }
        return pause()
    }

    /// The connection has ended.
    mutating func lost(at now: UInt64) -> Action {
        guard case .open(let since) = state else { return .nothing }
        if now - since < Self.shortLife { return pause() }
        failures = 0
        state = .connecting
        return .connect
    }

    /// The pause is over.
    mutating func paused() -> Action {
        guard case .pausing = state else { return .nothing }
        state = .connecting
        return .connect
    }

    mutating func close() { state = .closed }

    private mutating func pause() -> Action {
        failures += 1
        state = .pausing
        return .pause(failures: failures)
    }
}
