package custody

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"io/fs"
	"path"
	"slices"
	"strings"
)

// KindLoss is the kind of the record that says what was lost for good. Only Repair writes it.
const KindLoss = "loss"

// RepairOptions say what Repair may work with.
type RepairOptions struct {
	KeyFile string // signing key; DefaultKeyFile when empty
	Backup  string // another folder with the same log, as it was or newer; "" for none
	Actor   string // who asks for it; needed for AcceptLoss
	Accept  bool   // log as lost what cannot be restored, so that it is a fault no longer
}

// Repaired is what Repair did.
type Repaired struct {
	Restored []string `json:"restored"` // files that are right again, by path
	Lost     []Fault  `json:"lost"`     // what could not be restored
	Logged   bool     `json:"logged"`   // whether the loss was recorded in the log
}

// lossBody is the body of a loss.
type lossBody struct {
	Faults      []Fault  `json:"faults"`
	Checkpoints []string `json:"checkpoints,omitempty"` // signed, over entries that are lost
}

// Repair makes good what Verify finds: from what the folder holds twice, from what is remembered beside the key and
// from a backup. Nothing is taken over that does not hash to what the log says, and a log that was replaced or set
// back is left as it is (ErrReplaced, ErrDamaged): only a person can say which is right. No one else may have
// the folder open for writing (ErrLocked).
func Repair(ctx context.Context, dir string, o RepairOptions) (Repaired, error) {
	if o.KeyFile == "" {
		var err error
		if o.KeyFile, err = DefaultKeyFile(); err != nil {
			return Repaired{}, err
		}
	}
	r := &repair{opts: o}
	if err := r.run(ctx, dir); err != nil {
		return r.done, fmt.Errorf("repair: %w", err)
	}
	slices.Sort(r.done.Restored)
	return r.done, nil
}

type repair struct {
	*folder
	opts   RepairOptions
	backup *folder // nil without one
	key    string  // verifier key of the log
	done   Repaired
}

func (r *repair) run(ctx context.Context, dir string) error {
	var err error
	if r.folder, err = openFolder(dir); err != nil {
		return err
	}
	defer r.root.Close()
	lock, err := r.lock()
	if err != nil {
		return err
	}
	defer lock.Close()
	if r.opts.Accept && strings.TrimSpace(r.opts.Actor) == "" {
		return ErrReason
	}
	if r.opts.Backup != "" {
		if r.backup, err = openFolder(r.opts.Backup); err != nil {
			return err
		}
		defer r.backup.root.Close()
	}
	for _, dir := range []string{originalsTemp, logTemp} {
		if err := r.ensureDir(dir); err != nil {
			return err
		}
	}
	if err := r.restoreVersion(); err != nil {
		return err
	}
	report, err := r.verify(ctx)
	if err != nil {
		return err
	}
	for _, step := range []func(context.Context, []Fault) error{r.restoreLog, r.restoreFiles, r.restoreTree, r.restoreCheckpoints} {
		if err := step(ctx, report.Faults); err != nil {
			return err
		}
	}
	if report, err = r.verify(ctx); err != nil {
		return err
	}
	r.done.Lost = report.Faults
	if !r.opts.Accept || len(report.Faults) == 0 {
		return nil
	}
	if err := lock.Close(); err != nil { // the archive takes it itself
		return err
	}
	return r.logLoss(ctx, report.Faults)
}

func (r *repair) verify(ctx context.Context) (Report, error) {
	report, err := Verify(ctx, r.dir, VerifyOptions{KeyFile: r.opts.KeyFile})
	if err != nil {
		return report, err
	}
	for _, f := range report.Faults {
		if f.Kind == FaultKey {
			return report, fmt.Errorf("%s: %w", f.Detail, ErrReplaced)
		}
	}
	return report, nil
}

// put writes b under name, over whatever lies there. The bytes were checked by the caller.
func (r *repair) put(name string, b []byte, mode fs.FileMode) error {
	if err := r.ensureDir(path.Dir(name)); err != nil {
		return err
	}
	if err := r.replace(name, logTemp, b, mode); err != nil {
		return fmt.Errorf("restore %s: %w", name, err)
	}
	r.done.Restored = append(r.done.Restored, name)
	return nil
}

// restoreVersion makes beleg.json again when it names no key: with the key, of those known, that signed the log.
func (r *repair) restoreVersion() error {
	v, err := r.readVersion()
	if errors.Is(err, ErrNewer) || errors.Is(err, ErrNoArchive) {
		return err
	}
	if _, kerr := parseVerifier(v.LogKey); err == nil && kerr == nil {
		r.key = v.LogKey
		return nil
	}
	if r.key = r.findKey(); r.key == "" {
		return fmt.Errorf("%s names no key, and no key known here signed the log: %w", versionFile, ErrDamaged)
	}
	return r.put(versionFile, version{Format: Format, LogKey: r.key}.bytes(), 0o444)
}

