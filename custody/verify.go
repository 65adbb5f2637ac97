package custody

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/transparency-dev/merkle/compact"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/sync/errgroup"
)

// hashersAtOnce is how many originals are hashed at the same time: more make a spinning disk slower, fewer
// leave cores idle.
const hashersAtOnce = 4

// VerifyOptions say what to verify. The zero VerifyOptions verify everything a stranger can.
type VerifyOptions struct {
	Sample      Sample         // which originals to hash; all others are still looked for
	KeyFile     string         // where the private key should be; only Report.Key depends on it
	TrustedKeys []string       // verifier keys known from somewhere else; any when empty
	Progress    func(Progress) // called from one goroutine at a time; may be nil
}

// Progress says how far Verify is.
type Progress struct {
	Stage       string // "log", counted in entries, then "originals", counted in bytes
	Done, Total uint64
}

// Verify checks the archive in dir from its bytes on disk, changes nothing, and works beside a writer: version,
// key, each kept and the newest checkpoint, each entry, each tile, each record, each original, and that nothing
// else lies among them. Every fault is in the report. The error is ErrNoArchive, or ctx's, or tells why the
// folder cannot be read at all.
func Verify(ctx context.Context, dir string, opts VerifyOptions) (Report, error) {
	f, err := openFolder(dir)
	if err != nil {
		return Report{}, fmt.Errorf("verify: %w", err)
	}
	defer f.root.Close()
	v := &verification{folder: f, opts: opts, items: map[Digest]item{}, roots: map[uint64]Digest{}, stamps: map[string]logged{}}
	if err := v.run(ctx); err != nil {
		return Report{}, fmt.Errorf("verify: %w", err)
	}
	sortFaults(v.report.Faults)
	slices.Sort(v.report.Unacknowledged)
	return v.report, nil
}

// A verification is one run of Verify.
type verification struct {
	*folder
	opts     VerifyOptions
	report   Report
	verifier note.Verifier // nil when beleg.json names none

	signed    []signedFile      // the checkpoints, newest last
	elsewhere []elsewhere       // those seen in other folders that hold this log
	state     *treeState        // nil when unreadable
	size      uint64            // entries to check
	roots     map[uint64]Digest // recomputed, at the sizes that some statement is about
	tree      *compact.Range    // over the entries seen so far
	levels    []level           // tiles being recomputed, from level 0
	group     recordGroup
	losses    []Fault                    // that the log says are for good
	stamps    map[string]logged          // by file: what the log says of tokens
	thin      []thinned                  // records that lack members
	erased    map[string]map[string]bool // by commitment: names of members that the log says were erased
	items     map[Digest]item
}

// A signedFile is a checkpoint and where it lies.
type signedFile struct {
	name string
	Checkpoint
}

// An elsewhere is another folder, and the newest checkpoint seen there.
type elsewhere struct {
	folder string
	Checkpoint
}

// An item is what the log says about an original, last.
type item struct {
	index   uint64 // of the record that says so
	deleted bool
}

// A level is the right edge of one level of tiles.
type level struct {
	index  uint64 // of the tile
	hashes []byte // of the tile, so far
}

func (v *verification) fault(kind FaultKind, name, item, format string, args ...any) {
	v.report.Faults = append(v.report.Faults, Fault{Kind: kind, Path: name, Item: item, Detail: fmt.Sprintf(format, args...)})
}

func (v *verification) pending(name string) {
	v.report.Unacknowledged = append(v.report.Unacknowledged, name)
}

func (v *verification) progress(stage string, done, total uint64) {
	if v.opts.Progress != nil {
		v.opts.Progress(Progress{Stage: stage, Done: done, Total: total})
	}
}

func (v *verification) run(ctx context.Context) error {
	if err := v.checkVersion(); err != nil {
		if errors.Is(err, ErrNewer) {
			return nil // named; nothing else can be judged
		}
		return err
	}
	// Beside a writer the log grows while we read, so read what is older first: kept checkpoints, the newest,
	// the state.
	v.readSigned()
	v.readTree()
	if err := v.checkEntries(ctx); err != nil {
		return err
	}
	v.checkThinned()
	v.checkRoots()
	v.checkStamps()
	v.checkStrays(ctx)
	if err := v.checkOriginals(ctx); err != nil {
		return err
	}
	v.sayLosses()
	return v.keepInMind()
}

