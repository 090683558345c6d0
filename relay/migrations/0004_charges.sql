-- What the disk holds counts once, and what each identity holds counts to its quota. A block, a record and a mail cost
-- their bytes and 512 more, for rows, indexes and the file system (`limits::ITEM`). Triggers count, so that a count
-- changes in the transaction of what it counts.

ALTER TABLE identity ADD COLUMN blocks     INTEGER NOT NULL DEFAULT 0; -- blocks it holds
ALTER TABLE identity ADD COLUMN since      INTEGER NOT NULL DEFAULT 0; -- day of its first visit; 0: before days were noted
ALTER TABLE identity ADD COLUMN generation INTEGER NOT NULL DEFAULT 0; -- rises when its pins change, or what they hold
CREATE INDEX identity_stale ON identity (owner) WHERE stale = 1;
CREATE INDEX identity_empty ON identity (since) WHERE used = 0;
CREATE INDEX pin_block ON pin (block);

CREATE TABLE total (
    one    INTEGER PRIMARY KEY CHECK (one = 1),
    stored INTEGER NOT NULL,                   -- charged bytes of all blocks, records and mails
    mails  INTEGER NOT NULL,
    next   INTEGER NOT NULL                    -- number of the next block: none is given twice
) STRICT;

-- Records before they were charged. The store moves them when it opens, because their roots are inside of the bytes.
ALTER TABLE record RENAME TO record_uncharged;

CREATE TABLE record (
    owner    INTEGER PRIMARY KEY REFERENCES identity,
    root     INTEGER NOT NULL,                 -- a block that the owner holds; the record goes with that hold
    sequence INTEGER NOT NULL,
    until    INTEGER NOT NULL,                 -- end of life, milliseconds since 1970
    bytes    BLOB    NOT NULL                  -- signature and signed data, nothing else
) STRICT;
CREATE INDEX record_until ON record (until);

UPDATE identity SET
    blocks = (SELECT COUNT(*) FROM hold WHERE hold.owner = identity.owner),
    used = (SELECT COALESCE(SUM(size + 512), 0) FROM hold JOIN block USING (block) WHERE hold.owner = identity.owner)
         + (SELECT COALESCE(SUM(LENGTH(sealed) + 512), 0) FROM mail WHERE mail.owner = identity.owner);
INSERT INTO total VALUES (
    1,
    (SELECT COALESCE(SUM(size + 512), 0) FROM block) + (SELECT COALESCE(SUM(LENGTH(sealed) + 512), 0) FROM mail),
    (SELECT COUNT(*) FROM mail),
    (SELECT COALESCE(MAX(block), 0) + 1 FROM block)
);

CREATE TRIGGER block_came AFTER INSERT ON block BEGIN
    UPDATE total SET stored = stored + new.size + 512, next = MAX(next, new.block + 1);
END;
CREATE TRIGGER block_gone AFTER DELETE ON block BEGIN
    UPDATE total SET stored = stored - old.size - 512;
END;

CREATE TRIGGER hold_came AFTER INSERT ON hold BEGIN
    UPDATE identity
    SET blocks = blocks + 1, used = used + 512 + (SELECT size FROM block WHERE block = new.block)
    WHERE owner = new.owner;
END;
DROP TRIGGER hold_gone;
CREATE TRIGGER hold_gone AFTER DELETE ON hold BEGIN
    INSERT OR IGNORE INTO loose VALUES (old.block);
    DELETE FROM record WHERE owner = old.owner AND root = old.block;
    UPDATE identity
    SET blocks = blocks - 1, used = used - 512 - (SELECT size FROM block WHERE block = old.block)
    WHERE owner = old.owner;
END;

CREATE TRIGGER record_came AFTER INSERT ON record BEGIN
    UPDATE identity SET used = used + LENGTH(new.bytes) + 512 WHERE owner = new.owner;
    UPDATE total SET stored = stored + LENGTH(new.bytes) + 512;
END;
CREATE TRIGGER record_changed AFTER UPDATE OF bytes ON record BEGIN
    UPDATE identity SET used = used + LENGTH(new.bytes) - LENGTH(old.bytes) WHERE owner = new.owner;
    UPDATE total SET stored = stored + LENGTH(new.bytes) - LENGTH(old.bytes);
END;
CREATE TRIGGER record_gone AFTER DELETE ON record BEGIN
    UPDATE identity SET used = used - LENGTH(old.bytes) - 512 WHERE owner = old.owner;
    UPDATE total SET stored = stored - LENGTH(old.bytes) - 512;
END;

CREATE TRIGGER mail_came AFTER INSERT ON mail BEGIN
    UPDATE identity SET used = used + LENGTH(new.sealed) + 512 WHERE owner = new.owner;
    UPDATE total SET stored = stored + LENGTH(new.sealed) + 512, mails = mails + 1;
END;
CREATE TRIGGER mail_gone AFTER DELETE ON mail BEGIN
    UPDATE identity SET used = used - LENGTH(old.sealed) - 512 WHERE owner = old.owner;
    UPDATE total SET stored = stored - LENGTH(old.sealed) - 512, mails = mails - 1;
END;

PRAGMA user_version = 4;
