// Package journey walks through the built program as a person does: from the first page of the browser to the last record in the log.
package journey

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
)

// The parts that all walks share: the program, and the worked case as it makes it.
var shared struct {
	once sync.Once
	dir  string
	err  error
}

func TestMain(m *testing.M) {
	status := m.Run()
	if shared.dir != "" {
		_ = filepath.WalkDir(shared.dir, func(p string, e os.DirEntry, err error) error { return os.Chmod(p, 0o700) })
		os.RemoveAll(shared.dir)
	}
	os.Exit(status)
}

// program builds beleg once.
func program(t *testing.T) string {
	t.Helper()
	shared.once.Do(func() {
		if shared.dir, shared.err = os.MkdirTemp("", "beleg-journey-"); shared.err != nil {
			return
		}
		out, err := exec.Command("go", "build", "-o", filepath.Join(shared.dir, "beleg"), "beleg/cmd/beleg").CombinedOutput()
		if err != nil {
			shared.err = fmt.Errorf("build: %w: %s", err, out)
		}
	})
	if shared.err != nil {
		t.Fatal(shared.err)
	}
	return filepath.Join(shared.dir, "beleg")
}

// A house is a place where the program runs: a home of its own, and a data folder.
type house struct {
	t    *testing.T
	dir  string
	data string
}

func (h *house) command(args ...string) *exec.Cmd {
	cmd := exec.CommandContext(h.t.Context(), program(h.t), args...)
	cmd.Env = append(os.Environ(), "HOME="+filepath.Join(h.dir, "home"), "XDG_CONFIG_HOME="+filepath.Join(h.dir, "home", "config"), "XDG_DATA_HOME="+filepath.Join(h.dir, "home", "data"),
		"BELEG_DATA="+h.data, "BELEG_ACTOR=anna")
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	return cmd
}

func (h *house) run(stdin string, args ...string) []byte {
	h.t.Helper()
	cmd := h.command(args...)
	cmd.Stdin = strings.NewReader(stdin)
	var errs strings.Builder
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		h.t.Fatalf("beleg %s: %v: %s", strings.Join(args, " "), err, errs.String())
	}
	return out
}

const password = "correct horse battery"

// team makes the accounts of two people, one of whom can sign what the other has signed.
func (h *house) team() {
	h.t.Helper()
	for _, name := range []string{"anna", "bert"} {
		h.run(password+"\n", "user", "add", name, "--role", "admin")
	}
}

var address = regexp.MustCompile(`http://[0-9.:]+/`)

// serve opens the desk on a free port and returns its address, and what closes it.
func (h *house) serve(lang string) (at string, done func()) {
	h.t.Helper()
	ctx, stop := context.WithCancel(h.t.Context())
	h.t.Cleanup(stop)
	cmd := h.command("--lang", lang, "serve", "--team", "--listen", "127.0.0.1:0")
	out, err := cmd.StdoutPipe()
	if err != nil {
		h.t.Fatal(err)
	}
	var errs strings.Builder
	cmd.Stderr = &errs
	if err := cmd.Start(); err != nil {
		h.t.Fatal(err)
	}
	ended := sync.OnceFunc(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		if err := cmd.Wait(); err != nil && ctx.Err() == nil {
			h.t.Errorf("serve ended: %v: %s", err, errs.String())
		}
	})
	h.t.Cleanup(ended)
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if at = address.FindString(lines.Text()); at != "" {
			return at, ended
		}
	}
	h.t.Fatalf("serve printed no address: %s", errs.String())
	return "", nil
}

// aHouse is an empty one.
func aHouse(t *testing.T) *house {
	t.Helper()
	dir := t.TempDir()
	h := &house{t: t, dir: dir, data: filepath.Join(dir, "data")}
	t.Cleanup(func() { // originals cannot be written, and a folder of them not be removed
		_ = filepath.WalkDir(dir, func(p string, e os.DirEntry, err error) error { return os.Chmod(p, 0o700) })
	})
	return h
}

// A shownCase is what `beleg case show --json` prints, as far as a walk looks at it.
type shownCase struct {
	ID       string
	Verdicts []struct {
		Entry                      struct{ Actor string }
		Second                     *struct{ Actor string }
		Rating, Standard, Summary  string
		Source, Technical, Content string
		Against                    []string
		Searched                   bool
	}
	Evidence []struct{ What, Claim, Side string }
	Feed     []struct {
		On, Do, Actor, Reason string
		Undone                bool
		With                  struct{ Is, Grade string }
	}
}

// theCase is the only case of the house, from the terminal.
func (h *house) theCase() (c shownCase) {
	h.t.Helper()
	var line struct{ ID string }
	decode(h.t, []byte(strings.SplitN(string(h.run("", "case", "list", "--json")), "\n", 2)[0]), &line)
	decode(h.t, h.run("", "case", "show", line.ID, "--json"), &c)
	return c
}

