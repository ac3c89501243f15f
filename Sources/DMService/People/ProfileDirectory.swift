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
        let now = ContinuousClock.now
        if let entry = entries.withLock({ $0[member] }), now - entry.readAt < Self.lifetime { return entry.profile }
        guard let profile = try await database.first(ProfileOf(member: member)) else { throw HTTPError.unauthenticated }
        entries.withLock { entries in
            if entries.count >= Self.limit { entries = [:] }
            entries[member] = Entry(profile: profile, readAt: now)
        }
        return profile
    }
}
