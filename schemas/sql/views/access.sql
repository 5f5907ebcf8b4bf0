-- What users may do: grants and visibility. A level is 1 read, 2 edit, 3 manage.
CREATE TABLE organization_grants (
    organization   INTEGER NOT NULL,
    user           TEXT NOT NULL,
    level          INTEGER NOT NULL CHECK (level BETWEEN 1 AND 3),
    from_position  BLOB NOT NULL,
    from_at        INTEGER NOT NULL,
    until_position BLOB,
    until_at       INTEGER,
    PRIMARY KEY (organization, user, from_position)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX organization_grants_current ON organization_grants (organization, user) WHERE until_position IS NULL;
CREATE INDEX organization_grants_by_user ON organization_grants (user, organization) WHERE until_position IS NULL;

CREATE TABLE repository_grants (
    repository     INTEGER NOT NULL,
    user           TEXT NOT NULL,
    level          INTEGER NOT NULL CHECK (level BETWEEN 1 AND 3),
    from_position  BLOB NOT NULL,
    from_at        INTEGER NOT NULL,
    until_position BLOB,
    until_at       INTEGER,
    PRIMARY KEY (repository, user, from_position)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX repository_grants_current ON repository_grants (repository, user) WHERE until_position IS NULL;
CREATE INDEX repository_grants_by_user ON repository_grants (user, repository) WHERE until_position IS NULL;

CREATE TABLE repository_visibility (
    repository     INTEGER NOT NULL,
    public         INTEGER NOT NULL CHECK (public IN (0, 1)),
    from_position  BLOB NOT NULL,
    from_at        INTEGER NOT NULL,
    until_position BLOB,
    until_at       INTEGER,
    PRIMARY KEY (repository, from_position)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX repository_visibility_current ON repository_visibility (repository) WHERE until_position IS NULL;
