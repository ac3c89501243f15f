DROP FUNCTION touch_profile, touch_account;
DROP INDEX changes_by_member, changes_by_conversation;
DELETE FROM changes WHERE conversation_id IS NULL;
ALTER TABLE changes ALTER COLUMN conversation_id SET NOT NULL;
DROP TABLE generation;
