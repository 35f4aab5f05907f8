-- Who was erased: by the number of the withdrawal, with counts only.
CREATE TABLE erasure (
    id            INTEGER PRIMARY KEY,
    request       TEXT    NOT NULL UNIQUE,
    digest        TEXT    NOT NULL,
    institution   TEXT    NOT NULL,
    content_rows  INTEGER NOT NULL,
    erased_at     TEXT    NOT NULL
) STRICT;

CREATE TRIGGER erasure_is_only_added_to_u BEFORE UPDATE ON erasure
BEGIN SELECT RAISE(ABORT, 'erasures are only added to'); END;
CREATE TRIGGER erasure_is_only_added_to_d BEFORE DELETE ON erasure
BEGIN SELECT RAISE(ABORT, 'erasures are only added to'); END;

-- When the results of a run went, because a client in them was erased.
ALTER TABLE run ADD COLUMN removed_at TEXT;
