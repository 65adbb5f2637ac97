package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"strings"
)

// A Decided is one record of a decision. Its Body is as it stands in the record.
type Decided struct {
	Index       uint64
	Time, Actor string
	Body        json.RawMessage
}

// Decisions yields the decisions from log index from on, in log order.
func (c *Catalogue) Decisions(ctx context.Context, from uint64) iter.Seq2[Decided, error] {
	return func(yield func(Decided, error) bool) {
		for {
			list, err := query(ctx, c.read, scanDecided,
				"SELECT idx, time, actor, body FROM decision WHERE idx >= $1 ORDER BY idx LIMIT $2", from, page)
			if err != nil {
				yield(Decided{}, fmt.Errorf("list decisions: %w", err))
				return
			}
			for _, d := range list {
				if !yield(d, nil) {
					return
				}
				from = d.Index + 1
			}
			if len(list) < page {
				return
			}
		}
	}
}

func scanDecided(r *sql.Rows) (d Decided, err error) {
	var body string
	err = r.Scan(&d.Index, &d.Time, &d.Actor, &body)
	d.Body = json.RawMessage(body)
	return d, err
}

// DecisionByKey returns the log index of the decision that was sent with a key, and whether there is one.
func (c *Catalogue) DecisionByKey(ctx context.Context, key string) (uint64, bool, error) {
	index, err := first(query(ctx, c.read, func(r *sql.Rows) (i uint64, err error) { err = r.Scan(&i); return },
		"SELECT idx FROM decision WHERE key = $1 ORDER BY idx LIMIT 1", key))
	if err != nil || index == nil || key == "" {
		return 0, false, err
	}
	return *index, true, nil
}

// A Reuse is a stretch of an item that was shown before, as a check found it.
type Reuse struct {
	ID, Item, Earlier string
	Index             uint64 // log index of the check
	Current           bool   // the latest check of the item found it
	Body              json.RawMessage
}

const reuseColumns = "SELECT id, item, earlier, idx, current, body FROM reuse "

func scanReuse(r *sql.Rows) (u Reuse, err error) {
	var body string
	var current int
	err = r.Scan(&u.ID, &u.Item, &u.Earlier, &u.Index, &current, &body)
	u.Current, u.Body = current != 0, json.RawMessage(body)
	return u, err
}

// Reuses returns those of an item, by place in the check; of all items when item is "".
func (c *Catalogue) Reuses(ctx context.Context, item string) ([]Reuse, error) {
	return query(ctx, c.read, scanReuse, reuseColumns+"WHERE $1 = '' OR item = $1 ORDER BY item, n, id", item)
}

// ReusesOf returns the reuses of other items that show an item.
func (c *Catalogue) ReusesOf(ctx context.Context, earlier string) ([]Reuse, error) {
	return query(ctx, c.read, scanReuse, reuseColumns+"WHERE earlier = $1 ORDER BY item, n, id", earlier)
}

// Reuse returns the one with an id, or [ErrUnknown].
func (c *Catalogue) Reuse(ctx context.Context, id string) (Reuse, error) {
	u, err := first(query(ctx, c.read, scanReuse, reuseColumns+"WHERE id = $1", id))
	if err == nil && u == nil {
		err = fmt.Errorf("%w: reuse %s", ErrUnknown, id)
	}
	if err != nil {
		return Reuse{}, err
	}
	return *u, nil
}

// Checked reports whether an item was ever compared with the archive, and when last.
func (c *Catalogue) Checked(ctx context.Context, item string) (at string, ok bool, err error) {
	t, err := first(query(ctx, c.read, func(r *sql.Rows) (t string, err error) { err = r.Scan(&t); return },
		"SELECT time FROM derivation WHERE item = $1 AND stage = $2 ORDER BY idx DESC LIMIT 1", item, StageCheck))
	if err != nil || t == nil {
		return "", false, err
	}
	return *t, true, nil
}

// EngineOf returns what made the latest analysis of an item in a stage; "" when there is none.
func (c *Catalogue) EngineOf(ctx context.Context, item, stage string) (string, error) {
	e, err := first(query(ctx, c.read, func(r *sql.Rows) (e string, err error) { err = r.Scan(&e); return },
		"SELECT engine FROM derivation WHERE item = $1 AND stage = $2 ORDER BY idx DESC LIMIT 1", item, stage))
	if err != nil || e == nil {
		return "", err
	}
	return *e, nil
}

// Latest returns the derived file of a role that the latest analysis of an item made, or false.
func (c *Catalogue) Latest(ctx context.Context, item, role string) (Output, bool, error) {
	o, err := first(query(ctx, c.read, scanOutput, `SELECT o.role, o.path, o.sha256, o.size FROM output o
		JOIN derivation d ON d.idx = o.idx WHERE d.item = $1 AND o.role = $2 ORDER BY o.idx DESC LIMIT 1`, item, role))
	if err != nil || o == nil {
		return Output{}, false, err
	}
	return *o, true, nil
}

// Orders of a listing.
const (
	ByTaken  = ""       // the latest taken in first
	ByOldest = "oldest" // the first taken in first
	ByName   = "name"
	ByOutlet = "outlet"
	ByPublic = "public" // the earliest dated first, whoever says so
)

// Orders are all of them.
var Orders = []string{ByTaken, ByOldest, ByName, ByOutlet, ByPublic}

