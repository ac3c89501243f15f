internal import JSON
internal import Observability
internal import Postgres
internal import Runtime

/// Sees to it that sockets here hear of what other processes wrote, and of what was written here but never told: it asks the log of
/// changes what committed since it last asked. Exact, because it asks by snapshot: nothing that commits late is missed.
///
/// What is found in conversations is looked into one round later. By then what this process wrote itself has been told as a rule, and is
/// left alone.
struct ChangeWatch: Service {
    let database: Database
    let writer: ConversationWriter
    let news: AccountNews

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
                await tell(look)
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
        var look = ChangesSince.Look(snapshot: first.snapshot, at: first.at)
        for line in lines {
            switch line.found {
            case .own(let change): look.own.append(change)
            case .conversation(let change, let isNew):
                if isNew { look.created.append(change.conversation) }
                if change.last > 0 { look.changes.append(change) }
            case nil: break
            }
        }
        return look
    }

    private func tell(_ look: ChangesSince.Look) async {
        do {
            try await database.onLoop { [news] in try await news.tell(look.own, created: look.created) }
        } catch {
            // Devices read it when they catch up next.
            let error = error as? PostgresError
            Logger.current.warning("changes of accounts could not be told", [.sqlState: error?.sqlState ?? "none"])
        }
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
        ChangesSince.Look(snapshot: DatabaseSnapshot(trusting: try row.text(0)), at: try row.value(1))
    }
}

/// What changed since a snapshot, by conversation, and by member where only they see it. One line at least, with the snapshot of this reading.
struct ChangesSince: Statement {
    // What a snapshot does not see: the transactions that it lists, and those from its end on. A range from its beginning would be read again
    // and again while some transaction takes long.
    static let sql = """
        SELECT pg_current_snapshot()::text, statement_timestamp(), s.conversation_id, s.user_id, s.first, s.last, s.is_new, c.members_rev
          FROM (VALUES (1)) one
          LEFT JOIN (
              SELECT conversation_id, user_id, min(rev - coalesce(to_seq - from_seq, 0)) AS first, max(rev) AS last, bool_or(rev = 0) AS is_new
                FROM (SELECT * FROM changes WHERE xid >= pg_snapshot_xmax($1::text::pg_snapshot)
                      UNION ALL
                      SELECT * FROM changes WHERE xid = ANY (ARRAY(SELECT pg_snapshot_xip($1::text::pg_snapshot)))) l
               GROUP BY conversation_id, user_id) s ON true
          LEFT JOIN conversations c ON c.id = s.conversation_id
        """
    let snapshot: DatabaseSnapshot

    /// What a reading found, the database's clock then, and the snapshot from which the next one goes on.
    struct Look: Sendable {
        let snapshot: DatabaseSnapshot
        let at: Timestamp
        /// What everybody in a conversation sees.
        var changes: [ConversationChange] = []
        /// What one member sees.
        var own: [AccountNews.Change] = []
        /// Conversations that were made.
        var created: [Conversation.ID] = []
    }

    struct Line: Sendable {
        let snapshot: DatabaseSnapshot
        let at: Timestamp
        let found: Found?
    }

    enum Found: Sendable {
        case conversation(ConversationChange, isNew: Bool)
        case own(AccountNews.Change)
    }

    func bind(to parameters: inout ParameterWriter) { parameters.append(snapshot.text) }

    func decode(_ row: borrowing Row) throws(PostgresError) -> Line {
        Line(snapshot: DatabaseSnapshot(trusting: try row.text(0)), at: try row.value(1), found: try Found(row))
    }
}

extension ChangesSince.Found {
    fileprivate init?(_ row: borrowing Row) throws(PostgresError) {
        let conversation: Conversation.ID? = try row.optional(2)
        if let member: Member.ID = try row.optional(3) {
            self = .own(AccountNews.Change(member: member, conversation: conversation))
            return
        }
        // A conversation that is not there any more has nobody to tell.
        guard let conversation, let membersRev: Int64 = try row.optional(7) else { return nil }
        let change = ConversationChange(
            conversation: conversation, first: try row.int64(4), last: try row.int64(5), membersRev: membersRev)
        self = .conversation(change, isNew: try row.bool(6))
    }
}
