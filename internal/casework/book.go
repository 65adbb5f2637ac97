package casework

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"time"

	"beleg/custody"
	"beleg/internal/casefile"
	"beleg/internal/intake"
	"beleg/internal/store"
)

// A Book is the state of all decisions of one data folder. It is safe for concurrent use.
type Book struct {
	Folder *intake.Folder

	mu    sync.RWMutex
	state casefile.State // guarded by mu
}

// body is that of a record: a decision, and the key it was sent with.
type body struct {
	casefile.Decision
	Key string `json:"key,omitempty"`
}

// Open reads all decisions of the folder.
func Open(ctx context.Context, folder *intake.Folder) (*Book, error) {
	b := &Book{Folder: folder}
	for d, err := range folder.Catalogue.Decisions(ctx, 0) {
		if err != nil {
			return nil, err
		}
		e, err := entry(d)
		if err != nil {
			return nil, err
		}
		b.state.Apply(e)
	}
	return b, nil
}

func entry(d store.Decided) (casefile.Entry, error) {
	e := casefile.Entry{Index: d.Index, Actor: d.Actor}
	var err error
	if e.Time, err = time.Parse(time.RFC3339Nano, d.Time); err != nil {
		return e, fmt.Errorf("read decision %d: %w", d.Index, err)
	}
	if err := json.Unmarshal(d.Body, &e.Decision); err != nil {
		return e, fmt.Errorf("read decision %d: %w", d.Index, err)
	}
	return e, nil
}

// Decide records a decision of actor. When it returns without an error the decision stands in the log. key, which
// may be empty, is chosen by whoever sends it: sent again with the same key, a decision is not recorded again and the
// entry of the first time is returned. Subjects that the decision names may be given by the beginning of their id and are
// recorded whole; one that is not there is refused. Errors are those of [casefile.State.CheckBy].
func (b *Book) Decide(ctx context.Context, actor string, d casefile.Decision, key string) (casefile.Entry, error) {
	if err := d.On.Well(); err != nil {
		return casefile.Entry{}, err
	}
	d, absent := b.whole(ctx, d)
	if absent == nil {
		absent = b.there(ctx, d)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if index, ok, err := b.Folder.Catalogue.DecisionByKey(ctx, key); err != nil {
		return casefile.Entry{}, err
	} else if ok {
		return b.recorded(actor, index, d)
	}
	if absent != nil {
		return casefile.Entry{}, absent
	}
	original, err := b.subject(ctx, d.On) // what is not there cannot have changed in the meantime either
	if err != nil {
		return casefile.Entry{}, err
	}
	if err := b.state.CheckBy(actor, d); err != nil {
		return casefile.Entry{}, err
	}
	// A person who closes the page has decided all the same: what was begun is finished.
	ctx = context.WithoutCancel(ctx)
	r, err := b.Folder.Record(ctx, store.KindDecision, actor, original, body{d, key})
	if r.Time.IsZero() {
		return casefile.Entry{}, fmt.Errorf("record decision on %s: %w", d.On, err)
	}
	// Durable from here on, even when the catalogue could not be brought up to date: that is tried again later.
	e := casefile.Entry{Index: r.Index, Time: r.Time, Actor: actor, Decision: d}
	b.state.Apply(e)
	return e, err
}

// there refuses a decision on a claim or contradiction that is not there; items and reuses are looked up as it is recorded.
func (b *Book) there(ctx context.Context, d casefile.Decision) error {
	if d.On.Kind() == casefile.OnContradiction {
		return b.found(ctx, d.On)
	}
	return cmp.Or(b.filable(ctx, d), b.checkClaim(ctx, d))
}

// recorded returns the entry that was recorded with a key before; another decision with the same key is an error.
func (b *Book) recorded(actor string, index uint64, d casefile.Decision) (casefile.Entry, error) {
	for _, e := range b.state.History(d.On) {
		if e.Index == index && e.Actor == actor && sameDecision(e.Decision, d) {
			return e, nil
		}
	}
	return casefile.Entry{}, &casefile.InvalidError{Field: "key", Detail: "was used for another decision; choose a new one"}
}

// sameDecision reports whether two decisions say the same, however their JSON is spaced.
func sameDecision(a, b casefile.Decision) bool {
	return a.On == b.On && a.Do == b.Do && a.Base == b.Base && a.Reason == b.Reason && bytes.Equal(canonical(a.With), canonical(b.With))
}

// canonical writes JSON with its names in order, as records do.
func canonical(b json.RawMessage) []byte {
	var v any
	if json.Unmarshal(b, &v) != nil {
		return b
	}
	out, err := json.Marshal(v)
	if err != nil {
		return b
	}
	return out
}

// subject checks that an item or reuse to decide on is there, and returns the original that a decision concerns.
func (b *Book) subject(ctx context.Context, on casefile.Subject) (custody.Digest, error) {
	item := ""
	switch on.Kind() {
	case casefile.OnItem:
		it, err := b.Folder.Catalogue.Item(ctx, on.ID())
		if err != nil {
			return custody.Digest{}, fmt.Errorf("%s: %w: %w", on, casefile.ErrUnknown, err)
		}
		item = it.ID
	case casefile.OnReuse:
		u, err := b.Folder.Catalogue.Reuse(ctx, on.ID())
		if err != nil {
			return custody.Digest{}, fmt.Errorf("%s: %w: %w", on, casefile.ErrUnknown, err)
		}
		item = u.Item
	case casefile.OnClaim:
		it, _, ok := ClaimItem(on)
		if !ok {
			return custody.Digest{}, fmt.Errorf("%s: %w", on, casefile.ErrUnknown)
		}
		item = it
	}
	if item == "" {
		return custody.Digest{}, nil
	}
	return custody.ParseDigest(item)
}

// Look calls f with the state as it is now. f must not keep the state, nor call the Book.
func (b *Book) Look(f func(*casefile.State)) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	f(&b.state)
}

// History lists the decisions on a subject, oldest first.
func (b *Book) History(on casefile.Subject) (list []casefile.Entry) {
	b.Look(func(s *casefile.State) { list = s.History(on) })
	return list
}

// ClaimItem takes the subject of a claim apart: the item whose text holds it, and its number there, from 1.
func ClaimItem(on casefile.Subject) (item string, n int, ok bool) {
	id := on.ID()
	if on.Kind() != casefile.OnClaim || len(id) < 66 || id[64] != '-' {
		return "", 0, false
	}
	_, err := fmt.Sscanf(id[65:], "%d", &n)
	_, digest := custody.ParseDigest(id[:64])
	return id[:64], n, err == nil && digest == nil && n > 0
}

// Version is the number of decisions on a subject: the Base of the next one.
func (b *Book) Version(on casefile.Subject) (n uint64) {
	b.Look(func(s *casefile.State) { n = s.Version(on) })
	return n
}

// NewCaseID makes an id out of the title of a case: words a person recognises, and 26 letters and digits of 128 random bits, so
// that nobody finds a case by trying ids.
func NewCaseID(title string) string {
	id := []rune(casefile.Slug(title))
	if len(id) > 40 {
		id = id[:40]
	}
	return strings.TrimPrefix(strings.Trim(string(id), "-")+"-"+strings.ToLower(rand.Text()), "-")
}

var freshCaseID = regexp.MustCompile(`^([\pL\pN]+-){0,20}[a-z2-7]{26}$`)

// FreshCaseID reports whether an id has the form of those that [NewCaseID] makes. Whoever opens a case at the desk must give such
// a one: by asking to open others nobody learns which there are.
func FreshCaseID(id string) bool { return len(id) <= 200 && freshCaseID.MatchString(id) }
