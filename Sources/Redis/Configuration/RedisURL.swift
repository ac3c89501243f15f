internal import Crypto

/// What an address says, taken apart:
///
///     redis://[user:password@]host[:6379][/database]
///     redis+sentinel://[user:password@]host[:26379],host…/master[/database]
///     redis+cluster://[user:password@]host[:6379],host…
///
/// `rediss` in the place of `redis` asks for TLS.
struct RedisURL: Sendable {
    enum Deployment: Sendable, Equatable {
        case single(RedisEndpoint)
        case sentinel([RedisEndpoint], master: String)
        /// Some of the nodes; they tell of the others.
        case cluster([RedisEndpoint])
    }

    struct Credentials: Sendable, Equatable {
        /// The user `default` when empty.
        var user = ""
        var password = ""

        /// `nil` when there is nothing to say.
        var command: RedisCommand? {
            if password.isEmpty { return nil }
            return user.isEmpty ? RedisCommand("AUTH", password) : RedisCommand("AUTH", user, password)
        }
    }

    let deployment: Deployment
    let isEncrypted: Bool
    var credentials = Credentials()
    /// For the sentinels, which have users of their own.
    var sentinelCredentials = Credentials()
    var database = 0
    /// Path of a PEM file with the certificates to trust; the system's store if `nil`.
    var authority: String?

    init(_ text: String) throws(RedisConfigurationError) {
        guard let parsed = Self.parse(text) else { throw .malformed }
        self = parsed
    }

    private init(_ deployment: Deployment, isEncrypted: Bool) {
        self.deployment = deployment
        self.isEncrypted = isEncrypted
    }

    private static func parse(_ text: String) -> RedisURL? {
        guard let separator = text.firstRange(of: "://") else { return nil }
        let scheme = text[..<separator.lowerBound].split(separator: "+", omittingEmptySubsequences: false)
        guard scheme.count <= 2, scheme[0] == "redis" || scheme[0] == "rediss" else { return nil }
        var rest = text[separator.upperBound...]
        let query = rest.firstIndex(of: "?").map { rest[rest.index(after: $0)...] }
        rest = rest[..<(rest.firstIndex(of: "?") ?? rest.endIndex)]
        let path = rest.split(separator: "/", omittingEmptySubsequences: false)
        // A password with a "/" that is not encoded would be taken for a path, and told.
        guard !path.dropFirst().contains(where: { $0.contains("@") }) else { return nil }
        let hosts = path[0].lastIndex(of: "@").map { path[0][path[0].index(after: $0)...] } ?? path[0]
        let kind = scheme.count == 2 ? scheme[1] : ""
        guard let (deployment, database) = deployment(kind, hosts, path.dropFirst()) else { return nil }
        var url = RedisURL(deployment, isEncrypted: scheme[0] == "rediss")
        url.database = database
        if let at = path[0].lastIndex(of: "@") {
            guard let credentials = credentials(path[0][..<at]) else { return nil }
            url.credentials = credentials
        }
        return url.take(query: query ?? "") ? url : nil
    }

    private static func deployment(
        _ kind: Substring, _ hosts: Substring, _ path: ArraySlice<Substring>
    ) -> (Deployment, database: Int)? {
        let parts = Array(path)
        let endpoints = hosts.split(separator: ",", omittingEmptySubsequences: false).compactMap {
            RedisEndpoint($0, defaultPort: kind == "sentinel" ? 26379 : 6379)
        }
        guard endpoints.count == hosts.count(where: { $0 == "," }) + 1 else { return nil }
        switch kind {
        case "":
            guard endpoints.count == 1, parts.count <= 1, let database = database(parts.first) else { return nil }
            return (.single(endpoints[0]), database)
        case "sentinel":
            guard let first = parts.first, parts.count <= 2, let master = decoded(first), !master.isEmpty,
                let database = database(parts.count == 2 ? parts[1] : nil)
            else { return nil }
            return (.sentinel(endpoints, master: master), database)
        case "cluster":
            // A cluster has database 0 only.
            guard parts.count <= 1, database(parts.first) == 0 else { return nil }
            return (.cluster(endpoints), 0)
        default: return nil
        }
    }

    private static func database(_ text: Substring?) -> Int? {
        guard let text, !text.isEmpty else { return 0 }
        return text.utf8.count <= 4 && text.allSatisfy(\.isNumber) ? Int(text) : nil
    }

    private static func credentials(_ text: Substring) -> Credentials? {
        // A user without a password is more probably a password that was put in the wrong place.
        guard let colon = text.firstIndex(of: ":"), let user = decoded(text[..<colon]),
            let password = decoded(text[text.index(after: colon)...]), !password.isEmpty
        else { return nil }
        return Credentials(user: user, password: password)
    }

    private mutating func take(query: Substring) -> Bool {
        for item in query.split(separator: "&") {
            let parts = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, let value = Self.decoded(parts[1]), !value.isEmpty else { return false }
            switch parts[0] {
            case "ca_file" where isEncrypted: authority = value
            case "sentinel_user": sentinelCredentials.user = value
            case "sentinel_password": sentinelCredentials.password = value
            default: return false
            }
        }
        guard sentinelCredentials != Credentials() else { return true }
        if case .sentinel = deployment { return !sentinelCredentials.password.isEmpty } else { return false }
    }

    /// Resolves `%40` and the like (RFC 3986 §2.1). `nil` for what is not UTF-8 then.
    private static func decoded(_ text: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%") {
                guard rest.count >= 2, let decoded = Hex.decode(String(Substring(rest.prefix(2)))) else { return nil }
                bytes += decoded
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(validating: bytes, as: UTF8.self)
    }
}
