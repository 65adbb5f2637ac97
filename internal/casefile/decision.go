package casefile

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
)

// A Subject is what a decision is about: a kind and an id, "claim/ab12cd34ef56-3".
type Subject string

// Kinds of subject.
const (
	OnClaim         = "claim"
	OnReuse         = "reuse"
	OnSource        = "source"
	OnCase          = "case"
	OnContradiction = "contradiction"
	OnItem          = "item"
)

// Kind is the part before the slash.
func (s Subject) Kind() string {
	k, _, _ := strings.Cut(string(s), "/")
	return k
}

// ID is the part after the slash.
func (s Subject) ID() string {
	_, id, _ := strings.Cut(string(s), "/")
	return id
}

// On makes a subject.
func On(kind, id string) Subject { return Subject(kind + "/" + id) }

// A Decision is the body of one custody record of kind "decision".
type Decision struct {
	On     Subject         `json:"on"`
	Do     Verb            `json:"do"`
	Base   uint64          `json:"base"` // how many entries of the subject its author had seen
	Reason string          `json:"reason,omitempty"`
	With   json.RawMessage `json:"with,omitempty"` // what the verb needs, an object
}

// RecordKind is the kind of the custody records that hold decisions.
const RecordKind = "decision"

// An Entry is a decision as it stands in the log.
type Entry struct {
	Index  uint64    `json:"index"` // in the custody log
	Time   time.Time `json:"time"`
	Actor  string    `json:"actor"`
	Undone bool      `json:"undone,omitempty"` // by a later undo
	Decision
}

// ErrConflict reports that somebody else decided on the subject in the meantime.
var ErrConflict = errors.New("casefile: decided by somebody else in the meantime")

// ErrUnknown reports a subject, case or entry that does not exist.
var ErrUnknown = errors.New("casefile: no such thing")

// An InvalidError says which field of a decision is wrong and what would be right.
type InvalidError struct {
	Field  string // of With, or "reason", "do", "on"
	Detail string // lower case, says what to do
	Format string // of Detail, by which a translation of it is found; "" when that is Detail itself
	Args   []any  // of Format
}

// Invalid makes an error about a field, whose detail is a format with what fills it in.
func Invalid(field, format string, args ...any) error {
	return &InvalidError{Field: field, Detail: fmt.Sprintf(format, args...), Format: format, Args: args}
}

func (e *InvalidError) Error() string { return fmt.Sprintf("%s: %s", e.Field, e.Detail) }

func invalid(field, format string, args ...any) error { return Invalid(field, format, args...) }

// with decodes what the verb needs; unknown fields are refused.
func with[T any](d Decision) (T, error) {
	var v T
	if len(d.With) == 0 {
		return v, nil
	}
	dec := json.NewDecoder(strings.NewReader(string(d.With)))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&v); err != nil {
		return v, invalid("with", "is not what %s of a %s needs: %v", d.Do, d.On.Kind(), err)
	}
	return v, nil
}

// mustWith decodes what was checked before it was recorded; of a record that does not decode any
// more the zero value is left.
func mustWith[T any](d Decision) T {
	v, _ := with[T](d)
	return v
}

// With is what the verb of a decision needs; the zero value when it does not decode.
func With[T any](d Decision) T { return mustWith[T](d) }

// Make builds a decision; v is what the verb needs, or nil.
func Make(on Subject, do Verb, base uint64, reason string, v any) (Decision, error) {
	d := Decision{On: on, Do: do, Base: base, Reason: reason}
	if v != nil {
		b, err := json.Marshal(v)
		if err != nil {
			return Decision{}, fmt.Errorf("make decision on %s: %w", on, err)
		}
		d.With = b
	}
	return d, nil
}