// findKey returns the verifier key of this log: remembered, in the backup, or the signing key's under the name in the checkpoint.
// A key that did not sign the newest checkpoint counts only if that is gone and the log was seen in this folder.
func (r *repair) findKey() string {
	list, _ := memoryBeside(r.opts.KeyFile).all() // what is damaged there is named by Verify
	var keys []string
	for _, k := range list {
		if k.place(r.dir) >= 0 && !r.exists(checkpointFile) {
			return k.LogKey
		}
		keys = append(keys, k.LogKey)
	}
	if r.backup != nil {
		if v, err := r.backup.readVersion(); err == nil {
			keys = append(keys, v.LogKey)
		}
	}
	if b, err := r.read(checkpointFile, maxCheckpoint); err == nil {
		origin, _, _ := strings.Cut(string(b), "\n")
		if key, err := readKey(r.opts.KeyFile); err == nil && strings.HasPrefix(origin, originPrefix) {
			keys = append(keys, verifierText(origin, key))
		}
	}
	i := slices.IndexFunc(keys, func(k string) bool {
		v, err := parseVerifier(k)
		if err == nil {
			_, err = r.readCheckpoint(v)
		}
		return err == nil
	})
	if i < 0 {
		return ""
	}
	return keys[i]
}

// restoreLog takes the whole of the log from the backup when the folder has none left.
func (r *repair) restoreLog(ctx context.Context, _ []Fault) error {
	if r.backup == nil || r.exists(treeDir+"/tile") || r.exists(checkpointFile) {
		return nil
	}
	if v, err := r.backup.readVersion(); err != nil || v.LogKey != r.key {
		return fmt.Errorf("the backup %s holds another log: %w", r.backup.dir, errors.Join(err, ErrReplaced))
	}
	return fs.WalkDir(r.backup.root.FS(), logDir, func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || path.Dir(name) == logTemp {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		b, err := r.backup.read(name, maxRecord)
		if err != nil {
			return err
		}
		return r.put(name, b, 0o644)
	})
}

