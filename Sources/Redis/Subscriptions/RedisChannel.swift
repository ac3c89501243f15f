/// What messages are published to. Publishers and subscribers name it by the same value.
public struct RedisChannel: Hashable, Sendable {
    public let name: String
    /// Whether it has a slot as a key has: in a cluster its messages go to one node and not to all of them.
    public let isSharded: Bool

    public init(_ name: String) {
        self.name = name
        isSharded = false
    }

    /// A channel of `SPUBLISH` and `SSUBSCRIBE`, since Redis 7.
    public init(sharded name: String) {
        self.name = name
        isSharded = true
    }

    func publishing(_ payload: [UInt8]) -> RedisCommand { RedisCommand(isSharded ? "SPUBLISH" : "PUBLISH", name, payload) }
    var subscribing: RedisCommand { RedisCommand(isSharded ? "SSUBSCRIBE" : "SUBSCRIBE", name) }
    var unsubscribing: RedisCommand { RedisCommand(isSharded ? "SUNSUBSCRIBE" : "UNSUBSCRIBE", name) }
}
