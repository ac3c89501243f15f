import DMService
import Postgres

/// The lines of a configuration file.
struct ConfigurationTarget: TextFuzzTarget {
    private static let settings: [(name: String, values: [String])] = [
        ("PARLEY_ENV", ["development", "test", "production", "Production", ""]), ("PARLEY_PORT", Numbers.written), ("PORT", ["8080", "0"]),
        ("PARLEY_HOST", ["0.0.0.0", "::1", ""]), ("PARLEY_ACCESS_TTL", Numbers.written), ("JWT_EXPIRE_MINUTES", Numbers.written),
        ("PARLEY_REFRESH_TTL", ["3600", "31536001"] + Numbers.written), ("PARLEY_LOOPS", Numbers.written),
        ("PARLEY_DATABASE_CONNECTIONS", Numbers.written),
        ("PARLEY_LIMITS", ["on", "off", "yes"]),
        ("PARLEY_LIMIT_SEND_USER", ["40,2", "1,1e-300", "1e308,1", "nan,nan", "inf,1", "0x1p4,1", "1", "1,2,3", " 4 , 5 ", ","]),
        ("PARLEY_ECHO", ["on", "off"]), ("PARLEY_DEMO", ["on", "off"]), ("PARLEY_MAX_MESSAGE_CHARS", Numbers.written),
        ("PARLEY_LOG_LEVEL", ["info", "debug", "loud"]),
        ("PARLEY_TLS_CERTIFICATE", ["a.pem", ""]), ("PARLEY_TLS_KEY", ["a.key", ""]), ("PARLEY_DRAIN_SECONDS", Numbers.written),
        ("PARLEY_ALLOWED_ORIGINS", ["*", "https://a, https://b", ","]),
        ("PARLEY_TRUSTED_PROXIES", ["10.0.0.0/8, ::1", "10.0.0.1/8", "0.0.0.0/0", "::/129", "a/1", ",", "1.2.3.4/99999999999999999999"]),
        ("PARLEY_METRICS_TOKEN", ["short", "a-token-for-prometheus"]),
        ("PARLEY_PREVIOUS_SECRETS", ["short", "a previous secret of thirty-two bytes", ","]),
    ]
    /// Long enough for a secret, and found wherever it should not stand.
    private static let secret = "canary-canary-canary-canary-canary-canary"

    var vocabulary: [String] { ["=", "\n", "\r\n", "#", "\"", "'", " ", ",", "\u{85}", "\u{2028}"] + Self.settings.map { $0.name + "=" } }

    func makeText(_ random: inout RandomSource) -> String {
        var lines: [String] = []
        if !random.oneIn(20) { lines.append("DATABASE_URL=postgres://u:p@h/d") }
        if !random.oneIn(20) { lines.append("PARLEY_SECRET=" + random.pick([Self.secret, "\"\(Self.secret)\"", "canary"])) }
        while !random.oneIn(4) {
            let setting = random.pick(Self.settings)
            lines.append(setting.name + random.pick(["=", "=", " = ", "=\""]) + random.pick(setting.values))
        }
        if random.oneIn(8) { lines.append(random.pick(["# comment", "", "  ", "=x", "X", "export A=b"])) }
        lines.shuffle(using: &random)
        return lines.joined(separator: random.pick(["\n", "\r\n"]))
    }

    func check(_ text: String) throws -> Verdict {
        // Where the secret stands as a secret, and nowhere else, it must not be told.
        let isSecret =
            text.contains("PARLEY_SECRET=" + Self.secret) && text.split(separator: Self.secret, omittingEmptySubsequences: false).count == 2
        let configuration: Configuration
        do {
            configuration = try read(text)
        } catch {
            try require(!isSecret || !error.description.contains("canary"), "an error tells the secret: \(error)")
            try require(!error.variable.isEmpty && !error.problem.isEmpty && !error.remedy.isEmpty, "an error that helps nobody")
            return .rejected(String(error.variable.prefix(24)))
        }
        try require(configuration.port > 0 && !configuration.databaseURL.isEmpty, "a setting that cannot be used")
        try require(!isSecret || !"\(configuration)".contains(Self.secret), "the configuration, printed, tells the secret")
        return .accepted(configuration.stage.rawValue)
    }

    private func read(_ text: String) throws(ConfigurationError) -> Configuration {
        try Configuration(environment: ["PARLEY_CONFIG": "a file"]) { _ in text }
    }
}

/// Where the database is: URLs and keywords.
struct DatabaseURLTarget: TextFuzzTarget {
    let vocabulary = [
        "postgres://", "postgresql://", "@", ":", "/", "?", "&", "=", "%", "%00", "%2F", "host=", "port=", "'", "\\", " ",
        "sslmode=require", "[::1]", ",", "\u{0}", "é",
    ]

    func makeText(_ random: inout RandomSource) -> String {
        let host = random.pick(["localhost", "127.0.0.1", "[::1]", "/run/postgresql", "%2Frun", "a,b", ""])
        if random.oneIn(3) { return "host=\(host) port=\(random.pick(Numbers.written)) dbname=d user='u\\' s' password=p" }
        let port = random.oneIn(2) ? "" : ":" + random.pick(Numbers.written)
        let user = random.pick(["", "u@", "u:p@", "u:p%40@", "%zz@", ":@"])
        return
            "postgres\(random.pick(["", "ql"]))://\(user)\(host)\(port)/d\(random.pick(["", "?sslmode=require", "?application_name=x", "?a=b", "?%00=1"]))"
    }

    func check(_ text: String) throws -> Verdict {
        guard let configuration = try? PostgresConfiguration(parsing: text) else { return .rejected() }
        let again = try PostgresConfiguration(parsing: text)
        try require("\(configuration)" == "\(again)", "read twice it is two databases")
        return .accepted()
    }
}
