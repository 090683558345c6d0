-- Devices that an identity removed: what comes under their keys is refused. A row goes with its identity.
CREATE TABLE removed (
    owner   INTEGER PRIMARY KEY REFERENCES identity ON DELETE CASCADE,
    at      INTEGER NOT NULL,                  -- when the list was changed last, as devices say, milliseconds since 1970
    devices BLOB    NOT NULL                   -- their Ed25519 public keys, 32 bytes each, at most 16
) STRICT;

PRAGMA user_version = 6;
