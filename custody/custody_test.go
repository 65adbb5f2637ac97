package custody

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/iotest"
	"time"
)

// place is where a test keeps an archive and its key.
type place struct{ dir, key string }

func newPlace(t testing.TB) place {
	t.Helper()
	tmp := t.TempDir()
	return place{dir: filepath.Join(tmp, "data"), key: filepath.Join(tmp, "config", "signing.key")}
}

func (p place) open(t testing.TB, opts Options) *Archive {
	t.Helper()
	opts.KeyFile = p.key
	a, err := Open(t.Context(), p.dir, opts)
	if err != nil {
		t.Fatalf("Open = %v", err)
	}
	t.Cleanup(func() { a.Close() })
	return a
}

func (p place) verify(t testing.TB) Report {
	t.Helper()
	r, err := Verify(t.Context(), p.dir, VerifyOptions{KeyFile: p.key})
	if err != nil {
		t.Fatalf("Verify = %v", err)
	}
	return r
}

func wantClean(t testing.TB, r Report) {
	t.Helper()
	for _, f := range r.Faults {
		t.Errorf("Verify found %v, want nothing", f)
	}
}

// intake puts text and logs it.
func intake(t testing.TB, a *Archive, text string) (Original, Receipt) {
	t.Helper()
	o, err := a.Put(t.Context(), strings.NewReader(text))
	if err != nil {
		t.Fatalf("Put(%q) = %v", text, err)
	}
	r, err := a.Record(t.Context(), Record{Kind: KindIntake, Actor: "test", Original: o.Digest, Body: json.RawMessage(`{"name":"a"}`)})
	if err != nil {
		t.Fatalf("Record(intake of %q) = %v", text, err)
	}
	return o, r
}

func closed(t testing.TB, a *Archive) {
	t.Helper()
	if err := a.Close(); err != nil {
		t.Fatalf("Close = %v", err)
	}
}

func TestOriginalsAreKeptOnceAndReadOnly(t *testing.T) {
	p := newPlace(t)
	a := p.open(t, Options{})
	o, _ := intake(t, a, "a clip")
	again, r := intake(t, a, "a clip") // BP-12: same bytes twice, one original, two events
	if !o.New || again.New || again.Digest != o.Digest || o.Size != 6 {
		t.Errorf("Put twice = %+v, %+v, want one new original of 6 bytes", o, again)
	}
	if r.Index != 1 {
		t.Errorf("second intake has index %d, want 1", r.Index)
	}
	st, err := os.Stat(a.Path(o.Digest))
	if err != nil || st.Mode().Perm() != 0o444 {
		t.Errorf("Stat = %v, %v, want mode 0444", st, err)
	}
	h, err := a.Original(o.Digest)
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	if b, _ := io.ReadAll(h); string(b) != "a clip" {
		t.Errorf("original reads %q", b)
	}
	if _, err := h.Write([]byte("x")); err == nil {
		t.Error("an original took a write")
	}
	for _, tc := range []struct {
		prefix string
		want   error
	}{{o.Digest.String()[:6], nil}, {strings.ToUpper(o.Digest.String()[:9]), nil}, {o.Digest.String(), nil}, {"000000", ErrNoOriginal}} {
		if d, err := a.Resolve(tc.prefix); !errors.Is(err, tc.want) || err == nil && d != o.Digest {
			t.Errorf("Resolve(%q) = %v, %v, want %v", tc.prefix, d, err, tc.want)
		}
	}
	for _, bad := range []string{"", "abcde", "../../x", "zzzzzz"} {
		if d, err := a.Resolve(bad); err == nil {
			t.Errorf("Resolve(%q) = %v, want an error", bad, d)
		}
	}
	if _, err := a.Original(Digest{1}); !errors.Is(err, ErrNoOriginal) {
		t.Errorf("Original of unknown digest = %v, want ErrNoOriginal", err)
	}
	closed(t, a)
	rep := p.verify(t)
	wantClean(t, rep)
	if rep.Originals != 1 || rep.Entries != 2 || rep.Hashed != 1 {
		t.Errorf("Verify counts %+v, want 1 original and 2 entries", rep)
	}
}

func TestResolveNamesSeveral(t *testing.T) {
	p := newPlace(t)
	a := p.open(t, Options{})
	dir := filepath.Join(p.dir, originalsDir, "ab")
	os.MkdirAll(dir, 0o755)
	for _, end := range []string{"0", "1"} {
		os.WriteFile(filepath.Join(dir, "abcdef"+strings.Repeat("0", 57)+end), nil, 0o444)
	}
	if _, err := a.Resolve("abcdef0"); !errors.Is(err, ErrAmbiguous) {
		t.Errorf("Resolve = %v, want ErrAmbiguous", err)
	}
}

