-- Bytes of its quota that an identity lends to anyone who has a token. What is pushed with the token is held by a row of
-- `identity` of its own, whose id is 'loan' and the SHA-256 of the token: no public key is that long. The lender is charged
-- what is lent, the holder what is used of it; both are charged once.
CREATE TABLE loan (
    holder INTEGER PRIMARY KEY REFERENCES identity,
    lender INTEGER NOT NULL REFERENCES identity,
    bytes  INTEGER NOT NULL,                  -- charged to the lender: what is lent; once it is closed, what is used
    until  INTEGER NOT NULL,                  -- milliseconds since 1970
    open   INTEGER NOT NULL                   -- 0: its time is over, or it was taken back
) STRICT;
CREATE INDEX loan_lender ON loan (lender);
CREATE INDEX loan_until ON loan (until) WHERE open = 1;
CREATE INDEX loan_unused ON loan (until) WHERE open = 0 AND bytes = 0;

CREATE TRIGGER loan_came AFTER INSERT ON loan BEGIN
    UPDATE identity SET used = used + new.bytes WHERE owner = new.lender;
END;
CREATE TRIGGER loan_changed AFTER UPDATE OF bytes ON loan BEGIN
    UPDATE identity SET used = used + new.bytes - old.bytes WHERE owner = new.lender;
END;
CREATE TRIGGER loan_gone AFTER DELETE ON loan BEGIN
    UPDATE identity SET used = used - old.bytes WHERE owner = old.lender;
END;
-- What goes of a closed loan is given back at once.
CREATE TRIGGER loan_used AFTER UPDATE OF used ON identity
WHEN EXISTS (SELECT 1 FROM loan WHERE holder = new.owner AND open = 0) BEGIN
    UPDATE loan SET bytes = new.used WHERE holder = new.owner;
END;

PRAGMA user_version = 7;
