CREATE TABLE delivery (
    id            INTEGER PRIMARY KEY,
    institution   TEXT    NOT NULL,
    number        INTEGER NOT NULL,
    delivery_id   TEXT    NOT NULL UNIQUE,
    period_from   TEXT    NOT NULL,
    period_until  TEXT    NOT NULL,
    digest        TEXT    NOT NULL UNIQUE,
    manifest      TEXT    NOT NULL,
    clients       INTEGER NOT NULL,
    content_rows  INTEGER NOT NULL,
    received_at   TEXT    NOT NULL,
    replaced_by   INTEGER REFERENCES delivery (id),
    correction    TEXT,
    UNIQUE (institution, number)
) STRICT;

CREATE TABLE link_file (
    id            INTEGER PRIMARY KEY,
    digest        TEXT    NOT NULL UNIQUE,
    number        INTEGER NOT NULL UNIQUE,
    manifest      TEXT    NOT NULL,
    received_at   TEXT    NOT NULL
) STRICT;

CREATE TABLE snapshot (
    id            INTEGER PRIMARY KEY,
    digest        TEXT    NOT NULL,
    inputs        TEXT    NOT NULL,
    persons       INTEGER NOT NULL,
    content_rows  INTEGER NOT NULL,
    made_at       TEXT    NOT NULL
) STRICT;

CREATE TABLE run (
    id            INTEGER PRIMARY KEY,
    digest        TEXT    NOT NULL UNIQUE,
    inputs        TEXT    NOT NULL,
    code_version  TEXT    NOT NULL,
    finished_at   TEXT    NOT NULL
) STRICT;

CREATE TABLE release (
    number        INTEGER PRIMARY KEY,
    digest        TEXT    NOT NULL,
    run           TEXT    NOT NULL,
    author        TEXT    NOT NULL,
    checkers      TEXT    NOT NULL,
    released_at   TEXT    NOT NULL
) STRICT;

CREATE TABLE event (
    id            INTEGER PRIMARY KEY,
    at            TEXT    NOT NULL,
    what          TEXT    NOT NULL,
    object        TEXT    NOT NULL,
    outcome       TEXT    NOT NULL
) STRICT;

CREATE TRIGGER event_is_only_added_to_u BEFORE UPDATE ON event
BEGIN SELECT RAISE(ABORT, 'audit events are only added to'); END;
CREATE TRIGGER event_is_only_added_to_d BEFORE DELETE ON event
BEGIN SELECT RAISE(ABORT, 'audit events are only added to'); END;

CREATE TRIGGER release_is_only_added_to_u BEFORE UPDATE ON release
BEGIN SELECT RAISE(ABORT, 'releases are only added to'); END;
CREATE TRIGGER release_is_only_added_to_d BEFORE DELETE ON release
BEGIN SELECT RAISE(ABORT, 'releases are only added to'); END;
