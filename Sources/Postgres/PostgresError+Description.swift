extension PostgresError: CustomStringConvertible {
    /// For operators: what happened, where, and with which SQLSTATE.
    public var description: String {
        var text = words
        if let sqlState { text += ", SQLSTATE \(sqlState)" }
        if let constraint { text += ", constraint \(constraint)" }
        if let statement { text += ", in \(statement)" }
        if let explanation, !explanation.isEmpty { text += ": \(explanation)" }
        return text
    }

    private var words: String {
        switch code {
        case .connectionLost: "the database cannot be reached"
        case .serverRejected: "the database refused"
        case .poolTimedOut: "no database connection came free in time"
        case .undecodableRow: "the database answered with a row that was not expected"
        case .unexpectedRowCount: "the database answered with more or fewer rows than expected"
        case .cancelled: "the wait for a database connection was cancelled"
        }
    }
}
