package desk

import (
	"cmp"
	"context"
	"errors"
	"html/template"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"beleg/internal/accounts"
	"beleg/internal/casefile"
	"beleg/internal/casework"
	"beleg/internal/store"
)

// A caseView is a case with all that belongs to it.
type caseView struct {
	casefile.Case
	Base           uint64              `json:"base"`
	Rows           []caseRow           `json:"rows"`
	Other          []claimView         `json:"other"` // claims of the filed texts that are no rows
	Filed          []filedView         `json:"filed"` // for nobody and against nobody
	Contradictions []contradictionView `json:"contradictions"`
	Figures        []figureStrip       `json:"figures"`
	Sources        []sourceView        `json:"sources"`
	Timeline       template.HTML       `json:"-"`
	Places         []mapPlace          `json:"places"`
	Map            template.HTML       `json:"-"`
	History        []casefile.Entry    `json:"history"`
	May            bool                `json:"-"` // file, note, decide
	Edits          bool                `json:"-"` // sign, set
	Choices        []filedView         `json:"-"` // what could be filed
	Scales         []casefile.Scale    `json:"-"`
	Risks          []string            `json:"-"`
	States         []string            `json:"-"`
}

// A caseRow is a claim of a case with what speaks for and against it.
type caseRow struct {
	claimView
	Title          string              `json:"title"` // of its text
	Reliability    string              `json:"reliability"`
	For            []filedView         `json:"for"`
	AgainstFiled   []filedView         `json:"against_filed"`
	Contradictions []contradictionView `json:"contradictions"`
	Verdict        *casefile.Signed    `json:"verdict,omitempty"`
}

// A filedView is a piece of evidence with words for people.
type filedView struct {
	casefile.Evidence
	Entry  uint64 `json:"entry"`
	By     string `json:"by"`
	Reason string `json:"reason,omitempty"`
	Name   string `json:"name"`
	Href   string `json:"href"`
}

// A contradictionView is a suggested contradiction with what was decided on it.
type contradictionView struct {
	casefile.Contradiction
	Decided casefile.Decided `json:"decided"`
	Base    uint64           `json:"base"`
	Last    uint64           `json:"last,omitempty"` // entry that an undo takes back
	Chain   []stepView       `json:"chain"`
}

// A stepView is a step of a chain with where it leads.
type stepView struct {
	On    casefile.Subject `json:"on"`
	Words string           `json:"words"`
	Href  string           `json:"href"`
}

// A figureStrip compares what sources say about one number.
type figureStrip struct {
	casefile.Comparison
	Drawing template.HTML `json:"-"`
}

// A gathered case is what its views are made from.
type gathered struct {
	view    caseView
	texts   map[string]textView
	claims  map[casefile.Subject]claimView
	reuses  map[casefile.Subject]reuseView
	items   map[string]store.Item
	inScope []claimView // of the filed texts and filed themselves, not refused, in order
}

func (d *Desk) caseOf(q *request) (caseView, error) {
	g := gathered{texts: map[string]textView{}, claims: map[casefile.Subject]claimView{}, reuses: map[casefile.Subject]reuseView{}, items: map[string]store.Item{}}
	on := casefile.On(casefile.OnCase, q.PathValue("case"))
	ok := false
	d.Book.Look(func(s *casefile.State) {
		g.view.Case, ok = s.Case(on.ID())
		g.view.Base, g.view.History = s.Version(on), s.History(on)
	})
	if !ok {
		return g.view, errNotFound
	}
	v := &g.view
	v.May, v.Edits = q.who.In(v.ID) >= accounts.Reporter, q.who.In(v.ID) >= accounts.Editor
	v.Scales, v.Risks, v.States = casefile.Scales, casefile.Risks, casefile.CaseStates
	if err := d.gather(q, &g); err != nil {
		return *v, err
	}
	g.rows(q)
	g.choices(q)
	d.suggest(q, &g)
	v.Timeline = drawTimeline(g.events(), [3]string{q.words.Say("clock.happened"), q.words.Say("clock.published"), q.words.Say("clock.seen")}, q.words.Say("case.timeline"))
	scale, _ := casefile.ScaleOf(v.Scale)
	items := []store.Item{}
	for _, id := range sorted(g.items) {
		items = append(items, g.items[id])
	}
	v.Places = placesOf(append(slices.Clone(v.Rows), plain(v.Other)...), items, g.texts, scale)
	v.Map = drawMap(v.Places, q.words.Say("case.map"), q.words.Say("map.disputed"))
	return *v, nil
}

