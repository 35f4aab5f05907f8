-- Splits of link ids that the koppelpunt decided: they also hold for deliveries that come later
-- than the link file that told them. Link ids mean nothing without the link files.
CREATE TABLE split (
    id            INTEGER PRIMARY KEY,
    link_from     TEXT    NOT NULL,
    institution   TEXT    NOT NULL,
    link_to       TEXT    NOT NULL,
    UNIQUE (link_from, institution, link_to)
) STRICT;
