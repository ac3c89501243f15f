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

/// A file of `functions/`: bodies of functions, each by `CREATE OR REPLACE`. It is run again whenever it is another one than was run last.
struct FunctionFile: Sendable, Equatable {
    /// As the folder has it: `send.sql`.
    let name: String
    let source: String
}

/// A file of functions, and where the database stands with it.
public struct FunctionStatus: Sendable, Equatable {
    public let name: String
    /// `.changed`: another version of it was run last, an older one or a newer one.
    public let state: MigrationStatus.State
}

/// Where the database stands with everything.
public struct SchemaStatus: Sendable, Equatable {
    /// In the order of their versions.
    public let migrations: [MigrationStatus]
    /// In the order of their names.
    public let functions: [FunctionStatus]
}

/// What ``Migrator/up()`` did.
public struct MigrationRun: Sendable, Equatable {
    public let migrations: [Migration]
    /// The files of functions that were run: `send.sql`.
    public let functions: [String]

    /// All of it, as operators know it.
    public var names: [String] { migrations.map(\.name) + functions.map { "functions/\($0)" } }
}
