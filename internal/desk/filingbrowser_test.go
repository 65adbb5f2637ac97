package desk

import (
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"beleg/internal/casefile"
)

// From an item by keyboard: into a new case, then from a claim into the same one, which comes first then; nobody types an id.
func TestBrowserFiles(t *testing.T) {
	for _, lang := range []string{"de", "en"} {
		t.Run(lang, func(t *testing.T) {
			o := anOffice(t, nil)
			w := o.aWindow(lang, 1280)
			o.aCase(o.anna())
			article := o.item("article.html")
			w.open("/items/" + article)
			w.keys("c")
			w.until("the dialog", "document.getElementById('filing').open && document.activeElement.name === 'case'")
			w.accessible("filing")
			w.shot("filing")
			w.pick("+")
			w.until("the title of a new case", "document.querySelector('#filing .new').checkVisibility()")
			w.tabTo("#filing [name=title]")
			w.keys("Who was shown?")
			w.keys("\r")
			w.until("what was recorded", "!document.getElementById('filing').open && document.getElementById('told')?.textContent.includes('Who was shown?')")
			if js[bool](w, "document.activeElement.matches('button[data-file]')") == false {
				t.Errorf("the focus is not where it was")
			}
			fresh := o.lastCase()
			if fresh.Title != "Who was shown?" || len(fresh.Evidence) != 1 || fresh.Evidence[0].What.ID() != article {
				t.Fatalf("the new case is %+v, want the article in it", fresh)
			}

			w.open("/texts/" + article)
			w.until("the first card", "document.querySelector('.card.now .facts') !== null")
			w.keys("c")
			w.until("the dialog", "document.getElementById('filing').open && document.querySelector('#filing [name=case]').value !== ''")
			w.keys("\r")
			w.until("the claim to be filed", "!document.getElementById('filing').open && document.querySelector('#told p') !== null")
			if c := o.lastCase(); c.ID != fresh.ID || len(c.Evidence) != 2 || c.Evidence[1].What.Kind() != casefile.OnClaim {
				t.Errorf("the case used last is %+v, want the claim in the new one", c)
			}

			w.open("/cases/" + fresh.ID)
			w.keys("e")
			w.until("the picker", "document.activeElement.id === 'pick-words'")
			w.keys("corridor-2014")
			w.until("what is found", "[...document.querySelectorAll('#pick-hits [role=option]')].some((o) => o.dataset.what.startsWith('item/'))")
			w.accessible("picker")
			w.shot("picker")
			w.keys(kb.Enter)
			w.until("the choice", "document.querySelector('.picker [name=what]').value !== ''")
			w.keys(kb.Enter)
			w.until("what was recorded", "document.querySelector('#told p') !== null && document.readyState === 'complete'")
			if c := o.lastCase(); len(c.Evidence) != 3 || c.Evidence[2].What != casefile.On(casefile.OnItem, o.item("corridor-2014.mp4")) {
				t.Errorf("the picker filed %+v, want the clip", c.Evidence)
			}
			w.until("the focus near where it was", "document.activeElement.closest('.filing') !== null || document.activeElement.matches('summary')")
			js[bool](w, "document.activeElement.blur(), true")
			w.keys("u")
			w.until("word that it is taken back", "/^(Taken back|Zurückgenommen)/.test(document.getElementById('told')?.textContent)")
			if c := o.lastCase(); len(c.Evidence) != 2 {
				t.Errorf("after U: %+v, want two", c.Evidence)
			}
		})
	}
}

// lastCase is the case that was changed last.
func (o *office) lastCase() (c casefile.Case) {
	o.book.Look(func(s *casefile.State) { c = s.Cases()[0] })
	return c
}

// The mouse files a search hit for a claim.
func TestBrowserFilesByMouse(t *testing.T) {
	o := anOffice(t, nil)
	w := o.aWindow("en", 1280)
	tv := o.aCase(o.anna())
	w.open("/search?q=orontes")
	w.do(chromedp.Click(chromedp.CSS("main button[data-file]")))
	w.until("the claims", "document.querySelectorAll('#filing [name=claim] option').length > 1")
	w.do(chromedp.SendKeys(chromedp.CSS("#filing [name=side]"), "against"))
	w.until("the claim to be asked for", "document.querySelector('#filing .claim').checkVisibility()")
	w.do(chromedp.Click(chromedp.CSS("#filing button[value=yes]")))
	w.until("what was recorded", "document.getElementById('told')?.textContent.includes('Corridors')")
	list := o.theCase().Evidence
	if e := list[len(list)-1]; e.What.ID() != o.item("corridor-2014.mp4") || e.Side != "against" || e.Claim != tv.On {
		t.Errorf("filed %+v, want the clip against the television claim", e)
	}
}

