internal import Observability

// Facts that more than one room logs.
extension Logger.Key {
    /// Of a ``PostgresError``, or the type of another error.
    static let code: Self = "code"
    static let statement: Self = "statement"
    static let sqlState: Self = "sql_state"
    static let signIn: Self = "sign_in"
    static let member: Self = "member"
}
