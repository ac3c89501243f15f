public import JSON

/// What a run measured.
public struct BenchReport: Sendable {
    /// A figure that only this scenario has.
    struct Fact: Sendable {
        /// In JSON.
        let key: String
        /// In the table.
        let label: String
        let value: Double
        /// Behind the point.
        let digits: Int

        init(_ key: String, _ label: String, _ value: Double, digits: Int) {
            self.key = key
            self.label = label
            self.value = value
            self.digits = digits
        }
    }

    let scenario: ScenarioName
    /// What the load was, in words.
    let load: String
    let unit: String
    let unitPlural: String
    let tally: Tally
    /// Names of the tally's latencies. There may be fewer names than latencies: the rest has no meaning here.
    let kinds: [String]
    let expense: Expense
    var facts: [Fact] = []
    /// Whether the units were done within the window, so that there is a rate.
    var hasRate = true
    /// Whether nothing went wrong: no errors, and all that was sent came through once and in order.
    public internal(set) var isFlawless: Bool

    init(_ scenario: ScenarioName, _ load: String, unit: String, plural: String? = nil, _ tally: Tally, kinds: [String], _ expense: Expense)
    {
        self.scenario = scenario
        self.load = load
        self.unit = unit
        unitPlural = plural ?? unit + "s"
        self.tally = tally
        self.kinds = kinds
        self.expense = expense
        isFlawless = tally.errors.isEmpty && tally.units > 0
    }

    /// Units per second.
    var rate: Double { Double(tally.units) / expense.seconds }

    /// CPU microseconds per unit.
    func cost(_ seconds: Double) -> Double { tally.units > 0 ? seconds * 1e6 / Double(tally.units) : 0 }

    /// Processors that were busy with something else, on average.
    var otherCores: Double { expense.others / expense.seconds }

    var serverSeconds: Double { expense.server.reduce(0) { $0 + $1.seconds } }
}

extension BenchReport: JSONEncodable {
    /// The report for programs: one JSON document.
    public var json: String { String(decoding: JSON.encode(self), as: UTF8.self) }

    public func encode(into json: inout JSONWriter) {
        json.beginObject()
        json.field("scenario", scenario.rawValue)
        json.field("load", load)
        json.field("seconds", expense.seconds)
        json.field("unit", unit)
        json.field("units", tally.units)
        if hasRate { json.field("rate", rate) }
        json.key("latency_ms")
        json.beginObject()
        for (kind, histogram) in zip(kinds, tally.latencies) {
            json.key(kind.replacing(" ", with: "_"))
            histogram.encode(into: &json)
        }
        json.endObject()
        json.key("cpu_us_per_unit")
        json.beginObject()
        for (group, seconds) in expense.server {
            json.key(group)
            json.number(cost(seconds))
        }
        if !expense.server.isEmpty { json.field("total", cost(serverSeconds)) }
        json.endObject()
        json.field("client_cpu_us_per_unit", cost(expense.client))
        json.field("other_processes_cores", otherCores)
        if let deliveries = tally.deliveries {
            json.key("deliveries")
            deliveries.encode(into: &json)
        }
        for fact in facts {
            json.key(fact.key)
            json.number(fact.value)
        }
        json.field("errors", tally.errors)
        json.field("flawless", isFlawless)
        json.endObject()
    }
}

extension LatencyHistogram: JSONEncodable {
    /// Percentiles and maximum in milliseconds.
    func encode(into json: inout JSONWriter) {
        json.beginObject()
        json.field("p50", milliseconds(0.5))
        json.field("p95", milliseconds(0.95))
        json.field("p99", milliseconds(0.99))
        json.field("max", milliseconds(1))
        json.field("count", count)
        json.endObject()
    }

    func milliseconds(_ share: Double) -> Double { Double(percentile(share)) / 1e6 }
}

extension DeliveryLedger.Counts: JSONEncodable {
    func encode(into json: inout JSONWriter) {
        json.beginObject()
        json.field("sent", sent)
        json.field("acked", acked)
        json.field("delivered", delivered)
        json.field("refused", refused)
        json.field("lost", lost)
        json.field("unanswered", unanswered)
        json.field("duplicates", duplicates)
        json.field("out_of_order", outOfOrder)
        json.field("sequence_faults", sequenceFaults)
        json.endObject()
    }
}
