package custody

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	fnote "github.com/transparency-dev/formats/note"
	"github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"
	"github.com/transparency-dev/tessera/client"
	"golang.org/x/mod/sumdb/note"
)

var (
	// ErrFork reports a log that is not the one a witness saw before: it was rewritten, or went on in two ways. Both checkpoints
	// are kept.
	ErrFork = errors.New("custody: the log is not the one that was seen before")
	// ErrStale reports a request that does not begin where the witness left off; the message says where that is.
	ErrStale = errors.New("custody: the request does not begin where the witness left off")
)

// witnessedDir lies beside a witness's key: what it saw of the logs of others.
const witnessedDir = "witnessed"

// WitnessRequest is what a witness needs: the newest checkpoint, and the proof that the log it saw with old entries goes on in
// it. The form is the body of C2SP tlog-witness's add-checkpoint.
func (a *Archive) WitnessRequest(ctx context.Context, old uint64) ([]byte, error) {
	c, err := a.NewestCheckpoint()
	if err != nil {
		return nil, fmt.Errorf("ask a witness: %w", err)
	}
	if old > c.Size {
		return nil, fmt.Errorf("ask a witness: the log has %d entries, the witness saw %d: %w", c.Size, old, ErrDamaged)
	}
	out := fmt.Appendf(nil, "old %d\n", old)
	if old > 0 && old < c.Size {
		b, err := client.NewProofBuilder(ctx, c.Size, a.fetchTile)
		if err != nil {
			return nil, fmt.Errorf("ask a witness: %w", err)
		}
		hashes, err := b.ConsistencyProof(ctx, old, c.Size)
		if err != nil {
			return nil, fmt.Errorf("ask a witness: %w", err)
		}
		for _, h := range hashes {
			out = append(out, base64.StdEncoding.EncodeToString(h)+"\n"...)
		}
	}
	return append(append(out, '\n'), c.Note...), nil
}

// A request to a witness, read.
type witnessRequest struct {
	old    uint64
	hashes [][]byte
	note   []byte
}

// parseWitnessRequest reads a request; a bare checkpoint counts as one from a log that was never seen.
func parseWitnessRequest(b []byte) (r witnessRequest, err error) {
	if len(b) > 2*maxCheckpoint {
		return r, fmt.Errorf("%d bytes are more than %d: %w", len(b), 2*maxCheckpoint, ErrCheckpoint)
	}
	first, ok := bytes.CutPrefix(b, []byte("old "))
	if !ok {
		return witnessRequest{note: b}, nil
	}
	head, note, ok := bytes.Cut(first, []byte("\n\n"))
	lines := strings.Split(string(head), "\n")
	if r.old, err = strconv.ParseUint(lines[0], 10, 63); err != nil || !ok || len(lines) > maxPath+2 {
		return r, fmt.Errorf("not a request to a witness: %w", ErrCheckpoint)
	}
	for _, line := range lines[1:] {
		h, err := base64.StdEncoding.Strict().DecodeString(line)
		if err != nil || len(h) != hashSize {
			return r, fmt.Errorf("a hash of the request is malformed: %w", ErrCheckpoint)
		}
		r.hashes = append(r.hashes, h)
	}
	r.note = note
	return r, nil
}

// A Witness sees the checkpoints of other desks' logs and signs those that go on from what it saw before.
type Witness struct {
	dir  string // of what it saw
	skey string
	key  string
}

// witnessed is what a witness keeps of a log.
type witnessed struct {
	LogKey string   `json:"log_key"`
	Note   string   `json:"checkpoint"`
	Forks  []string `json:"forks,omitempty"` // signed checkpoints that do not go on from it: evidence
}

// OpenWitness makes a witness of a signing key, which is made on first use. Its name is made of the key.
func OpenWitness(keyFile string, opts Options) (*Witness, error) {
	key, err := readKey(keyFile)
	if errors.Is(err, fs.ErrNotExist) {
		if opts.Random == nil {
			return nil, err
		}
		key, err = createKey(keyFile, opts.Random)
	}
	if err != nil {
		return nil, err
	}
	name := "beleg.witness/" + keyHash("beleg.witness", key)
	vkey, err := fnote.VKeyToCosignatureV1(verifierText(name, key))
	if err != nil {
		return nil, fmt.Errorf("witness key: %w", err)
	}
	return &Witness{dir: filepath.Join(filepath.Dir(keyFile), witnessedDir), skey: privateText(name, key), key: vkey}, nil
}

// Key is what others check this witness's signatures with.
func (w *Witness) Key() string { return w.key }

// Sign checks that a checkpoint goes on from what was seen of its log, keeps it, and returns it with the witness's signature
// added (C2SP cosignature/v1). logKey must be given the first time a log is seen, from its desk by another way than the
// request; later "" will do. The error wraps ErrFork, ErrStale or ErrCheckpoint.
func (w *Witness) Sign(request []byte, logKey string) (Checkpoint, error) {
	r, err := parseWitnessRequest(request)
	if err != nil {
		return Checkpoint{}, err
	}
	origin, _, _ := strings.Cut(string(r.note), "\n")
	file := filepath.Join(w.dir, hex.EncodeToString(sum256([]byte(origin))[:8])+".json")
	seen, err := readWitnessed(file)
	if err != nil {
		return Checkpoint{}, err
	}
	switch {
	case seen.LogKey == "" && logKey == "":
		return Checkpoint{}, fmt.Errorf("the log %.80q was not seen before: its key is needed: %w", origin, ErrKey)
	case seen.LogKey != "" && logKey != "" && logKey != seen.LogKey:
		return Checkpoint{}, fmt.Errorf("the log %.80q was seen with another key, %s: %w", origin, seen.LogKey, ErrKey)
	case seen.LogKey == "":
		seen.LogKey = logKey
	}
	c, err := ParseCheckpoint(r.note, seen.LogKey)
	if err != nil {
		return Checkpoint{}, err
	}
	if err := seen.follow(c, r); err != nil {
		if errors.Is(err, ErrFork) {
			seen.Forks = append(seen.Forks, string(c.Note))
			err = errors.Join(err, writeWitnessed(file, seen))
		}
		return Checkpoint{}, err
	}
	if c, err = w.cosign(c, seen.LogKey); err != nil {
		return Checkpoint{}, err
	}
	seen.Note = string(c.Note)
	return c, writeWitnessed(file, seen)
}

