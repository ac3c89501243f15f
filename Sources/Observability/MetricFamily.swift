/// What can be sampled when the metrics are rendered.
protocol Metric: AnyObject, Sendable {
    func samples() -> [MetricSample]
}

/// One line of a metric: a number, and what sets it apart from the metric's other lines.
struct MetricSample {
    var suffix = ""
    var bound: Double?
    var value: Double
}

extension Counter: Metric {
    func samples() -> [MetricSample] { [MetricSample(value: Double(value))] }
}

extension Gauge: Metric {
    func samples() -> [MetricSample] { [MetricSample(value: value)] }
}

extension Histogram: Metric {
    /// The buckets, each with all below it; their count is taken from the same reading, so that it always equals the last bucket.
    func samples() -> [MetricSample] {
        var below: UInt64 = 0
        var samples: [MetricSample] = []
        for (bound, count) in zip(bounds + [.infinity], counts) {
            below += count
            samples.append(MetricSample(suffix: "_bucket", bound: bound, value: Double(below)))
        }
        samples.append(MetricSample(suffix: "_sum", value: sum))
        samples.append(MetricSample(suffix: "_count", value: Double(below)))
        return samples
    }
}

/// A number that is known elsewhere and asked for when the metrics are rendered.
final class Reading: Metric {
    private let read: @Sendable () -> Double
    init(read: @escaping @Sendable () -> Double) { self.read = read }
    func samples() -> [MetricSample] { [MetricSample(value: read())] }
}

/// All metrics of one name, told apart by their labels.
struct MetricFamily {
    enum Kind: String { case counter, gauge, histogram }

    /// Label sets that one family may have. Further ones share a metric whose label values are all `other`, so that a label value taken
    /// from input cannot fill the memory.
    static let childLimit = 500

    let name: String
    let kind: Kind
    let help: String
    /// By the labels as they are rendered.
    private(set) var children: [String: any Metric] = [:]

    init(name: String, _ kind: Kind, help: String) {
        precondition(PrometheusText.isName(name), "\(name) is no metric name")
        self.name = name
        self.kind = kind
        self.help = help
    }

    mutating func child<M: Metric>(_ labels: [String: String], _ make: () -> M) -> M {
        let key = key(for: labels)
        guard let present = children[key] else {
            let new = make()
            children[key] = new
            return new
        }
        guard let child = present as? M else { preconditionFailure("\(name) is registered as a \(kind) already") }
        return child
    }

    mutating func setChild(_ labels: [String: String], _ metric: any Metric) {
        children[key(for: labels)] = metric
    }

    private func key(for labels: [String: String]) -> String {
        let key = PrometheusText.labels(labels)
        guard children[key] == nil, children.count >= Self.childLimit else { return key }
        return PrometheusText.labels(labels.mapValues { _ in "other" })
    }
}
