package edtf

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Errors that Parse wraps.
var (
	// ErrSyntax reports text that is not EDTF, or a date that no calendar has.
	ErrSyntax = errors.New("not an EDTF date")
	// ErrUnsupported reports valid EDTF of level 2 that Beleg does not read.
	ErrUnsupported = errors.New("EDTF form not supported")
)

// maxLen is the longest input read, in bytes; a set of 90 days fits.
const maxLen = 1024

// Date is an EDTF value. The zero Date is no date; its String is empty. A Date does not change
// after it was made and is safe for concurrent use.
type Date struct {
	form  form
	spans []span
}

type form byte

const (
	none     form = iota
	single        // one span whose ends are the same point
	interval      // from/to
	oneOf         // [a,b..c]
	allOf         // {a,b..c}
)

// span is one stretch of points, both ends inclusive. Where run is false both ends are the same.
type span struct {
	from, to point
	run      bool
}

// Day returns the UTC calendar day on which t falls.
func Day(t time.Time) Date { return must(Parse(layoutYear(t.UTC()) + t.UTC().Format("-01-02"))) }

// Instant returns t as a UTC date-time; fractions of a second are cut off.
func Instant(t time.Time) Date {
	return must(Parse(layoutYear(t.UTC()) + t.UTC().Format("-01-02T15:04:05Z")))
}

func layoutYear(t time.Time) string {
	if y := t.Year(); y < 0 {
		return fmt.Sprintf("-%04d", -y)
	}
	return fmt.Sprintf("%04d", t.Year())
}

func must(d Date, err error) Date {
	if err != nil {
		panic("edtf: a time outside the years -9999 to 9999: " + err.Error())
	}
	return d
}

// IsZero reports whether d is no date at all.
func (d Date) IsZero() bool { return d.form == none }

// String returns d in EDTF, byte for byte as it was parsed.
func (d Date) String() string {
	switch d.form {
	case none:
		return ""
	case single:
		return d.spans[0].from.String()
	case interval:
		return d.spans[0].from.String() + "/" + d.spans[0].to.String()
	}
	var b strings.Builder
	open, shut := byte('['), byte(']')
	if d.form == allOf {
		open, shut = '{', '}'
	}
	b.WriteByte(open)
	for i, s := range d.spans {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(s.setString())
	}
	b.WriteByte(shut)
	return b.String()
}

func (s span) setString() string {
	if !s.run {
		return s.from.String()
	}
	out := ".."
	if s.from.end == known {
		out = s.from.String() + out
	}
	if s.to.end == known {
		out += s.to.String()
	}
	return out
}

// MarshalText returns the EDTF text of d.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText parses b; empty text gives the zero Date.
func (d *Date) UnmarshalText(b []byte) (err error) {
	if len(b) == 0 {
		*d = Date{}
		return nil
	}
	*d, err = Parse(string(b))
	return err
}

// Uncertain reports whether any part of d carries "?" or "%": the source itself is in doubt.
func (d Date) Uncertain() bool { return d.anyQualifier(Qualifier.uncertain) }

// Approximate reports whether any part of d carries "~" or "%".
func (d Date) Approximate() bool { return d.anyQualifier(Qualifier.approximate) }

func (d Date) anyQualifier(is func(Qualifier) bool) bool {
	for _, s := range d.spans {
		for _, p := range []point{s.from, s.to} {
			for _, f := range p.parts() {
				if is(f.left) || is(f.right) {
					return true
				}
			}
		}
	}
	return false
}

// Interval returns the UTC instants between which d lies, as written and half-open:
// earliest <= t < latest. Qualifiers do not widen it. A set gives its hull. A start that is open or
// unknown has openStart and a zero earliest, an end likewise.
func (d Date) Interval() (earliest, latest time.Time, openStart, openEnd bool) {
	if d.form == none {
		return time.Time{}, time.Time{}, true, true
	}
	for i, s := range d.spans {
		st := s.stretch()
		if i == 0 || !st.openFrom && st.from.Before(earliest) {
			earliest = st.from
		}
		if i == 0 || !st.openTo && st.to.After(latest) {
			latest = st.to
		}
		openStart, openEnd = openStart || st.openFrom, openEnd || st.openTo
	}
	if openStart {
		earliest = time.Time{}
	}
	if openEnd {
		latest = time.Time{}
	}
	return earliest, latest, openStart, openEnd
}

// Covers reports whether all of o, as written, lies within d: a month covers its days. A set
// covers what its members together cover. An unknown end of d covers nothing beyond the known
// one; an open end covers everything. Use it for filters.
func (d Date) Covers(o Date) bool {
	if d.IsZero() || o.IsZero() {
		return false
	}
	cover := d.union()
	for _, s := range o.spans {
		if !slices.ContainsFunc(cover, s.stretch().within) {
			return false
		}
	}
	return true
}

// Overlaps reports whether d and o, as written, can share an instant. Unknown ends may reach anywhere.
func (d Date) Overlaps(o Date) bool {
	for _, a := range d.spans {
		for _, b := range o.spans {
			if !a.stretch().endsBefore(b.stretch()) && !b.stretch().endsBefore(a.stretch()) {
				return true
			}
		}
	}
	return false
}

// Before reports whether d certainly ended before o began. It is false whenever an end that matters is
// open, unknown or marked "?"; "~" widens by one unit of what it marks (a year as 366 days, a
// month as 31), and a season counts as anything from December before its year to February after.
func (d Date) Before(o Date) bool {
	if d.IsZero() || o.IsZero() {
		return false
	}
	for _, a := range d.spans {
		for _, b := range o.spans {
			_, end, sureEnd := a.to.outer()
			start, _, sureStart := b.from.outer()
			if !sureEnd || !sureStart || end.After(start) {
				return false
			}
		}
	}
	return true
}

// stretch is a half-open piece of the time line.
type stretch struct {
	from, to         time.Time
	openFrom, openTo bool
}

func (s span) stretch() stretch {
	var st stretch
	if st.openFrom = s.from.end != known; !st.openFrom {
		st.from, _ = s.from.bounds()
	}
	if st.openTo = s.to.end != known; !st.openTo {
		_, st.to = s.to.bounds()
	}
	return st
}

func (s stretch) within(o stretch) bool {
	return (o.openFrom || !s.openFrom && !s.from.Before(o.from)) &&
		(o.openTo || !s.openTo && !s.to.After(o.to))
}

func (s stretch) endsBefore(o stretch) bool {
	return !s.openTo && !o.openFrom && !s.to.After(o.from)
}

// union returns what d covers as stretches in order, those that touch joined.
func (d Date) union() []stretch {
	var all []stretch
	for _, s := range d.spans {
		// What lies beyond an unknown end is not covered: put the known end in its place.
		if s.from.end == unknown {
			s.from = s.to
		}
		if s.to.end == unknown {
			s.to = s.from
		}
		all = append(all, s.stretch())
	}
	slices.SortStableFunc(all, func(a, b stretch) int {
		if a.openFrom || b.openFrom {
			return boolInt(b.openFrom) - boolInt(a.openFrom)
		}
		return a.from.Compare(b.from)
	})
	out := all[:1]
	for _, s := range all[1:] {
		last := &out[len(out)-1]
		if last.endsStrictlyBefore(s) {
			out = append(out, s)
			continue
		}
		if last.openTo = last.openTo || s.openTo; !last.openTo && s.to.After(last.to) {
			last.to = s.to
		}
	}
	return out
}

func (s stretch) endsStrictlyBefore(o stretch) bool {
	return !s.openTo && !o.openFrom && s.to.Before(o.from)
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}
