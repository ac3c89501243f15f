internal import Networking

/// Where Redis is, and how long we wait for it.
public struct RedisConfiguration: Sendable {
    let url: RedisURL

    /// How the server lists our connections in `CLIENT LIST`.
    public var clientName = "parley"

    /// How long a caller waits for an answer. A server that exceeds it counts as silent: until it speaks again, callers are
    /// refused at once.
    public var commandDeadline = Duration.seconds(1)

    /// How long a server may be silent before its connection is given up.
    public var silenceLimit = Duration.seconds(3)

    /// How long opening a connection may take, each of: reaching the server, signing in.
    public var connectDeadline = Duration.seconds(2)

    /// Commands of one connection that may be under way. Callers beyond it are refused at once.
    public var queueLimit = 10_000

    /// Bytes that may wait to be sent on one connection. Callers beyond it are refused at once.
    public var queueBytes = 64 << 20

    /// How much a server may make us keep.
    public var replyLimits = RedisReplyLimits()

    /// - Parameter text: `redis://user:password@host:6379/0`, `redis+sentinel://user:password@h1:26379,h2:26379/master/0` or
    ///   `redis+cluster://user:password@h1:6379,h2:6379`; `rediss` in the place of `redis` for TLS 1.3, where `?ca_file=` may name
    ///   the certificates to trust. User and password are percent-encoded; without a user, `:password@`. Sentinels that ask for a
    ///   password of their own get `?sentinel_user=` and `sentinel_password=`.
    public init(parsing text: String) throws(RedisConfigurationError) {
        url = try RedisURL(text)
    }

    /// What connections begin TLS with; `nil` for plain ones. Reads the certificates.
    func makeTLSContext() throws(RedisConfigurationError) -> TLSContext? {
        guard url.isEncrypted else { return nil }
        do {
            return try TLSContext.client(authority: url.authority)
        } catch {
            throw .untrustable(error.reason)
        }
    }
}

extension RedisConfiguration: CustomStringConvertible {
    /// Hosts, master and database for people to read. Never user and password.
    public var description: String {
        let scheme = url.isEncrypted ? "rediss" : "redis"
        let list = { (endpoints: [RedisEndpoint]) in endpoints.map(\.description).joined(separator: ",") }
        return switch url.deployment {
        case .single(let endpoint): "\(scheme)://\(endpoint)/\(url.database)"
        case .sentinel(let endpoints, let master): "\(scheme)+sentinel://\(list(endpoints))/\(master)/\(url.database)"
        case .cluster(let endpoints): "\(scheme)+cluster://\(list(endpoints))"
        }
    }
}

extension RedisConfiguration: CustomDebugStringConvertible, CustomReflectable {
    public var debugDescription: String { description }
    /// Nothing to look into: `dump` would tell the password.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}

/// Why a text is no ``RedisConfiguration``, or it cannot be used. It does not repeat the text, which may hold a password.
public enum RedisConfigurationError: Error, Equatable, CustomStringConvertible {
    case malformed
    /// The certificates to trust cannot be read; OpenSSL's words.
    case untrustable(String)

    public var description: String {
        switch self {
        case .malformed:
            "not a URL such as redis://user:password@host:6379/0, redis+sentinel://:password@h1:26379,h2:26379/master or "
                + "redis+cluster://h1:6379,h2:6379, with rediss for TLS"
        case .untrustable(let reason): "the certificates to trust cannot be used: \(reason)"
        }
    }
}