// keepInMind remembers a log without fault as Verify found it: from then on another log in its place is a fault.
func (v *verification) keepInMind() error {
	if len(v.report.Faults) > 0 || v.report.Behind > 0 {
		return nil
	}
	c, err := v.readCheckpoint(v.verifier)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil || c.Size > v.size { // a writer went on meanwhile: its own business
		return nil
	}
	return memoryBeside(v.opts.KeyFile).remember(v.dir, v.report.LogKey, c)
}

func (v *verification) checkVersion() error {
	ver, err := v.readVersion()
	if errors.Is(err, ErrNoArchive) {
		return err
	}
	if err != nil {
		v.fault(FaultVersion, versionFile, "", "%v", err)
	}
	if errors.Is(err, ErrNewer) {
		return err
	}
	v.report.LogKey = ver.LogKey
	if v.verifier, err = parseVerifier(ver.LogKey); err != nil {
		v.fault(FaultKey, versionFile, "every checkpoint", "%v", err)
		return nil
	}
	if len(v.opts.TrustedKeys) > 0 && !slices.Contains(v.opts.TrustedKeys, ver.LogKey) {
		v.fault(FaultKey, versionFile, "every checkpoint", "the log's key %s is not one of those trusted", ver.LogKey)
	}
	v.report.Key = keyState(v.opts.KeyFile, v.verifier.Name(), ver.LogKey)
	v.checkKnown()
	return nil
}

// checkKnown compares the log with what is remembered beside the key. What was seen in this folder joins the checkpoints
// that the log is compared with; of what was seen elsewhere, that may be newer, only what the log has come to.
func (v *verification) checkKnown() {
	m, key := memoryBeside(v.opts.KeyFile), v.report.LogKey
	named := slices.Contains(v.opts.TrustedKeys, key)
	other, replaced, err := m.at(v.dir, key)
	if err != nil {
		v.fault(FaultKnown, knownDir, "what is remembered beside the key", "%v", err)
	}
	if replaced && !named {
		v.fault(FaultKey, versionFile, "everything in the folder",
			"this folder held the log %s; the one that lies here now is %s: it was replaced. If that is right, name the new key with --key", other.LogKey, key)
	}
	k, ok, err := m.of(key)
	if err != nil {
		return // said already
	}
	if v.report.Key == KeyOther && !ok && !named && !replaced {
		v.fault(FaultKey, versionFile, "every checkpoint",
			"the log is signed with %s, and the key at hand is another: ask its owner for the key and name it with --key", key)
	}
	for i, s := range k.Seen {
		c, err := k.checkpoint(i)
		if err != nil || c.Size == 0 {
			continue
		}
		if s.Folder == v.dir {
			v.signed = append(v.signed, signedFile{knownDir + "/" + knownName(key), c})
		} else {
			v.elsewhere = append(v.elsewhere, elsewhere{s.Folder, c})
		}
	}
}

func keyState(file, origin, logKey string) KeyState {
	if file == "" {
		return KeyNotAsked
	}
	key, err := readKey(file)
	if err != nil {
		return KeyMissing
	}
	if verifierText(origin, key) != logKey {
		return KeyOther
	}
	return KeyHeld
}

// readSigned reads all checkpoints and checks their signatures. Without a verifier key, which is a fault by
// itself, none can be judged.
func (v *verification) readSigned() {
	es, err := v.list(historyDir)
	if err != nil {
		v.fault(FaultCheckpoint, historyDir, "", "%v", err)
	}
	if v.verifier == nil {
		return
	}
	for _, e := range es {
		name := path.Join(historyDir, e.Name())
		c, err := v.readCheckpointFile(name, v.verifier)
		if err == nil && historyPath(c) != name {
			err = fmt.Errorf("it is the checkpoint of %d entries, whose name is %s", c.Size, historyPath(c))
		}
		if err != nil {
			v.fault(FaultCheckpoint, name, "a kept checkpoint", "%v", err)
			continue
		}
		v.report.Checkpoints++
		v.signed = append(v.signed, signedFile{name, c})
	}
	c, err := v.readCheckpoint(v.verifier)
	switch {
	case err == nil:
		v.report.Signed = c.Size
		v.signed = append(v.signed, signedFile{checkpointFile, c})
	case !errors.Is(err, fs.ErrNotExist):
		v.fault(FaultCheckpoint, checkpointFile, "the newest checkpoint", "%v", err)
	case len(v.signed) > 0 || v.exists(treeDir+"/tile"): // else nothing was ever logged
		v.fault(FaultMissing, checkpointFile, "the newest checkpoint", "it is gone")
	}
}

