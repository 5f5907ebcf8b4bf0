-- Which blobs are stored, and which repository may serve which.
-- States: 1 stored, 2 condemned, 3 swept.
CREATE TABLE blobs (
    digest     INTEGER PRIMARY KEY,
    size_bytes INTEGER NOT NULL,
    generation INTEGER NOT NULL,
    state      INTEGER NOT NULL CHECK (state BETWEEN 1 AND 3)
) STRICT;

CREATE TABLE blob_links (
    repository     INTEGER NOT NULL,
    digest         INTEGER NOT NULL,
    -- The repository's, so that a look among one organization's links takes no longer for what others have.
    organization   INTEGER NOT NULL,
    size_bytes     INTEGER NOT NULL,
    from_position  BLOB NOT NULL,
    from_at        INTEGER NOT NULL,
    until_position BLOB,
    until_at       INTEGER,
    PRIMARY KEY (repository, digest, from_position)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX blob_links_current ON blob_links (digest, organization, repository) WHERE until_position IS NULL;
