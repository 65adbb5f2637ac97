package custody

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
)

// KindErasure is the kind of the record that says which members of a record were erased. Only Erase writes it.
const KindErasure = "erasure"

// erasuresDir holds a mark for each erasure that is under way, named like the record's file.
const erasuresDir = "log/.erase"

// erasureBody is the body of an erasure.
type erasureBody struct {
	Entry   string   `json:"entry"`   // commitment of the record, in hex
	Members []string `json:"members"` // names of what was erased
	Why     string   `json:"why"`
}

// Erase takes members out of a record for good, where the law or a person's safety needs it, and logs who asked and why. The
// log's entry still holds, and so do all proofs: the record shows that something is missing, and not what. Members are named as
// by [Record.Members]; a record of version 1 cannot be shown in part (ErrRecord). Derived files and copies are not touched,
// and what the catalogue made of the record goes when it is made anew.
func (a *Archive) Erase(ctx context.Context, index uint64, members []string, who, why string) (Receipt, error) {
	r, err := a.erase(ctx, index, members, who, why)
	if err != nil {
		return r, fmt.Errorf("erase from record %d: %w", index, err)
	}
	return r, nil
}

func (a *Archive) erase(ctx context.Context, index uint64, members []string, who, why string) (Receipt, error) {
	if a.readOnly {
		return Receipt{}, ErrReadOnly
	}
	if strings.TrimSpace(who) == "" || strings.TrimSpace(why) == "" || len(members) == 0 {
		return Receipt{}, ErrReason
	}
	name, record, err := a.recordFile(index)
	if err != nil {
		return Receipt{}, err
	}
	for _, m := range members {
		if !slices.Contains(record.Members(), m) {
			return Receipt{}, fmt.Errorf("it has no member %.80q to erase: %w", m, ErrRecord)
		}
	}
	entry := strings.TrimSuffix(path.Base(name), ".json")
	body, err := json.Marshal(erasureBody{entry, members, why})
	if err != nil {
		return Receipt{}, err
	}
	if err := a.markErasure(name); err != nil {
		return Receipt{}, err
	}
	receipt, err := a.submit(ctx, Record{Kind: KindErasure, Actor: who, Body: body})(ctx)
	if err != nil {
		return receipt, err
	}
	return receipt, a.finishErasures(ctx)
}

// markErasure leaves a mark by which the next open finishes what the log says was erased from a record.
func (f *folder) markErasure(name string) error {
	if err := f.ensureDir(erasuresDir); err != nil {
		return err
	}
	mark := path.Join(erasuresDir, path.Base(path.Dir(name))+"-"+strings.TrimSuffix(path.Base(name), ".json"))
	if err := f.writeOnce(mark, logTemp, nil); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return f.syncDir(erasuresDir)
}

// recordFile returns the name and the record of an entry.
func (a *Archive) recordFile(index uint64) (string, Record, error) {
	size, err := a.Len()
	if err != nil {
		return "", Record{}, err
	}
	if index >= size {
		return "", Record{}, fmt.Errorf("the log has %d: %w", size, ErrRecord)
	}
	bundle, _, err := a.readTile(entries, index/width, partial(entries, index/width, size))
	if err != nil {
		return "", Record{}, err
	}
	c, _ := entryAt(bundle, int(index%width))
	r, _, err := a.recordAt(index, bundle)
	return recordPath(index, c), r, err
}

// finishErasures carries out what is logged and marked, and drops marks of erasures that never came to a record.
func (a *Archive) finishErasures(ctx context.Context) error {
	marks, err := a.list(erasuresDir)
	if err != nil || len(marks) == 0 {
		return err
	}
	logged := map[string][]string{}
	for r, err := range a.Records(ctx, 0) {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		var body erasureBody
		if err == nil && r.Kind == KindErasure && json.Unmarshal(r.Body, &body) == nil {
			logged[body.Entry] = append(logged[body.Entry], body.Members...)
		}
	}
	for _, m := range marks {
		dir, entry, ok := strings.Cut(m.Name(), "-")
		if !ok {
			continue // verify names it
		}
		if err := a.thin(path.Join(recordsDir, dir, entry+".json"), logged[entry]); err != nil {
			return fmt.Errorf("finish erasure in %s: %w", m.Name(), err)
		}
		if err := a.root.Remove(path.Join(erasuresDir, m.Name())); err != nil {
			return err
		}
	}
	return a.syncDir(erasuresDir)
}

// thin writes a record's file again without some members.
func (a *Archive) thin(name string, members []string) error {
	if len(members) == 0 {
		return nil
	}
	b, err := a.read(name, maxRecord)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // verify names it
	}
	if err != nil {
		return err
	}
	r, err := ParseRecord(b)
	if err != nil {
		return err
	}
	less, err := r.Without(func(member string) bool { return slices.Contains(members, member) })
	if err != nil {
		return err
	}
	return a.replace(name, logTemp, less, 0o444)
}

// A thinned record lacks members.
type thinned struct {
	index  uint64
	commit Digest
	name   string
	Record
}

// checkThinned names records that lack more than was erased, and those that still have what was.
func (v *verification) checkThinned() {
	thin := map[string]bool{}
	for _, t := range v.thin {
		thin[t.commit.String()] = true
		if erased := len(v.erased[t.commit.String()]); erased != t.Withheld {
			v.fault(FaultRecord, t.name, itemName(t.Record, t.index), "%d of its members are missing, and the log says of %d that they were erased", t.Withheld, erased)
		} else {
			v.report.Erased++
		}
	}
	for _, entry := range slices.Sorted(maps.Keys(v.erased)) {
		if !thin[entry] { // not yet carried out, as after a kill, or brought back from a backup
			v.pending(erasuresDir + ": " + entry)
		}
	}
}

// erasure learns what a record of an erasure says.
func (v *verification) erasure(r Record) {
	var body erasureBody
	if json.Unmarshal(r.Body, &body) != nil {
		return
	}
	if v.erased == nil {
		v.erased = map[string]map[string]bool{}
	}
	if v.erased[body.Entry] == nil {
		v.erased[body.Entry] = map[string]bool{}
	}
	for _, m := range body.Members {
		v.erased[body.Entry][m] = true
	}
}
