internal import JSON
internal import Postgres

/// Who follows and who blocks whom: the only path that writes it. Repeating a request changes nothing.
struct RelationActions: Sendable {
    let database: Database
    let presence: PresenceActions

    /// Pairs of people that one transaction may hold: it locks their conversations, and senders wait for it.
    private static let slice = 100

    /// Begins or ends a relation of a member to somebody.
    ///
    /// When it returns, what it means holds: no message is stored any more across a block.
    /// - Throws: ``RelationRefusal``.
    func set(_ relation: Relation, _ wanted: Bool, of member: Member.ID, to person: Member.ID) async throws {
        guard person != member else { throw RelationRefusal.withOneself }
        if let refusal = try await set(relation, wanted, of: member, to: [person])[person]?.refusal { throw refusal }
    }

    /// The same with many people, in several transactions: those before one that fails stay as they are.
    ///
    /// - Parameter people: without the member.
    /// - Returns: what became of each.
    func set(
        _ relation: Relation, _ wanted: Bool, of member: Member.ID, to people: Set<Member.ID>
    ) async throws -> [Member.ID: Relation.Outcome] {
        // The same slices for the same people, however often it is repeated.
        let sorted = people.sorted()
        var outcomes: [Member.ID: Relation.Outcome] = [:]
        for start in stride(from: 0, to: sorted.count, by: Self.slice) {
            let slice = Array(sorted[start..<min(start + Self.slice, sorted.count)])
            for (person, outcome) in try await write(relation, wanted, of: member, to: slice) { outcomes[person] = outcome }
        }
        return outcomes
    }

    private func write(
        _ relation: Relation, _ wanted: Bool, of member: Member.ID, to people: [Member.ID]
    ) async throws(PostgresError) -> [(Member.ID, Relation.Outcome)] {
        let change = RelationChange(member: member, people: people, wanted: wanted)
        // As units, which are tried again after a deadlock.
        return switch relation {
        case .follow: try await database.unit(SetFollows(change: change))
        case .block: try await blocked(change)
        }
    }

    private func blocked(_ change: RelationChange) async throws(PostgresError) -> [(Member.ID, Relation.Outcome)] {
        let outcomes = try await database.unit(SetBlocks(change: change))
        // Here at once; other nodes find out from the log of changes.
        presence.accountChanged(change.member)
        return outcomes
    }

    /// A page of the people of one relation, who came to it last first.
    func page(_ list: RelationList, of member: Member.ID, _ paging: Paging<RelationPosition>) async throws(PostgresError) -> Page<Profile> {
        let place = RelationPlace(member: member, before: paging.cursor, limit: paging.limit + 1)
        let found =
            switch list {
            case .followers: try await database.query(FollowersOf(place: place))
            case .following: try await database.query(FollowedBy(place: place))
            case .blocks: try await database.query(BlockedBy(place: place))
            }
        let items = found.prefix(paging.limit)
        let next = found.count > paging.limit ? items.last?.position.text : nil
        return Page(items: items.map(\.profile), nextCursor: next.map(Paging<RelationPosition>.encode))
    }
}
