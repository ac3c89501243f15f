internal import Runtime
internal import Synchronization

/// Looks after the connections four times a second: gives up those that are silent, refuses who has waited for too
/// long, and asks one connection after the other for a sign of life.
extension PostgresPool {
    private static let interval = Duration.milliseconds(250)

    /// How long a sign of life may take before the connection counts as slow, in milliseconds.
    private static let patience: UInt64 = 1000

    /// A unit without statements: the cheapest question there is.
    struct Ping {
        let unit: PipelineUnit
        let sentAt: UInt64
    }

    /// As last looked at. From any thread.
    var health: PostgresHealth { PostgresHealth(rawValue: reportedHealth.load(ordering: .relaxed)) ?? .unavailable }

    func startBeating() {
        beat = loop.schedule(every: Self.interval) { [weak self] in self?.lookAfterConnections() }
    }

    private func lookAfterConnections() {
        beats += 1
        for pipeline in state.members { pipeline.endIfSilent() }
        for id in state.expired(at: loop.now) { refuse(id, state.isEmpty ? outOfReach : PostgresError(.poolTimedOut)) }
        if beats.isMultiple(of: 2) { sendPing() }
        reportHealth()
    }

    /// Asks one connection after the other, though one may owe an answer: a frozen connection is not a frozen server.
    private func sendPing() {
        let shared = state.sharedMembers
        guard !shared.isEmpty else { return }
        guard let unit = try? shared[beats / 2 % shared.count].submit() else { return }
        pings.append(Ping(unit: unit, sentAt: loop.now))
    }

    func reportHealth() {
        if pings.contains(where: \.unit.isDone) { lastSignOfLife = loop.now }
        pings.removeAll(where: \.unit.isOver)
        let isSlow = pings.contains { loop.now - $0.sentAt >= Self.patience }
        let health: PostgresHealth =
            if state.isEmpty {
                .unavailable
            } else if isSlow, loop.now - lastSignOfLife >= Self.patience {
                .silent
            } else {
                isSlow || state.count < configuration.connectionsPerLoop ? .degraded : .ready
            }
        reportedHealth.store(health.rawValue, ordering: .relaxed)
    }
}
