package custody

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/go-logr/logr"
	"github.com/transparency-dev/tessera"
	"github.com/transparency-dev/tessera/storage/posix"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/sync/errgroup"
	"k8s.io/klog/v2"
)

const (
	// maxBatch is the most records that share one write of the log; the width of a tile, so that a full batch
	// rewrites each file once.
	maxBatch = 256
	// batchAge is how long Tessera waits for more entries. We gather batches ourselves and hand them over at
	// once.
	batchAge = 2 * time.Millisecond
	// checkpointInterval is the shortest that Tessera allows.
	checkpointInterval = 100 * time.Millisecond
	// publishPatience is how long we wait for a checkpoint: a hundred of Tessera's rounds.
	publishPatience = 10 * time.Second
	// writersAtOnce is how many record files of a batch are synced at the same time.
	writersAtOnce = 8
	// sweepEvery is how many entries may be added before outgrown tile files are removed: each batch leaves two
	// or three.
	sweepEvery = 16384
)

var (
	// ErrClosed reports a write to an archive that was closed.
	ErrClosed = errors.New("custody: the archive is closed")
	// ErrBroken reports that an earlier write to the log did not succeed, so that its state is uncertain. Close
	// the archive and open it again; what was acknowledged is safe.
	ErrBroken = errors.New("custody: an earlier write to the log did not succeed; open the archive again")
	// ErrUnsigned reports that no signed checkpoint covers the newest records yet. They are safe in the log;
	// the next open signs them.
	ErrUnsigned = errors.New("custody: the newest records are not covered by a signed checkpoint yet")
)

// Options say how to open an archive. The zero Options are right for a user's own archive.
type Options struct {
	KeyFile     string           // private key; DefaultKeyFile when empty. Made on first use
	MaxOriginal int64            // bytes; larger sources are refused. 0: no limit
	Now         func() time.Time // the clock; the system's when nil
	Random      io.Reader        // salts and keys; crypto/rand when nil
}

// An Archive is one data folder. Its methods are safe for concurrent use.
type Archive struct {
	*folder
	opts     Options
	readOnly bool
	verifier note.Verifier
	logKey   string // verifier in text form
	tags     []byte // secret of the actors' tags
	format   int    // of the folder, as beleg.json had it; 0 when it was made just now
	before   known  // the log that was known here and is gone

	lockFile *os.File
	add      tessera.AddFn
	stop     context.CancelFunc // ends Tessera's goroutines

	sendMu sync.RWMutex // guards queue against a send after its close
	closed bool         // guarded by sendMu
	queue  chan *pending
	done   chan struct{} // closed when the committer has ended

	// The committer alone uses these until done is closed.
	broken error
	last   time.Time // of the newest record
	opened uint64    // log size when opened
	swept  uint64    // log size at the last sweep
	minded time.Time // when the log was remembered last

	sizeMu sync.Mutex
	size   uint64 // guarded by sizeMu: entries acknowledged
}

// A pending record waits to be committed.
type pending struct {
	record   Record
	file     []byte // its bytes in the archive
	commit   Digest // its commitment
	receipt  Receipt
	err      error
	answered chan struct{} // closed once receipt and err are set
}

// A Receipt says where an acknowledged record is.
type Receipt struct {
	Index         uint64 // position in the log
	Commitment    Digest // the log's entry
	Time          time.Time
	ClockBackFrom time.Time // see Record
}

// Open opens the archive in dir for writing, or makes one there. It takes the folder's lock (ErrLocked when
// another process has it) and the signing key (ErrKey). It refuses a folder of a newer version (ErrNewer) and
// one that contradicts itself (ErrDamaged). Close it.
func Open(ctx context.Context, dir string, opts Options) (_ *Archive, err error) {
	if opts.KeyFile == "" {
		if opts.KeyFile, err = DefaultKeyFile(); err != nil {
			return nil, err
		}
	}
	if opts.Random == nil {
		opts.Random = rand.Reader
	}
	if err := keyOutside(opts.KeyFile, dir); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make data folder: %w", err)
	}
	f, err := openFolder(dir)
	if err != nil {
		return nil, err
	}
	a := &Archive{folder: f, opts: opts}
	if err := a.start(ctx); err != nil {
		a.release()
		return nil, fmt.Errorf("open archive: %w", err)
	}
	return a, nil
}

