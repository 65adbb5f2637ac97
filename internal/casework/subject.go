package casework

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"beleg/internal/casefile"
	"beleg/internal/store"
	"beleg/match"
)

// Resolve reads a subject as people type it: items, claims, reuses and cases may be named by the beginning of their id. What
// comes back is there; what is not has [casefile.ErrUnknown], what several ids begin with [store.ErrAmbiguous], and a
// beginning that is too short [store.ErrShort]. A source is whatever has a name.
func (b *Book) Resolve(ctx context.Context, typed string) (casefile.Subject, error) {
	on := casefile.Subject(typed)
	if err := on.Well(); err != nil {
		return on, err
	}
	switch on.Kind() {
	case casefile.OnItem:
		id, err := b.Folder.Catalogue.Find(ctx, on.ID())
		return casefile.On(casefile.OnItem, id), missing(on, err)
	case casefile.OnClaim:
		return b.resolveClaim(ctx, on)
	case casefile.OnReuse:
		id, err := b.Folder.Catalogue.FindReuse(ctx, on.ID())
		return casefile.On(casefile.OnReuse, id), missing(on, err)
	case casefile.OnContradiction:
		return on, b.found(ctx, on)
	case casefile.OnCase:
		id, err := b.ResolveCase(on.ID())
		return casefile.On(casefile.OnCase, id), err
	}
	return on, nil
}

// missing makes one error of what the catalogue and the decisions say of something that is not there.
func missing(on casefile.Subject, err error) error {
	if errors.Is(err, store.ErrUnknown) {
		return fmt.Errorf("%s: %w: %w", on, casefile.ErrUnknown, err)
	}
	return err
}

// ResolveCase returns the id of the case that an id begins. The whole id of one is always its own.
func (b *Book) ResolveCase(typed string) (string, error) {
	var ids []string
	b.Look(func(s *casefile.State) {
		if _, ok := s.Case(typed); ok {
			ids = []string{typed}
			return
		}
		for _, on := range s.Subjects(casefile.OnCase) {
			if _, ok := s.Case(on.ID()); ok && typed != "" && strings.HasPrefix(on.ID(), typed) {
				ids = append(ids, on.ID())
			}
		}
	})
	switch len(ids) {
	case 0:
		return "", fmt.Errorf("case %s: %w", typed, casefile.ErrUnknown)
	case 1:
		return ids[0], nil
	}
	return "", fmt.Errorf("case %s: %w", typed, store.ErrAmbiguous)
}

// resolveClaim finds the claim that a person means by the beginning of its text's id, a hyphen, and its number there; what a
// split cut off has the place of the cut behind a full stop.
func (b *Book) resolveClaim(ctx context.Context, on casefile.Subject) (casefile.Subject, error) {
	unknown := fmt.Errorf("%s: %w", on, casefile.ErrUnknown)
	beginning, number, _ := strings.Cut(on.ID(), "-")
	digits, cuts, _ := strings.Cut(number, ".")
	n, err := strconv.Atoi(digits)
	if err != nil {
		return on, unknown
	}
	item, err := b.Folder.Catalogue.Find(ctx, beginning)
	if err != nil {
		return on, missing(on, err)
	}
	whole := casefile.On(casefile.OnClaim, fmt.Sprintf("%s-%02d", item, n))
	if cuts != "" {
		whole += casefile.Subject("." + cuts)
	}
	t, err := b.Text(ctx, item)
	if errors.Is(err, ErrNoText) || err == nil && !slices.ContainsFunc(t.Claims, func(c Claim) bool { return c.On == whole }) {
		return on, unknown
	}
	return whole, err
}

// found refuses a contradiction that no case holds now. One that was decided on was there, and stays to be decided on.
func (b *Book) found(ctx context.Context, on casefile.Subject) error {
	if b.Version(on) > 0 {
		return nil
	}
	var cases []casefile.Case
	b.Look(func(s *casefile.State) { cases = s.Cases() })
	for _, c := range cases {
		f, err := b.Findings(ctx, c.ID)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(f.Contradictions, func(c casefile.Contradiction) bool { return c.On == on }) {
			return nil
		}
	}
	return fmt.Errorf("%s: %w", on, casefile.ErrUnknown)
}

// filable refuses to file a reuse that is too faint to be told as fact, and on which nobody decided.
func (b *Book) filable(ctx context.Context, d casefile.Decision) error {
	on := casefile.With[casefile.Evidence](d).What
	if d.Do != casefile.File || on.Kind() != casefile.OnReuse {
		return nil
	}
	r, err := b.Folder.Reuse(ctx, on.ID())
	if err != nil || r.Strength() == match.Believable {
		return missing(on, err)
	}
	is := casefile.ReuseDecision{}
	b.Look(func(s *casefile.State) { is, _ = s.Reuse(on) })
	if is.Is == "" {
		return &casefile.InvalidError{Field: "what", Detail: "only looks alike or is faint; decide on it before it is filed"}
	}
	return nil
}

// A mention is a subject that a decision names, and the field that names it.
type mention struct {
	field string
	on    *casefile.Subject
}

// whole returns a decision in which every subject that it names is there and stands with its whole id. What is not there is
// refused at its field.
func (b *Book) whole(ctx context.Context, d casefile.Decision) (casefile.Decision, error) {
	switch {
	case d.On.Kind() == casefile.OnCase && d.Do == casefile.File:
		return rewritten(ctx, b, d, func(v *casefile.Evidence) []mention { return []mention{{"what", &v.What}, {"claim", &v.Claim}} })
	case d.On.Kind() == casefile.OnCase && d.Do == casefile.Link:
		return rewritten(ctx, b, d, func(v *casefile.PicturesOf) []mention { return []mention{{"claim", &v.Claim}, {"item", &v.Item}} })
	case d.On.Kind() == casefile.OnCase && d.Do == casefile.Sign:
		return rewritten(ctx, b, d, func(v *casefile.Verdict) []mention {
			list := []mention{{"claim", &v.Claim}}
			for i := range v.Against {
				list = append(list, mention{"against", &v.Against[i]})
			}
			return list
		})
	case d.On.Kind() == casefile.OnClaim && d.Do == casefile.Merge:
		return rewritten(ctx, b, d, func(v *casefile.MergeInto) []mention { return []mention{{"into", &v.Into}} })
	}
	return d, nil
}

// rewritten resolves the subjects that a decision names. What does not decode, or names none of a kind that can be looked up, is
// left for [casefile.State.Check] to refuse.
func rewritten[T any](ctx context.Context, b *Book, d casefile.Decision, mentions func(*T) []mention) (casefile.Decision, error) {
	var v T
	if json.Unmarshal(d.With, &v) != nil {
		return d, nil
	}
	changed := false
	for _, m := range mentions(&v) {
		if !slices.Contains([]string{casefile.OnItem, casefile.OnReuse, casefile.OnClaim}, m.on.Kind()) || m.on.Well() != nil {
			continue
		}
		on, err := b.Resolve(ctx, string(*m.on))
		switch {
		case errors.Is(err, casefile.ErrUnknown), errors.Is(err, store.ErrShort):
			return d, &casefile.InvalidError{Field: m.field, Detail: "names something that is not here"}
		case errors.Is(err, store.ErrAmbiguous):
			return d, &casefile.InvalidError{Field: m.field, Detail: "is the beginning of several ids; give more of it"}
		case err != nil:
			return d, err
		}
		changed = changed || on != *m.on
		*m.on = on
	}
	if !changed {
		return d, nil
	}
	return casefile.Make(d.On, d.Do, d.Base, d.Reason, v)
}
