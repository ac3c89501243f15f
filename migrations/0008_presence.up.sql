-- Who shows when they are there and when they type, and when they were last there.

ALTER TABLE users
    ADD COLUMN show_typing    boolean NOT NULL DEFAULT true,  -- whether others see them type, and they others
    ADD COLUMN show_last_seen boolean NOT NULL DEFAULT true,  -- whether others see when they are there, and they when others are
    -- Right to a minute while they are there. No index: nobody is looked for by it, and with one each note would write to all indexes of the row.
    ADD COLUMN last_seen_at   timestamptz(3);

ALTER TABLE users SET (fillfactor = 85);  -- it moves each minute while somebody is there: room for HOT updates on the same page
