package intake

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"beleg/custody"
	"beleg/index"
)

func sampleFindings(seed uint64, n int) []finding {
	r := rand.New(rand.NewPCG(seed, 1))
	list := make([]finding, n)
	for i := range list {
		list[i].original = custody.Digest{byte(seed), byte(i)}
		for k := range 1 + r.IntN(4) {
			f := index.Keyframe{At: time.Duration(k) * time.Second, W: 640, H: 360}
			for range r.IntN(5) {
				f.Features = append(f.Features, index.Feature{X: r.Int32N(index.Extent), Y: r.Int32N(index.Extent), Scale: r.Int32N(64), Word: uint16(r.Uint32()), Sig: r.Uint64()})
			}
			list[i].keyframes = append(list[i].keyframes, f)
		}
	}
	return list
}

func held(t *testing.T, s *shelf) (ids []string) {
	t.Helper()
	set, err := s.parts()
	if err != nil {
		t.Fatal(err)
	}
	v := set.View()
	defer v.Close()
	for id := range v.Items() {
		ids = append(ids, fmt.Sprintf("%x", id[:2]))
	}
	slices.Sort(ids)
	return ids
}

func TestShelfMergesAndKeepsEverything(t *testing.T) {
	dir := t.TempDir()
	s := openShelf(dir)
	t.Cleanup(s.close)
	var want []string
	for n := range 30 {
		if err := s.add(t.Context(), sampleFindings(uint64(n), 3)); err != nil {
			t.Fatal(err)
		}
		if err := s.tidy(t.Context()); err != nil {
			t.Fatal(err)
		}
		want = append(want, fmt.Sprintf("%02x00", n), fmt.Sprintf("%02x01", n), fmt.Sprintf("%02x02", n))
	}
	if err := s.add(t.Context(), sampleFindings(0, 3)); err != nil { // once more, as after a merge that was cut off
		t.Fatal(err)
	}
	if got := held(t, s); !slices.Equal(got, want) {
		t.Errorf("held %v, want %v", got, want)
	}
	again := openShelf(dir)
	t.Cleanup(again.close)
	if got := held(t, again); !slices.Equal(got, want) {
		t.Errorf("held when opened again %v, want %v", got, want)
	}
	if files, _ := filepath.Glob(filepath.Join(dir, partsDir, "*")); len(files) > 12 {
		t.Errorf("%d parts of 31 small ones", len(files))
	}
}

// Findings in any order give the same part.
func TestShelfOrder(t *testing.T) {
	list := sampleFindings(4, 9)
	var parts [][]byte
	for range 2 {
		s := openShelf(t.TempDir())
		t.Cleanup(s.close)
		if err := s.add(t.Context(), list); err != nil {
			t.Fatal(err)
		}
		b, err := os.ReadFile(filepath.Join(s.dir, "00000001.part"))
		if err != nil {
			t.Fatal(err)
		}
		parts = append(parts, b)
		slices.Reverse(list)
	}
	if !bytes.Equal(parts[0], parts[1]) {
		t.Error("the order of findings changed the part")
	}
}

func TestShelfFindsTornParts(t *testing.T) {
	dir := t.TempDir()
	s := openShelf(dir)
	for seed := range uint64(2) {
		if err := s.add(t.Context(), sampleFindings(seed, 3)); err != nil {
			t.Fatal(err)
		}
	}
	s.close()
	path := filepath.Join(s.dir, "00000001.part")
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for at := 0; at < len(whole); at += 61 {
		b := bytes.Clone(whole)
		b[at] ^= 4
		os.Remove(path)
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		s := openShelf(dir)
		torn, err := s.check()
		if err != nil || len(torn) != 1 || partPath(torn[0]) != "parts/00000001.part" {
			t.Errorf("bit of byte %d flipped: torn = %v, %v, want the first part", at, torn, err)
		}
		if got, want := held(t, s), []string{"0100", "0101", "0102"}; !slices.Equal(got, want) {
			t.Errorf("bit of byte %d flipped: held %v, want %v", at, got, want)
		}
		s.close()
	}
}
