internal import Observability

/// What the connections to Redis tell about themselves: a logger and metrics. One for all loops.
final class RedisTelemetry: Sendable {
    let logger: Logger
    let open: Gauge
    let lost: Counter
    let seconds: Histogram
    private let unavailable: Counter
    private let timedOut: Counter
    private let connectionLost: Counter
    private let rejected: Counter

    init(_ logger: Logger, _ registry: MetricsRegistry) {
        self.logger = logger
        open = registry.gauge("parley_redis_connections_open", help: "Connections to Redis.")
        lost = registry.counter("parley_redis_connections_lost_total", help: "Connections to Redis that ended by themselves.")
        seconds = registry.histogram("parley_redis_command_seconds", help: "Time from sending a command to its answer.")
        let error = { (code: String) in
            registry.counter("parley_redis_errors_total", help: "Commands that failed, by reason.", labels: ["code": code])
        }
        unavailable = error("unavailable")
        timedOut = error("timed_out")
        connectionLost = error("connection_lost")
        rejected = error("rejected")
    }

    func count(_ outcome: Outcome) {
        switch outcome {
        case .success(.error): rejected.increment()
        case .success: break
        case .failure(let error):
            switch error.code {
            case .unavailable: unavailable.increment()
            case .timedOut: timedOut.increment()
            case .connectionLost: connectionLost.increment()
            case .serverRejected, .unexpectedReply: break
            }
        }
    }
}

extension Logger.Key {
    static let loop: Self = "loop"
    static let reason: Self = "reason"
}