// keyOutside refuses a key inside the data folder, where whoever can rewrite the log could sign what they
// wrote.
func keyOutside(file, dir string) error {
	file, err := filepath.Abs(file)
	if err != nil {
		return err
	}
	dir, err = filepath.Abs(dir)
	if err != nil {
		return err
	}
	if rel, err := filepath.Rel(dir, file); err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator)) {
		return fmt.Errorf("signing key %s lies inside the data folder %s: move it out: %w", file, dir, ErrKey)
	}
	return nil
}

// start takes an opened folder to a running archive, in the order that makes each step safe to be killed in.
func (a *Archive) start(ctx context.Context) error {
	var err error
	if a.lockFile, err = a.lock(); err != nil {
		return err
	}
	key, err := a.loadKey()
	if err != nil {
		return err
	}
	a.tags = tagSecret(key.Seed())
	signer, err := signerFor(a.verifier.Name(), key)
	if err != nil {
		return err
	}
	for _, dir := range []string{originalsTemp, logTemp, recordsDir, historyDir, treeDir} {
		if err := a.ensureDir(dir); err != nil {
			return err
		}
	}
	for _, dir := range []string{originalsTemp, logTemp, versionTemp} {
		if err := a.clear(dir); err != nil {
			return err
		}
	}
	a.root.Remove(versionTemp)
	if err := a.checkLog(ctx); err != nil {
		return err
	}
	if err := a.checkPlace(ctx); err != nil {
		return err
	}
	if err := a.upgrade(); err != nil {
		return err
	}
	if err := a.startLog(ctx, signer); err != nil {
		return err
	}
	if err := a.keepInMind(); err != nil {
		return err
	}
	if err := a.lastTime(ctx); err != nil {
		return err
	}
	if err := a.finishDeletions(ctx); err != nil {
		return err
	}
	if err := a.finishErasures(ctx); err != nil {
		return err
	}
	a.queue = make(chan *pending, maxBatch)
	a.done = make(chan struct{})
	go a.committer()
	return nil
}

// loadKey reads beleg.json and the key that belongs to it, or makes both for a new folder.
func (a *Archive) loadKey() (ed25519.PrivateKey, error) {
	v, err := a.readVersion()
	if errors.Is(err, ErrNoArchive) {
		return a.create()
	}
	if err != nil {
		return nil, err
	}
	if err := a.setVerifier(v.LogKey); err != nil {
		return nil, err
	}
	a.format = v.Format
	k, err := readKey(a.opts.KeyFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("the key that signs this log is not at %s: put it back, or set BELEG_KEY to where it is: %w", a.opts.KeyFile, ErrKey)
	}
	if err != nil {
		return nil, err
	}
	if verifierText(a.verifier.Name(), k) != v.LogKey {
		return nil, fmt.Errorf("%s is not the key that signs this log (%s): set BELEG_KEY to where that is: %w", a.opts.KeyFile, v.LogKey, ErrKey)
	}
	return k, nil
}

// upgrade raises the version of a folder that an older program made, before the first record that it could not read.
func (a *Archive) upgrade() error {
	if a.format == 0 || a.format >= Format { // 0: made just now
		return nil
	}
	if err := a.replace(versionFile, logTemp, version{Format: Format, LogKey: a.logKey}.bytes(), 0o444); err != nil {
		return fmt.Errorf("raise the version of the folder: %w", err)
	}
	return nil
}

// originPrefix begins the name of every log.
const originPrefix = "beleg.log/"

// create writes beleg.json for a new log of a random name, after the key is safe.
func (a *Archive) create() (ed25519.PrivateKey, error) {
	key, err := readKey(a.opts.KeyFile)
	if errors.Is(err, fs.ErrNotExist) {
		key, err = createKey(a.opts.KeyFile, a.opts.Random)
	}
	if err != nil {
		return nil, err
	}
	var name [8]byte
	if _, err := io.ReadFull(a.opts.Random, name[:]); err != nil {
		return nil, fmt.Errorf("name the log: %w", err)
	}
	v := version{Format: Format, LogKey: verifierText(fmt.Sprintf("%s%x", originPrefix, name), key)}
	if err := a.setVerifier(v.LogKey); err != nil {
		return nil, err
	}
	if err := a.ensureDir(versionTemp); err != nil {
		return nil, err
	}
	if err := a.writeOnce(versionFile, versionTemp, v.bytes()); err != nil {
		return nil, fmt.Errorf("write %s: %w", versionFile, err)
	}
	if err := a.syncDir("."); err != nil {
		return nil, err
	}
	return key, syncPath(filepath.Dir(a.dir))
}