// readTree finds out how many entries there are to check.
func (v *verification) readTree() {
	s, err := v.readState()
	switch {
	case err == nil:
		v.state, v.size = &s, s.Size
	case !errors.Is(err, fs.ErrNotExist):
		v.fault(FaultState, stateFile, "", "%v", err)
	default:
		had, err := v.hadLog()
		if err != nil {
			v.fault(FaultUnknown, logDir, "", "%v", err)
		}
		if len(v.signed) > 0 || had != "" {
			v.fault(FaultMissing, stateFile, "every record", "it is gone, and with it the log that the originals here were recorded in")
		}
	}
	for _, c := range v.elsewhere {
		if c.Size <= v.size {
			v.roots[c.Size] = Digest{}
		} else {
			v.report.Behind = max(v.report.Behind, c.Size-v.size)
		}
	}
	for _, c := range v.signed {
		if v.state == nil {
			v.size = max(v.size, c.Size)
		} else if c.Size > s.Size {
			v.fault(FaultRewritten, c.name, fmt.Sprintf("records %d to %d", s.Size, c.Size-1),
				"it was signed over %d entries, but the log has only %d: it was set back", c.Size, s.Size)
		}
		v.roots[c.Size] = Digest{}
	}
	v.roots[v.size] = Digest{}
	v.stampSizes()
	v.report.Entries = v.size
}

// checkEntries reads the whole log in order and recomputes its tree.
func (v *verification) checkEntries(ctx context.Context) error {
	v.tree = newRange()
	v.noteRoot()
	for i := uint64(0); i < v.size; i += width {
		if err := ctx.Err(); err != nil {
			return err
		}
		if i%recordsPerDir == 0 {
			v.openGroup(i / recordsPerDir)
		}
		v.checkBundle(i / width)
		end := min(i+width, v.size)
		if end%recordsPerDir == 0 || end == v.size {
			v.closeGroup()
		}
		v.progress("log", end, v.size)
	}
	for l := 1; l < len(v.levels); l++ {
		if len(v.levels[l].hashes) > 0 {
			v.checkTile(l)
		}
	}
	return nil
}

// checkBundle checks up to 256 entries: what the bundle says, what the tile above it says, and the records.
func (v *verification) checkBundle(index uint64) {
	p := partial(entries, index, v.size)
	n := treeFile{entries, index, p}.width()
	item := span(index*width, uint64(n))
	bundle, bundleName, err := v.readTile(entries, index, p)
	if err != nil {
		v.tileFault(FaultEntry, bundleName, item, err)
	}
	tile, tileName, err := v.readTile(0, index, p)
	if err != nil {
		v.tileFault(FaultTile, tileName, item, err)
	}
	for j := range n {
		e := entry{index: index*width + uint64(j), bundleName: bundleName, tileName: tileName}
		if bundle != nil {
			e.commit, e.inBundle = entryAt(bundle, j)
		}
		if tile != nil {
			e.leaf, e.inTile = Digest(tile[j*hashSize:(j+1)*hashSize]), true
		}
		v.push(0, v.checkEntry(e, bundle != nil))
	}
}

// span names n records from first on.
func span(first, n uint64) string {
	if n == 1 {
		return fmt.Sprintf("record %d", first)
	}
	return fmt.Sprintf("records %d to %d", first, first+n-1)
}

func (v *verification) tileFault(kind FaultKind, name, item string, err error) {
	if errors.Is(err, fs.ErrNotExist) {
		v.fault(FaultMissing, name, item, "it is gone")
		return
	}
	v.fault(kind, name, item, "%v", err)
}

