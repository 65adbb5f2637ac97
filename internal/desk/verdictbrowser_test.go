package desk

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"beleg/internal/accounts"
	"beleg/internal/casefile"
)

// tabTo presses Tab until the element of a selector has the focus, as a person without a mouse does.
func (w *window) tabTo(selector string) {
	w.o.t.Helper()
	for range 150 {
		w.keys(kb.Tab)
		if js[bool](w, fmt.Sprintf("document.activeElement.matches(%q)", selector)) {
			return
		}
	}
	w.shot("broken")
	w.o.t.Fatalf("browser: no Tab leads to %s", selector)
}

// pick chooses an entry of a list that has the focus, with the arrow keys.
func (w *window) pick(value string) {
	w.o.t.Helper()
	for range 40 {
		if js[string](w, "document.activeElement.value") == value {
			return
		}
		w.keys(kb.ArrowDown)
	}
	w.o.t.Fatalf("browser: no arrow key leads to %s", value)
}

// A verdict is signed in the browser, and a second person's name comes under it: by keyboard alone and by mouse, in both languages.
func TestBrowserSigns(t *testing.T) {
	for _, tt := range []struct {
		name, lang string
		sign       func(*window)
		second     func(*window)
	}{
		{"keyboard", "de", signByKeyboard, func(w *window) { w.tabTo("button[data-do=second]"); w.keys(kb.Enter) }},
		{"mouse", "en", signByMouse, func(w *window) { w.do(chromedp.Click(chromedp.CSS("button[data-do=second]"))) }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			o, people := aTeam(t)
			if err := o.people.SetRole(t.Context(), "editor", "corridors", accounts.Editor); err != nil { // nobody opens a case whose id can be guessed
				t.Fatal(err)
			}
			tv := o.aCase(people["editor"])
			w := o.aWindow(tt.lang, 1280)
			w.signIn("editor")
			w.open("/cases/corridors/verdict?claim=" + string(tv.On))
			tt.sign(w)
			w.until("the verdict to stand", "document.querySelector('section.verdict') !== null")
			w.accessible("signed verdict")
			w.shot("signed")
			reuse := casefile.On(casefile.OnReuse, o.mirrored().ID)
			s, ok := o.theCase().Verdict(tv.On)
			if !ok || s.Entry.Actor != "editor" || s.Rating != "false-context" || s.Standard != "clear and convincing" || len(s.Against) != 1 || s.Against[0] != reuse || s.Searched ||
				s.Source != "State television" || s.Tech != "The same street" || s.Content != "May 2014" || s.Summary != "The pictures are of 2014." {
				t.Fatalf("the log has the verdict %+v, want what was entered", s)
			}

			w.signIn("admin")
			w.open("/cases/corridors/verdict?claim=" + string(tv.On))
			tt.second(w)
			w.until("the second name", "document.querySelector('section.verdict.green') !== null")
			if s, _ = o.theCase().Verdict(tv.On); s.Second == nil || s.Second.Actor != "admin" {
				t.Errorf("the log has the second person %+v, want the admin", s.Second)
			}
		})
	}
}

// signIn signs in somebody of a team.
func (w *window) signIn(name string) {
	w.o.t.Helper()
	w.open("/sign-in")
	w.do(chromedp.SendKeys(chromedp.CSS("[name=name]"), name), chromedp.SendKeys(chromedp.CSS("[name=password]"), "a long password"+kb.Enter))
	w.until(name+" to be signed in", fmt.Sprintf("document.querySelector('.who')?.textContent === %q", name))
}

func signByKeyboard(w *window) {
	for _, f := range []struct{ name, text string }{{"source", "State television"}, {"technical", "The same street"}, {"content", "May 2014"}} {
		w.tabTo("#verdict [name=" + f.name + "]")
		w.keys(f.text)
	}
	w.tabTo("#verdict [name=against]")
	w.keys(" ")
	w.tabTo("#verdict [name=standard]")
	w.pick("clear and convincing")
	w.tabTo("#verdict [name=rating]")
	w.pick("false-context")
	w.tabTo("#verdict [name=summary]")
	w.keys("The pictures are of 2014.")
	w.tabTo("#verdict button")
	w.keys(kb.Enter)
}

func signByMouse(w *window) {
	field := func(name string) chromedp.CSS { return chromedp.CSS("#verdict [name=" + name + "]") }
	w.do(chromedp.SendKeys(field("source"), "State television"), chromedp.SendKeys(field("technical"), "The same street"), chromedp.SendKeys(field("content"), "May 2014"),
		chromedp.Click(field("against")), chromedp.SendKeys(field("standard"), "clear"))
	w.pick("clear and convincing")
	w.do(chromedp.Focus(field("rating")))
	w.pick("false-context")
	w.do(chromedp.SendKeys(field("summary"), "The pictures are of 2014."), chromedp.Click(chromedp.CSS("#verdict button")))
}

// theCase is the case "corridors" as the log has it.
func (o *office) theCase() (c casefile.Case) {
	o.book.Look(func(s *casefile.State) { c, _ = s.Case("corridors") })
	return c
}
