/// What went wrong between us and PostgreSQL. It carries no text of the server: that may quote what people wrote.
public struct PostgresError: Error, Sendable, Equatable {
    public enum Code: Sendable {
        /// The connection ended, or went silent, before the answer was complete. Whether a write took effect is unknown.
        case connectionLost
        /// The server answered with an error; nothing of the unit or transaction took effect. ``PostgresError/sqlState`` says why.
        case serverRejected
        /// All connections were in use for longer than ``PostgresConfiguration/poolWait``.
        case poolTimedOut
        /// A column is not what the statement's `decode` expects: another type, or an unexpected NULL.
        case undecodableRow
        /// ``Queryable/one(_:)`` got no row, or more than one.
        case unexpectedRowCount
        /// The task was cancelled while it waited for a connection. Nothing was sent.
        case cancelled
    }

    public let code: Code
    /// Five characters, when the server answered. Source: PostgreSQL manual, appendix A.
    public let sqlState: String?
    /// The constraint or unique index that refused the row, if one did.
    public let constraint: String?
    /// The ``Statement/name`` of the statement that failed, if it was one.
    public internal(set) var statement: String?
    /// Why a connection could not be opened, in libpq's words: addresses and role names, never data. For operators.
    public let explanation: String?

    /// Whether the server no longer knows the statement, or its tables changed since it was prepared. It can be prepared anew.
    var isStalePlan = false

    public init(
        _ code: Code, sqlState: String? = nil, constraint: String? = nil, statement: String? = nil, explanation: String? = nil
    ) {
        self.code = code
        self.sqlState = sqlState
        self.constraint = constraint
        self.statement = statement
        self.explanation = explanation
    }
}

extension PostgresError {
    /// Whether the transaction lost a race and may simply be run again (serialization failure, deadlock).
    public var isConflict: Bool { sqlState == "40001" || sqlState == "40P01" }

    /// Whether somebody else kept a row locked for longer than ``PostgresConfiguration/lockTimeout``.
    public var isLockTimeout: Bool { sqlState == "55P03" }

    /// Whether a row with this key is there already (unique violation).
    public var isDuplicate: Bool { sqlState == "23505" }

    /// Whether the database cannot be reached, or not in time: the caller's answer is "try again later".
    public var isUnavailability: Bool {
        switch code {
        case .connectionLost, .poolTimedOut: true
        case .serverRejected: sqlState.map { Self.unavailableStates.contains($0) || $0.hasPrefix("53") } ?? false
        case .undecodableRow, .unexpectedRowCount, .cancelled: false
        }
    }

    /// Statement or lock took too long, or the server became read-only (a fail-over is under way). Class 53 is "insufficient resources".
    private static let unavailableStates: Set<String> = ["57014", "55P03", "25006"]

    func inStatement(_ name: String) -> PostgresError {
        var error = self
        error.statement = name
        return error
    }
}
