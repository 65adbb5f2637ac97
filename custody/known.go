package custody

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

// knownDir lies beside the signing key and holds what is remembered of each log: a file a log.
const knownDir = "known-logs"

// ErrReplaced reports a data folder in which another log lies than the one that was there before. [Verify] with the
// new log's key among TrustedKeys accepts it.
var ErrReplaced = errors.New("custody: another log lies in this data folder than before")

// A known log is what is remembered of a log outside its data folder, where nobody who rewrites the folder comes to:
// its key, from the first use on, and the newest checkpoint that was seen in each folder. docs/format/log.md has the bytes.
type known struct {
	LogKey string `json:"log_key"` // verifier key
	Seen   []seen `json:"seen"`    // by when a folder was first used, oldest first; at most maxPlaces
	Sum    string `json:"sum"`     // SHA-256 over the rest, in hex
}

// seen is what was seen of a log in one folder. A copy has a place of its own, since it may stay behind.
type seen struct {
	Folder string `json:"folder"`     // absolute path
	Note   string `json:"checkpoint"` // the newest there, the signed text; "" before the first
}

// maxPlaces is how many folders are remembered for one log: the desk's, and copies that were verified.
const maxPlaces = 32

func (k known) sum() string {
	h := sha256.New()
	fmt.Fprintf(h, "%d %s\n", len(k.LogKey), k.LogKey)
	for _, s := range k.Seen {
		fmt.Fprintf(h, "%d %s\n%d %s\n", len(s.Folder), s.Folder, len(s.Note), s.Note)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// place returns the index of a folder among those seen, -1 when the log was not seen there.
func (k known) place(folder string) int {
	return slices.IndexFunc(k.Seen, func(s seen) bool { return s.Folder == folder })
}

// checkpoint returns the newest checkpoint that was seen in a place; its size is 0 when there is none.
func (k known) checkpoint(at int) (Checkpoint, error) {
	if at < 0 || k.Seen[at].Note == "" {
		return Checkpoint{}, nil
	}
	return ParseCheckpoint([]byte(k.Seen[at].Note), k.LogKey)
}

// A memory is the folder of known logs; the zero memory remembers nothing.
type memory struct{ dir string }

// memoryBeside returns the memory that belongs to a signing key.
func memoryBeside(keyFile string) memory {
	if keyFile == "" {
		return memory{}
	}
	return memory{filepath.Join(filepath.Dir(keyFile), knownDir)}
}

// knownName is the file of a log, below the folder of the key.
func knownName(logKey string) string {
	sum := sha256.Sum256([]byte(logKey))
	return hex.EncodeToString(sum[:8]) + ".json"
}

// all reads what is remembered. A file that is not as it was written is an error that names it; the others are returned.
func (m memory) all() ([]known, error) {
	if m.dir == "" {
		return nil, nil
	}
	es, err := os.ReadDir(m.dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var list []known
	for _, e := range es {
		if strings.HasPrefix(e.Name(), ".") {
			continue // being written
		}
		k, kerr := m.read(e.Name())
		if kerr != nil {
			err = errors.Join(err, kerr)
			continue
		}
		list = append(list, k)
	}
	return list, err
}

func (m memory) read(name string) (known, error) {
	var k known
	b, err := os.ReadFile(filepath.Join(m.dir, name))
	if err != nil {
		return k, fmt.Errorf("read what is remembered of a log: %w", err)
	}
	if len(b) > maxPlaces*2*maxCheckpoint || json.Unmarshal(b, &k) != nil || k.Sum != k.sum() || knownName(k.LogKey) != name {
		return k, fmt.Errorf("%s/%s, which remembers a log, is not as it was written: %w", knownDir, name, ErrDamaged)
	}
	for i := range k.Seen {
		if _, err := k.checkpoint(i); err != nil {
			return k, fmt.Errorf("%s/%s: %w", knownDir, name, err)
		}
	}
	return k, nil
}

// of returns what is remembered of a log.
func (m memory) of(logKey string) (known, bool, error) {
	if m.dir == "" {
		return known{}, false, nil
	}
	k, err := m.read(knownName(logKey))
	if errors.Is(err, fs.ErrNotExist) {
		return known{}, false, nil
	}
	return k, err == nil, err
}

// at returns another log than logKey that is expected in a folder.
func (m memory) at(folder, logKey string) (known, bool, error) {
	list, err := m.all()
	i := slices.IndexFunc(list, func(k known) bool { return k.LogKey != logKey && k.place(folder) >= 0 })
	if i < 0 {
		return known{}, false, err
	}
	return list[i], true, err
}

// remember keeps that the log lies in folder and, if it is not behind what was seen there, its checkpoint. Other logs are no
// longer expected in the folder. A memory that cannot be written to is no error: then nothing is remembered.
func (m memory) remember(folder, logKey string, c Checkpoint) error {
	if m.dir == "" {
		return nil
	}
	err := m.note(folder, logKey, c)
	for err == nil {
		other, ok, _ := m.at(folder, logKey) // one that cannot be read is for Verify to name
		if !ok {
			break
		}
		other.Seen = slices.Delete(other.Seen, other.place(folder), other.place(folder)+1)
		err = m.write(other)
	}
	if errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS) {
		return nil
	}
	return err
}

func (m memory) note(folder, logKey string, c Checkpoint) error {
	k, _, err := m.of(logKey)
	if err != nil {
		return err
	}
	k.LogKey = logKey
	at := k.place(folder)
	was, err := k.checkpoint(at)
	switch {
	case err != nil:
		return err
	case at >= 0 && (c.Size < was.Size || string(c.Note) == k.Seen[at].Note):
		return nil
	case at >= 0:
		k.Seen[at].Note = string(c.Note)
	default:
		k.Seen = append(k.Seen, seen{folder, string(c.Note)})
		k.Seen = k.Seen[max(0, len(k.Seen)-maxPlaces):]
	}
	return m.write(k)
}

// forget drops what was seen of a log in a folder.
func (m memory) forget(folder, logKey string) error {
	k, ok, err := m.of(logKey)
	at := k.place(folder)
	if err != nil || !ok || at < 0 {
		return err
	}
	k.Seen = slices.Delete(k.Seen, at, at+1)
	return m.write(k)
}

// clear removes what cannot be read. It is made again at the next use, from what lies in the folders then.
func (m memory) clear() error {
	es, err := os.ReadDir(m.dir)
	for _, e := range es {
		if _, rerr := m.read(e.Name()); rerr != nil && !strings.HasPrefix(e.Name(), ".") {
			err = errors.Join(err, os.Remove(filepath.Join(m.dir, e.Name())))
		}
	}
	return err
}

func (m memory) write(k known) error {
	k.Sum = k.sum()
	b, err := json.Marshal(k)
	if err != nil {
		return err
	}
	if err := replacePrivate(filepath.Join(m.dir, knownName(k.LogKey)), append(b, '\n')); err != nil {
		return fmt.Errorf("remember the log: %w", err)
	}
	return nil
}

// rememberEvery is how often a writer that stays open brings the memory up to date: what a log may be set back by
// unseen after a kill.
const rememberEvery = 30 * time.Second

// keepInMind remembers the log and its newest checkpoint.
func (a *Archive) keepInMind() error {
	c, err := a.readCheckpoint(a.verifier)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	a.minded = time.Now()
	return memoryBeside(a.opts.KeyFile).remember(a.dir, a.logKey, c)
}

// Before returns the verifier key of the log that was known in this folder and of which nothing was left when this one was begun,
// and how many entries it had; "" when there was none. Whoever opened the folder should say so.
func (a *Archive) Before() (logKey string, entries uint64) {
	if a.before.LogKey == "" {
		return "", 0
	}
	c, err := a.before.checkpoint(a.before.place(a.dir))
	if err != nil {
		return a.before.LogKey, 0
	}
	return a.before.LogKey, c.Size
}

// checkPlace refuses a folder in which another log lies than before, and one that was set back behind what was seen in it.
func (a *Archive) checkPlace(ctx context.Context) error {
	m := memoryBeside(a.opts.KeyFile)
	// What is remembered of other logs and cannot be read is for Verify to name: it does not stop this one.
	if other, replaced, _ := m.at(a.dir, a.logKey); replaced && a.format == 0 {
		a.before = other // nothing of it is left here: said, and begun anew
	} else if replaced {
		return fmt.Errorf("%s held the log %s and now holds %s: %w", a.dir, other.LogKey, a.logKey, ErrReplaced)
	}
	k, ok, err := m.of(a.logKey)
	if err != nil || !ok {
		return err
	}
	c, err := k.checkpoint(k.place(a.dir))
	if err != nil {
		return err
	}
	return a.continues(ctx, c, a.size)
}
