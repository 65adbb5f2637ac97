package desk

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"beleg/internal/casefile"
	"beleg/internal/store"
)

// corridorCase opens a case and returns its id.
func (o *office) corridorCase(title string) string {
	o.t.Helper()
	d, err := casefile.Make(casefile.On(casefile.OnCase, "corridor"), casefile.Open, 0, "", casefile.CaseFields{Title: &title})
	if err == nil {
		_, err = o.book.Decide(o.t.Context(), "anna", d, "")
	}
	if err != nil {
		o.t.Fatal(err)
	}
	return "corridor"
}

// clickOn clicks with the mouse on what a selector finds.
func (w *window) clickOn(selector string) {
	w.o.t.Helper()
	w.do(chromedp.ScrollIntoView(chromedp.CSS(selector)), chromedp.Click(chromedp.CSS(selector)))
}

// many takes in small items that nobody looked into.
func (o *office) many(n int) {
	o.t.Helper()
	a := o.book.Folder.Archive
	for i := range n {
		original, err := a.Put(o.t.Context(), strings.NewReader(fmt.Sprintf("item %d", i)))
		if err == nil {
			_, err = o.book.Folder.Record(o.t.Context(), store.KindIntake, "anna", original.Digest, store.Intake{Run: "many", Name: fmt.Sprintf("clip-%03d.mp4", i), Kind: store.Clip})
		}
		if err != nil {
			o.t.Fatal(err)
		}
	}
}

// The search from any page, by keyboard alone, to the place in a whole text; a form of a word that the text does not hold finds it.
func TestBrowserSearchToTheText(t *testing.T) {
	for _, lang := range []string{"de", "en"} {
		t.Run(lang, func(t *testing.T) {
			o := anOffice(t, nil)
			w := o.aWindow(lang, 1280)
			w.open("/cases")
			w.keys("/")
			w.until("the palette", `document.getElementById("find").open`)
			w.keys("Fernsehaufnahme")
			w.until("nothing", `document.querySelectorAll("#find-hits li").length === 0 && document.getElementById("find-count").textContent !== ""`)
			js[bool](w, `document.getElementById("find-words").select(), true`)
			w.keys("Fernsehen") // stands there as Staatsfernsehen
			w.until("the text with its excerpt", `document.querySelector("#find-hits .excerpt mark")?.textContent === "Staatsfernsehen"`)
			w.shot("palette-text")
			w.keys(kb.ArrowDown)
			w.keys(kb.Enter)
			w.at("/items/" + o.item("article.html"))
			w.until("the word in its text", `document.getElementById("found")?.textContent === "Staatsfernsehen" && document.getElementById("found").checkVisibility()`)
			w.accessible("the text of an item")
			w.shot("item-text")
			w.open("/search?q=kind+verletzt&kind=text")
			w.until("the hit", `[...document.querySelectorAll("main .excerpt mark")].map((m) => m.textContent).join(" ") === "Kinder verletzt"`)
			w.accessible("search")
			w.shot("search-text")
		})
	}
}