// restoreFiles restores records and originals, one by one, from the backup.
func (r *repair) restoreFiles(ctx context.Context, faults []Fault) error {
	for _, f := range faults {
		if err := ctx.Err(); err != nil {
			return err
		}
		var err error
		switch {
		case f.Kind == FaultMode:
			if err = r.root.Chmod(f.Path, 0o444); err == nil {
				r.done.Restored = append(r.done.Restored, f.Path)
			}
		case r.backup == nil:
		case strings.HasPrefix(f.Path, recordsDir+"/"):
			err = r.restoreRecord(f.Path)
		case strings.HasPrefix(f.Path, originalsDir+"/"):
			err = r.restoreOriginal(ctx, f.Path)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (r *repair) restoreRecord(name string) error {
	b, err := r.backup.read(name, maxRecord)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // not in the backup either
	}
	if err != nil {
		return err
	}
	if rec, err := ParseRecord(b); err != nil || rec.Withheld > 0 || commitment(b).String()+".json" != path.Base(name) {
		return nil // damaged or thinned there too
	}
	if err := r.put(name, b, 0o444); err != nil {
		return err
	}
	return r.markErasure(name) // the log may say that members of it were erased since
}

func (r *repair) restoreOriginal(ctx context.Context, name string) error {
	d, err := ParseDigest(path.Base(name))
	if err != nil {
		return nil // a file that no archive has
	}
	from, err := r.backup.root.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer from.Close()
	h, tmp, err := r.tempFile(originalsTemp)
	if err != nil {
		return err
	}
	got, _, err := copyHashed(ctx, h, from, 0)
	if err != nil || got != d {
		h.Close()
		return errors.Join(err, r.root.Remove(tmp))
	}
	if err = seal(h, 0o444); err == nil {
		err = r.ensureDir(path.Dir(name))
	}
	if err == nil {
		err = r.root.Rename(tmp, name)
	}
	if err == nil {
		err = r.syncDir(path.Dir(name))
	}
	if err != nil {
		return fmt.Errorf("restore %s: %w", name, err)
	}
	r.done.Restored = append(r.done.Restored, name)
	return nil
}

// restoreTree makes the log's tiles and its note of its size again, where the entries that are left, in whichever of
// three places, hash to what was signed.
func (r *repair) restoreTree(ctx context.Context, faults []Fault) error {
	broken := false
	for _, f := range faults {
		rel, in := strings.CutPrefix(f.Path, treeDir+"/")
		switch t, isTile := parseTreePath(rel); {
		case !in || f.Path == checkpointFile:
		case strings.HasSuffix(rel, ".lock") && f.Kind == FaultUnknown:
			if err := r.put(f.Path, nil, 0o644); err != nil {
				return err
			}
		case isTile && r.outgrown(t):
			if err := r.root.Remove(f.Path); err != nil {
				return err
			}
			r.done.Restored = append(r.done.Restored, f.Path)
		default:
			broken = true
		}
	}
	if !broken {
		return nil
	}
	signed, err := r.newestSigned(maxTreeEntries)
	if err != nil {
		return err
	}
	size, root := signed.Size, signed.Root
	if s, err := r.readState(); err == nil && s.Size >= size {
		size, root = s.Size, Digest(s.Root)
	}
	commits, err := r.entries(ctx, size)
	if err != nil || commits == nil {
		return err
	}
	if hashes(commits) != root { // the state may be what is wrong
		if size, root = signed.Size, signed.Root; uint64(len(commits)) < size || hashes(commits[:size]) != root {
			return nil
		}
		commits = commits[:size]
	}
	return r.writeTree(commits, root)
}

// outgrown reports whether the log has gone beyond a tile file, so that nothing needs it.
func (r *repair) outgrown(t treeFile) bool {
	s, err := r.readState()
	return err == nil && t.place(s.Size) == outgrown
}

// newestSigned returns the largest checkpoint of at most so many entries that the folder or the memory holds; its size is 0
// when there is none.
func (r *repair) newestSigned(most uint64) (best Checkpoint, err error) {
	v, err := parseVerifier(r.key)
	if err != nil {
		return best, err
	}
	take := func(c Checkpoint, err error) {
		if err == nil && c.Size > best.Size && c.Size <= most {
			best = c
		}
	}
	take(r.readCheckpoint(v))
	es, err := r.list(historyDir)
	if err != nil {
		return best, err
	}
	for _, e := range es {
		take(r.readCheckpointFile(path.Join(historyDir, e.Name()), v))
	}
	if k, ok, _ := memoryBeside(r.opts.KeyFile).of(r.key); ok {
		take(k.checkpoint(k.place(r.dir)))
	}
	return best, nil
}

// entries reads the commitments of the first size entries: from the bundles, and where those do not fit the tiles from the
// names of the records. It returns nil when one is in no place.
func (r *repair) entries(ctx context.Context, size uint64) ([]Digest, error) {
	v := &verification{folder: r.folder}
	out := make([]Digest, 0, min(size, 1<<20))
	var bundle, tile []byte
	for i := range size {
		if i%recordsPerDir == 0 {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			v.openGroup(i / recordsPerDir)
		}
		if i%width == 0 {
			p := partial(entries, i/width, size)
			bundle, _, _ = r.readTile(entries, i/width, p) // what cannot be read is made up for by the other two
			tile, _, _ = r.readTile(0, i/width, p)
		}
		c, ok := v.choose(i, bundle, tile)
		if !ok {
			return nil, nil
		}
		out = append(out, c)
	}
	return out, nil
}

// choose returns the commitment of entry i that two of its three places agree on, or that a record bears.
func (v *verification) choose(i uint64, bundle, tile []byte) (Digest, bool) {
	j := int(i % width)
	var leaf Digest
	if tile != nil {
		leaf = Digest(tile[j*hashSize : (j+1)*hashSize])
	}
	if bundle != nil {
		if c, ok := entryAt(bundle, j); ok && (v.group.has(c) || leafHash(c) == leaf) {
			return c, true
		}
	}
	return v.group.find(leaf)
}

// hashes is the root over entries.
func hashes(commits []Digest) Digest {
	t := newRange()
	for _, c := range commits {
		h := leafHash(c)
		if err := t.Append(h[:], nil); err != nil {
			panic("custody: append to a compact range: " + err.Error())
		}
	}
	return rootOf(t)
}

// writeTree writes every bundle, tile and the state that is not as it should be.
func (r *repair) writeTree(commits []Digest, root Digest) error {
	level := make([]byte, 0, len(commits)*hashSize)
	var bundles []byte
	for _, c := range commits {
		bundles = append(append(bundles, 0, hashSize), c[:]...)
		h := leafHash(c)
		level = append(level, h[:]...)
	}
	if err := r.writeLevel(entries, bundles, entrySize); err != nil {
		return err
	}
	for l := 0; len(level) > 0; l++ {
		if err := r.writeLevel(l, level, hashSize); err != nil {
			return err
		}
		var up []byte
		for ; len(level) >= width*hashSize; level = level[width*hashSize:] {
			h := tileRoot(level[:width*hashSize])
			up = append(up, h[:]...)
		}
		level = up
	}
	state, err := json.Marshal(treeState{Size: uint64(len(commits)), Root: root[:]})
	if err != nil {
		return err
	}
	if err := r.putIfOther(stateFile, state); err != nil {
		return err
	}
	return r.putIfOther(stateVersion, []byte("1"))
}

// writeLevel writes the tiles of one level, each element of it taking so many bytes.
func (r *repair) writeLevel(level int, b []byte, each int) error {
	for index := uint64(0); len(b) > 0; index++ {
		n := min(width*each, len(b))
		if err := r.putIfOther(tilePath(level, index, n/each%width), b[:n]); err != nil {
			return err
		}
		b = b[n:]
	}
	return nil
}

func (r *repair) putIfOther(name string, b []byte) error {
	if have, err := r.read(name, int64(len(b))); err == nil && bytes.Equal(have, b) {
		return nil
	}
	return r.put(name, b, 0o644)
}

// restoreCheckpoints puts back checkpoints that are damaged: the newest from the kept ones, a kept one from the backup. Those
// that nobody has are set aside, for a checkpoint that is not signed proves nothing.
func (r *repair) restoreCheckpoints(ctx context.Context, faults []Fault) error {
	v, err := parseVerifier(r.key)
	if err != nil {
		return err
	}
	for _, f := range faults {
		switch {
		case f.Path == checkpointFile && (f.Kind == FaultCheckpoint || f.Kind == FaultMissing):
			s, err := r.readState()
			if err != nil {
				continue // named still
			}
			if c, err := r.readCheckpoint(v); err == nil && r.continues(ctx, c, s.Size) == nil {
				continue // came with the log
			}
			best, err := r.newestSigned(s.Size)
			if err != nil || best.Size == 0 || r.continues(ctx, best, s.Size) != nil {
				return err
			}
			if err := r.put(checkpointFile, best.Note, 0o644); err != nil {
				return err
			}
		case f.Kind == FaultCheckpoint && path.Dir(f.Path) == historyDir && r.backup != nil:
			c, err := r.backup.readCheckpointFile(f.Path, v)
			if err != nil || historyPath(c) != f.Path {
				continue
			}
			if err := r.put(f.Path, c.Note, 0o444); err != nil {
				return err
			}
		}
	}
	return nil
}

// logLoss records what is lost for good. Checkpoints of entries that the log no longer has go into the record, and
// what was remembered of the folder is forgotten: the log goes on from here, and says so.
func (r *repair) logLoss(ctx context.Context, faults []Fault) error {
	loss := lossBody{Faults: faults}
	for _, f := range faults {
		if f.Kind == FaultKnown {
			if err := memoryBeside(r.opts.KeyFile).clear(); err != nil {
				return err
			}
		}
		if f.Kind != FaultRewritten {
			continue
		}
		if path.Dir(f.Path) == historyDir {
			b, err := r.read(f.Path, maxCheckpoint)
			if err == nil {
				err = r.root.Remove(f.Path)
			}
			if err != nil {
				return err
			}
			loss.Checkpoints = append(loss.Checkpoints, string(b))
			continue
		}
		if err := memoryBeside(r.opts.KeyFile).forget(r.dir, r.key); err != nil {
			return err
		}
	}
	body, err := json.Marshal(loss)
	if err != nil {
		return err
	}
	a, err := Open(ctx, r.dir, Options{KeyFile: r.opts.KeyFile})
	if err != nil {
		return err
	}
	_, err = a.submit(ctx, Record{Kind: KindLoss, Actor: r.opts.Actor, Body: body})(ctx)
	if err = errors.Join(err, a.Close()); err != nil {
		return err
	}
	r.done.Logged = true
	return nil
}

// sayLosses takes out of the report what a person has had logged as lost, and lists it apart.
func (v *verification) sayLosses() {
	v.report.Faults = slices.DeleteFunc(v.report.Faults, func(f Fault) bool {
		known := slices.ContainsFunc(v.losses, func(l Fault) bool { return l.Path == f.Path && l.Kind == f.Kind })
		if known {
			v.report.Lost = append(v.report.Lost, f)
		}
		return known
	})
}

// loss learns what a record of a loss says.
func (v *verification) loss(r Record) {
	var body lossBody
	if json.Unmarshal(r.Body, &body) == nil {
		v.losses = append(v.losses, body.Faults...)
	}
}
