package custody

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/transparency-dev/formats/log"
	"golang.org/x/mod/sumdb/note"
)

// ErrCheckpoint reports a checkpoint that is malformed or not signed by the log's key.
var ErrCheckpoint = errors.New("custody: not a valid checkpoint")

// A Checkpoint is the signed statement "this log had Size entries, and they hash to Root".
type Checkpoint struct {
	Origin string // the log's name
	Size   uint64 // entries
	Root   Digest // of the Merkle tree over them, RFC 6962
	Note   []byte // the signed text itself: hand it to others, so that nobody can rewrite the log unseen
}

// ParseCheckpoint reads a checkpoint signed by the key that verifier names. Signatures of others may stand beside
// that; they are kept and not judged.
func ParseCheckpoint(b []byte, verifier string) (Checkpoint, error) {
	v, err := parseVerifier(verifier)
	if err != nil {
		return Checkpoint{}, err
	}
	return parseCheckpoint(b, v)
}

func parseCheckpoint(b []byte, v note.Verifier) (Checkpoint, error) {
	if len(b) > maxCheckpoint {
		return Checkpoint{}, fmt.Errorf("%d bytes are more than %d: %w", len(b), maxCheckpoint, ErrCheckpoint)
	}
	c, rest, n, err := log.ParseCheckpoint(b, v.Name(), v)
	if err != nil {
		return Checkpoint{}, fmt.Errorf("%w: %w", err, ErrCheckpoint)
	}
	if len(rest) > 0 || len(c.Hash) != hashSize || c.Size > maxTreeEntries {
		return Checkpoint{}, fmt.Errorf("not the three lines of origin, size and root: %w", ErrCheckpoint)
	}
	if n.Text != string(c.Marshal()) || !strictSignatures(b[len(n.Text):]) {
		return Checkpoint{}, fmt.Errorf("not as it was written: %w", ErrCheckpoint)
	}
	return Checkpoint{Origin: c.Origin, Size: c.Size, Root: Digest(c.Hash), Note: bytes.Clone(b)}, nil
}

// strictSignatures reports whether what follows a note's text is an empty line and signature lines in their one form, no line
// twice. The library's reader overlooks spare bits in base64 digits; this does not. Lines of other keys, as of
// witnesses, may stand there.
func strictSignatures(b []byte) bool {
	lines, ok := bytes.CutPrefix(b, []byte("\n"))
	seen := map[string]bool{}
	for ok && len(lines) > 0 {
		var line []byte
		if line, lines, ok = bytes.Cut(lines, []byte("\n")); !ok || seen[string(line)] {
			return false
		}
		seen[string(line)] = true
		parts := bytes.Split(line, []byte(" "))
		if len(parts) != 3 || string(parts[0]) != "\u2014" {
			return false
		}
		raw, err := base64.StdEncoding.Strict().DecodeString(string(parts[2]))
		if err != nil || base64.StdEncoding.EncodeToString(raw) != string(parts[2]) {
			return false
		}
	}
	return ok && len(seen) > 0
}

// readCheckpoint reads the newest published checkpoint; fs.ErrNotExist when there is none.
func (f *folder) readCheckpoint(v note.Verifier) (Checkpoint, error) {
	return f.readCheckpointFile(checkpointFile, v)
}

func (f *folder) readCheckpointFile(name string, v note.Verifier) (Checkpoint, error) {
	b, err := f.read(name, maxCheckpoint)
	if err != nil {
		return Checkpoint{}, fmt.Errorf("read %s: %w", name, err)
	}
	c, err := parseCheckpoint(b, v)
	if err != nil {
		return Checkpoint{}, fmt.Errorf("read %s: %w", name, err)
	}
	return c, nil
}

// historyPath is where a checkpoint is kept for good. Names sort by size.
func historyPath(c Checkpoint) string {
	return path.Join(historyDir, fmt.Sprintf("%015d-%s.note", c.Size, hex.EncodeToString(c.Root[:8])))
}

// keepCheckpoint saves c in the history, once.
func (f *folder) keepCheckpoint(c Checkpoint) error {
	name := historyPath(c)
	if err := f.ensureDir(historyDir); err != nil {
		return err
	}
	if err := f.writeOnce(name, logTemp, c.Note); err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("keep checkpoint %s: %w", name, err)
	}
	return f.syncDir(historyDir)
}

// Checkpoints returns the kept checkpoints, smallest first. One that cannot be read or whose signature is wrong
// ends the list with an error.
func (a *Archive) Checkpoints() ([]Checkpoint, error) {
	es, err := a.list(historyDir)
	if err != nil {
		return nil, fmt.Errorf("list checkpoints: %w", err)
	}
	var cs []Checkpoint
	for _, e := range es {
		if !strings.HasSuffix(e.Name(), ".note") {
			continue
		}
		c, err := a.readCheckpointFile(path.Join(historyDir, e.Name()), a.verifier)
		if err != nil {
			return cs, err
		}
		cs = append(cs, c)
	}
	return cs, nil
}

// NewestCheckpoint returns the checkpoint that was signed last. It may not cover records of the last fraction
// of a second; SaveCheckpoint does.
func (a *Archive) NewestCheckpoint() (Checkpoint, error) { return a.readCheckpoint(a.verifier) }
