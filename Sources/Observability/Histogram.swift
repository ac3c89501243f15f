/// How often a measurement fell into which range, and the sum of all. Safe from every thread, without a lock.
public final class Histogram: Sendable {
    /// Upper bounds in seconds that suit requests and statements: 0.5 ms to 10 s.
    public static let latencyBounds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

    /// Upper bounds of the buckets, inclusive and rising; one bucket more holds what lies above the last.
    public let bounds: [Double]
    private let buckets: [Counter]
    private let total = Gauge()

    public init(bounds: [Double] = Histogram.latencyBounds) {
        precondition(zip(bounds, bounds.dropFirst()).allSatisfy(<), "bounds rise")
        self.bounds = bounds
        buckets = (0...bounds.count).map { _ in Counter() }
    }

    /// Adds a measurement in the unit of the bounds. What is not a number is not a measurement and is left out.
    public func observe(_ value: Double) {
        guard !value.isNaN else { return }
        buckets[bounds.firstIndex { value <= $0 } ?? bounds.count].increment()
        total.add(value)
    }

    /// Adds a time, in seconds.
    public func observe(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        observe(Double(seconds) + Double(attoseconds) * 1e-18)
    }

    /// The sum of all measurements.
    public var sum: Double { total.value }

    /// Measurements in each bucket, the one above the last bound included.
    public var counts: [UInt64] { buckets.map(\.value) }
}
