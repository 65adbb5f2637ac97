package desk

import (
	"net/http"
	"slices"

	"beleg/internal/accounts"
	"beleg/internal/casefile"
	"beleg/internal/casework"
	"beleg/internal/store"
)

// Hits of each kind that are shown: of all kinds at once, and of one alone.
const (
	foundMost = 20
	foundAll  = 500
)

func (d *Desk) find(q *request) (casework.Found, error) {
	v := q.URL.Query()
	s := casework.Search{Text: v.Get("q"), Limit: foundMost, May: func(c casefile.Case) bool { return q.who.In(c.ID) >= accounts.Reader }}
	if len(s.Text) > 500 {
		return casework.Found{}, &casefile.InvalidError{Field: "q", Detail: "is longer than 500 bytes; use fewer words"}
	}
	if kind := v.Get("kind"); kind != "" {
		if !slices.Contains(casework.FoundKinds, kind) {
			return casework.Found{}, &casefile.InvalidError{Field: "kind", Detail: "must be item, text, claim, case or source"}
		}
		s.Kinds, s.Limit = []string{kind}, foundAll
	}
	return d.Book.Search(q.Context(), s)
}

// A searchView is the page of a search.
type searchView struct {
	casework.Found
	Kind    string // "" for all
	Kinds   []string
	Graphic map[string]bool
	Asked   store.Query
}

func (d *Desk) searchPage(q *request) error {
	f, err := d.find(q)
	if err != nil {
		return err
	}
	var shown []store.Item
	for _, g := range f.Groups {
		for _, h := range g.Hits {
			if h.Item != nil {
				shown = append(shown, *h.Item)
			}
		}
	}
	asked, err := d.folder().Catalogue.Expand(q.Context(), store.Ask(f.Query))
	if err != nil {
		return err
	}
	return d.page(q, http.StatusOK, "search", q.words.Say("title.search"),
		searchView{f, q.URL.Query().Get("kind"), casework.FoundKinds, d.graphic(shown), asked})
}

func (d *Desk) apiSearch(q *request) error {
	f, err := d.find(q)
	if err != nil {
		return err
	}
	return q.json(f)
}
