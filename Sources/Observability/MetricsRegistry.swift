import Synchronization

/// The metrics of a process. Registering takes a lock; counting on what was registered takes none, so a metric is registered once and kept.
///
///     let accepted = registry.counter("parley_connections_total", help: "Connections accepted.", labels: ["transport": "tls"])
///     accepted.increment()
///
/// Registering the same name and labels again gives the same metric. Names are constants of the program and begin with `parley_`; one that
/// is misspelt, or registered as two kinds, is a fault of the program and traps.
public final class MetricsRegistry: Sendable {
    /// The registry of this process, with the metrics of the process itself.
    public static let shared: MetricsRegistry = {
        let registry = MetricsRegistry()
        ProcessMetrics.register(in: registry)
        return registry
    }()

    private let families = Mutex<[String: MetricFamily]>([:])

    public init() {}

    public func counter(_ name: String, help: String, labels: [String: String] = [:]) -> Counter {
        register(checked(name), .counter, help, labels) { Counter() }
    }

    public func gauge(_ name: String, help: String, labels: [String: String] = [:]) -> Gauge {
        register(checked(name), .gauge, help, labels) { Gauge() }
    }

    /// A gauge that is read when the metrics are rendered. Registering it again replaces the reading.
    ///
    /// - Parameter reading: Called on the rendering thread; quick, and without locks that are held for long.
    public func gauge(
        _ name: String, help: String, labels: [String: String] = [:], reading: @escaping @Sendable () -> Double
    ) {
        replace(checked(name), .gauge, help, labels, with: reading)
    }

    /// - Parameter bounds: Upper bounds of the buckets, rising; in seconds unless the name says another unit.
    public func histogram(
        _ name: String, help: String, bounds: [Double] = Histogram.latencyBounds, labels: [String: String] = [:]
    ) -> Histogram {
        register(checked(name), .histogram, help, labels) { Histogram(bounds: bounds) }
    }

    /// Everything in Prometheus' text format, version 0.0.4 (`text/plain; version=0.0.4; charset=utf-8`), in order of the names.
    public func renderPrometheus() -> [UInt8] {
        let families = families.withLock { $0.values.sorted { $0.name < $1.name } }
        var text = PrometheusText()
        for family in families { text.append(family) }
        return text.bytes
    }

    func replace(
        _ name: String, _ kind: MetricFamily.Kind, _ help: String, _ labels: [String: String],
        with reading: @escaping @Sendable () -> Double
    ) {
        families.withLock { families in
            families[name, default: MetricFamily(name: name, kind, help: help)].setChild(labels, Reading(read: reading))
        }
    }

    private func register<M: Metric>(
        _ name: String, _ kind: MetricFamily.Kind, _ help: String, _ labels: [String: String], make: @Sendable () -> M
    ) -> M {
        families.withLock { families in
            families[name, default: MetricFamily(name: name, kind, help: help)].child(labels, make)
        }
    }

    private func checked(_ name: String) -> String {
        precondition(name.hasPrefix("parley_"), "\(name) lacks the prefix parley_")
        return name
    }
}
