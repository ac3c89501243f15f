extension BenchReport {
    /// The report for people, several lines.
    public var table: String {
        var lines = ["\(scenario.rawValue): \(load)", ""]
        let pace = hasRate ? ", \(rate.formatted(0)) a second" : ""
        lines.append(row(unitPlural, "\(tally.units) in \(expense.seconds.formatted(2)) s\(pace)"))
        lines.append(row("latency, ms", ["p50", "p95", "p99", "max"].map { $0.padded(to: 10) }.joined()))
        for (kind, histogram) in zip(kinds, tally.latencies) {
            lines.append(row("  " + kind, [0.5, 0.95, 0.99, 1].map { histogram.milliseconds($0).formatted(2).padded(to: 10) }.joined()))
        }
        lines.append(row("CPU, µs per \(unit)", costs))
        lines.append(row("disturbance", "other processes kept \(otherCores.formatted(2)) cores busy"))
        lines += facts.map { row($0.label, $0.value.formatted($0.digits)) }
        if let deliveries = tally.deliveries { lines += rows(deliveries) }
        let errors = tally.errors.sorted { $0.value > $1.value }.map { "\($0.value) × \($0.key)" }
        lines.append(row("errors", errors.isEmpty ? "none" : errors.joined(separator: "; ")))
        return lines.joined(separator: "\n") + "\n"
    }

    private var costs: String {
        let groups = expense.server.map { "\($0.group) \(cost($0.seconds).formatted(1))" }
        let total = groups.count > 1 ? ["server in all \(cost(serverSeconds).formatted(1))"] : []
        return (groups + total + ["(load generator \(cost(expense.client).formatted(1)))"]).joined(separator: ", ")
    }

    private func rows(_ counts: DeliveryLedger.Counts) -> [String] {
        let isEqual = counts.sent == counts.acked && counts.sent == counts.delivered
        return [
            row("delivered = sent", "\(isEqual ? "yes" : "NO"): sent \(counts.sent), acked \(counts.acked), delivered \(counts.delivered)"),
            row(
                "must be zero",
                "lost \(counts.lost), duplicate \(counts.duplicates), out of order \(counts.outOfOrder), seq faults \(counts.sequenceFaults), "
                    + "refused \(counts.refused), unanswered \(counts.unanswered)"),
        ]
    }

    private func row(_ label: String, _ text: String) -> String { "  \(label)".filled(to: 30) + text }
}

extension Double {
    /// With a fixed number of digits behind the point.
    func formatted(_ digits: Int) -> String {
        let scale = (0..<digits).reduce(1.0) { scale, _ in scale * 10 }
        let scaled = (abs(self) * scale).rounded()
        guard scaled < 1e15 else { return "\(self)" }
        let (whole, fraction) = Int(scaled).quotientAndRemainder(dividingBy: Int(scale))
        let sign = self < 0 && scaled > 0 ? "-" : ""
        return digits == 0 ? "\(sign)\(whole)" : "\(sign)\(whole).\(String(repeating: "0", count: digits - "\(fraction)".count))\(fraction)"
    }
}

extension String {
    /// With spaces in front.
    fileprivate func padded(to width: Int) -> String { String(repeating: " ", count: max(0, width - count)) + self }

    /// With spaces behind.
    fileprivate func filled(to width: Int) -> String { self + String(repeating: " ", count: max(1, width - count)) }
}
