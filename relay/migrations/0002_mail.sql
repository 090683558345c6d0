CREATE TABLE mail (
    mail    INTEGER PRIMARY KEY AUTOINCREMENT, -- rises for ever, so that a watcher knows what it has seen
    owner   INTEGER NOT NULL REFERENCES identity,
    digest  BLOB    NOT NULL,
    sealed  BLOB    NOT NULL,
    invited INTEGER NOT NULL,                  -- 1: it came with a token
    day     INTEGER NOT NULL,                  -- since 1970
    UNIQUE (owner, digest)
) STRICT;
CREATE INDEX mail_day ON mail (day);

CREATE TABLE token (
    owner INTEGER NOT NULL REFERENCES identity,
    token BLOB    NOT NULL,
    day   INTEGER NOT NULL,                    -- when it was last told, since 1970
    used  BLOB,                                -- digest of the mail that came with it
    PRIMARY KEY (owner, token)
) STRICT, WITHOUT ROWID;
CREATE INDEX token_day ON token (day);

PRAGMA user_version = 2;
