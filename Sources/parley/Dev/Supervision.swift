import Glibc

/// Which children should run, which of them do, and what to do about the difference.
///
/// No process, no file and no clock: times are told as durations since any fixed moment, and what is to be done comes back as
/// actions. ``Supervisor`` carries them out and reports what happened.
struct Supervision {
    /// One thing the owner is to do now.
    enum Action: Equatable {
        case start(String)
        case signal(pid: Int32, number: Int32)
        /// Ending is complete: nothing runs any more.
        case finished
    }

    /// A signal, and how long to wait for it to work before the next one is sent.
    struct EndingStep: Equatable {
        let signal: Int32
        let patience: Duration
    }

    private enum Life {
        case down(until: Duration)
        case up(pid: Int32, since: Duration)
    }

    private struct Child {
        let name: String
        let ending: [EndingStep]
        var life: Life
        var quickDeaths = 0

        var pid: Int32? { if case .up(let pid, _) = life { pid } else { nil } }
    }

    private enum Phase {
        case keeping
        /// Children are ended one at a time, the last started first; `nil` before the first of them was signalled.
        case ending(Ending?)
        case killing(signalled: Bool)
    }

    private struct Ending {
        let name: String
        var step: Int
        var since: Duration
    }

    /// A child that lives shorter than this died at once, and its next start is held back a little.
    static let quickDeath = Duration.seconds(1)
    /// Pause after the first quick death in a row; it doubles with each further one.
    static let shortestPause = Duration.milliseconds(100)
    /// Longest pause: with the start itself, whatever dies runs again within a second.
    static let longestPause = Duration.milliseconds(800)

    private var children: [Child] = []
    private var phase = Phase.keeping

    /// Children that run now, in the order in which they were first asked for.
    var running: [(name: String, pid: Int32)] {
        children.compactMap { child in child.pid.map { (child.name, $0) } }
    }

    /// Whether nothing is due until somebody dies.
    var isSettled: Bool {
        guard case .keeping = phase else { return false }
        return children.allSatisfy { $0.pid != nil }
    }

    /// How many times in a row the child died at once.
    func quickDeaths(of name: String) -> Int {
        children.first { $0.name == name }?.quickDeaths ?? 0
    }

    /// From now on `name` is to run, until everything ends.
    ///
    /// - Parameter ending: what to send, in order, to end it; SIGKILL belongs last.
    mutating func keep(_ name: String, ending: [EndingStep]) {
        guard !children.contains(where: { $0.name == name }) else { return }
        children.append(Child(name: name, ending: ending, life: .down(until: .zero)))
    }

    /// The owner started `name`.
    mutating func started(_ name: String, pid: Int32, at now: Duration) {
        guard let index = children.firstIndex(where: { $0.name == name }) else { return }
        children[index].life = .up(pid: pid, since: now)
    }

    /// The owner could not start `name`: as if it had died at once.
    mutating func failedToStart(_ name: String, at now: Duration) {
        guard let index = children.firstIndex(where: { $0.name == name }) else { return }
        died(index, livedFor: .zero, at: now)
    }

    /// A process ended.
    ///
    /// - Returns: the child's name, or `nil` if the process is none of these children.
    mutating func exited(pid: Int32, at now: Duration) -> String? {
        guard let index = children.firstIndex(where: { $0.pid == pid }), case .up(_, let since) = children[index].life else {
            return nil
        }
        died(index, livedFor: now - since, at: now)
        return children[index].name
    }

    /// Begins to end all children, the last started first. Nothing is started any more.
    mutating func end() {
        if case .keeping = phase { phase = .ending(nil) }
    }

    /// Ends whatever still runs at once, by SIGKILL.
    mutating func kill() {
        if case .killing = phase { return }
        phase = .killing(signalled: false)
    }

    /// What is due now.
    ///
    /// - Parameter isHeld: whether a child that is down is to stay down for now.
    mutating func due(at now: Duration, isHeld: (String) -> Bool) -> [Action] {
        switch phase {
        case .keeping:
            return children.compactMap { child in
                guard case .down(let until) = child.life, until <= now, !isHeld(child.name) else { return nil }
                return .start(child.name)
            }
        case .ending(let ending):
            return endingActions(current: ending, at: now)
        case .killing(let signalled):
            phase = .killing(signalled: true)
            let running = running
            if running.isEmpty { return [.finished] }
            return signalled ? [] : running.map { .signal(pid: $0.pid, number: SIGKILL) }
        }
    }

    private mutating func endingActions(current: Ending?, at now: Duration) -> [Action] {
        guard let child = children.last(where: { $0.pid != nil }), let pid = child.pid else { return [.finished] }
        var ending = Ending(name: child.name, step: 0, since: now)
        if let current, current.name == child.name {
            let next = current.step + 1
            guard next < child.ending.count, now - current.since >= child.ending[current.step].patience else { return [] }
            ending.step = next
        }
        phase = .ending(ending)
        return ending.step < child.ending.count ? [.signal(pid: pid, number: child.ending[ending.step].signal)] : []
    }

    private mutating func died(_ index: Int, livedFor life: Duration, at now: Duration) {
        children[index].quickDeaths = life < Self.quickDeath ? children[index].quickDeaths + 1 : 0
        children[index].life = .down(until: now + Self.pause(afterQuickDeaths: children[index].quickDeaths))
    }

    /// How long to wait before the next start.
    static func pause(afterQuickDeaths count: Int) -> Duration {
        guard count > 0 else { return .zero }
        return min(longestPause, shortestPause * (1 << min(count - 1, 10)))
    }
}
