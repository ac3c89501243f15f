import Testing

@testable import DMService

@Suite struct ConfigurationTests {
    private static let enough = ["DATABASE_URL": "postgres://localhost/parley", "PARLEY_SECRET": "0123456789abcdef0123456789abcdef"]

    private func read(
        _ settings: [String: String], file: String? = nil, found: [String: String] = [:]
    ) throws(ConfigurationError) -> Configuration {
        try Configuration(environment: Self.enough.merging(settings) { $1 }, found: found) { _ in
            guard let file else { throw NoFile() }
            return file
        }
    }

    private struct NoFile: Error {}

    @Test func `two settings are enough`() throws {
        let configuration = try read([:])
        #expect(configuration.port == 8080)
        #expect(configuration.stage == .development)
        #expect(configuration.accessLifetime == .seconds(900))
        #expect(configuration.limits == RateLimits.standard)
        #expect(configuration.longestContent == 4096)
    }

    @Test func `presence and typing have their times`() throws {
        let usual = try read([:]).presence
        #expect(usual.grace == .seconds(5) && usual.lifetime == .seconds(60) && usual.noting == .seconds(60) && usual.watched == 100)
        #expect(usual.typingInterval == .seconds(1) && usual.typingLifetime == .seconds(6))
        let other = try read([
            "PARLEY_PRESENCE_GRACE": "2", "PARLEY_PRESENCE_TTL": "30", "PARLEY_LAST_SEEN_SECONDS": "120", "PARLEY_PRESENCE_USERS": "10",
            "PARLEY_TYPING_INTERVAL": "2", "PARLEY_TYPING_TTL": "9",
        ]).presence
        #expect(other.grace == .seconds(2) && other.lifetime == .seconds(30) && other.noting == .seconds(120) && other.watched == 10)
        #expect(other.typingInterval == .seconds(2) && other.typingLifetime == .seconds(9))
    }

    // The host app's keys: one source, a URL that can be asked, and no conditions without keys.
    @Test(arguments: [
        (["PARLEY_JWKS_FILE": "/k", "PARLEY_JWKS_URL": "https://x.org/"], "PARLEY_JWKS_URL"),
        (["PARLEY_JWT_ISSUER": "x"], "PARLEY_JWT_ISSUER"),
        (["PARLEY_JWT_AUDIENCE": "x"], "PARLEY_JWT_AUDIENCE"), (["PARLEY_JWKS_URL": "x.org/keys"], "PARLEY_JWKS_URL"),
        (["PARLEY_JWKS_URL": "ftp://x.org/"], "PARLEY_JWKS_URL"), (["PARLEY_JWKS_URL": "https://a:b@x.org/"], "PARLEY_JWKS_URL"),
        (["PARLEY_JWKS_URL": "file:///etc/passwd"], "PARLEY_JWKS_URL"),
        (["PARLEY_OUTBOUND_ALLOWED": "10.0.0.1/8"], "PARLEY_OUTBOUND_ALLOWED"),
        (["PARLEY_JWKS_URL": "http://x.org/", "PARLEY_ENV": "production"], "PARLEY_JWKS_URL"),
    ])
    func `settings of the host app that do not fit are named`(settings: [String: String], variable: String) {
        let error = #expect(throws: ConfigurationError.self) { try read(settings) }
        #expect(error?.variable == variable)
    }

