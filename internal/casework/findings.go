package casework

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"regexp"
	"slices"

	"beleg/claim"
	"beleg/claim/figure"
	"beleg/claim/speaker"
	"beleg/internal/casefile"
	"beleg/internal/intake"
	"beleg/internal/store"
)

// A Reuse is a stretch of one item that another shows, with what is known and decided about it.
type Reuse struct {
	intake.Reuse
	Since store.Since // when the earlier item was public
	Place string      // where the earlier item was taken, as its source says
	Is    string      // what a person decided, "" while nobody did
	Apart *Apart      // why it is set apart, nil when it is not
}

// Findings are what the machine says about a case, and what it says it from.
type Findings struct {
	Case           casefile.Case
	Items          map[string]store.Item
	Texts          map[string]Text
	Claims         map[casefile.Subject]Claim // all claims of Texts
	InScope        []Claim                    // those that nobody refused or merged, in the order of what was filed
	Reuses         map[casefile.Subject]Reuse
	Judged         []casefile.Subject // reuses of Items that anybody decided on, those refused or withdrawn among them
	Contradictions []casefile.Contradiction
	Comparisons    []casefile.Comparison
}

// Findings gathers what a case names and applies the rules to it. The desk and the terminal show what it returns. A case
// that nobody opened has [casefile.ErrUnknown].
func (b *Book) Findings(ctx context.Context, id string) (*Findings, error) {
	f := &Findings{Items: map[string]store.Item{}, Texts: map[string]Text{}, Claims: map[casefile.Subject]Claim{}, Reuses: map[casefile.Subject]Reuse{}}
	ok := false
	b.Look(func(s *casefile.State) { f.Case, ok = s.Case(id) })
	if !ok {
		return nil, casefile.ErrUnknown
	}
	if err := f.gather(ctx, b); err != nil {
		return nil, err
	}
	var claims []casefile.Claim
	b.Look(func(s *casefile.State) { claims = f.ruleClaims(s) })
	f.Contradictions = casefile.Contradictions(claims, f.ruleReuses(), f.ruleItems(), f.Case.Links)
	f.Comparisons = casefile.Compare(claims)
	return f, nil
}

// gather reads what the case names: texts with their claims, reuses, items. What is gone is left out.
func (f *Findings) gather(ctx context.Context, b *Book) error {
	var want []casefile.Subject
	for _, e := range f.Case.Evidence {
		want = append(want, e.What, e.Claim)
	}
	for _, l := range f.Case.Links {
		want = append(want, l.Claim, l.Item)
	}
	for _, s := range f.Case.Verdicts {
		want = append(want, s.Claim)
	}
	for _, on := range want {
		var err error
		switch on.Kind() {
		case casefile.OnItem:
			err = f.item(ctx, b, on.ID())
		case casefile.OnClaim:
			if item, _, ok := ClaimItem(on); ok {
				err = f.item(ctx, b, item)
			}
		case casefile.OnReuse:
			err = f.reuse(ctx, b, on)
		}
		if err != nil && !errors.Is(err, store.ErrUnknown) {
			return err
		}
	}
	return cmp.Or(f.shownAgain(ctx, b), f.judged(ctx, b))
}

// judged finds the reuses of the items that anybody decided on.
func (f *Findings) judged(ctx context.Context, b *Book) error {
	for _, w := range f.Case.Withdrawn {
		f.Judged = append(f.Judged, w.What)
	}
	for _, id := range slices.Sorted(maps.Keys(f.Items)) {
		if f.Items[id].Media == nil {
			continue
		}
		list, err := b.Folder.Catalogue.Reuses(ctx, id)
		if err != nil {
			return err
		}
		for _, r := range list {
			if on := casefile.On(casefile.OnReuse, r.ID); b.Version(on) > 0 && !slices.Contains(f.Judged, on) {
				f.Judged = append(f.Judged, on)
			}
		}
	}
	return nil
}

func (f *Findings) item(ctx context.Context, b *Book, id string) error {
	if _, ok := f.Items[id]; ok {
		return nil
	}
	it, err := b.Folder.Catalogue.Item(ctx, id)
	if err != nil {
		return err
	}
	f.Items[id] = it
	if it.Text == nil {
		return nil
	}
	t, err := b.Text(ctx, id)
	if err != nil {
		return err
	}
	f.Texts[id] = t
	for _, c := range t.Claims {
		f.Claims[c.On] = c
		if c.Into == "" && c.Decided.Status != casefile.Refused {
			f.InScope = append(f.InScope, c)
		}
	}
	return nil
}

func (f *Findings) reuse(ctx context.Context, b *Book, on casefile.Subject) error {
	if _, ok := f.Reuses[on]; ok {
		return nil
	}
	r, err := b.Folder.Reuse(ctx, on.ID())
	if err != nil {
		return err
	}
	list, err := b.Folder.Reuses(ctx, r.Item) // why it is set apart may lie in another
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(list, func(o intake.Reuse) bool { return o.ID == r.ID }) {
		list = append(list, r)
	}
	return f.add(ctx, b, list, func(r Reuse) bool { return r.ID == on.ID() })
}

