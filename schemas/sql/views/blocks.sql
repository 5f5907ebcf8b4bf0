-- Who is kept out for a while: users, and everybody at an address. A row may be past ends_at: a block that has ended by itself is told by
-- the time. One user or address has one row that no event has ended.
CREATE TABLE user_blocks (
    user           TEXT NOT NULL,
    -- 1 refused uploads, 2 failed logins.
    cause          INTEGER NOT NULL CHECK (cause BETWEEN 1 AND 2),
    ends_at        INTEGER NOT NULL,
    from_position  BLOB NOT NULL,
    from_at        INTEGER NOT NULL,
    until_position BLOB,
    until_at       INTEGER,
    PRIMARY KEY (user, from_position)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX user_blocks_current ON user_blocks (user) WHERE until_position IS NULL;
CREATE INDEX user_blocks_by_end ON user_blocks (ends_at) WHERE until_position IS NULL;

CREATE TABLE address_blocks (
    address        TEXT NOT NULL,
    cause          INTEGER NOT NULL CHECK (cause BETWEEN 1 AND 2),
    ends_at        INTEGER NOT NULL,
    from_position  BLOB NOT NULL,
    from_at        INTEGER NOT NULL,
    until_position BLOB,
    until_at       INTEGER,
    PRIMARY KEY (address, from_position)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX address_blocks_current ON address_blocks (address) WHERE until_position IS NULL;
CREATE INDEX address_blocks_by_end ON address_blocks (ends_at) WHERE until_position IS NULL;
