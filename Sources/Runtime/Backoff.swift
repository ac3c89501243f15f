/// Pauses that double with every failure, each shortened at random so that many clients do not come back at once.
public struct Backoff: Sendable {
    public let first: Duration
    public let longest: Duration

    public init(first: Duration, longest: Duration) {
        self.first = first
        self.longest = longest
    }

    /// - Parameters:
    ///   - failures: how many there were in a row, from 1.
    ///   - random: from 0 to 1; 0 halves the pause, 1 leaves it whole.
    public func pause(afterFailures failures: Int, random: Double = .random(in: 0...1)) -> Duration {
        let whole = min(longest, first * (1 << min(max(failures - 1, 0), 20)))
        return whole * (0.5 + random / 2)
    }
}
