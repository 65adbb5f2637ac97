package custody

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// held makes an archive of n records, closes it, and returns a copy of it as it was after the first.
func held(t *testing.T, n int) (p place, early string) {
	t.Helper()
	p, early = newPlace(t), filepath.Join(t.TempDir(), "early")
	for i := range n {
		a := p.open(t, Options{})
		intake(t, a, strings.Repeat("x", i+1))
		closed(t, a)
		if i == 0 {
			copyTree(t, p.dir, early)
		}
	}
	wantClean(t, p.verify(t))
	return p, early
}

// replaceBy puts the files of another folder into the place of p's.
func (p place) replaceBy(t *testing.T, dir string) {
	t.Helper()
	if err := os.RemoveAll(p.dir); err != nil {
		t.Fatal(err)
	}
	copyTree(t, dir, p.dir)
}

// wantFault fails unless exactly one fault of the kind is named, with these words.
func wantFault(t *testing.T, r Report, kind FaultKind, words string) {
	t.Helper()
	if len(r.Faults) != 1 || r.Faults[0].Kind != kind || !strings.Contains(r.Faults[0].Detail, words) {
		t.Errorf("Verify found %v, want one fault of kind %q that says %q", r.Faults, kind, words)
	}
}

// Another log under another key in the folder's place is a fault, also where its own key is not at hand; whoever has the new key
// from its owner can name it.
func TestReplacedLogIsNamed(t *testing.T) {
	p, _ := held(t, 2)
	foreign, _ := held(t, 3)
	p.replaceBy(t, foreign.dir)
	r := p.verify(t)
	wantFault(t, r, FaultKey, "it was replaced")
	if _, err := Open(t.Context(), p.dir, Options{KeyFile: p.key}); !errors.Is(err, ErrKey) {
		t.Errorf("Open of a replaced log = %v, want ErrKey", err)
	}
	named, err := Verify(t.Context(), p.dir, VerifyOptions{KeyFile: p.key, TrustedKeys: []string{r.LogKey}})
	if err != nil {
		t.Fatal(err)
	}
	wantClean(t, named)
	wantClean(t, p.verify(t)) // named once, it is what is expected there
}

// Another log of the same key is not the one that was there.
func TestSwappedLogIsNamed(t *testing.T) {
	p, _ := held(t, 2)
	other := place{dir: filepath.Join(t.TempDir(), "data"), key: p.key}
	a := other.open(t, Options{})
	intake(t, a, "another")
	closed(t, a)
	p.replaceBy(t, other.dir)
	wantFault(t, p.verify(t), FaultKey, "it was replaced")
	if _, err := Open(t.Context(), p.dir, Options{KeyFile: p.key}); !errors.Is(err, ErrReplaced) {
		t.Errorf("Open of a swapped log = %v, want ErrReplaced", err)
	}
}

// A log whose key was never seen is not taken on trust where another key is at hand.
func TestForeignLogIsNamed(t *testing.T) {
	p, _ := held(t, 1)
	foreign, _ := held(t, 1)
	r, err := Verify(t.Context(), foreign.dir, VerifyOptions{KeyFile: p.key})
	if err != nil {
		t.Fatal(err)
	}
	wantFault(t, r, FaultKey, "the key at hand is another")
	if r.Key != KeyOther {
		t.Errorf("Key = %q, want %q", r.Key, KeyOther)
	}
}

// A folder that was put back to what it was before, as a whole and with kept checkpoints, is behind what was seen.
func TestLogSetBackIsNamed(t *testing.T) {
	p, early := held(t, 3)
	p.replaceBy(t, early)
	wantFault(t, p.verify(t), FaultRewritten, "it was set back")
	if _, err := Open(t.Context(), p.dir, Options{KeyFile: p.key}); !errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), "set back") {
		t.Errorf("Open of a log set back = %v, want ErrDamaged", err)
	}
}

// A log that was set back and went on in another way is not the one that was seen.
func TestForkIsNamed(t *testing.T) {
	p, early := held(t, 2)
	fork := place{dir: early, key: p.key}
	a := fork.open(t, Options{})
	intake(t, a, "something else")
	closed(t, a)
	if r := fork.verify(t); len(r.Forks) != 1 || r.Forks[0] != p.dir {
		t.Errorf("Forks = %q, want the folder in which the log went on", r.Forks)
	}
	p.replaceBy(t, early)
	wantFault(t, p.verify(t), FaultRewritten, "do not hash to the root")
	if _, err := Open(t.Context(), p.dir, Options{KeyFile: p.key}); !errors.Is(err, ErrDamaged) {
		t.Errorf("Open of a fork = %v, want ErrDamaged", err)
	}
}

