package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
)

// Errors of [Catalogue.Find].
var (
	ErrUnknown   = errors.New("store: no such item")
	ErrAmbiguous = errors.New("store: several items begin like this")
	ErrShort     = errors.New("store: an item id needs at least 6 hex digits")
)

// An Item is one thing taken in. Its JSON form is that of `beleg items --json`.
type Item struct {
	ID           string       `json:"id"` // hex SHA-256 of the original
	Name         string       `json:"name"`
	Kind         string       `json:"kind"`
	State        string       `json:"state"`
	Detail       string       `json:"detail,omitempty"`
	Size         int64        `json:"size"`
	Taken        string       `json:"taken"` // first intake
	Outlet       string       `json:"outlet,omitempty"`
	Place        string       `json:"place,omitempty"`
	Purpose      string       `json:"purpose,omitempty"`
	Title        string       `json:"title,omitempty"`
	URL          string       `json:"url,omitempty"`
	Note         string       `json:"note,omitempty"`
	Appearances  []Appearance `json:"appearances"` // strongest proof first
	Media        *Media       `json:"media,omitempty"`
	Text         *Text        `json:"text,omitempty"`
	Fingerprints int          `json:"fingerprints,omitempty"` // local features filed

	Index uint64 `json:"index"` // log position of the first intake
}

// An Event is one intake of an item.
type Event struct {
	Index    uint64 `json:"index"`
	Run      string `json:"run"`
	Time     string `json:"time"`
	Actor    string `json:"actor"`
	Given    string `json:"given"`
	Name     string `json:"name"`
	Size     int64  `json:"size"`
	Modified string `json:"modified"`
	Sidecar  string `json:"sidecar,omitempty"`
}

// A Derived is one analysis of an item.
type Derived struct {
	Index      uint64          `json:"index"`
	Stage      string          `json:"stage"`
	Time       string          `json:"time"`
	Engine     string          `json:"engine"`
	Parameters json.RawMessage `json:"parameters,omitempty"`
	State      string          `json:"state"`
	Detail     string          `json:"detail,omitempty"`
	Outputs    []Output        `json:"outputs,omitempty"`
}

// History is everything the catalogue knows about one item.
type History struct {
	Item
	Events      []Event           `json:"events"`
	Derivations []Derived         `json:"derivations"`
	Claims      []json.RawMessage `json:"claims"`
}

const itemColumns = "id, idx, size, name, taken, kind, state, detail, outlet, place, purpose, title, url, note, fingerprints"

func scanItem(row interface{ Scan(...any) error }) (it Item, err error) {
	err = row.Scan(&it.ID, &it.Index, &it.Size, &it.Name, &it.Taken, &it.Kind, &it.State, &it.Detail,
		&it.Outlet, &it.Place, &it.Purpose, &it.Title, &it.URL, &it.Note, &it.Fingerprints)
	return it, err
}

// page is how many items a listing reads at a time, so that a long listing holds
// neither memory nor the file.
const page = 200

// Items yields the items in the order in which they were first taken in. An empty
// state or kind means all.
func (c *Catalogue) Items(ctx context.Context, state, kind string) iter.Seq2[Item, error] {
	return func(yield func(Item, error) bool) {
		for after := int64(-1); ; {
			items, err := c.page(ctx, after, state, kind)
			if err != nil {
				yield(Item{}, fmt.Errorf("list items: %w", err))
				return
			}
			for _, it := range items {
				if !yield(it, nil) {
					return
				}
			}
			if len(items) < page {
				return
			}
			after = int64(items[len(items)-1].Index)
		}
	}
}

func (c *Catalogue) page(ctx context.Context, after int64, state, kind string) ([]Item, error) {
	items, err := query(ctx, c.read, func(r *sql.Rows) (Item, error) { return scanItem(r) },
		"SELECT "+itemColumns+` FROM item
		WHERE idx > $1 AND ($2 = '' OR state = $2) AND ($3 = '' OR kind = $3) ORDER BY idx LIMIT $4`,
		after, state, kind, page)
	if err != nil {
		return nil, err
	}
	return items, c.fill(ctx, items)
}

