package desk

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestLookout(t *testing.T) {
	var l lookout
	t0 := time.Date(2016, 10, 6, 12, 0, 0, 0, time.UTC)
	steps := []struct {
		id, name string
		after    time.Duration
		want     []string
	}{
		{"a", "ada", 0, []string{}},
		{"a", "ben", 10 * time.Second, []string{"ada"}},
		{"b", "cem", 20 * time.Second, []string{}},
		{"a", "ada", 30 * time.Second, []string{"ben"}},
		{"a", "cem", 71 * time.Second, []string{"ada"}}, // ben was last seen 61 s ago
		{"a", "ada", 10 * time.Minute, []string{}},
	}
	for i, s := range steps {
		if got := l.look(s.id, s.name, t0.Add(s.after)); !slices.Equal(got, s.want) {
			t.Errorf("step %d: look(%s, %s) = %q, want %q", i, s.id, s.name, got, s.want)
		}
	}
	if len(l.seen) != 1 {
		t.Errorf("%d cases are kept, want the one that somebody looks at", len(l.seen))
	}
	l.leave("a", "ada")
	if got := l.look("a", "ben", t0.Add(10*time.Minute)); len(got) != 0 {
		t.Errorf("after leaving: %q, want nobody", got)
	}
}

func TestLookoutConcurrently(t *testing.T) {
	var l lookout
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for range 100 {
				l.look("a", string(rune('a'+i)), time.Unix(0, 0))
				l.leave("a", "a")
			}
		})
	}
	all.Wait()
}

func TestWhoLooksAtACase(t *testing.T) {
	_, people := aTeam(t)
	var p presence
	for _, name := range []string{"reader", "editor"} {
		if got := people[name].json(http.MethodPost, "/api/cases/own/here", nil, &p); got.status != http.StatusOK {
			t.Fatalf("here as %s = %d %s", name, got.status, got.body)
		}
	}
	if !slices.Equal(p.Others, []string{"reader"}) {
		t.Errorf("the editor sees %q, want the reader", p.Others)
	}
	if got := people["admin"].json(http.MethodPost, "/api/cases/none/here", nil, nil); got.status != http.StatusNotFound {
		t.Errorf("here in no case = %d, want 404", got.status)
	}
	if got := people["reader"].json(http.MethodDelete, "/api/cases/own/here", nil, nil); got.status != http.StatusOK {
		t.Errorf("leave = %d %s", got.status, got.body)
	}
	people["editor"].json(http.MethodPost, "/api/cases/own/here", nil, &p)
	if len(p.Others) != 0 {
		t.Errorf("the editor sees %q after the reader left, want nobody", p.Others)
	}
	if body := people["editor"].do(http.MethodGet, "/cases/own", "", nil).body; !strings.Contains(body, "here.js") {
		t.Error("the page of a case does not ask who is here")
	}
}

// Two people see each other on the page, in words, and no more once one has gone.
func TestBrowserWhoLooksAtACase(t *testing.T) {
	for lang, words := range map[string]string{"de": "Gerade auch hier: reader", "en": "Here now: reader"} {
		t.Run(lang, func(t *testing.T) {
			o, people := aTeam(t)
			people["reader"].json(http.MethodPost, "/api/cases/own/here", nil, nil)
			w := o.aWindow(lang, 1280)
			w.open("/sign-in")
			js[bool](w, `document.querySelector("[name=name]").value = "editor"; document.querySelector("[name=password]").value = "a long password"; document.querySelector("form[action^='/sign-in']").requestSubmit(); true`)
			w.until("being signed in", `document.querySelector("header.bar") !== null`)
			w.open("/cases/own")
			w.until("the reader", fmt.Sprintf(`document.getElementById("here").textContent === %q && !document.getElementById("here").hidden`, words))
			w.shot("here")
			w.open("/cases") // leaving says so
			w.until("having left", `document.readyState === "complete"`)
			var p presence
			for range 50 {
				people["reader"].json(http.MethodPost, "/api/cases/own/here", nil, &p)
				if len(p.Others) == 0 {
					break
				}
				time.Sleep(100 * time.Millisecond)
			}
			if len(p.Others) != 0 {
				t.Errorf("the reader still sees %q", p.Others)
			}
		})
	}
}
