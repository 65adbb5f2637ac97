package desk

import (
	"cmp"
	"errors"
	"html/template"
	"net/http"
	"slices"

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
	Gone           []goneView          `json:"-"`     // filed, and judged otherwise since
	Contradictions []contradictionView `json:"contradictions"`
	Figures        []figureStrip       `json:"figures"`
	Sources        []sourceView        `json:"sources"`
	Missing        []gapView           `json:"missing"` // the first is the next step
	Timeline       *timeline           `json:"-"`
	Places         []mapPlace          `json:"places"`
	Map            template.HTML       `json:"-"`
	History        []casefile.Entry    `json:"history"` // of the case itself
	Feed           []feedEntry         `json:"feed"`    // of all that it holds, the latest first
	Pane           string              `json:"-"`       // that is open
	Unnamed        []string            `json:"-"`       // words for places that name none
	May            bool                `json:"-"`       // file, note, decide
	Edits          bool                `json:"-"`       // sign, set
	Choices        []filedView         `json:"-"`       // what could be filed
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

// A goneView is what was filed and does not count any more.
type goneView struct {
	Name, Href, Is, By, At string
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
	g := gathered{reuses: map[casefile.Subject]reuseView{}}
	on := casefile.On(casefile.OnCase, q.PathValue("case"))
	found, err := d.Book.Findings(q.Context(), on.ID())
	if errors.Is(err, casefile.ErrUnknown) {
		return g.view, errNotFound
	} else if err != nil {
		return g.view, err
	}
	v := &g.view
	v.Case = found.Case
	d.Book.Look(func(s *casefile.State) {
		v.Base, v.History = s.Version(on), s.History(on)
		g.take(q, s, found)
	})
	v.May, v.Edits = q.who.In(v.ID) >= accounts.Reporter, q.who.In(v.ID) >= accounts.Editor
	v.Scales, v.Risks, v.States = casefile.Scales, casefile.Risks, casefile.CaseStates
	g.rows(q)
	if v.Gone, err = d.gone(q, found.Case.Withdrawn); err != nil {
		return g.view, err
	}
	g.choices(q)
	d.suggest(q, &g, found)
	v.Timeline = drawTimeline(q.words, g.events())
	scale, _ := casefile.ScaleOf(v.Scale)
	items := []store.Item{}
	for _, id := range sorted(g.items) {
		items = append(items, g.items[id])
	}
	v.Places = placesOf(append(slices.Clone(v.Rows), plain(v.Other)...), items, g.texts, scale)
	v.Unnamed = unnamed(&v.Places)
	v.Map = drawMap(q.words, v.Places)
	return *v, d.stand(q, &g, found)
}

// take makes views of what the case names.
func (g *gathered) take(q *request, s *casefile.State, found *casework.Findings) {
	g.items, g.texts, g.claims, g.inScope = found.Items, found.Texts, found.Claims, found.InScope
	for on, r := range found.Reuses {
		g.reuses[on] = reuseViewOf(q.words, s, r.Reuse, found.Items, r.Apart)
	}
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

// gone names what was withdrawn.
func (d *Desk) gone(q *request, list []casefile.Withdrawn) (out []goneView, err error) {
	for _, w := range list {
		r, err := d.reuse(q, w.What.ID())
		if err != nil {
			return nil, err
		}
		out = append(out, goneView{reuseName(q, r), "/reuse/" + r.ID, q.words.Maybe("reuse.is.", w.Is), w.Decided.Actor, timeWords(q.words, w.Decided.Time)})
	}
	return out, nil
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
			return reuseName(q, r), "/reuse/" + r.ID
		}
	case casefile.OnClaim:
		if c, ok := g.claims[on]; ok {
			return q.words.Quote(c.Text), "/texts/" + c.Item
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

// suggest says what the rules found, and compares the figures.
func (d *Desk) suggest(q *request, g *gathered, found *casework.Findings) {
	v := &g.view
	d.Book.Look(func(s *casefile.State) {
		for _, c := range found.Contradictions {
			v.Contradictions = append(v.Contradictions, g.contradiction(q, s, c))
		}
		v.Sources = sourcesOf(s, g.inScope)
		for i := range v.Rows {
			v.Rows[i].Reliability = s.Source(casefile.SourceID(v.Rows[i].Source)).Grade("")
		}
	})
	v.Figures = figureStrips(q.words, found.Comparisons)
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
		text := casework.StepWords(q.words, step)
		name, href := g.name(q, step.On)
		if step.On.Kind() == casefile.OnItem {
			text += ": " + name
		}
		out.Chain = append(out.Chain, stepView{step.On, text, href})
	}
	return out
}

func (d *Desk) casePage(q *request) error {
	v, err := d.caseOf(q)
	if err != nil {
		return err
	}
	v.Pane = panes[0]
	if p := q.URL.Query().Get("pane"); slices.Contains(panes, p) {
		v.Pane = p
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
	New   string // id of a case that is opened now; the page puts the words of its title before it
	Risks []string

	Access *accountView // how to see more; nil for whoever sees all
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
	v := casesView{Cases: d.casesOf(q), New: casework.NewCaseID(""), Risks: casefile.Risks}
	if q.who.Role < accounts.Admin {
		own, err := d.ownAccount(q)
		if err != nil {
			return err
		}
		v.Access = &own
	}
	return d.page(q, http.StatusOK, "cases", q.words.Say("title.cases"), v)
}

func (d *Desk) apiCases(q *request) error { return q.json(d.casesOf(q)) }
