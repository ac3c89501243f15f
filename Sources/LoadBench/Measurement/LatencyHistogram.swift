/// How often each duration was seen, to within 1.6 % and in constant memory.
///
/// Up to 127 ns each value has a bucket of its own; above, every octave is cut into 64 buckets of equal width, as in
/// Gil Tene's HdrHistogram. The largest value is kept exactly.
struct LatencyHistogram: Sendable {
    private static let bucketsPerOctave = 64
    /// 2^41 ns are 36 minutes: what takes longer counts as that long in percentiles.
    private static let octaves = 36
    private static let ceiling: UInt64 = 1 << 41 - 1

    private var counts = [UInt32](repeating: 0, count: bucketsPerOctave * octaves)
    private(set) var count = 0
    /// The largest value, in nanoseconds.
    private(set) var maximum: UInt64 = 0

    /// - Parameter value: in nanoseconds.
    mutating func record(_ value: UInt64) {
        counts[Self.bucket(of: min(value, Self.ceiling))] += 1
        count += 1
        maximum = max(maximum, value)
    }

    mutating func add(_ other: LatencyHistogram) {
        for bucket in counts.indices { counts[bucket] += other.counts[bucket] }
        count += other.count
        maximum = max(maximum, other.maximum)
    }

    /// The value that `share` of all values do not exceed, in nanoseconds: the top of its bucket. 0 when nothing was recorded.
    ///
    /// - Parameter share: from 0 to 1.
    func percentile(_ share: Double) -> UInt64 {
        guard count > 0 else { return 0 }
        let rank = max(1, Int((share * Double(count)).rounded(.up)))
        var seen = 0
        for (bucket, occurrences) in counts.enumerated() where occurrences > 0 {
            seen += Int(occurrences)
            if seen >= rank { return min(Self.top(of: bucket), maximum) }
        }
        return maximum
    }

    private static func bucket(of value: UInt64) -> Int {
        let width = max(0, 57 - value.leadingZeroBitCount)  // log2 of the bucket's width: 0 for values of up to 7 bits
        return width * bucketsPerOctave + Int(value >> UInt64(width))
    }

    private static func top(of bucket: Int) -> UInt64 {
        let width = max(0, bucket / bucketsPerOctave - 1)
        return (UInt64(bucket - width * bucketsPerOctave + 1) << UInt64(width)) - 1
    }
}
