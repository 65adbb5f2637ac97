package desk

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"beleg/internal/accounts"
)

// shots is where pictures of the pages are kept: go test ./internal/desk -run Browser -shots FOLDER
var shots = flag.String("shots", "", "keep screenshots of the pages in this folder")

// A window is a tab of a real Chromium on an office.
type window struct {
	o    *office
	ctx  context.Context
	mu   sync.Mutex
	bad  []string // guarded by mu: requests to elsewhere, errors on the page
	name string
}

// aWindow opens a browser of a width in pixels that prefers a language, signed in by the printed link.
func (o *office) aWindow(lang string, width int64) *window {
	o.t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox, chromedp.DisableGPU, chromedp.UserDataDir(o.t.TempDir()),
		chromedp.Flag("lang", lang), chromedp.Flag("accept-lang", lang), chromedp.Flag("disable-dev-shm-usage", true),
		chromedp.Env("LC_ALL=C.UTF-8")) // without a locale the browser reads no file whose name is not ASCII
	alloc, stop := chromedp.NewExecAllocator(o.t.Context(), options...)
	o.t.Cleanup(stop)
	ctx, stop := chromedp.NewContext(alloc)
	o.t.Cleanup(stop)
	w := &window{o: o, ctx: ctx, name: fmt.Sprintf("%s-%d", lang, width)}
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(width, 900)); err != nil { // the browser lives as long as the context of its first step
		o.t.Fatal(err)
	}
	if err := chromedp.Listen(ctx, w.hear); err != nil {
		o.t.Fatal(err)
	}
	o.t.Cleanup(w.quiet)
	w.do(chromedp.Navigate(o.server.URL + "/enter?token=let-me-in"))
	return w
}

// hear notes what must not happen: a request to elsewhere, a script that breaks, something that the policy refuses.
func (w *window) hear(ev any) {
	text := ""
	switch e := ev.(type) {
	case *network.EventRequestWillBeSent:
		u := e.Request.URL
		if !strings.HasPrefix(u, w.o.server.URL+"/") && !strings.HasPrefix(u, "blob:") && !strings.HasPrefix(u, "data:") {
			text = "request to " + u
		}
	case *runtime.EventExceptionThrown:
		text = "exception: " + e.ExceptionDetails.Text
		if e.ExceptionDetails.Exception != nil {
			text += " " + e.ExceptionDetails.Exception.Description
		}
	}
	if text != "" {
		w.mu.Lock()
		w.bad = append(w.bad, text)
		w.mu.Unlock()
	}
}

func (w *window) quiet() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, text := range w.bad {
		w.o.t.Errorf("in the browser: %s", text)
	}
}

func (w *window) do(steps ...chromedp.Action[chromedp.Void]) {
	w.o.t.Helper()
	ctx, stop := context.WithTimeout(w.ctx, time.Minute)
	defer stop()
	if err := chromedp.Do(ctx, steps...); err != nil {
		w.shot("broken")
		w.o.t.Fatalf("browser: %v", err)
	}
}

func (w *window) open(path string) {
	w.o.t.Helper()
	w.do(chromedp.Navigate(w.o.server.URL + path))
}

// js runs a script in the page; it may return a promise.
func js[T any](w *window, script string) T {
	w.o.t.Helper()
	v, err := evaluate[T](w, script)
	if err != nil {
		w.shot("broken")
		w.o.t.Fatalf("browser: %v in %s", err, script)
	}
	return v
}

func evaluate[T any](w *window, script string) (T, error) {
	ctx, stop := context.WithTimeout(w.ctx, time.Minute)
	defer stop()
	return chromedp.Run(ctx, chromedp.Evaluate[T](script, chromedp.EvalAwaitPromise))
}

// onTheWay says of an error that the browser gave up a call because its page was on the way to the next one.
func onTheWay(err error) bool {
	e, ok := errors.AsType[*cdproto.Error](err)
	return ok && e.Code == -32000 // the protocol's code for "cannot now": "Inspected target navigated or closed", "Execution context was destroyed."
}

