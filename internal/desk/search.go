package desk

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"unicode"

	"beleg/internal/casefile"
	"beleg/internal/store"
)

// A found is everything in which each word of a query begins a word, by kind.
type found struct {
	Query  string       `json:"query"`
	Groups []foundGroup `json:"groups"` // only kinds with hits: item, claim, case, source
}

type foundGroup struct {
	Kind  string     `json:"kind"`
	Total int        `json:"total"`
	Hits  []foundHit `json:"hits"` // the first of them
}

type foundHit struct {
	Path  string `json:"path"` // page that shows it
	Title string `json:"title"`
	Note  string `json:"note,omitempty"` // what tells it from others of the title
}

// foundMost is how many hits of a kind are shown.
const foundMost = 20

func (d *Desk) find(q *request) (found, error) {
	out := found{Query: strings.TrimSpace(q.URL.Query().Get("q")), Groups: []foundGroup{}}
	if len(out.Query) > 500 {
		return out, &casefile.InvalidError{Field: "q", Detail: "is longer than 500 bytes; use fewer words"}
	}
	words := store.Words(out.Query)
	if len(words) == 0 {
		return out, nil
	}
	items, err := d.findItems(q, out.Query)
	if err != nil {
		return out, err
	}
	claims, err := d.findClaims(q, out.Query)
	if err != nil {
		return out, err
	}
	sources, err := d.findSources(q, words)
	if err != nil {
		return out, err
	}
	for _, g := range []foundGroup{items, claims, d.findCases(q, words), sources} {
		if g.Total > 0 {
			out.Groups = append(out.Groups, g)
		}
	}
	return out, nil
}

func (d *Desk) findItems(q *request, text string) (foundGroup, error) {
	g := foundGroup{Kind: "item"}
	list, total, err := d.folder().Catalogue.Choose(q.Context(), store.Choice{Words: text, Limit: foundMost})
	g.Total = total
	for _, it := range list {
		h := foundHit{Path: "/items/" + it.ID, Title: it.Title, Note: strings.Join(slices.DeleteFunc([]string{it.Outlet, it.Place}, func(s string) bool { return s == "" }), ", ")}
		if h.Title == "" {
			h.Title = it.Name
		}
		g.Hits = append(g.Hits, h)
	}
	return g, err
}

func (d *Desk) findClaims(q *request, text string) (foundGroup, error) {
	g := foundGroup{Kind: "claim"}
	list, total, err := d.folder().Catalogue.SearchClaims(q.Context(), text, foundMost)
	if err != nil {
		return g, err
	}
	g.Total = total
	for _, s := range list {
		var c struct {
			Content string
			Source  *string
		}
		if err := json.Unmarshal(s.Body, &c); err != nil {
			return g, err
		}
		g.Hits = append(g.Hits, foundHit{Path: fmt.Sprintf("/texts/%s#claim-%02d", s.Item, s.N+1), Title: c.Content, Note: value(c.Source)})
	}
	return g, nil
}

// findCases looks through the cases that the person may see.
func (d *Desk) findCases(q *request, words []string) foundGroup {
	g := foundGroup{Kind: "case"}
	for _, c := range d.casesOf(q) {
		if store.Matches(words, c.ID, c.Title, c.Question) {
			g.add(foundHit{Path: "/cases/" + c.ID, Title: c.Title, Note: c.Question})
		}
	}
	return g
}

func (d *Desk) findSources(q *request, words []string) (foundGroup, error) {
	g := foundGroup{Kind: "source"}
	list, err := d.allSources(q)
	for _, s := range list {
		if store.Matches(words, s.Name) {
			g.add(foundHit{Path: "/sources", Title: s.Name, Note: s.General()})
		}
	}
	return g, err
}

func (g *foundGroup) add(h foundHit) {
	if g.Total++; len(g.Hits) < foundMost {
		g.Hits = append(g.Hits, h)
	}
}

func (d *Desk) searchPage(q *request) error {
	f, err := d.find(q)
	if err != nil {
		return err
	}
	return d.page(q, http.StatusOK, "search", q.words.Say("title.search"), f)
}

func (d *Desk) apiSearch(q *request) error {
	f, err := d.find(q)
	if err != nil {
		return err
	}
	return q.json(f)
}

// A piece is a stretch of a text; Hit says that it is a word that a query begins.
type piece struct {
	Text string
	Hit  bool
}

// pieces parts a text into words that a query begins and what lies between them.
func pieces(query, text string) []piece {
	words := store.Words(query)
	var out []piece
	add := func(s string, hit bool) {
		if n := len(out); n > 0 && !hit && !out[n-1].Hit {
			out[n-1].Text += s
		} else if s != "" {
			out = append(out, piece{s, hit})
		}
	}
	inWord := func(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.Is(unicode.Mn, r) }
	for text != "" {
		n := strings.IndexFunc(text, inWord)
		if n < 0 {
			n = len(text)
		}
		add(text[:n], false)
		text = text[n:]
		n = strings.IndexFunc(text, func(r rune) bool { return !inWord(r) })
		if n < 0 {
			n = len(text)
		}
		hit := slices.ContainsFunc(words, func(w string) bool { return store.Matches([]string{w}, text[:n]) })
		add(text[:n], hit)
		text = text[n:]
	}
	return out
}
