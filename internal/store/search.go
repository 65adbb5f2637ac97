package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"
)

// claimsPerItem bounds the numbers of an item's claims in claim_words.
const claimsPerItem = 1 << 20

// itemWords files the words of an item anew.
func (p *projection) itemWords(id string) {
	if p.err != nil {
		return
	}
	var idx int64
	var s [8]string
	p.err = p.tx.QueryRowContext(p.ctx, "SELECT idx, id, name, title, outlet, place, note, url, purpose FROM item WHERE id = $1", id).
		Scan(&idx, &s[0], &s[1], &s[2], &s[3], &s[4], &s[5], &s[6], &s[7])
	if p.err == sql.ErrNoRows { // a record of an item that no intake names
		p.err = nil
		return
	}
	p.file("item_words", idx, newStemmer(""), strings.Join(s[:], "\n"))
}

// textWords files the words of the whole text of an item anew. A text that is gone or was changed is not filed.
func (p *projection) textWords(id, lang string, out Output) {
	idx, ok := p.indexOf(id)
	if !ok {
		return
	}
	p.exec("DELETE FROM text_words WHERE rowid = $1", idx)
	if b, ok := p.derived(out); ok {
		p.file("text_words", idx, newStemmer(lang), string(b))
	}
}

// claimWords files the words of the claims of an item anew.
func (p *projection) claimWords(id string) {
	idx, ok := p.indexOf(id)
	if !ok {
		return
	}
	p.exec("DELETE FROM claim_words WHERE rowid >= $1 AND rowid < $2", idx*claimsPerItem, (idx+1)*claimsPerItem)
	list, err := query(p.ctx, p.tx, func(r *sql.Rows) (s Suggestion, err error) {
		var body string
		err = r.Scan(&s.N, &body)
		s.Body = json.RawMessage(body)
		return s, err
	}, "SELECT n, body FROM claim WHERE item = $1 ORDER BY n LIMIT $2", id, claimsPerItem)
	if err != nil {
		p.err = err
		return
	}
	stems := newStemmer("")
	for _, s := range list {
		text, err := s.words()
		if err != nil {
			p.err = err
			return
		}
		p.file("claim_words", idx*claimsPerItem+int64(s.N), stems, text)
	}
}

// words are those by which a claim is found.
func (s Suggestion) words() (string, error) {
	var c struct {
		Content, Source, Channel string
		Places                   []string
	}
	if err := json.Unmarshal(s.Body, &c); err != nil {
		return "", fmt.Errorf("claim %d of %s: %w", s.N, s.Item, err)
	}
	return strings.Join(append(c.Places, c.Content, c.Source, c.Channel), "\n"), nil
}

// indexOf returns the log index of an item; false when no intake names it.
func (p *projection) indexOf(id string) (idx int64, ok bool) {
	if p.err != nil {
		return 0, false
	}
	switch err := p.tx.QueryRowContext(p.ctx, "SELECT idx FROM item WHERE id = $1", id).Scan(&idx); err {
	case nil:
		return idx, true
	case sql.ErrNoRows:
	default:
		p.err = err
	}
	return 0, false
}

// file puts a text into an index under a number, and its stems among those of the archive.
func (p *projection) file(index string, n int64, s *stemmer, text string) {
	words := Words(text)
	var stems []string
	fresh := map[string]bool{}
	for _, w := range words {
		for _, stem := range s.stems(w) {
			stems = append(stems, stem)
			if len(stem) >= shortPart && len(stem) <= longestStem {
				fresh[stem] = true
			}
		}
	}
	p.exec("DELETE FROM "+index+" WHERE rowid = $1", n)
	p.exec("INSERT INTO "+index+" (rowid, words, stems) VALUES ($1, $2, $3)", n, strings.Join(words, " "), strings.Join(stems, " "))
	p.stems(fresh)
}

// longestStem is the longest that is looked into for compounds, in bytes; what is longer is hardly a word.
const longestStem = 80

// stems adds to those of the archive.
func (p *projection) stems(fresh map[string]bool) {
	if p.err != nil || len(fresh) == 0 {
		return
	}
	list, err := json.Marshal(slices.Sorted(maps.Keys(fresh)))
	if err != nil {
		panic("store: stems are plain text: " + err.Error())
	}
	var last int64
	if p.err = p.tx.QueryRowContext(p.ctx, "SELECT COALESCE(MAX(id), 0) FROM stem").Scan(&last); p.err != nil {
		return
	}
	p.exec("INSERT INTO stem (stem) SELECT value FROM json_each($1) WHERE value NOT IN (SELECT stem FROM stem) ORDER BY value", string(list))
	p.exec("INSERT INTO stem_part (rowid, stem) SELECT id, stem FROM stem WHERE id > $1", last)
}

// mostCompounds bounds how many compounds of one word are searched for.
const mostCompounds = 1000

// Expand looks up which words of the archive are compounds with words of the query, so that a search finds them.
func (c *Catalogue) Expand(ctx context.Context, q Query) (Query, error) {
	q.words = append([]askedWord(nil), q.words...)
	for i := range q.words {
		a := &q.words[i]
		for _, part := range a.stems {
			list, err := c.compounds(ctx, part)
			if err != nil {
				return q, fmt.Errorf("search compounds: %w", err)
			}
			a.also = append(a.also, list...)
		}
	}
	return q, nil
}

