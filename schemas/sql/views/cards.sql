-- One row for each repository that exists, as lists show it and sort it. What the numbers count is kept up to date event by event, so that no
-- list walks over the tags of its repositories. Rows are small, and an account's stand side by side, by organization: a list that looks for
-- something reads them, or those of the organizations that somebody sees, in one sweep. The account and the creator are numbers of event_terms:
-- they stand in every row and in every entry of the indexes.
CREATE TABLE repository_cards (
    account      INTEGER NOT NULL,
    organization INTEGER NOT NULL,
    repository   INTEGER NOT NULL,
    -- The name inside the organization.
    path         TEXT NOT NULL,
    category     TEXT NOT NULL,
    public       INTEGER NOT NULL CHECK (public IN (0, 1)),
    -- Of the configs and layers of all manifests that a tag names, directly or through an index; each digest counts once.
    size_bytes   INTEGER NOT NULL,
    tag_count    INTEGER NOT NULL,
    -- How often its manifests were pulled: recorded once a minute at most, and no push changes it.
    pull_count   INTEGER NOT NULL,
    created_at   INTEGER NOT NULL,
    -- The last change of a tag, a manifest or a property.
    updated_at   INTEGER NOT NULL,
    creator      INTEGER,
    PRIMARY KEY (account, organization, repository)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX repository_cards_current ON repository_cards (repository);
-- An entry tells of what kind its card is, so that lists of a kind are walked over without a look at the cards.
CREATE INDEX repository_cards_by_number ON repository_cards (account, repository, category, public);
CREATE INDEX repository_cards_by_path ON repository_cards (account, path, repository, category, public);
CREATE INDEX repository_cards_by_update ON repository_cards (account, updated_at, repository, category, public);
CREATE INDEX repository_cards_by_tags ON repository_cards (account, tag_count, repository, category, public);
CREATE INDEX repository_cards_by_size ON repository_cards (account, size_bytes, repository, category, public);
CREATE INDEX repository_cards_by_pulls ON repository_cards (account, pull_count, repository, category, public);

-- How many cards of a kind an account has in an organization: what lists are counted by. Where there is none, there is no row.
CREATE TABLE card_counts (
    account      INTEGER NOT NULL,
    organization INTEGER NOT NULL,
    category     TEXT NOT NULL,
    public       INTEGER NOT NULL CHECK (public IN (0, 1)),
    cards        INTEGER NOT NULL CHECK (cards >= 0),
    PRIMARY KEY (account, organization, category, public)
) STRICT, WITHOUT ROWID;

-- Some of an account's cards, the boundaries, with how many cards there are before them in an order of lists: a page far inside a list is
-- walked to from the last one before it. Which cards are boundaries is told by their numbers.
CREATE TABLE card_stretches (
    account    INTEGER NOT NULL,
    -- 1 for the path, 2 for the last change, 3 for the number of tags, 4 for the size, 5 for the pulls.
    sorted_by  INTEGER NOT NULL CHECK (sorted_by BETWEEN 1 AND 5),
    -- What the boundary is sorted by, and its number.
    key        ANY NOT NULL,
    repository INTEGER NOT NULL,
    -- How many cards there are from the boundary before it up to it, in four bytes for each kind: private and public of each category.
    cards      BLOB NOT NULL,
    PRIMARY KEY (account, sorted_by, key, repository)
) STRICT, WITHOUT ROWID;

-- The names inside the organizations, as many in a row as go on a page of the file: a search by a part of a name reads them instead of the
-- cards. A row has those of an account whose numbers are not below its own and below the next row's, one a line, in the order of the numbers.
CREATE TABLE card_names (
    id      INTEGER PRIMARY KEY,
    account INTEGER NOT NULL,
    first   INTEGER NOT NULL,
    names   TEXT NOT NULL,
    UNIQUE (account, first)
) STRICT;

-- Where the names of a row stand, in the order of its lines: the numbers of the repository and of its organization, in eight bytes each.
CREATE TABLE card_places (
    names  INTEGER PRIMARY KEY,
    places BLOB NOT NULL
) STRICT;

-- How many times an account's names have changed: as long as they have not, they need not be read anew.
CREATE TABLE card_name_changes (
    account INTEGER PRIMARY KEY,
    changes INTEGER NOT NULL
) STRICT;

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