// The list as pictures, sorted and filtered; what is chosen is filed in a case, and the log says so. By mouse, and by keyboard alone.
func TestBrowserItemsToTheLog(t *testing.T) {
	for _, lang := range []string{"de", "en"} {
		t.Run(lang, func(t *testing.T) {
			o := anOffice(t, nil)
			id := o.corridorCase("The corridor")
			w := o.aWindow(lang, 1280)
			w.open("/items")
			w.accessible("items")
			w.shot("items")
			w.clickOn(`.views a[href*="view=grid"]`)
			w.until("the grid", `document.querySelectorAll("#items.gallery > li").length >= 4`)
			w.accessible("items as pictures")
			w.shot("items-grid")
			js[bool](w, `document.querySelector("[name=order]").value = "name", document.querySelector("[name=kind]").value = "clip", true`)
			w.clickOn(".filter button")
			w.until("two clips by name", `[...document.querySelectorAll("#items .main a")].map((a) => a.textContent).join(" ") === "convoy-2015.mp4 corridor-2014.mp4"`)
			w.clickOn("#items li:nth-child(1) .pick")
			w.clickOn("#items li:nth-child(2) .pick")
			w.until("the actions", `!document.getElementById("bulk").hidden`)
			w.shot("items-bulk")
			w.clickOn("#bulk-file")
			w.until("that both are filed", `document.querySelector('#bulk-said a[href="/cases/corridor"]') !== null`)
			if got := o.evidence(id); got != 2 {
				t.Errorf("after the mouse the case holds %d pieces of evidence, want 2", got)
			}

			w.open("/items?q=photo")
			w.tabTo("#items .pick")
			w.keys(" ")
			w.tabTo("#bulk-file")
			w.keys(kb.Enter)
			w.until("that it is filed", `document.querySelector('#bulk-said a[href="/cases/corridor"]') !== null`)
			w.tabTo("#bulk-graphic")
			w.open("/items?from=Mai+2014&to=Mai+2014")
			w.until("the clip of May 2014 alone", `[...document.querySelectorAll("#items .main a")].map((a) => a.textContent).join(" ") === "corridor-2014.mp4"`)
			w.tabTo("#items .pick")
			w.keys(" ")
			w.tabTo("#bulk-graphic")
			w.keys(kb.Enter)
			w.until("the veil", `document.querySelector("#items .thumb.veiled") !== null && document.getElementById("waiting").hidden`)
			if got := o.evidence(id); got != 3 {
				t.Errorf("after the keyboard the case holds %d pieces of evidence, want 3", got)
			}
			graphic := false
			o.book.Look(func(s *casefile.State) { graphic = s.Graphic(o.item("corridor-2014.mp4")) })
			if !graphic {
				t.Errorf("the clip is not marked as graphic in the log")
			}
			w.open("/items?from=3/5/2014")
			w.until("a word on the date", `document.querySelector("main").textContent.includes("2014-05-03")`)
		})
	}
}

func (o *office) evidence(id string) (n int) {
	o.book.Look(func(s *casefile.State) {
		c, _ := s.Case(id)
		n = len(c.Evidence)
	})
	return n
}

// More adds to the list; without scripts it is a link.
func TestBrowserMoreItems(t *testing.T) {
	o := anOffice(t, nil)
	o.many(120)
	w := o.aWindow("en", 1280)
	w.open("/items?q=clip")
	w.at("/items")
	w.until("a page", `document.querySelectorAll("#items > li").length === 50`)
	w.keys("m")
	w.until("two pages", `document.querySelectorAll("#items > li").length === 100`)
	w.clickOn("#more")
	w.until("all of them, each once", `new Set([...document.querySelectorAll("#items > li")].map((li) => li.dataset.item)).size === 120 && document.getElementById("more").hidden`)
	w.open("/items?q=clip&order=name&skip=100")
	w.until("the last page by name", `document.querySelectorAll("#items > li").length === 20`)
}

// The page of an item: tabs by keyboard and mouse, and what was not looked at.
func TestBrowserItemTabs(t *testing.T) {
	for _, lang := range []string{"de", "en"} {
		t.Run(lang, func(t *testing.T) {
			o := anOffice(t, nil)
			o.many(1)
			w := o.aWindow(lang, 1280)
			w.open("/items/" + o.item("broadcast.mp4"))
			for i, name := range []string{"look", "sheet", "facts", "proof", "history"} {
				w.keys(fmt.Sprint(i + 1))
				w.until("the tab "+name, fmt.Sprintf(`[...document.querySelectorAll(".pane")].filter((p) => p.checkVisibility()).map((p) => p.id).join() === "pane-%s"`, name))
				w.until("pictures", `[...document.images].filter((i) => i.checkVisibility()).every((i) => i.complete)`)
				w.accessible("item, " + name)
				w.fits("item, " + name)
				w.shot("item-" + name)
			}
			w.clickOn("#tab-sheet")
			w.clickOn("#pane-sheet li:nth-child(5) a")
			w.until("the film there", `document.querySelector("#pane-look video") !== null && document.querySelector("#pane-look video").src.includes("#t=") && document.querySelector("#pane-look video").muted`)
			w.open("/items/" + o.item("clip-000.mp4"))
			w.until("that it was not looked at", `document.querySelector("main [role=note]") !== null`)
		})
	}
}
