-- Which account owns an organization, when, and which user created it; NULL is nobody that is a user.
CREATE TABLE organizations (
    organization   INTEGER NOT NULL,
    account        TEXT NOT NULL,
    creator        TEXT,
    from_position  BLOB NOT NULL,
    from_at        INTEGER NOT NULL,
    until_position BLOB,
    until_at       INTEGER,
    PRIMARY KEY (organization, from_position)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX organizations_current ON organizations (organization) WHERE until_position IS NULL;
CREATE INDEX organizations_by_account ON organizations (account) WHERE until_position IS NULL;
