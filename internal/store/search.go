package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Words returns the words of a text as they are searched for: lower case, ae, oe, ue and ss for the letters that
// German writes so where it must, and no other marks on letters. Everything that is neither letter nor digit parts words.
func Words(text string) []string {
	s := german.Replace(strings.ToLower(norm.NFC.String(text)))
	var b strings.Builder
	for _, r := range norm.NFD.String(s) {
		switch {
		case unicode.Is(unicode.Mn, r):
		case unicode.IsLetter(r), unicode.IsNumber(r):
			b.WriteRune(r)
		default:
			b.WriteByte(' ')
		}
	}
	return strings.Fields(b.String())
}

var german = strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "ß", "ss")

// Matches reports whether each word of a query begins a word of the texts: the slow twin of the index, for what
// is held in memory.
func Matches(query []string, texts ...string) bool {
	words := Words(strings.Join(texts, "\n"))
	for _, q := range query {
		found := false
		for _, w := range words {
			found = found || strings.HasPrefix(w, q)
		}
		if !found {
			return false
		}
	}
	return len(query) > 0
}

// match makes an expression that holds where each word begins a word. Words hold letters and digits alone, so
// nothing in them is an operator.
func match(words []string) string {
	var b strings.Builder
	for _, w := range words {
		fmt.Fprintf(&b, `"%s"* `, w)
	}
	return b.String()
}

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
	p.exec("DELETE FROM item_words WHERE rowid = $1", idx)
	p.exec("INSERT INTO item_words (rowid, item, words) VALUES ($1, $2, $3)", idx, id, strings.Join(Words(strings.Join(s[:], "\n")), " "))
}

// claimWords files the words of the claims of an item anew.
func (p *projection) claimWords(id string) {
	if p.err != nil {
		return
	}
	var idx int64
	if p.err = p.tx.QueryRowContext(p.ctx, "SELECT idx FROM item WHERE id = $1", id).Scan(&idx); p.err != nil {
		if p.err == sql.ErrNoRows {
			p.err = nil
		}
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
	for _, s := range list {
		var c struct {
			Content, Source, Channel string
			Places                   []string
		}
		if err := json.Unmarshal(s.Body, &c); err != nil {
			p.err = fmt.Errorf("claim %d of %s: %w", s.N, id, err)
			return
		}
		words := Words(strings.Join(append(c.Places, c.Content, c.Source, c.Channel), "\n"))
		p.exec("INSERT INTO claim_words (rowid, item, words) VALUES ($1, $2, $3)", idx*claimsPerItem+int64(s.N), id, strings.Join(words, " "))
	}
}

// SearchClaims returns at most limit suggested claims in which each word of text begins a word, those of the items
// taken in latest first, and how many there are in all. A text without words finds nothing.
func (c *Catalogue) SearchClaims(ctx context.Context, text string, limit int) (list []Suggestion, total int, err error) {
	words := Words(text)
	if len(words) == 0 {
		return nil, 0, nil
	}
	n, err := first(query(ctx, c.read, func(r *sql.Rows) (n int, err error) { err = r.Scan(&n); return },
		"SELECT COUNT(*) FROM claim_words WHERE claim_words MATCH $1", match(words)))
	if err == nil {
		list, err = query(ctx, c.read, func(r *sql.Rows) (s Suggestion, err error) {
			var body string
			err = r.Scan(&s.Item, &s.N, &body)
			s.Body = json.RawMessage(body)
			return s, err
		}, `SELECT claim.item, claim.n, claim.body FROM (SELECT rowid AS at, item FROM claim_words WHERE claim_words MATCH $1 ORDER BY rowid DESC LIMIT $2) AS found
			JOIN claim ON claim.item = found.item AND claim.n = found.at % $3 ORDER BY found.at DESC`, match(words), limit, claimsPerItem)
	}
	if err != nil {
		return nil, 0, fmt.Errorf("search claims: %w", err)
	}
	return list, *n, nil
}
