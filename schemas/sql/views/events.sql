-- Which events belong to which account, and what they are looked for by. The events themselves are in the log alone: there is a row for
-- almost every one of them, so it is narrow, and words and ids stand in it as numbers of event_terms.
CREATE TABLE event_terms (
    id   INTEGER PRIMARY KEY,
    term TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE account_events (
    account      INTEGER NOT NULL,
    position     BLOB NOT NULL,
    -- The place right before it in the log, whoever that event belongs to: from there it is read.
    previous     BLOB NOT NULL,
    at           INTEGER NOT NULL,
    actor        INTEGER,
    type         INTEGER NOT NULL,
    stream_type  INTEGER NOT NULL,
    -- The stream's id as a term; of a blob link the digest. What an organization or repository names, its own column does.
    subject      INTEGER,
    -- What it is about, whichever stream it stands in.
    organization INTEGER,
    repository   INTEGER,
    PRIMARY KEY (account, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX account_events_by_repository ON account_events (account, repository, position) WHERE repository IS NOT NULL;

-- The stretches of an account's events that were recorded in the same hour since 1970: each from behind one place until behind the next
-- row's. Times are almost in the order of the log and not quite, since clocks are set; this is exact all the same.
CREATE TABLE account_event_hours (
    account INTEGER NOT NULL,
    behind  BLOB NOT NULL,
    hour    INTEGER NOT NULL,
    PRIMARY KEY (account, behind)
) STRICT, WITHOUT ROWID;
