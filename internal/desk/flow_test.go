package desk

import (
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"beleg/internal/casefile"
)

// The reuse desk from the first page to the last decision without a mouse: go there, look, decide, take back, decide again.
func TestBrowserReuseByKeyboard(t *testing.T) {
	for _, lang := range []string{"de", "en"} {
		t.Run(lang, func(t *testing.T) {
			o := anOffice(t, nil)
			w := o.aWindow(lang, 1280)
			list, err := o.book.Folder.Reuses(t.Context(), "")
			if err != nil || len(list) < 2 {
				t.Fatalf("%d reuses, %v, want at least 2", len(list), err)
			}
			w.open("/")
			w.keys("?")
			w.until("the keys", `document.getElementById("keys").open`)
			w.shot("keys")
			w.keys(kb.Escape)
			w.keys("g")
			w.keys("r")
			w.at("/reuse")
			js[bool](w, `document.querySelector("a.button[href^='/reuse/']").focus(); true`)
			w.keys(kb.Enter)
			w.at("/reuse/")
			first := js[string](w, "location.pathname")
			w.until("pictures in both players", `[...document.querySelectorAll(".sides video")].every((v) => v.readyState >= 2 && !v.seeking)`)
			w.keys(".")
			w.until("a frame on", `document.querySelector("#side-b video").currentTime > JSON.parse(document.getElementById("compare").dataset.player).bStart / 1000 + 0.03`)
			locked(t, w)
			w.keys("f")
			w.until("the flip to be off", `document.getElementById("flip").getAttribute("aria-pressed") === "false"`)
			w.keys("f")
			w.keys("g")
			w.until("same places on both sides", `[...document.querySelectorAll("canvas.points")].every((c) => !c.hidden && c.width > 0)`)
			w.shot("points")
			w.keys("d")
			w.until("the difference", `!document.getElementById("both").hidden && document.getElementById("canvas").width > 0`)
			w.until("a difference that is dark, since both are the same", darkness+" < 60")
			w.shot("difference")
			w.keys("o")
			w.until("the overlay", `document.getElementById("overlay").getAttribute("aria-pressed") === "true"`)
			w.shot("overlay")
			w.keys("o")
			w.keys(" ")
			w.until("playing", `!document.querySelector("#side-b video").paused`)
			w.until("being ahead", `document.querySelector("#side-b video").currentTime > JSON.parse(document.getElementById("compare").dataset.player).bStart / 1000 + 0.6`)
			w.keys(" ")
			w.until("a pause", `document.querySelector("#side-b video").paused && !document.querySelector("#side-a video").seeking`)
			locked(t, w)

			w.keys("1")
			w.until("the next one", `location.pathname.startsWith("/reuse/") && location.pathname !== "`+first+`" && document.readyState === "complete"`)
			id := filepath.Base(first)
			if is := decided(o, id); is != casefile.SameFootage {
				t.Errorf("decision = %q, want %q", is, casefile.SameFootage)
			}
			w.keys("u")
			w.until("back to the first", `location.pathname === "`+first+`" && document.readyState === "complete"`)
			if is := decided(o, id); is != "" {
				t.Errorf("decision after undo = %q, want none", is)
			}
			w.until("both pictures", `document.getElementById("compare").classList.contains("ready")`)
			w.keys("4")
			w.until("the next one", `location.pathname !== "`+first+`" && document.readyState === "complete"`)
			if is := decided(o, id); is != casefile.Suppress {
				t.Errorf("decision = %q, want %q", is, casefile.Suppress)
			}
			w.open(first)
			w.shot("decided")
			if n := js[int](w, `document.querySelectorAll(".history li").length`); n != 3 {
				t.Errorf("the history shows %d entries, want 3", n)
			}
		})
	}
}

const darkness = `(() => { const c = document.getElementById("canvas"), d = c.getContext("2d").getImageData(c.width / 4, c.height / 4, c.width / 2, c.height / 4).data;
	let sum = 0; for (let i = 0; i < d.length; i += 4) sum += d[i] + d[i + 1] + d[i + 2]; return sum / (d.length / 4) / 3; })()`

// locked fails when the sides do not show the same moment, to two frames.
func locked(t *testing.T, w *window) {
	t.Helper()
	w.until("both at rest", `[...document.querySelectorAll(".sides video")].every((v) => !v.seeking)`)
	off := js[float64](w, `(() => { const p = JSON.parse(document.getElementById("compare").dataset.player), [b, a] = document.querySelectorAll(".sides video");
		return a ? Math.abs((b.currentTime - p.bStart / 1000) * p.rate - (a.currentTime - p.aStart / 1000)) : 0; })()`)
	if off > 0.14 {
		t.Errorf("the players are %.3f s apart", off)
	}
}

func decided(o *office, id string) (is string) {
	o.book.Look(func(s *casefile.State) {
		r, _ := s.Reuse(casefile.On(casefile.OnReuse, id))
		is = r.Is
	})
	return is
}