// Item returns the item with the id. It returns [ErrUnknown] when there is none.
func (c *Catalogue) Item(ctx context.Context, id string) (Item, error) {
	it, err := scanItem(c.read.QueryRowContext(ctx, "SELECT "+itemColumns+" FROM item WHERE id = $1", id))
	if errors.Is(err, sql.ErrNoRows) {
		return Item{}, fmt.Errorf("%w: %s", ErrUnknown, id)
	}
	if err == nil {
		one := []Item{it}
		err = c.fill(ctx, one)
		it = one[0]
	}
	if err != nil {
		return Item{}, fmt.Errorf("item %s: %w", id, err)
	}
	return it, nil
}

// ItemsOf returns the items with the ids, in the order of the ids. It returns [ErrUnknown] when one is not there.
func (c *Catalogue) ItemsOf(ctx context.Context, ids []string) ([]Item, error) {
	at := map[string]Item{}
	for some := range slices.Chunk(ids, page) {
		marks, args := make([]string, len(some)), make([]any, len(some))
		for i, id := range some {
			marks[i], args[i] = fmt.Sprintf("$%d", i+1), id
		}
		items, err := query(ctx, c.read, func(r *sql.Rows) (Item, error) { return scanItem(r) },
			"SELECT "+itemColumns+" FROM item WHERE id IN ("+strings.Join(marks, ", ")+")", args...)
		if err == nil {
			err = c.fill(ctx, items)
		}
		if err != nil {
			return nil, fmt.Errorf("read items: %w", err)
		}
		for _, it := range items {
			at[it.ID] = it
		}
	}
	out := make([]Item, len(ids))
	for i, id := range ids {
		it, ok := at[id]
		if !ok {
			return nil, fmt.Errorf("%w: %s", ErrUnknown, id)
		}
		out[i] = it
	}
	return out, nil
}

// fill reads what belongs to items, three queries for however many.
func (c *Catalogue) fill(ctx context.Context, items []Item) error {
	if len(items) == 0 {
		return nil
	}
	at, ids := map[string]*Item{}, []any{}
	marks := make([]string, len(items))
	for i := range items {
		items[i].Appearances = []Appearance{}
		at[items[i].ID] = &items[i]
		ids, marks[i] = append(ids, items[i].ID), fmt.Sprintf("$%d", i+1)
	}
	in := "IN (" + strings.Join(marks, ", ") + ")"
	each := func(text string, scan func(*Item, *sql.Rows, *string) error) error {
		_, err := query(ctx, c.read, func(r *sql.Rows) (struct{}, error) {
			var id string
			var it Item
			if err := scan(&it, r, &id); err != nil {
				return struct{}{}, err
			}
			to := at[id]
			to.Appearances = append(to.Appearances, it.Appearances...)
			to.Media, to.Text = either(to.Media, it.Media), either(to.Text, it.Text)
			return struct{}{}, nil
		}, text, ids...)
		return err
	}
	return errors.Join(
		each(`SELECT item, date, how, source, words, outlet, place, url, title FROM appearance
			WHERE item `+in+` ORDER BY item, strength, latest = '', latest, idx, n`, func(it *Item, r *sql.Rows, id *string) error {
			var a Appearance
			err := r.Scan(id, &a.Date, &a.How, &a.Source, &a.Words, &a.Outlet, &a.Place, &a.URL, &a.Title)
			it.Appearances = []Appearance{a}
			return err
		}),
		each(`SELECT item, kind, container, codec, width, height, rotation, rate, duration_ns, frames, last_ns, audio, tool
			FROM media WHERE item `+in, func(it *Item, r *sql.Rows, id *string) error {
			var m Media
			err := r.Scan(id, &m.Kind, &m.Container, &m.Codec, &m.Width, &m.Height, &m.Rotation, &m.Rate, &m.Duration, &m.Frames, &m.Last, &m.Audio, &m.Tool)
			it.Media = &m
			return err
		}),
		each(`SELECT item, lang, title, outlet, published, warnings, (SELECT COUNT(*) FROM claim WHERE claim.item = document.item)
			FROM document WHERE item `+in, func(it *Item, r *sql.Rows, id *string) error {
			var t Text
			var warnings string
			if err := r.Scan(id, &t.Lang, &t.Title, &t.Outlet, &t.Published, &warnings, &t.Claims); err != nil {
				return err
			}
			it.Text = &t
			return json.Unmarshal([]byte(warnings), &t.Warnings)
		}))
}

