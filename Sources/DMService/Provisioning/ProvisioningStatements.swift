internal import Postgres

/// People, each with a device and a living sign-in. They have no password: nobody can log in as them.
struct InsertPeople: Statement {
    static let sql = """
        WITH u AS (INSERT INTO users (id, username, display_name) SELECT unnest($1::uuid[]), unnest($2::text[]), 'Load' RETURNING id),
             d AS (INSERT INTO devices (id, user_id) SELECT unnest($3::uuid[]), unnest($1::uuid[]) RETURNING id)
        INSERT INTO sessions (id, user_id, device_id) SELECT unnest($4::uuid[]), unnest($1::uuid[]), unnest($3::uuid[])
        """
    let members: [Member.ID]
    let usernames: [String]
    let devices: [Device.ID]
    let signIns: [SignIn.ID]

    func bind(to parameters: inout ParameterWriter) {
        parameters.append(members)
        parameters.append(usernames)
        parameters.append(devices)
        parameters.append(signIns)
    }
}

/// Direct conversations, each of two of these people.
struct InsertPairs: Statement {
    static let sql = """
        WITH p AS (SELECT unnest($1::uuid[]) AS id, unnest($2::uuid[]) AS one, unnest($3::uuid[]) AS other),
             c AS (INSERT INTO conversations (id, kind, pair_low, pair_high) SELECT id, 1, least(one, other), greatest(one, other) FROM p RETURNING id)
        INSERT INTO participants (conversation_id, user_id) SELECT id, one FROM p UNION ALL SELECT id, other FROM p
        """
    let conversations: [Conversation.ID]
    let ones: [Member.ID]
    let others: [Member.ID]

    func bind(to parameters: inout ParameterWriter) {
        parameters.append(conversations)
        parameters.append(ones)
        parameters.append(others)
    }
}

/// So many messages in each of the conversations, their members in turn.
struct FillConversations: Statement {
    static let sql = """
        WITH filled AS (
             INSERT INTO messages (conversation_id, seq, rev, sent_at, sender_id, kind, body)
             SELECT c.id, n, n, clock_timestamp()::timestamptz(3), CASE n % 2 WHEN 1 THEN c.pair_low ELSE c.pair_high END, 1, 'message number ' || n
               FROM conversations c, generate_series(1, $2::bigint) n WHERE c.id = ANY($1))
        UPDATE conversations SET last_seq = $2, rev = $2, last_message_at = clock_timestamp()::timestamptz(3) WHERE id = ANY($1)
        """
    let conversations: [Conversation.ID]
    let count: Int

    func bind(to parameters: inout ParameterWriter) {
        parameters.append(conversations)
        parameters.append(Int64(count))
    }
}