func (a *Archive) setVerifier(logKey string) (err error) {
	a.logKey = logKey
	if a.verifier, err = parseVerifier(logKey); err != nil {
		return fmt.Errorf("%s: %w: %w", versionFile, err, ErrDamaged)
	}
	return nil
}

// checkLog refuses to extend a log that contradicts itself, and tidies up after a kill. Above all Tessera must
// not find a log without its state: it would begin a new one over it.
func (a *Archive) checkLog(ctx context.Context) error {
	s, err := a.readState()
	if errors.Is(err, fs.ErrNotExist) {
		if had, err := a.hadLog(); err != nil || had != "" {
			return errors.Join(err, fmt.Errorf("%s is missing, but %s is there: the log was removed: %w", stateFile, had, ErrDamaged))
		}
		return a.sweep(0, true)
	}
	if err != nil {
		return err
	}
	root, err := a.rootAt(ctx, s.Size)
	if err != nil {
		return fmt.Errorf("read the log's tiles: %w: %w", err, ErrDamaged)
	}
	if !bytes.Equal(root[:], s.Root) {
		return fmt.Errorf("the log's tiles do not hash to the root in %s: %w", stateFile, ErrDamaged)
	}
	if err := a.checkSigned(ctx, s.Size); err != nil {
		return err
	}
	a.size, a.opened, a.swept = s.Size, s.Size, s.Size
	if a.exists(historyPath(Checkpoint{Size: s.Size, Root: root})) {
		return nil // the last writer closed in good order: nothing to tidy
	}
	return a.sweep(s.Size, true)
}

// hadLog returns the name of something that only a folder with a log has, "" when there is nothing of the kind.
func (f *folder) hadLog() (string, error) {
	for _, name := range []string{checkpointFile, treeDir + "/tile"} {
		if f.exists(name) {
			return name, nil
		}
	}
	for _, dir := range []string{historyDir, recordsDir, originalsDir} {
		name, err := f.anyFile(dir)
		if err != nil || name != "" {
			return name, err
		}
	}
	return "", nil
}

// anyFile returns the name of a file below dir, "" when there is none. What was being written when a process was killed
// does not count.
func (f *folder) anyFile(dir string) (found string, err error) {
	err = fs.WalkDir(f.root.FS(), dir, func(name string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case name == originalsTemp || name == deletionsDir:
			return fs.SkipDir
		case !e.IsDir():
			found = name
			return fs.SkipAll
		}
		return nil
	})
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	return found, err
}

// checkSigned compares the newest published and the newest kept checkpoint with the tiles.
func (a *Archive) checkSigned(ctx context.Context, size uint64) error {
	var cs []Checkpoint
	c, err := a.readCheckpoint(a.verifier)
	if err != nil && !(errors.Is(err, fs.ErrNotExist) && size == 0) {
		return fmt.Errorf("%w: %w", err, ErrDamaged)
	}
	if err == nil {
		cs = append(cs, c)
	}
	es, err := a.list(historyDir)
	if err != nil {
		return err
	}
	if len(es) > 0 {
		if c, err = a.readCheckpointFile(path.Join(historyDir, es[len(es)-1].Name()), a.verifier); err != nil {
			return fmt.Errorf("%w: %w", err, ErrDamaged)
		}
		cs = append(cs, c)
	}
	for _, c := range cs {
		if err := a.continues(ctx, c, size); err != nil {
			return err
		}
	}
	return nil
}

// Continues reports whether the log, as it is now, goes on from a signed checkpoint of it, whoever kept that. The
// error wraps ErrDamaged when the log was set back behind it or is not the one that was signed.
func (a *Archive) Continues(ctx context.Context, c Checkpoint) error {
	size, err := a.Len()
	if err != nil {
		return err
	}
	return a.continues(ctx, c, size)
}

