-- Repositories, their manifests and their tags.
CREATE TABLE repositories (
    repository     INTEGER NOT NULL,
    account        TEXT NOT NULL,
    from_position  BLOB NOT NULL,
    from_at        INTEGER NOT NULL,
    until_position BLOB,
    until_at       INTEGER,
    PRIMARY KEY (repository, from_position)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX repositories_current ON repositories (repository) WHERE until_position IS NULL;

-- A manifest that was deleted and pushed again has two rows.
CREATE TABLE manifests (
    id             INTEGER PRIMARY KEY,
    repository     INTEGER NOT NULL,
    digest         INTEGER NOT NULL,
    media_type     TEXT NOT NULL,
    size_bytes     INTEGER NOT NULL,
    artifact_type  TEXT,
    subject        INTEGER,
    from_position  BLOB NOT NULL,
    from_at        INTEGER NOT NULL,
    until_position BLOB,
    until_at       INTEGER
) STRICT;
CREATE UNIQUE INDEX manifests_current ON manifests (repository, digest) WHERE until_position IS NULL;
-- What was held at a place in the log.
CREATE INDEX manifests_history ON manifests (repository, digest, from_position);
CREATE INDEX manifests_by_subject ON manifests (repository, subject) WHERE subject IS NOT NULL AND until_position IS NULL;

-- What a manifest is made of, in its own order. Kinds: 1 config, 2 layer, 3 child manifest of an index.
CREATE TABLE manifest_references (
    manifest   INTEGER NOT NULL,
    ordinal    INTEGER NOT NULL,
    kind       INTEGER NOT NULL CHECK (kind BETWEEN 1 AND 3),
    repository INTEGER NOT NULL,
    digest     INTEGER NOT NULL,
    size_bytes INTEGER NOT NULL,
    PRIMARY KEY (manifest, ordinal)
) STRICT, WITHOUT ROWID;
CREATE INDEX manifest_references_by_digest ON manifest_references (digest, repository);

-- Names sort as their bytes do, which is the order of the tag list.
CREATE TABLE tags (
    repository     INTEGER NOT NULL,
    name           TEXT NOT NULL,
    manifest       INTEGER NOT NULL,
    from_position  BLOB NOT NULL,
    from_at        INTEGER NOT NULL,
    until_position BLOB,
    until_at       INTEGER,
    PRIMARY KEY (repository, name, from_position)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX tags_current ON tags (repository, name) WHERE until_position IS NULL;
CREATE INDEX tags_by_manifest ON tags (manifest) WHERE until_position IS NULL;
