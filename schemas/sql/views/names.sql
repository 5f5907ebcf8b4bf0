-- Long names that many rows repeat, each kept once under a small number. Numbers are given in the order of the log and
-- rows are never deleted, so that a rebuild gives the same numbers.
CREATE TABLE digests (
    id   INTEGER PRIMARY KEY,
    -- 32 bytes are a SHA-256, 64 a SHA-512.
    hash BLOB NOT NULL UNIQUE
) STRICT;

CREATE TABLE organization_names (
    id   INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE repository_names (
    id   INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
) STRICT;