// A decision that is made while the desk cannot be reached waits in the browser, survives a new page, and arrives once.
func TestBrowserLosesNoDecision(t *testing.T) {
	o := anOffice(t, nil)
	w := o.aWindow("en", 1280)
	on := casefile.On(casefile.OnItem, o.item("article.html"))
	w.open("/items/" + on.ID() + "?pane=history")
	o.down.Store(true)
	w.do(chromedp.SendKeys(chromedp.CSS("form[data-do=note] textarea"), "call the mayor"), chromedp.Click(chromedp.CSS("form[data-do=note] button")))
	w.until("a sign that it waits", `!document.getElementById("waiting").hidden && document.getElementById("told").textContent !== ""`)
	w.shot("waiting")
	if n := o.book.Version(on); n != 0 {
		t.Fatalf("%d decisions while offline, want 0", n)
	}
	o.down.Store(false)
	w.open("/items") // another page sends it
	w.until("the decision to be sent", `document.getElementById("waiting").hidden && localStorage.getItem("beleg.decisions") === "[]"`)
	h := o.book.History(on)
	if len(h) != 1 || withOf[casefile.NoteText](h[0]).Text != "call the mayor" {
		t.Errorf("history = %+v, want the note once", h)
	}
}

// Somebody else decides while a page is open: the person is told, and nothing is overwritten.
func TestBrowserTellsOfAConflict(t *testing.T) {
	o := anOffice(t, nil)
	w := o.aWindow("de", 1280)
	r := o.reuse()
	w.open("/reuse/" + r.ID)
	w.until("both pictures", `document.getElementById("compare").classList.contains("ready")`)
	got := o.anna().json("POST", "/api/decisions", map[string]any{"on": "reuse/" + r.ID, "do": "decide", "with": map[string]string{"is": casefile.LookAlike}}, nil)
	if got.status != http.StatusCreated {
		t.Fatal(got.body)
	}
	w.keys("1")
	w.until("word of the conflict", `document.getElementById("told").textContent.includes("sieht nur ähnlich aus")`)
	w.shot("conflict")
	if is := decided(o, r.ID); is != casefile.LookAlike {
		t.Errorf("decision = %q, want that of the other person", is)
	}
}

// A file that is chosen appears at once, and is followed to its end.
func TestBrowserIntake(t *testing.T) {
	for _, width := range []int64{1280, 390} {
		o := anOffice(t, nil)
		w := o.aWindow("de", width)
		file := filepath.Join(t.TempDir(), "erklärung.txt")
		if err := os.WriteFile(file, []byte("Die Armee forderte die Bewohner auf, die Stadt zu verlassen. 20 Menschen seien getötet worden, sagte ein Arzt."), 0o600); err != nil {
			t.Fatal(err)
		}
		w.open("/intake")
		w.do(chromedp.SetUploadFiles(chromedp.CSS("#files"), []string{file}))
		w.until("the file to be complete", `document.querySelector(".job-card tbody .chip.green") !== null && document.querySelector(".job-card .state").textContent === "fertig"`)
		w.fits("/intake")
		w.accessible("/intake")
		w.shot("intake-done")
		o.item("erklärung.txt")
		w.do(chromedp.SendKeys(chromedp.CSS("#text"), "Ein Sprecher sagte, 12 Menschen seien verletzt."), chromedp.Click(chromedp.CSS("#send")))
		w.until("the text to be complete", `document.querySelectorAll(".job-card").length === 2 && [...document.querySelectorAll(".job-card .state")].every((s) => s.textContent === "fertig")`)
		w.do(chromedp.SendKeys(chromedp.CSS("#url"), "http://127.0.0.1:1/page"), chromedp.Click(chromedp.CSS("#send")))
		w.until("word that nobody answered", `document.querySelector(".job-card .said").textContent.startsWith("Nicht abgerufen")`)
		w.shot("intake-refused")
	}
}

// Graphic pictures are grey, blurred and without a source until they are asked for.
func TestBrowserVeils(t *testing.T) {
	o := anOffice(t, nil)
	w := o.aWindow("en", 1280)
	id := o.item("broadcast.mp4")
	w.open("/items/" + id)
	w.do(chromedp.Click(chromedp.CSS("button[data-do=show]")))
	w.until("the veil and its filter", `document.querySelector(".media.veiled .reveal") !== null && getComputedStyle(document.querySelector(".media video")).filter !== "none"`)
	if src := js[string](w, `document.querySelector(".media video").getAttribute("src") ?? ""`); src != "" {
		t.Errorf("the veiled video has the source %s", src)
	}
	w.accessible("veiled item")
	w.shot("veiled")
	w.do(chromedp.Click(chromedp.CSS(".reveal")))
	w.until("the picture", `document.querySelector(".media.veiled") === null && document.querySelector(".media video").src !== ""`)
	if n, err := o.people.Exposed(t.Context(), "anna"); err != nil || n != 1 {
		t.Errorf("exposure = %d, %v, want 1", n, err)
	}
}
