-- With which other accounts repositories are shared. A change of a share ends one row and begins another.
CREATE TABLE shares (
    repository     INTEGER NOT NULL,
    -- The account that shares.
    owner          TEXT NOT NULL,
    -- The account that is shared with.
    account        TEXT NOT NULL,
    -- The end that was given to the share; NULL is none. The row may outlive it, the share does not.
    ends_at        INTEGER,
    description    TEXT NOT NULL,
    -- When the share was created and by which user: the same in every row of it.
    created_at     INTEGER NOT NULL,
    creator        TEXT,
    -- Which user made it what the row says.
    written_by     TEXT,
    -- How the row ended: 1 changed, 2 ended, 3 expired, 4 with its repository; and by which user.
    ending         INTEGER CHECK (ending BETWEEN 1 AND 4),
    ended_by       TEXT,
    from_position  BLOB NOT NULL,
    from_at        INTEGER NOT NULL,
    until_position BLOB,
    until_at       INTEGER,
    PRIMARY KEY (repository, account, from_position)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX shares_current ON shares (repository, account) WHERE until_position IS NULL;
-- Stands before the next one: of two that serve a question alike, SQLite takes the later.
CREATE INDEX shares_history_by_account ON shares (account, repository);
-- All that says whether a share lasts, so that shares are counted here alone.
CREATE INDEX shares_by_account ON shares (account, repository, ends_at, until_position) WHERE until_position IS NULL;
CREATE INDEX shares_by_end ON shares (ends_at) WHERE until_position IS NULL AND ends_at IS NOT NULL;
CREATE INDEX shares_history ON shares (repository, from_position);
CREATE INDEX shares_history_by_owner ON shares (owner, from_position);
