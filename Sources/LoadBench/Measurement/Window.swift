internal import Runtime

/// The measured part of a run: what happened before it was warm-up.
struct Window: Sendable {
    /// Instants of ``MonotonicClock``.
    let start: UInt64
    private(set) var end = UInt64.max
    private let groups: [ProcessGroup]
    private let before: ProcessTable

    /// Opens a window now.
    ///
    /// - Parameter groups: whose CPU time is wanted, besides our own.
    init(watching groups: [ProcessGroup]) {
        self.groups = groups
        before = .current()
        start = MonotonicClock.now
    }

    /// Closes the window now.
    ///
    /// - Returns: how long it was and what it cost.
    mutating func close() -> Expense {
        end = MonotonicClock.now
        let after = ProcessTable.current()
        let spent = { [before] (group: ProcessGroup) in group.seconds(in: after) - group.seconds(in: before) }
        let server = groups.map { ($0.name, spent($0)) }
        let client = spent(.client)
        let busy = Double(after.busyTicks - before.busyTicks) / Double(ProcessTable.ticksPerSecond)
        let others = max(0, busy - client - server.reduce(0) { $0 + $1.1 })
        return Expense(seconds: Double(end - start) / 1e9, server: server, client: client, others: others)
    }
}

/// Time that a window took, on the clock and of the processors.
struct Expense: Sendable {
    let seconds: Double
    /// CPU seconds of each group of server processes.
    let server: [(group: String, seconds: Double)]
    /// CPU seconds of the load generator.
    let client: Double
    /// CPU seconds of everything else on the machine: what disturbed the measurement.
    let others: Double
}