// An entry of the log is written down three times: as a commitment in a bundle, hashed in a tile, and in the
// name of the record's file. When they differ the odd one out is at fault.
type entry struct {
	index                uint64
	bundleName, tileName string
	commit               Digest // from the bundle
	inBundle             bool   // false when the bundle holds none
	leaf                 Digest // from the tile
	inTile               bool   // false when the tile is unreadable
}

// checkEntry checks one entry and its record, and returns the leaf hash that is most likely the true one.
func (v *verification) checkEntry(e entry, haveBundle bool) Digest {
	agree := e.inBundle && e.inTile && leafHash(e.commit) == e.leaf
	if agree || e.inBundle && v.group.has(e.commit) {
		item := v.checkRecord(e.index, e.commit)
		if e.inTile && !agree {
			v.fault(FaultTile, e.tileName, item, "hash %d is not that of entry %d", e.index%width, e.index)
		}
		return leafHash(e.commit)
	}
	if c, ok := v.group.find(e.leaf); e.inTile && ok {
		item := v.checkRecord(e.index, c)
		if haveBundle {
			v.fault(FaultEntry, e.bundleName, item, "entry %d is not the commitment to its record", e.index)
		}
		return e.leaf
	}
	name := recordsDir
	if e.inBundle {
		name = recordPath(e.index, e.commit)
	}
	v.fault(FaultMissing, name, span(e.index, 1), "the record of entry %d is gone", e.index)
	if haveBundle && !agree {
		v.fault(FaultEntry, e.bundleName, span(e.index, 1), "entry %d does not fit the tile above it", e.index)
	}
	if e.inTile {
		return e.leaf
	}
	return leafHash(e.commit)
}

// checkRecord checks the record that entry i commits to, learns what it says about an original, and names the
// item.
func (v *verification) checkRecord(i uint64, c Digest) (item string) {
	name := recordPath(i, c)
	v.group.seen[c] = true
	b, err := v.read(name, maxRecord)
	if errors.Is(err, fs.ErrNotExist) {
		v.fault(FaultMissing, name, span(i, 1), "the record of entry %d is gone", i)
		return span(i, 1)
	}
	if err == nil && commitment(b) != c {
		err = fmt.Errorf("%w: its bytes commit to %s", ErrDigest, commitment(b))
	}
	r, perr := ParseRecord(b)
	if err == nil && perr != nil {
		err = perr
	}
	if err == nil && r.Withheld > 0 {
		v.thin = append(v.thin, thinned{i, c, name, r})
	}
	if err == nil {
		v.learn(i, r)
		return itemName(r, i)
	}
	v.fault(FaultRecord, name, v.damagedItem(i, b), "%v", err)
	return v.damagedItem(i, b)
}

// originalMember matches the member of a record's file that names its original.
var originalMember = regexp.MustCompile(`"/?original"[:,]"([0-9a-f]{64})"`)

// damagedItem names the item of a damaged record if its bytes still tell, and sees to it that its original is
// not taken for a stray.
func (v *verification) damagedItem(i uint64, b []byte) string {
	m := originalMember.FindSubmatch(b)
	if m == nil {
		return span(i, 1)
	}
	d, err := ParseDigest(string(m[1]))
	if err != nil || !v.exists(originalPath(d)) {
		return span(i, 1)
	}
	if _, known := v.items[d]; !known {
		v.items[d] = item{index: i}
	}
	return d.String()
}

func itemName(r Record, i uint64) string {
	if r.Original == (Digest{}) {
		return span(i, 1)
	}
	return r.Original.String()
}

func (v *verification) learn(i uint64, r Record) {
	switch r.Kind {
	case KindLoss:
		v.loss(r)
	case KindErasure:
		v.erasure(r)
	case KindStamp:
		v.learnStamp(i, r)
	}
	if r.Kind == KindIntake || r.Kind == KindDeletion {
		v.items[r.Original] = item{index: i, deleted: r.Kind == KindDeletion}
	} else if _, known := v.items[r.Original]; !known && r.Original != (Digest{}) {
		v.items[r.Original] = item{index: i} // what is no item but was preserved: the table of a run
	}
}

