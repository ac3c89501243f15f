/// Whether Redis can be used, as of the last second; the worst first.
public enum RedisHealth: UInt8, Comparable, Sendable {
    /// Commands are refused: nothing is connected, or nobody answers.
    case unavailable
    /// Some loops, or some nodes of a cluster, can be used and others cannot.
    case degraded
    case ok

    public static func < (left: RedisHealth, right: RedisHealth) -> Bool { left.rawValue < right.rawValue }

    /// The health of a whole with these parts.
    static func of(_ parts: [RedisHealth]) -> RedisHealth {
        if parts.allSatisfy({ $0 == .ok }) { return parts.isEmpty ? .unavailable : .ok }
        return parts.allSatisfy { $0 == .unavailable } ? .unavailable : .degraded
    }
}