func (f *folder) continues(ctx context.Context, c Checkpoint, size uint64) error {
	if c.Size > size {
		return fmt.Errorf("the log has %d entries, but a signed checkpoint has %d: it was set back: %w", size, c.Size, ErrDamaged)
	}
	if c.Size == 0 {
		return nil
	}
	root, err := f.rootAt(ctx, c.Size)
	if err != nil || root != c.Root {
		return fmt.Errorf("the log's first %d entries are not those of the signed checkpoint: %w", c.Size, ErrDamaged)
	}
	return nil
}

// quietTessera keeps Tessera's log lines, which are for operators of servers, off the user's terminal.
var quietTessera = sync.OnceFunc(func() { klog.SetLogger(logr.Discard()) })

func (a *Archive) startLog(ctx context.Context, signer note.Signer) error {
	quietTessera()
	driver, err := posix.New(ctx, posix.Config{Path: filepath.Join(a.dir, filepath.FromSlash(treeDir))})
	if err != nil {
		return err
	}
	// Tessera's goroutines live until Close, not until the caller's context ends.
	run, stop := context.WithCancel(context.WithoutCancel(ctx))
	a.stop = stop
	appender, _, _, err := tessera.NewAppender(run, driver, tessera.NewAppendOptions().
		WithCheckpointSigner(signer).
		WithBatching(maxBatch, batchAge).
		WithCheckpointInterval(checkpointInterval).
		WithCheckpointRepublishInterval(0).
		WithGarbageCollectionInterval(0)) // sweep does it
	if err != nil {
		return err
	}
	a.add = appender.Add
	// A folder without any checkpoint counts as damaged once there are entries, so have one before the first.
	_, err = a.awaitCheckpoint(ctx, 0)
	return err
}

// room says whether a file of the size of a tile can be written.
func (a *Archive) room() error {
	h, tmp, err := a.tempFile(logTemp)
	if err != nil {
		return err
	}
	_, err = h.Write(make([]byte, width*len(Digest{})))
	h.Close()
	return errors.Join(err, a.root.Remove(tmp))
}

