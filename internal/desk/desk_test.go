package desk

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"image/color"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"beleg/custody"
	"beleg/internal/accounts"
	"beleg/internal/casework"
	"beleg/internal/intake"
	"beleg/internal/store"
	"beleg/internal/synth"
	"beleg/internal/words"
	"beleg/video"
)

func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "confine" { // the program starting itself again around the decoder
		os.Exit(video.ConfineMain(os.Args[2:]))
	}
	flag.Parse()
	code := m.Run()
	if story.dir != "" {
		os.RemoveAll(story.dir)
	}
	os.Exit(code)
}

// story is a small newsroom's material, made once: an archive of two clips and a photo, and a broadcast that shows one of the
// clips mirrored and the photo as new.
var story struct {
	once sync.Once
	dir  string
	err  error
}

const article = `<!doctype html><html lang="de"><head><meta charset="utf-8"><title>Auszug aus der Altstadt</title>
<meta property="article:published_time" content="2016-10-06T20:15:00+02:00"></head><body><article>
<h1>Auszug aus der Altstadt</h1>
<p>Die Armee forderte die Bewohner am Mittwoch auf, die Stadt zu verlassen. Mindestens 40 Menschen seien getötet worden, sagte eine
Sprecherin der Vereinten Nationen am Donnerstag. Das Staatsfernsehen zeigte Aufnahmen von Zivilisten, die die Stadt verlassen.</p>
<p>Ein Sprecher des Ministeriums wies die Vorwürfe zurück. Nach Angaben der Beobachtungsstelle wurden 61 Kinder verletzt.</p>
</article></body></html>`

func storyDir(t testing.TB) string {
	t.Helper()
	story.once.Do(func() {
		if story.dir, story.err = os.MkdirTemp("", "beleg-desk-"); story.err != nil {
			return
		}
		story.err = makeStory(story.dir)
	})
	if story.err != nil {
		t.Fatal(story.err)
	}
	return story.dir
}

func makeStory(dir string) error {
	ffmpeg, err := exec.LookPath("ffmpeg")
	if err != nil {
		return err
	}
	const w, h = 480, 270
	e := synth.Encoding{W: w, H: h, FPS: 15, CRF: 24}
	street, road := synth.NewWorld(synth.Street, 2014, w, h), synth.NewWorld(synth.Road, 7, w, h)
	red := color.RGBA{170, 20, 30, 255}
	news := &synth.Programme{W: w, H: h, Shots: []synth.Shot{
		{Seen: synth.NewWorld(synth.Studio, 9, w, h), Seconds: 2, Graphics: synth.Graphics{Logo: "KN1", Colour: red}},
		{Seen: street, From: 1, Seconds: 5, Mirrored: true, Graphics: synth.Graphics{Logo: "KN1", Caption: "TODAY", Colour: red}},
		{Seen: synth.NewStill(road, 1.5, w, h), Seconds: 3, Zoom: 1.1, Graphics: synth.Graphics{Logo: "KN1", Colour: red}},
	}}
	archive := filepath.Join(dir, "archive")
	if err := os.MkdirAll(archive, 0o700); err != nil {
		return err
	}
	ctx := context.Background()
	for _, f := range []struct {
		name    string
		d       synth.Drawer
		seconds float64
	}{{"archive/corridor-2014.mp4", street, 8}, {"archive/convoy-2015.mp4", synth.NewWorld(synth.Harbour, 21, w, h), 4}, {"broadcast.mp4", news, news.Seconds()}} {
		if err := synth.Encode(ctx, ffmpeg, f.d, f.seconds, filepath.Join(dir, f.name), e); err != nil {
			return err
		}
	}
	if err := synth.WriteJPEG(road, 1.5, w, h, filepath.Join(archive, "photo-2015.jpg")); err != nil {
		return err
	}
	table := "file\tfirst_seen\toutlet\tplace\ncorridor-2014.mp4\t2014-05-11\tOrontes Media\tHoms\nconvoy-2015.mp4\t2015-09\tHighway Watch\tIdlib\nphoto-2015.jpg\t2015\tLens Cooperative\tIdlib\n"
	for name, text := range map[string]string{"table.tsv": table, "article.html": article} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			return err
		}
	}
	return seed(ctx, dir)
}

