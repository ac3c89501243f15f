/// Why migrations were not applied. Each names the file or version, and says what to do.
public enum MigrationError: Error, Equatable, CustomStringConvertible {
    case unreadable(path: String)
    case misnamed(file: String)
    case incomplete(name: String)
    case duplicate(version: Int64)
    case changed(name: String)
    case unknown(name: String)
    case outOfOrder(name: String, after: String)
    case endsTransaction(name: String)
    case failed(name: String, PostgresError)
    case locked

    public var description: String {
        switch self {
        case .unreadable(let path): "\(path) cannot be read, or is not UTF-8 text"
        case .misnamed(let file): "\(file) is not named like 0007_reactions.up.sql or 0007_reactions.down.sql"
        case .incomplete(let name): "\(name) lacks its other half: every .up.sql has a .down.sql"
        case .duplicate(let version): "two migrations have the number \(version)"
        case .changed(let name):
            "\(name).up.sql was changed after it was applied: restore it, and put the change into a new migration"
        case .unknown(let name): "the database has \(name), which this program does not: run the newer program"
        case .outOfOrder(let name, let last): "\(name) is not applied, but the later \(last) is: give it a higher number"
        case .endsTransaction(let name): "\(name) ends the transaction that it runs in: remove its COMMIT or ROLLBACK"
        case .failed(let name, let error):
            "\(name) failed with SQLSTATE \(error.sqlState ?? "none (connection lost)"); the debug log has the server's words"
        case .locked: "another process has been migrating this schema for a minute: wait for it, or end it"
        }
    }
}
