internal import CPQ
internal import Observability

/// Fields of an error or notice of the server.
enum ServerNotice {
    /// Codes of fields, which libpq declares as C characters. Source: `postgres_ext.h`.
    private enum Field: UInt8 {
        case severity = 0x56  // V, not translated
        case sqlState = 0x43  // C
        case message = 0x4D  // M
        case position = 0x50  // P, in characters from 1
        case constraint = 0x6E  // n
        case function = 0x52  // R, in the server's source
    }

    /// Logs a notice by its code alone: its text may quote data.
    static func log(_ notice: OpaquePointer, to logger: Logger) {
        logger.debug(
            "the database sent a notice",
            [.severity: text(.severity, of: notice) ?? "", .sqlState: text(.sqlState, of: notice) ?? ""])
    }

    /// Logs why a script failed, in the server's words and with the place: a script is the developer's own text.
    static func logScriptError(_ error: OpaquePointer, to logger: Logger) {
        logger.debug(
            "a script failed",
            [
                .sqlState: text(.sqlState, of: error) ?? "", .reason: text(.message, of: error) ?? "",
                .position: text(.position, of: error) ?? "",
            ])
    }

    /// Reads why a statement failed.
    ///
    /// An error that ended the connection (the server shuts down, an administrator ended it) counts as its loss.
    static func error(_ result: OpaquePointer) -> PostgresError {
        let severity = text(.severity, of: result)
        let endsConnection = severity == "FATAL" || severity == "PANIC" || text(.sqlState, of: result) == nil
        var error = PostgresError(
            endsConnection ? .connectionLost : .serverRejected, sqlState: text(.sqlState, of: result),
            constraint: text(.constraint, of: result))
        // "cached plan must not change result type" has no SQLSTATE of its own; the function that reports it tells it apart.
        error.isStalePlan = error.sqlState == "26000" || text(.function, of: result) == "RevalidateCachedQuery"
        return error
    }

    private static func text(_ field: Field, of result: OpaquePointer) -> String? {
        PQresultErrorField(result, Int32(field.rawValue)).map { String(cString: $0) }
    }
}

extension Logger.Key {
    static let severity: Self = "severity"
    static let sqlState: Self = "sql_state"
    static let reason: Self = "reason"
    static let position: Self = "position"
}
