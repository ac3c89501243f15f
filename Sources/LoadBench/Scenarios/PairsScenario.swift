internal import Runtime

/// People who write to each other in twos: persisted and delivered messages, the main figure of the service.
struct PairsScenario: Scenario {
    let options: BenchOptions

    var needs: BenchNeeds { BenchNeeds(people: 2 * options.pairs, conversations: options.pairs) }

    func run(_ run: BenchRun) async throws -> BenchReport {
        let conversations = run.world.conversations
        let loops = run.loops(for: conversations.count)
        let lanes = loops.enumerated().map { index, loop in
            let share = stride(from: index, to: conversations.count, by: loops.count).map { conversations[$0] }
            let world = BenchWorld(people: run.world.people, conversations: share)
            let rate = options.rate.map { $0 * Double(share.count) / Double(conversations.count) }
            return PairsLane(run, world: world, rate: rate, loop: loop)
        }
        let (tally, expense) = try await SteadyLoad(lanes: lanes, options: options).run()
        var report = BenchReport(.pairs, load, unit: "message", tally, kinds: kinds, expense)
        report.isFlawless = report.isFlawless && tally.deliveries?.isFlawless == true
        return report
    }

    private var kinds: [String] { options.rate == nil ? Array(PairsLane.kinds[..<PairsLane.late]) : PairsLane.kinds }

    private var load: String {
        let people = "\(options.pairs) pairs, \(options.size) bytes a message"
        guard let rate = options.rate else { return "closed loop, \(people), \(options.inFlight) under way in each" }
        return "open loop at \(rate.formatted(0))/s, \(people)"
    }
}
