-- Words and stems of items, claims and whole texts, for search: words folded by store.Words and found by their
-- beginning, stems as they are. Nothing but the index is kept; the rows' numbers are item.idx, and item.idx * 1048576 + claim.n.
-- The tables called terms show what is in an index, so that it can be checked.
-- stem is every stem of the archive, and stem_part finds those that another is part of: compounds.

-- +goose Up
DROP TABLE item_words;
DROP TABLE claim_words;
CREATE VIRTUAL TABLE item_words USING fts5 (words, stems, content = '', contentless_delete = 1, prefix = '2 3 4');
CREATE VIRTUAL TABLE claim_words USING fts5 (words, stems, content = '', contentless_delete = 1, prefix = '2 3 4');
CREATE VIRTUAL TABLE text_words USING fts5 (words, stems, content = '', contentless_delete = 1, prefix = '2 3 4');
CREATE TABLE stem (
    id   INTEGER PRIMARY KEY,
    stem TEXT NOT NULL UNIQUE
);
CREATE VIRTUAL TABLE stem_part USING fts5 (stem, content = 'stem', content_rowid = 'id', tokenize = 'trigram');
CREATE VIRTUAL TABLE item_terms USING fts5vocab (item_words, instance);
CREATE VIRTUAL TABLE claim_terms USING fts5vocab (claim_words, instance);
CREATE VIRTUAL TABLE text_terms USING fts5vocab (text_words, instance);
CREATE VIRTUAL TABLE part_terms USING fts5vocab (stem_part, instance);
CREATE INDEX item_outlet ON item (outlet, idx);
CREATE INDEX item_kind ON item (kind, idx);

-- +goose Down
DROP INDEX item_outlet;
DROP INDEX item_kind;
DROP TABLE part_terms;
DROP TABLE text_terms;
DROP TABLE claim_terms;
DROP TABLE item_terms;
DROP TABLE stem_part;
DROP TABLE stem;
DROP TABLE text_words;
DROP TABLE claim_words;
DROP TABLE item_words;
