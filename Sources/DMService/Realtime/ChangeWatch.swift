internal import JSON
internal import Observability
internal import Postgres
internal import Runtime

/// Sees to it that sockets here hear of what other processes wrote, and of what was written here but never told: it asks the log of
/// changes what committed since it last asked. Exact, because it asks by snapshot: nothing that commits late is missed.
///
/// What is found is looked into one round later. By then what this process wrote itself has been told as a rule, and is left alone.
struct ChangeWatch: Service {
    let database: Database
    let writer: ConversationWriter

    /// How often it asks. What another process wrote is told after one to two of these.
    private static let interval = Duration.milliseconds(500)

    /// How long before its commit something may have been written.
    private static let longestWrite = Duration.seconds(10)

    func run() async throws {
        var last: ChangesSince.Look?
        var lastFailure: PostgresError?
        while true {
            do throws(PostgresError) {
                let look = try await look(after: last)
                if let last {
                    let horizon = Timestamp(milliseconds: last.at.milliseconds - Self.longestWrite.milliseconds)
                    writer.catchUp(last.changes, horizon: horizon)
                }
                last = look
                lastFailure = nil
            } catch {
                // Once for each kind of failure, not every round. What was missed meanwhile is found by the next look that works.
                if error != lastFailure {
                    Logger.current.warning("changes could not be looked up", [.code: "\(error.code)", .sqlState: error.sqlState ?? "none"])
                }
                lastFailure = error
            }
            try await Task.sleep(for: Self.interval)
        }
    }

    /// Reads what committed since the last look. The first one finds nothing: what was before is history.
    private func look(after last: ChangesSince.Look?) async throws(PostgresError) -> ChangesSince.Look {
        guard let last else { return try await database.one(CurrentSnapshot()) }
        let lines = try await database.query(ChangesSince(snapshot: last.snapshot))
        guard let first = lines.first else { throw PostgresError(.unexpectedRowCount) }
        return ChangesSince.Look(snapshot: first.look.snapshot, at: first.look.at, changes: lines.compactMap(\.change))
    }
}

/// What moved a conversation's `rev`, from the first to the last.
struct ConversationChange: Sendable {
    let conversation: Conversation.ID
    let first: Int64
    let last: Int64
    let membersRev: Int64
}

/// The snapshot of now. Whatever commits later is not visible in it.
struct CurrentSnapshot: Statement {
    static let sql = "SELECT pg_current_snapshot()::text, clock_timestamp()"

    func decode(_ row: borrowing Row) throws(PostgresError) -> ChangesSince.Look {
        ChangesSince.Look(snapshot: try row.text(0), at: try row.value(1))
    }
}

/// The conversations that changed for everybody since a snapshot. One line at least, with the snapshot of this reading.
struct ChangesSince: Statement {
    static let sql = """
        SELECT pg_current_snapshot()::text, statement_timestamp(), s.conversation_id, s.first, s.last, c.members_rev
          FROM (VALUES (1)) one
          LEFT JOIN (
              SELECT conversation_id, min(rev - coalesce(to_seq - from_seq, 0)) AS first, max(rev) AS last
                FROM changes
               WHERE xid >= pg_snapshot_xmin($1::text::pg_snapshot) AND NOT pg_visible_in_snapshot(xid, $1::text::pg_snapshot)
                 AND user_id IS NULL
               GROUP BY conversation_id) s ON true
          LEFT JOIN conversations c ON c.id = s.conversation_id
        """
    let snapshot: String

    /// What a reading found, the database's clock then, and the snapshot from which the next one goes on.
    struct Look: Sendable {
        let snapshot: String
        let at: Timestamp
        var changes: [ConversationChange] = []
    }

    struct Line: Sendable {
        let look: Look
        let change: ConversationChange?
    }

    func bind(to parameters: inout ParameterWriter) { parameters.append(snapshot) }

    func decode(_ row: borrowing Row) throws(PostgresError) -> Line {
        let look = Look(snapshot: try row.text(0), at: try row.value(1))
        guard let conversation: Conversation.ID = try row.optional(2), let membersRev: Int64 = try row.optional(5) else {
            return Line(look: look, change: nil)
        }
        let change = ConversationChange(
            conversation: conversation, first: try row.int64(3), last: try row.int64(4), membersRev: membersRev)
        return Line(look: look, change: change)
    }
}