// compounds returns the stems of the archive that hold a part, the shortest first.
func (c *Catalogue) compounds(ctx context.Context, part string) ([]string, error) {
	if utf8.RuneCountInString(part) < shortPart {
		return nil, nil
	}
	text := func(r *sql.Rows) (s string, err error) { err = r.Scan(&s); return }
	list, err := query(ctx, c.read, text, `SELECT stem FROM stem_part WHERE stem_part MATCH $1 AND stem <> $2 ORDER BY length(stem), stem LIMIT $3`,
		fmt.Sprintf("%q", part), part, 10*mostCompounds)
	if err != nil {
		return nil, err
	}
	known, err := c.parts(ctx, list, part)
	if err != nil {
		return nil, err
	}
	out := list[:0]
	for _, stem := range list {
		if len(out) < mostCompounds && holds(stem, part, func(s string) bool { return known[s] }) {
			out = append(out, stem)
		}
	}
	return out, nil
}

// parts says which of the stretches that may be left over beside a part are stems of the archive.
func (c *Catalogue) parts(ctx context.Context, list []string, part string) (map[string]bool, error) {
	asked := map[string]bool{}
	for _, stem := range list {
		for before, after := range around(stem, part) {
			for _, rest := range append(unlinked(before), unlinked(after)...) {
				asked[rest] = true
			}
		}
	}
	body, err := json.Marshal(slices.Sorted(maps.Keys(asked)))
	if err != nil {
		return nil, err
	}
	found, err := query(ctx, c.read, func(r *sql.Rows) (s string, err error) { err = r.Scan(&s); return },
		"SELECT stem FROM stem WHERE stem IN (SELECT value FROM json_each($1))", string(body))
	known := map[string]bool{}
	for _, s := range found {
		known[s] = true
	}
	return known, err
}

// SearchItems returns at most limit items in whose id, name, title, outlet, place, note, address or purpose each word of
// the query is found, the latest taken in first, and how many there are in all.
func (c *Catalogue) SearchItems(ctx context.Context, q Query, limit int) ([]Item, int, error) {
	if q.Empty() {
		return nil, 0, nil
	}
	return c.choose(ctx, Choice{Limit: limit, query: q, about: true})
}

// A TextHit is an item in whose text a query was found.
type TextHit struct {
	Item Item
	Text Output // the derived text
}

// SearchTexts returns at most limit items in whose whole text each word of the query is found, those with the words
// themselves before those with compounds, by how much they are about them; and how many there are in all.
func (c *Catalogue) SearchTexts(ctx context.Context, q Query, limit int) (list []TextHit, total int, err error) {
	if q.Empty() {
		return nil, 0, nil
	}
	n, err := first(query(ctx, c.read, func(r *sql.Rows) (n int, err error) { err = r.Scan(&n); return },
		"SELECT COUNT(*) FROM text_words WHERE text_words MATCH $1", q.expression(all)))
	if err != nil {
		return nil, 0, fmt.Errorf("search texts: %w", err)
	}
	ids, err := query(ctx, c.read, func(r *sql.Rows) (id string, err error) { err = r.Scan(&id); return },
		`SELECT item.id FROM text_words JOIN item ON item.idx = text_words.rowid WHERE text_words MATCH $1
		ORDER BY text_words.rowid NOT IN (SELECT rowid FROM text_words WHERE text_words MATCH $2), bm25(text_words, 2.0, 1.0), item.idx DESC LIMIT $3`,
		q.expression(all), q.expression(near), limit)
	if err != nil {
		return nil, 0, fmt.Errorf("search texts: %w", err)
	}
	items, err := c.ItemsOf(ctx, ids)
	if err != nil {
		return nil, 0, err
	}
	for _, it := range items {
		out, _, err := c.Latest(ctx, it.ID, RoleText)
		if err != nil {
			return nil, 0, err
		}
		list = append(list, TextHit{it, out})
	}
	return list, *n, nil
}

// SearchClaims returns at most limit suggested claims in which each word of the query is found, those of the items
// taken in latest first, and how many there are in all.
func (c *Catalogue) SearchClaims(ctx context.Context, q Query, limit int) (list []Suggestion, total int, err error) {
	if q.Empty() {
		return nil, 0, nil
	}
	n, err := first(query(ctx, c.read, func(r *sql.Rows) (n int, err error) { err = r.Scan(&n); return },
		"SELECT COUNT(*) FROM claim_words WHERE claim_words MATCH $1", q.expression(all)))
	if err == nil {
		list, err = query(ctx, c.read, func(r *sql.Rows) (s Suggestion, err error) {
			var body string
			err = r.Scan(&s.Item, &s.N, &body)
			s.Body = json.RawMessage(body)
			return s, err
		}, `SELECT claim.item, claim.n, claim.body FROM (SELECT rowid AS at FROM claim_words WHERE claim_words MATCH $1 ORDER BY rowid DESC LIMIT $2) AS found
			JOIN item ON item.idx = found.at / $3 JOIN claim ON claim.item = item.id AND claim.n = found.at % $3 ORDER BY found.at DESC`, q.expression(all), limit, claimsPerItem)
	}
	if err != nil {
		return nil, 0, fmt.Errorf("search claims: %w", err)
	}
	return list, *n, nil
}

// Unsearched counts the items whose words cannot be found, or not all of them: not yet looked into, or texts not read to the end.
func (c *Catalogue) Unsearched(ctx context.Context) (int, error) {
	n, err := first(query(ctx, c.read, func(r *sql.Rows) (n int, err error) { err = r.Scan(&n); return },
		"SELECT COUNT(*) FROM item WHERE state = $1 OR state IN ($2, $3) AND kind IN ($4, $5)", Pending, Unreadable, Partial, Article, Document))
	if err != nil {
		return 0, fmt.Errorf("count what cannot be searched: %w", err)
	}
	return *n, nil
}
