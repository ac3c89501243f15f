-- Who follows whom, who has blocked whom, and the names that people are found by.

CREATE TABLE follows (
    follower_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    followed_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    created_at  timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (follower_id, followed_id)
);

CREATE INDEX follows_by_follower ON follows (follower_id, created_at, followed_id);
CREATE INDEX follows_by_followed ON follows (followed_id, created_at, follower_id);

CREATE TABLE blocks (
    blocker_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    blocked_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    created_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (blocker_id, blocked_id)
);

CREATE INDEX blocks_by_blocker ON blocks (blocker_id, created_at, blocked_id);
CREATE INDEX blocks_by_blocked ON blocks (blocked_id);

-- What blocks mean to one of the two of a direct conversation, where every send looks anyway: 1 the other has blocked them, 2 they have blocked the
-- other. Moves under the conversation's lock, together with members_rev.
ALTER TABLE participants ADD COLUMN barred smallint NOT NULL DEFAULT 0;

-- The same, from the blocks themselves.
CREATE FUNCTION bars(member uuid, other uuid) RETURNS smallint
LANGUAGE sql STABLE AS $$
    SELECT (CASE WHEN EXISTS (SELECT FROM blocks WHERE blocker_id = other AND blocked_id = member) THEN 1 ELSE 0 END
            + CASE WHEN EXISTS (SELECT FROM blocks WHERE blocker_id = member AND blocked_id = other) THEN 2 ELSE 0 END)::smallint
$$;

-- Whether either of two people has blocked the other.
CREATE FUNCTION are_blocked(one uuid, other uuid) RETURNS boolean
LANGUAGE sql STABLE AS $$ SELECT bars(one, other) <> 0 $$;

-- Until the end of the transaction nobody else changes what two people are to each other, or makes a conversation of theirs. Whoever takes several
-- takes them in the order of the smaller ids, then of the greater ones, and before any row.
CREATE FUNCTION lock_pair(one uuid, other uuid) RETURNS void
LANGUAGE sql VOLATILE AS $$
    SELECT pg_advisory_xact_lock(hashtextextended(least(one, other)::text || greatest(one, other)::text, 0))
$$;

-- What became of the wish to follow or block somebody, or to end that.
CREATE TYPE relation_result AS (
    person  uuid,
    outcome smallint  -- 0 it was changed, 1 it was so before, 2 no such person, 3 they have blocked the member, 4 the member has blocked them
);

-- Names as they are compared: without case, and with one space for whatever is neither letter nor digit. Stored, so the rules must not change with
-- the locale of the database: they are ICU's, and a change of them needs a migration that fills user_names anew.
CREATE FUNCTION search_key(name text) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
    SELECT btrim(left(regexp_replace(lower(normalize(name, NFKC) COLLATE "und-x-icu"), '[^[:alnum:]]+', ' ', 'g'), 64))
$$;

-- What somebody is found by the beginning of: their username, and their display name from each of its words on.
CREATE TABLE user_names (
    user_id     uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    name        text COLLATE "C" NOT NULL,
    is_username boolean NOT NULL,
    PRIMARY KEY (user_id, name)
);

CREATE INDEX user_names_by_name ON user_names (name, user_id);

CREATE FUNCTION search_names(username text, display_name text) RETURNS TABLE (name text, is_username boolean)
LANGUAGE sql IMMUTABLE AS $$
    SELECT found.name, bool_or(found.is_username)
      FROM (SELECT search_key(username) AS name, true AS is_username
             UNION ALL
            SELECT array_to_string(split.words[place:], ' '), false
              FROM (SELECT string_to_array(search_key(display_name), ' ') AS words) split, generate_subscripts(split.words, 1) AS place) found
     WHERE found.name <> ''
     GROUP BY found.name
$$;

CREATE FUNCTION index_user_names() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM user_names WHERE user_id = NEW.id;
    INSERT INTO user_names (user_id, name, is_username)
    SELECT NEW.id, n.name, n.is_username FROM search_names(NEW.username, NEW.display_name) n;
    RETURN NULL;
END $$;

CREATE TRIGGER users_names AFTER INSERT OR UPDATE OF username, display_name ON users FOR EACH ROW EXECUTE FUNCTION index_user_names();

INSERT INTO user_names (user_id, name, is_username)
SELECT u.id, n.name, n.is_username FROM users u, search_names(u.username, u.display_name) n;
