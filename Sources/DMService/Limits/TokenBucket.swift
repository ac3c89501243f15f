internal import JSON

/// Permits that come back at a steady rate, up to a stock that may be spent at once.
struct TokenBucket: Sendable {
    struct Size: Sendable, Equatable {
        /// Permits that may be spent at once.
        let burst: Double
        /// Permits that come back in a second.
        let perSecond: Double
    }

    private var tokens: Double
    /// Milliseconds of the caller's monotonic clock.
    private var updatedAt: UInt64

    init(_ size: Size, now: UInt64) {
        tokens = size.burst
        updatedAt = now
    }

    /// Takes one permit, or answers how long until there is one.
    mutating func take(_ size: Size, now: UInt64) -> Duration? {
        refill(size, now)
        if tokens >= 1 {
            tokens -= 1
            return nil
        }
        return .milliseconds(Int64(((1 - tokens) / size.perSecond * 1000).rounded(.up)))
    }

    /// Whole permits that are left.
    var remaining: Int { Int(tokens) }

    /// Seconds until the stock is full again, rounded up.
    func secondsUntilFull(_ size: Size) -> Int { Int(((size.burst - tokens) / size.perSecond).rounded(.up)) }

    /// Whether nothing would change if it were forgotten.
    mutating func isFull(_ size: Size, now: UInt64) -> Bool {
        refill(size, now)
        return tokens >= size.burst
    }

    private mutating func refill(_ size: Size, _ now: UInt64) {
        let elapsed = Double(now >= updatedAt ? now - updatedAt : 0) / 1000
        tokens = min(size.burst, tokens + elapsed * size.perSecond)
        updatedAt = max(updatedAt, now)
    }
}

extension TokenBucket.Size: JSONEncodable, JSONDescribed {
    func encode(into json: inout JSONWriter) {
        json.beginObject()
        json.field("burst", burst)
        json.field("per_second", perSecond)
        json.endObject()
    }

    static var schema: JSONSchema {
        .object([
            .required("burst", .number(example: 40), "What may be spent at once."),
            .required("per_second", .number(example: 2), "What comes back in a second."),
        ]).named("RateLimit")
    }
}