// gather reads what the case names: texts with their claims, reuses, items.
func (d *Desk) gather(q *request, g *gathered) error {
	ctx := q.Context()
	var want []casefile.Subject
	for _, e := range g.view.Evidence {
		want = append(want, e.What, e.Claim)
	}
	for _, l := range g.view.Links {
		want = append(want, l.Claim, l.Item)
	}
	for _, s := range g.view.Verdicts {
		want = append(want, s.Claim)
	}
	for _, on := range want {
		var err error
		switch on.Kind() {
		case casefile.OnItem:
			err = d.gatherItem(ctx, g, on.ID())
		case casefile.OnClaim:
			if item, _, ok := casework.ClaimItem(on); ok {
				err = d.gatherItem(ctx, g, item)
			}
		case casefile.OnReuse:
			err = d.gatherReuse(q, g, on)
		}
		if err != nil && !errors.Is(err, store.ErrUnknown) { // what is gone is shown by its id
			return err
		}
	}
	return d.shownAgain(q, g)
}

func (d *Desk) gatherItem(ctx context.Context, g *gathered, id string) error {
	if _, ok := g.items[id]; ok {
		return nil
	}
	it, err := d.folder().Catalogue.Item(ctx, id)
	if err != nil {
		return err
	}
	g.items[id] = it
	if it.Text == nil {
		return nil
	}
	t, err := d.text(ctx, id)
	if err != nil {
		return err
	}
	g.texts[id] = t
	for _, c := range t.Claims {
		g.claims[c.On] = c
		if c.Into == "" && c.Decided.Status != casefile.Refused {
			g.inScope = append(g.inScope, c)
		}
	}
	return nil
}

func (d *Desk) gatherReuse(q *request, g *gathered, on casefile.Subject) error {
	r, err := d.reuse(q, on.ID())
	if err != nil {
		return err
	}
	g.reuses[on] = r
	return cmp.Or(d.gatherItem(q.Context(), g, r.Item), d.gatherItem(q.Context(), g, r.Earlier))
}

