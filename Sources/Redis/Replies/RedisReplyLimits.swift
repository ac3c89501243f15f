/// How much a server may make us keep for one reply. Whoever exceeds them loses the connection.
///
/// Nesting is bounded by hiredis: there may be eight arrays one in another.
public struct RedisReplyLimits: Sendable {
    /// Bytes of one text or value.
    public var value = 16 << 20
    /// Bytes of all values in one reply.
    public var total = 64 << 20
    /// Elements of all arrays in one reply.
    public var elements = 1_000_000

    public init() {}
}
