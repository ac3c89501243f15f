internal import Crypto
internal import JSON
internal import Postgres

extension SyncToken.Point {
    /// Reads `id, at, snapshot`, which begin at the first column.
    fileprivate init(_ row: borrowing Row) throws(PostgresError) {
        self.init(generation: try row.value(0), at: try row.value(1), snapshot: DatabaseSnapshot(trusting: try row.text(2)))
    }
}

/// The moment of now: whatever commits later is not visible in its snapshot.
struct CurrentPoint: Statement {
    static let sql = "SELECT g.id, clock_timestamp(), pg_current_snapshot()::text FROM generation g"

    func decode(_ row: borrowing Row) throws(PostgresError) -> SyncToken.Point { try SyncToken.Point(row) }
}

/// Gives the database another generation: its snapshots mean something else than those of before.
struct BeginGeneration: Statement {
    static let sql = "UPDATE generation SET id = gen_random_uuid()"
}

/// A member's conversations in which something changed for them since a snapshot, in the order of their ids. One line at least, which says
/// what time it is and whether their account changed.
struct ConversationsChanged: Statement {
    // Each conversation is looked up in the log by itself: what others changed meanwhile is not read. With a snapshot whose transactions have
    // all ended, that is one probe of an index for each of the member's conversations.
    static let sql = """
        WITH since AS MATERIALIZED (SELECT $2::text::pg_snapshot AS snapshot),
        changed AS MATERIALIZED (
            SELECT p.conversation_id AS id, s.first
              FROM since
              JOIN participants p ON p.user_id = $1 AND p.left_rev IS NULL AND ($3::uuid IS NULL OR p.conversation_id > $3)
              JOIN LATERAL (
                  SELECT count(*) AS changes, min(l.from_seq) AS first
                    FROM changes l
                   WHERE l.conversation_id = p.conversation_id AND l.xid >= pg_snapshot_xmin(since.snapshot)
                     AND NOT pg_visible_in_snapshot(l.xid, since.snapshot) AND (l.user_id IS NULL OR l.user_id = $1)) s ON s.changes > 0
             ORDER BY p.conversation_id LIMIT $4)
        SELECT g.id, clock_timestamp(), pg_current_snapshot()::text,
               EXISTS (SELECT FROM since JOIN changes l ON l.user_id = $1 AND l.xid >= pg_snapshot_xmin(since.snapshot)
                        WHERE l.conversation_id IS NULL AND NOT pg_visible_in_snapshot(l.xid, since.snapshot)),
               changed.id, changed.first
          FROM generation g LEFT JOIN changed ON true
         ORDER BY changed.id
        """
    let member: Member.ID
    let since: DatabaseSnapshot
    let after: Conversation.ID?
    let limit: Int

    struct Line: Sendable {
        let now: SyncToken.Point
        let isAccountChanged: Bool
        let change: Change?
    }

    struct Change: Sendable {
        let conversation: Conversation.ID
        /// The first message that is new or changed; `nil` if none is.
        let firstSeq: Int64?
    }

    func bind(to parameters: inout ParameterWriter) {
        parameters.append(member)
        parameters.append(since.text)
        parameters.append(after)
        parameters.append(Int64(limit))
    }

    func decode(_ row: borrowing Row) throws(PostgresError) -> Line {
        let conversation: Conversation.ID? = try row.optional(4)
        let firstSeq: Int64? = try row.optional(5)
        return Line(
            now: try SyncToken.Point(row), isAccountChanged: try row.bool(3),
            change: conversation.map { Change(conversation: $0, firstSeq: firstSeq) })
    }
}

/// The newest messages of some conversations, from a place in each of them on; by conversation, oldest first.
struct NewestMessages: Statement {
    static let sql = """
        SELECT e.id, m.seq, m.rev, m.sent_at, m.sender_id, m.kind, m.client_msg_id, m.body
          FROM (SELECT unnest($1::uuid[]) AS id, unnest($2::bigint[]) AS first) e
          JOIN participants p ON p.conversation_id = e.id AND p.user_id = $3 AND p.left_rev IS NULL
          JOIN LATERAL (SELECT * FROM messages WHERE conversation_id = e.id AND seq >= e.first ORDER BY seq DESC LIMIT $4) m ON true
         ORDER BY e.id, m.seq
        """
    let changes: [ConversationsChanged.Change]
    let viewer: Member.ID
    /// Of each conversation.
    let limit: Int

    func bind(to parameters: inout ParameterWriter) {
        parameters.append(each: changes) { $0.conversation }
        parameters.append(each: changes) { $0.firstSeq ?? .max }
        parameters.append(viewer)
        parameters.append(Int64(limit))
    }

    func decode(_ row: borrowing Row) throws(PostgresError) -> MessageRow {
        guard let message = try MessageRow(row, from: 1, in: try row.value(0)) else { throw PostgresError(.undecodableRow) }
        return message
    }
}
