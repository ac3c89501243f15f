internal import Crypto
internal import HTTPServer
internal import Networking
internal import Observability
internal import Redis

// How settings are read: each reader answers `nil` when the variable is not set, and names it when it cannot be used.
extension Environment {
    func number<Number: FixedWidthInteger>(_ range: ClosedRange<Number>, _ names: String...) throws(ConfigurationError) -> Number? {
        guard let (name, value) = first(names) else { return nil }
        guard let number = Number(value), range.contains(number) else {
            throw ConfigurationError(
                name, "is not a number that can be used",
                remedy: "Set it to a whole number from \(range.lowerBound) to \(range.upperBound).")
        }
        return number
    }

    func redis() throws(ConfigurationError) -> RedisConfiguration? {
        guard let (name, value) = first(["PARLEY_REDIS_URL", "REDIS_URL"]) else { return nil }
        do {
            return try RedisConfiguration(parsing: value)
        } catch {
            // Never the value: it may hold a password.
            throw ConfigurationError(
                name, "is not an address of Redis",
                remedy: "Set it to redis://:password@host:6379, or rediss:// for TLS; see docs/operations.md.")
        }
    }

    func seconds(_ range: ClosedRange<Int64>, _ names: String...) throws(ConfigurationError) -> Duration? {
        guard let (name, value) = first(names) else { return nil }
        guard let seconds = Int64(value), range.contains(seconds) else {
            throw ConfigurationError(
                name, "is not a time that can be used", remedy: "Set it to whole seconds from \(range.lowerBound) to \(range.upperBound).")
        }
        return .seconds(seconds)
    }

    func minutes(_ range: ClosedRange<Int64>, _ name: String) throws(ConfigurationError) -> Duration? {
        guard let value = text(name)?.value else { return nil }
        guard let minutes = Int64(value), range.contains(minutes) else {
            throw ConfigurationError(
                name, "is not a time that can be used", remedy: "Set it to whole minutes from \(range.lowerBound) to \(range.upperBound).")
        }
        return .seconds(minutes * 60)
    }

    /// Of an access token. `JWT_EXPIRE_MINUTES` counts in minutes, the others in seconds.
    func accessLifetime() throws(ConfigurationError) -> Duration? {
        let (inSeconds, inMinutes) = (["PARLEY_ACCESS_TTL", "JWT_ACCESS_TTL"], "JWT_EXPIRE_MINUTES")
        guard let name = first(inSeconds + [inMinutes])?.name else { return nil }
        return name == inMinutes ? try minutes(1...1440, name) : try seconds(60...86_400, name)
    }

    func onOff(_ name: String) throws(ConfigurationError) -> Bool? {
        switch text(name)?.value {
        case nil: nil
        case "on": true
        case "off": false
        default: throw ConfigurationError(name, "is neither on nor off", remedy: "Set it to on or off.")
        }
    }

    func choice<Choice: RawRepresentable & CaseIterable>(_ names: String...) throws(ConfigurationError) -> Choice?
    where Choice.RawValue == String {
        guard let (name, value) = first(names) else { return nil }
        guard let choice = Choice(rawValue: value) else {
            let choices = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            throw ConfigurationError(name, "is none of the choices", remedy: "Set it to one of \(choices).")
        }
        return choice
    }

    /// Values between commas or white space.
    func list(_ names: String...) -> [String]? {
        first(names).map { Self.entries($0.value) }
    }

    private static func entries(_ value: String) -> [String] { value.split { $0 == "," || $0.isWhitespace }.map(String.init) }

    /// Whose pages are let in. An origin is compared as a browser writes it, so whatever else stands here would match nothing.
    func origins(_ names: String...) throws(ConfigurationError) -> [String]? {
        guard let (name, value) = first(names) else { return nil }
        let origins = Self.entries(value)
        guard !origins.isEmpty, origins.allSatisfy({ $0 == "*" || Origins.isOrigin($0) }) else {
            throw ConfigurationError(
                name, "holds something that is no origin",
                remedy: "Set it to scheme://host[:port] between commas, such as https://chat.example.org, without a path, a slash at the "
                    + "end or the port that the scheme has anyway; or to * for all.")
        }
        return origins
    }

    func addressBlocks(_ name: String) throws(ConfigurationError) -> [AddressBlock]? {
        guard let entries = list(name) else { return nil }
        var blocks: [AddressBlock] = []
        for entry in entries {
            guard let block = AddressBlock(entry) else {
                throw ConfigurationError(
                    name, "holds something that is no range of addresses",
                    remedy: "Set it to CIDR ranges between commas, such as 10.0.0.0/8, 2001:db8::/32; no bit may be set behind the prefix.")
            }
            blocks.append(block)
        }
        return blocks
    }

    func logLevel() throws(ConfigurationError) -> Logger.Level? {
        guard let value = text("PARLEY_LOG_LEVEL")?.value else { return nil }
        guard let level = Logger.Level(value) else {
            let levels = Logger.Level.allCases.map(\.name).joined(separator: ", ")
            throw ConfigurationError("PARLEY_LOG_LEVEL", "is none of the levels", remedy: "Set it to one of \(levels).")
        }
        return level
    }

    func presence() throws(ConfigurationError) -> PresenceSettings {
        var presence = PresenceSettings()
        presence.grace = try seconds(1...60, "PARLEY_PRESENCE_GRACE") ?? presence.grace
        presence.lifetime = try seconds(10...600, "PARLEY_PRESENCE_TTL") ?? presence.lifetime
        presence.noting = try seconds(10...3600, "PARLEY_LAST_SEEN_SECONDS") ?? presence.noting
        presence.watched = try number(1...1000, "PARLEY_PRESENCE_USERS") ?? presence.watched
        presence.typingInterval = try seconds(1...10, "PARLEY_TYPING_INTERVAL") ?? presence.typingInterval
        presence.typingLifetime = try seconds(2...60, "PARLEY_TYPING_TTL") ?? presence.typingLifetime
        return presence
    }

