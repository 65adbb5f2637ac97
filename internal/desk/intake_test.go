package desk

import (
	"bytes"
	"context"
	"encoding/json"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/textproto"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"beleg/internal/store"
)

// form makes a form of fields and files.
func form(t testing.TB, fields, files [][2]string) (body, contentType string) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for _, f := range fields {
		if err := w.WriteField(f[0], f[1]); err != nil {
			t.Fatal(err)
		}
	}
	for _, f := range files {
		part, err := w.CreatePart(textproto.MIMEHeader{"Content-Disposition": {`form-data; name="file"; filename="` + f[0] + `"`}})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := part.Write([]byte(f[1])); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String(), w.FormDataContentType()
}

func (p *person) drop(fields, files [][2]string) answer {
	body, kind := form(p.o.t, fields, files)
	return p.do("POST", "/api/intake", body, map[string]string{"Content-Type": kind, "Accept": "application/json"})
}

// ended waits for a job that an answer names.
func (p *person) ended(got answer) jobView {
	p.o.t.Helper()
	var v jobView
	if err := json.Unmarshal([]byte(got.body), &v); err != nil || got.status != http.StatusAccepted {
		p.o.t.Fatalf("answer %d %s: %v", got.status, got.body, err)
	}
	for v.State == "running" {
		time.Sleep(20 * time.Millisecond)
		p.json("GET", "/api/jobs/"+v.ID, nil, &v)
	}
	return v
}

func TestDroppedFilesAreTakenIn(t *testing.T) {
	o := anOffice(t, nil)
	anna := o.anna()
	v := anna.ended(anna.drop([][2]string{{"outlet", "Agency"}, {"first_seen", "2016-10"}}, [][2]string{
		{"notes/one.txt", "The army said 20 people were killed on Monday."}, {"notes/two.bin", "\x00\x01\x02 nothing known"}, {"empty.mp4", ""}}))
	if v.State != "done" {
		t.Fatalf("job = %+v, want done", v)
	}
	want := map[string]string{"notes/one.txt": store.Complete, "notes/two.bin": store.Kept, "empty.mp4": store.Unreadable}
	for _, r := range v.Rows {
		if r.State != want[r.Name] || r.Item == "" {
			t.Errorf("row %+v, want state %q", r, want[r.Name])
		}
		delete(want, r.Name)
	}
	if len(want) > 0 {
		t.Errorf("rows of %v are missing", want)
	}
	it, err := o.book.Folder.Catalogue.Item(t.Context(), o.item("notes/one.txt"))
	if err != nil || it.Outlet != "Agency" || len(it.Appearances) < 2 {
		t.Errorf("item = %+v, %v, want its outlet and date", it, err)
	}
	if left, err := os.ReadDir(filepath.Join(o.dir, incomingDir)); err != nil || len(left) > 0 {
		t.Errorf("%d folders are left of intakes, %v", len(left), err)
	}
}

func TestDroppedBroadcastIsCompared(t *testing.T) {
	o := anOffice(t, nil)
	b, err := os.ReadFile(filepath.Join(storyDir(t), "archive", "corridor-2014.mp4"))
	if err != nil {
		t.Fatal(err)
	}
	anna := o.anna()
	// The same bytes with a box of free space at the end: another original that shows the same.
	v := anna.ended(anna.drop([][2]string{{"kind", store.Broadcast}}, [][2]string{{"again.mp4", string(b) + "\x00\x00\x00\x0cfreexxxx"}}))
	if v.State != "done" || len(v.Rows) != 1 || v.Rows[0].Reuses == 0 {
		t.Errorf("job = %+v, want reuses of the clip", v)
	}
}

func TestDropsThatAreRefused(t *testing.T) {
	o := anOffice(t, nil)
	anna := o.anna()
	for _, tt := range []struct {
		name          string
		fields, files [][2]string
		want          int
	}{
		{"nothing", nil, nil, http.StatusUnprocessableEntity},
		{"a path upwards", nil, [][2]string{{"../../evil.txt", "x"}}, http.StatusUnprocessableEntity},
		{"a path upwards inside", nil, [][2]string{{"a/../../evil.txt", "x"}}, http.StatusUnprocessableEntity},
		{"backslashes", nil, [][2]string{{`..\\..\\evil.txt`, "x"}}, http.StatusUnprocessableEntity},
		{"no date", [][2]string{{"first_seen", "yesterday"}}, [][2]string{{"a.txt", "x"}}, http.StatusUnprocessableEntity},
		{"no kind", [][2]string{{"kind", "poem"}}, [][2]string{{"a.txt", "x"}}, http.StatusUnprocessableEntity},
		{"unknown field", [][2]string{{"colour", "red"}}, [][2]string{{"a.txt", "x"}}, http.StatusUnprocessableEntity},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := anna.drop(tt.fields, tt.files); got.status != tt.want {
				t.Errorf("= %d %s, want %d", got.status, got.body, tt.want)
			}
		})
	}
	if left, _ := os.ReadDir(filepath.Join(o.dir, incomingDir)); len(left) > 0 {
		t.Errorf("%d folders are left of refused drops", len(left))
	}
	if got := anna.do("POST", "/api/intake", "x", nil); got.status != http.StatusUnsupportedMediaType {
		t.Errorf("no form = %d, want %d", got.status, http.StatusUnsupportedMediaType)
	}
}

