-- What the file is: the version of the views in it, and how far into the event log they have come.
-- A position in a checkpoint is the text 'a:b'.
CREATE TABLE checkpoint (
    only_row          INTEGER PRIMARY KEY CHECK (only_row = 1),
    version           TEXT NOT NULL,
    position          TEXT NOT NULL,
    -- The event at that position and the place right before it: they show whether the log is still the one that was read.
    event_id          BLOB,
    previous_position TEXT NOT NULL
) STRICT;
