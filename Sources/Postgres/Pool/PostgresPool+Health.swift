internal import Runtime
internal import Synchronization

/// Looks after the connections four times a second: gives up those that are silent, refuses who has waited for too
/// long, and asks one connection after the other for a sign of life.
extension PostgresPool {
    private static let interval = Duration.milliseconds(250)

    /// How long a sign of life may take before the database counts as slow, in milliseconds.
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

    private func sendPing() {
        if let ping, !ping.unit.isOver { return }
        let shared = state.sharedMembers
        guard !shared.isEmpty else { return }
        ping = (try? shared[beats / 2 % shared.count].submit()).map { Ping(unit: $0, sentAt: loop.now) }
    }

    func reportHealth() {
        let isSlow = ping.map { !$0.unit.isOver && loop.now - $0.sentAt >= Self.patience } ?? false
        let health: PostgresHealth =
            if state.isEmpty { .unavailable } else if isSlow || state.count < configuration.connectionsPerLoop { .degraded } else { .ready }
        reportedHealth.store(health.rawValue, ordering: .relaxed)
    }
}
