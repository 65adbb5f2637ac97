package custody

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	tlogproof "github.com/transparency-dev/formats/proof"
	"github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"
)

var update = flag.Bool("update", false, "write the golden files again")

func TestProofsHoldAtEveryPlace(t *testing.T) {
	p := newPlace(t)
	a := p.open(t, Options{})
	last := refuse(nil)
	for i := range 258 {
		last = a.RecordAsync(t.Context(), Record{Kind: "decision", Actor: "test", Body: json.RawMessage(fmt.Sprint(i))})
	}
	if _, err := last(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, i := range []uint64{0, 1, 127, 254, 255, 256, 257} {
		pr, err := a.Prove(t.Context(), i)
		if err != nil {
			t.Fatalf("Prove(%d) = %v", i, err)
		}
		b, err := pr.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		got, err := VerifyProof(b, a.LogKey())
		if err != nil || string(got.Record.Body) != fmt.Sprint(i) || got.Record.Index != i {
			t.Errorf("VerifyProof of record %d = %+v, %v", i, got.Record, err)
		}
		if _, err := VerifyProof(b, "other+00000000+x"); !errors.Is(err, ErrProof) {
			t.Errorf("VerifyProof with trust in another = %v, want ErrProof", err)
		}
	}
	if _, err := a.Prove(t.Context(), 258); err == nil {
		t.Error("Prove of a record that is not there succeeds")
	}
}

// goldenRandom is a source that gives the same bytes each time; only the golden files are made with it.
func goldenRandom() io.Reader {
	return rand.NewChaCha8([32]byte([]byte("beleg golden archive, version 01")))
}

// writeGolden makes the archive of which the golden files are made.
func writeGolden(t *testing.T) {
	p := newPlace(t)
	at := time.Date(2016, 10, 6, 8, 0, 0, 0, time.UTC)
	now := func() time.Time { at = at.Add(time.Minute); return at }
	a := p.open(t, Options{Random: goldenRandom(), Now: now})
	o, _ := intake(t, a, "golden clip\n")
	intake(t, a, "golden photo\n")
	if _, err := a.SaveCheckpoint(t.Context()); err != nil {
		t.Fatal(err)
	}
	tricky := json.RawMessage(`{"text":"Zwölf „Korridore“ \"\\\n\t\u0001\u007f\u2028 </script>","number":1.50,"big":12345678901234567890123}`)
	if _, err := a.Record(t.Context(), Record{Kind: "decision", Actor: "Jürgen", Original: o.Digest, Body: tricky}); err != nil {
		t.Fatal(err)
	}
	at = at.Add(-time.Hour)
	if _, err := a.Delete(t.Context(), o.Digest, "editor", "asked for by a person shown"); err != nil {
		t.Fatal(err)
	}
	for i := range uint64(4) {
		pr, err := a.Prove(t.Context(), i)
		if err != nil {
			t.Fatal(err)
		}
		b, err := pr.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(fmt.Sprintf("testdata/proof-v2-%d.json", i), b, 0o644); err != nil {
			t.Fatal(err)
		}
		// The same without who did it and what it was about.
		pr, err = pr.Without(func(name string) bool { return name == memberActor || name == memberOriginal || name == "/body/text" })
		if err == nil {
			b, err = pr.Bytes()
		}
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(fmt.Sprintf("testdata/proof-v2-withheld-%d.json", i), b, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	closed(t, a)
	zipTree(t, p.dir, "testdata/archive-v2.zip")
	key, _ := os.ReadFile(p.key)
	if err := os.WriteFile("testdata/archive-v2.key", key, 0o644); err != nil {
		t.Fatal(err)
	}
}

func zipTree(t *testing.T, dir, file string) {
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	filepath.WalkDir(dir, func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		rel, _ := filepath.Rel(dir, name)
		st, _ := e.Info()
		h := &zip.FileHeader{Name: filepath.ToSlash(rel)}
		h.SetMode(st.Mode())
		w, err := z.CreateHeader(h)
		if err != nil {
			t.Fatal(err)
		}
		b, _ := os.ReadFile(name)
		w.Write(b)
		return nil
	})
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, buf.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

func unzipTree(t *testing.T, file, dir string) {
	z, err := zip.OpenReader(file)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		name := filepath.Join(dir, filepath.FromSlash(f.Name))
		os.MkdirAll(filepath.Dir(name), 0o755)
		if err := os.WriteFile(name, b, 0o644); err != nil {
			t.Fatal(err)
		}
		os.Chmod(name, f.Mode())
	}
}

// TestGoldenArchive is promise 7: a folder written by an older version opens, verifies and takes new records.
func TestGoldenArchive(t *testing.T) {
	if *update {
		writeGolden(t)
	}
	for _, version := range []string{"v1", "v2"} {
		t.Run(version, func(t *testing.T) { goldenArchive(t, version) })
	}
}

func goldenArchive(t *testing.T, version string) {
	p := newPlace(t)
	unzipTree(t, "testdata/archive-"+version+".zip", p.dir)
	key, err := os.ReadFile("testdata/archive-" + version + ".key") // made for this test, signs nothing else
	if err != nil {
		t.Fatal(err)
	}
	os.MkdirAll(filepath.Dir(p.key), 0o700)
	os.WriteFile(p.key, key, 0o600)
	r := p.verify(t)
	wantClean(t, r)
	if r.Entries != 4 || r.Signed != 4 || r.Deleted != 1 || r.Originals != 1 || r.Checkpoints != 2 || r.Key != KeyHeld {
		t.Errorf("Verify = %+v, want the golden counts", r)
	}
	a := p.open(t, Options{})
	var back int
	for rec, err := range a.Records(t.Context(), 0) {
		if err != nil {
			t.Fatal(err)
		}
		if !rec.ClockBackFrom.IsZero() {
			back++
		}
	}
	if back != 1 {
		t.Errorf("%d records say that the clock went back, want 1", back)
	}
	intake(t, a, "later")
	closed(t, a)
	wantClean(t, p.verify(t))
}

// goldenProofs returns the proofs of every version, by file.
func goldenProofs(t testing.TB) map[string][]byte {
	t.Helper()
	names, _ := filepath.Glob("testdata/proof-v*.json")
	list := map[string][]byte{}
	for _, n := range names {
		b, err := os.ReadFile(n)
		if err != nil {
			t.Fatal(err)
		}
		list[n] = b
	}
	if len(list) != 12 {
		t.Fatalf("%d golden proofs, want 12", len(list))
	}
	return list
}

// indexOf is the index of the record that a golden proof is about: the digit before the suffix.
func indexOf(name string) uint64 { return uint64(name[len(name)-len("0.json")] - '0') }

// TestGoldenProofs is promise 3: proofs of every version stay valid, and no changed byte passes.
func TestGoldenProofs(t *testing.T) {
	for name, b := range goldenProofs(t) {
		p, err := VerifyProof(b)
		if err != nil || p.Record.Index != indexOf(name) {
			t.Errorf("%s = %+v, %v", name, p.Record, err)
		}
		for at := range b {
			bad := bytes.Clone(b)
			bad[at] ^= 1 << (at % 8)
			if _, err := VerifyProof(bad); err == nil {
				t.Errorf("%s holds with byte %d changed", name, at)
			}
		}
	}
}

// What is withheld from a proof is not in it, and the rest holds; a member of another record does not pass for one of it.
func TestWithheldMembers(t *testing.T) {
	golden := goldenProofs(t)
	whole, err := VerifyProof(golden["testdata/proof-v2-2.json"])
	if err != nil {
		t.Fatal(err)
	}
	less, err := VerifyProof(golden["testdata/proof-v2-withheld-2.json"])
	if err != nil {
		t.Fatal(err)
	}
	if less.Record.Withheld != 3 || less.Record.Actor != "" || less.Record.ActorTag != whole.Record.ActorTag || less.Record.Original != (Digest{}) {
		t.Errorf("withheld proof shows %+v", less.Record)
	}
	if b := golden["testdata/proof-v2-withheld-2.json"]; bytes.Contains(b, []byte("Korridore")) || bytes.Contains(b, []byte("rgen")) {
		t.Error("what was withheld is in the bytes")
	}
	if got, want := less.TLog(), whole.TLog(); !bytes.Equal(got, want) {
		t.Errorf("the tlog-proof changed with what is withheld: %q, want %q", got, want)
	}
	other, err := VerifyProof(golden["testdata/proof-v2-0.json"])
	if err != nil {
		t.Fatal(err)
	}
	swapped := whole.Record
	swapped.lines = append([]disclosure{other.Record.lines[0]}, swapped.lines[1:]...)
	b, err := swapped.bytesV2()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ParseRecord(b); !errors.Is(err, ErrRecord) {
		t.Errorf("a record with a member of another = %v, want ErrRecord", err)
	}
	old, err := VerifyProof(golden["testdata/proof-v1-2.json"])
	if err != nil {
		t.Fatal(err)
	}
	if _, err := old.Without(func(string) bool { return true }); !errors.Is(err, ErrRecord) {
		t.Errorf("withholding from version 1 = %v, want ErrRecord", err)
	}
}

// A tlog-proof is what C2SP says: its checkpoint, index and hashes lead from the commitment to the signed root.
func TestTLogProof(t *testing.T) {
	p, err := VerifyProof(goldenProofs(t)["testdata/proof-v2-1.json"])
	if err != nil {
		t.Fatal(err)
	}
	var tl tlogproof.TLogProof
	if err := tl.Unmarshal(p.TLog()); err != nil {
		t.Fatal(err)
	}
	var hashes [][]byte
	for _, h := range tl.Hashes {
		hashes = append(hashes, h[:])
	}
	c, err := ParseCheckpoint(tl.Checkpoint, p.LogKey)
	if err != nil {
		t.Fatal(err)
	}
	entry := commitment(p.RecordFile)
	if err := proof.VerifyInclusion(rfc6962.DefaultHasher, tl.Index, c.Size, rfc6962.DefaultHasher.HashLeaf(entry[:]), hashes, c.Root[:]); err != nil {
		t.Errorf("VerifyInclusion = %v", err)
	}
}

const verifier = "../docs/format/verify_proof.py"

func python(t *testing.T, args ...string) ([]byte, error) {
	t.Helper()
	exe, err := exec.LookPath("python3")
	if err != nil {
		t.Fatal("this test runs the independent verifier: install python3 (Debian: apt-get install python3)")
	}
	return exec.CommandContext(t.Context(), exe, append([]string{verifier}, args...)...).CombinedOutput()
}

// TestIndependentVerifier runs the verifier in another language, which shares no code with this package, on
// good proofs and on changed ones.
func TestIndependentVerifier(t *testing.T) {
	dir := t.TempDir()
	var bad []string
	random := rand.New(rand.NewPCG(3, 4))
	golden := goldenProofs(t)
	for _, good := range slices.Sorted(maps.Keys(golden)) {
		b := golden[good]
		if out, err := python(t, good); err != nil || !strings.Contains(string(out), fmt.Sprintf("holds: record %d", indexOf(good))) {
			t.Errorf("%s: %v\n%s", good, err, out)
		}
		for j := range 100 {
			name := filepath.Join(dir, fmt.Sprintf("%d-%s", j, filepath.Base(good)))
			m := bytes.Clone(b)
			m[random.IntN(len(m))] ^= 1 << random.IntN(8)
			if err := os.WriteFile(name, m, 0o600); err != nil {
				t.Fatal(err)
			}
			bad = append(bad, name)
		}
	}
	// One run over many: it prints a line for each and says in the end whether any held.
	out, err := python(t, bad...)
	if n := strings.Count(string(out), "refused: "); err == nil || n != len(bad) {
		t.Errorf("of %d changed proofs %d are refused, exit %v\n%s", len(bad), n, err, out)
	}
	clip := filepath.Join(dir, "clip")
	os.WriteFile(clip, []byte("golden clip\n"), 0o600)
	if out, err := python(t, "--original", clip, "testdata/proof-v1-0.json"); err != nil {
		t.Errorf("proof with its original: %v\n%s", err, out)
	}
	if out, err := python(t, "--original", clip, "testdata/proof-v1-1.json"); err == nil {
		t.Errorf("proof with another original holds\n%s", out)
	}
	p, err := VerifyProof(golden["testdata/proof-v1-0.json"])
	if err != nil {
		t.Fatal(err)
	}
	if out, err := python(t, "--key", p.LogKey, "testdata/proof-v1-0.json"); err != nil {
		t.Errorf("proof with its key: %v\n%s", err, out)
	}
	if out, err := python(t, "--key", "other+00000000+x", "testdata/proof-v1-0.json"); err == nil {
		t.Errorf("proof with another key holds\n%s", out)
	}
}
