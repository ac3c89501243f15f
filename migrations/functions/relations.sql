-- Blocks and follows (docs/decisions/blocks.md). Everybody locks in one order: pairs, then conversations by id.

-- Lets a member block people, or no longer. One row for each of them.
CREATE OR REPLACE FUNCTION set_blocks(member uuid, people uuid[], wanted boolean) RETURNS SETOF relation_result
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    other uuid;
    changed uuid[];
    held uuid[];  -- the direct conversations with those
    affected uuid[] := ARRAY[member];  -- whose account is another one then
BEGIN
    FOR other IN SELECT DISTINCT p.id FROM unnest(people) AS p (id) ORDER BY p.id LOOP
        PERFORM lock_pair(member, other);
    END LOOP;

    SELECT array_agg(u.id) INTO changed
      FROM users u
     WHERE u.id = ANY (people)
       AND wanted <> EXISTS (SELECT FROM blocks b WHERE b.blocker_id = member AND b.blocked_id = u.id);

    IF changed IS NOT NULL THEN
        SELECT array_agg(locked.id) INTO held
          FROM (SELECT c.id
                  FROM unnest(changed) AS t (id)
                  JOIN conversations c ON c.pair_low = least(member, t.id) AND c.pair_high = greatest(member, t.id) AND c.kind = 1
                 ORDER BY c.id FOR NO KEY UPDATE OF c) locked;

        IF wanted THEN
            INSERT INTO blocks (blocker_id, blocked_id) SELECT member, unnest(changed);
            WITH ended AS (
                DELETE FROM follows f
                 WHERE f.follower_id = member AND f.followed_id = ANY (changed) OR f.followed_id = member AND f.follower_id = ANY (changed)
                RETURNING f.follower_id)
            SELECT affected || array_agg(ended.follower_id) INTO affected FROM ended;
        ELSE
            DELETE FROM blocks b WHERE b.blocker_id = member AND b.blocked_id = ANY (changed);
        END IF;

        -- What the blocked one wrote does not count as unread: the member's own side of the conversation is another one, too.
        UPDATE participants p
           SET barred = bars(p.user_id, o.user_id), own_rev = p.own_rev + (p.user_id = member)::integer
          FROM participants o
         WHERE p.conversation_id = ANY (held) AND o.conversation_id = p.conversation_id AND o.user_id <> p.user_id;
        UPDATE conversations c SET members_rev = c.members_rev + 1 WHERE c.id = ANY (held);
        INSERT INTO changes (xid, conversation_id, rev, at, user_id)
        SELECT pg_current_xact_id(), c.id, c.rev, clock_timestamp(), member FROM conversations c WHERE c.id = ANY (held);

        FOR other IN SELECT DISTINCT a.id FROM unnest(affected) AS a (id) LOOP
            PERFORM touch_account(other);
        END LOOP;
    END IF;

    RETURN QUERY
    SELECT p.id, CASE WHEN p.id = ANY (changed) THEN 0 WHEN EXISTS (SELECT FROM users u WHERE u.id = p.id) THEN 1 ELSE 2 END::smallint
      FROM unnest(people) AS p (id);
END $$;

-- Lets a member follow people, or no longer. Nobody follows somebody across a block. One row for each of them.
CREATE OR REPLACE FUNCTION set_follows(member uuid, people uuid[], wanted boolean) RETURNS SETOF relation_result
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    other uuid;
    changed uuid[];
BEGIN
    FOR other IN SELECT DISTINCT p.id FROM unnest(people) AS p (id) ORDER BY p.id LOOP
        PERFORM lock_pair(member, other);
    END LOOP;

    SELECT array_agg(u.id) INTO changed
      FROM users u
     WHERE u.id = ANY (people)
       AND wanted <> EXISTS (SELECT FROM follows f WHERE f.follower_id = member AND f.followed_id = u.id)
       AND NOT (wanted AND are_blocked(member, u.id));

    IF changed IS NOT NULL THEN
        IF wanted THEN
            INSERT INTO follows (follower_id, followed_id) SELECT member, unnest(changed);
        ELSE
            DELETE FROM follows f WHERE f.follower_id = member AND f.followed_id = ANY (changed);
        END IF;
        PERFORM touch_account(member);
    END IF;

    RETURN QUERY
    SELECT p.id,
           CASE WHEN p.id = ANY (changed) THEN 0
                WHEN NOT EXISTS (SELECT FROM users u WHERE u.id = p.id) THEN 2
                WHEN wanted AND bars(member, p.id) & 2 <> 0 THEN 4
                WHEN wanted AND bars(member, p.id) <> 0 THEN 3
                ELSE 1 END::smallint
      FROM unnest(people) AS p (id);
END $$;
