package journey

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
)

// demo makes the worked case once; each walk has a copy of the house.
var demo struct {
	once sync.Once
	dir  string
}

func workedHouse(t *testing.T) *house {
	t.Helper()
	program(t)
	demo.once.Do(func() {
		dir := filepath.Join(shared.dir, "demo")
		h := &house{t: t, dir: dir, data: filepath.Join(dir, "case", "data")}
		h.run("", "demo", "--dir", filepath.Join(dir, "case"), "--no-serve")
		demo.dir = dir
	})
	h := aHouse(t)
	if err := copyTree(h.dir, demo.dir); err != nil {
		t.Fatal(err)
	}
	h.data = filepath.Join(h.dir, "case", "data")
	return h
}

// copyTree copies files with their rights: originals must not be writable.
func copyTree(to, from string) error {
	if out, err := exec.Command("cp", "-a", from+"/.", to).CombinedOutput(); err != nil {
		return fmt.Errorf("%w: %s", err, out)
	}
	return nil
}

// The worked case: reuse decided, false hits refused, the anachronism confirmed, a source graded, casualty figures compared, the
// verdict signed, and a second person's name under it.
func TestJourneyWorkedCase(t *testing.T) {
	eachWay(t, func(t *testing.T, name, lang string, mouse bool) {
		h := workedHouse(t)
		h.team()
		at, done := h.serve(lang)
		w := aWalker(t, "worked "+name, lang, mouse, at)
		w.signIn("anna")

		same, alike := w.judgeAll()

		w.openCase()
		w.shot("case")
		w.confirmAnachronism()
		w.key("3", "[data-pane=figures]")
		w.until("casualty figures side by side", "document.getElementById('pane-figures').checkVisibility() && document.querySelectorAll('#pane-figures svg, #pane-figures table').length > 0")
		w.shot("figures")

		w.key("gs", "header a[href='/sources']")
		w.at("/sources")
		w.entry("details.source > summary")
		w.choose("details[open] form[data-do=grade] [name=grade]", "D")
		w.fill("details[open] form[data-do=grade] [name=reason]", "was wrong before")
		w.use("details[open] form[data-do=grade] button")
		w.until("the grade", "document.querySelector('details.source .history li')")

		w.openCase()
		w.verdict()
		w.shot("signed")
		w.signOut()
		w.signIn("bert")
		w.openCase()
		w.second()
		w.shot("second")
		w.tell()
		done()

		c := h.theCase()
		signed(t, c)
		for _, want := range []struct {
			do, is string
			n      int
		}{{"decide", "same footage", same}, {"decide", "look-alike", alike}, {"confirm", "", 1}, {"grade", "", 1}, {"sign", "", 1}} {
			if n := c.done("anna", want.do, want.is); n != want.n || n == 0 {
				t.Errorf("the log has %d of %s %s by anna, want %d", n, want.do, want.is, want.n)
			}
		}
		if n := c.done("bert", "second", ""); n != 1 {
			t.Errorf("the log has %d second signatures, want 1", n)
		}
	})
}

// judgeAll goes through the queue: what the archive shows again is called the same footage, and what only looks so is refused.
func (w *walker) judgeAll() (same, alike int) {
	w.t.Helper()
	w.key("gr", "header a[href='/reuse']")
	w.at("/reuse")
	w.shot("queue")
	w.entry("main ul.hits a[href^='/reuse/']")
	for look[bool](w, "document.readyState === 'complete' && location.pathname.startsWith('/reuse/')") || same == 0 {
		w.at("/reuse/")
		w.ready()
		if look[bool](w, `/corridor|harbour|photo|convoy|clip|ruin/.test(document.querySelectorAll(".sides figure")[1].innerText)`) {
			w.judge("1")
			same++
		} else {
			w.judge("3")
			alike++
		}
	}
	if look[bool](w, "document.getElementById('faint') !== null") {
		w.use("#faint summary")
		w.entry("#faint ul.hits a[href^='/reuse/']")
		for range 20 {
			w.at("/reuse/")
			w.judge("3")
			alike++
			if look[bool](w, "location.pathname === '/reuse'") {
				break
			}
		}
	}
	return same, alike
}