// until waits for a script to be true; while the page changes it is not.
func (w *window) until(what, script string) {
	w.o.t.Helper()
	for range 900 { // a minute and a half: other work may share the machine
		is, err := evaluate[bool](w, "Boolean("+script+")")
		if err != nil && !onTheWay(err) {
			w.shot("broken")
			w.o.t.Fatalf("browser: %v in %s", err, script)
		}
		if is {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	w.shot("broken")
	w.o.t.Fatalf("browser: %s did not happen; the page says: %s", what, js[string](w, "document.body.innerText.slice(0, 1500)"))
}

// keys presses keys as a keyboard does, where a key that the page takes for itself types nothing; that the page leaves at a key before it is released is what some keys are for.
func (w *window) keys(keys string) {
	w.o.t.Helper()
	ctx, stop := context.WithTimeout(w.ctx, time.Minute)
	defer stop()
	if err := chromedp.Do(ctx, chromedp.KeyEvent(keys, raw)); err != nil && !onTheWay(err) {
		w.o.t.Fatalf("browser: %v at the key %q", err, keys)
	}
}

func raw(e *input.DispatchKeyEventParams) {
	if e.Type == kb.KeyDown {
		e.Type = kb.KeyRawDown
	}
}

// at waits for a page whose address begins with path.
func (w *window) at(path string) {
	w.o.t.Helper()
	w.until("going to "+path, fmt.Sprintf("location.pathname.startsWith(%q) && document.readyState === 'complete'", path))
}

// shot keeps a picture of the page.
func (w *window) shot(name string) {
	if *shots == "" {
		return
	}
	ctx, stop := context.WithTimeout(w.ctx, time.Minute)
	defer stop()
	b, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
	if err == nil {
		err = os.WriteFile(filepath.Join(*shots, w.name+"-"+name+".png"), b, 0o600)
	}
	if err != nil {
		w.o.t.Errorf("screenshot %s: %v", name, err)
	}
}

func (w *window) dark(on bool) {
	w.o.t.Helper()
	value := "light"
	if on {
		value = "dark"
	}
	_, err := chromedp.Call(w.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: value}}})
	if err != nil {
		w.o.t.Fatal(err)
	}
}

// fits fails when the page is wider than the window.
func (w *window) fits(path string) {
	w.o.t.Helper()
	wide := js[string](w, `(() => { const d = document.documentElement; if (d.scrollWidth <= d.clientWidth) return "";
		const out = []; for (const e of document.querySelectorAll("main *, header *")) if (e.getBoundingClientRect().right > d.clientWidth + 1 && !e.closest(".scroll")) out.push(e.tagName + "." + e.className);
		return d.scrollWidth + " > " + d.clientWidth + ": " + out.slice(0, 5).join(" "); })()`)
	if wide != "" {
		w.o.t.Errorf("%s %s is wider than its window: %s", w.name, path, wide)
	}
}

// accessible runs axe on the page.
func (w *window) accessible(path string) {
	w.o.t.Helper()
	js[bool](w, axe(w.o.t)+"; true")
	found := js[string](w, `axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}).then((r) =>
		JSON.stringify(r.violations.map((v) => v.id + ": " + v.help + ": " + v.nodes.slice(0, 4).map((n) => n.target.join(" ") + " " + (n.any[0]?.message ?? "")).join("; "))))`)
	var list []string
	if err := json.Unmarshal([]byte(found), &list); err != nil {
		w.o.t.Fatal(err)
	}
	for _, v := range list {
		w.o.t.Errorf("%s %s: %s", w.name, path, v)
	}
}

// A pageAt is a page of the desk with an address at which there is something on it.
type pageAt struct{ name, path string }

