-- A release that is being written: its file may be there or not yet.
CREATE TABLE pending_release (
    number        INTEGER PRIMARY KEY,
    digest        TEXT    NOT NULL,
    run           TEXT    NOT NULL,
    author        TEXT    NOT NULL,
    checkers      TEXT    NOT NULL,
    released_at   TEXT    NOT NULL
) STRICT;

-- The joined rows that a run was computed on, by the digest of their inputs.
ALTER TABLE run ADD COLUMN snapshot TEXT;
