package journey

import (
	"fmt"
	"image/color"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"beleg/internal/synth"
)

// own is what a person has before there is a case: four clips, two photographs, a broadcast that shows one of the clips mirrored, and an
// article about it.
var own struct {
	once               sync.Once
	err                error
	archive            []string
	broadcast, article string
}

const story = `<!doctype html><html lang="de"><head><meta charset="utf-8"><title>Was die Bilder zeigen</title>
<meta property="article:published_time" content="2016-10-06T18:00:00+02:00"><meta property="og:site_name" content="Abendblatt"></head><body><article>
<h1>Was die Bilder zeigen</h1>
<p>Das Staatsfernsehen zeigte am Donnerstag Aufnahmen von Familien, die den Osten der Stadt verlassen.</p>
<p>Eine Beobachtungsstelle zählte mindestens 40 Tote. Ein Sprecher der Armee sagte, es habe 12 Tote gegeben.</p>
</article></body></html>`

func ownFiles(t *testing.T) {
	t.Helper()
	program(t)
	own.once.Do(func() { own.err = makeOwn(t, filepath.Join(shared.dir, "own")) })
	if own.err != nil {
		t.Fatal(own.err)
	}
}

func makeOwn(t *testing.T, dir string) error {
	ffmpeg, err := exec.LookPath("ffmpeg")
	if err == nil {
		err = os.MkdirAll(dir, 0o700)
	}
	if err != nil {
		return err
	}
	const w, h = 480, 270
	e := synth.Encoding{W: w, H: h, FPS: 15, CRF: 24}
	street := synth.NewWorld(synth.Street, 2014, w, h)
	red := color.RGBA{170, 20, 30, 255}
	news := &synth.Programme{W: w, H: h, Shots: []synth.Shot{
		{Seen: synth.NewWorld(synth.Studio, 9, w, h), Seconds: 2, Graphics: synth.Graphics{Logo: "KN1", Colour: red}},
		{Seen: street, From: 1, Seconds: 5, Mirrored: true, Graphics: synth.Graphics{Logo: "KN1", Caption: "TODAY", Colour: red}},
	}}
	for i, f := range []struct {
		name    string
		seen    synth.Drawer
		seconds float64
	}{{"families.mp4", street, 8}, {"harbour.mp4", synth.NewWorld(synth.Harbour, 21, w, h), 4}, {"road.mp4", synth.NewWorld(synth.Road, 7, w, h), 4},
		{"square.mp4", synth.NewWorld(synth.Square, 5, w, h), 4}, {"evening-news.mp4", news, news.Seconds()}} {
		path := filepath.Join(dir, f.name)
		if err := synth.Encode(t.Context(), ffmpeg, f.seen, f.seconds, path, e); err != nil {
			return err
		}
		if own.broadcast = path; i < 4 {
			own.archive = append(own.archive, path)
		}
	}
	for name, seed := range map[string]uint64{"ruins.jpg": 301, "hills.jpg": 44} {
		path := filepath.Join(dir, name)
		if err := synth.WriteJPEG(synth.NewWorld(synth.Street, seed, w, h), 1.5, w, h, path); err != nil {
			return err
		}
		own.archive = append(own.archive, path)
	}
	own.article = filepath.Join(dir, "artikel.html")
	return os.WriteFile(own.article, []byte(story), 0o600)
}

// refill replaces what a field holds.
func (w *walker) refill(selector, text string) {
	w.t.Helper()
	w.to(selector) // by Tab all of it is chosen, and is typed over
	if w.mouse {
		w.press(kb.End + strings.Repeat(kb.Backspace, len(look[string](w, "document.activeElement.value"))))
	}
	w.press(text)
	w.typed += len([]rune(text))
}

// taken waits until so many intakes are done.
func (w *walker) taken(n int) {
	w.t.Helper()
	w.until(fmt.Sprintf("%d intakes", n), fmt.Sprintf("document.querySelectorAll('.job-card .state.green').length === %d", n))
}

// An empty desk, and files on the disk of a person: taken in, read, compared, filed, decided, signed by two.
func TestJourneyOwnCase(t *testing.T) {
	eachWay(t, func(t *testing.T, name, lang string, mouse bool) {
		ownFiles(t)
		h := aHouse(t)
		h.team()
		at, done := h.serve(lang)
		w := aWalker(t, "own "+name, lang, mouse, at)
		w.signIn("anna")

		w.key("gi", "header a[href='/intake']")
		w.at("/intake")
		w.give("#choose", own.article)
		w.taken(1)
		w.use("#drop details summary")
		w.fill("#drop [name=first_seen]", "2014-05")
		w.give("#choose", own.archive...)
		w.use("#send") // with the details open, what is chosen waits for them
		w.taken(2)
		w.choose("#drop [name=kind]", "broadcast")
		w.refill("#drop [name=first_seen]", "2016-10-06")
		w.fill("#drop [name=outlet]", "KN1")
		w.give("#choose", own.broadcast)
		w.use("#send")
		w.taken(3)
		w.shot("intake")

		w.key("gk", "header a[href='/claims']")
		w.at("/claims")
		w.entry("main a[href^='/texts/']")
		w.at("/texts/")
		w.until("a card", "document.querySelector('.card.now .facts')")
		if !look[bool](w, "document.querySelector('.card.now .said').textContent.includes('Staatsfernsehen')") {
			t.Fatalf("the first claim is %s", look[string](w, "document.querySelector('.card.now .said').textContent"))
		}
		w.key("c", ".card.now button[data-file]")
		w.until("the dialog", "document.getElementById('filing').open && document.querySelector('#filing .new').checkVisibility()")
		w.fill("#filing [name=title]", "Families")
		w.use("#filing button[value=yes]")
		w.until("the claim to be filed", "!document.getElementById('filing').open")
		w.key("a", ".card.now .doing button")
		w.until("the claim to be accepted", "document.querySelectorAll('.card.confirmed').length === 1")

		w.key("gr", "header a[href='/reuse']")
		w.at("/reuse")
		w.entry("main ul.hits a[href^='/reuse/']")
		w.at("/reuse/")
		w.ready()
		w.shot("compare")
		w.key("c", "main button[data-file]")
		w.until("the claims of the case", "document.getElementById('filing').open && document.querySelectorAll('#filing [name=claim] option').length > 0")
		w.choose("#filing [name=side]", "against")
		w.use("#filing button[value=yes]")
		w.until("the reuse to be filed", "!document.getElementById('filing').open")
		w.judge("1")

		w.openCase()
		w.confirmAnachronism()
		w.verdict()
		w.signOut()
		w.signIn("bert")
		w.openCase()
		w.second()
		w.tell()
		done()

		c := h.theCase()
		signed(t, c)
		if len(c.Evidence) != 2 || c.Evidence[1].Side != "against" || c.Evidence[1].Claim != c.Evidence[0].What {
			t.Errorf("evidence = %+v, want the claim, and the reuse against it", c.Evidence)
		}
		for _, want := range []struct{ actor, do, is string }{{"anna", "open", ""}, {"anna", "file", ""}, {"anna", "decide", "same footage"}, {"anna", "confirm", ""}, {"anna", "sign", ""}, {"bert", "second", ""}} {
			if c.done(want.actor, want.do, want.is) == 0 {
				t.Errorf("the log has no %s %s by %s", want.do, want.is, want.actor)
			}
		}
	})
}
