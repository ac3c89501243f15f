/// Where the database is, and how long we wait for it.
///
/// A caller that finds the database frozen waits at most ``poolWait`` and then ``answerDeadline``, each a quarter of a
/// second longer at worst: with the defaults, less than five seconds together.
public struct PostgresConfiguration: Sendable {
    /// libpq's keywords as the operator gave them: `host`, `port`, `dbname`, `user`, `password`, `sslmode` …
    let keywords: [String: String]

    /// How the server lists our connections in `pg_stat_activity`.
    public var applicationName = "parley"

    /// The schemas that names are looked up in; the role's own setting if `nil`.
    public var searchPath: String?

    /// Whether statements are prepared once per connection. `false` sends their text each time and leaves the session
    /// alone, as a pooler in transaction mode (pgbouncer) needs it; the time limits are then the role's to set.
    public var preparedStatements = true

    /// Connections that each event loop keeps open.
    public var connectionsPerLoop = 4

    /// How long the server may work on one statement. It ends the statement itself, with SQLSTATE 57014.
    public var statementTimeout = Duration.milliseconds(2500)

    /// How long a statement may wait for a lock, until SQLSTATE 55P03.
    public var lockTimeout = Duration.seconds(2)

    /// How long a transaction may be idle between two statements before the server ends its connection.
    public var idleInTransactionTimeout = Duration.seconds(5)

    /// How long a server that owes us an answer may be silent before its connection is given up. More than
    /// ``statementTimeout``, so that a slow statement ends by itself and only a frozen server meets this.
    public var answerDeadline = Duration.seconds(3)

    /// How long opening a connection may take.
    public var connectDeadline = Duration.seconds(2)

    /// How long a caller waits for a connection while all are in use, or none is open.
    public var poolWait = Duration.milliseconds(1250)

    /// - Parameter text: `postgres://user@host:5432/database?sslmode=require`, or libpq's `host=… dbname=…`. What it leaves
    ///   out comes from libpq's environment variables (`PGHOST` …) and defaults, as with any PostgreSQL program.
    public init(parsing text: String) throws(PostgresConfigurationError) {
        keywords = try ConnectionKeywords.parse(text)
        if let name = keywords["application_name"] { applicationName = name }
    }
}

extension PostgresConfiguration: CustomStringConvertible {
    /// Host, port, database and user for people to read. Never the password.
    public var description: String {
        ["host", "port", "dbname", "user"].compactMap { name in keywords[name].map { "\(name)=\($0)" } }.joined(separator: " ")
    }
}

/// Why a text is no ``PostgresConfiguration``. It does not repeat the text, which may hold a password.
public enum PostgresConfigurationError: Error, Equatable, CustomStringConvertible {
    case malformed

    public var description: String {
        "neither a URL such as postgres://user@host:5432/database nor libpq keywords such as \"host=/run/postgresql dbname=parley\""
    }
}
