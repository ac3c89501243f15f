import Testing

@testable import LoadBench

@Suite struct LatencyHistogramTests {
    @Test func `small values are kept exactly`() {
        var histogram = LatencyHistogram()
        for value in UInt64(1)...100 { histogram.record(value) }
        #expect(histogram.count == 100)
        #expect(histogram.percentile(0.5) == 50)
        #expect(histogram.percentile(0.99) == 99)
        #expect(histogram.percentile(1) == 100)
        #expect(histogram.percentile(0) == 1)
    }

    @Test(arguments: [127, 128, 129, 255, 256, 1_000, 65_535, 65_536, 1_234_567, 98_765_432_100] as [UInt64])
    func `large values are told within one part in sixty-four, and never too low`(_ value: UInt64) {
        var histogram = LatencyHistogram()
        histogram.record(value)
        histogram.record(value * 4)  // so that the maximum does not stand in
        #expect(histogram.percentile(0.5) >= value)
        #expect(histogram.percentile(0.5) - value <= value / 64)
    }

    @Test func `the maximum is exact, beyond the last bucket too`() {
        var histogram = LatencyHistogram()
        histogram.record(1_000_003)
        #expect(histogram.percentile(1) == 1_000_003)
        histogram.record(.max)
        #expect(histogram.maximum == .max)
    }

    @Test func `two halves added are the whole`() {
        var (whole, odd, even) = (LatencyHistogram(), LatencyHistogram(), LatencyHistogram())
        for value in UInt64(1)...10_000 {
            whole.record(value * 37)
            if value.isMultiple(of: 2) { even.record(value * 37) } else { odd.record(value * 37) }
        }
        odd.add(even)
        #expect(odd.count == whole.count)
        for share in [0.01, 0.5, 0.9, 0.99, 0.999, 1] { #expect(odd.percentile(share) == whole.percentile(share)) }
    }

    @Test func `an empty histogram answers zero`() {
        #expect(LatencyHistogram().percentile(0.99) == 0)
    }
}
