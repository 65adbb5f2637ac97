package desk

import (
	"net/http"
	"slices"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"beleg/internal/casefile"
	"beleg/internal/casework"
)

// A person finds a case only when they may see it.
func TestSearchKeepsCasesApart(t *testing.T) {
	_, people := aTeam(t)
	for name, want := range map[string][]string{"reader": {"/cases/own"}, "admin": {"/cases/other", "/cases/own"}} {
		var f casework.Found
		if got := people[name].json(http.MethodGet, "/api/search?q=CASE", nil, &f); got.status != http.StatusOK {
			t.Fatalf("%s: search = %d: %s", name, got.status, got.body)
		}
		var got []string
		for _, g := range f.Groups {
			for _, h := range g.Hits {
				if g.Kind == "case" {
					got = append(got, h.Path)
				}
			}
		}
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("%s finds the cases %q, want %q", name, got, want)
		}
	}
}

// Ctrl-K from any page, by keyboard alone: an item, and a case.
func TestBrowserSearchByKeyboard(t *testing.T) {
	for _, lang := range []string{"de", "en"} {
		t.Run(lang, func(t *testing.T) {
			o := anOffice(t, nil)
			title := "Die Brücke von Idlib"
			d, err := casefile.Make(casefile.On(casefile.OnCase, "bridge"), casefile.Open, 0, "", casefile.CaseFields{Title: &title})
			if err == nil {
				_, err = o.book.Decide(t.Context(), "anna", d, "")
			}
			if err != nil {
				t.Fatal(err)
			}
			w := o.aWindow(lang, 1280)
			w.open("/sources")
			js[bool](w, `document.dispatchEvent(new KeyboardEvent("keydown", { key: "k", ctrlKey: true, bubbles: true, cancelable: true })); true`)
			w.until("the palette", `document.getElementById("find").open && document.activeElement.id === "find-words"`)
			w.keys("bruecke")
			w.until("the case", `[...document.querySelectorAll("#find-hits li")].some((li) => li.textContent.includes("Brücke"))`)
			w.shot("palette")
			w.keys(kb.ArrowDown)
			w.keys(kb.Enter)
			w.at("/cases/bridge")
			w.keys("/")
			w.until("the palette again", `document.getElementById("find").open`)
			w.keys("corridor")
			w.until("the clip", `[...document.querySelectorAll("#find-hits li")].some((li) => li.textContent.includes("corridor"))`)
			w.keys(kb.Enter)
			w.at("/search")
			w.until("the hits", `document.querySelectorAll("main mark").length > 0`)
			w.shot("search")
			w.keys(kb.Escape)
			w.open("/search?q=zzzz")
			w.until("a word on nothing", `document.querySelector("main .none") !== null`)
		})
	}
}
