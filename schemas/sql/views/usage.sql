-- What is used: pulls, bytes, access keys. The counts of a repository, whose sum stands on its card, go with it.
CREATE TABLE manifest_downloads (
    repository INTEGER NOT NULL,
    digest     INTEGER NOT NULL,
    pulls      INTEGER NOT NULL,
    -- The last of them. Where the event that counted it does not say when, when that was recorded.
    last_at    INTEGER NOT NULL,
    PRIMARY KEY (repository, digest)
) STRICT, WITHOUT ROWID;

-- Days are numbered from 1970 in UTC. A day without a row had no downloads.
CREATE TABLE account_download_days (
    account TEXT NOT NULL,
    day     INTEGER NOT NULL,
    bytes   INTEGER NOT NULL,
    PRIMARY KEY (account, day)
) STRICT, WITHOUT ROWID;

-- What the account's repositories held before the first event of a day. On a day without a row nothing changed.
CREATE TABLE account_storage_days (
    account TEXT NOT NULL,
    day     INTEGER NOT NULL,
    bytes   INTEGER NOT NULL,
    PRIMARY KEY (account, day)
) STRICT, WITHOUT ROWID;

CREATE TABLE access_key_uses (
    access_key TEXT NOT NULL PRIMARY KEY,
    used_at    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