// seed takes the story into a data folder that tests copy.
func seed(ctx context.Context, dir string) (err error) {
	folder, engine, closeAll, err := openFolder(ctx, filepath.Join(dir, "data"))
	if err != nil {
		return err
	}
	b, err := os.ReadFile(filepath.Join(dir, "table.tsv"))
	if err != nil {
		return err
	}
	table, err := intake.ReadTable("table.tsv", bytes.NewReader(b))
	if err != nil {
		return err
	}
	var broadcast string
	for _, run := range []struct {
		path  string
		asked store.Request
		table *intake.Table
	}{{"archive", store.Request{}, table}, {"article.html", store.Request{}, nil},
		{"broadcast.mp4", store.Request{Kind: store.Broadcast, Outlet: "KN1", FirstSeen: "2016-10-06"}, nil}} {
		in := &intake.Intake{Folder: folder, Engine: engine, Actor: "anna", Asked: run.asked, Table: run.table,
			Taken: func(t intake.Taken) { broadcast = t.ID }, Skip: func(intake.Skip) {}, State: func(intake.State) {}}
		if err := in.Run(ctx, []string{filepath.Join(dir, run.path)}, 1, "test"); err != nil {
			return err
		}
	}
	list, err := engine.CheckItem(ctx, "anna", broadcast)
	if err == nil && len(list) == 0 {
		err = fmt.Errorf("the story's broadcast shows nothing of its archive")
	}
	if err != nil {
		return err
	}
	return closeAll()
}

func openFolder(ctx context.Context, dir string) (*intake.Folder, *intake.Engine, func() error, error) {
	tools, err := video.Locate(ctx, video.Options{})
	if err != nil {
		return nil, nil, nil, err
	}
	folder, err := intake.Open(ctx, dir, custody.Options{KeyFile: dir + ".key"})
	if err != nil {
		return nil, nil, nil, err
	}
	return folder, intake.NewEngine(folder, tools), func() error {
		tools.Close()
		return folder.Close()
	}, nil
}

// An office is a desk on a copy of the story's data folder, with a server before it.
type office struct {
	t       testing.TB
	desk    *Desk
	server  *httptest.Server
	book    *casework.Book
	people  *accounts.Book
	dir     string
	options Options
	down    atomic.Bool         // connections are cut before they are answered
	before  func(*http.Request) // called before a request is answered, when it is set
}

