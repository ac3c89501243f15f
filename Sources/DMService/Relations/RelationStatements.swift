internal import JSON
internal import Postgres

/// People whom a member begins or ceases to follow or block.
struct RelationChange: Sendable {
    let member: Member.ID
    let people: [Member.ID]
    let wanted: Bool
}

/// Writes a change. One row for each of the people.
protocol RelationStatement: Statement where Output == (Member.ID, Relation.Outcome) {
    var change: RelationChange { get }
}

extension RelationStatement {
    func bind(to parameters: inout ParameterWriter) {
        parameters.append(change.member)
        parameters.append(change.people)
        parameters.append(change.wanted)
    }

    func decode(_ row: borrowing Row) throws(PostgresError) -> (Member.ID, Relation.Outcome) { (try row.value(0), try row.value(1)) }
}

struct SetFollows: RelationStatement {
    static let sql = "SELECT person, outcome FROM set_follows($1, $2, $3)"
    let change: RelationChange
}

struct SetBlocks: RelationStatement {
    static let sql = "SELECT person, outcome FROM set_blocks($1, $2, $3)"
    let change: RelationChange
}

/// Where somebody stands in a list of people.
typealias RelationPosition = TimePosition<Member>

/// Which part of a list is asked for.
struct RelationPlace: Sendable {
    let member: Member.ID
    let before: RelationPosition?
    let limit: Int
}

/// Reads a page of a list, the latest first.
protocol RelationListStatement: Statement where Output == RelationLine {
    var place: RelationPlace { get }
}

struct RelationLine: Sendable {
    let profile: Profile
    let position: RelationPosition
}

extension RelationListStatement {
    /// - Parameters:
    ///   - own: the column in which the member stands.
    ///   - other: the one with those who are listed.
    static func text(_ table: String, own: String, other: String) -> String {
        """
        SELECT \(Profile.columns(of: "u", seenBy: "$1")), r.created_at
          FROM \(table) r JOIN users u ON u.id = r.\(other)
         WHERE r.\(own) = $1 AND ($2::timestamptz IS NULL OR (r.created_at, r.\(other)) < ($2, $3::uuid))
         ORDER BY r.created_at DESC, r.\(other) DESC LIMIT $4
        """
    }

    func bind(to parameters: inout ParameterWriter) {
        parameters.append(place.member)
        parameters.append(place.before?.at)
        parameters.append(place.before?.id)
        parameters.append(Int64(place.limit))
    }

    func decode(_ row: borrowing Row) throws(PostgresError) -> RelationLine {
        let profile = try Profile(row)
        return RelationLine(profile: profile, position: RelationPosition(at: try row.value(3), id: profile.id))
    }
}

struct FollowersOf: RelationListStatement {
    static let sql = text("follows", own: "followed_id", other: "follower_id")
    let place: RelationPlace
}

struct FollowedBy: RelationListStatement {
    static let sql = text("follows", own: "follower_id", other: "followed_id")
    let place: RelationPlace
}

struct BlockedBy: RelationListStatement {
    static let sql = text("blocks", own: "blocker_id", other: "blocked_id")
    let place: RelationPlace
}