func either[T any](a, b *T) *T {
	if a != nil {
		return a
	}
	return b
}

// Appearances returns those of an item, strongest proof first, earlier first
// within equal proof; the order that decides "since when" is that of [Earlier].
func (c *Catalogue) Appearances(ctx context.Context, id string) ([]Appearance, error) {
	return query(ctx, c.read, func(r *sql.Rows) (a Appearance, err error) {
		err = r.Scan(&a.Date, &a.How, &a.Source, &a.Words, &a.Outlet, &a.Place, &a.URL, &a.Title)
		return a, err
	}, `SELECT date, how, source, words, outlet, place, url, title FROM appearance
		WHERE item = $1 ORDER BY strength, latest = '', latest, idx, n`, id)
}

// Find returns the id that prefix begins. It returns [ErrShort], [ErrUnknown] or [ErrAmbiguous].
func (c *Catalogue) Find(ctx context.Context, prefix string) (string, error) {
	prefix = strings.ToLower(prefix)
	if len(prefix) < 6 || strings.Trim(prefix, "0123456789abcdef") != "" {
		return "", fmt.Errorf("%w: %q", ErrShort, prefix)
	}
	ids, err := query(ctx, c.read, func(r *sql.Rows) (id string, err error) { err = r.Scan(&id); return },
		"SELECT id FROM item WHERE id >= $1 AND id < $2 ORDER BY id LIMIT 2", prefix, prefix+"g")
	return only(ids, err, "item", prefix)
}

// FindReuse returns the id of the reuse that prefix begins. It returns [ErrShort], [ErrUnknown] or [ErrAmbiguous].
func (c *Catalogue) FindReuse(ctx context.Context, prefix string) (string, error) {
	prefix = strings.ToLower(prefix)
	if len(prefix) < 6 || strings.Trim(prefix, "0123456789abcdef") != "" {
		return "", fmt.Errorf("%w: %q", ErrShort, prefix)
	}
	ids, err := query(ctx, c.read, func(r *sql.Rows) (id string, err error) { err = r.Scan(&id); return },
		"SELECT DISTINCT id FROM reuse WHERE id >= $1 AND id < $2 ORDER BY id LIMIT 2", prefix, prefix+"g")
	return only(ids, err, "reuse", prefix)
}

// only is the one id that a beginning stands for.
func only(ids []string, err error, kind, prefix string) (string, error) {
	switch {
	case err != nil:
		return "", fmt.Errorf("find %s %s: %w", kind, prefix, err)
	case len(ids) == 0:
		return "", fmt.Errorf("%w: %s", ErrUnknown, prefix)
	case len(ids) > 1:
		return "", fmt.Errorf("%w: %s", ErrAmbiguous, prefix)
	}
	return ids[0], nil
}

// History returns everything about the item with the id.
func (c *Catalogue) History(ctx context.Context, id string) (h History, err error) {
	if h.Item, err = c.Item(ctx, id); err != nil {
		return History{}, err
	}
	h.Events, err = query(ctx, c.read, func(r *sql.Rows) (e Event, err error) {
		err = r.Scan(&e.Index, &e.Run, &e.Time, &e.Actor, &e.Given, &e.Name, &e.Size, &e.Modified, &e.Sidecar)
		return e, err
	}, "SELECT idx, run, time, actor, given, name, size, modified, sidecar FROM event WHERE item = $1 ORDER BY idx", id)
	if err != nil {
		return History{}, fmt.Errorf("events of %s: %w", id, err)
	}
	if h.Derivations, err = c.derivations(ctx, id); err != nil {
		return History{}, fmt.Errorf("derivations of %s: %w", id, err)
	}
	h.Claims, err = query(ctx, c.read, func(r *sql.Rows) (json.RawMessage, error) {
		var body string
		err := r.Scan(&body)
		return json.RawMessage(body), err
	}, "SELECT body FROM claim WHERE item = $1 ORDER BY n", id)
	if err != nil {
		return History{}, fmt.Errorf("claims of %s: %w", id, err)
	}
	return h, nil
}

