-- To whom accounts have entrusted their registries. A change of a delegation ends one row and begins another.
CREATE TABLE delegations (
    -- The account that entrusts.
    account         TEXT NOT NULL,
    delegation      TEXT NOT NULL,
    name            TEXT NOT NULL,
    -- To whom: one of the two.
    trustee_account TEXT,
    trustee_service TEXT,
    -- 1 read, 2 edit, 3 manage; NULL is nothing yet.
    level           INTEGER CHECK (level BETWEEN 1 AND 3),
    -- The end that was given to the delegation; NULL is none. The row may outlive it, the delegation does not.
    ends_at         INTEGER,
    description     TEXT NOT NULL,
    -- When the delegation was granted and by which user: the same in every row of it.
    granted_at      INTEGER NOT NULL,
    creator         TEXT,
    from_position   BLOB NOT NULL,
    from_at         INTEGER NOT NULL,
    until_position  BLOB,
    until_at        INTEGER,
    PRIMARY KEY (account, delegation, from_position),
    CHECK ((trustee_account IS NULL) <> (trustee_service IS NULL))
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX delegations_current ON delegations (account, delegation) WHERE until_position IS NULL;
CREATE INDEX delegations_by_trustee ON delegations (trustee_account, account) WHERE until_position IS NULL;
CREATE INDEX delegations_by_end ON delegations (ends_at) WHERE until_position IS NULL AND ends_at IS NOT NULL;
