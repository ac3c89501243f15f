internal import Observability

/// What operators see of the way of a message.
struct MessageMetrics: Sendable {
    let batchSize: Histogram
    let repeatedBatches: Counter
    private let stored: Counter
    private let replayed: Counter
    private let refused: Counter
    private let unavailable: Counter

    init(_ registry: MetricsRegistry) {
        batchSize = registry.histogram(
            "parley_write_batch_messages", help: "Messages written in one transaction.", bounds: [1, 2, 4, 8, 16, 32, 64, 128, 256])
        repeatedBatches = registry.counter(
            "parley_write_batches_repeated_total", help: "Transactions run again after a lost race or connection.")
        func outcome(_ name: String) -> Counter {
            registry.counter("parley_messages_sent_total", help: "Messages by what became of them.", labels: ["outcome": name])
        }
        stored = outcome("stored")
        replayed = outcome("replayed")
        refused = outcome("refused")
        unavailable = outcome("unavailable")
    }

    func count(_ outcome: SendOutcome) {
        switch outcome {
        case .stored: stored.increment()
        case .replayed: replayed.increment()
        case .refused(.unavailable): unavailable.increment()
        case .refused: refused.increment()
        }
    }
}
