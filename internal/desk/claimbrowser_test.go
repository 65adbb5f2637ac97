package desk

import (
	"fmt"
	"net/url"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"beleg/internal/casefile"
	"beleg/internal/casework"
)

// Claims are decided with the keyboard alone: accept, refuse with a reason, move an end, split, merge, undo.
func TestBrowserClaims(t *testing.T) {
	for _, at := range []struct {
		lang  string
		width int64
	}{{"en", 1280}, {"de", 390}} {
		o := anOffice(t, nil)
		w := o.aWindow(at.lang, at.width)
		w.open("/texts/" + o.item("article.html"))
		w.until("the first card", "document.querySelector('.card.now .facts') !== null")
		w.fits("text")
		w.accessible("text")
		w.shot("text")
		first := o.anna().claims().Claims[0]
		w.keys("a")
		w.until("the first to be accepted", "document.querySelectorAll('.card.confirmed').length === 1 && document.querySelectorAll('.card.confirmed.now').length === 0")
		w.keys("r")
		w.until("the question why", "document.getElementById('refuse').open")
		w.keys("\r")
		w.until("a word on the reason", "!document.querySelector('#refuse .wrong').hidden")
		w.keys("only background\r")
		w.until("the second to be refused", "document.querySelectorAll('.card.refused').length === 1 && !document.getElementById('refuse').open")
		w.keys("u")
		w.until("the refusal to be undone", "document.querySelectorAll('.card.refused').length === 0")
		w.keys("s")
		w.until("a word on the caret", "document.querySelector('#told .bad') !== null")
		js[bool](w, "window.n = document.querySelectorAll('.card').length, true")
		w.keys(kb.ArrowRight + kb.ArrowRight)
		w.keys("s")
		w.until("the split", "document.querySelectorAll('.card').length === window.n + 1")
		w.keys("m")
		w.until("the merge", "document.querySelectorAll('.card').length === window.n")
		w.shot("claims-" + at.lang)
		v := o.anna().claims()
		if v.Claims[0].On != first.On || v.Claims[0].Decided.Status != casefile.Confirmed {
			t.Errorf("first claim = %+v, want it confirmed", v.Claims[0].Decided)
		}
	}
}

// Who types faster than the desk answers gets what they typed: the words of a reason are not taken for keys, and a
// key after a dialog is not taken for a word.
func TestBrowserHastyClaims(t *testing.T) {
	o := anOffice(t, nil)
	w := o.aWindow("en", 1280)
	w.open("/texts/" + o.item("article.html"))
	w.until("the first card", "document.querySelector('.card.now .facts') !== null")
	before := o.anna().claims().Claims
	js[bool](w, `(window.answer = window.fetch, window.fetch = async (...x) => {
		await new Promise((done) => setTimeout(done, 400));
		return answer(...x);
	}, true)`)
	w.keys("aar" + "a reason in haste\r" + "a")
	w.until("all four to be recorded", "document.querySelectorAll('.card.confirmed').length === 3 && document.getElementById('waiting').hidden")
	v := o.anna().claims().Claims
	for i, want := range []casefile.Status{casefile.Confirmed, casefile.Confirmed, casefile.Refused, casefile.Confirmed} {
		if d := v[i].Decided; v[i].On != before[i].On || d.Status != want || want == casefile.Refused && d.Reason != "a reason in haste" {
			t.Errorf("claim %d is %+v, want it %s", i, d, want)
		}
	}
	w.keys("u")
	w.until("the last to be open", "document.querySelectorAll('.card.confirmed').length === 2")
	w.keys("e")
	w.until("what is edited", "document.getElementById('edit').open && document.activeElement.name === 'source'")
	w.keys(" and others\r")
	w.until("the edit", "!document.getElementById('edit').open && document.querySelector('.card.now .facts').innerText.includes('and others')")
}

// A claim that was found is the one that the page of its text begins with.
func TestBrowserFoundClaim(t *testing.T) {
	o := anOffice(t, nil)
	w := o.aWindow("en", 1280)
	list := o.anna().claims().Claims
	last := list[len(list)-1]
	_, n, ok := casework.ClaimItem(last.On)
	if !ok || n < 2 {
		t.Fatalf("the last claim is %s, want a second one at least", last.On)
	}
	link := fmt.Sprintf("/texts/%s#claim-%02d", o.item("article.html"), n)
	w.open("/search?q=" + url.QueryEscape(last.Text))
	w.until("a link to the claim", fmt.Sprintf("document.querySelector('main a[href=%q]') !== null", link))
	js[bool](w, fmt.Sprintf("document.querySelector('main a[href=%q]').focus(), true", link))
	w.keys(kb.Enter)
	w.at("/texts/")
	w.until("its card", fmt.Sprintf("document.querySelector('.card.now .said')?.textContent === %q", last.Text))
}

// The pages of a case: nothing sticks out, and everybody can use them.
func TestBrowserCasePages(t *testing.T) {
	o := anOffice(t, nil)
	tv := o.aCase(o.anna())
	for _, at := range []struct {
		lang  string
		width int64
	}{{"en", 1280}, {"en", 390}, {"de", 1280}, {"de", 390}} {
		w := o.aWindow(at.lang, at.width)
		for _, p := range []struct{ name, path string }{{"claims", "/claims"}, {"cases", "/cases"}, {"case", "/cases/corridors"},
			{"verdict", "/cases/corridors/verdict?claim=" + string(tv.On)}, {"sources", "/sources"}} {
			w.open(p.path)
			w.fits(p.path)
			w.accessible(p.path)
			w.shot(p.name)
		}
		w.open("/cases/corridors/verdict?claim=" + string(tv.On))
		js[bool](w, "document.querySelector('#verdict button').click(), true")
		w.until("a word at the field", "document.querySelector('#verdict .wrong') !== null")
	}
}
