package casework

import (
	"context"
	"maps"
	"slices"
	"time"

	"beleg/internal/casefile"
	"beleg/internal/intake"
	"beleg/internal/words"
)

// Why a reuse is set apart.
const (
	Recurs     = "recurs"     // many items of the archive show it
	Suppressed = "suppressed" // a person called it an ident or a studio, here or where it was seen before
)

// An Apart says why a reuse is set apart from footage that was shown before: it is likely an ident, a studio, a map or a
// test card. It is shown all the same, after the others.
type Apart struct {
	Why   string    `json:"why"`
	Items int       `json:"items,omitempty"` // that show it, when it recurs
	By    string    `json:"by,omitempty"`    // who suppressed it
	When  time.Time `json:"when,omitzero"`
	Reuse string    `json:"reuse,omitempty"` // that was decided on
}

// In says it in words.
func (a *Apart) In(w words.Words) string {
	if a.Why == Suppressed {
		return w.Say("apart.suppressed", a.By, a.When.Format(time.DateOnly))
	}
	return w.Say("apart.recurs", a.Items)
}

// A suppression is a stretch of an item that a person suppressed.
type suppression struct {
	item     string
	from, to int64 // milliseconds, half-open; equal for a photo
	apart    Apart
}

// Apart says for each reuse of the list why it is set apart, nil when it is not. A decision to suppress goes for every
// stretch of the item that it names on either side, and for what else the archive holds of a stretch that it
// goes for, as far as the list tells. Another decision on a reuse itself stands above both.
func (b *Book) Apart(ctx context.Context, list []intake.Reuse) ([]*Apart, error) {
	all, err := b.suppressions(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]*Apart, len(list))
	here := map[string][]suppression{} // by item: what is suppressed in what the list says of it
	for i, r := range list {
		for _, s := range all {
			if s.covers(r.Earlier, r.AStart, r.AEnd) || s.covers(r.Item, r.BStart, r.BEnd) {
				out[i] = &s.apart
				here[r.Item] = append(here[r.Item], suppression{r.Item, r.BStart, r.BEnd, s.apart})
				break
			}
		}
	}
	for i, r := range list {
		for _, s := range here[r.Item] {
			if out[i] == nil && 2*common(s.from, s.to, r.BStart, r.BEnd) > r.BEnd-r.BStart {
				out[i] = &s.apart
			}
		}
		if out[i] == nil && r.Recurring {
			out[i] = &Apart{Why: Recurs, Items: r.Recurs}
		}
	}
	b.Look(func(s *casefile.State) {
		for i, r := range list {
			if is, _ := s.Reuse(casefile.On(casefile.OnReuse, r.ID)); r.ID != "" && is.Is != "" && is.Is != casefile.Suppress {
				out[i] = nil
			}
		}
	})
	return out, nil
}

// suppressions returns both sides of every reuse that a person suppressed.
func (b *Book) suppressions(ctx context.Context) (out []suppression, err error) {
	decided := map[string]Apart{}
	b.Look(func(s *casefile.State) {
		for _, on := range s.Subjects(casefile.OnReuse) {
			if is, d := s.Reuse(on); is.Is == casefile.Suppress {
				decided[on.ID()] = Apart{Why: Suppressed, By: d.By, When: d.At, Reuse: on.ID()}
			}
		}
	})
	for _, id := range slices.Sorted(maps.Keys(decided)) {
		r, err := b.Folder.Reuse(ctx, id)
		if err != nil {
			return nil, err
		}
		out = append(out, suppression{r.Earlier, r.AStart, r.AEnd, decided[id]}, suppression{r.Item, r.BStart, r.BEnd, decided[id]})
	}
	return out, nil
}

// covers reports whether most of a stretch was suppressed; a photo is as a whole.
func (s suppression) covers(item string, from, to int64) bool {
	if s.item != item {
		return false
	}
	return from == to && s.from == s.to || 2*common(s.from, s.to, from, to) > to-from
}

// common returns how long two stretches share, in milliseconds.
func common(a0, a1, b0, b1 int64) int64 { return max(min(a1, b1)-max(a0, b0), 0) }
