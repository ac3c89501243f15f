-- Catching up from the log of changes (docs/decisions/sync.md).

-- Which life of the database it is: one that was restored or promoted gets another id, since the snapshots of one life mean nothing in the next.
CREATE TABLE generation (
    id      uuid NOT NULL DEFAULT gen_random_uuid(),
    is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only)
);

INSERT INTO generation DEFAULT VALUES;

-- A change names a conversation, or the member who alone sees it, or both: something of the account where there is no conversation.
ALTER TABLE changes ALTER COLUMN conversation_id DROP NOT NULL;

-- What changed for one member, in each of their conversations, since a snapshot. The log by itself is in the order of `xid`, for those who read all of it.
CREATE INDEX changes_by_conversation ON changes (conversation_id, xid);
CREATE INDEX changes_by_member ON changes (user_id, xid) WHERE user_id IS NOT NULL;

-- Notes that something of an account changed which its owner sees: their devices read it anew.
CREATE FUNCTION touch_account(member uuid) RETURNS void LANGUAGE sql VOLATILE
BEGIN ATOMIC
    INSERT INTO changes (xid, rev, at, user_id) VALUES (pg_current_xact_id(), 0, clock_timestamp(), member);
END;

-- The same, and that those who write with them in a direct conversation see it: each of them gets a change of their own there, which locks nothing.
CREATE FUNCTION touch_profile(member uuid) RETURNS void LANGUAGE sql VOLATILE
BEGIN ATOMIC
    INSERT INTO changes (xid, rev, at, user_id) VALUES (pg_current_xact_id(), 0, clock_timestamp(), member);
    INSERT INTO changes (xid, conversation_id, rev, at, user_id)
    SELECT pg_current_xact_id(), o.conversation_id, 0, clock_timestamp(), o.user_id
      FROM participants p
      JOIN conversations c ON c.id = p.conversation_id AND c.kind = 1
      JOIN participants o ON o.conversation_id = p.conversation_id AND o.user_id <> p.user_id AND o.left_rev IS NULL
     WHERE p.user_id = member AND p.left_rev IS NULL;
END;
