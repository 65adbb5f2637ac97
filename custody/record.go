package custody

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// Kinds of records that have a meaning here. Other parts of Beleg add their own.
const (
	KindIntake   = "intake"   // Original was taken in; it must be in the archive
	KindDeletion = "deletion" // Original was removed; written by Delete alone
)

const (
	maxBody    = 4 << 20         // bytes of a record's body: a record tells, it does not carry media
	maxRecord  = maxBody + 1<<18 // and a line for each member
	maxActor   = 1 << 10         // bytes
	maxKind    = 64              // bytes
	timeLayout = "2006-01-02T15:04:05.000000Z"
	saltSize   = 32 // bytes: a guess at a record cannot be tried against its commitment
)

// commitContext keeps a commitment from being taken for any other SHA-256, by version.
var commitContext = map[int]string{1: "beleg record v1\n", 2: "beleg record v2\n"}

// ErrRecord reports bytes that are not a record, or a record that cannot be written. The message says why.
var ErrRecord = errors.New("custody: not a valid record")

// A Record says what happened to an original, or what was decided. Kind, Actor, Original and Body are the
// caller's; the archive sets the rest when it takes the record.
type Record struct {
	Kind     string          // lower-case letters, digits and hyphens, a letter first
	Actor    string          // who did it
	Original Digest          // what it is about; zero when no original is concerned
	Body     json.RawMessage // what the kind says it holds; kept in canonical form, numbers as written

	Version       int       // of its form: 2; 1 of older archives
	ActorTag      string    // the same for all acts of one person, and tells nothing else; "" in version 1
	Withheld      int       // members that are not shown: always 0 in the archive, but for what was erased
	Index         uint64    // position in the log, from 0
	Time          time.Time // UTC, microseconds, of the system clock when the record was taken
	Clock         Clock     // what is known about that clock
	ClockBackFrom time.Time // the time of the record before, when the clock has gone back since; else zero
	Salt          [saltSize]byte

	lines   []disclosure // of version 2: the members that are there, by name
	digests []string     // of version 2: of all members, sorted
}

// A Clock says where a time comes from and how far it may be off.
type Clock struct {
	Source   string        // "system", or "given" when Options.Now was set
	Synced   *bool         // whether the system says that it follows a time server; nil when it does not say
	MaxError time.Duration // the system's own bound on the error, microseconds; 0 when it does not say
}

// recordJSON is a record's file. Members are in the order in which they are written.
type recordJSON struct {
	Actor    string          `json:"actor"`
	Body     json.RawMessage `json:"body,omitempty"`
	Clock    clockJSON       `json:"clock"`
	BackFrom string          `json:"clock_back_from,omitempty"`
	Kind     string          `json:"kind"`
	Original string          `json:"original,omitempty"`
	Salt     string          `json:"salt"`
	Time     string          `json:"time"`
	V        int             `json:"v"`
}

type clockJSON struct {
	MaxErrorMicros int64  `json:"max_error_us,omitempty"`
	Source         string `json:"source"`
	Synced         *bool  `json:"synced,omitempty"`
}

// check normalises what the caller set and refuses what could not be read back as it was given.
func (r *Record) check() error {
	if !validKind(r.Kind) {
		return fmt.Errorf("kind %.80q is not lower-case letters, digits and hyphens: %w", r.Kind, ErrRecord)
	}
	if r.Actor == "" || len(r.Actor) > maxActor || !utf8.ValidString(r.Actor) {
		return fmt.Errorf("actor %.80q is empty, too long or not UTF-8: %w", r.Actor, ErrRecord)
	}
	if r.Kind == KindIntake && r.Original == (Digest{}) {
		return fmt.Errorf("an intake names no original: %w", ErrRecord)
	}
	if len(r.Body) > maxBody {
		return fmt.Errorf("body has %d bytes, more than %d: %w", len(r.Body), maxBody, ErrRecord)
	}
	b, err := canonical(r.Body)
	if err != nil {
		return fmt.Errorf("body: %w: %w", err, ErrRecord)
	}
	if len(b) > maxBody {
		return fmt.Errorf("body has %d bytes, more than %d: %w", len(b), maxBody, ErrRecord)
	}
	r.Body = b
	return nil
}

func validKind(s string) bool {
	for i, c := range []byte(s) {
		letter := 'a' <= c && c <= 'z'
		if !letter && (i == 0 || c != '-' && (c < '0' || '9' < c)) {
			return false
		}
	}
	return 0 < len(s) && len(s) <= maxKind
}

// canonical returns JSON in the one form that is stored: no white space, members in the order of RFC 8785,
// strings in its shortest form, numbers as they were written (RFC 8785 would round them to float64). Doubled
// member names and bytes that are not UTF-8 are refused.
func canonical(b json.RawMessage) (json.RawMessage, error) {
	if b == nil {
		return nil, nil
	}
	v := jsontext.Value(bytes.Clone(b))
	err := v.Format(jsontext.ReorderRawObjects(true), jsontext.CanonicalizeRawInts(false), jsontext.CanonicalizeRawFloats(false))
	return json.RawMessage(v), err
}