// done counts the decisions of a kind that stand.
func (c shownCase) done(actor, do, is string) (n int) {
	for _, e := range c.Feed {
		if e.Actor == actor && e.Do == do && !e.Undone && (is == "" || e.With.Is == is) {
			n++
		}
	}
	return n
}

// ways are how each walk is done.
var ways = []struct {
	lang  string
	mouse bool
}{{"de", false}, {"de", true}, {"en", false}, {"en", true}}

func eachWay(t *testing.T, walk func(t *testing.T, name, lang string, mouse bool)) {
	for _, way := range ways {
		name := way.lang + " keyboard"
		if way.mouse {
			name = way.lang + " mouse"
		}
		t.Run(name, func(t *testing.T) { walk(t, name, way.lang, way.mouse) })
	}
}

// signIn signs somebody in on the page that asks for it.
func (w *walker) signIn(name string) {
	w.t.Helper()
	w.at("/sign-in")
	w.fill("input[name=name]", name)
	w.fill("input[name=password]", password)
	w.use("form[action='/sign-in'] button")
	w.until(name+" to be in", fmt.Sprintf("document.querySelector('.who')?.textContent === %q", name))
}

func (w *walker) signOut() {
	w.t.Helper()
	w.use("#me-open")
	w.use("form[action='/sign-out'] button")
	w.at("/sign-in")
}

// ready waits until both pictures of a pair are there.
func (w *walker) ready() {
	w.t.Helper()
	w.until("both pictures", "document.getElementById('compare')?.classList.contains('ready')")
}

// judge decides on the pair that is shown, and waits for what comes next.
func (w *walker) judge(key string) {
	w.t.Helper()
	w.ready()
	here := look[string](w, "location.pathname")
	w.key(key, ".choice[data-key='"+key+"']")
	w.until("the next after "+here, fmt.Sprintf("location.pathname !== %q && document.readyState === 'complete'", here))
}

// sign fills in the form of the verdict and signs it.
func (w *walker) sign(against bool) {
	w.t.Helper()
	w.at("/cases/")
	w.until("the form of the verdict", "document.getElementById('verdict')")
	w.fill("#verdict [name=source]", "state television")
	w.fill("#verdict [name=technical]", "the same street, mirrored")
	w.fill("#verdict [name=content]", "public in 2014")
	if against {
		w.tick("#verdict [name=against]")
	} else {
		w.tick("#verdict [name=searched]")
	}
	w.choose("#verdict [name=standard]", "clear and convincing")
	w.choose("#verdict [name=rating]", "false-context")
	w.fill("#verdict [name=summary]", "The pictures are old.")
	w.use("#verdict button")
	w.until("the verdict to stand", "document.querySelector('section.verdict')")
}

// openCase goes to the only case.
func (w *walker) openCase() {
	w.t.Helper()
	w.key("gc", "header a[href='/cases']")
	w.at("/cases")
	w.entry("main a[href^='/cases/']")
	w.at("/cases/")
}

// confirmAnachronism confirms the contradiction of a case that rests on a reuse.
func (w *walker) confirmAnachronism() {
	w.t.Helper()
	w.key("2", "[data-pane=contradictions]")
	w.until("the contradictions", "document.getElementById('pane-contradictions').checkVisibility()")
	const found = "#pane-contradictions article:has(a[href^='/reuse/'])"
	w.until("an anachronism", "document.querySelector(`"+found+" button[data-do=confirm]`)")
	if w.mouse {
		w.use(found + " button[data-do=confirm]")
	} else {
		w.reach(found + " :is(a, button)")
		w.press("a")
	}
	w.until("it to be confirmed", "document.querySelector('article.against.confirmed')")
}

// verdict signs the verdict on the claim of a case that something speaks against.
func (w *walker) verdict() {
	w.t.Helper()
	w.key("1", "[data-pane=claims]")
	w.key("v", "#pane-claims .claimrow:has(.side:last-child li) a[href*='/verdict']")
	w.sign(true)
}

// second puts a second name under the verdict.
func (w *walker) second() {
	w.t.Helper()
	w.key("1", "[data-pane=claims]")
	w.key("v", "#pane-claims .claimrow a.decided[href*='/verdict']")
	w.use("button[data-do=second]")
	w.until("the second name", "document.querySelector('section.verdict.green')")
}

// signed fails unless the verdict stands in the log as entered, with both names.
func signed(t *testing.T, c shownCase) {
	t.Helper()
	if len(c.Verdicts) != 1 {
		t.Fatalf("%d verdicts in the log, want 1", len(c.Verdicts))
	}
	v := c.Verdicts[0]
	if v.Entry.Actor != "anna" || v.Second == nil || v.Second.Actor != "bert" {
		t.Errorf("signed by %s and %v, want anna and bert", v.Entry.Actor, v.Second)
	}
	if v.Rating != "false-context" || v.Standard != "clear and convincing" || v.Summary != "The pictures are old." || v.Source != "state television" ||
		v.Technical != "the same street, mirrored" || v.Content != "public in 2014" || len(v.Against) != 1 || v.Searched {
		t.Errorf("verdict in the log = %+v, want what was entered", v)
	}
}
