-- Tokens for the pinning service: written by `spinney-relay token`, also while the relay runs.
CREATE TABLE pin_token (
    number INTEGER PRIMARY KEY AUTOINCREMENT,  -- none is given twice
    digest BLOB    NOT NULL UNIQUE,            -- SHA-256 of the token
    id     BLOB    NOT NULL,                   -- Ed25519 public key of the identity that it pins for
    name   TEXT    NOT NULL,                   -- the operator's name for it
    day    INTEGER NOT NULL                    -- when it was made, since 1970
) STRICT;

-- What an identity asks to pin over HTTP, beside the pins of its devices. What a request with status 1 reaches is held as
-- if a pin reached it.
CREATE TABLE pin_request (
    request BLOB    PRIMARY KEY,               -- 16 random bytes
    owner   INTEGER NOT NULL REFERENCES identity,
    cid     BLOB    NOT NULL,                  -- version 1
    created INTEGER NOT NULL,                  -- milliseconds since 1970; each request of an owner has another
    status  INTEGER NOT NULL,                  -- 0: queued, 1: pinned, 2 and more: failed, and why
    name    TEXT,
    folded  TEXT,                              -- the name in small letters
    pin     TEXT    NOT NULL                   -- JSON: cid, name, origins and meta, as the client wrote them
) STRICT;
CREATE UNIQUE INDEX pin_request_created ON pin_request (owner, created);
CREATE INDEX pin_request_queued ON pin_request (request, created) WHERE status = 0;

-- Some holds may reach nothing now. A queued request may have had some, from a request that it replaced.
CREATE TRIGGER pin_request_gone AFTER DELETE ON pin_request WHEN old.status < 2 BEGIN
    UPDATE identity SET stale = 1, generation = generation + 1 WHERE owner = old.owner;
END;
CREATE TRIGGER pin_request_failed AFTER UPDATE OF status ON pin_request WHEN new.status >= 2 BEGIN
    UPDATE identity SET stale = 1, generation = generation + 1 WHERE owner = new.owner;
END;

PRAGMA user_version = 9;
