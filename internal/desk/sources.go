package desk

import (
	"cmp"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"beleg/internal/accounts"
	"beleg/internal/casefile"
)

// A sourceView is a source with what was decided on it.
type sourceView struct {
	ID      string           `json:"id"`
	Name    string           `json:"name"`           // the plainest that texts give it
	Also    []string         `json:"also,omitempty"` // what else they call it
	Claims  int              `json:"claims"`
	Grades  []topicGrade     `json:"grades"` // for all topics first; none when nobody graded it
	Root    string           `json:"root,omitempty"`
	Base    uint64           `json:"base"`
	History []casefile.Entry `json:"history"`
}

type topicGrade struct {
	Topic string `json:"topic"` // "" is for all
	Grade string `json:"grade"`
}

// General is the grade for all topics.
func (v sourceView) General() string {
	if len(v.Grades) > 0 && v.Grades[0].Topic == "" {
		return v.Grades[0].Grade
	}
	return "F"
}

// Topics are the grades for single topics.
func (v sourceView) Topics() (list []topicGrade) {
	for _, g := range v.Grades {
		if g.Topic != "" {
			list = append(list, g)
		}
	}
	return list
}

// called adds a name that a text gives the source. The plainest is its name: without an article, the shortest, the first of
// two. "der Beobachtungsstelle" and "die Beobachtungsstelle" are "Beobachtungsstelle".
func (v *sourceView) called(name string) {
	name = plainName(name)
	switch {
	case name == v.Name || slices.Contains(v.Also, name):
	case v.Name == "" || v.Name == v.ID:
		v.Name = name
	case utf8.RuneCountInString(name) < utf8.RuneCountInString(v.Name):
		v.Also = append(v.Also, v.Name)
		v.Name = name
	default:
		v.Also = append(v.Also, name)
	}
}

var articles = strings.Fields("der die das dem den des ein eine einem einen einer eines the a an")

func plainName(name string) string {
	first, rest, ok := strings.Cut(strings.TrimSpace(name), " ")
	if ok && slices.Contains(articles, strings.ToLower(first)) {
		return rest
	}
	return strings.TrimSpace(name)
}

func sourceOf(s *casefile.State, id, name string) sourceView {
	on := casefile.On(casefile.OnSource, id)
	known := s.Source(id)
	v := sourceView{ID: id, Name: name, Root: known.Root, Base: s.Version(on), History: s.History(on)}
	for _, topic := range sorted(known.Grades) {
		v.Grades = append(v.Grades, topicGrade{topic, known.Grades[topic]})
	}
	return v
}

// sourcesOf are the sources that claims name, those with most claims first.
func sourcesOf(s *casefile.State, claims []claimView) []sourceView {
	list := []sourceView{}
	for _, c := range claims {
		list = counted(s, list, c.Source)
	}
	slices.SortStableFunc(list, func(a, b sourceView) int { return cmp.Compare(b.Claims, a.Claims) })
	return list
}

func counted(s *casefile.State, list []sourceView, name string) []sourceView {
	id := casefile.SourceID(name)
	if id == "" {
		return list
	}
	i := slices.IndexFunc(list, func(v sourceView) bool { return v.ID == id })
	if i < 0 {
		list, i = append(list, sourceOf(s, id, "")), len(list)
	}
	list[i].called(name)
	list[i].Claims++
	return list
}

// A sourcesView is the list of all sources.
type sourcesView struct {
	Sources []sourceView
	Grades  []string
	May     bool
}

// allSources are those that any claim names or anybody decided on, those with most claims first.
func (d *Desk) allSources(q *request) ([]sourceView, error) {
	suggestions, err := d.folder().Catalogue.Suggestions(q.Context(), "")
	if err != nil {
		return nil, err
	}
	list, at := []sourceView{}, map[string]int{}
	d.Book.Look(func(s *casefile.State) {
		add := func(id, name string, claims int) {
			if _, ok := at[id]; !ok {
				at[id] = len(list)
				list = append(list, sourceOf(s, id, ""))
			}
			list[at[id]].called(name)
			list[at[id]].Claims += claims
		}
		for _, x := range suggestions {
			var l struct{ Source *string }
			if err = json.Unmarshal(x.Body, &l); err != nil {
				return
			}
			name := value(l.Source)
			if e := s.Changes(claimOn(x)).Edit.Source; e != nil {
				name = *e
			}
			if id := casefile.SourceID(name); id != "" {
				add(id, name, 1)
			}
		}
		for _, on := range s.Subjects(casefile.OnSource) {
			add(on.ID(), on.ID(), 0)
		}
	})
	slices.SortStableFunc(list, func(a, b sourceView) int {
		return cmp.Or(cmp.Compare(b.Claims, a.Claims), cmp.Compare(a.ID, b.ID))
	})
	return list, err
}

func (d *Desk) sourcesPage(q *request) error {
	list, err := d.allSources(q)
	if err != nil {
		return err
	}
	return d.page(q, http.StatusOK, "sources", q.words.Say("title.sources"), sourcesView{list, []string{"A", "B", "C", "D", "E", "F"}, q.who.Role >= accounts.Reporter})
}

func (d *Desk) apiSources(q *request) error {
	list, err := d.allSources(q)
	if err != nil {
		return err
	}
	return q.json(list)
}
