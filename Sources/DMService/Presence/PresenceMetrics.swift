internal import Observability

/// What operators see of presence and typing.
struct PresenceMetrics: Sendable {
    /// Members with a socket at this node, those who may come back within their grace among them.
    let here: Gauge
    let changes: Counter
    let lastSeen: Counter
    /// Batches of keys that could not be written to Redis, or read from it.
    let redisFailures: Counter
    let typingTold: Counter
    let typingDropped: Counter

    init(_ registry: MetricsRegistry) {
        here = registry.gauge("parley_presence_members", help: "Members who are there through this process.")
        changes = registry.counter("parley_presence_changes_told_total", help: "Changes of presence that sockets were told.")
        lastSeen = registry.counter("parley_last_seen_written_total", help: "Times of last presence written to the database.")
        redisFailures = registry.counter(
            "parley_presence_redis_failures_total", help: "Batches of presence keys that Redis did not take or give.")
        typingTold = registry.counter(
            "parley_typing_total", help: "Typing commands by what became of them.", labels: ["outcome": "told"])
        typingDropped = registry.counter(
            "parley_typing_total", help: "Typing commands by what became of them.", labels: ["outcome": "dropped"])
    }
}
