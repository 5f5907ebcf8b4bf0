-- One row for each repository that exists, as lists show it and sort it. What the numbers count is kept up to date event by event, so that no
-- list walks over the tags of its repositories.
CREATE TABLE repository_cards (
    repository   INTEGER PRIMARY KEY,
    organization INTEGER NOT NULL,
    account      TEXT NOT NULL,
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
    creator      TEXT
) STRICT;
-- A row's number, the key, is the last column of each.
CREATE INDEX repository_cards_by_account ON repository_cards (account);
CREATE INDEX repository_cards_by_organization ON repository_cards (organization, path);
CREATE INDEX repository_cards_by_path ON repository_cards (account, path);
CREATE INDEX repository_cards_by_update ON repository_cards (account, updated_at);
CREATE INDEX repository_cards_by_size ON repository_cards (account, size_bytes);
CREATE INDEX repository_cards_by_tags ON repository_cards (account, tag_count);

-- How many tags and counted indexes name a manifest that its repository holds. One that none names is not here, and not counted.
CREATE TABLE counted_manifests (
    manifest INTEGER PRIMARY KEY,
    uses     INTEGER NOT NULL
) STRICT;

-- How many times the counted manifests of a repository name a config or layer.
CREATE TABLE counted_blobs (
    repository INTEGER NOT NULL,
    digest     INTEGER NOT NULL,
    size_bytes INTEGER NOT NULL,
    uses       INTEGER NOT NULL,
    PRIMARY KEY (repository, digest)
) STRICT, WITHOUT ROWID;
