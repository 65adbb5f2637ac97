package casework

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"beleg/internal/casefile"
	"beleg/match"
)

// Missing says what is missing in a case before it is signed by two persons and may be published; the first is the next step.
func (b *Book) Missing(ctx context.Context, f *Findings) ([]casefile.Gap, error) {
	var w casefile.Waiting
	var err error
	if w.Undecided, err = b.undecided(ctx, f); err != nil {
		return nil, err
	}
	b.Look(func(s *casefile.State) {
		suggested := func(on casefile.Subject) bool { return s.Status(on).Status == casefile.Suggested }
		for _, on := range f.Case.Claims() {
			if suggested(on) {
				w.Unread = append(w.Unread, on)
			}
		}
		for _, c := range f.Contradictions {
			if suggested(c.On) {
				w.Contradictory = append(w.Contradictory, c.On)
			}
		}
	})
	return casefile.Missing(f.Case, w), nil
}

// undecided are the reuses that are filed, and those of items that are filed or whose pictures a claim is linked with, that
// nobody decided on, that are believable and not set apart.
func (b *Book) undecided(ctx context.Context, f *Findings) (out []casefile.Subject, err error) {
	var items []string
	item := func(on casefile.Subject) {
		if on.Kind() == casefile.OnItem && !slices.Contains(items, on.ID()) {
			items = append(items, on.ID())
		}
	}
	for _, e := range f.Case.Evidence {
		item(e.What)
		if r, ok := f.Reuses[e.What]; ok && r.Is == "" {
			out = append(out, e.What)
		}
	}
	for _, l := range f.Case.Links {
		item(l.Item)
	}
	for _, id := range items {
		list, err := b.Folder.Reuses(ctx, id)
		if err != nil {
			return nil, err
		}
		apart, err := b.Apart(ctx, list)
		if err != nil {
			return nil, err
		}
		b.Look(func(s *casefile.State) {
			for i, r := range list {
				on := casefile.On(casefile.OnReuse, r.ID)
				if is, _ := s.Reuse(on); is.Is == "" && apart[i] == nil && r.Strength() == match.Believable && !slices.Contains(out, on) {
					out = append(out, on)
				}
			}
		})
	}
	return out, nil
}

// Feed is everything that was decided in a case and on what it holds: the case, its claims, reuses, contradictions, items and
// sources, the latest first.
func (b *Book) Feed(f *Findings) []casefile.Entry {
	about := map[casefile.Subject]bool{casefile.On(casefile.OnCase, f.Case.ID): true}
	for on := range f.Claims {
		about[on] = true
	}
	for on := range f.Reuses {
		about[on] = true
	}
	for _, on := range f.Judged {
		about[on] = true
	}
	for id := range f.Items {
		about[casefile.On(casefile.OnItem, id)] = true
	}
	for _, c := range f.Contradictions {
		about[c.On] = true
	}
	for _, c := range f.InScope {
		if id := casefile.SourceID(c.Source); id != "" {
			about[casefile.On(casefile.OnSource, id)] = true
		}
	}
	list := []casefile.Entry{}
	b.Look(func(s *casefile.State) {
		for _, on := range slices.Sorted(maps.Keys(about)) {
			list = append(list, s.History(on)...)
		}
	})
	slices.SortFunc(list, func(a, b casefile.Entry) int { return cmp.Compare(b.Index, a.Index) })
	return slices.CompactFunc(list, func(a, b casefile.Entry) bool { return a.Index == b.Index }) // a part of a claim has the history of its whole
}
