-- What claims are found by. Texts are folded: lower case, composed.

-- +goose Up
DROP TABLE claim;
CREATE TABLE claim (
    item    TEXT NOT NULL,
    n       INTEGER NOT NULL,
    state   TEXT NOT NULL, -- suggested, confirmed, refused
    kind    TEXT NOT NULL,
    source  TEXT NOT NULL, -- as named and as resolved, one a line; '' is the author
    place   TEXT NOT NULL, -- one a line
    content TEXT NOT NULL,
    earliest TEXT NOT NULL, -- first day it speaks about, YYYY-MM-DD; '' when open or unknown
    latest   TEXT NOT NULL, -- last day, '' when open or unknown
    body    TEXT NOT NULL, -- the claim, JSON
    PRIMARY KEY (item, n)
);
CREATE INDEX claim_kind ON claim (kind);
CREATE INDEX claim_time ON claim (earliest, latest);

CREATE TABLE claim_figure (
    item TEXT NOT NULL,
    n    INTEGER NOT NULL, -- of the claim
    k    INTEGER NOT NULL, -- in the claim, from 0
    low  DOUBLE PRECISION NOT NULL, -- the number named, or the lower end of a range
    high DOUBLE PRECISION NOT NULL,
    unit TEXT NOT NULL, -- unit and counted words, folded
    PRIMARY KEY (item, n, k)
);
CREATE INDEX claim_figure_high ON claim_figure (high);

-- +goose Down
DROP TABLE claim_figure;
DROP TABLE claim;
