-- The event log. The columns aggregate_type to metadata have the names that cqrs-es' own stores give them.
CREATE TABLE events (
    position       INTEGER PRIMARY KEY AUTOINCREMENT, -- the global order; never given out twice
    aggregate_type TEXT    NOT NULL,
    aggregate_id   TEXT    NOT NULL,
    sequence       INTEGER NOT NULL CHECK (sequence > 0),
    event_type     TEXT    NOT NULL,
    event_version  TEXT    NOT NULL,
    payload        TEXT    NOT NULL, -- JSON
    metadata       TEXT    NOT NULL, -- JSON, an object of texts
    event_id       BLOB    NOT NULL, -- 16 bytes of a UUID
    command_id     BLOB    NOT NULL, -- 16 bytes of a UUID
    recorded_at    INTEGER NOT NULL, -- microseconds since 1970-01-01 UTC; less than in the row before only where the clock went back by more than a minute
    UNIQUE (aggregate_type, aggregate_id, sequence)
) STRICT;

CREATE TRIGGER events_are_not_updated BEFORE UPDATE ON events
BEGIN
    SELECT RAISE(ABORT, 'events are never updated');
END;

CREATE TRIGGER events_are_not_deleted BEFORE DELETE ON events
BEGIN
    SELECT RAISE(ABORT, 'events are never deleted');
END;

-- INSERT OR REPLACE deletes without asking the trigger above.
CREATE TRIGGER events_are_not_replaced BEFORE INSERT ON events
WHEN EXISTS (SELECT 1 FROM events WHERE position = NEW.position)
  OR EXISTS (SELECT 1 FROM events
             WHERE aggregate_type = NEW.aggregate_type AND aggregate_id = NEW.aggregate_id AND sequence = NEW.sequence)
BEGIN
    SELECT RAISE(ABORT, 'events are never replaced');
END;