// An intake that had arrived when the desk was ended is gone on with; what had not arrived whole is dropped.
func TestIntakeGoesOnAfterARestart(t *testing.T) {
	o := anOffice(t, nil)
	o.close()
	whole, torn := filepath.Join(o.dir, incomingDir, "WHOLE"), filepath.Join(o.dir, incomingDir, "TORN")
	for _, dir := range []string{whole, torn} {
		if err := os.MkdirAll(filepath.Join(dir, incomingData), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, incomingData, filepath.Base(dir)+".txt"), []byte("Nobody was hurt, the mayor said. "+dir), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(whole, incomingNote), []byte(`{"by":"anna","asked":{"outlet":"Agency"}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	o.open(nil)
	anna := o.anna()
	var list []jobView
	for {
		anna.json("GET", "/api/jobs", nil, &list)
		if len(list) == 1 && list[0].State != "running" {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	if list[0].State != "done" || list[0].By != "anna" {
		t.Errorf("job = %+v, want done by anna", list[0])
	}
	o.item("WHOLE.txt")
	for it, err := range o.book.Folder.Catalogue.Items(t.Context(), "", "") {
		if err != nil || it.Name == "TORN.txt" {
			t.Errorf("item %s, %v", it.Name, err)
		}
	}
}

func TestFetchSaysWhatWasGot(t *testing.T) {
	long := strings.Repeat("<p>The army said on Monday that 20 people had been killed near the bridge.</p>", 12)
	mux := http.NewServeMux()
	page := func(path, title, text string) {
		mux.HandleFunc(path, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			w.Write([]byte("<!doctype html><title>" + title + "</title><body><article><h1>" + title + "</h1>" + text + "</article>"))
		})
	}
	page("/news", "Bridge", long)
	page("/wall", "Your privacy", "<p>We use cookies. Give your consent to tracking or subscribe.</p><button>Accept all</button>")
	page("/app", "App", "")
	mux.HandleFunc("/empty", func(http.ResponseWriter, *http.Request) {})
	mux.HandleFunc("/gone", http.NotFound)
	mux.HandleFunc("/away", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/news", http.StatusFound) })
	mux.HandleFunc("/file", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "file:///etc/passwd", http.StatusFound)
	})
	mux.HandleFunc("/round", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/round", http.StatusFound) })
	site := httptest.NewServer(mux)
	defer site.Close()
	o := anOffice(t, nil)
	anna := o.anna()
	for _, tt := range []struct {
		path, want string
		kept       bool
	}{
		{"/news", fetchPage, true}, {"/away", fetchPage, true}, {"/wall", fetchConsent, true}, {"/app", fetchThin, true},
		{"/empty", fetchEmpty, false}, {"/gone", fetchError, false}, {"/file", fetchRefused, false}, {"/round", fetchRefused, false},
	} {
		t.Run(tt.path, func(t *testing.T) {
			v := anna.ended(anna.json("POST", "/api/fetch", map[string]any{"url": site.URL + tt.path}, nil))
			state := "done"
			if !tt.kept {
				state = "failed"
			}
			if v.State != state || v.Note != tt.want {
				t.Errorf("job = %+v, want %s with %q", v, state, tt.want)
			}
			if kept := v.Rows[0].Item != ""; kept != tt.kept {
				t.Errorf("kept = %v, want %v", kept, tt.kept)
			}
		})
	}
	it, err := o.book.Folder.Catalogue.Item(t.Context(), o.item("news.html"))
	if err != nil || it.URL != site.URL+"/news" {
		t.Errorf("address of the item = %q, %v, want %q", it.URL, err, site.URL+"/news")
	}
}

// The client that the program uses reaches no address of this machine or its network, by whatever name.
func TestFetcherReachesOnlyThePublic(t *testing.T) {
	asked := false
	site := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked = true }))
	defer site.Close()
	port := site.URL[strings.LastIndexByte(site.URL, ':'):]
	for _, address := range []string{site.URL, "http://localhost" + port, "http://127.1" + port, "http://[::1]" + port, "http://[::ffff:127.0.0.1]" + port, "http://0.0.0.0" + port,
		"http://127.0.0.1", "http://10.0.0.1", "http://169.254.169.254/latest/meta-data", "http://100.64.0.1", "http://[fe80::1]", "http://[64:ff9b::7f00:1]", "http://[2002:7f00:1::]"} {
		ctx, stop := context.WithTimeout(t.Context(), 5*time.Second)
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
		if err != nil {
			t.Fatal(err)
		}
		if answer, err := NewFetcher().Do(r); err == nil {
			answer.Body.Close()
			t.Errorf("%s answered", address)
		}
		stop()
	}
	if asked {
		t.Errorf("a request reached this machine")
	}
}

func TestFetchNeedsAnAddress(t *testing.T) {
	o := anOffice(t, nil)
	anna := o.anna()
	for _, u := range []string{"", "ftp://example.org/", "file:///etc/passwd", "javascript:alert(1)", "http://", "http://user:secret@example.org/", "not an address"} {
		if got := anna.json("POST", "/api/fetch", map[string]any{"url": u}, nil); got.status != http.StatusUnprocessableEntity {
			t.Errorf("fetch of %q = %d, want %d", u, got.status, http.StatusUnprocessableEntity)
		}
	}
}
