/// What one lane of the load saw, and later the sum over all lanes.
struct Tally: Sendable {
    /// One for each kind of wait that the scenario tells apart, such as for the acknowledgement and for the delivery.
    var latencies: [LatencyHistogram]
    /// Units of work completed within the window.
    var units = 0
    /// What went wrong, during the whole run, and how often.
    var errors: [String: Int] = [:]
    /// Of the whole run, warm-up and end included.
    var deliveries: DeliveryLedger.Counts?

    init(kinds: Int) { latencies = Array(repeating: LatencyHistogram(), count: kinds) }

    static func += (total: inout Self, more: Self) {
        for kind in total.latencies.indices { total.latencies[kind].add(more.latencies[kind]) }
        total.units += more.units
        total.errors.merge(more.errors, uniquingKeysWith: +)
        guard let deliveries = more.deliveries else { return }
        var sum = total.deliveries ?? .init()
        sum += deliveries
        total.deliveries = sum
    }
}

/// Fills a ``Tally`` with what belongs to the measured window.
struct Recorder {
    private(set) var tally: Tally
    /// Instants of ``MonotonicClock``.
    private var window: Range<UInt64>?

    init(kinds: Int = 1) { tally = Tally(kinds: kinds) }

    mutating func open(at start: UInt64) { window = start..<UInt64.max }

    mutating func close(at end: UInt64) {
        if let window { self.window = window.lowerBound..<end }
    }

    /// A wait is over. It counts if it began within the window, however late it ends.
    mutating func record(kind: Int = 0, since start: UInt64, until end: UInt64) {
        if let window, window.contains(start) { tally.latencies[kind].record(end - min(start, end)) }
    }

    /// A unit of work is done. It counts if that is within the window.
    mutating func complete(at instant: UInt64) {
        if let window, window.contains(instant) { tally.units += 1 }
    }

    mutating func note(error: String) { tally.errors[error, default: 0] += 1 }

    mutating func add(_ deliveries: DeliveryLedger.Counts) {
        var sum = tally.deliveries ?? .init()
        sum += deliveries
        tally.deliveries = sum
    }
}
