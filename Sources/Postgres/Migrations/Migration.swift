/// One step of the schema and the way back: the pair `0007_reactions.up.sql` and `0007_reactions.down.sql`.
public struct Migration: Sendable, Equatable {
    /// The number before the underscore. Steps are applied in its order.
    public let version: Int64
    /// Version and name, as the files have them: `0007_reactions`.
    public let name: String
    let up: String
    let down: String
}

/// A migration, and where the database stands with it.
public struct MigrationStatus: Sendable, Equatable {
    public enum State: Sendable, Equatable {
        /// - Parameter millisecondsSince1970: when.
        case applied(millisecondsSince1970: Int64)
        case pending
        /// It was applied, and its up file is another one now.
        case changed
        /// It was applied, and has no files here: the database is ahead of this program.
        case unknown
    }

    public let version: Int64
    public let name: String
    public let state: State
}
