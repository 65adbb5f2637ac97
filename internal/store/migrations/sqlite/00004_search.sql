-- Words of items and claims, folded by store.Words, for search by the beginning of words.
-- The rows' numbers are item.idx, and item.idx * 1048576 + claim.n.

-- +goose Up
CREATE VIRTUAL TABLE item_words USING fts5 (item UNINDEXED, words, prefix = '2 3 4');
CREATE VIRTUAL TABLE claim_words USING fts5 (item UNINDEXED, words, prefix = '2 3 4');

-- +goose Down
DROP TABLE claim_words;
DROP TABLE item_words;
