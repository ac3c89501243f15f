internal import Runtime

/// The load generator behind `parley bench`.
public enum LoadBench {
    /// Runs one scenario against a server and tells what was measured.
    ///
    /// - Parameters:
    ///   - readers: another node, to which the readers of `pairs` connect; `nil` for the same.
    ///   - provision: makes sure that the server knows the people and conversations that the scenario needs.
    /// - Throws: ``BenchFailure`` when the load could not be put on at all; what goes wrong under load is part of the report.
    public static func run(
        _ name: ScenarioName, on target: BenchTarget, readers: BenchTarget? = nil, options: BenchOptions,
        provision: (BenchNeeds) async throws -> BenchWorld
    ) async throws -> BenchReport {
        let scenario = name.scenario(options)
        let world = scenario.needs == BenchNeeds() ? BenchWorld() : try await provision(scenario.needs)
        guard world.people.count >= scenario.needs.people, world.conversations.count >= scenario.needs.conversations else {
            throw BenchFailure("the scenario needs more people or conversations than it was given")
        }
        let group = EventLoopGroup(count: options.loops)
        defer { group.shutdown() }
        return try await scenario.run(BenchRun(target: target, readers: readers ?? target, world: world, options: options, group: group))
    }
}