// shownAgain adds the reuses of filed items that a person called the same footage.
func (d *Desk) shownAgain(q *request, g *gathered) error {
	for _, e := range g.view.Evidence {
		if e.What.Kind() != casefile.OnItem {
			continue
		}
		list, err := d.reuses(q, e.What.ID())
		if err != nil {
			return err
		}
		for _, r := range list {
			on := casefile.On(casefile.OnReuse, r.ID)
			if _, ok := g.reuses[on]; !ok && r.Is == casefile.SameFootage {
				g.reuses[on] = r
				if err := cmp.Or(d.gatherItem(q.Context(), g, r.Item), d.gatherItem(q.Context(), g, r.Earlier)); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// rows makes a row of each claim that anything was filed about, and names what was filed.
func (g *gathered) rows(q *request) {
	at := map[casefile.Subject]int{}
	row := func(on casefile.Subject) {
		if _, ok := at[on]; ok || on.Kind() != casefile.OnClaim {
			return
		}
		c, ok := g.claims[on]
		if !ok {
			c = claimView{On: on, Text: string(on)}
		}
		at[on] = len(g.view.Rows)
		g.view.Rows = append(g.view.Rows, caseRow{claimView: c, Title: displayName(g.items[c.Item])})
	}
	for _, e := range g.view.Evidence {
		row(e.Claim)
		row(e.What)
	}
	for _, l := range g.view.Links {
		row(l.Claim)
	}
	for i := range g.view.Verdicts {
		row(g.view.Verdicts[i].Claim)
	}
	for _, e := range g.view.Evidence {
		f := filedView{Evidence: e.Evidence, Entry: e.Entry.Index, By: e.Entry.Actor, Reason: e.Entry.Reason}
		f.Name, f.Href = g.name(q, e.What)
		switch i := at[e.Claim]; {
		case e.Side == "for":
			g.view.Rows[i].For = append(g.view.Rows[i].For, f)
		case e.Side == "against":
			g.view.Rows[i].AgainstFiled = append(g.view.Rows[i].AgainstFiled, f)
		default:
			g.view.Filed = append(g.view.Filed, f)
		}
	}
	for i := range g.view.Rows {
		if s, ok := g.view.Verdict(g.view.Rows[i].On); ok {
			g.view.Rows[i].Verdict = &s
		}
	}
	for _, c := range g.inScope {
		if _, ok := at[c.On]; !ok {
			g.view.Other = append(g.view.Other, c)
		}
	}
}

// name says what a subject is called and where it is shown.
func (g *gathered) name(q *request, on casefile.Subject) (name, href string) {
	switch on.Kind() {
	case casefile.OnItem:
		if it, ok := g.items[on.ID()]; ok {
			return displayName(it), "/items/" + it.ID
		}
	case casefile.OnReuse:
		if r, ok := g.reuses[on]; ok {
			return q.words.Say("case.reuse", r.Name, clock(r.BStart), clock(r.BEnd), r.EarlierName, appearanceWords(q.words, r.Since.Claimed)), "/reuse/" + r.ID
		}
	case casefile.OnClaim:
		if c, ok := g.claims[on]; ok {
			return "„" + c.Text + "“", "/texts/" + c.Item
		}
	}
	return string(on), ""
}

// choices lists what could be filed: items and reuses of the case, and claims of its texts.
func (g *gathered) choices(q *request) {
	add := func(on casefile.Subject) {
		f := filedView{Evidence: casefile.Evidence{What: on}}
		f.Name, f.Href = g.name(q, on)
		f.Name = shorten(f.Name, 110)
		g.view.Choices = append(g.view.Choices, f)
	}
	for _, id := range sorted(g.items) {
		add(casefile.On(casefile.OnItem, id))
	}
	for _, on := range sorted(g.reuses) {
		add(on)
	}
	for _, c := range g.inScope {
		add(c.On)
	}
}

func sorted[K cmp.Ordered, V any](m map[K]V) []K {
	keys := make([]K, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// pictures are the words by which a claim speaks of pictures.
var pictures = regexp.MustCompile(`(?i)(^|[^\pL])(aufnahmen?|bild(er|ern)?|videos?|filme?|fotos?|footage|pictures?|images?|photos?|photographs?|clips?)([^\pL]|$)`)

// suggest applies the rules and compares the figures.
func (d *Desk) suggest(q *request, g *gathered) {
	v := &g.view
	var claims []casefile.Claim
	for _, c := range g.inScope {
		claims = append(claims, ruleClaim(c))
	}
	var reuses []casefile.Reuse
	for _, on := range sorted(g.reuses) {
		r := g.reuses[on]
		reuses = append(reuses, casefile.Reuse{On: on, Item: r.Item, Earlier: r.Earlier, Since: r.Since.Claimed.Date, How: q.words.Maybe("how.", r.Since.Claimed.How), Place: r.Place,
			Is: r.Is, Stretch: stretch(q.words, r.BStart, r.BEnd), Suppress: r.Apart != nil})
	}
	var items []casefile.Item
	for _, id := range sorted(g.items) {
		it := g.items[id]
		items = append(items, casefile.Item{ID: id, Outlet: it.Outlet, Kind: it.Kind, Published: publishedOn(it)})
	}
	found := casefile.Contradictions(claims, reuses, items, v.Links)
	d.Book.Look(func(s *casefile.State) {
		for _, c := range found {
			v.Contradictions = append(v.Contradictions, g.contradiction(q, s, c))
		}
		for _, f := range casefile.Compare(claims, s.Root) {
			if len(f.Rows) > 1 {
				name := q.words.Say("figures.of", q.words.Maybe("figures.thing.", f.Of), q.words.Maybe("figures.kind.", f.Kind))
				v.Figures = append(v.Figures, figureStrip{f, drawRanges(f, name)})
			}
		}
		v.Sources = sourcesOf(s, g.inScope)
		for i := range v.Rows {
			v.Rows[i].Reliability = s.Source(casefile.SourceID(v.Rows[i].Source)).Grade("")
		}
	})
	for i := range v.Rows {
		for _, c := range v.Contradictions {
			if c.A == v.Rows[i].On || c.B == v.Rows[i].On {
				v.Rows[i].Contradictions = append(v.Rows[i].Contradictions, c)
			}
		}
	}
}

func (g *gathered) contradiction(q *request, s *casefile.State, c casefile.Contradiction) contradictionView {
	out := contradictionView{Contradiction: c, Decided: s.Status(c.On), Base: s.Version(c.On)}
	for _, e := range s.History(c.On) {
		if !e.Undone && (e.Do == casefile.Confirm || e.Do == casefile.Refuse) {
			out.Last = e.Index
		}
	}
	for _, step := range c.Chain {
		text := step.EN
		if q.words.Lang() == "de" {
			text = step.DE
		}
		name, href := g.name(q, step.On)
		if step.On.Kind() == casefile.OnItem {
			text += ": " + name
		}
		out.Chain = append(out.Chain, stepView{step.On, text, href})
	}
	return out
}

// ruleClaim is a claim as the rules look at it.
func ruleClaim(c claimView) casefile.Claim {
	out := casefile.Claim{On: c.On, Item: c.Item, Text: c.Text, Source: c.Source, Channel: c.Channel, Kind: c.Kind, About: c.About, Places: c.Places, Pictures: pictures.MatchString(c.Text)}
	for _, f := range c.Figures {
		lo, hi := boundsOf(f)
		out.Lasts = out.Lasts || slices.Contains([]string{"hours", "days", "weeks", "months", "years"}, f.Unit)
		out.Figures = append(out.Figures, casefile.Figure{Min: lo, Max: hi, Of: thing(f.Of), Kind: f.Kind, Status: f.State, Text: f.Text})
	}
	for _, a := range c.Against {
		if a.Rule == "denial" && c.Kind == "denial" {
			out.Denies = append(out.Denies, a.On)
		}
	}
	return out
}

// boundsOf are the inclusive bounds of a figure; -1 is an open end. "About" allows a tenth either way, as the text engine does.
func boundsOf(f figureView) (lo, hi float64) {
	switch {
	case f.Max > 0:
		return f.Value, f.Max
	case f.Cmp == "~":
		return f.Value * 0.9, f.Value * 1.1
	case f.Cmp == ">":
		return f.Value + 1, -1
	case f.Cmp == ">=":
		return f.Value, -1
	case f.Cmp == "<":
		return 0, f.Value - 1
	case f.Cmp == "<=":
		return 0, f.Value
	}
	return f.Value, f.Value
}

// things are the German names of what is counted most, by which figures of texts in both languages meet.
var things = map[string]string{"zivilisten": "civilians", "menschen": "people", "kinder": "children", "tote": "dead", "verletzte": "injured", "krankenhäuser": "hospitals", "soldaten": "soldiers", "frauen": "women"}

func thing(of string) string {
	of = strings.ToLower(of)
	return cmp.Or(things[of], of)
}

func publishedOn(it store.Item) string {
	if it.Text != nil && it.Text.Published != "" {
		return it.Text.Published
	}
	return store.SinceOf(it.Appearances).Claimed.Date
}

// events are the marks of the timeline.
func (g *gathered) events() (list []Event) {
	for _, r := range g.view.Rows {
		list = append(list, Event{Happened, r.About, r.Text, r.Decided.Status == casefile.Suggested})
	}
	for _, id := range sorted(g.items) {
		it := g.items[id]
		since := store.SinceOf(it.Appearances)
		list = append(list, Event{Published, publishedOn(it), displayName(it), !store.Provable(since.Claimed.How)}, Event{Seen, since.Proven.Date, displayName(it), false})
	}
	return list
}

func (d *Desk) casePage(q *request) error {
	v, err := d.caseOf(q)
	if err != nil {
		return err
	}
	return d.page(q, http.StatusOK, "case", v.Title, v)
}

func (d *Desk) apiCase(q *request) error {
	v, err := d.caseOf(q)
	if err != nil {
		return err
	}
	return q.json(v)
}

// A casesView is the list of the cases that a person may see.
type casesView struct {
	Cases []casefile.Case
	New   string // id of a case that is opened now
	Risks []string
}

func (d *Desk) casesOf(q *request) []casefile.Case {
	list := []casefile.Case{}
	d.Book.Look(func(s *casefile.State) {
		for _, c := range s.Cases() {
			if q.who.In(c.ID) >= accounts.Reader {
				list = append(list, c)
			}
		}
	})
	return list
}

func (d *Desk) casesPage(q *request) error {
	return d.page(q, http.StatusOK, "cases", q.words.Say("title.cases"), casesView{d.casesOf(q), casework.NewCaseID(q.words.Say("cases.word")), casefile.Risks})
}

func (d *Desk) apiCases(q *request) error { return q.json(d.casesOf(q)) }
