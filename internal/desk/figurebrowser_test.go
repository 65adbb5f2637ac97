package desk

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"beleg/internal/casefile"
)

// The figures of a claim are set with the keyboard alone: on the page of its text, where a conflict comes of it, and from the
// table of the case, where it goes away again. The log holds both decisions.
func TestBrowserFigures(t *testing.T) {
	for _, at := range []struct {
		lang, killed string
		width        int64
	}{{"en", "k", 1280}, {"de", "get", 390}} {
		o := anOffice(t, nil)
		anna := o.anna()
		o.aCase(anna)
		un, children := anna.claims().claim(t, "Mindestens 40 Menschen"), anna.claims().claim(t, "wurden 61 Kinder")
		w := o.aWindow(at.lang, at.width)

		w.open("/texts/" + o.item("article.html") + "#" + claimHash(children.On))
		w.until("its card", "document.querySelector('.card.now .facts') !== null")
		w.keys("f")
		w.until("the form", "document.getElementById('figures-edit').open && document.activeElement.name === 'value'")
		w.accessible("figures of a claim")
		w.shot("figures-form")
		w.keys(kb.End + kb.Backspace + kb.Backspace)
		w.keys(kb.Tab + kb.Tab + kb.Tab + kb.Tab + kb.Tab + kb.Tab + kb.Tab + kb.Tab + "\r")
		w.until("a word on the number", "!document.querySelector('#figures-edit .wrong').hidden && document.activeElement.name === 'value'")
		w.keys("12" + kb.Tab + kb.Tab + kb.Tab + kb.Tab + kb.Backspace + kb.Tab + kb.Home + at.killed + kb.Tab + kb.Tab + kb.Tab + "\r")
		w.until("the edit", "!document.getElementById('figures-edit').open && document.querySelector('.card.now .facts').innerText.includes('12')")
		h := o.book.History(children.On)
		if len(h) != 1 || h[0].Do != casefile.Edit {
			t.Fatalf("log = %+v, want one edit", h)
		}
		if f := *casefile.With[casefile.ClaimEdit](h[0].Decision).Figures; len(f) != 1 || f[0].Value != 12 || f[0].Event != "killed" || f[0].Unit != "persons" || f[0].Of != "" || f[0].Text != "61" {
			t.Errorf("edit = %+v, want 12 people killed, read from \"61\"", f)
		}

		w.open("/cases/corridors?pane=figures")
		w.until("the conflict", "document.querySelector('.said .apart') !== null")
		w.fits("case with figures")
		w.accessible("case with figures")
		w.shot("figures-case")
		if n := figureConflicts(anna.theCase()); n != 1 {
			t.Errorf("%d figure conflicts, want one", n)
		}
		js[bool](w, "document.querySelector('[data-figures=\""+string(un.On)+"\"]').focus(), true")
		w.keys(kb.Enter)
		w.until("the form", "document.getElementById('figures-edit').open && document.activeElement.name === 'value'")
		w.keys(kb.End + kb.Backspace + kb.Backspace + "10" + kb.Tab + kb.Tab + kb.Tab + kb.Tab + "\r")
		w.until("agreement", "document.querySelector('.said .agree') !== null && document.querySelector('.said .apart') === null")
		if n := figureConflicts(anna.theCase()); n != 0 {
			t.Errorf("%d figure conflicts are left", n)
		}
		h = o.book.History(un.On)
		if len(h) != 1 || (*casefile.With[casefile.ClaimEdit](h[0].Decision).Figures)[0].Value != 10 {
			t.Errorf("log = %+v, want one edit to 10", h)
		}
		page := anna.do("GET", "/cases/corridors", "", map[string]string{"Accept-Language": at.lang})
		if !strings.Contains(page.body, "10") || !strings.Contains(page.body, "<q>Mindestens 40</q>") {
			t.Errorf("the table lacks what was set, or the words of the text")
		}
	}
}
