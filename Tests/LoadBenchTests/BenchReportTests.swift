import JSON
import Testing

@testable import LoadBench

@Suite struct BenchReportTests {
    private func report(deliveries: DeliveryLedger.Counts?, errors: [String] = []) -> BenchReport {
        var recorder = Recorder(kinds: 2)
        recorder.open(at: 0)
        for unit in UInt64(0)..<1_000 {
            recorder.record(since: unit, until: unit + 2_000_000)
            recorder.complete(at: unit)
        }
        for error in errors { recorder.note(error: error) }
        if let deliveries { recorder.add(deliveries) }
        let expense = Expense(seconds: 2, server: [("serve", 0.03), ("postgres", 0.02)], client: 0.01, others: 0.5)
        return BenchReport(.pairs, "some load", unit: "message", recorder.tally, kinds: ["delivered"], expense)
    }

    @Test func `rate and cost are per unit of the window`() throws {
        let report = report(deliveries: DeliveryLedger.Counts(sent: 5, acked: 5, delivered: 4, lost: 1))
        let json = try JSON.decode(JSONValue.self, from: JSON.encode(report))
        #expect(json["rate"] == 500.0 || json["rate"] == 500)
        #expect(json["cpu_us_per_unit"]?["serve"] == 30 || json["cpu_us_per_unit"]?["serve"] == 30.0)
        #expect(json["cpu_us_per_unit"]?["total"] == 50 || json["cpu_us_per_unit"]?["total"] == 50.0)
        #expect(json["deliveries"]?["lost"] == 1)
        #expect(json["latency_ms"]?["delivered"]?["count"] == 1_000)
    }

    @Test func `the table says what was lost and what went wrong`() {
        let table = report(deliveries: DeliveryLedger.Counts(sent: 5, acked: 5, delivered: 4, lost: 1), errors: ["a", "b", "b"]).table
        #expect(table.contains("1000 in 2.00 s, 500 a second"))
        #expect(table.contains("serve 30.0, postgres 20.0, server in all 50.0, (load generator 10.0)"))
        #expect(table.contains("NO: sent 5, acked 5, delivered 4"))
        #expect(table.contains("other processes kept 0.25 cores busy"))
        #expect(table.contains("lost 1,"))
        #expect(table.contains("2 × b; 1 × a"))
    }

    @Test func `errors are a flaw`() {
        #expect(report(deliveries: nil).isFlawless)
        #expect(!report(deliveries: nil, errors: ["a"]).isFlawless)
    }

    @Test func `numbers are written with a fixed number of digits`() {
        #expect(0.0.formatted(0) == "0")
        #expect(1.005.formatted(1) == "1.0")
        #expect(12.3456.formatted(2) == "12.35")
        #expect(0.07.formatted(2) == "0.07")
        #expect((-0.04).formatted(1) == "0.0")
        #expect((-3.25).formatted(1) == "-3.3")
    }
}
