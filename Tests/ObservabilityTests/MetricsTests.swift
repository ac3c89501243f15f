import Testing

@testable import Observability

@Suite struct MetricsTests {
    let registry = MetricsRegistry()

    private var rendered: String { String(decoding: registry.renderPrometheus(), as: UTF8.self) }

    @Test func `families are rendered in order of their names, children in order of their labels`() {
        registry.gauge("parley_sockets", help: "Open sockets.").set(3)
        registry.counter("parley_requests_total", help: "Requests answered.", labels: ["status": "500", "method": "GET"]).increment()
        registry.counter("parley_requests_total", help: "Requests answered.", labels: ["status": "200", "method": "GET"]).increment(by: 41)
        #expect(
            rendered == """
                # HELP parley_requests_total Requests answered.
                # TYPE parley_requests_total counter
                parley_requests_total{method="GET",status="200"} 41
                parley_requests_total{method="GET",status="500"} 1
                # HELP parley_sockets Open sockets.
                # TYPE parley_sockets gauge
                parley_sockets 3

                """)
    }

    @Test func `a histogram's buckets hold all below their bound, which counts as inside`() {
        let histogram = registry.histogram("parley_wait_seconds", help: "Waits.", bounds: [0.001, 0.5, 1], labels: ["pool": "db"])
        for value in [0.001, 0.2, 0.5, 0.75, 9] { histogram.observe(value) }
        histogram.observe(.milliseconds(1500))
        histogram.observe(.nan)
        #expect(
            rendered == """
                # HELP parley_wait_seconds Waits.
                # TYPE parley_wait_seconds histogram
                parley_wait_seconds_bucket{pool="db",le="0.001"} 1
                parley_wait_seconds_bucket{pool="db",le="0.5"} 3
                parley_wait_seconds_bucket{pool="db",le="1"} 4
                parley_wait_seconds_bucket{pool="db",le="+Inf"} 6
                parley_wait_seconds_sum{pool="db"} 11.951
                parley_wait_seconds_count{pool="db"} 6

                """)
    }

    @Test func `help and label values are escaped`() {
        registry.counter("parley_odd_total", help: "A \\ and\na \"line\"", labels: ["path": "a\\b\"c\nd"]).increment()
        #expect(rendered.contains("# HELP parley_odd_total A \\\\ and\\na \"line\"\n"))
        #expect(rendered.contains(#"parley_odd_total{path="a\\b\"c\nd"} 1"# + "\n"))
    }

    @Test(
        arguments: [
            (0.25, "0.25"), (1e-9, "1e-09"), (.infinity, "+Inf"), (-.infinity, "-Inf"), (.nan, "NaN"), (-4, "-4"), (1e300, "1e+300"),
        ] as [(Double, String)])
    func `numbers are written as Prometheus reads them`(value: Double, text: String) {
        registry.gauge("parley_value", help: "").set(value)
        #expect(rendered.hasSuffix("parley_value \(text)\n"))
    }

    @Test func `the same name and labels are the same metric`() {
        let first = registry.counter("parley_twice_total", help: "Twice.", labels: ["a": "1", "b": "2"])
        let second = registry.counter("parley_twice_total", help: "Twice.", labels: ["b": "2", "a": "1"])
        #expect(first === second)
        #expect(first !== registry.counter("parley_twice_total", help: "Twice.", labels: ["a": "1", "b": "3"]))
    }

    @Test func `a family has a bounded number of children, and the rest share one`() {
        for value in 0..<10_000 { registry.counter("parley_paths_total", help: "Paths.", labels: ["path": "\(value)"]).increment() }
        let lines = rendered.split(separator: "\n").filter { !$0.hasPrefix("#") }
        #expect(lines.count == MetricFamily.childLimit + 1)
        #expect(lines.contains(#"parley_paths_total{path="other"} 9500"#))
        #expect(lines.contains(#"parley_paths_total{path="17"} 1"#))
    }

    @Test func `a gauge with a reading is asked at each rendering`() {
        let source = Gauge()
        registry.gauge("parley_depth", help: "Depth.", reading: { source.value })
        source.set(1)
        #expect(rendered.hasSuffix("parley_depth 1\n"))
        source.set(2)
        #expect(rendered.hasSuffix("parley_depth 2\n"))
    }

    @Test func `nothing is lost when many threads count at once`() async {
        let counter = registry.counter("parley_busy_total", help: "Busy.")
        let gauge = registry.gauge("parley_busy", help: "Busy.")
        let histogram = registry.histogram("parley_busy_seconds", help: "Busy.", bounds: [1, 2])
        await withTaskGroup { group in
            for _ in 0..<8 {
                group.addTask {
                    for step in 0..<10_000 {
                        counter.increment()
                        gauge.increment()
                        if step.isMultiple(of: 2) { gauge.decrement() }
                        histogram.observe(Double(step % 3) + 0.5)
                    }
                }
            }
        }
        #expect(counter.value == 80_000)
        #expect(gauge.value == 40_000)
        #expect(histogram.counts == [26_672, 26_664, 26_664])
        #expect(histogram.sum == 26_672 * 0.5 + 26_664 * 1.5 + 26_664 * 2.5)
    }

    @Test func `the process tells its memory, descriptors, CPU time and start`() throws {
        ProcessMetrics.register(in: registry)
        let values = Dictionary(
            uniqueKeysWithValues: rendered.split(separator: "\n").filter { !$0.hasPrefix("#") }.map { line in
                let parts = line.split(separator: " ")
                return (String(parts[0]), Double(parts[1]) ?? .nan)
            })
        let now = Double(Timestamp.now.milliseconds) / 1000
        #expect(try #require(values["process_resident_memory_bytes"]) > 1_000_000)
        #expect(try #require(values["process_virtual_memory_bytes"]) > 1_000_000)
        #expect(3..<100_000 ~= (try #require(values["process_open_fds"])))
        #expect(try #require(values["process_max_fds"]) >= 3)
        #expect(try #require(values["process_cpu_seconds_total"]) > 0)
        #expect(now - 3600..<now + 1 ~= (try #require(values["process_start_time_seconds"])))
        #expect(rendered.contains("# TYPE process_cpu_seconds_total counter\n"))
    }
}