// push adds a hash to the tree and to the tiles above.
func (v *verification) push(l int, h Digest) {
	if l == 0 {
		if err := v.tree.Append(h[:], nil); err != nil {
			panic("custody: append to a compact range: " + err.Error())
		}
		v.noteRoot()
	}
	if l == len(v.levels) {
		v.levels = append(v.levels, level{})
	}
	lv := &v.levels[l]
	lv.hashes = append(lv.hashes, h[:]...)
	if len(lv.hashes) < width*hashSize {
		return
	}
	if l > 0 { // level 0 was checked entry by entry
		v.checkTile(l)
	}
	up := tileRoot(lv.hashes)
	lv.hashes, lv.index = lv.hashes[:0], lv.index+1
	v.push(l+1, up)
}

// tileRoot is the hash over a full tile.
func tileRoot(hashes []byte) Digest {
	r := newRange()
	for i := 0; i < len(hashes); i += hashSize {
		if err := r.Append(hashes[i:i+hashSize], nil); err != nil {
			panic("custody: append to a compact range: " + err.Error())
		}
	}
	return rootOf(r)
}

// noteRoot keeps the root at sizes that a checkpoint speaks about.
func (v *verification) noteRoot() {
	if _, asked := v.roots[v.tree.End()]; asked {
		v.roots[v.tree.End()] = rootOf(v.tree)
	}
}

// checkTile compares the recomputed tile at the right edge of level l with its file.
func (v *verification) checkTile(l int) {
	lv := &v.levels[l]
	n := len(lv.hashes) / hashSize
	each := uint64(1) << (8 * uint(l)) // records below one hash
	b, name, err := v.readTile(l, lv.index, n%width)
	if err != nil {
		v.tileFault(FaultTile, name, span(lv.index*width*each, uint64(n)*each), err)
		return
	}
	for j := range n {
		if !bytes.Equal(b[j*hashSize:(j+1)*hashSize], lv.hashes[j*hashSize:(j+1)*hashSize]) {
			v.fault(FaultTile, name, span((lv.index*width+uint64(j))*each, each), "hash %d is not that of what lies below it", j)
		}
	}
}

// checkRoots compares the recomputed roots with what was signed and with the log's own note.
func (v *verification) checkRoots() {
	for _, c := range v.signed {
		if c.Size <= v.size && v.roots[c.Size] != c.Root {
			v.fault(FaultRewritten, c.name, fmt.Sprintf("the checkpoint of %d entries", c.Size),
				"the log's first %d entries do not hash to the root that was signed", c.Size)
		}
	}
	for _, c := range v.elsewhere {
		if c.Size <= v.size && v.roots[c.Size] != c.Root {
			v.report.Forks = append(v.report.Forks, c.folder)
		}
	}
	if v.state != nil && v.roots[v.size] != Digest(v.state.Root) {
		v.fault(FaultState, stateFile, span(0, max(1, v.size)), "the log's entries do not hash to the root noted here")
	}
}

// A recordGroup is one directory of records.
type recordGroup struct {
	dir    string
	names  map[Digest]bool   // commitments that have a file
	seen   map[Digest]bool   // commitments that have an entry
	leaves map[Digest]Digest // leaf hash to commitment; made when first asked for
}

func (g *recordGroup) has(c Digest) bool { return g.names[c] }

// find returns the commitment of the record whose leaf hash is given.
func (g *recordGroup) find(leaf Digest) (Digest, bool) {
	if g.leaves == nil {
		g.leaves = map[Digest]Digest{}
		for c := range g.names {
			g.leaves[leafHash(c)] = c
		}
	}
	c, ok := g.leaves[leaf]
	return c, ok
}

func (v *verification) openGroup(n uint64) {
	v.group = recordGroup{dir: path.Dir(recordPath(n*recordsPerDir, Digest{})), names: map[Digest]bool{}, seen: map[Digest]bool{}}
	es, err := v.list(v.group.dir)
	if err != nil {
		v.fault(FaultRecord, v.group.dir, span(n*recordsPerDir, recordsPerDir), "%v", err)
	}
	for _, e := range es {
		if c, ok := v.recordName(v.group.dir, e); ok {
			v.group.names[c] = true
		}
	}
}

