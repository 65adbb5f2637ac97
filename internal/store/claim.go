package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"iter"
	"strings"

	"golang.org/x/text/unicode/norm"

	"beleg/claim"
)

// Suggested is the state of a claim that no person has decided about.
const Suggested = "suggested"

// A StoredClaim is a claim of an item. Its JSON form is that of `beleg claims --json`: a line as `beleg read --json`
// prints it, with the item's id as doc, and what the catalogue knows beside it.
type StoredClaim struct {
	claim.Line
	State     string `json:"state"`
	Name      string `json:"name"` // of the item
	Outlet    string `json:"outlet,omitempty"`
	Published string `json:"published,omitempty"` // EDTF

	item  uint64 // log index of the item
	place int    // of the claim in the item
}

// A ClaimFilter says which claims are listed. Empty fields ask for nothing; texts are found in any case, anywhere.
type ClaimFilter struct {
	Item   string // id
	State  string
	Kind   string
	Source string // as named or as resolved
	Place  string
	Text   string // of the content
	From   string // YYYY-MM-DD: speaks about this day or a later one
	To     string // YYYY-MM-DD: speaks about this day or an earlier one
	Figure *Range
}

// A Range is what a number named in a claim must touch.
type Range struct {
	Low, High float64 // both inclusive; infinite where open
	Unit      string  // found in its unit or counted words
}

// fold makes texts comparable.
func fold(s string) string { return norm.NFC.String(strings.ToLower(s)) }

// like makes a pattern that finds s anywhere.
func like(s string) string {
	return "%" + strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`).Replace(fold(s)) + "%"
}

// Claims yields the claims that f lets through, in the order of their items and texts.
func (c *Catalogue) Claims(ctx context.Context, f ClaimFilter) iter.Seq2[StoredClaim, error] {
	return func(yield func(StoredClaim, error) bool) {
		for item, n := int64(-1), -1; ; {
			list, err := c.claimPage(ctx, f, item, n)
			if err != nil {
				yield(StoredClaim{}, fmt.Errorf("list claims: %w", err))
				return
			}
			for _, s := range list {
				if !yield(s, nil) {
					return
				}
			}
			if len(list) < page {
				return
			}
			last := list[len(list)-1]
			item, n = int64(last.item), last.place
		}
	}
}

func (c *Catalogue) claimPage(ctx context.Context, f ClaimFilter, item int64, n int) ([]StoredClaim, error) {
	figure := Range{}
	if f.Figure != nil {
		figure = *f.Figure
	}
	return query(ctx, c.read, scanClaim, `SELECT c.body, c.state, i.name, i.outlet, COALESCE(d.published, ''), i.idx, c.n
		FROM claim c JOIN item i ON i.id = c.item LEFT JOIN document d ON d.item = c.item
		WHERE (i.idx > $1 OR i.idx = $1 AND c.n > $2)
			AND ($3 = '' OR c.item = $3) AND ($4 = '' OR c.state = $4) AND ($5 = '' OR c.kind = $5)
			AND ($6 = '' OR c.source LIKE $7 ESCAPE '\') AND ($8 = '' OR c.place LIKE $9 ESCAPE '\') AND ($10 = '' OR c.content LIKE $11 ESCAPE '\')
			AND ($12 = '' OR c.earliest <> '' AND c.latest = '' OR c.latest >= $12) AND ($13 = '' OR c.latest <> '' AND c.earliest = '' OR c.earliest <> '' AND c.earliest <= $13)
			AND ($14 = 0 OR EXISTS (SELECT 1 FROM claim_figure g WHERE g.item = c.item AND g.n = c.n AND g.high >= $15 AND g.low <= $16 AND g.unit LIKE $17 ESCAPE '\'))
		ORDER BY i.idx, c.n LIMIT $18`,
		item, n, f.Item, f.State, f.Kind, f.Source, like(f.Source), f.Place, like(f.Place), f.Text, like(f.Text), f.From, f.To,
		flag(f.Figure != nil), figure.Low, figure.High, like(figure.Unit), page)
}

func scanClaim(r *sql.Rows) (s StoredClaim, err error) {
	var body string
	if err := r.Scan(&body, &s.State, &s.Name, &s.Outlet, &s.Published, &s.item, &s.place); err != nil {
		return s, err
	}
	return s, json.Unmarshal([]byte(body), &s.Line)
}

// claim writes the rows of one line of a claims file.
func (p *projection) claim(id string, n int, body []byte) error {
	var l claim.Line
	if err := json.Unmarshal(body, &l); err != nil {
		return err
	}
	sources := l.SourceAlso
	if l.Source != nil {
		sources = append([]string{*l.Source}, sources...)
	}
	earliest, latest := "", ""
	if l.About != nil {
		earliest, latest = deref(l.About.Start), deref(l.About.End)
	}
	p.exec(`INSERT INTO claim (item, n, state, kind, source, place, content, earliest, latest, body)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		id, n, Suggested, string(l.Kind), fold(strings.Join(sources, "\n")), fold(strings.Join(l.Places, "\n")), fold(l.Content), earliest, latest, string(body))
	for k, f := range l.Figures {
		p.exec(`INSERT INTO claim_figure (item, n, k, low, high, unit) VALUES ($1, $2, $3, $4, $5, $6)`,
			id, n, k, f.Value, max(f.Value, f.Max), fold(f.Unit+"\n"+f.Of))
	}
	return nil
}

func deref(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// A Suggestion is a claim as the text engine suggested it: a line in the form of docs/format/claim.md.
type Suggestion struct {
	Item string
	N    int // place in the text's list, from 0
	Body json.RawMessage
}

// Suggestions returns the suggested claims of an item, in text order; those of all items when item is "".
func (c *Catalogue) Suggestions(ctx context.Context, item string) ([]Suggestion, error) {
	list, err := query(ctx, c.read, func(r *sql.Rows) (s Suggestion, err error) {
		var body string
		err = r.Scan(&s.Item, &s.N, &body)
		s.Body = json.RawMessage(body)
		return s, err
	}, "SELECT item, n, body FROM claim WHERE $1 = '' OR item = $1 ORDER BY item, n", item)
	if err != nil {
		return nil, fmt.Errorf("list suggested claims: %w", err)
	}
	return list, nil
}

// A ClaimTally says how many claims the text engine suggested in an item.
type ClaimTally struct {
	Item   string
	Claims int
}

// ClaimTallies returns one for each item with claims, by id.
func (c *Catalogue) ClaimTallies(ctx context.Context) ([]ClaimTally, error) {
	list, err := query(ctx, c.read, func(r *sql.Rows) (t ClaimTally, err error) { err = r.Scan(&t.Item, &t.Claims); return },
		"SELECT item, COUNT(*) FROM claim GROUP BY item ORDER BY item")
	if err != nil {
		return nil, fmt.Errorf("count suggested claims: %w", err)
	}
	return list, nil
}

// ClaimSources returns the sources that claims name, as they name them, each once.
func (c *Catalogue) ClaimSources(ctx context.Context) ([]string, error) {
	list, err := query(ctx, c.read, func(r *sql.Rows) (s string, err error) { err = r.Scan(&s); return },
		"SELECT DISTINCT json_extract(body, '$.source') AS source FROM claim WHERE source <> '' AND json_extract(body, '$.source') IS NOT NULL ORDER BY 1")
	if err != nil {
		return nil, fmt.Errorf("list sources of claims: %w", err)
	}
	return list, nil
}
