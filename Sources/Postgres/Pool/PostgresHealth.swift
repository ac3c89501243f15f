/// Whether the database can be used, as of the last half second; the worst first.
public enum PostgresHealth: UInt8, Comparable, Sendable {
    /// No connection is open.
    case unavailable
    /// Connections are open, but none of those asked has answered for a second.
    case silent
    /// Connections are missing, or slow to answer.
    case degraded
    case ready

    public static func < (left: PostgresHealth, right: PostgresHealth) -> Bool { left.rawValue < right.rawValue }
}
