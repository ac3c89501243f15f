internal import CPQ
internal import Runtime

/// What libpq is told when a connection is opened.
enum ConnectionKeywords {
    /// Takes a URL or a `name=value` string apart.
    static func parse(_ text: String) throws(PostgresConfigurationError) -> [String: String] {
        var message: UnsafeMutablePointer<CChar>?
        guard let options = PQconninfoParse(text, &message) else {
            PQfreemem(message)  // it quotes the text
            throw .malformed
        }
        defer { PQconninfoFree(options) }
        var keywords: [String: String] = [:]
        var option = options
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val { keywords[String(cString: keyword)] = String(cString: value) }
            option += 1
        }
        return keywords
    }

    /// The operator's keywords, completed by ours. What the operator said wins.
    ///
    /// - Parameter hosts: replaces the operator's `host`, `hostaddr` and `port`, with the names looked up already.
    static func all(for configuration: PostgresConfiguration, hosts: [String: String]) -> [String: String] {
        var keywords = configuration.keywords.merging(hosts) { _, resolved in resolved }
        let defaults = [
            // Kerberos looks for tickets in the file system before each connection; who wants it says so.
            "gssencmode": "disable",
            // A peer that vanished is noticed in seconds even while nothing is under way.
            "keepalives_idle": "5", "keepalives_interval": "1", "keepalives_count": "3",
            "tcp_user_timeout": "\(configuration.answerDeadline.milliseconds)",
        ]
        keywords.merge(defaults) { given, _ in given }
        keywords["client_encoding"] = "UTF8"
        keywords["application_name"] = configuration.applicationName
        if configuration.preparedStatements {
            // The server takes the last of several settings, so the operator's own come last.
            keywords["options"] = ([sessionOptions(for: configuration)] + [keywords["options"]].compactMap(\.self)).joined(separator: " ")
        }
        return keywords
    }

    private static func sessionOptions(for configuration: PostgresConfiguration) -> String {
        var settings = [
            // Our statements are written so that one plan suits all parameters; planning each anew would cost more than running it.
            ("plan_cache_mode", "force_generic_plan"),
            ("jit", "off"),
            // What is asked for often is in memory. At the default of 4 the planner reads whole tables for a page of fifty rows.
            ("random_page_cost", "1.1"),
            // The write of messages relies on it: each statement must see what committed while it waited for a lock.
            ("default_transaction_isolation", "read committed"),
            ("statement_timeout", "\(configuration.statementTimeout.milliseconds)"),
            ("lock_timeout", "\(configuration.lockTimeout.milliseconds)"),
            ("idle_in_transaction_session_timeout", "\(configuration.idleInTransactionTimeout.milliseconds)"),
        ]
        if let searchPath = configuration.searchPath { settings.append(("search_path", searchPath)) }
        return settings.map { name, value in "-c \(name)=\(escaped(value))" }.joined(separator: " ")
    }

    /// Source: PostgreSQL manual, "Parameter Key Words", `options`: blanks and backslashes are escaped by a backslash.
    private static func escaped(_ value: String) -> String {
        value.reduce(into: "") { text, character in
            if character == " " || character == "\\" { text.append("\\") }
            text.append(character)
        }
    }
}
