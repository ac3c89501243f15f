internal import JSON
internal import Postgres

/// Who of some people may be seen by whom: they share a direct conversation that both are in, neither has blocked the other, and both show when they
/// were last there. A row for each that may, by its number in the question.
struct VisiblePresence: Statement {
    // The pair is looked up first, so that a stranger and nobody cost the same.
    static let sql = """
        SELECT wanted.number, them.last_seen_at
          FROM unnest($1::uuid[], $2::uuid[]) WITH ORDINALITY AS wanted(viewer, member, number)
          JOIN conversations c
            ON c.pair_low = least(wanted.viewer, wanted.member) AND c.pair_high = greatest(wanted.viewer, wanted.member) AND c.kind = 1
          JOIN users them ON them.id = wanted.member AND them.show_last_seen
          JOIN users me ON me.id = wanted.viewer AND me.show_last_seen
         WHERE (SELECT count(*) FROM participants p WHERE p.conversation_id = c.id AND p.left_rev IS NULL AND p.barred = 0) = 2
        """
    let pairs: [Pair]

    struct Pair: Sendable {
        let viewer: Member.ID
        let member: Member.ID
    }

    struct Line: Sendable {
        /// In ``pairs``, from 0.
        let index: Int
        let lastSeen: Timestamp?
    }

    func bind(to parameters: inout ParameterWriter) {
        parameters.append(each: pairs) { $0.viewer }
        parameters.append(each: pairs) { $0.member }
    }

    func decode(_ row: borrowing Row) throws(PostgresError) -> Line {
        Line(index: Int(try row.int64(0)) - 1, lastSeen: try row.optional(1))
    }
}

/// Who is in some conversations, who of them shows when they type, and what stands between them and the others.
struct TypingAudiencesOf: Statement {
    static let sql = """
        SELECT p.conversation_id, p.user_id, u.show_typing, p.barred
          FROM participants p JOIN users u ON u.id = p.user_id
         WHERE p.conversation_id = ANY($1) AND p.left_rev IS NULL
        """
    let conversations: [Conversation.ID]

    struct Line: Sendable {
        let conversation: Conversation.ID
        let member: Member.ID
        let place: TypingAudiences.Place
    }

    func bind(to parameters: inout ParameterWriter) { parameters.append(conversations) }

    func decode(_ row: borrowing Row) throws(PostgresError) -> Line {
        let place = TypingAudiences.Place(shows: try row.bool(2), bars: Bars(rawValue: try row.int16(3)))
        return Line(conversation: try row.value(0), member: try row.value(1), place: place)
    }
}

/// Notes when some members were last there, unless something later is known. Rows are locked in the order of their ids: several nodes
/// may know the same people.
struct NoteLastSeen: Statement {
    static let sql = """
        UPDATE users u SET last_seen_at = seen.at
          FROM (SELECT s.id, least(s.at, clock_timestamp()) AS at
                  FROM unnest($1::uuid[], $2::timestamptz[]) AS s(id, at)
                  JOIN users known ON known.id = s.id AND (known.last_seen_at IS NULL OR known.last_seen_at < s.at)
                 ORDER BY s.id FOR NO KEY UPDATE OF known) seen
         WHERE u.id = seen.id
        """
    let notes: [(member: Member.ID, at: Timestamp)]

    func bind(to parameters: inout ParameterWriter) {
        parameters.append(each: notes) { $0.member }
        parameters.append(each: notes) { $0.at }
    }
}
