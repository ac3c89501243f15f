import Observability
import Runtime

@testable import Postgres

/// Runs SQL that no ``Statement`` can be, because its text is made up at run time.
func run(script: String, _ configuration: PostgresConfiguration) async throws {
    let group = EventLoopGroup(count: 1)
    defer { group.shutdown() }
    try await run(script: script, configuration, on: group.loops[0])
}

private func run(script: String, _ configuration: PostgresConfiguration, on loop: isolated EventLoop) async throws {
    let pipeline = try await Pipeline.open(configuration, on: loop, PostgresTelemetry(.current, MetricsRegistry()))
    defer { pipeline.close() }
    try await pipeline.run(script: script)
}
