package desk

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"beleg/internal/casefile"
)

func (p *person) news(at string, since uint64) newsList {
	p.o.t.Helper()
	var list newsList
	got := p.do("GET", fmt.Sprintf("/api/news?at=%s&since=%d", at, since), "", map[string]string{"Accept": "application/json"})
	if err := json.Unmarshal([]byte(got.body), &list); err != nil || got.status != http.StatusOK {
		p.o.t.Fatalf("news of %s = %d %s, %v", at, got.status, got.body, err)
	}
	return list
}

// A page is told what others decided on what it shows, and nothing of a case that the person does not see.
func TestNewsOfPages(t *testing.T) {
	o, people := aTeam(t)
	var since uint64
	o.book.Look(func(s *casefile.State) { since = s.Last() })
	reuse := casefile.On(casefile.OnReuse, o.reuse().ID)
	item := o.item("article.html")
	tv := people["admin"].claims().claim(t, "Das Staatsfernsehen zeigte")
	decide := func(who string, on casefile.Subject, do casefile.Verb, with any) {
		t.Helper()
		d, err := casefile.Make(on, do, o.book.Version(on), "", with)
		if err == nil {
			_, err = o.book.Decide(t.Context(), who, d, "")
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	decide("admin", "case/own", casefile.File, casefile.Evidence{What: tv.On})
	decide("admin", "case/own", casefile.Note, casefile.NoteText{Text: "in the own"})
	decide("admin", "case/other", casefile.Note, casefile.NoteText{Text: "in the other"})
	decide("admin", reuse, casefile.Decide, casefile.ReuseDecision{Is: casefile.SameFootage})
	decide("admin", tv.On, casefile.Confirm, nil)
	decide("editor", "case/own", casefile.Note, casefile.NoteText{Text: "my own"})
	for _, tt := range []struct {
		who, at string
		want    []casefile.Subject
	}{
		{"editor", "/cases/own", []casefile.Subject{"case/own", "case/own", tv.On}},
		{"editor", "/cases/own/verdict", []casefile.Subject{"case/own", "case/own", tv.On}},
		{"editor", "/cases/other", nil},
		{"admin", "/cases/other", nil}, // what one decided oneself is no news
		{"admin", "/cases/own", []casefile.Subject{"case/own"}},
		{"editor", "/cases", []casefile.Subject{"case/own", "case/own"}},
		{"reader", "/reuse/" + reuse.ID(), []casefile.Subject{reuse}},
		{"reader", "/reuse", []casefile.Subject{reuse}},
		{"reader", "/texts/" + item, []casefile.Subject{tv.On}},
		{"reader", "/items/" + o.item("convoy-2015.mp4"), nil},
		{"reader", "/", nil},
	} {
		list := people[tt.who].news(tt.at, since)
		var got []casefile.Subject
		for _, n := range list.News {
			got = append(got, n.On)
			if n.Said == "" || n.Actor == tt.who || strings.Contains(n.Said, "in the other") {
				t.Errorf("%s at %s is told %+v", tt.who, tt.at, n)
			}
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("news of %s for %s = %v, want %v", tt.at, tt.who, got, tt.want)
		}
		if again := people[tt.who].news(tt.at, list.Since); len(again.News) != 0 || again.Since != list.Since {
			t.Errorf("asked again, %s for %s = %+v, want nothing", tt.at, tt.who, again)
		}
	}
	if got := people["reader"].do("GET", "/api/news?at=/&since=x", "", nil); got.status != http.StatusUnprocessableEntity {
		t.Errorf("news since x = %d %s", got.status, got.body)
	}
}