// recordName takes the name of a record's file apart.
func (v *verification) recordName(dir string, e fs.DirEntry) (Digest, bool) {
	base, ok := strings.CutSuffix(e.Name(), ".json")
	c, err := ParseDigest(base)
	if !ok || err != nil || !e.Type().IsRegular() {
		v.fault(FaultUnknown, path.Join(dir, e.Name()), "", "no archive has such a file")
		return Digest{}, false
	}
	return c, true
}

// closeGroup reports records that have no entry.
func (v *verification) closeGroup() {
	for c := range v.group.names { // the report is sorted in the end
		if !v.group.seen[c] {
			v.pending(path.Join(v.group.dir, c.String()+".json"))
		}
	}
}

// checkStrays looks at all other files below log.
func (v *verification) checkStrays(ctx context.Context) {
	err := fs.WalkDir(v.root.FS(), logDir, func(name string, e fs.DirEntry, err error) error {
		if err != nil || ctx.Err() != nil {
			return cmp.Or(err, ctx.Err())
		}
		rel, inTree := strings.CutPrefix(name, treeDir+"/")
		switch {
		case path.Dir(name) == recordsDir && e.IsDir():
			v.strayGroup(name)
			return fs.SkipDir
		case e.IsDir() || path.Dir(name) == historyDir || path.Dir(name) == stampsDir: // the latter two were checked
		case path.Dir(name) == logTemp, path.Dir(name) == erasuresDir:
			v.pending(name)
		case inTree:
			v.checkTreeFile(name, rel, e)
		default:
			v.fault(FaultUnknown, name, "", "no archive has such a file")
		}
		return nil
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) && ctx.Err() == nil {
		v.fault(FaultUnknown, logDir, "", "%v", err)
	}
}

// strayGroup reports the records of a directory to which the log has not come.
func (v *verification) strayGroup(dir string) {
	for i := uint64(0); i < v.size; i += recordsPerDir {
		if path.Dir(recordPath(i, Digest{})) == dir {
			return // was checked
		}
	}
	es, err := v.list(dir)
	if err != nil {
		v.fault(FaultUnknown, dir, "", "%v", err)
	}
	for _, e := range es {
		if _, ok := v.recordName(dir, e); ok {
			v.pending(path.Join(dir, e.Name()))
		}
	}
}

// checkTreeFile looks at one of Tessera's files that the check of the entries has not read.
func (v *verification) checkTreeFile(name, rel string, e fs.DirEntry) {
	t, isTile := parseTreePath(rel)
	switch {
	case !e.Type().IsRegular():
		v.fault(FaultUnknown, name, "", "not a regular file")
	case name == checkpointFile || name == stateFile:
	case name == stateVersion:
		if b, err := v.read(name, 16); err != nil || string(b) != "1" {
			v.fault(FaultState, name, "", "the log's version is %q, not 1", b)
		}
	case strings.HasPrefix(rel, ".state/") && strings.HasSuffix(rel, ".lock"):
		if b, err := v.read(name, 0); err != nil || len(b) > 0 {
			v.fault(FaultUnknown, name, "", "a lock file holds something")
		}
	case isTile && t.place(v.size) == outgrown:
		v.checkOutgrown(name, t)
	case isTile && t.place(v.size) == beyond, !isTile && leftover.MatchString(rel):
		v.pending(name)
	case !isTile:
		v.fault(FaultUnknown, name, "", "no archive has such a file")
	}
}

// checkOutgrown compares a narrower state of a tile with what the tile has become.
func (v *verification) checkOutgrown(name string, t treeFile) {
	kind, size := FaultTile, hashSize
	if t.level == entries {
		kind, size = FaultEntry, entrySize
	}
	now, _, err := v.readTile(t.level, t.index, partial(t.level, t.index, v.size))
	if err != nil {
		return // named already
	}
	b, err := v.read(name, int64(width*size))
	if errors.Is(err, fs.ErrNotExist) {
		return // a writer tidied up meanwhile
	}
	if err == nil && len(b) == t.p*size && bytes.Equal(b, now[:len(b)]) {
		return
	}
	each := uint64(1) << (8 * uint(max(t.level, 0)))
	at, k := t.index*width, t.p
	if i := firstDifference(b, now); err == nil && i/size < t.p {
		at, k = at+uint64(i/size), 1
	}
	v.fault(kind, name, span(at*each, uint64(k)*each), "an earlier state of this file is not the beginning of the present one")
}

func firstDifference(a, b []byte) int {
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return i
		}
	}
	return min(len(a), len(b))
}