    @Test func `the host app's tokens are taken once its keys are named`() throws {
        #expect(try read([:]).hostAccounts == nil)
        let settings = try #require(
            try read(["PARLEY_JWKS_URL": "https://x.org:8443/keys", "PARLEY_ENV": "production", "PARLEY_JWT_AUDIENCE": "parley"])
                .hostAccounts)
        guard case .url("https://x.org:8443/keys") = settings.keys else {
            Issue.record("\(settings.keys)")
            return
        }
        #expect(settings.issuer == nil && settings.audience == "parley")
    }

    @Test(arguments: [
        ("PARLEY_PORT", "0"), ("PARLEY_PORT", "http"), ("PARLEY_PORT", "65536"), ("PARLEY_ENV", "staging"), ("PARLEY_SECRET", "tiny"),
        ("PARLEY_LIMITS", "no"), ("PARLEY_ECHO", "1"), ("PARLEY_ACCESS_TTL", "-5"), ("JWT_ACCESS_TTL", "soon"), ("PARLEY_LOOPS", "0"),
        ("PARLEY_LIMIT_SEND_USER", "40"), ("PARLEY_LIMIT_SEND_USER", "0,0"), ("PARLEY_LOG_LEVEL", "loud"),
        ("PARLEY_MAX_MESSAGE_CHARS", "0"),
        ("PARLEY_PRESENCE_GRACE", "0"), ("PARLEY_PRESENCE_TTL", "5"), ("PARLEY_LAST_SEEN_SECONDS", "x"), ("PARLEY_PRESENCE_USERS", "0"),
        ("PARLEY_TYPING_INTERVAL", "-1"), ("PARLEY_TYPING_TTL", "61"), ("PARLEY_DRAIN_SECONDS", "x"), ("PARLEY_DATABASE_CONNECTIONS", "0"),
        ("JWT_EXPIRE_MINUTES", "0"),
        ("PARLEY_METRICS_TOKEN", "short"), ("PARLEY_METRICS_TOKEN", "a token with spaces in it"),
        ("PARLEY_TRUSTED_PROXIES", "10.0.0.1/8"), ("PARLEY_TRUSTED_PROXIES", "10.0.0.0/8, nginx"),
        ("PARLEY_LIMIT_SEND_USERS", "40,2"), ("PARLEY_LIMIT_", "40,2"),
        ("PARLEY_ALLOWED_ORIGINS", "x.org"), ("PARLEY_ALLOWED_ORIGINS", "https://x.org/"), ("CORS_ALLOWED_ORIGINS", "https://a, b"),
        ("FRONTEND_ORIGIN", "https://:80"), ("FRONTEND_ORIGIN", "http://[1.2.3.4]"), ("FRONTEND_ORIGIN", ","),
        ("FRONTEND_ORIGIN", "https://x.org:"),
        ("FRONTEND_ORIGIN", "https://x.org:443"), ("FRONTEND_ORIGIN", "http://x.org:80"), ("FRONTEND_ORIGIN", "http://x.org:080"),
        ("FRONTEND_ORIGIN", "http://x.org:99999"), ("FRONTEND_ORIGIN", "ftp://x.org"), ("FRONTEND_ORIGIN", "https://*.x.org"),
        ("FRONTEND_ORIGIN", "https://ex\u{E4}mple.org"), ("FRONTEND_ORIGIN", "https://[::g]"), ("FRONTEND_ORIGIN", "https://[::1]x"),
        ("FRONTEND_ORIGIN", "https://me@x.org"), ("FRONTEND_ORIGIN", "null"),
    ]) func `a setting that cannot be used is named, with a remedy`(name: String, value: String) {
        let error = #expect(throws: ConfigurationError.self) { _ = try read([name: value]) }
        #expect(error?.variable == name)
        #expect(error?.remedy.isEmpty == false)
        #expect(error?.description.contains(value) != true || value.count < 3, "a value may be a secret: it is not repeated")
    }

    @Test func `what is missing is named`() {
        for name in Self.enough.keys {
            let error = #expect(throws: ConfigurationError.self) { _ = try read([name: ""]) }
            #expect(error?.variable == name)
        }
    }

    // acceptance: A-057, B-032
    @Test func `names of the systems that Parley replaces are understood, its own go first`() throws {
        let configuration = try Configuration(
            environment: [
                "DATABASE_URL": "postgres://other/db", "PARLEY_DATABASE_URL": "postgres://own/db", "ENV": "production",
                "DJANGO_SECRET_KEY": "0123456789abcdef0123456789abcdef", "JWT_ACCESS_TTL": "600", "JWT_REFRESH_TTL": "86400",
                "CORS_ALLOWED_ORIGINS": "https://a.example, https://b.example",
            ]) { _ in "" }
        #expect(configuration.databaseURL == "postgres://own/db")
        #expect(configuration.stage == .production)
        #expect(configuration.accessLifetime == .seconds(600))
        #expect(configuration.refreshLifetime == .seconds(86_400))
        #expect(configuration.allowedOrigins == ["https://a.example", "https://b.example"])
    }

    @Test func `nobody may say for whom they ask unless they are named`() throws {
        #expect(try read([:]).trustedProxies.isEmpty)
        #expect(try read(["PARLEY_TRUSTED_PROXIES": "127.0.0.1, 2001:db8::/32"]).trustedProxies.count == 2)
    }

    @Test(arguments: ["PARLEY_ECHO", "PARLEY_LIMITS", "PARLEY_DEMO"]) func `production refuses what is for tests`(name: String) {
        let error = #expect(throws: ConfigurationError.self) {
            _ = try read(["PARLEY_ENV": "production", name: name == "PARLEY_LIMITS" ? "off" : "on"])
        }
        #expect(error?.variable == name)
    }

    @Test func `a file gives settings, and the environment goes before it`() throws {
        let file = """
            # where it listens
            PARLEY_PORT = 9000
            PARLEY_HOST="0.0.0.0"

            PARLEY_LIMIT_SEND_USER=10,1
            """
        let configuration = try read(["PARLEY_CONFIG": "/etc/parley.conf", "PARLEY_HOST": "127.0.0.2"], file: file)
        #expect(configuration.port == 9000)
        #expect(configuration.host == "127.0.0.2")
        #expect(configuration.limits[.sendUser] == TokenBucket.Size(burst: 10, perSecond: 1))
    }

    @Test func `the environment goes first under every name, and an empty value is none`() throws {
        let file = """
            PARLEY_PORT=9000
            PARLEY_HOST=0.0.0.0
            PARLEY_ACCESS_TTL=600
            PARLEY_ALLOWED_ORIGINS=https://a.example
            """
        let configuration = try read(
            [
                "PARLEY_CONFIG": "f", "PORT": "5000", "PARLEY_HOST": "", "JWT_EXPIRE_MINUTES": "2", "FRONTEND_ORIGIN": "https://b.example",
            ], file: file)
        #expect(configuration.port == 5000)
        #expect(configuration.host == "0.0.0.0")
        #expect(configuration.accessLifetime == .seconds(120))
        #expect(configuration.allowedOrigins == ["https://b.example"])
    }

    @Test func `folders that were found hold where nothing else is set`() throws {
        let found = ["PARLEY_WEB": "/found/web", "PARLEY_MIGRATIONS": "/found/migrations"]
        let configuration = try read(["PARLEY_CONFIG": "f", "PARLEY_MIGRATIONS": ""], file: "PARLEY_WEB=/file/web", found: found)
        #expect(configuration.webFolder == "/file/web")
        #expect(configuration.migrationsFolder == "/found/migrations")
        #expect(try read(["PARLEY_WEB": "/named/web"], found: found).webFolder == "/named/web")
    }

    @Test func `a misspelt limit is refused in the file and where limits are off, too`() {
        for (settings, file) in [(["PARLEY_LIMITS": "off", "PARLEY_LIMIT_X": "1,1"], ""), ([:], "PARLEY_LIMIT_X=1,1")] {
            let error = #expect(throws: ConfigurationError.self) {
                _ = try read(settings.merging(["PARLEY_CONFIG": "f"]) { $1 }, file: file)
            }
            #expect(error?.variable == "PARLEY_LIMIT_X")
            #expect(error?.remedy.contains("PARLEY_LIMIT_SEND_USER") == true)
        }
    }

    @Test func `origins are what browsers write`() throws {
        let origins = ["*", "https://a.example", "http://localhost:5173", "HTTPS://B.example:8443", "http://[::1]:3000", "http://a:443"]
        #expect(try read(["PARLEY_ALLOWED_ORIGINS": origins.joined(separator: ", ")]).allowedOrigins == origins)
    }

    @Test func `a line of the file that says nothing is named by its number`() {
        let error = #expect(throws: ConfigurationError.self) { _ = try read(["PARLEY_CONFIG": "f"], file: "PARLEY_PORT=1\noops\n") }
        #expect(error?.variable.contains("line 2") == true)
    }

    @Test func `a file that cannot be read is an error`() {
        #expect(throws: ConfigurationError.self) { _ = try read(["PARLEY_CONFIG": "/nowhere"]) }
    }

    @Test func `TLS needs both of its files`() {
        for name in ["PARLEY_TLS_CERTIFICATE", "PARLEY_TLS_KEY"] {
            #expect(throws: ConfigurationError.self) { _ = try read([name: "file.pem"]) }
        }
    }
}
