internal import Runtime

/// Sockets of people who are signed in and do nothing: what one costs the server.
struct IdleScenario: Scenario {
    /// Time for allocators to give back, and for the last acknowledgements to arrive.
    private static let settling = Duration.seconds(2)

    let options: BenchOptions

    var needs: BenchNeeds { BenchNeeds(people: options.sockets) }

    func run(_ run: BenchRun) async throws -> BenchReport {
        try await wakeServer(run)
        let before = ProcessTable.current()
        let crowds = Crowd.crowds(run, people: run.world.people)
        try await crowds.gather()
        try await Task.sleep(for: Self.settling)
        let after = ProcessTable.current()

        var window = Window(watching: options.groups)
        try await Task.sleep(for: .seconds(options.duration))
        let expense = window.close()
        var open = 0
        for crowd in crowds { open += await crowd.loop.run { _ in crowd.count } }
        let tally = await crowds.dismiss()

        var report = BenchReport(.idle, "\(options.sockets) sockets held", unit: "socket", tally, kinds: ["ready"], expense)
        report.hasRate = false
        report.isFlawless = report.isFlawless && open == options.sockets
        report.facts.append(.init("open_sockets", "sockets open at the end", Double(open), digits: 0))
        for group in options.groups {
            let (empty, full) = (group.residentBytes(in: before), group.residentBytes(in: after))
            report.facts += [
                .init("\(group.name)_rss_before_mb", "\(group.name): RSS before, MB", Double(empty) / 1e6, digits: 1),
                .init("\(group.name)_rss_after_mb", "\(group.name): RSS with all, MB", Double(full) / 1e6, digits: 1),
                .init(
                    "\(group.name)_rss_per_socket", "\(group.name): RSS per socket, bytes", Double(full - empty) / Double(max(1, open)),
                    digits: 0),
            ]
        }
        return report
    }

    /// Lets one in a hundred come and go first, so that what the server needs once is not charged to the sockets.
    private func wakeServer(_ run: BenchRun) async throws {
        let few = Array(run.world.people.prefix(max(1, options.sockets / 100)))
        let crowds = Crowd.crowds(run, people: few)
        try await crowds.gather()
        _ = await crowds.dismiss()
        try await Task.sleep(for: Self.settling)
    }
}
