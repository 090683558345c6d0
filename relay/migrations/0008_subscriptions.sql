-- Where devices want to be told by Web Push while they are closed. A row goes with its identity.
CREATE TABLE subscription (
    owner    INTEGER NOT NULL REFERENCES identity ON DELETE CASCADE,
    device   BLOB    NOT NULL,                 -- its PeerId
    endpoint TEXT    NOT NULL,                 -- at the push service of its browser; a secret, at most 1 KiB
    until    INTEGER NOT NULL,                 -- the end of the certificate that the device showed, milliseconds since 1970
    PRIMARY KEY (owner, device)
) STRICT, WITHOUT ROWID;
CREATE INDEX subscription_until ON subscription (until);

PRAGMA user_version = 8;
