internal import HTTPServer
internal import Postgres
internal import Synchronization

/// Names of people, remembered for a while: a message carries its sender's.
final class ProfileDirectory: Sendable {
    private struct Entry {
        let profile: Profile
        let readAt: ContinuousClock.Instant
    }

    /// How long a name may be out of date.
    private static let lifetime = Duration.seconds(60)
    /// How many are remembered before all are forgotten.
    private static let limit = 100_000

    private let database: Database
    private let entries = Mutex<[Member.ID: Entry]>([:])

    init(database: Database) { self.database = database }

    /// - Throws: 401 when the account is gone: a token outlived it.
    func profile(of member: Member.ID) async throws -> Profile {
        guard let profile = try await profiles(of: [member])[member] else { throw HTTPError.unauthenticated }
        return profile
    }

    /// The names of some people. Whoever has no account is left out.
    func profiles(of members: some Collection<Member.ID>) async throws -> [Member.ID: Profile] {
        let now = ContinuousClock.now
        var found: [Member.ID: Profile] = [:]
        var unknown: [Member.ID] = []
        entries.withLock { entries in
            for member in members {
                if let entry = entries[member], now - entry.readAt < Self.lifetime {
                    found[member] = entry.profile
                } else {
                    unknown.append(member)
                }
            }
        }
        guard !unknown.isEmpty else { return found }
        let read = try await database.query(ProfilesOf(members: unknown))
        entries.withLock { entries in
            if entries.count >= Self.limit { entries = [:] }
            for profile in read { entries[profile.id] = Entry(profile: profile, readAt: now) }
        }
        for profile in read { found[profile.id] = profile }
        return found
    }

    /// Reads somebody's name anew when it is asked for next. Other processes find out within ``lifetime``.
    func forget(_ member: Member.ID) { entries.withLock { $0[member] = nil } }

    /// Gives messages the names of their senders.
    func name(_ rows: [MessageRow]) async throws -> [Message] {
        let senders = try await profiles(of: Set(rows.lazy.map(\.sender)))
        return rows.compactMap { row in senders[row.sender].map(row.message(from:)) }
    }
}
