-- Repositories, what people say about them, their manifests and their tags. A user that is NULL is nobody that is a user.
CREATE TABLE repositories (
    repository     INTEGER NOT NULL,
    account        TEXT NOT NULL,
    creator        TEXT,
    from_position  BLOB NOT NULL,
    from_at        INTEGER NOT NULL,
    until_position BLOB,
    until_at       INTEGER,
    PRIMARY KEY (repository, from_position)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX repositories_current ON repositories (repository) WHERE until_position IS NULL;

-- Before the first row of a repository its category is 'other'.
CREATE TABLE repository_categories (
    repository     INTEGER NOT NULL,
    category       TEXT NOT NULL,
    from_position  BLOB NOT NULL,
    from_at        INTEGER NOT NULL,
    until_position BLOB,
    until_at       INTEGER,
    PRIMARY KEY (repository, from_position)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX repository_categories_current ON repository_categories (repository) WHERE until_position IS NULL;

-- Before the first row of a repository its description is empty. Descriptions are long: only what shows them reads them.
CREATE TABLE repository_descriptions (
    id             INTEGER PRIMARY KEY,
    repository     INTEGER NOT NULL,
    from_position  BLOB NOT NULL,
    from_at        INTEGER NOT NULL,
    until_position BLOB,
    until_at       INTEGER,
    description    TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX repository_descriptions_current ON repository_descriptions (repository) WHERE until_position IS NULL;
CREATE UNIQUE INDEX repository_descriptions_history ON repository_descriptions (repository, from_position);

-- A manifest that was deleted and pushed again has two rows.
CREATE TABLE manifests (
    id             INTEGER PRIMARY KEY,
    repository     INTEGER NOT NULL,
    digest         INTEGER NOT NULL,
    media_type     TEXT NOT NULL,
    size_bytes     INTEGER NOT NULL,
    -- Of its config and layers, each counted once.
    content_bytes  INTEGER NOT NULL,
    artifact_type  TEXT,
    -- What it runs on, one a line: operating system, architecture and variant with slashes between. NULL where nothing is said.
    platforms      TEXT,
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

-- Names sort as their bytes do, which is the order of the tag list. A row is one manifest's time under a name; the number of the first
-- row since the repository was created is the tag's number for clients.
CREATE TABLE tags (
    id             INTEGER PRIMARY KEY,
    repository     INTEGER NOT NULL,
    name           TEXT NOT NULL,
    manifest       INTEGER NOT NULL,
    -- Which user pointed the tag at the manifest, and which one away from it.
    pushed_by      TEXT,
    ended_by       TEXT,
    from_position  BLOB NOT NULL,
    from_at        INTEGER NOT NULL,
    until_position BLOB,
    until_at       INTEGER
) STRICT;
CREATE UNIQUE INDEX tags_current ON tags (repository, name) WHERE until_position IS NULL;
CREATE UNIQUE INDEX tags_history ON tags (repository, name, from_position);
CREATE INDEX tags_by_manifest ON tags (manifest) WHERE until_position IS NULL;
CREATE INDEX tags_by_time ON tags (repository, from_at, name) WHERE until_position IS NULL;
