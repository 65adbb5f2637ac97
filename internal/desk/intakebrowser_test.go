package desk

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// writeTexts makes small texts of a size in bytes and returns their paths.
func writeTexts(t *testing.T, n, size int) (paths []string) {
	t.Helper()
	dir := t.TempDir()
	for i := range n {
		b := fmt.Appendf(nil, "The mayor said on Monday that %d people had been hurt at the bridge.\n", i+10)
		for len(b) < size {
			b = append(b, "Nothing else is said here.\n"...)
		}
		path := filepath.Join(dir, fmt.Sprintf("text-%d.txt", i))
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		paths = append(paths, path)
	}
	return paths
}

// What is known may be said after the files were chosen; the date is shown back in words; the finished job leads to what it found.
func TestBrowserIntakeWithDetails(t *testing.T) {
	for _, tt := range []struct{ lang, date, words string }{{"de", "März 2018", "März 2018 (2018-03)"}, {"en", "March 2018", "March 2018 (2018-03)"}} {
		t.Run(tt.lang, func(t *testing.T) {
			o := anOffice(t, nil)
			w := o.aWindow(tt.lang, 1280)
			w.open("/intake")
			w.at("/intake")
			w.tabTo("#details > summary")
			w.keys(kb.Enter)
			w.until("the details", `document.getElementById("details").open`)
			w.do(chromedp.SetUploadFiles(chromedp.CSS("#files"), writeTexts(t, 1, 0)))
			w.until("the focus on the date", `!document.getElementById("staged").hidden && document.activeElement.name === "first_seen"`)
			w.do(chromedp.KeyEvent("3/5/2014"))
			w.until("a word on the date", `document.querySelector("[name=first_seen]").getAttribute("aria-invalid") === "true" && document.getElementById("means").textContent.includes("2014-05-03")`)
			js[bool](w, `document.querySelector("[name=first_seen]").select(), true`)
			w.do(chromedp.KeyEvent(tt.date))
			w.until("the date in words", fmt.Sprintf(`document.getElementById("means").textContent.includes(%q)`, tt.words))
			w.accessible("intake with details")
			w.shot("intake-details")
			w.tabTo("[name=outlet]")
			w.do(chromedp.KeyEvent("Orontes Media"))
			w.keys(kb.Enter)
			w.until("what was found", `document.querySelector(".job-card .found a[href^='/texts/']") !== null`)
			w.accessible("intake that is done")
			w.shot("intake-found")
			it, err := o.book.Folder.Catalogue.Item(t.Context(), o.item("text-0.txt"))
			if err != nil {
				t.Fatal(err)
			}
			said := it.Appearances[len(it.Appearances)-1]
			if said.Date != "2018-03" || said.Words != tt.date || it.Outlet != "Orontes Media" {
				t.Errorf("the item says %+v of %q, want 2018-03, %q of Orontes Media", said, it.Outlet, tt.date)
			}
			w.clickOn(".job-card .found a[href^='/texts/']")
			w.at("/texts/")
		})
	}
}

// An upload that is cut off says what is saved and what is not, and goes on with the rest.
func TestBrowserUploadGoesOn(t *testing.T) {
	o := anOffice(t, nil)
	w := o.aWindow("en", 1280)
	w.open("/intake")
	w.at("/intake")
	js[bool](w, `(() => { const open = XMLHttpRequest.prototype.open; let n = 0;
		XMLHttpRequest.prototype.open = function (how, where) { return open.call(this, how, ++n === 2 ? "http://" + location.host + "/cut-off" : where); };
		const send = XMLHttpRequest.prototype.send;
		XMLHttpRequest.prototype.send = function (body) { send.call(this, body); if (n === 2) this.dispatchEvent(new Event("error")); };
		return true; })()`)
	w.do(chromedp.SetUploadFiles(chromedp.CSS("#files"), writeTexts(t, 150, 0)))
	w.until("word of what is saved and what is not", `document.querySelector(".job-card .again") !== null && document.querySelector(".job-card:has(.again) .said").textContent.includes("100 files are saved. 50 files are not saved.")`)
	w.accessible("an upload that was cut off")
	w.shot("intake-cutoff")
	w.until("the focus on going on", `document.activeElement.matches(".again")`)
	w.keys(kb.Enter)
	w.until("all to be done", `document.querySelector(".job-card .again") === null && [...document.querySelectorAll(".job-card .state")].every((s) => s.classList.contains("green")) && document.querySelectorAll(".job-card").length === 2`)
	for i := range 150 {
		o.item(fmt.Sprintf("text-%d.txt", i))
	}
}
