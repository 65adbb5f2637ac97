-- The catalogue: a projection of the custody records, never a source.
-- Times are RFC 3339 text in UTC, sizes bytes, media times nanoseconds since the first frame.

-- +goose Up
CREATE TABLE progress (
    one  INTEGER PRIMARY KEY CHECK (one = 1),
    next BIGINT NOT NULL -- log index of the first record not yet projected
);
INSERT INTO progress (one, next) VALUES (1, 0);

CREATE TABLE run (
    id      TEXT PRIMARY KEY,
    idx     BIGINT NOT NULL, -- log index of the record that began it
    began   TEXT NOT NULL,
    ended   TEXT NOT NULL DEFAULT '',
    actor   TEXT NOT NULL,
    host    TEXT NOT NULL,
    program TEXT NOT NULL,
    asked   TEXT NOT NULL -- what was asked for, one line of JSON: equal text is the same request
);

CREATE TABLE item (
    id      TEXT PRIMARY KEY, -- hex SHA-256 of the original
    idx     BIGINT NOT NULL,  -- log index of the first intake
    size    BIGINT NOT NULL,
    name    TEXT NOT NULL,    -- of the first run that took it in, relative to what was given
    taken   TEXT NOT NULL,    -- time of the first intake
    kind    TEXT NOT NULL,
    state   TEXT NOT NULL,    -- pending, complete, partial, unreadable, refused, kept
    detail  TEXT NOT NULL DEFAULT '',
    outlet  TEXT NOT NULL DEFAULT '',
    place   TEXT NOT NULL DEFAULT '',
    purpose TEXT NOT NULL DEFAULT '',
    title   TEXT NOT NULL DEFAULT '',
    url     TEXT NOT NULL DEFAULT '',
    note    TEXT NOT NULL DEFAULT '',
    fingerprints BIGINT NOT NULL DEFAULT 0 -- local features filed
);
CREATE UNIQUE INDEX item_idx ON item (idx);
CREATE INDEX item_state ON item (state);

CREATE TABLE event (
    idx      BIGINT PRIMARY KEY, -- log index
    item     TEXT NOT NULL,
    run      TEXT NOT NULL,
    time     TEXT NOT NULL,
    actor    TEXT NOT NULL,
    argument INTEGER NOT NULL,   -- which argument of the run it came from, from 0
    given    TEXT NOT NULL,      -- last element of that argument
    name     TEXT NOT NULL,      -- relative to the argument
    size     BIGINT NOT NULL,
    modified TEXT NOT NULL,      -- the file's own time, as the file system had it
    sidecar  TEXT NOT NULL DEFAULT ''
);
CREATE INDEX event_item ON event (item, idx);
CREATE INDEX event_run ON event (run, argument, name);

CREATE TABLE appearance (
    idx      BIGINT NOT NULL,  -- log index of the record that states it
    n        INTEGER NOT NULL, -- position in that record
    item     TEXT NOT NULL,
    date     TEXT NOT NULL,    -- EDTF
    earliest TEXT NOT NULL,    -- first instant the date covers, '' when open
    latest   TEXT NOT NULL,    -- last, '' when open
    how      TEXT NOT NULL,    -- trusted, log, page, metadata, stated
    strength INTEGER NOT NULL, -- order of proof: 0 strongest
    source   TEXT NOT NULL,    -- flag, table line, tag or file that gave it
    words    TEXT NOT NULL DEFAULT '',
    outlet   TEXT NOT NULL DEFAULT '',
    place    TEXT NOT NULL DEFAULT '',
    url      TEXT NOT NULL DEFAULT '',
    title    TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (idx, n)
);
CREATE INDEX appearance_item ON appearance (item, strength, latest);

CREATE TABLE derivation (
    idx        BIGINT PRIMARY KEY,
    item       TEXT NOT NULL,
    stage      TEXT NOT NULL, -- footage, text
    time       TEXT NOT NULL,
    engine     TEXT NOT NULL,
    parameters TEXT NOT NULL, -- JSON
    state      TEXT NOT NULL,
    detail     TEXT NOT NULL DEFAULT ''
);
CREATE INDEX derivation_item ON derivation (item, idx);

CREATE TABLE output (
    idx    BIGINT NOT NULL,
    n      INTEGER NOT NULL,
    role   TEXT NOT NULL,
    path   TEXT NOT NULL, -- below the data folder, with slashes
    sha256 TEXT NOT NULL,
    size   BIGINT NOT NULL,
    PRIMARY KEY (idx, n)
);

CREATE TABLE media (
    item        TEXT PRIMARY KEY,
    kind        TEXT NOT NULL,
    container   TEXT NOT NULL,
    codec       TEXT NOT NULL,
    width       INTEGER NOT NULL,
    height      INTEGER NOT NULL,
    rotation    INTEGER NOT NULL,
    rate        TEXT NOT NULL,
    duration_ns BIGINT NOT NULL,
    frames      BIGINT NOT NULL,
    last_ns     BIGINT NOT NULL,
    audio       INTEGER NOT NULL,
    tool        TEXT NOT NULL
);

CREATE TABLE document (
    item      TEXT PRIMARY KEY,
    lang      TEXT NOT NULL,
    title     TEXT NOT NULL,
    outlet    TEXT NOT NULL,
    published TEXT NOT NULL, -- EDTF or ''
    text_path TEXT NOT NULL,
    text_size BIGINT NOT NULL,
    warnings  TEXT NOT NULL  -- JSON array of strings
);

CREATE TABLE claim (
    item     TEXT NOT NULL,
    n        INTEGER NOT NULL,
    state    TEXT NOT NULL, -- suggested, confirmed, refused
    body     TEXT NOT NULL, -- the claim, JSON
    PRIMARY KEY (item, n)
);

-- +goose Down
DROP TABLE claim;
DROP TABLE document;
DROP TABLE media;
DROP TABLE output;
DROP TABLE derivation;
DROP TABLE appearance;
DROP TABLE event;
DROP TABLE item;
DROP TABLE run;
DROP TABLE progress;