// A copy that stays behind is no fault: it says by how much.
func TestCopyMayBeBehind(t *testing.T) {
	p, early := held(t, 3)
	r := place{dir: early, key: p.key}.verify(t)
	wantClean(t, r)
	if r.Behind != 2 {
		t.Errorf("Behind = %d, want 2", r.Behind)
	}
	wantClean(t, place{dir: early, key: p.key}.verify(t))
}

// A folder that was emptied may hold a new archive, and who opens it learns that there was another.
func TestEmptiedFolderBeginsAnew(t *testing.T) {
	p, _ := held(t, 2)
	if err := os.RemoveAll(p.dir); err != nil {
		t.Fatal(err)
	}
	a := p.open(t, Options{})
	if key, n := a.Before(); key == "" || key == a.LogKey() || n != 2 {
		t.Errorf("Before = %q, %d, want the old log with 2 entries", key, n)
	}
	intake(t, a, "anew")
	closed(t, a)
	wantClean(t, p.verify(t))
	a = p.open(t, Options{})
	if key, _ := a.Before(); key != "" {
		t.Errorf("Before = %q once it was said, want nothing", key)
	}
	closed(t, a)
}

// Where a log was, no new one begins over what it left, whatever was removed.
func TestNoNewLogOverAnOldOne(t *testing.T) {
	for _, tc := range []struct {
		name    string
		removed []string
		known   bool // what is remembered is there
	}{
		{"log", []string{treeDir, recordsDir, historyDir}, false},
		{"log and records", []string{treeDir, recordsDir}, false},
		{"log, checkpoints kept", []string{treeDir}, false},
		{"all but originals", []string{logDir}, false},
		{"all but checkpoints", []string{treeDir, recordsDir, originalsDir}, false},
		{"log and originals, remembered", []string{logDir, originalsDir}, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			p, _ := held(t, 2)
			for _, name := range tc.removed {
				if err := os.RemoveAll(filepath.Join(p.dir, name)); err != nil {
					t.Fatal(err)
				}
			}
			if !tc.known {
				os.RemoveAll(filepath.Join(filepath.Dir(p.key), knownDir))
			}
			if r := p.verify(t); len(r.Faults) == 0 {
				t.Error("Verify found nothing")
			}
			if a, err := Open(t.Context(), p.dir, Options{KeyFile: p.key}); !errors.Is(err, ErrDamaged) {
				t.Errorf("Open = %v, want ErrDamaged", err)
				if a != nil {
					a.Close()
				}
			}
			if r := p.verify(t); len(r.Faults) == 0 {
				t.Error("Verify found nothing after the refusal")
			}
		})
	}
}

// Every byte of what is remembered is held to its sum, and damage to it is named.
func TestMemoryIsChecked(t *testing.T) {
	p, _ := held(t, 2)
	files, err := filepath.Glob(filepath.Join(filepath.Dir(p.key), knownDir, "*"))
	if err != nil || len(files) != 1 {
		t.Fatalf("remembered: %v, %v, want one file", files, err)
	}
	good, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	for i := range good {
		bad := append([]byte(nil), good...)
		bad[i] ^= 1
		if err := os.WriteFile(files[0], bad, 0o600); err != nil {
			t.Fatal(err)
		}
		if r := p.verify(t); len(r.Faults) == 0 {
			t.Fatalf("a flipped bit of byte %d of %q was not seen", i, good)
		}
	}
	if _, err := Open(t.Context(), p.dir, Options{KeyFile: p.key}); !errors.Is(err, ErrDamaged) {
		t.Errorf("Open = %v, want ErrDamaged", err)
	}
	other := place{dir: filepath.Join(t.TempDir(), "data"), key: p.key}
	closed(t, other.open(t, Options{})) // is not held up
	if done, err := Repair(t.Context(), p.dir, RepairOptions{KeyFile: p.key, Accept: true, Actor: "anna"}); err != nil || !done.Logged {
		t.Fatalf("Repair = %+v, %v, want the loss logged", done, err)
	}
	wantClean(t, p.verify(t))
}