    // MARK: Secrets

    func secret() throws(ConfigurationError) -> ServerSecret {
        let names = ["PARLEY_SECRET", "JWT_SECRET_KEY", "DJANGO_SECRET_KEY"]
        guard let (name, value) = first(names) else {
            throw ConfigurationError("PARLEY_SECRET", "is not set", remedy: Self.secretRemedy)
        }
        return try Self.secret(value, name)
    }

    /// Secrets whose tokens are still accepted while they live, the newest first.
    func previousSecrets() throws(ConfigurationError) -> [ServerSecret] {
        let name = "PARLEY_PREVIOUS_SECRETS"
        var secrets: [ServerSecret] = []
        for value in list(name) ?? [] { secrets.append(try Self.secret(value, name)) }
        guard secrets.count < TokenKeyRing.limit else {
            throw ConfigurationError(name, "holds too many", remedy: "Keep the last \(TokenKeyRing.limit - 1) at most.")
        }
        return secrets
    }

    private static let secretRemedy =
        "Set it to \(ServerSecret.leastByteCount) random bytes or more, such as the output of: openssl rand -base64 48."

    private static func secret(_ value: String, _ name: String) throws(ConfigurationError) -> ServerSecret {
        guard let secret = ServerSecret(Array(value.utf8)) else {
            throw ConfigurationError(name, "is too short", remedy: secretRemedy)
        }
        return secret
    }

    /// What somebody must know to be let in: long enough not to be guessed, and such as a header can carry.
    func token(_ name: String) throws(ConfigurationError) -> String? {
        guard let value = text(name)?.value else { return nil }
        guard value.utf8.count >= 16, value.utf8.allSatisfy({ 0x21...0x7E ~= $0 }) else {
            throw ConfigurationError(
                name, "cannot be used",
                remedy: "Set it to 16 visible ASCII characters or more, such as the output of: openssl rand -hex 24.")
        }
        return value
    }

    /// Keys of the host app's servers: `name=key` or `name=sha256:digits`, between commas.
    func apiKeys(_ name: String) throws(ConfigurationError) -> [APIKey] {
        var keys: [APIKey] = []
        for entry in list(name) ?? [] {
            let parts = entry.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2, let key = APIKey(name: parts[0], value: parts[1]) else {
                throw ConfigurationError(
                    name, "holds something that is no key",
                    remedy: "Set it to name=key between commas: names of a-z, 0-9, _ and -, keys of \(APIKey.lengths.lowerBound) visible "
                        + "ASCII characters or more, such as the output of: openssl rand -hex 32; or sha256: and the key's SHA-256.")
            }
            guard !keys.contains(where: { $0.name == key.name }) else {
                throw ConfigurationError(name, "holds two keys of one name", remedy: "Give each a name of its own.")
            }
            keys.append(key)
        }
        return keys
    }

    func tls() throws(ConfigurationError) -> Configuration.TLS? {
        switch (text("PARLEY_TLS_CERTIFICATE")?.value, text("PARLEY_TLS_KEY")?.value) {
        case (nil, nil): return nil
        case (let chain?, let key?): return Configuration.TLS(certificateChain: chain, privateKey: key)
        case (nil, _?):
            throw ConfigurationError(
                "PARLEY_TLS_CERTIFICATE", "is not set, though the key is", remedy: "Name the PEM file of the certificate chain.")
        case (_?, nil):
            throw ConfigurationError(
                "PARLEY_TLS_KEY", "is not set, though the certificate is", remedy: "Name the PEM file of the private key.")
        }
    }

    // MARK: Limits

    private static let limitPrefix = "PARLEY_LIMIT_"

    private static func variable(of limit: LimitName) -> String {
        limitPrefix + limit.name.uppercased().map { $0 == "." ? "_" : String($0) }.joined()
    }

    /// The limits in force: `PARLEY_LIMITS=off` for none, `PARLEY_LIMIT_SEND_USER=40,2` for a burst of 40 and 2 more each second.
    func limits(_ stage: Configuration.Stage) throws(ConfigurationError) -> [LimitName: TokenBucket.Size] {
        var sizes = RateLimits.standard
        let variables = Dictionary(uniqueKeysWithValues: sizes.keys.map { ($0, Self.variable(of: $0)) })
        if let unknown = names.filter({ $0.hasPrefix(Self.limitPrefix) }).subtracting(variables.values).min() {
            throw ConfigurationError(
                unknown, "names no limit", remedy: "Set one of \(variables.values.sorted().joined(separator: ", ")).")
        }
        guard try onOff("PARLEY_LIMITS") ?? true else { return [:] }
        for (limit, name) in variables {
            guard let value = text(name)?.value else { continue }
            let numbers = value.split(separator: ",").map { Double($0.trimmed) }
            guard numbers.count == 2, let burst = numbers[0], let perSecond = numbers[1], burst >= 1, perSecond >= 1e-6, burst < 1e9,
                perSecond < 1e9
            else {
                throw ConfigurationError(name, "is no limit", remedy: "Set it to burst,per-second such as 40,2.")
            }
            sizes[limit] = TokenBucket.Size(burst: burst, perSecond: perSecond)
        }
        return sizes
    }
}
