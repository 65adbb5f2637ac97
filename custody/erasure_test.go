package custody

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// noted makes an archive with a record that holds words about a person, and returns its place in the log.
func noted(t *testing.T) (place, uint64) {
	t.Helper()
	p := newPlace(t)
	a := p.open(t, Options{})
	intake(t, a, "a clip")
	r, err := a.Record(t.Context(), Record{Kind: "decision", Actor: "anna", Body: json.RawMessage(`{"do":"note","people":["Amal","Karim"],"text":"lives at the corner"}`)})
	if err != nil {
		t.Fatal(err)
	}
	intake(t, a, "another")
	closed(t, a)
	return p, r.Index
}

// everywhere reports whether words stand in any file of the folder.
func (p place) everywhere(t *testing.T, words string) bool {
	t.Helper()
	found := false
	p.each(t, func(rel string) {
		b, err := os.ReadFile(filepath.Join(p.dir, rel))
		found = found || err == nil && bytes.Contains(b, []byte(words))
	})
	return found
}

// What is erased is nowhere in the folder, the log and its proofs hold, and verify knows it as intended.
func TestErasedMembers(t *testing.T) {
	p, index := noted(t)
	a := p.open(t, Options{})
	before, err := a.Prove(t.Context(), index)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := before.Record.Members(), []string{"/actor", "/actor_tag", "/body/do", "/body/people/0", "/body/people/1", "/body/text"}; !slices.Equal(got, want) {
		t.Errorf("Members = %q, want %q", got, want)
	}
	if _, err := a.Erase(t.Context(), index, []string{"/body/people/1", "/body/text"}, "editor", "asked for by a person named"); err != nil {
		t.Fatal(err)
	}
	for _, words := range []string{"Karim", "corner"} {
		if p.everywhere(t, words) {
			t.Errorf("%q is still in the folder", words)
		}
	}
	after, err := a.Prove(t.Context(), index)
	if err != nil || after.Record.Withheld != 2 || string(after.Record.Body) != `{"do":"note","people":["Amal"]}` {
		t.Errorf("after the erasure the record is %s, %d withheld, %v", after.Record.Body, after.Record.Withheld, err)
	}
	b, err := before.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := VerifyProof(b, a.LogKey()); err != nil {
		t.Errorf("the proof from before the erasure = %v", err)
	}
	if _, err := a.Erase(t.Context(), index, []string{"/body/text"}, "editor", "again"); !errors.Is(err, ErrRecord) {
		t.Errorf("erasing what is gone = %v, want ErrRecord", err)
	}
	if _, err := a.Erase(t.Context(), index, []string{"/actor"}, "editor", " "); !errors.Is(err, ErrReason) {
		t.Errorf("erasing without a reason = %v, want ErrReason", err)
	}
	closed(t, a)
	r := p.verify(t)
	wantClean(t, r)
	if r.Erased != 1 {
		t.Errorf("Erased = %d, want 1", r.Erased)
	}
}

// A member that is gone and of which the log says nothing is a fault, and so is one more than it says.
func TestMissingMemberIsNamed(t *testing.T) {
	for _, erased := range []bool{false, true} {
		p, index := noted(t)
		a := p.open(t, Options{})
		if erased {
			if _, err := a.Erase(t.Context(), index, []string{"/body/text"}, "editor", "asked for"); err != nil {
				t.Fatal(err)
			}
		}
		name, r, err := a.recordFile(index)
		if err != nil {
			t.Fatal(err)
		}
		closed(t, a)
		less, err := r.Without(func(member string) bool { return member == "/body/people/0" })
		if err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(p.dir, name)
		if err := errors.Join(os.Chmod(file, 0o644), os.WriteFile(file, less, 0o444)); err != nil {
			t.Fatal(err)
		}
		wantFault(t, p.verify(t), FaultRecord, "of its members are missing")
	}
}

// An erasure that was cut off after its record is finished at the next open, also in a record that came back from a backup.
func TestErasureIsFinished(t *testing.T) {
	p, index := noted(t)
	backup := filepath.Join(t.TempDir(), "backup")
	copyTree(t, p.dir, backup)
	a := p.open(t, Options{})
	name, _, err := a.recordFile(index)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Erase(t.Context(), index, []string{"/body/text"}, "editor", "asked for"); err != nil {
		t.Fatal(err)
	}
	closed(t, a)
	if err := os.Remove(filepath.Join(p.dir, name)); err != nil {
		t.Fatal(err)
	}
	if done, err := Repair(t.Context(), p.dir, RepairOptions{KeyFile: p.key, Backup: backup}); err != nil || !slices.Contains(done.Restored, name) {
		t.Fatalf("Repair = %+v, %v, want %s restored", done, err, name)
	}
	if r := p.verify(t); len(r.Unacknowledged) == 0 {
		t.Error("verify does not say that the erasure is not finished")
	}
	closed(t, p.open(t, Options{}))
	if p.everywhere(t, "corner") {
		t.Error("what was erased came back")
	}
	wantClean(t, p.verify(t))
}
