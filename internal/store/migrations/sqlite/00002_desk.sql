-- What people decided, and which stretches of items were shown before.

-- +goose Up
CREATE TABLE decision (
    idx     BIGINT PRIMARY KEY, -- log index
    time    TEXT NOT NULL,
    actor   TEXT NOT NULL,
    subject TEXT NOT NULL,      -- kind/id
    key     TEXT NOT NULL,      -- chosen by whoever sent it, so that sending it twice records it once; may be ''
    body    TEXT NOT NULL       -- the decision, JSON
);
CREATE INDEX decision_subject ON decision (subject, idx);
CREATE INDEX decision_key ON decision (key);

CREATE TABLE reuse (
    id      TEXT PRIMARY KEY,
    item    TEXT NOT NULL,      -- shows it
    earlier TEXT NOT NULL,      -- was shown before
    idx     BIGINT NOT NULL,    -- log index of the check that found it last
    n       INTEGER NOT NULL,   -- place in that check
    current INTEGER NOT NULL,   -- 1 when the latest check of the item found it
    body    TEXT NOT NULL       -- the match, JSON
);
CREATE INDEX reuse_item ON reuse (item, n);
CREATE INDEX reuse_earlier ON reuse (earlier);

-- +goose Down
DROP TABLE reuse;
DROP TABLE decision;
