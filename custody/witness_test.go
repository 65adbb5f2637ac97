package custody

import (
	"bytes"
	"crypto/rand"
	"errors"
	"path/filepath"
	"strings"
	"testing"
)

func aWitness(t *testing.T) *Witness {
	t.Helper()
	w, err := OpenWitness(filepath.Join(t.TempDir(), "signing.key"), Options{Random: rand.Reader})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// ask has a witness sign the newest checkpoint of p.
func (p place) ask(t *testing.T, w *Witness, old uint64, key string) (Checkpoint, error) {
	t.Helper()
	a, err := OpenReadOnly(t.Context(), p.dir)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	request, err := a.WitnessRequest(t.Context(), old)
	if err != nil {
		t.Fatal(err)
	}
	return w.Sign(request, key)
}

// A witness signs what goes on from what it saw, and the signatures are kept beside ours.
func TestWitness(t *testing.T) {
	p, w, second := newPlace(t), aWitness(t), aWitness(t)
	a := p.open(t, Options{})
	intake(t, a, "1")
	key := a.LogKey()
	closed(t, a)
	if _, err := p.ask(t, w, 0, ""); !errors.Is(err, ErrKey) {
		t.Errorf("Sign for an unknown log without its key = %v, want ErrKey", err)
	}
	if _, err := p.ask(t, w, 0, key); err != nil {
		t.Fatal(err)
	}
	a = p.open(t, Options{})
	for _, text := range []string{"2", "3", "4"} {
		intake(t, a, text)
	}
	closed(t, a)
	if _, err := p.ask(t, w, 0, ""); !errors.Is(err, ErrStale) || !strings.Contains(err.Error(), "from 1") {
		t.Errorf("Sign of a request from the beginning = %v, want ErrStale", err)
	}
	c, err := p.ask(t, w, 1, "")
	if err != nil || c.Size != 4 {
		t.Fatalf("Sign = %d entries, %v, want 4", c.Size, err)
	}
	other, err := p.ask(t, second, 0, key)
	if err != nil {
		t.Fatal(err)
	}
	a = p.open(t, Options{})
	for _, note := range [][]byte{c.Note, other.Note, c.Note} {
		if c, err = a.AddSignatures(t.Context(), note); err != nil {
			t.Fatal(err)
		}
	}
	closed(t, a)
	by, err := c.Witnessed(w.Key(), second.Key())
	if err != nil || len(by) != 2 {
		t.Errorf("Witnessed = %v, %v, want two", by, err)
	}
	if n := bytes.Count(c.Note, []byte("\u2014 ")); n != 3 {
		t.Errorf("%d signatures, want ours and two", n)
	}
	if by, err := c.Witnessed(aWitness(t).Key()); err != nil || len(by) != 0 {
		t.Errorf("Witnessed by a stranger = %v, %v, want none", by, err)
	}
	wantClean(t, p.verify(t))
}

// A log that was set back or rewritten is refused, and its checkpoint kept as evidence.
func TestWitnessRefusesAFork(t *testing.T) {
	p, early := held(t, 3)
	w := aWitness(t)
	a, err := OpenReadOnly(t.Context(), p.dir)
	if err != nil {
		t.Fatal(err)
	}
	key := a.LogKey()
	a.Close()
	if _, err := p.ask(t, w, 0, key); err != nil {
		t.Fatal(err)
	}
	fork := place{dir: early, key: p.key}
	if _, err := fork.ask(t, w, 0, ""); !errors.Is(err, ErrFork) {
		t.Errorf("Sign of a log set back = %v, want ErrFork", err)
	}
	b := fork.open(t, Options{})
	for _, text := range []string{"other", "and another"} {
		intake(t, b, text)
	}
	closed(t, b)
	if _, err := fork.ask(t, w, 0, ""); !errors.Is(err, ErrFork) {
		t.Errorf("Sign of a fork of the same size = %v, want ErrFork", err)
	}
	b = fork.open(t, Options{})
	intake(t, b, "longer")
	closed(t, b)
	if _, err := fork.ask(t, w, 3, ""); !errors.Is(err, ErrFork) {
		t.Errorf("Sign of a longer fork = %v, want ErrFork", err)
	}
	kept, err := filepath.Glob(filepath.Join(w.dir, "*.json"))
	if err != nil || len(kept) != 1 {
		t.Fatalf("kept: %v, %v", kept, err)
	}
	if s, err := readWitnessed(kept[0]); err != nil || len(s.Forks) != 3 {
		t.Errorf("%d forks kept as evidence, %v, want 3", len(s.Forks), err)
	}
}

func FuzzWitnessRequest(f *testing.F) {
	f.Add([]byte("old 3\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n\nbeleg.log/00\n4\nAAAA\n\n\u2014 x y\n"))
	f.Add([]byte("old 0\n\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if r, err := parseWitnessRequest(b); err == nil && len(r.hashes) > maxPath+2 {
			t.Errorf("%d hashes taken", len(r.hashes))
		}
	})
}