// A stored original is a file below originals.
type stored struct {
	digest Digest
	size   int64
	err    error // of hashing it
}

// checkOriginals looks at all files below originals, and for all that the log says must be there.
func (v *verification) checkOriginals(ctx context.Context) error {
	found, err := v.findOriginals(ctx)
	if err != nil {
		return err
	}
	there := map[Digest]bool{}
	for _, s := range found {
		there[s.digest] = true
		if it, known := v.items[s.digest]; !known || it.deleted {
			v.pending(originalPath(s.digest))
		}
	}
	for d, it := range v.items { // the report is sorted in the end
		if it.deleted {
			v.report.Deleted++
		} else if !there[d] {
			v.fault(FaultMissing, originalPath(d), d.String(), "the original of record %d is gone", it.index)
		}
	}
	v.report.Originals = len(found)
	return v.hashOriginals(ctx, found)
}

// findOriginals lists the originals in order of their digests and names what else lies there.
func (v *verification) findOriginals(ctx context.Context) ([]stored, error) {
	var found []stored
	err := fs.WalkDir(v.root.FS(), originalsDir, func(name string, e fs.DirEntry, err error) error {
		if err != nil || ctx.Err() != nil {
			return cmp.Or(err, ctx.Err())
		}
		if e.IsDir() {
			return nil
		}
		if dir := path.Dir(name); dir == originalsTemp || dir == deletionsDir {
			v.pending(name)
			return nil
		}
		d, err := ParseDigest(e.Name())
		if err != nil || originalPath(d) != name {
			v.fault(FaultUnknown, name, "", "no archive has such a file")
			return nil
		}
		st, err := e.Info()
		if errors.Is(err, fs.ErrNotExist) {
			return nil // deleted meanwhile
		}
		if err != nil || !st.Mode().IsRegular() {
			v.fault(FaultMode, name, d.String(), "an original that is not a regular file (%v)", err)
			return nil
		}
		if st.Mode().Perm()&0o222 != 0 {
			v.fault(FaultMode, name, d.String(), "mode %v lets it be written to", st.Mode().Perm())
		}
		found = append(found, stored{digest: d, size: st.Size()})
		return nil
	})
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		v.fault(FaultUnknown, originalsDir, "", "%v", err)
	}
	return found, nil
}

// hashOriginals hashes those of the sample.
func (v *verification) hashOriginals(ctx context.Context, found []stored) error {
	found = slices.DeleteFunc(found, func(s stored) bool { return !v.opts.Sample.Has(s.digest) })
	var total, done uint64
	for _, s := range found {
		total += uint64(s.size)
	}
	var mu sync.Mutex // guards done and the progress callback
	var g errgroup.Group
	g.SetLimit(hashersAtOnce)
	for i := range found {
		g.Go(func() error {
			s := &found[i]
			s.err = v.rehashCounted(ctx, s, func(n int) {
				mu.Lock()
				defer mu.Unlock()
				done += uint64(n)
				v.progress("originals", done, total)
			})
			return ctx.Err()
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	for _, s := range found {
		if errors.Is(s.err, ErrNoOriginal) {
			continue // deleted meanwhile
		}
		if s.err != nil {
			v.fault(FaultOriginal, originalPath(s.digest), s.digest.String(), "%v", s.err)
		}
		v.report.Hashed++
		v.report.HashedBytes += s.size
	}
	return nil
}

func (v *verification) rehashCounted(ctx context.Context, s *stored, count func(n int)) error {
	h, err := v.openOriginal(s.digest)
	if err != nil {
		return err
	}
	defer h.Close()
	d, _, err := copyHashed(ctx, writerFunc(count), h, 0)
	if err == nil && d != s.digest {
		err = fmt.Errorf("%w: its bytes hash to %s", ErrDigest, d)
	}
	return err
}

// A writerFunc counts what is written.
type writerFunc func(n int)

func (w writerFunc) Write(b []byte) (int, error) {
	w(len(b))
	return len(b), nil
}

var _ io.Writer = writerFunc(nil)
