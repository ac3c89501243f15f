internal import Crypto
internal import JSON
internal import Observability
internal import Postgres
internal import Runtime

/// Learns every second which sign-ins ended on any node, and closes their sockets here.
struct RevocationWatch: Service {
    let database: Database
    let revocations: Revocations
    let delivery: Delivery
    let tokenLifetime: Duration

    /// How often it asks. A revocation is known everywhere within this and a round trip.
    private static let interval = Duration.seconds(1)
    /// How far it looks back behind the newest revocation that it saw: transactions do not commit in the order of their times.
    private static let overlap = Duration.seconds(10)

    func run() async throws {
        var since = Self.horizon(of: .now, tokenLifetime)
        var lastFailure: PostgresError?
        while true {
            do throws(PostgresError) {
                since = try await look(since: since)
                lastFailure = nil
            } catch {
                // Once for each kind of failure, not every second.
                if error != lastFailure {
                    Logger.current.warning(
                        "revocations could not be looked up", [.code: "\(error.code)", .sqlState: error.sqlState ?? "none"])
                }
                lastFailure = error
            }
            revocations.removeExpired()
            try await Task.sleep(for: Self.interval)
        }
    }

    /// How far a process looks back when it begins. An access token that was issued before is not good any more: none is
    /// accepted that was issued for longer than `tokenLifetime`, or expired longer than the leeway ago.
    static func horizon(of now: Timestamp, _ tokenLifetime: Duration) -> Timestamp {
        let lookBack = tokenLifetime + TokenVerifier.leeway + Self.overlap
        return Timestamp(milliseconds: now.milliseconds - lookBack.milliseconds)
    }

    /// Reads what ended since `since`. Answers where the next look begins.
    private func look(since: Timestamp) async throws(PostgresError) -> Timestamp {
        let ended = try await database.query(RevokedSince(since: since))
        for entry in ended where revocations.insert(entry.signIn) {
            delivery.revoke(entry.signIn, of: entry.member, as: entry.reason == .replaced ? .replaced : .revoked)
        }
        revocations.becomeKnown()
        guard let newest = ended.map(\.at).max() else { return since }
        return max(since, Timestamp(milliseconds: newest.milliseconds - Self.overlap.milliseconds))
    }
}

/// Sign-ins that ended after a time.
struct RevokedSince: Statement {
    static let sql = "SELECT id, user_id, revoked_at, revoked_by FROM sessions WHERE revoked_at > $1"
    let since: Timestamp

    struct Entry: Sendable {
        let signIn: SignIn.ID
        let member: Member.ID
        let at: Timestamp
        let reason: SignIn.End?
    }

    func bind(to parameters: inout ParameterWriter) { parameters.append(since) }

    func decode(_ row: borrowing Row) throws(PostgresError) -> Entry {
        Entry(signIn: try row.value(0), member: try row.value(1), at: try row.value(2), reason: SignIn.End(rawValue: try row.value(3)))
    }
}
