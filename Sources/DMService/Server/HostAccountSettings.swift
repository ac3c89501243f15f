internal import Crypto
internal import HTTPClient
internal import Observability
internal import Runtime

/// How the host app's own tokens are known.
struct HostAccountSettings: Sendable {
    enum Keys: Sendable {
        /// Path of a JWK set.
        case file(String)
        case url(String)
    }

    let keys: Keys
    /// What `iss` must be and `aud` must name; `nil` for anything.
    let issuer: String?
    let audience: String?
}

extension Environment {
    /// - Throws: ``ConfigurationError`` if there are two sources of keys, a URL that cannot be asked, or conditions without keys.
    func hostAccounts(_ stage: Configuration.Stage) throws(ConfigurationError) -> HostAccountSettings? {
        let (issuer, audience) = (text("PARLEY_JWT_ISSUER"), text("PARLEY_JWT_AUDIENCE"))
        let keys: HostAccountSettings.Keys
        switch (text("PARLEY_JWKS_FILE")?.value, text("PARLEY_JWKS_URL")?.value) {
        case (nil, nil):
            if let (name, _) = issuer ?? audience {
                throw ConfigurationError(
                    name, "is set, though no keys are", remedy: "Set PARLEY_JWKS_FILE or PARLEY_JWKS_URL, or remove it.")
            }
            return nil
        case (_?, _?):
            throw ConfigurationError(
                "PARLEY_JWKS_URL", "is set, and PARLEY_JWKS_FILE is, too", remedy: "Keep the one whose keys the host app signs by.")
        case (let file?, nil): keys = .file(file)
        case (nil, let url?):
            guard DestinationPolicy.hostKeys(stage, allowed: []).allows(url: url) else {
                let schemes = stage == .production ? "https://" : "https:// or http://"
                throw ConfigurationError(
                    "PARLEY_JWKS_URL", "is no URL that can be asked",
                    remedy: "Set it to an absolute \(schemes) URL in ASCII, without a user or password.")
            }
            keys = .url(url)
        }
        return HostAccountSettings(keys: keys, issuer: issuer?.value, audience: audience?.value)
    }
}

extension Configuration {
    var hostTokenVerifier: HostTokenVerifier { HostTokenVerifier(issuer: hostAccounts?.issuer, audience: hostAccounts?.audience) }

    /// The host app's keys, if its tokens are taken. A file is read at once, a URL in the background.
    ///
    /// - Throws: ``ConfigurationError`` for a file without keys to go by.
    func hostKeys(group: EventLoopGroup, registry: MetricsRegistry) async throws -> HostKeys? {
        switch hostAccounts?.keys {
        case nil: return nil
        case .file(let path):
            let keys = HostKeys(HostKeyFile(path: path), registry: registry)
            do {
                try await keys.load()
            } catch {
                throw ConfigurationError(
                    "PARLEY_JWKS_FILE", "cannot be used: \(error.reason)", remedy: "Name a readable file with a JWK set.")
            }
            return keys
        case .url(let url):
            var settings = HTTPClientConfiguration(destinations: .hostKeys(stage, allowed: outboundAllowed))
            settings.bodyLimit = JSONWebKeySet.longestDocument
            settings.deadline = .seconds(5)
            settings.redirectLimit = 3
            let client = try await HTTPClient(on: group.loops.prefix(1), settings)
            return HostKeys(HostKeyURL(url: url, client: client), registry: registry)
        }
    }
}
