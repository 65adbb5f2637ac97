package journey

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto"
	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// A walker is a person at a browser who has a keyboard, or a mouse besides it. After the first page it goes nowhere by an address,
// and sets nothing by a script: scripts only look.
type walker struct {
	t     *testing.T
	ctx   context.Context
	name  string
	mouse bool

	keys, typed, clicks int // keys pressed, those that typed text among them; clicks

	mu    sync.Mutex
	files []string // guarded by mu: what the next dialog of files is answered with
	bad   []string // guarded by mu: errors on the page
}

// aWalker opens a browser that prefers a language on a first page.
func aWalker(t *testing.T, name, lang string, mouse bool, first string) *walker {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox, chromedp.DisableGPU, chromedp.UserDataDir(t.TempDir()),
		chromedp.Flag("lang", lang), chromedp.Flag("accept-lang", lang), chromedp.Flag("disable-dev-shm-usage", true), chromedp.Env("LC_ALL=C.UTF-8"))
	alloc, stop := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(stop)
	ctx, stop := chromedp.NewContext(alloc)
	t.Cleanup(stop)
	w := &walker{t: t, ctx: ctx, name: name, mouse: mouse}
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(1280, 900)); err != nil {
		t.Fatal(err)
	}
	if err := chromedp.Listen(ctx, w.hear); err != nil {
		t.Fatal(err)
	}
	if _, err := chromedp.Call(ctx, page.SetInterceptFileChooserDialog, page.SetInterceptFileChooserDialogParams{Enabled: true}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		for _, b := range w.bad {
			t.Errorf("in the browser: %s", b)
		}
	})
	w.do(chromedp.Navigate(first))
	return w
}

// hear notes scripts that break, and answers the dialog of files as a person does.
func (w *walker) hear(ev any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch e := ev.(type) {
	case *runtime.EventExceptionThrown:
		text := e.ExceptionDetails.Text
		if e.ExceptionDetails.Exception != nil {
			text += " " + e.ExceptionDetails.Exception.Description
		}
		w.bad = append(w.bad, text)
	case *page.EventFileChooserOpened:
		files := w.files
		go func() { // the browser waits for this function before it answers
			_, err := chromedp.Call(w.ctx, dom.SetFileInputFiles, dom.SetFileInputFilesParams{Files: files, BackendNodeID: e.BackendNodeID})
			if err != nil {
				w.mu.Lock()
				w.bad = append(w.bad, "choose files: "+err.Error())
				w.mu.Unlock()
			}
		}()
	}
}

func (w *walker) do(steps ...chromedp.Action[chromedp.Void]) {
	w.t.Helper()
	ctx, stop := context.WithTimeout(w.ctx, time.Minute)
	defer stop()
	if err := chromedp.Do(ctx, steps...); err != nil && !onTheWay(err) {
		w.fail("%v", err)
	}
}

// onTheWay says of an error that the page was on the way to the next one.
func onTheWay(err error) bool {
	e, ok := errors.AsType[*cdproto.Error](err)
	return ok && e.Code == -32000
}

// look asks the page; while it changes the answer is the zero value.
func look[T any](w *walker, script string) T {
	w.t.Helper()
	ctx, stop := context.WithTimeout(w.ctx, time.Minute)
	defer stop()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](script, chromedp.EvalAwaitPromise))
	if err != nil && !onTheWay(err) {
		w.fail("%v in %s", err, script)
	}
	return v
}

// until waits for a script to be true.
func (w *walker) until(what, script string) {
	w.t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		if look[bool](w, "(() => { try { return Boolean("+script+") } catch { return false } })()") {
			return
		}
	}
	w.fail("%s did not happen; the page %s says: %s", what, look[string](w, "location.pathname"), look[string](w, "document.body.innerText.slice(0, 2500)"))
}

// patience is how long a walker waits for one thing: other work may share the machine.
const patience = 90 * time.Second

func (w *walker) fail(format string, args ...any) {
	w.t.Helper()
	w.shot("broken")
	w.t.Fatalf("%s: "+format, append([]any{w.name}, args...)...)
}

// at waits for a page whose address begins with path.
func (w *walker) at(path string) {
	w.t.Helper()
	w.until("going to "+path, fmt.Sprintf("location.pathname.startsWith(%q) && document.readyState === 'complete'", path))
}