// shownAgain adds the reuses of filed items that a person called the same footage.
func (f *Findings) shownAgain(ctx context.Context, b *Book) error {
	for _, e := range f.Case.Evidence {
		if e.What.Kind() != casefile.OnItem {
			continue
		}
		list, err := b.Folder.Reuses(ctx, e.What.ID())
		if err == nil {
			err = f.add(ctx, b, list, func(r Reuse) bool { return r.Is == casefile.SameFootage })
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// add takes in those of a list of reuses of one item that are wanted, with their items.
func (f *Findings) add(ctx context.Context, b *Book, list []intake.Reuse, wanted func(Reuse) bool) error {
	apart, err := b.Apart(ctx, list)
	if err != nil {
		return err
	}
	for i, kept := range list {
		r, on := Reuse{Reuse: kept, Apart: apart[i]}, casefile.On(casefile.OnReuse, kept.ID)
		b.Look(func(s *casefile.State) {
			is, _ := s.Reuse(on)
			r.Is = is.Is
		})
		if _, ok := f.Reuses[on]; ok || !wanted(r) {
			continue
		}
		if err := cmp.Or(f.item(ctx, b, r.Item), f.item(ctx, b, r.Earlier)); err != nil {
			return err
		}
		earlier := f.Items[r.Earlier]
		r.Since, r.Place = store.SinceOf(earlier.Appearances), earlier.Place
		f.Reuses[on] = r
	}
	return nil
}

// pictures are the words by which a claim speaks of pictures.
var pictures = regexp.MustCompile(`(?i)(^|[^\pL])(aufnahmen?|bild(er|ern)?|videos?|filme?|fotos?|footage|pictures?|images?|photos?|photographs?|clips?)([^\pL]|$)`)

// Speaker is the name of whoever is responsible for a claim, "" for the author of the text.
func (c Claim) Speaker() string { return cmp.Or(c.Means, c.Source) }

// ruleClaims are the claims in scope as the rules look at them.
func (f *Findings) ruleClaims(s *casefile.State) []casefile.Claim {
	var ids []string
	for _, c := range f.InScope {
		if id := casefile.SourceID(c.Speaker()); id != "" && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	short := speaker.Short(ids)
	claims := make([]casefile.Claim, len(f.InScope))
	for i, c := range f.InScope {
		claims[i] = ruleClaim(c)
		if id := casefile.SourceID(c.Speaker()); id != "" {
			claims[i].Root = s.Root(cmp.Or(short[id], id))
		} else if c.Speaker() == "" {
			claims[i].Root = "text:" + c.Item // the author's own voice
		}
	}
	return claims
}

// ruleClaim is a claim as the rules look at it, without its root.
func ruleClaim(c Claim) casefile.Claim {
	out := casefile.Claim{On: c.On, Item: c.Item, Text: c.Text, Source: c.Speaker(), Channel: c.Channel, Kind: c.Kind, About: c.About, Places: named(c.Places), Pictures: pictures.MatchString(c.Text)}
	if len(c.Spans) > 0 {
		out.At = c.Spans[0][0]
	}
	for _, f := range c.Figures {
		out.Lasts = out.Lasts || f.Quantity().Lasts()
		f.Where = named(f.Places)
		out.Figures = append(out.Figures, f)
	}
	for _, a := range c.Against {
		if a.Rule == "denial" && c.Kind == "denial" {
			out.Denies = append(out.Denies, a.On)
		}
	}
	return out
}

// named looks places up in the gazetteer.
func named(words []string) (places []figure.Place) {
	for _, w := range words {
		if p, ok := claim.PlaceNamed(w); ok {
			places = append(places, p)
		}
	}
	return places
}

func (f *Findings) ruleReuses() (list []casefile.Reuse) {
	for _, on := range slices.Sorted(maps.Keys(f.Reuses)) {
		r := f.Reuses[on]
		var place figure.Place
		if r.Place != "" {
			place, _ = claim.PlaceNamed(r.Place)
		}
		list = append(list, casefile.Reuse{On: on, Item: r.Item, Earlier: r.Earlier, Since: r.Since.Claimed.Date, How: r.Since.Claimed.How, Place: place,
			Is: r.Is, From: r.BStart, To: r.BEnd, Suppress: r.Apart != nil})
	}
	return list
}

func (f *Findings) ruleItems() (list []casefile.Item) {
	for _, id := range slices.Sorted(maps.Keys(f.Items)) {
		it := f.Items[id]
		list = append(list, casefile.Item{ID: id, Outlet: it.Outlet, Kind: it.Kind, Published: PublishedOn(it)})
	}
	return list
}

// PublishedOn is the day that an item was published, as EDTF: what its text says, else its first known appearance.
func PublishedOn(it store.Item) string {
	if it.Text != nil && it.Text.Published != "" {
		return it.Text.Published
	}
	return store.SinceOf(it.Appearances).Claimed.Date
}
