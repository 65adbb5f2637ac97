package desk

import (
	"strconv"
	"strings"

	"beleg/internal/casefile"
	"beleg/internal/casework"
)

// A news is a decision that somebody else took on what a page shows.
type news struct {
	Index uint64           `json:"index"`
	On    casefile.Subject `json:"on"`
	Actor string           `json:"actor"`
	Said  string           `json:"said"` // what was decided, in words
}

// newsList is what happened since a page was made.
type newsList struct {
	Since uint64 `json:"since"` // ask from here on the next time
	News  []news `json:"news"`
}

// mostNews is how many decisions are told at once; a page that is so far behind is to be loaded again anyway.
const mostNews = 20

// apiNews tells a page what others decided on what it shows. It waits for nothing: the page asks every few seconds.
func (d *Desk) apiNews(q *request) error {
	since, err := strconv.ParseUint(q.URL.Query().Get("since"), 10, 64)
	if err != nil {
		return &casefile.InvalidError{Field: "since", Detail: "must be a number of an entry in the log"}
	}
	out := newsList{Since: since, News: []news{}}
	var list []casefile.Entry
	d.Book.Look(func(s *casefile.State) { list = s.After(since, 1000) })
	shows := d.shownAt(q, q.URL.Query().Get("at"))
	for _, e := range list {
		out.Since = e.Index
		if e.Actor == q.who.Name || len(out.News) == mostNews || !shows(e.On) || d.maySee(q, e.On) != nil {
			continue
		}
		out.News = append(out.News, news{e.Index, e.On, e.Actor, entryWords(q.words, e)})
	}
	return q.json(out)
}

// shownAt returns what says whether the page of a path shows something of a subject.
func (d *Desk) shownAt(q *request, path string) func(casefile.Subject) bool {
	path, _, _ = strings.Cut(path, "?")
	parts := strings.Split(strings.Trim(path, "/"), "/")
	id := ""
	if len(parts) > 1 {
		id = parts[1]
	}
	whole := map[string]string{"reuse": casefile.OnReuse, "sources": casefile.OnSource, "claims": casefile.OnClaim, "cases": casefile.OnCase}
	switch {
	case id == "":
		return func(on casefile.Subject) bool { return on.Kind() == whole[parts[0]] }
	case parts[0] == "reuse":
		return func(on casefile.Subject) bool { return on == casefile.On(casefile.OnReuse, id) }
	case parts[0] == "items" || parts[0] == "texts":
		return func(on casefile.Subject) bool {
			item, _, ok := casework.ClaimItem(on)
			return ok && item == id || on == casefile.On(casefile.OnItem, id)
		}
	case parts[0] == "cases":
		return d.shownInCase(q, id)
	}
	return func(casefile.Subject) bool { return false }
}

// shownInCase looks at what a case names only when something else than the case itself was decided on.
func (d *Desk) shownInCase(q *request, id string) func(casefile.Subject) bool {
	var found *casework.Findings
	return func(on casefile.Subject) bool {
		if on.Kind() == casefile.OnCase {
			return on.ID() == id
		}
		if found == nil {
			if found = (&casework.Findings{}); d.maySee(q, casefile.On(casefile.OnCase, id)) == nil {
				if f, err := d.Book.Findings(q.Context(), id); err == nil {
					found = f
				}
			}
		}
		for _, c := range found.Contradictions {
			if c.On == on {
				return true
			}
		}
		_, claim := found.Claims[on]
		_, reuse := found.Reuses[on]
		_, item := found.Items[on.ID()]
		return claim || reuse || on.Kind() == casefile.OnItem && item
	}
}