// Names returns the names under which the bytes of an item were taken in, in that order.
func (c *Catalogue) Names(ctx context.Context, id string) ([]string, error) {
	names, err := query(ctx, c.read, func(r *sql.Rows) (name string, err error) { err = r.Scan(&name); return },
		"SELECT name FROM event WHERE item = $1 GROUP BY name ORDER BY min(idx)", id)
	if err != nil {
		return nil, fmt.Errorf("names of %s: %w", id, err)
	}
	return names, nil
}

func (c *Catalogue) derivations(ctx context.Context, id string) ([]Derived, error) {
	list, err := query(ctx, c.read, func(r *sql.Rows) (d Derived, err error) {
		var parameters string
		err = r.Scan(&d.Index, &d.Stage, &d.Time, &d.Engine, &parameters, &d.State, &d.Detail)
		d.Parameters = json.RawMessage(parameters)
		return d, err
	}, "SELECT idx, stage, time, engine, parameters, state, detail FROM derivation WHERE item = $1 ORDER BY idx", id)
	for i := range list {
		if err == nil {
			list[i].Outputs, err = query(ctx, c.read, scanOutput,
				"SELECT role, path, sha256, size FROM output WHERE idx = $1 ORDER BY n", list[i].Index)
		}
	}
	return list, err
}

func scanOutput(r *sql.Rows) (o Output, err error) {
	err = r.Scan(&o.Role, &o.Path, &o.SHA256, &o.Size)
	return o, err
}

// A Held is a derived file with the item it was made from.
type Held struct {
	Output
	Item string
}

// Outputs returns every derived file that the latest analyses name.
func (c *Catalogue) Outputs(ctx context.Context) ([]Held, error) {
	return query(ctx, c.read, func(r *sql.Rows) (h Held, err error) {
		err = r.Scan(&h.Item, &h.Role, &h.Path, &h.SHA256, &h.Size)
		return h, err
	}, `SELECT d.item, o.role, o.path, o.sha256, o.size FROM output o JOIN derivation d ON d.idx = o.idx
		WHERE NOT EXISTS (SELECT 1 FROM derivation l WHERE l.item = d.item AND l.stage = d.stage AND l.idx > d.idx)
		ORDER BY o.idx, o.n`)
}

// Unfinished returns the run that was asked for with the same request and never
// ended, or "" when there is none.
func (c *Catalogue) Unfinished(ctx context.Context, asked Request) (run string, err error) {
	found, err := first(query(ctx, c.read, func(r *sql.Rows) (id string, err error) { err = r.Scan(&id); return },
		"SELECT id FROM run WHERE ended = '' AND asked = $1 ORDER BY idx DESC LIMIT 1", asked.line()))
	if err != nil {
		return "", fmt.Errorf("look for an unfinished run: %w", err)
	}
	if found == nil {
		return "", nil
	}
	return *found, nil
}

// Taken returns the event by which a run took in the file with this name, size and
// time, and the item it made, or ok false when the run did not come so far.
func (c *Catalogue) Taken(ctx context.Context, run string, in Intake) (id string, index uint64, ok bool, err error) {
	err = c.read.QueryRowContext(ctx, `SELECT item, idx FROM event
		WHERE run = $1 AND argument = $2 AND name = $3 AND size = $4 AND modified = $5`,
		run, in.Argument, in.Name, in.Size, in.Modified).Scan(&id, &index)
	if errors.Is(err, sql.ErrNoRows) {
		return "", 0, false, nil
	}
	return id, index, err == nil, err
}

// A querier is a database or a transaction.
type querier interface {
	QueryContext(ctx context.Context, text string, args ...any) (*sql.Rows, error)
}

func query[T any](ctx context.Context, db querier, scan func(*sql.Rows) (T, error), text string, args ...any) ([]T, error) {
	rows, err := db.QueryContext(ctx, text, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	list := []T{}
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	return list, rows.Err()
}

func first[T any](list []T, err error) (*T, error) {
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return &list[0], nil
}
