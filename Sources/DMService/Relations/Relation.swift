internal import Postgres

/// What somebody can make of somebody else, by their own choice.
enum Relation: Sendable {
    case follow, block

    /// What became of the wish to begin or end one. The number stands in the database.
    enum Outcome: Int16, PostgresDecodable, Sendable {
        case changed = 0
        /// It was so before.
        case unchanged = 1
        case unknownPerson = 2
        /// They have blocked the member, or the member has blocked them.
        case blockedByOther = 3
        case ownBlock = 4
    }
}

/// The people of one relation of a member, as they see them.
enum RelationList: Sendable {
    case followers, following, blocks
}
