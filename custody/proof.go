package custody

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	tlogproof "github.com/transparency-dev/formats/proof"
	"github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"
	"github.com/transparency-dev/tessera/client"
)

// maxPath is the longest path in a tree of maxTreeEntries.
const maxPath = 48

// maxProof is the most bytes of a proof's file: a record whose every byte is escaped, and the rest.
const maxProof = 6*maxRecord + 1<<16

// ErrProof reports bytes that are not a proof, or that prove nothing. The message says why.
var ErrProof = errors.New("custody: not a valid proof")

// A Proof ties one record to one signed checkpoint. Its bytes are all that is needed to check it.
type Proof struct {
	Record     Record     // with its position in the log
	RecordFile []byte     // the record's exact bytes; they hold the salt
	Checkpoint Checkpoint // a log that contains the record
	LogKey     string     // verifier key of that log
	Path       []Digest   // from the record's leaf to the checkpoint's root, RFC 6962 section 2.1.1
}

// proofJSON is a proof's file. Members are in the order in which they are written.
type proofJSON struct {
	Checkpoint string   `json:"checkpoint"`
	Index      uint64   `json:"index"`
	LogKey     string   `json:"log_key"`
	Path       []string `json:"path"`
	Record     string   `json:"record"`
	V          int      `json:"v"`
}

// Prove builds the proof of record index under the newest checkpoint, and waits for one that covers it if need
// be; a reader does not wait but returns ErrUnsigned. The proof is checked before it is handed out.
func (a *Archive) Prove(ctx context.Context, index uint64) (Proof, error) {
	p, err := a.prove(ctx, index)
	if err != nil {
		return Proof{}, fmt.Errorf("prove record %d: %w", index, err)
	}
	return p, nil
}

func (a *Archive) prove(ctx context.Context, index uint64) (Proof, error) {
	n, err := a.Len()
	if err != nil {
		return Proof{}, err
	}
	if index >= n {
		return Proof{}, fmt.Errorf("the log has %d: %w", n, ErrRecord)
	}
	c, err := a.awaitCheckpoint(ctx, index+1)
	if err != nil {
		return Proof{}, err
	}
	bundle, _, err := a.readTile(entries, index/width, partial(entries, index/width, c.Size))
	if err != nil {
		return Proof{}, err
	}
	r, file, err := a.recordAt(index, bundle)
	if err != nil {
		return Proof{}, err
	}
	b, err := client.NewProofBuilder(ctx, c.Size, a.fetchTile)
	if err != nil {
		return Proof{}, err
	}
	hashes, err := b.InclusionProof(ctx, index)
	if err != nil {
		return Proof{}, err
	}
	p := Proof{Record: r, RecordFile: file, Checkpoint: c, LogKey: a.logKey}
	for _, h := range hashes {
		p.Path = append(p.Path, Digest(h))
	}
	return p, p.check()
}

// check says whether the proof holds within itself.
func (p Proof) check() error {
	var hashes [][]byte
	for _, d := range p.Path {
		hashes = append(hashes, d[:])
	}
	leaf := leafHash(commitment(p.RecordFile))
	err := proof.VerifyInclusion(rfc6962.DefaultHasher, p.Record.Index, p.Checkpoint.Size, leaf[:], hashes, p.Checkpoint.Root[:])
	if err != nil {
		return fmt.Errorf("the record is not in the log that the checkpoint signs: %w: %w", err, ErrProof)
	}
	return nil
}

// Without returns the proof with those members of its record withheld for which withhold says true: it still holds. The
// record must be of version 2 (ErrRecord).
func (p Proof) Without(withhold func(name string) bool) (Proof, error) {
	file, err := p.Record.Without(withhold)
	if err != nil {
		return Proof{}, fmt.Errorf("withhold members: %w", err)
	}
	r, err := ParseRecord(file)
	if err != nil {
		return Proof{}, fmt.Errorf("withhold members: %w", err)
	}
	r.Index = p.Record.Index
	p.Record, p.RecordFile = r, file
	return p, p.check()
}

// TLog returns the proof in the form of C2SP tlog-proof@v1, which others read too. It holds for the record's commitment as
// the log's entry; the record's file goes beside it.
func (p Proof) TLog() []byte {
	t := tlogproof.TLogProof{Index: p.Record.Index, Checkpoint: p.Checkpoint.Note}
	for _, h := range p.Path {
		t.Hashes = append(t.Hashes, h)
	}
	return t.Marshal()
}

// Bytes returns the proof's file: one line of canonical JSON.
func (p Proof) Bytes() ([]byte, error) {
	j := proofJSON{
		Checkpoint: string(p.Checkpoint.Note),
		Index:      p.Record.Index,
		LogKey:     p.LogKey,
		Path:       make([]string, len(p.Path)),
		Record:     string(p.RecordFile),
		V:          recordVersion(p.RecordFile),
	}
	for i, d := range p.Path {
		j.Path[i] = base64.StdEncoding.EncodeToString(d[:])
	}
	b, err := marshalCanonical(j)
	if err != nil {
		return nil, fmt.Errorf("write proof: %w: %w", err, ErrProof)
	}
	return b, nil
}

// VerifyProof checks a proof from its bytes alone: the record's form, its commitment, the path, the signature.
// trusted holds the verifier keys that the checker has from somewhere else. Without any, the proof shows only
// that whoever holds the key it names signed this record.
func VerifyProof(b []byte, trusted ...string) (Proof, error) {
	p, err := parseProof(b)
	if err != nil {
		return Proof{}, fmt.Errorf("verify proof: %w", err)
	}
	if len(trusted) > 0 && !slices.Contains(trusted, p.LogKey) {
		return Proof{}, fmt.Errorf("verify proof: signed with %s, which is not a key you trust: %w", p.LogKey, ErrProof)
	}
	if err := p.check(); err != nil {
		return Proof{}, fmt.Errorf("verify proof: %w", err)
	}
	return p, nil
}

// parseProof reads a proof and checks each part of it, but not yet that they belong together.
func parseProof(b []byte) (Proof, error) {
	if len(b) > maxProof {
		return Proof{}, fmt.Errorf("%d bytes are more than %d: %w", len(b), maxProof, ErrProof)
	}
	var j proofJSON
	if err := json.Unmarshal(b, &j); err != nil {
		return Proof{}, fmt.Errorf("%w: %w", err, ErrProof)
	}
	if v := recordVersion([]byte(j.Record)); j.V != v || len(j.Path) > maxPath {
		return Proof{}, fmt.Errorf("version %d with a path of %d, not version %d with at most %d: %w", j.V, len(j.Path), v, maxPath, ErrProof)
	}
	p := Proof{RecordFile: []byte(j.Record), LogKey: j.LogKey}
	var err error
	if p.Record, err = ParseRecord(p.RecordFile); err != nil {
		return Proof{}, fmt.Errorf("%w: %w", err, ErrProof)
	}
	p.Record.Index = j.Index
	if p.Checkpoint, err = ParseCheckpoint([]byte(j.Checkpoint), j.LogKey); err != nil {
		return Proof{}, fmt.Errorf("%w: %w", err, ErrProof)
	}
	for _, s := range j.Path {
		h, err := base64.StdEncoding.DecodeString(s)
		if err != nil || len(h) != hashSize {
			return Proof{}, fmt.Errorf("path holds %.80q, not a hash: %w", s, ErrProof)
		}
		p.Path = append(p.Path, Digest(h))
	}
	again, err := p.Bytes()
	if err != nil || !bytes.Equal(again, b) {
		return Proof{}, fmt.Errorf("not in canonical form: %w", ErrProof)
	}
	return p, nil
}
