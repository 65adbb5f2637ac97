package custody

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
)

// backedUp makes a backup and returns it as a place of its own.
func (p place) backedUp(t *testing.T, to string) (place, BackedUp) {
	t.Helper()
	if err := os.MkdirAll(to, 0o700); err != nil {
		t.Fatal(err)
	}
	b, err := Backup(t.Context(), p.dir, to, nil)
	if err != nil {
		t.Fatal(err)
	}
	return place{dir: to, key: p.key}, b
}

// A backup verifies, opens, and gets what is new the next time; what was deleted and erased goes there too.
func TestBackup(t *testing.T) {
	p, items := filled(t)
	to := filepath.Join(t.TempDir(), "backup")
	copy, b := p.backedUp(t, to)
	if b.Originals != 4 || b.Entries != 264 || len(b.Faults) != 0 {
		t.Errorf("Backup = %+v, want 4 originals and 264 entries", b)
	}
	wantClean(t, copy.verify(t))
	a := p.open(t, Options{})
	o, _ := intake(t, a, "since the backup")
	if _, err := a.Delete(t.Context(), items["clip 0"], "editor", "asked for"); err != nil {
		t.Fatal(err)
	}
	if _, err := a.Erase(t.Context(), 264, []string{"/body/name"}, "editor", "asked for"); err != nil {
		t.Fatal(err)
	}
	closed(t, a)
	copy, b = p.backedUp(t, to)
	if b.Originals != 1 || b.Entries != 267 {
		t.Errorf("second Backup = %+v, want 1 original and 267 entries", b)
	}
	r := copy.verify(t)
	wantClean(t, r)
	if r.Deleted != 1 || r.Erased != 1 || len(r.Unacknowledged) != 0 {
		t.Errorf("Verify of the copy = %+v, want a deletion and an erasure", r)
	}
	if _, err := os.Stat(filepath.Join(to, originalPath(o.Digest))); err != nil {
		t.Error(err)
	}
	if err := os.RemoveAll(p.dir); err != nil {
		t.Fatal(err)
	}
	copyTree(t, to, p.dir) // restored
	wantClean(t, p.verify(t))
	a = p.open(t, Options{})
	intake(t, a, "after the restore")
	closed(t, a)
}

// A backup that is made while records are written holds all that a checkpoint signs, again and again.
func TestBackupBesideAWriter(t *testing.T) {
	p := newPlace(t)
	a := p.open(t, Options{})
	intake(t, a, "first")
	var writing sync.WaitGroup
	stop := make(chan struct{})
	writing.Go(func() {
		for i := 0; ; i++ {
			select {
			case <-stop:
				return
			default:
				intake(t, a, fmt.Sprint(i))
			}
		}
	})
	to := filepath.Join(t.TempDir(), "backup")
	for range 10 {
		copy, b := p.backedUp(t, to)
		r, err := Verify(t.Context(), copy.dir, VerifyOptions{})
		if err != nil {
			t.Fatal(err)
		}
		wantClean(t, r)
		if r.Signed != b.Entries || r.Entries != b.Entries {
			t.Errorf("the copy has %d entries, %d signed, want %d", r.Entries, r.Signed, b.Entries)
		}
	}
	close(stop)
	writing.Wait()
	closed(t, a)
}

// What is damaged is not copied over what is right, another log is not overwritten, and a log that was set back does not set
// its backup back.
func TestBackupRefuses(t *testing.T) {
	p, early := held(t, 3)
	to := filepath.Join(t.TempDir(), "backup")
	copy, _ := p.backedUp(t, to)
	other, _ := held(t, 1)
	if _, err := Backup(t.Context(), other.dir, to, nil); !errors.Is(err, ErrReplaced) {
		t.Errorf("Backup over another log = %v, want ErrReplaced", err)
	}
	if _, err := Backup(t.Context(), early, to, nil); !errors.Is(err, ErrDamaged) {
		t.Errorf("Backup of a log set back = %v, want ErrDamaged", err)
	}
	wantClean(t, copy.verify(t))
	fresh := filepath.Join(t.TempDir(), "fresh")
	p.each(t, func(rel string) {
		if filepath.Dir(filepath.Dir(rel)) == originalsDir {
			flipIn(t, filepath.Join(p.dir, rel))
		}
	})
	if _, b := p.backedUp(t, fresh); len(b.Faults) != 3 || b.Originals != 0 {
		t.Errorf("Backup of damaged originals = %+v, want three faults", b)
	}
	if _, b := p.backedUp(t, to); len(b.Faults) != 0 { // they are there already, and right
		t.Errorf("Backup = %+v, want no faults", b)
	}
	wantClean(t, copy.verify(t))
}
