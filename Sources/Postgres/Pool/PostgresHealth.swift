/// Whether the database can be used, as of the last half second.
public enum PostgresHealth: UInt8, Sendable {
    /// No connection is open.
    case unavailable
    /// Connections are missing, or the server is slow to answer.
    case degraded
    case ready
}
