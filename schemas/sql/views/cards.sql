-- One row for each repository that exists, as lists show it and sort it. What the numbers count is kept up to date event by event, so that no
-- list walks over the tags of its repositories. An account's rows are small and stand side by side: a list that looks for something reads them
-- all in one sweep.
CREATE TABLE repository_cards (
    account      TEXT NOT NULL,
    repository   INTEGER NOT NULL,
    organization INTEGER NOT NULL,
    -- The name inside the organization.
    path         TEXT NOT NULL,
    category     TEXT NOT NULL,
    public       INTEGER NOT NULL CHECK (public IN (0, 1)),
    -- Of the configs and layers of all manifests that a tag names, directly or through an index; each digest counts once.
    size_bytes   INTEGER NOT NULL,
    tag_count    INTEGER NOT NULL,
    created_at   INTEGER NOT NULL,
    -- The last change of a tag, a manifest or a property.
    updated_at   INTEGER NOT NULL,
    creator      TEXT,
    PRIMARY KEY (account, repository)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX repository_cards_current ON repository_cards (repository);
CREATE INDEX repository_cards_by_organization ON repository_cards (organization);
CREATE INDEX repository_cards_by_path ON repository_cards (account, path, repository);
CREATE INDEX repository_cards_by_update ON repository_cards (account, updated_at, repository);
CREATE INDEX repository_cards_by_size ON repository_cards (account, size_bytes, repository);
CREATE INDEX repository_cards_by_tags ON repository_cards (account, tag_count, repository);

-- How many tags name a manifest that its repository holds, and how many times indexes that have a tag list it. One that neither does is not
-- here, and not counted.
CREATE TABLE counted_manifests (
    manifest INTEGER PRIMARY KEY,
    tags     INTEGER NOT NULL,
    listings INTEGER NOT NULL
) STRICT;

-- How many times the counted manifests of a repository name a config or layer.
CREATE TABLE counted_blobs (
    repository INTEGER NOT NULL,
    digest     INTEGER NOT NULL,
    size_bytes INTEGER NOT NULL,
    uses       INTEGER NOT NULL CHECK (uses >= 0),
    PRIMARY KEY (repository, digest)
) STRICT, WITHOUT ROWID;
