package index

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

type testSection struct {
	name string
	data []byte
}

// encode returns the bytes of a part.
func encode(t testing.TB, h Head, sections ...testSection) []byte {
	t.Helper()
	var b bytes.Buffer
	e := encoder{w: &b, sha: sha256.New()}
	e.head(h)
	for _, s := range sections {
		if err := e.begin(s.name); err != nil {
			t.Fatal(err)
		}
		if _, err := e.write(s.data); err != nil {
			t.Fatal(err)
		}
	}
	if err := e.finish(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func samplePart(t testing.TB) []byte {
	return encode(t, Head{Kind: KindCodes, Engine: "pdq/1", Params: "vocabulary=none"},
		testSection{"codes", bytes.Repeat([]byte{1, 2, 3}, 50)},
		testSection{"empty", nil},
		testSection{"full-block", bytes.Repeat([]byte{9}, align)})
}

func TestWriteThenOpen(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.part")
	w, err := Create(path, Head{Kind: KindPostings, Engine: "orb/1", Params: "v=7"})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"one", "two"} {
		if err := w.Begin(name); err != nil {
			t.Fatal(err)
		}
		for range 3 {
			if _, err := w.Write([]byte(name + " ")); err != nil {
				t.Fatal(err)
			}
		}
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("the part has its name before Commit")
	}
	if err := w.Commit(); err != nil {
		t.Fatal(err)
	}
	p, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	if err := p.Check(); err != nil {
		t.Error(err)
	}
	if want := (Head{KindPostings, "orb/1", "v=7"}); p.Head != want {
		t.Errorf("Head = %+v, want %+v", p.Head, want)
	}
	if b, ok := p.Section("two"); !ok || string(b) != "two two two " {
		t.Errorf("Section(two) = %q, %t", b, ok)
	}
	if _, ok := p.Section("three"); ok {
		t.Error("Section(three) is there")
	}
	left, _ := os.ReadDir(filepath.Dir(path))
	if len(left) != 1 {
		t.Errorf("%d files in the folder, want 1", len(left))
	}
	if _, err := Create(path, p.Head); !errors.Is(err, fs.ErrExist) {
		t.Errorf("Create over a part = %v, want fs.ErrExist", err)
	}
}

func TestDiscardLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	w, err := Create(filepath.Join(dir, "a.part"), Head{Kind: KindCodes, Engine: "pdq/1"})
	if err != nil {
		t.Fatal(err)
	}
	w.Discard()
	w.Discard()
	if left, _ := os.ReadDir(dir); len(left) != 0 {
		t.Errorf("%d files left, want none", len(left))
	}
}

func TestWriterRefusesMisuse(t *testing.T) {
	head := Head{Kind: KindCodes, Engine: "pdq/1"}
	for name, use := range map[string]func(w *Writer){
		"no section": func(w *Writer) { w.Write([]byte("x")) },
		"same name":  func(w *Writer) { w.Begin("a"); w.Begin("a") },
		"upper case": func(w *Writer) { w.Begin("A") },
		"long name":  func(w *Writer) { w.Begin(strings.Repeat("a", 17)) },
		"empty name": func(w *Writer) { w.Begin("") },
		"many sections": func(w *Writer) {
			for i := range 65 {
				w.Begin("s" + strings.Repeat("a", i/26%9) + string(rune('a'+i%26)))
			}
		},
		"taken meantime": func(w *Writer) { os.WriteFile(w.path, nil, 0o600) },
	} {
		t.Run(name, func(t *testing.T) {
			w, err := Create(filepath.Join(t.TempDir(), "a.part"), head)
			if err != nil {
				t.Fatal(err)
			}
			use(w)
			if w.Commit() == nil {
				t.Error("Commit = nil, want an error")
			}
		})
	}
	for name, h := range map[string]Head{
		"no kind": {Engine: "x"}, "no engine": {Kind: KindCodes}, "long params": {KindCodes, "x", strings.Repeat("p", 4096)},
	} {
		if _, err := Create(filepath.Join(t.TempDir(), "a.part"), h); err == nil {
			t.Errorf("Create with %s = nil, want an error", name)
		}
	}
}

func TestEveryCutIsTorn(t *testing.T) {
	whole := samplePart(t)
	for n := range len(whole) {
		if _, err := Read(whole[:n]); !errors.Is(err, ErrTorn) {
			t.Fatalf("Read of the first %d bytes = %v, want ErrTorn", n, err)
		}
	}
	if _, err := Read(append(bytes.Clone(whole), make([]byte, 64)...)); !errors.Is(err, ErrTorn) {
		t.Errorf("Read with bytes after the end = %v, want ErrTorn", err)
	}
}

func TestEveryFlippedBitIsFound(t *testing.T) {
	whole := samplePart(t)
	for i := range len(whole) * 8 {
		b := bytes.Clone(whole)
		b[i/8] ^= 1 << (i % 8)
		p, err := Read(b)
		if err == nil {
			err = p.Check()
		}
		if !errors.Is(err, ErrTorn) && !errors.Is(err, ErrVersion) {
			t.Fatalf("bit %d of byte %d flipped: %v, want ErrTorn", i%8, i/8, err)
		}
	}
}

func TestCheckNamesTheSection(t *testing.T) {
	b := samplePart(t)
	b[bytes.Index(b, bytes.Repeat([]byte{9}, align))] = 8
	p, err := Read(b)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Check(); err == nil || !strings.Contains(err.Error(), `"full-block"`) {
		t.Errorf("Check = %v, want the section full-block named", err)
	}
}

func TestOtherVersionIsRefused(t *testing.T) {
	b := samplePart(t)
	binary.LittleEndian.PutUint32(b[8:], Version+1)
	_, err := Read(b)
	if !errors.Is(err, ErrVersion) || !strings.Contains(err.Error(), "2") {
		t.Errorf("Read = %v, want ErrVersion naming version 2", err)
	}
}

func TestOpenRefusesWhatIsNoFile(t *testing.T) {
	dir := t.TempDir()
	if _, err := Open(dir); err == nil {
		t.Error("Open of a folder = nil, want an error")
	}
	empty := filepath.Join(dir, "empty")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(empty); !errors.Is(err, ErrTorn) {
		t.Errorf("Open of an empty file = %v, want ErrTorn", err)
	}
}

func FuzzPart(f *testing.F) {
	f.Add(samplePart(f))
	f.Add(encode(f, Head{Kind: KindPostings, Engine: "e"}))
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := Read(b) // refusing is fine, panicking is not
		if err != nil || p.Check() != nil {
			return
		}
		var again []testSection
		for _, s := range p.sections {
			again = append(again, testSection{s.name, p.bytes(s)})
		}
		if got := encode(t, p.Head, again...); !bytes.Equal(got, b) {
			t.Errorf("round trip changed the part: got %x, want %x", got, b)
		}
	})
}
