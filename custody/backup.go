package custody

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"
)

// A BackedUp says what Backup did.
type BackedUp struct {
	Entries   uint64  `json:"entries"`   // of the log, all under a signed checkpoint
	Originals int     `json:"originals"` // copied now
	Bytes     int64   `json:"bytes"`     // of these
	Faults    []Fault `json:"faults"`    // what could not be copied because it is damaged here
}

// Backup copies the archive in dir to another folder, beside a writer and without stopping it: first originals, then records,
// then the log as the newest checkpoint signs it, and that checkpoint last. A folder that holds an earlier backup gets what is
// new, loses what was deleted or erased since, and is refused when it holds another log (ErrReplaced) or is ahead
// (ErrDamaged). The signing key is not copied.
func Backup(ctx context.Context, dir, to string, progress func(Progress)) (BackedUp, error) {
	from, err := OpenReadOnly(ctx, dir)
	if err != nil {
		return BackedUp{}, fmt.Errorf("back up: %w", err)
	}
	defer from.Close()
	b := &backup{repair: repair{key: from.logKey}, from: from, progress: progress}
	if err := b.run(ctx, to); err != nil {
		return b.report, fmt.Errorf("back up to %s: %w", to, err)
	}
	return b.report, nil
}

type backup struct {
	repair   // of the copy
	from     *Archive
	progress func(Progress)
	report   BackedUp
}

func (b *backup) run(ctx context.Context, to string) error {
	c, err := b.from.NewestCheckpoint()
	if err != nil {
		return err
	}
	b.report.Entries = c.Size
	if b.folder, err = openFolder(to); err != nil {
		return err
	}
	defer b.root.Close()
	lock, err := b.lock()
	if err != nil {
		return err
	}
	defer lock.Close()
	if err := b.mayHold(c); err != nil {
		return err
	}
	for _, name := range []string{originalsTemp, logTemp, recordsDir, historyDir, treeDir} {
		if err := b.ensureDir(name); err != nil {
			return err
		}
	}
	if err := b.originals(ctx); err != nil {
		return err
	}
	commits, err := b.records(ctx, c.Size)
	if err != nil {
		return err
	}
	if hashes(commits) != c.Root {
		return fmt.Errorf("the log's entries do not hash to the newest checkpoint: run beleg verify: %w", ErrDamaged)
	}
	if err := b.writeTree(commits, c.Root); err != nil {
		return err
	}
	if err := b.sweep(c.Size, false); err != nil {
		return err
	}
	for _, dir := range []string{historyDir, stampsDir} {
		if err := b.copyDir(dir); err != nil {
			return err
		}
	}
	v, err := b.from.readVersion()
	if err != nil {
		return err
	}
	if err := b.putIfOther(versionFile, v.bytes()); err != nil {
		return err
	}
	return b.putIfOther(checkpointFile, c.Note)
}

// mayHold refuses a folder that holds something else than an earlier state of this log.
func (b *backup) mayHold(c Checkpoint) error {
	v, err := b.readVersion()
	if errors.Is(err, ErrNoArchive) {
		return nil
	}
	if err != nil {
		return err
	}
	if v.LogKey != b.key {
		return fmt.Errorf("it holds the log %s: %w", v.LogKey, ErrReplaced)
	}
	if s, err := b.readState(); err == nil && s.Size > c.Size {
		return fmt.Errorf("it has %d entries, and the log %d: the log was set back: %w", s.Size, c.Size, ErrDamaged)
	}
	return nil
}

// originals copies those that are missing, each hashed on the way.
func (b *backup) originals(ctx context.Context) error {
	var todo []Digest
	var total, done int64
	err := fs.WalkDir(b.from.root.FS(), originalsDir, func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		d, err := ParseDigest(e.Name())
		if err != nil || originalPath(d) != name {
			return nil // being written, or a stray
		}
		st, err := e.Info()
		if err != nil {
			return err
		}
		if have, err := b.root.Lstat(name); err == nil && have.Size() == st.Size() {
			return nil
		}
		todo, total = append(todo, d), total+st.Size()
		return nil
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	b.backup = b.from.folder
	for _, d := range todo {
		if err := ctx.Err(); err != nil {
			return err
		}
		name, n := originalPath(d), len(b.done.Restored)
		if err := b.restoreOriginal(ctx, name); err != nil {
			return err
		}
		st, err := b.root.Lstat(name)
		if len(b.done.Restored) == n || err != nil {
			b.report.Faults = append(b.report.Faults, Fault{FaultOriginal, name, d.String(), "its bytes no longer hash to its name, so it was not copied"})
			continue
		}
		b.report.Originals++
		b.report.Bytes += st.Size()
		if done += st.Size(); b.progress != nil {
			b.progress(Progress{"originals", uint64(done), uint64(total)})
		}
	}
	return nil
}

// records copies those that are missing, and those that were erased from since; originals that were deleted go. It returns the
// entries of the log.
func (b *backup) records(ctx context.Context, size uint64) ([]Digest, error) {
	commits, err := (&repair{folder: b.from.folder}).entries(ctx, size)
	if err != nil || commits == nil && size > 0 {
		return nil, errors.Join(err, fmt.Errorf("some entries of the log are in no place: run beleg verify: %w", ErrDamaged))
	}
	deleted := map[Digest]bool{}
	for i, c := range commits {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		name := recordPath(uint64(i), c)
		file, err := b.from.read(name, maxRecord)
		var r Record
		if err == nil {
			r, err = ParseRecord(file)
		}
		if err != nil || commitment(file) != c {
			b.report.Faults = append(b.report.Faults, Fault{FaultRecord, name, span(uint64(i), 1), "it cannot be read, so it was not copied"})
			continue
		}
		if r.Kind == KindIntake || r.Kind == KindDeletion {
			deleted[r.Original] = r.Kind == KindDeletion
		}
		if err := b.putIfOther(name, file); err != nil {
			return nil, err
		}
	}
	for d, gone := range deleted {
		if !gone {
			continue
		}
		if err := b.root.Remove(originalPath(d)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
	}
	return commits, nil
}

// copyDir copies the files of a directory that are missing or have changed.
func (b *backup) copyDir(dir string) error {
	es, err := b.from.list(dir)
	if err != nil {
		return err
	}
	for _, e := range es {
		name := path.Join(dir, e.Name())
		file, err := b.from.read(name, maxRecord)
		if err != nil {
			return err
		}
		if have, err := b.read(name, maxRecord); err == nil && (bytes.Equal(have, file) || strings.HasPrefix(string(have), string(file))) {
			continue // a checkpoint here may bear more signatures
		}
		if err := b.put(name, file, 0o444); err != nil {
			return err
		}
	}
	return nil
}
