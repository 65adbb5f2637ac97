package desk

import (
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"beleg/internal/casefile"
)

// shownPane is the pane that is open, by its name; more than one would stand together.
const shownPane = `[...document.querySelectorAll(".pane")].filter((p) => !p.hidden).map((p) => p.id).join()`

// datedCase is the case "corridors" with a claim of 5 October 2016.
func (o *office) datedCase() {
	o.t.Helper()
	anna := o.anna()
	tv := o.aCase(anna)
	got := anna.json("POST", "/api/decisions", map[string]any{"on": tv.On, "do": "edit", "base": 0, "with": map[string]string{"about": "2016-10-05"}}, nil)
	if got.status != http.StatusCreated {
		o.t.Fatalf("edit = %d %s", got.status, got.body)
	}
}

// The board by keyboard alone: tabs by number and arrow, the brush of the timeline, a decision that comes back to its pane.
func TestBrowserBoardByKeyboard(t *testing.T) {
	o := anOffice(t, nil)
	o.datedCase()
	w := o.aWindow("de", 1280)
	w.open("/cases/corridors")
	w.until("tabs", `document.querySelector("[role=tablist] [role=tab][aria-selected=true]")?.id === "tab-claims"`)
	w.keys("?")
	w.until("the keys of the page", `document.getElementById("keys").open && document.getElementById("keys").innerText.includes("Bereich öffnen")`)
	w.keys(kb.Escape)
	w.keys("2")
	w.until("contradictions", shownPane+` === "pane-contradictions" && location.search === "?pane=contradictions"`)
	w.keys(kb.ArrowRight)
	w.until("figures", shownPane+` === "pane-figures" && document.activeElement.id === "tab-figures"`)
	w.keys(kb.Home)
	w.until("claims", shownPane+` === "pane-claims"`)

	w.tabTo("#brush-from")
	w.keys(kb.End)
	w.until("the claim of 2016 to be gone", `document.querySelectorAll(".claimrow[data-out]").length === 1 && document.getElementById("brushed").textContent.includes("0 von 1 Behauptungen")`)
	w.shot("brushed")
	w.tabTo("#brush-all")
	w.keys(kb.Enter)
	w.until("all of them", `document.querySelectorAll("[data-out]").length === 0`)

	w.keys("2")
	w.tabTo("[data-do=confirm]")
	w.keys(kb.Enter)
	w.until("the decision and its pane", `document.readyState === "complete" && document.querySelector(".against.confirmed") !== null && `+shownPane+` === "pane-contradictions"`)
	confirmed := 0
	o.book.Look(func(s *casefile.State) {
		for _, on := range s.Subjects(casefile.OnContradiction) {
			if s.Status(on).Status == casefile.Confirmed {
				confirmed++
			}
		}
	})
	if confirmed != 1 {
		t.Errorf("%d contradictions confirmed in the log, want 1", confirmed)
	}
	w.keys("7")
	w.until("the history with the contradiction in it", shownPane+` === "pane-history" && document.querySelector("#pane-history .history li .on a")?.getAttribute("href").startsWith("?pane=contradictions#")`)
}

// The board by mouse: a stretch drawn over the timeline filters claims and places, a link goes to its pane, dark is kept.
func TestBrowserBoardByMouse(t *testing.T) {
	o := anOffice(t, nil)
	o.datedCase()
	w := o.aWindow("en", 1280)
	w.open("/cases/corridors")
	w.until("the brush", `!document.querySelector(".brush").hidden`)
	js[bool](w, `(() => { const svg = document.querySelector("svg.timeline"), box = svg.getBoundingClientRect();
		const at = (type, x) => svg.dispatchEvent(new PointerEvent(type, {pointerId: 1, pointerType: "mouse", button: 0, clientX: box.left + x * box.width, clientY: box.top + 20, bubbles: true}));
		svg.setPointerCapture = () => {};
		at("pointerdown", 0.8); at("pointermove", 0.97); at("pointerup", 0.97); return true; })()`)
	w.until("the claim of 2016 to be gone", `document.querySelectorAll(".claimrow[data-out]").length === 1`)
	w.do(chromedp.Click(chromedp.CSS("#brush-all")))
	w.until("the claim", `document.querySelectorAll(".claimrow:not([data-out])").length === 1`)
	w.do(chromedp.Click(chromedp.CSS(".claimrow a[href^='?pane=contradictions']")))
	w.until("its contradiction", shownPane+` === "pane-contradictions" && location.hash !== ""`)

	w.do(chromedp.Click(chromedp.CSS("#me-open")), chromedp.Click(chromedp.CSS(".themes a[href^='/theme/dark']")))
	w.until("dark paper on the same page", `document.documentElement?.dataset.theme === "dark" && location.pathname === "/cases/corridors" && getComputedStyle(document.documentElement).backgroundColor === "rgb(20, 24, 26)"`)
	w.open("/items")
	w.until("dark paper on the next page", `document.readyState === "complete" && getComputedStyle(document.documentElement).backgroundColor === "rgb(20, 24, 26)"`)
}

// A case that is opened at the desk has the words of its title in its address, and not in its page.
func TestBrowserOpensACase(t *testing.T) {
	o := anOffice(t, nil)
	w := o.aWindow("de", 390)
	w.open("/cases")
	w.do(chromedp.SendKeys(chromedp.CSS("[name=title]"), "Die Brücke – wer war's?"), chromedp.Click(chromedp.CSS("form[data-do=open] button")))
	w.at("/cases/die-br")
	var id string
	o.book.Look(func(s *casefile.State) { id = s.Cases()[0].ID })
	if !strings.HasPrefix(id, "die-brücke-wer-war-s-") || len(id) < 26 {
		t.Errorf("id = %q, want the words of the title and what nobody guesses", id)
	}
	if js[bool](w, `document.querySelector("main .path").innerText.includes("brücke-wer")`) {
		t.Errorf("the id stands raw in the head of the page")
	}
}

// Without a script the desk opens the pane that the address names.
func TestPaneOfTheAddress(t *testing.T) {
	o := anOffice(t, nil)
	anna := o.anna()
	o.aCase(anna)
	for at, want := range map[string]string{"": "claims", "?pane=sources": "sources", "?pane=nonsense": "claims"} {
		body := anna.do("GET", "/cases/corridors"+at, "", nil).body
		for _, pane := range panes {
			_, tag, _ := strings.Cut(body, `id="pane-`+pane+`"`)
			tag, _, _ = strings.Cut(tag, ">")
			if hidden := strings.Contains(tag, "hidden"); hidden == (pane == want) {
				t.Errorf("%q: pane %s hidden = %v", at, pane, hidden)
			}
		}
	}
}