// marshalCanonical is canonical over a Go value, with the newline that ends each stored JSON file.
func marshalCanonical(v any) ([]byte, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	b, err = canonical(b)
	return append(b, '\n'), err
}

// bytes returns the record's file.
func (r *Record) bytes() ([]byte, error) {
	if r.Version == 2 {
		return r.bytesV2()
	}
	return r.bytesV1()
}

// bytesV1 returns the file of version 1: one line of canonical JSON.
func (r *Record) bytesV1() ([]byte, error) {
	j := recordJSON{
		Actor: r.Actor,
		Body:  r.Body,
		Clock: clockJSON{MaxErrorMicros: r.Clock.MaxError.Microseconds(), Source: r.Clock.Source, Synced: r.Clock.Synced},
		Kind:  r.Kind,
		Salt:  hex.EncodeToString(r.Salt[:]),
		Time:  r.Time.UTC().Format(timeLayout),
		V:     1,
	}
	if r.Original != (Digest{}) {
		j.Original = r.Original.String()
	}
	if !r.ClockBackFrom.IsZero() {
		j.BackFrom = r.ClockBackFrom.UTC().Format(timeLayout)
	}
	b, err := marshalCanonical(j)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", err, ErrRecord)
	}
	return b, nil
}

// ParseRecord reads a record's file. It takes only the exact bytes that the archive writes, so that a record
// has one form and one commitment; members of version 2 may be withheld. Index is not in the file and stays 0.
func ParseRecord(b []byte) (Record, error) {
	if len(b) > maxRecord {
		return Record{}, fmt.Errorf("%d bytes are more than %d: %w", len(b), maxRecord, ErrRecord)
	}
	if recordVersion(b) == 2 {
		return parseV2(b)
	}
	r, err := readRecord(b)
	if err != nil {
		return Record{}, err
	}
	if err := r.check(); err != nil {
		return Record{}, err
	}
	again, err := r.bytes()
	if err != nil {
		return Record{}, err
	}
	if !bytes.Equal(again, b) {
		return Record{}, fmt.Errorf("not in canonical form: %w", ErrRecord)
	}
	return r, nil
}

// readRecord is ParseRecord without the checks that are the same for a record to be written.
func readRecord(b []byte) (Record, error) {
	var j recordJSON
	if err := json.Unmarshal(b, &j); err != nil {
		return Record{}, fmt.Errorf("%w: %w", err, ErrRecord)
	}
	r := Record{Version: 1,
		Kind: j.Kind, Actor: j.Actor, Body: j.Body,
		Clock: Clock{Source: j.Clock.Source, Synced: j.Clock.Synced, MaxError: time.Duration(j.Clock.MaxErrorMicros) * time.Microsecond},
	}
	if j.V != 1 {
		return r, fmt.Errorf("version %d is not 1: %w", j.V, ErrRecord)
	}
	var err error
	if j.Original != "" {
		if r.Original, err = ParseDigest(j.Original); err != nil {
			return r, fmt.Errorf("%w: %w", err, ErrRecord)
		}
	}
	return r, r.readTimes(j.Time, j.BackFrom, j.Salt)
}

// readTimes sets times and salt from their text.
func (r *Record) readTimes(at, backFrom, salt string) (err error) {
	if r.Time, err = time.Parse(timeLayout, at); err != nil {
		return fmt.Errorf("%w: %w", err, ErrRecord)
	}
	if backFrom != "" {
		if r.ClockBackFrom, err = time.Parse(timeLayout, backFrom); err != nil {
			return fmt.Errorf("%w: %w", err, ErrRecord)
		}
	}
	if len(salt) != 2*saltSize {
		return fmt.Errorf("salt has %d hex digits, not %d: %w", len(salt), 2*saltSize, ErrRecord)
	}
	if _, err := hex.Decode(r.Salt[:], []byte(salt)); err != nil {
		return fmt.Errorf("salt: %w: %w", err, ErrRecord)
	}
	return nil
}

// commitment is the log's entry for a record's file: SHA-256 of the context line and the file, of version 2 of the head
// alone, which commits to the members. It holds 32 random bytes of salt, so the log tells nothing about the record to
// somebody who has not got it.
func commitment(file []byte) Digest {
	v := recordVersion(file)
	if head, _, ok := bytes.Cut(file, []byte("\n")); v == 2 && ok {
		file = file[:len(head)+1]
	}
	h := sha256.New()
	h.Write([]byte(commitContext[v]))
	h.Write(file)
	var d Digest
	h.Sum(d[:0])
	return d
}
