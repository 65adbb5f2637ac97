package custody

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A FaultKind says what is wrong.
type FaultKind string

// The kinds of faults that Verify names.
const (
	FaultVersion    FaultKind = "version"    // beleg.json is not as it was written, or of a newer version
	FaultKey        FaultKind = "key"        // the log's verifier key is malformed, not one of the trusted, or not the one that was here before
	FaultState      FaultKind = "state"      // the log's own note of its size and root is wrong
	FaultCheckpoint FaultKind = "checkpoint" // a checkpoint is malformed or not signed by the log's key
	FaultRewritten  FaultKind = "rewritten"  // a signed checkpoint is right, but the log is not the one it signed
	FaultEntry      FaultKind = "entry"      // the log's entry is not the commitment that its tree holds
	FaultTile       FaultKind = "tile"       // a hash in a tile is not that of the entries below it
	FaultRecord     FaultKind = "record"     // a record is not the one the log commits to
	FaultOriginal   FaultKind = "original"   // an original no longer hashes to its address
	FaultMissing    FaultKind = "missing"    // a file is gone that must be there
	FaultMode       FaultKind = "mode"       // an original could be written to, or is not a regular file
	FaultUnknown    FaultKind = "unknown"    // a file that no archive has
	FaultStamp      FaultKind = "stamp"      // a time stamp is not one over this log, or its chain does not hold
	FaultKnown      FaultKind = "known"      // what is remembered of a log beside the key is not as it was written
)

// A Fault is one thing that is wrong with an archive.
type Fault struct {
	Kind   FaultKind `json:"kind"`
	Path   string    `json:"path"`           // the file, relative to the data folder, with slashes
	Item   string    `json:"item,omitempty"` // what it hits: an original's digest, else records or checkpoints in words
	Detail string    `json:"detail"`         // in words
}

// String returns the fault on one line.
func (f Fault) String() string {
	s := fmt.Sprintf("%s: %s: %s", f.Path, f.Kind, f.Detail)
	if f.Item != "" {
		s += " (hits " + f.Item + ")"
	}
	return s
}

func sortFaults(fs []Fault) {
	slices.SortStableFunc(fs, func(a, b Fault) int {
		return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Detail, b.Detail))
	})
}

// A KeyState says whether the private key of a log is at hand.
type KeyState string

// Being without the key is no fault: an archive is verified without it. New records need it.
const (
	KeyNotAsked KeyState = ""        // VerifyOptions.KeyFile was empty
	KeyHeld     KeyState = "held"    // the key file signs this log
	KeyMissing  KeyState = "missing" // there is no usable key in the key file
	KeyOther    KeyState = "other"   // the key file is another log's
)

// A Report is what Verify found.
type Report struct {
	Faults []Fault `json:"faults"` // by path
	// Unacknowledged lists files of work that was cut off before it was acknowledged. They are harmless.
	Unacknowledged []string `json:"unacknowledged"`
	Lost           []Fault  `json:"lost,omitempty"` // what is lost for good and was logged as such

	Entries     uint64    `json:"entries"`          // entries in the log, each with its record
	Signed      uint64    `json:"signed"`           // of these, how many the newest checkpoint covers
	Checkpoints int       `json:"checkpoints"`      // kept checkpoints the log was compared with
	Originals   int       `json:"originals"`        // originals that are there
	Deleted     int       `json:"deleted"`          // originals that are absent on purpose
	Erased      int       `json:"erased,omitempty"` // records that lack members on purpose
	Stamps      int       `json:"stamps,omitempty"` // time stamps of authorities that hold
	Stamped     time.Time `json:"stamped,omitzero"` // the newest of them
	Hashed      int       `json:"hashed"`           // originals that were hashed
	HashedBytes int64     `json:"hashed_bytes"`     // their bytes
	Behind      uint64    `json:"behind,omitempty"` // entries that the log had when it was seen in another folder, and has not here
	Forks       []string  `json:"forks,omitempty"`  // folders in which this log went on differently: copies that were both worked on
	LogKey      string    `json:"log_key"`
	Key         KeyState  `json:"key"`
}

// A Sample chooses the N-th of M equal groups of originals, by digest: verifying 1/M to M/M covers all. The
// zero Sample is all.
type Sample struct{ N, M uint64 }

// ParseSample reads "n/m" with 1 <= n <= m.
func ParseSample(s string) (Sample, error) {
	n, m, ok := strings.Cut(s, "/")
	x := Sample{}
	var err1, err2 error
	x.N, err1 = strconv.ParseUint(n, 10, 32)
	x.M, err2 = strconv.ParseUint(m, 10, 32)
	if !ok || err1 != nil || err2 != nil || x.N < 1 || x.N > x.M {
		return Sample{}, fmt.Errorf("custody: sample %.40q is not n/m with 1 <= n <= m", s)
	}
	return x, nil
}

// Has says whether the original d is in the sample.
func (s Sample) Has(d Digest) bool {
	return s.M == 0 || binary.BigEndian.Uint64(d[:8])%s.M == s.N-1
}