// anOffice opens a desk. change may alter the options; a team has no local person.
func anOffice(t testing.TB, change func(*Options)) *office {
	t.Helper()
	seeded := storyDir(t)
	dir := filepath.Join(t.TempDir(), "data")
	if err := copyFolder(dir, filepath.Join(seeded, "data")); err != nil {
		t.Fatal(err)
	}
	key, err := os.ReadFile(filepath.Join(seeded, "data.key"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(dir+".key", key, 0o600); err != nil {
		t.Fatal(err)
	}
	o := &office{t: t, dir: dir}
	o.open(change)
	t.Cleanup(o.close)
	return o
}

// copyFolder copies files with their rights: originals must not be writable.
func copyFolder(to, from string) error {
	if out, err := exec.Command("cp", "-a", from+"/.", to).CombinedOutput(); err != nil {
		return fmt.Errorf("%w: %s", err, out)
	}
	return nil
}

var closers = map[*office]func() error{}

func (o *office) open(change func(*Options)) {
	o.t.Helper()
	ctx := o.t.Context()
	folder, engine, closeAll, err := openFolder(ctx, o.dir)
	if err != nil {
		o.t.Fatal(err)
	}
	book, err := casework.Open(ctx, folder)
	if err != nil {
		o.t.Fatal(err)
	}
	people, err := accounts.Open(ctx, filepath.Join(o.dir, "accounts.db"), time.Now)
	if err != nil {
		o.t.Fatal(err)
	}
	o.book, o.people = book, people
	o.options = Options{Book: book, Engine: engine, Accounts: people, Local: "anna", Token: "let-me-in", Lang: words.English, Program: "beleg test",
		Fetcher: newFetcher(nil), Log: slog.New(slog.NewTextHandler(testLog{o.t}, nil)), Now: time.Now}
	if err := people.Local(ctx, "anna"); err != nil {
		o.t.Fatal(err)
	}
	if change != nil {
		change(&o.options)
	}
	o.server = httptest.NewUnstartedServer(http.HandlerFunc(o.answer))
	o.options.Hosts = append(o.options.Hosts, o.server.Listener.Addr().String())
	if o.desk, err = New(ctx, o.options); err != nil {
		o.t.Fatal(err)
	}
	o.server.Start()
	closers[o] = func() error { people.Close(); return closeAll() }
}

func (o *office) answer(w http.ResponseWriter, r *http.Request) {
	if o.down.Load() {
		panic(http.ErrAbortHandler)
	}
	if o.before != nil {
		o.before(r)
	}
	o.desk.ServeHTTP(w, r)
}

func (o *office) close() {
	if o.server == nil {
		return
	}
	o.server.Close()
	o.desk.Close()
	if err := closers[o](); err != nil {
		o.t.Errorf("close: %v", err)
	}
	delete(closers, o)
	o.server = nil
}

// testLog writes what a desk logs to the test's own log.
type testLog struct{ t testing.TB }

func (l testLog) Write(b []byte) (int, error) {
	l.t.Log(strings.TrimSpace(string(b)))
	return len(b), nil
}

// A person is a browser without a window: it keeps cookies and follows no redirects.
type person struct {
	o      *office
	client *http.Client
}

func (o *office) stranger() *person {
	jar, err := cookiejar.New(nil)
	if err != nil {
		o.t.Fatal(err)
	}
	return &person{o, &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// anna comes in by the printed link.
func (o *office) anna() *person {
	o.t.Helper()
	p := o.stranger()
	if got := p.do("GET", "/enter?token=let-me-in", "", nil); got.status != http.StatusSeeOther {
		o.t.Fatalf("enter = %d, want %d", got.status, http.StatusSeeOther)
	}
	return p
}

// member signs in a person of a team.
func (o *office) member(name string) *person {
	o.t.Helper()
	token, err := o.people.Begin(o.t.Context(), name, "test")
	if err != nil {
		o.t.Fatal(err)
	}
	p := o.stranger()
	r := httptest.NewRequest("GET", o.server.URL, nil)
	p.client.Jar.SetCookies(r.URL, []*http.Cookie{{Name: o.desk.cookieName(), Value: token}})
	return p
}

type answer struct {
	status int
	header http.Header
	body   string
}

func (p *person) do(method, path, body string, header map[string]string) answer {
	p.o.t.Helper()
	r, err := http.NewRequestWithContext(p.o.t.Context(), method, p.o.server.URL+path, strings.NewReader(body))
	if err != nil {
		p.o.t.Fatal(err)
	}
	for k, v := range header {
		if k == "Host" {
			r.Host = v
		}
		r.Header.Set(k, v)
	}
	got, err := p.client.Do(r)
	if err != nil {
		p.o.t.Fatal(err)
	}
	defer got.Body.Close()
	b, err := io.ReadAll(got.Body)
	if err != nil {
		p.o.t.Fatal(err)
	}
	return answer{got.StatusCode, got.Header, string(b)}
}

// json sends v and reads the answer into out, which may be nil.
func (p *person) json(method, path string, v, out any) answer {
	p.o.t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		p.o.t.Fatal(err)
	}
	got := p.do(method, path, string(b), map[string]string{"Content-Type": "application/json", "Accept": "application/json"})
	if out != nil && got.status < 300 {
		if err := json.Unmarshal([]byte(got.body), out); err != nil {
			p.o.t.Fatalf("%s %s answered %s: %v", method, path, got.body, err)
		}
	}
	return got
}

// itemOf returns the id of the item with a name.
func (o *office) item(name string) string {
	o.t.Helper()
	for it, err := range o.book.Folder.Catalogue.Items(o.t.Context(), "", "") {
		if err != nil {
			o.t.Fatal(err)
		}
		if it.Name == name {
			return it.ID
		}
	}
	o.t.Fatalf("there is no item %s", name)
	return ""
}

// reuse returns the first reuse that the desk shows.
func (o *office) reuse() intake.Reuse {
	o.t.Helper()
	list, err := o.book.Folder.Reuses(o.t.Context(), "")
	if err != nil || len(list) == 0 {
		o.t.Fatalf("Reuses = %v, %v, want some", list, err)
	}
	return list[0]
}