// A key pressed again while a decision is on its way decides nothing, neither here nor on what comes next; nor does one before both
// pictures are there.
func TestBrowserOneDecisionAKey(t *testing.T) {
	o := anOffice(t, nil)
	hold := make(chan struct{})
	release := sync.OnceFunc(func() { close(hold) })
	t.Cleanup(release) // before the desk is closed, which waits for what is being answered
	o.before = func(r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/preview") {
			<-hold
		}
	}
	w := o.aWindow("en", 1280)
	list, err := o.book.Folder.Reuses(t.Context(), "")
	if err != nil || len(list) < 2 {
		t.Fatalf("%d reuses, %v, want at least 2", len(list), err)
	}
	total := func() (n uint64) {
		for _, r := range list {
			n += o.book.Version(casefile.On(casefile.OnReuse, r.ID))
		}
		return n
	}
	js[bool](w, "location.assign('/reuse'), true")
	w.at("/reuse")
	w.do(chromedp.Click(chromedp.CSS("a.button[href^='/reuse/']")))
	w.until("the page", "document.querySelector('.choices') !== null && location.pathname.startsWith('/reuse/')")
	w.until("the keys to be heard", "document.querySelector('.choice[aria-disabled=true]') !== null")
	w.keys("1")
	w.until("word to wait", "document.getElementById('told')?.textContent.includes('both pictures')")
	if n := total(); n != 0 {
		t.Fatalf("%d decisions before there were pictures, want none", n)
	}
	release()
	w.until("both pictures", "document.getElementById('compare').classList.contains('ready')")
	first := js[string](w, "location.pathname")
	js[bool](w, `(window.answer = window.fetch, window.fetch = async (...x) => {
		await new Promise((done) => setTimeout(done, 700));
		return answer(...x);
	}, true)`)
	w.keys("1111")
	w.until("the next", "location.pathname !== '"+first+"' && location.pathname.startsWith('/reuse/') && document.readyState === 'complete'")
	w.until("what was recorded", "document.getElementById('told')?.textContent.includes('same footage')")
	w.until("both pictures", "document.getElementById('compare').classList.contains('ready')")
	if n := total(); n != 1 {
		t.Errorf("%d decisions after one key pressed four times, want 1", n)
	}
	w.keys("3")
	w.until("the one after", "document.getElementById('told')?.textContent.includes('only a look-alike') && document.readyState === 'complete'")
	w.keys("u")
	w.until("the last to be taken back", "document.getElementById('told')?.textContent.startsWith('Taken back') && document.readyState === 'complete'")
	w.keys("u")
	w.until("the one before to be taken back", "location.pathname === '"+first+"' && document.getElementById('told')?.textContent.startsWith('Taken back: same footage')")
	if n := total(); n != 4 {
		t.Errorf("%d entries, want two decisions and both taken back", n)
	}
	for _, r := range list {
		if is := decided(o, r.ID); is != "" {
			t.Errorf("%s is %q, want it open", r.ID, is)
		}
	}
}

// j, k and Enter go through every list.
func TestBrowserLists(t *testing.T) {
	o := anOffice(t, nil)
	o.aCase(o.anna())
	w := o.aWindow("en", 1280)
	for _, path := range []string{"/items", "/reuse", "/claims", "/cases", "/sources", "/search?q=orontes"} {
		w.open(path)
		w.keys(kb.Escape) // out of the field that has the focus, if any
		w.keys("j")
		w.until("the first entry of "+path, "document.querySelector('main li:focus-within, main tr:focus-within, main details:focus-within, main [data-entry]:focus-within') !== null")
		if path == "/sources" {
			w.keys(kb.Enter)
			w.until("it to be open", "document.querySelector('details.source[open]') !== null")
			continue
		}
		first := js[string](w, "document.activeElement.getAttribute('href')")
		w.keys("jk")
		if got := js[string](w, "document.activeElement.getAttribute('href')"); got != first {
			t.Errorf("%s: j and k lead to %s, want back to %s", path, got, first)
		}
		w.keys(kb.Enter)
		w.at(strings.SplitN(first, "#", 2)[0])
	}
}