// press presses keys one after another.
func (w *walker) press(keys string) {
	w.t.Helper()
	w.keys += len([]rune(keys))
	ctx, stop := context.WithTimeout(w.ctx, time.Minute)
	defer stop()
	raw := func(e *input.DispatchKeyEventParams) {
		if e.Type == kb.KeyDown {
			e.Type = kb.KeyRawDown
		}
	}
	if err := chromedp.Do(ctx, chromedp.KeyEvent(keys, raw)); err != nil && !onTheWay(err) {
		w.fail("%v at the key %q", err, keys)
	}
}

// click clicks what a selector names.
func (w *walker) click(selector string) {
	w.t.Helper()
	w.clicks++
	w.do(chromedp.Click(chromedp.CSS(selector)))
}

// to puts the focus on what a selector names: with Tab, or by a click.
func (w *walker) to(selector string) {
	w.t.Helper()
	if w.mouse {
		w.until("a look at "+selector, fmt.Sprintf("document.querySelector(%q)", selector))
		w.click(selector)
		return
	}
	for range 200 {
		if look[bool](w, fmt.Sprintf("document.activeElement?.matches(%q)", selector)) {
			return
		}
		w.press(kb.Tab)
	}
	w.fail("no Tab leads to %s", selector)
}

// use activates a link or button.
func (w *walker) use(selector string) {
	w.t.Helper()
	w.until("a look at "+selector, fmt.Sprintf("document.querySelector(%q)?.checkVisibility()", selector))
	w.to(selector)
	if !w.mouse {
		w.press(kb.Enter)
	}
}

// key presses a key of the page, or clicks what does the same.
func (w *walker) key(key, selector string) {
	w.t.Helper()
	w.until("a page that is whole", "document.readyState === 'complete' && document.querySelector('.who')")
	if w.mouse {
		w.use(selector)
		return
	}
	w.press(key)
}

// entry goes with j to the entry of a list that holds what a selector names, and opens it.
func (w *walker) entry(selector string) {
	w.t.Helper()
	if w.mouse {
		w.use(selector)
		return
	}
	w.reach(selector)
	w.press(kb.Enter)
}

// reach goes with j to what a selector names, or to the entry that holds it.
func (w *walker) reach(selector string) {
	w.t.Helper()
	w.until("a look at "+selector, fmt.Sprintf("document.querySelector(%q)", selector))
	for range 60 {
		if look[bool](w, fmt.Sprintf("document.activeElement?.matches(%q)", selector)) {
			return
		}
		w.press("j")
	}
	w.fail("no j leads to %s", selector)
}

// fill types into a field.
func (w *walker) fill(selector, text string) {
	w.t.Helper()
	w.to(selector)
	w.press(text)
	w.typed += len([]rune(text))
}

// choose takes an entry of a list of choices, with the arrow keys.
func (w *walker) choose(selector, value string) {
	w.t.Helper()
	if w.mouse { // the list that a click opens lies outside the page, where nothing can be clicked from here
		w.clicks++
		w.do(chromedp.Focus(chromedp.CSS(selector)))
	} else {
		w.to(selector)
	}
	for range 60 {
		if look[string](w, "document.activeElement.value") == value {
			return
		}
		w.press(kb.ArrowDown)
	}
	w.fail("%s has no %q", selector, value)
}

// tick sets a box.
func (w *walker) tick(selector string) {
	w.t.Helper()
	w.to(selector)
	if !w.mouse {
		w.press(" ")
	}
	w.until("a tick", fmt.Sprintf("document.querySelector(%q).checked", selector))
}

// give opens a dialog of files with a button and chooses some.
func (w *walker) give(selector string, files ...string) {
	w.t.Helper()
	w.mu.Lock()
	w.files = files
	w.mu.Unlock()
	w.use(selector)
}

// shot keeps a picture of the page in the folder that BELEG_SHOTS names.
func (w *walker) shot(name string) {
	dir := os.Getenv("BELEG_SHOTS")
	if dir == "" {
		return
	}
	ctx, stop := context.WithTimeout(w.ctx, time.Minute)
	defer stop()
	b, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, strings.ReplaceAll(w.name, " ", "-")+"-"+name+".png"), b, 0o600)
	}
	if err != nil {
		w.t.Logf("screenshot %s: %v", name, err)
	}
}

// tell logs what the walk took.
func (w *walker) tell() {
	w.t.Logf("%s: %d keys (%d of them type text) and %d clicks", w.name, w.keys, w.typed, w.clicks)
}

func decode(t *testing.T, b []byte, v any) {
	t.Helper()
	if err := json.Unmarshal(b, v); err != nil {
		t.Fatalf("%s: %v", b, err)
	}
}