func TestBadSourcesLeaveNothing(t *testing.T) {
	p := newPlace(t)
	a := p.open(t, Options{MaxOriginal: 1000})
	boom := errors.New("boom")
	stopped, cancel := context.WithCancel(t.Context())
	cancel()
	for _, tc := range []struct {
		name string
		ctx  context.Context
		r    io.Reader
		want error
	}{
		{"breaks", t.Context(), io.MultiReader(strings.NewReader("some"), iotest.ErrReader(boom)), boom},
		{"too large", t.Context(), bytes.NewReader(make([]byte, 1001)), ErrTooLarge},
		{"cancelled", stopped, strings.NewReader("some"), context.Canceled},
	} {
		if _, err := a.Put(tc.ctx, tc.r); !errors.Is(err, tc.want) {
			t.Errorf("%s: Put = %v, want %v", tc.name, err, tc.want)
		}
	}
	for _, tc := range []struct {
		name string
		r    io.Reader
		size int64
	}{
		{"empty", strings.NewReader(""), 0},
		{"byte by byte", iotest.OneByteReader(strings.NewReader("abc")), 3},
		{"data with EOF", iotest.DataErrReader(strings.NewReader("abcd")), 4},
		{"just allowed", bytes.NewReader(make([]byte, 1000)), 1000},
	} {
		if o, err := a.Put(t.Context(), tc.r); err != nil || o.Size != tc.size {
			t.Errorf("%s: Put = %+v, %v, want size %d", tc.name, o, err, tc.size)
		}
	}
	left, _ := os.ReadDir(filepath.Join(p.dir, originalsTemp))
	if len(left) != 0 {
		t.Errorf("%d temporary files are left", len(left))
	}
	closed(t, a)
	rep := p.verify(t)
	wantClean(t, rep)
	if len(rep.Unacknowledged) != 4 { // put, never recorded
		t.Errorf("Unacknowledged = %v, want four originals", rep.Unacknowledged)
	}

	// Any record that names one acknowledges it, and from then on misses it: the table of a run is no item.
	a = p.open(t, Options{})
	o, err := a.Put(t.Context(), strings.NewReader("file\tfirst_seen\n"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Record(t.Context(), Record{Kind: "run", Actor: "ada", Original: o.Digest, Body: []byte(`{}`)}); err != nil {
		t.Fatal(err)
	}
	closed(t, a)
	rep = p.verify(t)
	wantClean(t, rep)
	if len(rep.Unacknowledged) != 4 {
		t.Errorf("Unacknowledged = %v, want the same four: the table has its record", rep.Unacknowledged)
	}
	if err := os.Remove(filepath.Join(p.dir, originalPath(o.Digest))); err != nil {
		t.Fatal(err)
	}
	if rep := p.verify(t); len(rep.Faults) != 1 {
		t.Errorf("Faults = %v, want the missing table", rep.Faults)
	}
}

func TestPutFile(t *testing.T) {
	p := newPlace(t)
	a := p.open(t, Options{})
	tmp := t.TempDir()
	name := filepath.Join(tmp, "clip")
	os.WriteFile(name, []byte("clip"), 0o600)
	if o, err := a.PutFile(t.Context(), name); err != nil || o.Size != 4 {
		t.Errorf("PutFile = %+v, %v", o, err)
	}
	fifo := filepath.Join(tmp, "fifo")
	if err := syscall.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{fifo, tmp, "/dev/null"} {
		if _, err := a.PutFile(t.Context(), bad); !errors.Is(err, ErrNotRegular) {
			t.Errorf("PutFile(%s) = %v, want ErrNotRegular", bad, err)
		}
	}
	if _, err := a.PutFile(t.Context(), filepath.Join(tmp, "none")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("PutFile of nothing = %v, want ErrNotExist", err)
	}
}

func TestSourceThatChangesIsRefused(t *testing.T) {
	p := newPlace(t)
	a := p.open(t, Options{})
	for _, tc := range []struct {
		name   string
		change func(name string) error
	}{
		{"grows", func(n string) error { return os.WriteFile(n, make([]byte, 1<<20), 0o600) }},
		{"shrinks", func(n string) error { return os.Truncate(n, 1<<18) }},
		{"is touched", func(n string) error { return os.Chtimes(n, time.Now(), time.Now().Add(time.Hour)) }},
	} {
		name := filepath.Join(t.TempDir(), "clip")
		os.WriteFile(name, make([]byte, 600_000), 0o600)
		h, before, err := openSource(name)
		if err != nil {
			t.Fatal(err)
		}
		r := &steadyReader{file: h, before: before}
		once := false
		src := readerFunc(func(b []byte) (int, error) {
			k, err := r.Read(b)
			if !once {
				once = true
				if err := tc.change(name); err != nil {
					t.Fatal(err)
				}
			}
			return k, err
		})
		if _, err := a.Put(t.Context(), src); !errors.Is(err, ErrChanged) {
			t.Errorf("%s: Put = %v, want ErrChanged", tc.name, err)
		}
		h.Close()
	}
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(b []byte) (int, error) { return f(b) }

func TestRottenOriginalIsNotTakenForAKnownOne(t *testing.T) {
	p := newPlace(t)
	a := p.open(t, Options{})
	o, _ := intake(t, a, "a clip")
	flip(t, a.Path(o.Digest), 3)
	if _, err := a.Put(t.Context(), strings.NewReader("a clip")); !errors.Is(err, ErrDigest) {
		t.Errorf("Put over a rotten original = %v, want ErrDigest", err)
	}
}

// flip inverts bit 0 of byte at of a file, whatever its mode, and returns what undoes it.
func flip(t testing.TB, name string, at int) (undo func()) { return flipBit(t, name, at, 0) }

func flipBit(t testing.TB, name string, at int, bit uint) (undo func()) {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	st, _ := os.Stat(name)
	changed := bytes.Clone(b)
	changed[at] ^= 1 << bit
	write := func(b []byte) {
		os.Chmod(name, 0o600)
		if err := os.WriteFile(name, b, 0o600); err != nil {
			t.Fatal(err)
		}
		os.Chmod(name, st.Mode())
		os.Chtimes(name, st.ModTime(), st.ModTime())
	}
	write(changed)
	return func() { write(b) }
}

func TestRecordIsRefused(t *testing.T) {
	p := newPlace(t)
	a := p.open(t, Options{})
	ok := Record{Kind: "decision", Actor: "me"}
	for _, tc := range []struct {
		name string
		edit func(*Record)
		want error
	}{
		{"no kind", func(r *Record) { r.Kind = "" }, ErrRecord},
		{"odd kind", func(r *Record) { r.Kind = "In take" }, ErrRecord},
		{"deletion", func(r *Record) { r.Kind = KindDeletion }, ErrRecord},
		{"no actor", func(r *Record) { r.Actor = "" }, ErrRecord},
		{"actor not UTF-8", func(r *Record) { r.Actor = "\xff" }, ErrRecord},
		{"body not JSON", func(r *Record) { r.Body = json.RawMessage(`{`) }, ErrRecord},
		{"body with a doubled name", func(r *Record) { r.Body = json.RawMessage(`{"a":1,"a":2}`) }, ErrRecord},
		{"body not UTF-8", func(r *Record) { r.Body = json.RawMessage("\"\xff\"") }, ErrRecord},
		{"body with half a character", func(r *Record) { r.Body = json.RawMessage(`"\ud800"`) }, ErrRecord},
		{"body empty but there", func(r *Record) { r.Body = json.RawMessage{} }, ErrRecord},
		{"body too long", func(r *Record) { r.Body = json.RawMessage(`"` + strings.Repeat("x", maxBody) + `"`) }, ErrRecord},
		{"intake of nothing", func(r *Record) { r.Kind = KindIntake }, ErrRecord},
		{"intake of the unknown", func(r *Record) { r.Kind, r.Original = KindIntake, Digest{1} }, ErrNoOriginal},
	} {
		r := ok
		tc.edit(&r)
		if _, err := a.Record(t.Context(), r); !errors.Is(err, tc.want) {
			t.Errorf("%s: Record = %v, want %v", tc.name, err, tc.want)
		}
	}
	if n, err := a.Len(); n != 0 || err != nil {
		t.Errorf("Len = %d, %v, want 0", n, err)
	}
	if got, err := a.Record(t.Context(), ok); err != nil || got.Index != 0 {
		t.Errorf("Record after refusals = %+v, %v", got, err)
	}
}

func TestRecordsComeBackAsGiven(t *testing.T) {
	p := newPlace(t)
	a := p.open(t, Options{})
	body := json.RawMessage(`{"ü": "\u00fc\u2028<>&", "n": [1.50, -0, 123456789012345678901234567890, 1e400], "a": null}`)
	want := `{"a":null,"n":[1.50,-0,123456789012345678901234567890,1e400],"ü":"ü` + "\u2028" + `<>&"}`
	o, err := a.Put(t.Context(), strings.NewReader("x"))
	if err != nil {
		t.Fatal(err)
	}
	var waits []func(context.Context) (Receipt, error)
	const n = 600 // more than two batches, and two tiles
	for i := range n {
		waits = append(waits, a.RecordAsync(t.Context(), Record{Kind: "decision", Actor: fmt.Sprint(i), Original: o.Digest, Body: body}))
	}
	for i, wait := range waits {
		r, err := wait(t.Context())
		if err != nil || r.Index != uint64(i) {
			t.Fatalf("record %d = %+v, %v", i, r, err)
		}
	}
	reader, err := OpenReadOnly(t.Context(), p.dir) // beside the writer
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	for _, from := range []uint64{0, 1, 255, 256, 257, 599, 600} {
		i := from
		for r, err := range reader.Records(t.Context(), from) {
			if err != nil || r.Index != i || r.Actor != fmt.Sprint(i) || string(r.Body) != want || r.Original != o.Digest || r.Time.IsZero() {
				t.Fatalf("Records(%d) yields %+v, %v at %d", from, r, err, i)
			}
			i++
		}
		if i != n {
			t.Errorf("Records(%d) ended at %d, want %d", from, i, n)
		}
	}
	closed(t, a)
	wantClean(t, p.verify(t))
}

func TestSecondWriterIsRefused(t *testing.T) {
	p := newPlace(t)
	a := p.open(t, Options{})
	_, err := Open(t.Context(), p.dir, Options{KeyFile: p.key})
	if !errors.Is(err, ErrLocked) || !strings.Contains(err.Error(), fmt.Sprint(os.Getpid())) {
		t.Errorf("second Open = %v, want ErrLocked naming this process", err)
	}
	closed(t, a)
	closed(t, p.open(t, Options{}))
	if _, err := a.Record(t.Context(), Record{Kind: "decision", Actor: "me"}); !errors.Is(err, ErrClosed) {
		t.Errorf("Record after Close = %v, want ErrClosed", err)
	}
}

func TestReadOnly(t *testing.T) {
	p := newPlace(t)
	if _, err := OpenReadOnly(t.Context(), p.dir); !errors.Is(err, ErrNoArchive) {
		t.Errorf("OpenReadOnly of nothing = %v, want ErrNoArchive", err)
	}
	a := p.open(t, Options{})
	o, rec := intake(t, a, "x")
	r, err := OpenReadOnly(t.Context(), p.dir)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if _, err := r.Put(t.Context(), strings.NewReader("y")); !errors.Is(err, ErrReadOnly) {
		t.Errorf("Put = %v, want ErrReadOnly", err)
	}
	if _, err := r.Record(t.Context(), Record{Kind: "decision", Actor: "me"}); !errors.Is(err, ErrReadOnly) {
		t.Errorf("Record = %v, want ErrReadOnly", err)
	}
	if _, err := r.Delete(t.Context(), o.Digest, "me", "law"); !errors.Is(err, ErrReadOnly) {
		t.Errorf("Delete = %v, want ErrReadOnly", err)
	}
	if _, err := a.SaveCheckpoint(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Prove(t.Context(), rec.Index); err != nil {
		t.Errorf("Prove by a reader = %v", err)
	}
	cs, err := r.Checkpoints()
	if err != nil || len(cs) != 1 || cs[0].Size != 1 {
		t.Errorf("Checkpoints = %+v, %v, want one of size 1", cs, err)
	}
}

func TestKey(t *testing.T) {
	p := newPlace(t)
	a := p.open(t, Options{})
	intake(t, a, "x")
	closed(t, a)
	st, err := os.Stat(p.key)
	if err != nil || st.Mode().Perm() != 0o600 {
		t.Errorf("key has mode %v, %v, want 0600", st.Mode(), err)
	}
	key, _ := os.ReadFile(p.key)
	filepath.WalkDir(p.dir, func(name string, e fs.DirEntry, err error) error {
		if b, _ := os.ReadFile(name); bytes.Contains(b, key[len(key)-46:len(key)-1]) {
			t.Errorf("%s holds the private key", name)
		}
		return nil
	})
	other := newPlace(t)
	closed(t, other.open(t, Options{}))
	open := filepath.Join(t.TempDir(), "open.key")
	os.WriteFile(open, key, 0o644)
	junk := filepath.Join(t.TempDir(), "junk.key")
	os.WriteFile(junk, []byte("PRIVATE+KEY+"), 0o600)
	for name, file := range map[string]string{"missing": p.key + ".gone", "another's": other.key, "open to others": open, "junk": junk, "inside": filepath.Join(p.dir, "log", "key")} {
		if _, err := Open(t.Context(), p.dir, Options{KeyFile: file}); !errors.Is(err, ErrKey) {
			t.Errorf("%s: Open = %v, want ErrKey", name, err)
		}
	}
	if _, err := os.Stat(p.key + ".gone"); err == nil {
		t.Error("a new key was made for an old log")
	}
	for name, tc := range map[string]struct {
		file   string
		want   KeyState
		faults int
	}{"held": {p.key, KeyHeld, 0}, "missing": {p.key + ".gone", KeyMissing, 0}, "another's": {other.key, KeyOther, 1}} {
		r, err := Verify(t.Context(), p.dir, VerifyOptions{KeyFile: tc.file})
		if err != nil || r.Key != tc.want || len(r.Faults) != tc.faults {
			t.Errorf("%s: Verify = %+v, %v, want key state %v and %d faults", name, r, err, tc.want, tc.faults)
		}
	}
	t.Setenv("BELEG_KEY", "/x/y")
	if f, err := DefaultKeyFile(); f != "/x/y" || err != nil {
		t.Errorf("DefaultKeyFile = %q, %v", f, err)
	}
	// One key serves two archives, and their logs are not mistaken for each other.
	second := place{dir: filepath.Join(t.TempDir(), "data"), key: p.key}
	b := second.open(t, Options{})
	if b.LogKey() == a.LogKey() {
		t.Error("two logs share a name")
	}
}

func TestNewerFolderIsRefused(t *testing.T) {
	p := newPlace(t)
	a := p.open(t, Options{})
	intake(t, a, "x")
	closed(t, a)
	name := filepath.Join(p.dir, versionFile)
	os.Chmod(name, 0o600)
	os.WriteFile(name, fmt.Appendf(nil, `{"format":%d,"something":"new"}`, Format+1), 0o600)
	if _, err := Open(t.Context(), p.dir, Options{KeyFile: p.key}); !errors.Is(err, ErrNewer) {
		t.Errorf("Open = %v, want ErrNewer", err)
	}
	if _, err := OpenReadOnly(t.Context(), p.dir); !errors.Is(err, ErrNewer) {
		t.Errorf("OpenReadOnly = %v, want ErrNewer", err)
	}
	r := p.verify(t)
	if len(r.Faults) != 1 || r.Faults[0].Kind != FaultVersion {
		t.Errorf("Verify = %v, want the version and nothing else", r.Faults)
	}
}

func TestClock(t *testing.T) {
	p := newPlace(t)
	times := []string{"2016-10-06T10:00:00Z", "2016-10-06T11:00:00Z", "2015-01-01T00:00:00Z", "2015-01-02T00:00:00Z"}
	now := func() time.Time {
		at, err := time.Parse(time.RFC3339, times[0])
		if err != nil {
			t.Fatal(err)
		}
		times = times[1:]
		return at
	}
	a := p.open(t, Options{Now: now})
	intake(t, a, "1")
	_, r := intake(t, a, "2")
	closed(t, a)
	a = p.open(t, Options{Now: now}) // the last time is known across a restart
	_, back := intake(t, a, "3")
	_, on := intake(t, a, "4")
	if !back.ClockBackFrom.Equal(r.Time) || back.Time.Year() != 2015 || !on.ClockBackFrom.IsZero() || r.Time.Hour() != 11 {
		t.Errorf("receipts %+v, %+v, want the step back kept with both times", back, on)
	}
	var got []Record
	for r, err := range a.Records(t.Context(), 2) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, r)
	}
	if len(got) != 2 || !got[0].ClockBackFrom.Equal(r.Time) || got[0].Clock.Source != "given" {
		t.Errorf("records %+v", got)
	}
	closed(t, a)
	wantClean(t, p.verify(t))
	b := newPlace(t).open(t, Options{})
	intake(t, b, "1")
	for r := range b.Records(t.Context(), 0) {
		if r.Clock.Source != "system" || time.Since(r.Time) > time.Hour {
			t.Errorf("record of the system clock: %+v", r)
		}
	}
}

// A checkpoint file from the future, as a clock that goes back leaves it, must not keep the log from being
// signed.
func TestLogIsSignedAfterTheClockWentBack(t *testing.T) {
	p := newPlace(t)
	a := p.open(t, Options{})
	future := time.Now().Add(time.Hour)
	if err := os.Chtimes(filepath.Join(p.dir, checkpointFile), future, future); err != nil {
		t.Fatal(err)
	}
	intake(t, a, "x")
	closed(t, a)
	r := p.verify(t)
	wantClean(t, r)
	if r.Signed != 1 {
		t.Errorf("Signed = %d, want 1", r.Signed)
	}
}

func TestDeletionLeavesATombstone(t *testing.T) { // BP-18
	p := newPlace(t)
	a := p.open(t, Options{})
	o, first := intake(t, a, "a private picture")
	intake(t, a, "another")
	before, err := a.Prove(t.Context(), first.Index)
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		d        Digest
		who, why string
		want     error
	}{{o.Digest, "", "law", ErrReason}, {o.Digest, "me", " ", ErrReason}, {Digest{1}, "me", "law", ErrNoOriginal}} {
		if _, err := a.Delete(t.Context(), tc.d, tc.who, tc.why); !errors.Is(err, tc.want) {
			t.Errorf("Delete(%q, %q) = %v, want %v", tc.who, tc.why, err, tc.want)
		}
	}
	tomb, err := a.Delete(t.Context(), o.Digest, "editor", "court order 7 O 12/26")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(a.Path(o.Digest)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the original is still there: %v", err)
	}
	if _, err := a.Record(t.Context(), Record{Kind: KindIntake, Actor: "me", Original: o.Digest}); !errors.Is(err, ErrNoOriginal) {
		t.Errorf("intake of the deleted = %v, want ErrNoOriginal", err)
	}
	for r, err := range a.Records(t.Context(), tomb.Index) {
		if err != nil || r.Kind != KindDeletion || r.Actor != "editor" || r.Original != o.Digest || !strings.Contains(string(r.Body), "court order") {
			t.Errorf("tombstone is %+v, %v", r, err)
		}
	}
	b, _ := before.Bytes()
	if _, err := VerifyProof(b, a.LogKey()); err != nil {
		t.Errorf("the old proof = %v, want it to hold", err)
	}
	if _, err := a.Prove(t.Context(), first.Index); err != nil {
		t.Errorf("a new proof of the intake = %v", err)
	}
	closed(t, a)
	r := p.verify(t)
	wantClean(t, r)
	if r.Deleted != 1 || r.Originals != 1 {
		t.Errorf("Verify counts %+v, want one deleted, one there", r)
	}
	// Taken in again, it is there again.
	a = p.open(t, Options{})
	intake(t, a, "a private picture")
	closed(t, a)
	r = p.verify(t)
	wantClean(t, r)
	if r.Deleted != 0 || r.Originals != 2 {
		t.Errorf("Verify counts %+v, want none deleted, two there", r)
	}
}

func TestInterruptedDeletionIsFinished(t *testing.T) {
	p := newPlace(t)
	a := p.open(t, Options{})
	o, _ := intake(t, a, "secret")
	keep, _ := intake(t, a, "kept")
	if err := a.intend(keep.Digest); err != nil { // marked, never logged
		t.Fatal(err)
	}
	saved, _ := os.ReadFile(a.Path(o.Digest))
	if _, err := a.Delete(t.Context(), o.Digest, "me", "law"); err != nil {
		t.Fatal(err)
	}
	// Put things back to the moment between tombstone and removal.
	os.WriteFile(a.Path(o.Digest), saved, 0o444)
	if err := a.intend(o.Digest); err != nil {
		t.Fatal(err)
	}
	closed(t, a)
	r := p.verify(t)
	wantClean(t, r)
	if len(r.Unacknowledged) == 0 {
		t.Error("Verify does not mention the deletion that waits")
	}
	a = p.open(t, Options{})
	if _, err := a.Original(o.Digest); !errors.Is(err, ErrNoOriginal) {
		t.Errorf("Original of the deleted = %v, want ErrNoOriginal", err)
	}
	if h, err := a.Original(keep.Digest); err != nil {
		t.Errorf("Original of the kept = %v", err)
	} else {
		h.Close()
	}
	closed(t, a)
	r = p.verify(t)
	wantClean(t, r)
	if len(r.Unacknowledged) != 0 || r.Deleted != 1 {
		t.Errorf("Verify = %+v, want the deletion done", r)
	}
}

// Damaged records are isolated: the log commits to each of them all the same, so it can go on, and they stay named.
func TestDamagedRecordsHoldUpNothing(t *testing.T) {
	p := newPlace(t)
	a := p.open(t, Options{})
	intake(t, a, "1")
	intake(t, a, "2")
	closed(t, a)
	names, _ := filepath.Glob(filepath.Join(p.dir, recordsDir, "*", "*.json"))
	for _, n := range names {
		flip(t, n, 4)
	}
	a = p.open(t, Options{})
	_, receipt := intake(t, a, "3")
	closed(t, a)
	if receipt.Index != 2 {
		t.Errorf("the next entry is %d, want 2", receipt.Index)
	}
	if r := p.verify(t); len(r.Faults) != 2 || r.Faults[0].Kind != FaultRecord {
		t.Errorf("Verify found %v, want two records", r.Faults)
	}
}

// Each refusal keeps a damaged log from being extended, which would hide the damage.
func TestDamagedLogIsNotExtended(t *testing.T) {
	for _, tc := range []struct {
		name   string
		damage func(t *testing.T, dir string)
	}{
		{"no version file", func(t *testing.T, dir string) { os.Remove(filepath.Join(dir, versionFile)) }},
		{"no tree state", func(t *testing.T, dir string) { os.Remove(filepath.Join(dir, stateFile)) }},
		{"tree state flipped", func(t *testing.T, dir string) { flip(t, filepath.Join(dir, stateFile), 9) }},
		{"no checkpoint", func(t *testing.T, dir string) { os.Remove(filepath.Join(dir, checkpointFile)) }},
		{"checkpoint flipped", func(t *testing.T, dir string) { flip(t, filepath.Join(dir, checkpointFile), 30) }},
		{"tile flipped", func(t *testing.T, dir string) { flip(t, filepath.Join(dir, tilePath(0, 0, 2)), 9) }},
		{"no tile", func(t *testing.T, dir string) { os.Remove(filepath.Join(dir, tilePath(0, 0, 2))) }},
	} {
		p := newPlace(t)
		a := p.open(t, Options{})
		intake(t, a, "1")
		intake(t, a, "2")
		closed(t, a)
		tc.damage(t, p.dir)
		a, err := Open(t.Context(), p.dir, Options{KeyFile: p.key})
		if err == nil {
			a.Close()
		}
		if !errors.Is(err, ErrDamaged) && !errors.Is(err, ErrDigest) {
			t.Errorf("%s: Open = %v, want ErrDamaged or ErrDigest", tc.name, err)
		}
		if r := p.verify(t); len(r.Faults) == 0 {
			t.Errorf("%s: Verify finds nothing", tc.name)
		}
	}
}

func TestEmptyArchive(t *testing.T) {
	p := newPlace(t)
	a := p.open(t, Options{})
	wantClean(t, p.verify(t))
	closed(t, a)
	closed(t, a) // twice is once
	closed(t, p.open(t, Options{}))
	r := p.verify(t)
	wantClean(t, r)
	if r.Entries != 0 || r.Originals != 0 || r.Key != KeyHeld {
		t.Errorf("Verify = %+v, want nothing with its key", r)
	}
	if _, err := Verify(t.Context(), t.TempDir(), VerifyOptions{}); !errors.Is(err, ErrNoArchive) {
		t.Errorf("Verify of an empty folder = %v, want ErrNoArchive", err)
	}
}

func TestDamagedLogIsNotABlank(t *testing.T) { // BP-11
	p := newPlace(t)
	a := p.open(t, Options{})
	intake(t, a, "1")
	intake(t, a, "2")
	closed(t, a)
	records, _ := filepath.Glob(filepath.Join(p.dir, recordsDir, "*", "*.json"))
	undo := flip(t, records[0], 50)
	r, err := OpenReadOnly(t.Context(), p.dir)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	good, bad := 0, 0
	for _, err := range r.Records(t.Context(), 0) {
		if err == nil {
			good++
		} else if errors.Is(err, ErrDigest) {
			bad++
		}
	}
	if good != 1 || bad != 1 {
		t.Errorf("Records yields %d good and %d bad, want one of each", good, bad)
	}
	undo()
	os.Remove(filepath.Join(p.dir, stateFile))
	bad = 0
	for _, err := range r.Records(t.Context(), 0) {
		if err != nil {
			bad++
		}
	}
	if bad != 1 {
		t.Errorf("Records of a log without its state yields %d errors, want 1", bad)
	}
}

// Many at once, as intake does it; run with -race.
func TestConcurrentUse(t *testing.T) {
	p := newPlace(t)
	a := p.open(t, Options{})
	var wg sync.WaitGroup
	const workers, each = 8, 12
	for w := range workers {
		wg.Go(func() {
			for i := range each {
				text := fmt.Sprint(i) // the same originals by all
				if i%3 == 0 {
					text = fmt.Sprint(w, " ", i)
				}
				o, err := a.Put(t.Context(), strings.NewReader(text))
				if err != nil {
					t.Errorf("Put = %v", err)
					return
				}
				r, err := a.Record(t.Context(), Record{Kind: KindIntake, Actor: fmt.Sprint(w), Original: o.Digest})
				if err != nil {
					t.Errorf("Record = %v", err)
					return
				}
				if i == each-1 {
					if _, err := a.Prove(t.Context(), r.Index); err != nil {
						t.Errorf("Prove = %v", err)
					}
				}
			}
		})
	}
	// A stranger verifies meanwhile.
	for range 5 {
		wantClean(t, p.verify(t))
	}
	wg.Wait()
	closed(t, a)
	r := p.verify(t)
	wantClean(t, r)
	if want := each - each/3 + workers*each/3; r.Entries != workers*each || r.Originals != want || len(r.Unacknowledged) != 0 {
		t.Errorf("Verify = %+v, want %d entries and %d originals", r, workers*each, want)
	}
}

// A disk that is full for a while fails records, and no more than that.
func TestRecordAfterAFailedWrite(t *testing.T) {
	p := newPlace(t)
	a := p.open(t, Options{})
	intake(t, a, "1")
	temp := filepath.Join(p.dir, logTemp)
	if err := os.Remove(temp); err != nil {
		t.Fatal(err)
	}
	if _, err := a.Record(t.Context(), Record{Kind: "decision", Actor: "me"}); err == nil {
		t.Fatal("a record without its temporary folder is taken")
	}
	if err := os.Mkdir(temp, 0o755); err != nil {
		t.Fatal(err)
	}
	if r, err := a.Record(t.Context(), Record{Kind: "decision", Actor: "me"}); err != nil || r.Index != 1 || !r.ClockBackFrom.IsZero() {
		t.Errorf("the next record = %+v, %v, want index 1", r, err)
	}
	closed(t, a)
	wantClean(t, p.verify(t))
}

// After a write of the log that did not succeed nothing more is taken until the archive is opened again.
func TestBrokenLogTakesNoMore(t *testing.T) {
	p := newPlace(t)
	a := p.open(t, Options{})
	_, first := intake(t, a, "1")
	dir := filepath.Join(p.dir, treeDir, "tile", "0")
	aside := filepath.Join(t.TempDir(), "aside")
	if err := os.Rename(dir, aside); err != nil {
		t.Fatal(err)
	}
	os.WriteFile(dir, nil, 0o644)
	if _, err := a.Record(t.Context(), Record{Kind: "decision", Actor: "me"}); err == nil {
		t.Fatal("a record is taken although its tile cannot be written")
	}
	os.Remove(dir)
	os.Rename(aside, dir)
	if _, err := a.Record(t.Context(), Record{Kind: "decision", Actor: "me"}); !errors.Is(err, ErrBroken) {
		t.Errorf("the next record = %v, want ErrBroken", err)
	}
	closed(t, a)
	r := p.verify(t)
	wantClean(t, r)
	if r.Entries != 1 || len(r.Unacknowledged) == 0 {
		t.Errorf("Verify = %+v, want one entry and what was cut off", r)
	}
	a = p.open(t, Options{})
	_, next := intake(t, a, "2")
	if next.Index != first.Index+1 {
		t.Errorf("the record after reopening has index %d, want %d", next.Index, first.Index+1)
	}
	closed(t, a)
	wantClean(t, p.verify(t))
}

// manyRecords fills full tiles of level 1. "-many 70000" fills one of level 2, best with TMPDIR in memory.
var manyRecords = flag.Int("many", 1500, "how many records to log")

func TestManyRecords(t *testing.T) {
	p := newPlace(t)
	a := p.open(t, Options{})
	for left := *manyRecords; left > 0; {
		var waits []func(context.Context) (Receipt, error)
		for range min(left, 5000) {
			waits = append(waits, a.RecordAsync(t.Context(), Record{Kind: "decision", Actor: "test"}))
		}
		left -= len(waits)
		for _, wait := range waits {
			if _, err := wait(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := a.SaveCheckpoint(t.Context()); err != nil {
			t.Fatal(err)
		}
		wantClean(t, p.verify(t))
	}
	for _, i := range []int{0, *manyRecords / 2, *manyRecords - 1} {
		if _, err := a.Prove(t.Context(), uint64(i)); err != nil {
			t.Errorf("Prove(%d) = %v", i, err)
		}
	}
	closed(t, a)
	r := p.verify(t)
	wantClean(t, r)
	if r.Entries != uint64(*manyRecords) || r.Signed != r.Entries || len(r.Unacknowledged) != 0 {
		t.Errorf("Verify = %+v, want all %d", r, *manyRecords)
	}
	top := tilePath(1, 0, partial(1, 0, r.Entries))
	flip(t, filepath.Join(p.dir, top), 40)
	if r := p.verify(t); len(r.Faults) != 1 || r.Faults[0].Path != top || r.Faults[0].Item != "records 256 to 511" {
		t.Errorf("%s flipped: Verify found %v, want records 256 to 511", top, r.Faults)
	}
}