// orders are the clauses for them; each ends with what is unique, so that pages never repeat or lose an item.
var orders = map[string]string{
	ByTaken: "idx DESC", ByOldest: "idx", ByName: "name COLLATE NOCASE, idx", ByOutlet: "outlet = '', outlet COLLATE NOCASE, idx DESC",
	ByPublic: "(SELECT MIN(latest) FROM appearance a WHERE a.item = item.id AND a.latest <> ''), idx",
}

// A Choice selects items for a listing. Empty fields select all.
type Choice struct {
	Kind, State, Outlet string
	Words               string // each must be found in id, name, title, outlet, place, note, address or purpose, or each in the whole text
	From, To            string // EDTF: said to have been public then, between the first day of From and the last of To
	Order               string // one of [Orders]
	Before              int64  // log index: only items first taken in before it; 0 for no limit
	Skip                int    // how many of the order come before those wanted
	Limit               int

	query Query // made of Words
	about bool  // look for the words in what is said about items alone
}

// Choose returns the items of a choice in its order, and how many there are in all.
func (c *Catalogue) Choose(ctx context.Context, ch Choice) (list []Item, total int, err error) {
	if ch.query, err = c.Expand(ctx, Ask(ch.Words)); err != nil {
		return nil, 0, fmt.Errorf("choose items: %w", err)
	}
	return c.choose(ctx, ch)
}

func (c *Catalogue) choose(ctx context.Context, ch Choice) (list []Item, total int, err error) {
	shown, total, err := c.chosen(ctx, ch)
	if err == nil {
		list, err = c.ItemsOf(ctx, shown)
	}
	if err != nil {
		return nil, 0, fmt.Errorf("choose items: %w", err)
	}
	return list, total, nil
}

// chosen returns the ids of a page of items, and how many there are in all.
func (c *Catalogue) chosen(ctx context.Context, ch Choice) (page []string, total int, err error) {
	where, args := ch.where()
	counted, err := first(query(ctx, c.read, func(r *sql.Rows) (n int, err error) { err = r.Scan(&n); return },
		"SELECT COUNT(*) FROM item WHERE "+where, args...))
	if err != nil {
		return nil, 0, err
	}
	if ch.Before > 0 {
		args = append(args, ch.Before)
		where += fmt.Sprintf(" AND idx < $%d", len(args))
	}
	args = append(args, ch.Limit, ch.Skip)
	page, err = query(ctx, c.read, func(r *sql.Rows) (id string, err error) { err = r.Scan(&id); return },
		fmt.Sprintf("SELECT id FROM item WHERE %s ORDER BY %s LIMIT $%d OFFSET $%d", where, orders[ch.Order], len(args)-1, len(args)), args...)
	return page, *counted, err
}

func (ch Choice) where() (string, []any) {
	parts, args := []string{"1 = 1"}, []any{}
	add := func(format, v string) {
		args = append(args, v)
		parts = append(parts, fmt.Sprintf(format, len(args)))
	}
	for _, f := range []struct{ column, value string }{{"kind", ch.Kind}, {"state", ch.State}, {"outlet", ch.Outlet}} {
		if f.value != "" {
			add(f.column+" = $%d", f.value)
		}
	}
	const dated = "EXISTS (SELECT 1 FROM appearance a WHERE a.item = item.id AND a.how <> 'log' AND a.earliest || a.latest <> '' AND "
	if from, _ := bounds(ch.From); from != "" {
		add(dated+"(a.latest = '' OR a.latest >= $%d))", from)
	}
	if _, to := bounds(ch.To); to != "" {
		add(dated+"(a.earliest = '' OR a.earliest <= $%d))", to)
	}
	switch q := ch.query; {
	case !q.Empty() && ch.about:
		add("idx IN (SELECT rowid FROM item_words WHERE item_words MATCH $%d)", q.expression(all))
	case !q.Empty():
		add("idx IN (SELECT rowid FROM item_words WHERE item_words MATCH $%[1]d UNION SELECT rowid FROM text_words WHERE text_words MATCH $%[1]d)", q.expression(all))
	case strings.TrimSpace(ch.Words) != "":
		parts = append(parts, "1 = 0") // signs alone are no words
	}
	return strings.Join(parts, " AND "), args
}

// Outlets returns those of the items, by name.
func (c *Catalogue) Outlets(ctx context.Context) ([]string, error) {
	list, err := query(ctx, c.read, func(r *sql.Rows) (s string, err error) { err = r.Scan(&s); return },
		"SELECT DISTINCT outlet FROM item WHERE outlet <> '' ORDER BY outlet COLLATE NOCASE, outlet")
	if err != nil {
		return nil, fmt.Errorf("list outlets: %w", err)
	}
	return list, nil
}

// Tally counts the items by kind and by state.
func (c *Catalogue) Tally(ctx context.Context) (kinds, states map[string]int, err error) {
	count := func(column string) map[string]int {
		out := map[string]int{}
		list, e := query(ctx, c.read, func(r *sql.Rows) (p struct {
			name string
			n    int
		}, err error) {
			err = r.Scan(&p.name, &p.n)
			return p, err
		}, "SELECT "+column+", COUNT(*) FROM item GROUP BY "+column)
		err = errors.Join(err, e)
		for _, p := range list {
			out[p.name] = p.n
		}
		return out
	}
	return count("kind"), count("state"), err
}

// ClaimCount returns how many claims were suggested in all.
func (c *Catalogue) ClaimCount(ctx context.Context) (int, error) {
	n, err := first(query(ctx, c.read, func(r *sql.Rows) (n int, err error) { err = r.Scan(&n); return }, "SELECT COUNT(*) FROM claim"))
	if err != nil {
		return 0, fmt.Errorf("count claims: %w", err)
	}
	return *n, nil
}
