package custody

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// filled makes an archive that has every kind of file: several sizes, a full tile, kept checkpoints, outgrown
// tiles.
func filled(t testing.TB) (place, map[string]Digest) {
	t.Helper()
	p := newPlace(t)
	items := map[string]Digest{}
	a := p.open(t, Options{})
	for i := range 3 {
		name := fmt.Sprintf("clip %d", i)
		o, _ := intake(t, a, name)
		items[name] = o.Digest
	}
	closed(t, a)
	a = p.open(t, Options{})
	o, err := a.Put(t.Context(), strings.NewReader("many events"))
	if err != nil {
		t.Fatal(err)
	}
	last := a.RecordAsync(t.Context(), Record{Kind: KindIntake, Actor: "test", Original: o.Digest})
	for i := range 260 {
		last = a.RecordAsync(t.Context(), Record{Kind: "decision", Actor: "test", Original: o.Digest, Body: json.RawMessage(fmt.Sprint(i))})
	}
	if _, err := last(t.Context()); err != nil {
		t.Fatal(err)
	}
	items["many events"] = o.Digest
	closed(t, a)
	// An outgrown tile, as a running writer leaves it until it tidies up.
	for _, level := range []int{entries, 0} {
		now, _, err := a.readTileClosed(p.dir, level, 1, 8)
		if err != nil {
			t.Fatal(err)
		}
		name := filepath.Join(p.dir, tilePath(level, 1, 3))
		if err := os.WriteFile(name, now[:3*len(now)/8], 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return p, items
}

// readTileClosed is readTile for an archive that was closed.
func (a *Archive) readTileClosed(dir string, level int, index uint64, p int) ([]byte, string, error) {
	f, err := openFolder(dir)
	if err != nil {
		return nil, "", err
	}
	defer f.root.Close()
	return f.readTile(level, index, p)
}

// TestFlippedBitIsNamed is promise 2 of the requirements and BP-10: one flipped bit in any file is found, with
// the file's name and what it hits.
func TestFlippedBitIsNamed(t *testing.T) {
	p, items := filled(t)
	clean := p.verify(t)
	wantClean(t, clean)
	if clean.Entries != 264 || clean.Checkpoints != 2 || clean.Originals != 4 || len(clean.Unacknowledged) != 0 {
		t.Fatalf("the archive is not as meant: %+v", clean)
	}
	var files []string
	filepath.WalkDir(p.dir, func(name string, e fs.DirEntry, err error) error {
		if rel, _ := filepath.Rel(p.dir, name); err == nil && !e.IsDir() && rel != lockFile {
			files = append(files, filepath.ToSlash(rel))
		}
		return err
	})
	kinds := map[string]int{} // how many of each kind were flipped
	random := rand.New(rand.NewPCG(1, 2))
	for _, name := range files {
		kind := kindOf(name)
		full := filepath.Join(p.dir, filepath.FromSlash(name))
		st, err := os.Stat(full)
		if err != nil || st.Size() == 0 {
			continue
		}
		flips := 6
		if kinds[kind]++; kind == "record" && kinds[kind] > 8 {
			continue
		}
		for range flips {
			at, bit := random.IntN(int(st.Size())), uint(random.IntN(8))
			undo := flipBit(t, full, at, bit)
			r := p.verify(t)
			if !named(r, name) {
				t.Errorf("bit %d of byte %d of %s flipped: Verify found %v, want that file", bit, at, name, r.Faults)
			}
			if len(r.Faults) > 4 {
				t.Errorf("bit %d of byte %d of %s flipped: %d faults, want the one to stand out", bit, at, name, len(r.Faults))
			}
			if item, ok := itemOf(items, name); ok && r.Faults[0].Item != item {
				t.Errorf("%s flipped: item is %q, want %q", name, r.Faults[0].Item, item)
			}
			undo()
		}
	}
	wantClean(t, p.verify(t))
	for _, kind := range []string{"original", "record", "bundle", "tile", "upper tile", "outgrown", "checkpoint", "kept checkpoint", "state", "state version", "version"} {
		if kinds[kind] == 0 {
			t.Errorf("no %s was flipped", kind)
		}
	}
}

func kindOf(name string) string {
	switch {
	case strings.HasPrefix(name, originalsDir):
		return "original"
	case strings.HasPrefix(name, recordsDir):
		return "record"
	case strings.HasSuffix(name, ".p/3"):
		return "outgrown"
	case strings.HasPrefix(name, treeDir+"/tile/entries"):
		return "bundle"
	case strings.HasPrefix(name, treeDir+"/tile/0"):
		return "tile"
	case strings.HasPrefix(name, treeDir+"/tile"):
		return "upper tile"
	case strings.HasPrefix(name, historyDir):
		return "kept checkpoint"
	}
	return map[string]string{checkpointFile: "checkpoint", stateFile: "state", stateVersion: "state version", versionFile: "version"}[name]
}

func named(r Report, name string) bool {
	for _, f := range r.Faults {
		if f.Path == name && f.Detail != "" {
			return true
		}
	}
	return false
}

func itemOf(items map[string]Digest, name string) (string, bool) {
	for _, d := range items {
		if originalPath(d) == name {
			return d.String(), true
		}
	}
	return "", false
}

// One flip in an entry, a tile or a record names the original whose record it hits.
func TestFlippedLogNamesTheItem(t *testing.T) {
	p, items := filled(t)
	want := items["clip 1"].String() // entry 1
	f, err := openFolder(p.dir)
	if err != nil {
		t.Fatal(err)
	}
	defer f.root.Close()
	bundle, bundleName, err := f.readTile(entries, 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	c, _ := entryAt(bundle, 1)
	for _, tc := range []struct {
		name string
		at   int
		kind FaultKind
	}{
		{bundleName, entrySize + 20, FaultEntry},
		{bundleName, entrySize + 1, FaultEntry}, // its length
		{tilePath(0, 0, 0), hashSize + 5, FaultTile},
		{recordPath(1, c), 30, FaultRecord},
	} {
		undo := flip(t, filepath.Join(p.dir, tc.name), tc.at)
		r := p.verify(t)
		if len(r.Faults) != 1 || r.Faults[0].Kind != tc.kind || r.Faults[0].Path != tc.name || r.Faults[0].Item != want {
			t.Errorf("byte %d of %s flipped: %v, want one %s fault that hits %s", tc.at, tc.name, r.Faults, tc.kind, want)
		}
		undo()
	}
}

// TestOtherFaults covers what is not a flipped bit.
func TestOtherFaults(t *testing.T) {
	p, items := filled(t)
	full := func(rel string) string { return filepath.Join(p.dir, filepath.FromSlash(rel)) }
	one := originalPath(items["clip 1"])
	kept, _ := filepath.Glob(full(historyDir + "/*.note"))
	records, _ := filepath.Glob(full(recordsDir + "/*/*.json"))
	rel := func(name string) string { r, _ := filepath.Rel(p.dir, name); return filepath.ToSlash(r) }
	remove := func(rel string) func() { return func() { os.Remove(full(rel)) } }
	add := func(rel string) func() {
		return func() { os.MkdirAll(filepath.Dir(full(rel)), 0o755); os.WriteFile(full(rel), []byte("x"), 0o644) }
	}
	for _, tc := range []struct {
		name string
		do   func()
		path string
		kind FaultKind
	}{
		{"original gone", remove(one), one, FaultMissing},
		{"original writable", func() { os.Chmod(full(one), 0o644) }, one, FaultMode},
		{"original cut", func() { os.Chmod(full(one), 0o644); os.Truncate(full(one), 2); os.Chmod(full(one), 0o444) }, one, FaultOriginal},
		{"original is a link", func() { os.Rename(full(one), full("moved")); os.Symlink(full("moved"), full(one)) }, one, FaultMode},
		{"stray among originals", add("originals/notes.txt"), "originals/notes.txt", FaultUnknown},
		{"original in the wrong place", add("originals/00/" + strings.Repeat("ab", 32)), "originals/00/" + strings.Repeat("ab", 32), FaultUnknown},
		{"record gone", func() { os.Remove(records[5]) }, rel(records[5]), FaultMissing},
		{"stray in log", add("log/notes.txt"), "log/notes.txt", FaultUnknown},
		{"stray record", add("log/records/00000000/x.json"), "log/records/00000000/x.json", FaultUnknown},
		{"stray in tree", add("log/tlog/tile/0/x"), "log/tlog/tile/0/x", FaultUnknown},
		{"stray among checkpoints", add("log/checkpoints/x"), "log/checkpoints/x", FaultCheckpoint},
		{"tile gone", remove(tilePath(0, 0, 0)), tilePath(0, 0, 0), FaultMissing},
		{"upper tile gone", remove(tilePath(1, 0, 1)), tilePath(1, 0, 1), FaultMissing},
		{"bundle gone", remove(tilePath(entries, 0, 0)), tilePath(entries, 0, 0), FaultMissing},
		{"bundle cut", func() { os.Truncate(full(tilePath(entries, 0, 0)), 50) }, tilePath(entries, 0, 0), FaultEntry},
		{"checkpoint gone", remove(checkpointFile), checkpointFile, FaultMissing},
		{"state gone", remove(stateFile), stateFile, FaultMissing},
		{"version gone", remove(versionFile), versionFile, FaultVersion},
		{"kept checkpoint renamed", func() { os.Rename(kept[0], full(historyDir+"/000000000000009-00.note")) }, historyDir + "/000000000000009-00.note", FaultCheckpoint},
	} {
		saved := filepath.Join(t.TempDir(), "saved")
		copyTree(t, p.dir, saved)
		tc.do()
		r := p.verify(t)
		found := false
		for _, f := range r.Faults {
			found = found || f.Path == tc.path && f.Kind == tc.kind
		}
		if !found {
			t.Errorf("%s: Verify found %v, want %s %s", tc.name, r.Faults, tc.kind, tc.path)
		}
		os.RemoveAll(p.dir)
		os.Rename(saved, p.dir)
	}
	wantClean(t, p.verify(t))
}

func copyTree(t testing.TB, from, to string) {
	t.Helper()
	err := filepath.WalkDir(from, func(name string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, _ := filepath.Rel(from, name)
		dst := filepath.Join(to, rel)
		if e.IsDir() {
			return os.MkdirAll(dst, 0o755)
		}
		b, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		st, err := e.Info()
		if err != nil {
			return err
		}
		if err := os.WriteFile(dst, b, 0o644); err != nil {
			return err
		}
		return os.Chmod(dst, st.Mode())
	})
	if err != nil {
		t.Fatal(err)
	}
}

// A log that was set back to an older state, or rewritten with its own key, differs from a checkpoint somebody
// kept.
func TestRewrittenLogIsFound(t *testing.T) {
	p := newPlace(t)
	a := p.open(t, Options{})
	intake(t, a, "1")
	closed(t, a)
	old := filepath.Join(t.TempDir(), "old")
	copyTree(t, p.dir, old)
	a = p.open(t, Options{})
	intake(t, a, "2")
	closed(t, a)
	newest, _ := filepath.Glob(filepath.Join(p.dir, historyDir, "*002-*.note"))
	if len(newest) != 1 {
		t.Fatalf("kept checkpoints of two entries: %v", newest)
	}
	b, _ := os.ReadFile(newest[0])
	os.WriteFile(filepath.Join(old, historyDir, filepath.Base(newest[0])), b, 0o444)
	back := place{dir: old, key: p.key}
	if r := back.verify(t); len(r.Faults) != 1 || r.Faults[0].Kind != FaultRewritten {
		t.Errorf("set back: %v, want one rewritten", r.Faults)
	}
	if _, err := Open(t.Context(), old, Options{KeyFile: p.key}); err == nil || !strings.Contains(err.Error(), "set back") {
		t.Errorf("Open of a log set back = %v, want a refusal", err)
	}
	// Grow the old one in another way: signed by the right key, but not what the kept checkpoint says.
	os.Remove(filepath.Join(old, historyDir, filepath.Base(newest[0])))
	a = back.open(t, Options{})
	intake(t, a, "other")
	closed(t, a)
	os.WriteFile(filepath.Join(old, historyDir, filepath.Base(newest[0])), b, 0o444)
	r := back.verify(t)
	if len(r.Faults) != 1 || r.Faults[0].Kind != FaultRewritten || !strings.Contains(r.Faults[0].Path, filepath.Base(newest[0])) {
		t.Errorf("rewritten: %v, want the kept checkpoint to show it", r.Faults)
	}
}

func TestTrustedKeys(t *testing.T) {
	p := newPlace(t)
	a := p.open(t, Options{})
	intake(t, a, "1")
	closed(t, a)
	for _, tc := range []struct {
		trusted []string
		faults  int
	}{{nil, 0}, {[]string{a.LogKey()}, 0}, {[]string{"other+01234567+x"}, 1}} {
		r, err := Verify(t.Context(), p.dir, VerifyOptions{TrustedKeys: tc.trusted})
		if err != nil || len(r.Faults) != tc.faults || r.Key != KeyNotAsked {
			t.Errorf("Verify with trust in %v = %+v, %v, want %d faults", tc.trusted, r, err, tc.faults)
		}
	}
}

func TestSamplesCoverAll(t *testing.T) {
	p := newPlace(t)
	a := p.open(t, Options{})
	const n = 40
	for i := range n {
		if _, err := a.Put(t.Context(), strings.NewReader(fmt.Sprint(i))); err != nil {
			t.Fatal(err)
		}
	}
	closed(t, a)
	hashed, most := 0, 0
	for i := range uint64(4) {
		var last Progress
		r, err := Verify(t.Context(), p.dir, VerifyOptions{Sample: Sample{N: i + 1, M: 4}, Progress: func(g Progress) { last = g }})
		if err != nil {
			t.Fatal(err)
		}
		hashed += r.Hashed
		most = max(most, r.Hashed)
		if r.Originals != n || r.Hashed > 0 && (last.Stage != "originals" || last.Done != last.Total || last.Total != uint64(r.HashedBytes)) {
			t.Errorf("sample %d: %+v, progress ends at %+v", i, r, last)
		}
	}
	if hashed != n || most == n {
		t.Errorf("four quarters hash %d, the largest %d, want %d in several parts", hashed, most, n)
	}
	for s, ok := range map[string]bool{"1/1": true, "3/10": true, "0/3": false, "4/3": false, "1": false, "a/b": false, "1/2/3": false, "-1/3": false, "": false} {
		if x, err := ParseSample(s); (err == nil) != ok {
			t.Errorf("ParseSample(%q) = %v, %v", s, x, err)
		}
	}
}
