-- Moves marks, which only ever go forward and never beyond the newest message. Entries are grouped by conversation, ascending, and a member has
-- one at most in each. `locks` names each conversation once, ascending: so every batch locks in the same order, sends included.
--
-- While one of two has blocked the other, the marks of both are their own business: nobody else sees them move (docs/decisions/blocks.md).
CREATE OR REPLACE FUNCTION mark_receipts(locks uuid[], conversation_ids uuid[], user_ids uuid[], reads bigint[], deliveries bigint[])
RETURNS SETOF mark_result
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    present timestamptz := clock_timestamp()::timestamptz(3);
BEGIN
    -- In the array's order, whatever the planner believes (docs/decisions/batched-write.md).
    PERFORM FROM (SELECT unnest(locks) AS id) e, conversations c WHERE c.id = ANY (ARRAY[e.id]) FOR NO KEY UPDATE OF c;

    RETURN QUERY
    WITH entry AS MATERIALIZED (
        SELECT e.number, e.conversation, e.member, p.read_seq, p.shared_read_seq, p.delivered_seq, p.own_rev,
               least(e.read, c.last_seq) AS wanted, greatest(p.read_seq, least(e.read, c.last_seq)) AS read,
               CASE WHEN p.barred = 0 THEN greatest(p.delivered_seq, least(greatest(e.delivered, e.read), c.last_seq))  -- who has read it has it
                    ELSE p.delivered_seq END AS delivered,
               u.read_receipts AND p.barred = 0 AS tells, c.rev, c.members_rev
          FROM (SELECT generate_subscripts(conversation_ids, 1) AS number, unnest(conversation_ids) AS conversation, unnest(user_ids) AS member,
                       unnest(reads) AS read, unnest(deliveries) AS delivered) e
          JOIN conversations c ON c.id = e.conversation
          JOIN participants p ON p.conversation_id = e.conversation AND p.user_id = e.member AND p.left_rev IS NULL
          JOIN users u ON u.id = e.member),
    moved AS MATERIALIZED (
        -- What was read while nobody was told stays untold: a mark shares what it names, and no more.
        SELECT m.*, CASE WHEN m.is_public THEN m.rev + count(*) FILTER (WHERE m.is_public) OVER (PARTITION BY m.conversation ORDER BY m.number) END AS new_rev
          FROM (SELECT e.*, CASE WHEN e.tells THEN greatest(e.wanted, e.shared_read_seq) ELSE e.shared_read_seq END AS shared,
                       e.delivered > e.delivered_seq OR e.tells AND e.wanted > e.shared_read_seq AS is_public
                  FROM entry e) m
         WHERE m.is_public OR m.read > m.read_seq),
    heads AS (
        UPDATE conversations c SET rev = h.rev
          FROM (SELECT m.conversation, max(m.new_rev) AS rev FROM moved m WHERE m.is_public GROUP BY m.conversation) h
         WHERE c.id = h.conversation),
    sides AS (
        UPDATE participants p
           SET read_seq = m.read, shared_read_seq = m.shared, delivered_seq = m.delivered, rev = coalesce(m.new_rev, p.rev),
               own_rev = p.own_rev + (m.read > m.read_seq)::integer
          FROM moved m WHERE p.conversation_id = m.conversation AND p.user_id = m.member),
    history AS (
        INSERT INTO receipts (conversation_id, user_id, kind, seq, at)
        SELECT m.conversation, m.member, 1, m.delivered, present FROM moved m WHERE m.delivered > m.delivered_seq
        UNION ALL
        SELECT m.conversation, m.member, 2, m.shared, present FROM moved m WHERE m.shared > m.shared_read_seq),
    logged AS (
        INSERT INTO changes (xid, conversation_id, rev, at, user_id)
        SELECT pg_current_xact_id(), m.conversation, coalesce(m.new_rev, m.rev), present, CASE WHEN NOT m.is_public THEN m.member END FROM moved m)
    SELECT CASE WHEN e.number IS NULL THEN 1 ELSE 0 END::smallint,
           e.read, (SELECT sent_at FROM messages WHERE conversation_id = e.conversation AND seq = e.read),
           e.delivered, (SELECT sent_at FROM messages WHERE conversation_id = e.conversation AND seq = e.delivered),
           m.shared, (SELECT sent_at FROM messages WHERE conversation_id = e.conversation AND seq = m.shared),
           e.read > e.read_seq, coalesce(m.shared > m.shared_read_seq, false), m.new_rev, e.own_rev + (e.read > e.read_seq)::integer, present, e.members_rev
      FROM generate_subscripts(conversation_ids, 1) place
      LEFT JOIN entry e ON e.number = place
      LEFT JOIN moved m ON m.number = place
     ORDER BY place;
END $$;
