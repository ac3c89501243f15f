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
        registry.counter("parley_sockets_closed_total", help: "Sockets that ended, by close code.", labels: ["code": "\(code.rawValue)"])
            .increment()
    }
}
