-- Records that could not be read when the catalogue came to them: what they said is missing here until they are restored.

-- +goose Up
CREATE TABLE damage (
    idx    BIGINT PRIMARY KEY, -- log index of the record
    detail TEXT NOT NULL       -- what was wrong with it
);

-- +goose Down
DROP TABLE damage;
