CREATE TABLE identity (
    owner INTEGER PRIMARY KEY,
    id    BLOB    NOT NULL UNIQUE,            -- Ed25519 public key
    used  INTEGER NOT NULL DEFAULT 0,         -- bytes of the blocks it holds
    stale INTEGER NOT NULL DEFAULT 0          -- 1: a pin was given up, so some holds may reach nothing
) STRICT;

CREATE TABLE record (
    id       BLOB    PRIMARY KEY,
    sequence INTEGER NOT NULL,
    bytes    BLOB    NOT NULL                 -- as signed
) STRICT, WITHOUT ROWID;

CREATE TABLE block (
    block INTEGER PRIMARY KEY,
    cid   BLOB    NOT NULL UNIQUE,
    size  INTEGER NOT NULL,
    bytes BLOB                                -- NULL: in a file
) STRICT;

CREATE TABLE pin (
    owner INTEGER NOT NULL REFERENCES identity,
    block INTEGER NOT NULL REFERENCES block,
    PRIMARY KEY (owner, block)
) STRICT, WITHOUT ROWID;

CREATE TABLE hold (
    owner INTEGER NOT NULL REFERENCES identity,
    block INTEGER NOT NULL REFERENCES block,
    why   INTEGER NOT NULL,                   -- 0: a pin reaches it, 1: pushed, 2: a pin reached it once
    since INTEGER NOT NULL,                   -- milliseconds since 1970
    PRIMARY KEY (owner, block)
) STRICT, WITHOUT ROWID;
CREATE INDEX hold_block ON hold (block);
CREATE INDEX hold_since ON hold (since) WHERE why > 0;

-- Blocks that lost a hold, to be looked at by the next collection.
CREATE TABLE loose (block INTEGER PRIMARY KEY) STRICT;
CREATE TRIGGER hold_gone AFTER DELETE ON hold BEGIN
    INSERT OR IGNORE INTO loose VALUES (old.block);
END;

-- Files whose blocks are gone from the table and that have to be removed.
CREATE TABLE trash (cid BLOB PRIMARY KEY) STRICT, WITHOUT ROWID;

PRAGMA user_version = 1;
