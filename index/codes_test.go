package index

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"sync"
	"testing"
	"time"

	"beleg/fingerprint"
)

// crowd makes n entries of documents from first on, ten each, that crowd around a few codes.
func crowd(r *rand.Rand, first uint32, n int) []Entry {
	centre := randomCode(rand.New(rand.NewPCG(9, 9)))
	out := make([]Entry, n)
	for i := range out {
		out[i] = Entry{first + uint32(i/10), time.Duration(i%10) * 40 * time.Millisecond, near(r, centre, r.IntN(80)), uint8(r.IntN(101))}
	}
	r.Shuffle(n, func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out
}

// scanAll is the search by a plain loop, the slow twin.
func scanAll(entries []Entry, q Query, deleted ...uint32) []Hits {
	found := make([]Hits, len(q.Codes))
	for i, c := range q.Codes {
		for _, e := range entries {
			d := e.Code.Distance(c)
			if d <= q.Radius && int(e.Quality) >= q.MinQuality && !slices.Contains(deleted, e.Document) {
				found[i].Near = append(found[i].Near, Hit{e, d})
			}
		}
		found[i].finish(q.Most)
	}
	return found
}

func someQueries(r *rand.Rand) []Query {
	var codes []fingerprint.Code
	for _, e := range crowd(r, 0, 20) {
		codes = append(codes, e.Code)
	}
	return []Query{{codes, 31, 0, 0}, {codes, 70, 50, 0}, {codes, 256, 0, 7}, {codes, 60, 0, 1}, {codes, 0, 0, 0}, {nil, 31, 0, 0}}
}

func mustOpen(t testing.TB, dir string) *Codes {
	t.Helper()
	c, err := OpenCodes(dir, "pdq/1", "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

func agree(t *testing.T, c *Codes, entries []Entry, deleted ...uint32) {
	t.Helper()
	for i, q := range someQueries(rand.New(rand.NewPCG(5, 5))) {
		got, err := c.Search(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		if want := scanAll(entries, q, deleted...); !reflect.DeepEqual(normal(got), normal(want)) {
			t.Errorf("query %d differs from the plain scan: got %d hits, want %d", i, count(got), count(want))
		}
	}
}

// normal makes empty and nil lists equal.
func normal(h []Hits) []Hits {
	h = slices.Clone(h)
	for i := range h {
		if len(h[i].Near) == 0 {
			h[i].Near = nil
		}
	}
	return h
}

func count(h []Hits) (n int) {
	for _, x := range h {
		n += len(x.Near)
	}
	return n
}

func TestSearchAgreesWithScan(t *testing.T) {
	for _, k := range Kernels() {
		for _, n := range []int{0, 1, 7, 8, 9, 1000, tileBlocks*blockCodes - 1, tileBlocks * blockCodes, tileBlocks*blockCodes + 1} {
			t.Run(fmt.Sprintf("%s-%d", k.Name, n), func(t *testing.T) {
				c, entries := mustOpen(t, t.TempDir()), crowd(rand.New(rand.NewPCG(1, uint64(n))), 1, n)
				c.kernel = k
				if err := c.Append(entries); err != nil {
					t.Fatal(err)
				}
				agree(t, c, entries)
			})
		}
	}
}

func TestAppendDeleteMergeReopen(t *testing.T) {
	dir, r := t.TempDir(), rand.New(rand.NewPCG(2, 2))
	c := mustOpen(t, dir)
	var all []Entry
	for i := range 5 {
		more := crowd(r, uint32(1000*(5-i)), 333)
		all = append(all, more...)
		if err := c.Append(more); err != nil {
			t.Fatal(err)
		}
	}
	agree(t, c, all)
	if err := c.Delete(1003, 2000, 77); err != nil {
		t.Fatal(err)
	}
	agree(t, c, all, 1003, 2000)
	c.Close()
	c = mustOpen(t, dir)
	agree(t, c, all, 1003, 2000)
	if got, want := c.Len(), len(all); got != want {
		t.Errorf("Len = %d, want %d", got, want)
	}
	if err := c.Merge(t.Context()); err != nil {
		t.Fatal(err)
	}
	agree(t, c, all, 1003, 2000)
	if got, want := c.Len(), len(all)-20; got != want {
		t.Errorf("Len after Merge = %d, want %d", got, want)
	}
	if c.Has(1003) || !c.Has(1004) {
		t.Errorf("Has(1003), Has(1004) = %t, %t, want false, true", c.Has(1003), c.Has(1004))
	}
	if got := files(t, dir); len(got) != 2 {
		t.Errorf("files after Merge = %v, want a part and the manifest", got)
	}
	if bad := c.Check(); len(bad) != 0 {
		t.Errorf("Check = %v", bad)
	}
	if err := c.Append([]Entry{{Document: 1003}}); err != nil {
		t.Errorf("adding a deleted document after Merge: %v", err)
	}
}

func files(t *testing.T, dir string) (names []string) {
	list, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range list {
		names = append(names, f.Name())
	}
	return names
}

func TestMergedBytesDoNotDependOnHistory(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 4))
	a, b := crowd(r, 1, 95), crowd(r, 500, 60)
	var parts [][]byte
	for _, order := range [][][]Entry{{a, b}, {b, a}, {slices.Concat(a, b)}} {
		dir := t.TempDir()
		c := mustOpen(t, dir)
		for _, entries := range order {
			if err := c.Append(entries); err != nil {
				t.Fatal(err)
			}
		}
		if err := c.Merge(t.Context()); err != nil {
			t.Fatal(err)
		}
		for _, p := range c.parts {
			parts = append(parts, bytes.Clone(p.raw))
		}
	}
	if !bytes.Equal(parts[0], parts[1]) || !bytes.Equal(parts[0], parts[2]) {
		t.Error("the same entries made different parts")
	}
}

func TestAppendRefuses(t *testing.T) {
	c := mustOpen(t, t.TempDir())
	if err := c.Append([]Entry{{Document: 3}}); err != nil {
		t.Fatal(err)
	}
	if err := c.Append([]Entry{{Document: 3, At: 1}}); !errors.Is(err, fs.ErrExist) {
		t.Errorf("adding a document twice = %v, want fs.ErrExist", err)
	}
	if err := c.Delete(3); err != nil {
		t.Fatal(err)
	}
	if err := c.Append([]Entry{{Document: 3, At: 1}}); err == nil {
		t.Error("adding a deleted document = nil, want an error")
	}
	if err := c.Append(nil); err != nil || c.Len() != 1 {
		t.Errorf("adding nothing = %v, Len %d", err, c.Len())
	}
}

func TestTornPartIsNamedAndRebuilt(t *testing.T) {
	for name, damage := range map[string]func(t *testing.T, path string){
		"cut":     func(t *testing.T, path string) { rewrite(t, path, func(b []byte) []byte { return b[:len(b)-1] }) },
		"emptied": func(t *testing.T, path string) { rewrite(t, path, func(b []byte) []byte { return nil }) },
		"missing": func(t *testing.T, path string) { os.Remove(path) },
		"flipped": func(t *testing.T, path string) {
			rewrite(t, path, func(b []byte) []byte { b[len(b)-1] ^= 1; return b })
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir, r := t.TempDir(), rand.New(rand.NewPCG(8, 8))
			first, second := crowd(r, 1, 50), crowd(r, 90, 50)
			c := mustOpen(t, dir)
			if err := errors.Join(c.Append(first), c.Append(second)); err != nil {
				t.Fatal(err)
			}
			c.Close()
			damage(t, filepath.Join(dir, "codes-00000002.part"))
			c = mustOpen(t, dir)
			bad := c.Torn()
			if len(bad) != 1 || bad[0].Name != "codes-00000002.part" || !reflect.DeepEqual(bad[0].Documents, [][2]uint32{{90, 94}}) {
				t.Fatalf("Torn = %+v, want codes-00000002.part with documents 90 to 94", bad)
			}
			agree(t, c, first)
			if err := c.Merge(t.Context()); err != nil || len(c.Torn()) != 1 {
				t.Fatalf("Merge = %v, %d torn parts, want nil, 1", err, len(c.Torn()))
			}
			if err := errors.Join(c.Append(second), c.Drop(bad[0].Name)); err != nil {
				t.Fatal(err)
			}
			agree(t, c, slices.Concat(first, second))
			if c.Drop("codes-00000004.part") == nil {
				t.Error("Drop of a sound part = nil, want an error")
			}
			c.Close()
			if c = mustOpen(t, dir); len(c.Torn()) != 0 {
				t.Errorf("Torn after rebuilding = %v", c.Torn())
			}
		})
	}
}

func rewrite(t *testing.T, path string, change func([]byte) []byte) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err == nil {
		err = os.Chmod(path, 0o600)
	}
	if err == nil {
		err = os.WriteFile(path, change(b), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func TestCheckFindsWhatOpenDoesNot(t *testing.T) {
	dir := t.TempDir()
	c := mustOpen(t, dir)
	if err := c.Append(crowd(rand.New(rand.NewPCG(1, 1)), 1, 50)); err != nil {
		t.Fatal(err)
	}
	c.Close()
	rewrite(t, filepath.Join(dir, "codes-00000001.part"), func(b []byte) []byte { b[200] ^= 4; return b })
	c = mustOpen(t, dir)
	if bad := c.Check(); len(bad) != 1 || !errors.Is(bad[0].Err, ErrTorn) {
		t.Errorf("Check = %v, want one torn part", bad)
	}
}

func TestOpenCodesRefuses(t *testing.T) {
	dir := t.TempDir()
	c := mustOpen(t, dir)
	if err := c.Append([]Entry{{Document: 1}}); err != nil {
		t.Fatal(err)
	}
	c.Close()
	if _, err := OpenCodes(dir, "pdq/2", ""); err == nil || errors.Is(err, ErrTorn) {
		t.Errorf("another engine: %v, want an error that is not ErrTorn", err)
	}
	part := filepath.Join(dir, "codes-00000001.part")
	rewrite(t, part, func(b []byte) []byte { b[8]++; return b })
	if _, err := OpenCodes(dir, "pdq/1", ""); !errors.Is(err, ErrVersion) {
		t.Errorf("a newer part: %v, want ErrVersion", err)
	}
	list := filepath.Join(dir, manifestName)
	rewrite(t, list, func(b []byte) []byte { b[20] ^= 1; return b })
	if _, err := OpenCodes(dir, "pdq/1", ""); !errors.Is(err, ErrManifest) {
		t.Errorf("a flipped manifest: %v, want ErrManifest", err)
	}
	newer := manifest{Version: Version + 1, Next: 1}
	rewrite(t, list, func([]byte) []byte { return newer.bytes() })
	if _, err := OpenCodes(dir, "pdq/1", ""); !errors.Is(err, ErrVersion) {
		t.Errorf("a newer manifest: %v, want ErrVersion", err)
	}
}

func TestWhatKilledWritersLeftDoesNoHarm(t *testing.T) {
	dir := t.TempDir()
	c, entries := mustOpen(t, dir), crowd(rand.New(rand.NewPCG(1, 1)), 1, 50)
	for _, name := range []string{".part-123", "codes-00000001.part", "codes-00000009.part"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("left"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.Append(entries); err != nil {
		t.Fatal(err)
	}
	agree(t, c, entries)
	if got := files(t, dir); len(got) != 2 {
		t.Errorf("files = %v, want a part and the manifest", got)
	}
}

func TestTidyKeepsFewParts(t *testing.T) {
	c, r := mustOpen(t, t.TempDir()), rand.New(rand.NewPCG(6, 6))
	var all []Entry
	for i := range uint32(60) {
		more := crowd(r, i*100, 40+r.IntN(400))
		all = append(all, more...)
		if err := errors.Join(c.Append(more), c.Tidy(t.Context())); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(c.list.Parts); n > 2*tidyParts {
		t.Errorf("%d parts, want at most %d", n, 2*tidyParts)
	}
	agree(t, c, all)
}

func TestSearchWhileWriting(t *testing.T) {
	c, r := mustOpen(t, t.TempDir()), rand.New(rand.NewPCG(6, 6))
	fixed := crowd(r, 1, 200)
	if err := c.Append(fixed); err != nil {
		t.Fatal(err)
	}
	q := Query{Codes: []fingerprint.Code{fixed[0].Code}}
	stop := make(chan struct{})
	var readers sync.WaitGroup
	for range 3 {
		readers.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				if h, err := c.Search(context.Background(), q); err != nil || len(h[0].Near) == 0 {
					t.Errorf("Search = %d hits, %v, want the entry itself", len(h[0].Near), err)
					return
				}
			}
		})
	}
	for i := range uint32(20) {
		if err := errors.Join(c.Append(crowd(r, 1000+100*i, 50)), c.Delete(1000+100*i), c.Merge(t.Context())); err != nil {
			t.Error(err)
		}
	}
	close(stop)
	readers.Wait()
}

func TestSearchStopsWithItsContext(t *testing.T) {
	c := mustOpen(t, t.TempDir())
	if err := c.Append(crowd(rand.New(rand.NewPCG(1, 1)), 1, 10)); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.Search(ctx, Query{Codes: make([]fingerprint.Code, 1)}); !errors.Is(err, context.Canceled) {
		t.Errorf("Search = %v, want context.Canceled", err)
	}
	if err := c.Merge(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("Merge = %v, want context.Canceled", err)
	}
}

func TestSpans(t *testing.T) {
	runs := spans([]uint32{0, 1, 2, 5, 7, 8, 1<<32 - 1})
	if want := [][2]uint32{{0, 2}, {5, 5}, {7, 8}, {1<<32 - 1, 1<<32 - 1}}; !reflect.DeepEqual(runs, want) {
		t.Errorf("spans = %v, want %v", runs, want)
	}
	for d, want := range map[uint32]bool{0: true, 2: true, 3: false, 4: false, 5: true, 6: false, 8: true, 9: false, 1<<32 - 1: true} {
		if got := within(runs, d); got != want {
			t.Errorf("within(%d) = %t, want %t", d, got, want)
		}
	}
}

func FuzzManifest(f *testing.F) {
	f.Add(manifest{Version: 1, Next: 3, Parts: []partRecord{{"codes-00000001.part", 5, [][2]uint32{{1, 2}}}}, Deleted: []uint32{4}}.bytes())
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := parseManifest(b)
		if err != nil {
			return
		}
		again, err := parseManifest(m.bytes())
		if err != nil || !reflect.DeepEqual(again, m) {
			t.Errorf("round trip: %+v, %v, want %+v", again, err, m)
		}
	})
}

func FuzzCodesPart(f *testing.F) {
	dir := f.TempDir()
	c := mustOpen(f, dir)
	if err := c.Append(crowd(rand.New(rand.NewPCG(1, 1)), 1, 9)); err != nil {
		f.Fatal(err)
	}
	b, err := os.ReadFile(filepath.Join(dir, "codes-00000001.part"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := Read(b)
		if err != nil {
			return
		}
		codes, err := readCodes(p)
		if err != nil {
			return
		}
		codes.check()
		q := Query{Codes: make([]fingerprint.Code, 1), Radius: 256}
		if err := codes.search(t.Context(), q, Kernels()[0], nil, make([]Hits, 1)); err != nil {
			t.Error(err)
		}
	})
}
