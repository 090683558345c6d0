-- Identities that the operator invited: written by `spinney-relay invite`, also while the relay runs.
CREATE TABLE invited (
    id    BLOB    PRIMARY KEY,                 -- Ed25519 public key
    quota INTEGER,                             -- bytes; NULL: the quota of the settings
    day   INTEGER NOT NULL                     -- of the invitation, since 1970
) STRICT, WITHOUT ROWID;

PRAGMA user_version = 5;
