package desk

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// An upload that waits is taken in as it was acknowledged: what was cut, changed, added or lost since is said, and kept apart.
func TestDamagedArrivalsAreNoItems(t *testing.T) {
	o := anOffice(t, nil)
	o.close()
	folder := filepath.Join(o.dir, incomingDir, "WAITS")
	data := filepath.Join(folder, incomingData)
	write := func(name, text string) {
		t.Helper()
		path := filepath.Join(data, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	const text = "The mayor said on Monday that nobody had been hurt at the bridge: "
	for _, name := range []string{"good.txt", "sub/cut.txt", "sub/flipped.txt", "lost.txt"} {
		write(name, text+name)
	}
	if err := seal(folder, arrival{By: "anna"}, nil); err != nil {
		t.Fatal(err)
	}
	write("sub/cut.txt", text[:20])
	write("sub/flipped.txt", strings.Replace(text, "nobody", "nobodx", 1)+"sub/flipped.txt")
	write("added.txt", text+"added")
	if err := os.Remove(filepath.Join(data, "lost.txt")); err != nil {
		t.Fatal(err)
	}
	o.open(nil)
	o.desk.jobs.all.Wait()
	var list []jobView
	o.anna().json("GET", "/api/jobs", nil, &list)
	left := map[string]bool{}
	for _, r := range list[0].Rows {
		if r.State == "left out" && r.Detail == "damaged" {
			left[r.Name] = true
		}
	}
	for _, name := range []string{"added.txt", "lost.txt", "sub/cut.txt", "sub/flipped.txt"} {
		if !left[name] {
			t.Errorf("nothing says that %s is damaged: %+v", name, list[0].Rows)
		}
	}
	o.item("good.txt")
	n := 0
	for it, err := range o.book.Folder.Catalogue.Items(t.Context(), "", "") {
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(it.Name, ".txt") {
			n++
		}
	}
	if n != 1 {
		t.Errorf("%d texts were taken in, want the good one", n)
	}
	if b, err := os.ReadFile(filepath.Join(folder+damagedSuffix, "sub", "cut.txt")); err != nil || string(b) != text[:20] {
		t.Errorf("what is left of the cut file: %q, %v", b, err)
	}
	o.close()
	o.open(nil) // and is left alone the next time
	if _, err := os.Stat(filepath.Join(folder+damagedSuffix, "sub", "cut.txt")); err != nil {
		t.Error(err)
	}
}

// What was acknowledged is not thrown away because its note is damaged.
func TestDamagedNotesLoseNothing(t *testing.T) {
	o := anOffice(t, nil)
	o.close()
	folder := filepath.Join(o.dir, incomingDir, "WAITS")
	if err := os.MkdirAll(filepath.Join(folder, incomingData), 0o700); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{incomingNote: `{"by":"an`, incomingData + "/a.txt": "seen"} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	o.open(nil)
	if b, err := os.ReadFile(filepath.Join(folder+damagedSuffix, incomingData, "a.txt")); err != nil || string(b) != "seen" {
		t.Errorf("the upload with a damaged note: %q, %v, want it kept apart", b, err)
	}
}

// The note of an upload says size and hash of each file when the upload is acknowledged.
func TestAcknowledgedUploadsAreSealed(t *testing.T) {
	o := anOffice(t, nil)
	o.desk.jobs.turn <- struct{}{} // no work goes on until the note was looked at
	got := o.anna().drop([][2]string{{"outlet", "Agency"}}, [][2]string{{"a/b.txt", "nobody was hurt"}})
	if got.status != http.StatusAccepted {
		t.Fatalf("= %d %s", got.status, got.body)
	}
	notes, err := filepath.Glob(filepath.Join(o.dir, incomingDir, "*", incomingNote))
	if err != nil || len(notes) != 1 {
		t.Fatalf("notes: %v, %v", notes, err)
	}
	b, err := os.ReadFile(notes[0])
	if err != nil {
		t.Fatal(err)
	}
	var a arrival
	if err := json.Unmarshal(b, &a); err != nil {
		t.Fatal(err)
	}
	size, hash, err := hashFile(filepath.Join(filepath.Dir(notes[0]), incomingData, "a", "b.txt"))
	if want := (arrivedFile{"a/b.txt", size, hash}); err != nil || len(a.Files) != 1 || a.Files[0] != want || size != 15 {
		t.Errorf("note: %+v, %v, want %+v", a.Files, err, want)
	}
	<-o.desk.jobs.turn
	o.desk.jobs.all.Wait()
}

func TestPace(t *testing.T) {
	p := pace{silence: time.Minute, least: 1000, most: time.Hour}
	t0 := time.Date(2016, 10, 6, 12, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		name  string
		after time.Duration
		n     int64
		want  time.Duration // since the beginning
	}{
		{"beginning", 0, 0, time.Minute}, {"nothing so far", 50 * time.Second, 0, time.Minute}, {"a byte a minute", 59 * time.Second, 1, time.Minute},
		{"in pace", 2 * time.Minute, 1 << 20, 3 * time.Minute}, {"at the end of all patience", time.Hour - time.Second, 1 << 40, time.Hour},
		{"too slow on the whole", 10 * time.Minute, 300_000, 6 * time.Minute},
	} {
		if got := p.until(t0, t0.Add(tt.after), tt.n).Sub(t0); got != tt.want {
			t.Errorf("%s: given up after %v, want %v", tt.name, got, tt.want)
		}
	}
}

// An upload that comes drop by drop is cut off, and leaves nothing.
func TestSlowUploadsEnd(t *testing.T) {
	o := anOffice(t, nil)
	o.desk.pace = pace{silence: 500 * time.Millisecond, least: 1000, most: time.Minute}
	anna := o.anna()
	began := time.Now()
	read, write := io.Pipe()
	go func() {
		fmt.Fprint(write, "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\n")
		for range 200 {
			if _, err := write.Write([]byte("x")); err != nil {
				return
			}
			time.Sleep(50 * time.Millisecond)
		}
		write.CloseWithError(io.ErrUnexpectedEOF)
	}()
	r, err := http.NewRequestWithContext(t.Context(), "POST", o.server.URL+"/api/intake", read)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "multipart/form-data; boundary=b")
	got, err := anna.client.Do(r)
	if err == nil {
		got.Body.Close()
		if got.StatusCode < 400 {
			t.Errorf("a slow upload = %d, want it refused", got.StatusCode)
		}
	}
	if took := time.Since(began); took > 8*time.Second {
		t.Errorf("cut off after %v, want about half a second", took)
	}
	for range 100 {
		if entries, _ := os.ReadDir(filepath.Join(o.dir, incomingDir)); len(entries) == 0 {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Error("the slow upload left something")
}

// An account has a few uploads at the same time; what is more is refused before any of it is read, and others are not touched.
func TestUploadsOfOneAccountAreBounded(t *testing.T) {
	o, people := aTeam(t)
	for range mostUploads {
		o.hangingUpload(t, people["editor"])
	}
	for range 200 {
		o.desk.mu.Lock()
		n := o.desk.uploads["editor"]
		o.desk.mu.Unlock()
		if n == mostUploads {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	if got := people["editor"].drop(nil, [][2]string{{"a.txt", "x"}}); got.status != http.StatusTooManyRequests {
		t.Errorf("upload %d of one account = %d %s, want %d", mostUploads+1, got.status, got.body, http.StatusTooManyRequests)
	}
	if got := people["reporter"].drop(nil, [][2]string{{"a.txt", "The mayor said so."}}); got.status != http.StatusAccepted {
		t.Errorf("an upload of another account = %d %s, want %d", got.status, got.body, http.StatusAccepted)
	}
	o.desk.jobs.all.Wait()
}

// hangingUpload begins an upload that does not go on until the test ends.
func (o *office) hangingUpload(t *testing.T, p *person) {
	t.Helper()
	c, err := net.Dial("tcp", o.server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	r, err := http.NewRequest("POST", o.server.URL+"/api/intake", nil)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "POST /api/intake HTTP/1.1\r\nHost: %s\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 100000\r\n", r.Host)
	for _, k := range p.client.Jar.Cookies(r.URL) {
		fmt.Fprintf(&b, "Cookie: %s=%s\r\n", k.Name, k.Value)
	}
	b.WriteString("\r\n--b\r\n")
	if _, err := c.Write(b.Bytes()); err != nil {
		t.Fatal(err)
	}
}
