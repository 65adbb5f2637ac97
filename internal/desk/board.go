package desk

import (
	"net/url"
	"slices"

	"beleg/internal/casefile"
	"beleg/internal/casework"
	"beleg/internal/store"
)

// panes are those of the board of a case, in the order of their keys, from 1.
var panes = []string{"claims", "contradictions", "figures", "evidence", "sources", "notes", "history", "settings"}

// A gapView is something that is missing in a case, with where a person sees to it.
type gapView struct {
	casefile.Gap
	Href string `json:"href"`
}

// A feedEntry is a decision with what it is about.
type feedEntry struct {
	casefile.Entry
	Name string `json:"name"` // of its subject; "" is the case itself
	Href string `json:"href,omitempty"`
}

// A tab leads to a pane.
type tab struct {
	Name string
	N    int // how many things are there; none are not counted
}

// Tabs are those of the board.
func (v caseView) Tabs() []tab {
	n := map[string]int{"claims": len(v.Rows), "contradictions": len(v.Contradictions), "figures": len(v.Figures), "evidence": len(v.Evidence),
		"sources": len(v.Sources), "notes": len(v.Notes) + len(v.Tasks), "history": len(v.Feed)}
	list := make([]tab, len(panes))
	for i, p := range panes {
		list[i] = tab{p, n[p]}
	}
	return list
}

// stand says what is missing, and what was done.
func (d *Desk) stand(q *request, g *gathered, found *casework.Findings) error {
	gaps, err := d.Book.Missing(q.Context(), found)
	if err != nil {
		return err
	}
	g.view.Missing = []gapView{}
	for _, gap := range gaps {
		g.view.Missing = append(g.view.Missing, gapView{gap, gapHref(g.view.ID, gap)})
	}
	for _, e := range d.Book.Feed(found) {
		f := feedEntry{Entry: e}
		if e.On != casefile.On(casefile.OnCase, g.view.ID) {
			f.Name, f.Href = g.subject(q, e.On)
		}
		g.view.Feed = append(g.view.Feed, f)
	}
	return nil
}

// gapHref is the page where a gap is closed.
func gapHref(id string, gap casefile.Gap) string {
	at := "/cases/" + url.PathEscape(id)
	switch gap.What {
	case casefile.GapReuse:
		return "/reuse/" + gap.On[0].ID()
	case casefile.GapUnread:
		if item, _, ok := casework.ClaimItem(gap.On[0]); ok {
			return "/texts/" + item
		}
	case casefile.GapAgainst, casefile.GapVerdict, casefile.GapSecond:
		return at + "/verdict?claim=" + url.QueryEscape(string(gap.On[0]))
	case casefile.GapContradiction:
		return at + "?pane=contradictions"
	case casefile.GapEvidence, casefile.GapClaim:
		return at + "?pane=evidence"
	case casefile.GapTask:
		return at + "?pane=notes"
	case casefile.GapQuestion, casefile.GapRisk:
		return at + "?pane=settings"
	}
	return at
}

// subject names what a decision is about, contradictions and sources too.
func (g *gathered) subject(q *request, on casefile.Subject) (name, href string) {
	switch on.Kind() {
	case casefile.OnContradiction:
		for _, c := range g.view.Contradictions {
			if c.On == on {
				return q.words.Maybe("rule.", c.Rule), "?pane=contradictions#" + on.ID()
			}
		}
	case casefile.OnSource:
		for _, s := range g.view.Sources {
			if s.ID == casefile.SourceID(on.ID()) {
				return s.Name, "/sources#" + s.ID
			}
		}
	}
	return g.name(q, on)
}

// events are the marks of the timeline.
func (g *gathered) events() (list []Event) {
	for _, r := range g.view.Rows {
		list = append(list, Event{Happened, r.About, r.Text, "/texts/" + r.Item, r.Decided.Status == casefile.Suggested})
	}
	for _, id := range sorted(g.items) {
		it := g.items[id]
		since := store.SinceOf(it.Appearances)
		list = append(list, Event{Published, casework.PublishedOn(it), displayName(it), "/items/" + id, !store.Provable(since.Claimed.How)},
			Event{Seen, since.Proven.Date, displayName(it), "/items/" + id, false})
	}
	return list
}

// unnamed takes the words that name no place out of the list, and returns them.
func unnamed(places *[]mapPlace) (list []string) {
	*places = slices.DeleteFunc(*places, func(p mapPlace) bool {
		if !p.Named() {
			list = append(list, p.Words)
		}
		return !p.Named()
	})
	return list
}