// follow checks that c goes on from what was seen.
func (s witnessed) follow(c Checkpoint, r witnessRequest) error {
	if s.Note == "" {
		return nil
	}
	was, err := ParseCheckpoint([]byte(s.Note), s.LogKey)
	if err != nil {
		return err
	}
	if c.Size < was.Size {
		return fmt.Errorf("it has %d entries, and had %d: %w", c.Size, was.Size, ErrFork)
	}
	if c.Size == was.Size {
		if c.Root != was.Root {
			return fmt.Errorf("its %d entries are others than before: %w", c.Size, ErrFork)
		}
		return nil
	}
	if r.old != was.Size {
		return fmt.Errorf("it begins at %d entries, and %d were seen: ask for one from %d: %w", r.old, was.Size, was.Size, ErrStale)
	}
	if err := proof.VerifyConsistency(rfc6962.DefaultHasher, was.Size, c.Size, r.hashes, was.Root[:], c.Root[:]); err != nil {
		return fmt.Errorf("its first %d entries are not shown to be those seen before: %w: %w", was.Size, err, ErrFork)
	}
	return nil
}

func (w *Witness) cosign(c Checkpoint, logKey string) (Checkpoint, error) {
	signer, err := fnote.NewSignerForCosignatureV1(w.skey)
	if err != nil {
		return c, fmt.Errorf("sign as a witness: %w", err)
	}
	v, err := parseVerifier(logKey)
	if err != nil {
		return c, err
	}
	n, err := note.Open(c.Note, note.VerifierList(v))
	if err != nil {
		return c, fmt.Errorf("sign as a witness: %w: %w", err, ErrCheckpoint)
	}
	b, err := note.Sign(&note.Note{Text: n.Text, Sigs: n.Sigs}, signer)
	if err != nil {
		return c, fmt.Errorf("sign as a witness: %w", err)
	}
	return ParseCheckpoint(b, logKey)
}

func readWitnessed(file string) (witnessed, error) {
	var s witnessed
	b, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return s, nil
	}
	if err == nil {
		err = json.Unmarshal(b, &s)
	}
	if err != nil {
		return s, fmt.Errorf("read what was seen of the log: %w", err)
	}
	return s, nil
}

func writeWitnessed(file string, s witnessed) error {
	b, err := json.Marshal(s)
	if err != nil {
		return err
	}
	if err := replacePrivate(file, append(b, '\n')); err != nil {
		return fmt.Errorf("keep what was seen of the log: %w", err)
	}
	return nil
}

// A Cosigned is a witness's signature under a checkpoint.
type Cosigned struct {
	Name string    `json:"name"`
	Time time.Time `json:"time"` // of the witness's clock
}

// Witnessed checks the signatures of witnesses under a checkpoint with their keys, and lists those that hold.
func (c Checkpoint) Witnessed(keys ...string) ([]Cosigned, error) {
	var list []Cosigned
	for _, key := range keys {
		v, err := fnote.NewVerifierForCosignatureV1(key)
		if err != nil {
			return nil, fmt.Errorf("witness key %.100q: %w: %w", key, err, ErrKey)
		}
		n, err := note.Open(c.Note, note.VerifierList(v))
		if err != nil {
			continue // not signed by this one
		}
		at, err := fnote.CoSigV1Timestamp(n.Sigs[0])
		if err != nil {
			return nil, fmt.Errorf("signature of %s: %w: %w", v.Name(), err, ErrCheckpoint)
		}
		list = append(list, Cosigned{v.Name(), at.UTC()})
	}
	return list, nil
}

// AddSignatures keeps the signatures that a witness added to a checkpoint of this log, beside those that are there.
func (a *Archive) AddSignatures(ctx context.Context, cosigned []byte) (Checkpoint, error) {
	if a.readOnly {
		return Checkpoint{}, ErrReadOnly
	}
	c, err := parseCheckpoint(cosigned, a.verifier)
	if err == nil {
		err = a.Continues(ctx, c)
	}
	if err != nil {
		return c, fmt.Errorf("add signatures: %w", err)
	}
	name := historyPath(c)
	have, err := a.readCheckpointFile(name, a.verifier)
	if errors.Is(err, fs.ErrNotExist) {
		return c, a.keepCheckpoint(c)
	}
	if err != nil {
		return c, fmt.Errorf("add signatures: %w", err)
	}
	text := c.StampText()
	merged := bytes.Clone(have.Note)
	for line := range bytes.Lines(c.Note[len(text)+1:]) {
		if !slices.Contains(strings.SplitAfter(string(have.Note[len(text)+1:]), "\n"), string(line)) {
			merged = append(merged, line...)
		}
	}
	if c, err = parseCheckpoint(merged, a.verifier); err != nil {
		return c, fmt.Errorf("add signatures: %w", err)
	}
	if err := a.replace(name, logTemp, merged, 0o444); err != nil {
		return c, fmt.Errorf("add signatures: %w", err)
	}
	return c, nil
}
