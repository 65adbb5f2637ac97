package custody

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// each calls f with every file of the folder that custody keeps, but the lock.
func (p place) each(t *testing.T, f func(rel string)) {
	t.Helper()
	var files []string
	err := filepath.WalkDir(p.dir, func(name string, e fs.DirEntry, err error) error {
		if rel, _ := filepath.Rel(p.dir, name); err == nil && !e.IsDir() && rel != lockFile {
			files = append(files, filepath.ToSlash(rel))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, rel := range files {
		f(rel)
	}
}

// flipIn flips a bit in the middle of a file.
func flipIn(t *testing.T, name string) {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if len(b) == 0 {
		b = []byte{0}
	}
	b[len(b)/2] ^= 4
	if err := errors.Join(os.Chmod(name, 0o644), os.WriteFile(name, b, 0o644)); err != nil {
		t.Fatal(err)
	}
}

// Whatever single file is damaged or gone, a backup makes it good, and what the log holds twice needs none.
func TestRepairOfEveryFile(t *testing.T) {
	p, _ := filled(t)
	backup, work := filepath.Join(t.TempDir(), "backup"), filepath.Join(t.TempDir(), "work")
	copyTree(t, p.dir, backup)
	damage := map[string]func(string){
		"flipped": func(name string) { flipIn(t, name) },
		"gone": func(name string) {
			if err := os.Remove(name); err != nil {
				t.Fatal(err)
			}
		},
	}
	n := 0
	p.each(t, func(rel string) {
		if n++; strings.HasPrefix(rel, recordsDir) && n%40 != 0 {
			return // 264 of a kind: some of them
		}
		for how, do := range damage {
			if how == "gone" && (strings.Contains(rel, "/.state/") && !strings.HasSuffix(rel, "treeState") || strings.HasPrefix(rel, historyDir) || strings.Contains(rel, ".p/3")) {
				continue // no harm
			}
			w := place{dir: work, key: p.key}
			os.RemoveAll(work)
			copyTree(t, p.dir, work)
			do(filepath.Join(work, rel))
			if r := w.verify(t); len(r.Faults) == 0 {
				t.Errorf("%s %s: verify found nothing", rel, how)
			}
			o := RepairOptions{KeyFile: p.key}
			if strings.HasPrefix(rel, originalsDir) || strings.HasPrefix(rel, recordsDir) || strings.HasPrefix(rel, historyDir) {
				o.Backup = backup
			}
			done, err := Repair(t.Context(), work, o)
			if err != nil || len(done.Lost) > 0 {
				t.Errorf("%s %s: Repair = %+v, %v, want nothing lost", rel, how, done, err)
			}
			wantClean(t, w.verify(t))
		}
	})
}

// Without a backup a lost original and a lost record are named, the rest is usable, and once logged as lost they are no
// fault any more.
func TestRepairLogsWhatIsLost(t *testing.T) {
	p, items := filled(t)
	original := originalPath(items["clip 1"])
	flipIn(t, filepath.Join(p.dir, original))
	a := p.open(t, Options{})
	bundle, _, err := a.readTile(entries, 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	c, _ := entryAt(bundle, 2)
	closed(t, a)
	record := recordPath(2, c)
	if err := os.Remove(filepath.Join(p.dir, record)); err != nil {
		t.Fatal(err)
	}
	done, err := Repair(t.Context(), p.dir, RepairOptions{KeyFile: p.key})
	if err != nil || done.Logged || !lists(done.Lost, original) || !lists(done.Lost, record) {
		t.Fatalf("Repair = %+v, %v, want %s and %s lost", done, err, original, record)
	}
	a = p.open(t, Options{}) // still usable
	intake(t, a, "after the damage")
	closed(t, a)
	if _, err := Repair(t.Context(), p.dir, RepairOptions{KeyFile: p.key, Accept: true}); !errors.Is(err, ErrReason) {
		t.Errorf("Repair without an actor = %v, want ErrReason", err)
	}
	done, err = Repair(t.Context(), p.dir, RepairOptions{KeyFile: p.key, Accept: true, Actor: "anna"})
	if err != nil || !done.Logged {
		t.Fatalf("Repair = %+v, %v, want the loss logged", done, err)
	}
	r := p.verify(t)
	wantClean(t, r)
	if !lists(r.Lost, original) || !lists(r.Lost, record) {
		t.Errorf("Lost = %v, want %s and %s", r.Lost, original, record)
	}
}

func lists(fs []Fault, path string) bool {
	return slices.ContainsFunc(fs, func(f Fault) bool { return f.Path == path })
}

// A log that is gone as a whole comes back from a backup; what the backup lacks is said, and logged when a person says so.
func TestRepairOfRemovedLog(t *testing.T) {
	p, early := held(t, 3)
	if err := os.RemoveAll(filepath.Join(p.dir, logDir)); err != nil {
		t.Fatal(err)
	}
	done, err := Repair(t.Context(), p.dir, RepairOptions{KeyFile: p.key, Backup: early})
	if err != nil || len(done.Lost) == 0 || !strings.Contains(done.Lost[0].Detail, "set back") {
		t.Fatalf("Repair = %+v, %v, want the entries since the backup named as lost", done, err)
	}
	done, err = Repair(t.Context(), p.dir, RepairOptions{KeyFile: p.key, Backup: early, Accept: true, Actor: "anna"})
	if err != nil || !done.Logged {
		t.Fatalf("Repair = %+v, %v, want the loss logged", done, err)
	}
	r := p.verify(t)
	wantClean(t, r)
	if len(r.Unacknowledged) != 2 { // the originals that no record speaks of any more
		t.Errorf("Unacknowledged = %v, want two originals", r.Unacknowledged)
	}
}

// A backup of another log is refused, and nothing of it is taken.
func TestRepairRefusesAnotherLog(t *testing.T) {
	p, _ := held(t, 2)
	other, _ := held(t, 2)
	if err := os.RemoveAll(filepath.Join(p.dir, logDir)); err != nil {
		t.Fatal(err)
	}
	if done, err := Repair(t.Context(), p.dir, RepairOptions{KeyFile: p.key, Backup: other.dir}); !errors.Is(err, ErrReplaced) || len(done.Restored) > 0 {
		t.Errorf("Repair from another log = %+v, %v, want ErrReplaced", done, err)
	}
	p.replaceBy(t, other.dir)
	if _, err := Repair(t.Context(), p.dir, RepairOptions{KeyFile: p.key}); !errors.Is(err, ErrReplaced) {
		t.Errorf("Repair of a replaced log = %v, want ErrReplaced", err)
	}
}