// everyPage lists an address of each route that answers with a page, and further addresses where a page looks another way. The
// routes come from the table: a new page is walked without being listed here, and one whose address needs more than the
// story's things fails the test until it is said how.
func (o *office) everyPage(p *person) (list []pageAt) {
	o.t.Helper()
	r, article := o.reuse(), o.item("article.html")
	tv := o.aCase(p)
	fill := strings.NewReplacer("{$}", "", "{item}", r.Item, "{reuse}", r.ID, "{case}", "corridors", "{lang}", "de", "{theme}", "system", "{name}", "desk.css", "{job}", "none")
	in := map[string]string{"/texts/{item}": "/texts/" + article, "/cases/{case}/verdict": "/cases/corridors/verdict?claim=" + string(tv.On)}
	for _, rt := range routes() {
		if rt.method != "GET" || rt.api() || rt.slow {
			continue
		}
		path := cmp.Or(in[rt.path], fill.Replace(rt.path))
		if strings.Contains(path, "{") {
			o.t.Fatalf("say in everyPage at which address %s shows something", rt.path)
		}
		got := p.do("GET", path, "", nil)
		if strings.HasPrefix(got.header.Get("Content-Type"), "text/html") && got.status < 300 {
			list = append(list, pageAt{strings.Trim(strings.NewReplacer("/", "-", "{$}", "overview", "{", "", "}", "").Replace(rt.path), "-"), path})
		}
	}
	if len(list) < 15 {
		o.t.Fatalf("%d pages among the routes, want at least 15: %v", len(list), list)
	}
	for _, pane := range panes[1:] {
		list = append(list, pageAt{"case-" + pane, "/cases/corridors?pane=" + pane})
	}
	return append(list, pageAt{"found", "/search?q=Armee"}, pageAt{"article", "/items/" + article}, pageAt{"invite", "/invite"}, pageAt{"error", "/no/such/page"})
}

// Every page in both languages, wide and narrow, light and dark: nothing is wider than the window, and axe finds nothing, with
// dialogs and menus open too.
func TestBrowserPages(t *testing.T) {
	o, people := aTeam(t)
	if err := o.people.SetRole(t.Context(), "admin", "corridors", accounts.Editor); err != nil {
		t.Fatal(err)
	}
	pages := o.everyPage(people["admin"])
	for _, lang := range []string{"de", "en"} {
		for _, width := range []int64{1280, 390} {
			t.Run(fmt.Sprintf("%s %d", lang, width), func(t *testing.T) {
				o.t = t
				w := o.aWindow(lang, width)
				w.signIn("admin")
				for _, p := range pages {
					w.open(p.path)
					if got := js[string](w, "document.documentElement.lang"); got != lang {
						t.Errorf("%s is in %q, want %q", p.path, got, lang)
					}
					w.until("pictures", `[...document.images].filter((i) => i.loading !== "lazy").every((i) => i.complete)`)
					w.fits(p.path)
					w.accessible(p.path)
					w.shot(p.name)
					w.dark(true)
					w.accessible(p.path + " (dark)")
					w.shot(p.name + "-dark")
					w.dark(false)
					w.dialogs(p.path)
				}
			})
		}
	}
	o.t = t
}

// dialogs opens each dialog and menu of the page and runs axe on it.
func (w *window) dialogs(path string) {
	w.o.t.Helper()
	n := js[int](w, `document.querySelectorAll("dialog, [popover]").length`)
	for i := range n {
		name := js[string](w, fmt.Sprintf(`(() => { const e = document.querySelectorAll("dialog, [popover]")[%d];
			if (e.popover) e.showPopover(); else e.showModal(); return e.id; })()`, i))
		seen := path + " with " + name
		if (name == "keys" || name == "find" || name == "me" || name == "nav") && path != "/" {
			js[bool](w, fmt.Sprintf(`(() => { const e = document.querySelectorAll("dialog, [popover]")[%d]; if (e.popover) e.hidePopover(); else e.close(); return true; })()`, i))
			continue // the same on every page
		}
		w.fits(seen)
		w.accessible(seen)
		w.shot("open-" + name)
		js[bool](w, fmt.Sprintf(`(() => { const e = document.querySelectorAll("dialog, [popover]")[%d]; if (e.popover) e.hidePopover(); else e.close(); return true; })()`, i))
	}
}