// awaitCheckpoint waits until a published checkpoint covers size entries.
func (a *Archive) awaitCheckpoint(ctx context.Context, size uint64) (Checkpoint, error) {
	deadline := time.Now().Add(publishPatience)
	for {
		c, err := a.readCheckpoint(a.verifier)
		if err == nil && c.Size >= size {
			return c, nil
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return Checkpoint{}, err
		}
		if a.readOnly || time.Now().After(deadline) {
			err = ErrUnsigned
			if !a.readOnly {
				err = errors.Join(err, a.room()) // Tessera tries again and again, and does not say what stops it
			}
			return Checkpoint{}, fmt.Errorf("checkpoint covers %d of %d entries: %w", c.Size, size, err)
		}
		a.unstick()
		select {
		case <-ctx.Done():
			return Checkpoint{}, ctx.Err()
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// unstick helps Tessera over a clock that went back: it publishes nothing while the checkpoint's modification
// time is in the future. The time of that file says nothing to anyone else.
func (a *Archive) unstick() {
	st, err := a.root.Stat(checkpointFile)
	if now := time.Now(); err == nil && st.ModTime().After(now) {
		a.root.Chtimes(checkpointFile, now, now.Add(-time.Second))
	}
}

// lastTime learns the newest record's time, against which the clock is checked.
func (a *Archive) lastTime(ctx context.Context) error {
	for at := a.size; at > 0; at-- { // past damaged records, which verify names
		for r, err := range a.Records(ctx, at-1) {
			if err == nil {
				a.last = r.Time
				return nil
			}
			break
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	return nil
}

// OpenReadOnly opens the archive in dir for reading, beside a writer if there is one. It changes nothing and
// needs no key. Close it.
func OpenReadOnly(_ context.Context, dir string) (*Archive, error) {
	f, err := openFolder(dir)
	if err != nil {
		return nil, err
	}
	a := &Archive{folder: f, readOnly: true}
	v, err := f.readVersion()
	if err == nil {
		err = a.setVerifier(v.LogKey)
	}
	if err != nil {
		a.release()
		return nil, fmt.Errorf("open archive: %w", err)
	}
	return a, nil
}

// Close waits for what was handed in, has the log signed, keeps the checkpoint and gives the folder free. An
// error means that the newest records may not be signed yet (ErrUnsigned) or the checkpoint not kept; records
// that were acknowledged are safe in any case.
func (a *Archive) Close() error {
	if a.readOnly {
		return a.release()
	}
	a.sendMu.Lock()
	if a.closed {
		a.sendMu.Unlock()
		return nil
	}
	a.closed = true
	close(a.queue)
	a.sendMu.Unlock()
	<-a.done
	err := a.finish()
	if rerr := a.release(); err == nil {
		err = rerr
	}
	if err != nil {
		return fmt.Errorf("close archive: %w", err)
	}
	return nil
}

func (a *Archive) finish() error {
	if a.broken != nil {
		return nil // its cause was returned to whoever wrote; the next open tidies up
	}
	c, err := a.awaitCheckpoint(context.Background(), a.size)
	if err != nil || c.Size == 0 {
		return err
	}
	if a.size != a.opened {
		if err := a.sweep(a.size, false); err != nil {
			return err
		}
	}
	if err := a.keepInMind(); err != nil {
		return err
	}
	// Last: the presence of this checkpoint tells the next open that all is tidy.
	return a.keepCheckpoint(c)
}

func (a *Archive) release() error {
	if a.stop != nil {
		a.stop()
	}
	err := a.root.Close()
	if a.lockFile != nil {
		if lerr := a.lockFile.Close(); err == nil {
			err = lerr
		}
	}
	return err
}

// SaveCheckpoint has everything acknowledged so far signed and kept in the history, and returns that
// checkpoint.
func (a *Archive) SaveCheckpoint(ctx context.Context) (Checkpoint, error) {
	if a.readOnly {
		return Checkpoint{}, ErrReadOnly
	}
	n, err := a.Len()
	var c Checkpoint
	if err == nil {
		c, err = a.awaitCheckpoint(ctx, n)
	}
	if err == nil {
		err = a.keepCheckpoint(c)
	}
	if err == nil {
		err = a.keepInMind()
	}
	if err != nil {
		return Checkpoint{}, fmt.Errorf("save checkpoint: %w", err)
	}
	return c, nil
}

// Len returns the number of acknowledged records; for a reader, how many the log holds now.
func (a *Archive) Len() (uint64, error) {
	if !a.readOnly {
		a.sizeMu.Lock()
		defer a.sizeMu.Unlock()
		return a.size, nil
	}
	s, err := a.readState()
	if errors.Is(err, fs.ErrNotExist) && !a.exists(checkpointFile) {
		return 0, nil // a writer is making the archive
	}
	return s.Size, err
}

// LogKey returns the verifier key of this log, by which others check its checkpoints and proofs.
func (a *Archive) LogKey() string { return a.logKey }

// Record logs r and returns when it is durable: from then on it is acknowledged. An intake is refused with
// ErrNoOriginal when its original is not in the archive. When ctx ends first the record may or may not be
// logged later.
func (a *Archive) Record(ctx context.Context, r Record) (Receipt, error) {
	return a.RecordAsync(ctx, r)(ctx)
}

// RecordAsync is Record in two halves: it hands r in and returns a function that waits for the answer. Many
// records handed in before the first wait share the cost of making them durable. Records of one goroutine are
// logged in the order they were handed in.
func (a *Archive) RecordAsync(ctx context.Context, r Record) func(context.Context) (Receipt, error) {
	if r.Kind == KindDeletion {
		return refuse(fmt.Errorf("record deletion: use Delete: %w", ErrRecord))
	}
	if r.Kind == KindLoss || r.Kind == KindErasure || r.Kind == KindStamp {
		return refuse(fmt.Errorf("record %s: only Repair, Erase and KeepStamp do: %w", r.Kind, ErrRecord))
	}
	return a.submit(ctx, r)
}

func refuse(err error) func(context.Context) (Receipt, error) {
	return func(context.Context) (Receipt, error) { return Receipt{}, err }
}

func (a *Archive) submit(ctx context.Context, r Record) func(context.Context) (Receipt, error) {
	if a.readOnly {
		return refuse(ErrReadOnly)
	}
	r.Index, r.Time, r.Clock, r.ClockBackFrom, r.Salt = 0, time.Time{}, Clock{}, time.Time{}, [saltSize]byte{}
	if err := r.check(); err != nil {
		return refuse(fmt.Errorf("record %s: %w", r.Kind, err))
	}
	p := &pending{record: r, answered: make(chan struct{})}
	if err := a.send(ctx, p); err != nil {
		return refuse(fmt.Errorf("record %s: %w", r.Kind, err))
	}
	return func(ctx context.Context) (Receipt, error) {
		select {
		case <-p.answered:
		case <-ctx.Done():
			return Receipt{}, fmt.Errorf("record %s: %w", r.Kind, ctx.Err())
		}
		if p.err != nil {
			return Receipt{}, fmt.Errorf("record %s: %w", r.Kind, p.err)
		}
		return p.receipt, nil
	}
}

func (a *Archive) send(ctx context.Context, p *pending) error {
	a.sendMu.RLock()
	defer a.sendMu.RUnlock()
	if a.closed {
		return ErrClosed
	}
	select {
	case a.queue <- p:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// committer commits what is handed in, as many records at a time as are waiting.
func (a *Archive) committer() {
	defer close(a.done)
	for p := range a.queue {
		a.commit(a.gather(p))
	}
}

// gather adds to p what else is waiting. A deletion ends a batch: records after it must see that the original
// is gone.
func (a *Archive) gather(p *pending) []*pending {
	batch := []*pending{p}
	for len(batch) < maxBatch && batch[len(batch)-1].record.Kind != KindDeletion {
		select {
		case p, ok := <-a.queue:
			if !ok {
				return batch
			}
			batch = append(batch, p)
		default:
			return batch
		}
	}
	return batch
}

// commit makes a batch durable and answers: first the records' files, then the log's entries.
func (a *Archive) commit(batch []*pending) {
	var ready []*pending
	before := a.last
	for _, p := range batch {
		if p.err = a.prepare(p); p.err == nil {
			ready = append(ready, p)
		}
	}
	if err := a.store(ready); err != nil {
		for _, p := range ready {
			p.err = err
		}
		a.last = before
	}
	for _, p := range batch {
		close(p.answered)
	}
}

func (a *Archive) store(ready []*pending) error {
	if len(ready) == 0 {
		return nil
	}
	if err := a.writeRecords(ready); err != nil {
		return err
	}
	if err := a.sequence(ready); err != nil {
		a.broken = err
		return err
	}
	a.sizeMu.Lock()
	a.size += uint64(len(ready))
	a.sizeMu.Unlock()
	a.tidy(ready[len(ready)-1])
	return nil
}

// prepare gives the record its time and salt, and its file. The clock may have gone back: then both times are
// kept.
func (a *Archive) prepare(p *pending) error {
	if a.broken != nil {
		return fmt.Errorf("%w: %w", ErrBroken, a.broken)
	}
	r := &p.record
	if r.Kind == KindIntake && !a.exists(originalPath(r.Original)) {
		return fmt.Errorf("%s: %w", r.Original, ErrNoOriginal)
	}
	now, clock := a.now()
	if y := now.Year(); y < 0 || y > 9999 {
		return fmt.Errorf("the clock says %s: %w", now, ErrRecord)
	}
	r.Version, r.Time, r.Clock, r.ActorTag = 2, now, clock, actorTag(a.tags, r.Actor)
	if now.Before(a.last) {
		r.ClockBackFrom = a.last
	}
	if _, err := io.ReadFull(a.opts.Random, r.Salt[:]); err != nil {
		return fmt.Errorf("make salt: %w", err)
	}
	var err error
	if err := r.disclose(a.opts.Random); err != nil {
		return err
	}
	if p.file, err = r.bytes(); err != nil {
		return err
	}
	p.commit = commitment(p.file)
	a.last = now
	return nil
}

func (a *Archive) now() (time.Time, Clock) {
	if a.opts.Now != nil {
		return a.opts.Now().UTC().Truncate(time.Microsecond), Clock{Source: "given"}
	}
	return time.Now().UTC().Truncate(time.Microsecond), systemClock()
}

// writeRecords makes the files of a batch durable, in the directories of the entries they will be. On an error
// it takes back what it wrote.
func (a *Archive) writeRecords(ready []*pending) error {
	names := make([]string, len(ready))
	var g errgroup.Group
	g.SetLimit(writersAtOnce)
	dirs := []string{}
	for i, p := range ready {
		names[i] = recordPath(a.size+uint64(i), p.commit)
		if dir := path.Dir(names[i]); len(dirs) == 0 || dirs[len(dirs)-1] != dir {
			if err := a.ensureDir(dir); err != nil {
				return err
			}
			dirs = append(dirs, dir)
		}
	}
	for i, p := range ready {
		g.Go(func() error { return a.writeOnce(names[i], logTemp, p.file) })
	}
	err := g.Wait()
	for _, dir := range dirs {
		if err == nil {
			err = a.syncDir(dir)
		}
	}
	if err != nil {
		for _, name := range names {
			a.root.Remove(name) // what stays is reported as unacknowledged
		}
		return fmt.Errorf("write record: %w", err)
	}
	return nil
}

// sequence adds the commitments to the log and returns when they are part of its tree on disk.
func (a *Archive) sequence(ready []*pending) error {
	waits := make([]tessera.IndexFuture, len(ready))
	for i, p := range ready {
		waits[i] = a.add(context.Background(), tessera.NewEntry(p.commit[:]))
	}
	var failed error
	for i, wait := range waits {
		at, err := wait()
		want := a.size + uint64(i)
		if err == nil && at.Index != want {
			err = fmt.Errorf("entry came to position %d, not %d: %w", at.Index, want, ErrDamaged)
		}
		if err != nil && failed == nil {
			failed = fmt.Errorf("add to log: %w", withErrno(err))
		}
		p := ready[i]
		p.receipt = Receipt{Index: want, Commitment: p.commit, Time: p.record.Time, ClockBackFrom: p.record.ClockBackFrom}
	}
	return failed
}

// withErrno adds to an error of the log what the disk said: Tessera keeps only the words of some errors below its own.
func withErrno(err error) error {
	for _, errno := range []syscall.Errno{syscall.ENOSPC, syscall.EDQUOT, syscall.EFBIG, syscall.EROFS} {
		if !errors.Is(err, errno) && strings.HasSuffix(err.Error(), errno.Error()) {
			return saidBy{err, errno}
		}
	}
	return err
}

// saidBy is an error that reads as before and is also its errno.
type saidBy struct {
	error
	errno syscall.Errno
}

func (e saidBy) Unwrap() []error { return []error{e.error, e.errno} }

// tidy does what a committed batch leaves to do: carry out a deletion, remove outgrown tiles.
func (a *Archive) tidy(last *pending) {
	if last.record.Kind == KindDeletion {
		// An error here is the deletion's own: its batch has no later record, and earlier ones stay
		// acknowledged.
		last.err = a.carryOut(last.record.Original)
	}
	if time.Since(a.minded) >= rememberEvery {
		// An error here says that the newest entries are not remembered yet; Close tries again and tells.
		_ = a.keepInMind()
	}
	if a.size-a.swept >= sweepEvery && a.sweep(a.size, false) == nil {
		a.swept = a.size // else try again after the next batch
	}
}

// Records yields the acknowledged records from index from on, in log order. One that cannot be read, or is not
// the one the log commits to, is yielded as an error with its Index set; the iteration can go on after it.
func (a *Archive) Records(ctx context.Context, from uint64) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		size, err := a.Len()
		if err != nil {
			yield(Record{Index: from}, fmt.Errorf("read records: %w", err))
			return
		}
		var bundle []byte
		for i := from; i < size; i++ {
			if cerr := ctx.Err(); cerr != nil {
				yield(Record{Index: i}, cerr)
				return
			}
			if i == from || i%width == 0 {
				bundle, _, err = a.readTile(entries, i/width, partial(entries, i/width, size))
			}
			r := Record{Index: i}
			rerr := err
			if rerr == nil {
				r, _, rerr = a.recordAt(i, bundle)
			}
			if rerr != nil {
				rerr = fmt.Errorf("read record %d: %w", i, rerr)
			}
			if !yield(r, rerr) {
				return
			}
		}
	}
}

// recordAt reads record i, whose commitment is in bundle, and its bytes.
func (f *folder) recordAt(i uint64, bundle []byte) (Record, []byte, error) {
	c, ok := entryAt(bundle, int(i%width))
	if !ok {
		return Record{Index: i}, nil, fmt.Errorf("entry is not a commitment: %w", ErrDamaged)
	}
	b, err := f.read(recordPath(i, c), maxRecord)
	if err != nil {
		return Record{Index: i}, nil, err
	}
	if commitment(b) != c {
		return Record{Index: i}, nil, fmt.Errorf("%s: %w", recordPath(i, c), ErrDigest)
	}
	r, err := ParseRecord(b)
	r.Index = i
	return r, b, err
}
