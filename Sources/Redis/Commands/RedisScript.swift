internal import Crypto

/// A Lua script that Redis runs as one step: all of it, with nothing in between.
///
/// Declared once, as a constant: the server is sent its digest, and its text only when the server does not know it yet.
/// All keys that it touches are named in `KEYS`, and for a cluster share one hash tag: `{user:7}:presence`.
///
///     static let takeToken = RedisScript("return redis.call('DECR', KEYS[1])")
public struct RedisScript: Sendable {
    let source: String
    /// How the server names it. Source: Redis manual, EVALSHA.
    let digest: String

    public init(_ source: String) {
        self.source = source
        digest = Hex.encode(SHA1.digest(of: Array(source.utf8)))
    }

    /// The command that runs it, for a server that knows it.
    func byDigest(_ keys: [String], _ arguments: [any RedisArgument]) -> RedisCommand { command("EVALSHA", digest, keys, arguments) }

    /// The command that runs it and teaches it to the server.
    func bySource(_ keys: [String], _ arguments: [any RedisArgument]) -> RedisCommand { command("EVAL", source, keys, arguments) }

    private func command(_ name: String, _ script: String, _ keys: [String], _ arguments: [any RedisArgument]) -> RedisCommand {
        RedisCommand(name, arguments: [script, keys.count] + keys + arguments, routedBy: keys.first)
    }
}
