ALTER TABLE pin ADD COLUMN until INTEGER;      -- milliseconds since 1970; NULL: until it is given up
CREATE INDEX pin_until ON pin (until) WHERE until IS NOT NULL;

PRAGMA user_version = 3;
