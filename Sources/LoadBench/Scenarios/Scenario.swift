internal import Runtime

/// The kinds of load.
public enum ScenarioName: String, CaseIterable, Sendable {
    case pairs, echo, http, idle, storm, history

    /// One line for the list of scenarios.
    public var summary: String {
        switch self {
        case .pairs: "people write to each other in twos; --rate R for a fixed schedule"
        case .echo: "a WebSocket that echoes (--path, /__echo)"
        case .http: "GET of a small page (--path, /health/live)"
        case .idle: "authenticated sockets that do nothing: memory of the server for each"
        case .storm: "people connect as fast as they are let in"
        case .history: "pages of 50 messages from anywhere in long conversations"
        }
    }

    func scenario(_ options: BenchOptions) -> any Scenario {
        switch self {
        case .pairs: PairsScenario(options: options)
        case .echo: EchoScenario(options: options)
        case .http: PageScenario(options: options)
        case .idle: IdleScenario(options: options)
        case .storm: StormScenario(options: options)
        case .history: HistoryScenario(options: options)
        }
    }
}

/// One kind of load.
protocol Scenario: Sendable {
    /// Who and what must be there.
    var needs: BenchNeeds { get }

    func run(_ run: BenchRun) async throws -> BenchReport
}

/// What a scenario works with.
struct BenchRun: Sendable {
    let target: BenchTarget
    let world: BenchWorld
    let options: BenchOptions
    let group: EventLoopGroup

    /// The loops that share `parts` parts of a load: never more than there are parts.
    func loops(for parts: Int) -> [EventLoop] { Array(group.loops.prefix(max(1, parts))) }
}
