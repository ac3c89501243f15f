internal import HTTPServer
internal import Observability

/// What operators see of the sockets.
struct SocketMetrics: Sendable {
    let opened: Counter
    /// Sockets that are admitted now.
    let ready: Gauge
    private let registry: MetricsRegistry

    init(_ registry: MetricsRegistry) {
        self.registry = registry
        opened = registry.counter("parley_sockets_opened_total", help: "WebSocket handshakes that were accepted.")
        ready = registry.gauge("parley_sockets", help: "Sockets that are signed in.")
    }

    func closed(_ code: WebSocketCloseCode) {
        registry.counter("parley_sockets_closed_total", help: "Sockets that ended, by close code.", labels: ["code": Self.label(code)])
            .increment()
    }

    /// The codes that we close with, and those of peers that do what is usual.
    private static let told: Set<WebSocketCloseCode> = Set(SocketEnd.allCases.map(\.code)).union([
        .normal, .goingAway, .protocolError, .unsupportedData, .noStatus, .abnormal, .invalidPayload, .policyViolation, .messageTooBig,
        .serviceRestart, .tryAgainLater, .tooSlow,
    ])

    /// A peer may close with any of two thousand codes: each would be a series that is kept for ever.
    static func label(_ code: WebSocketCloseCode) -> String { told.contains(code) ? "\(code.rawValue)" : "other" }
}
