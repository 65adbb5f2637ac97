package edtf

import (
	"iter"
	"strings"
	"time"
)

// Qualifier is one of '?', '~', '%', or 0 for none.
type Qualifier byte

func (q Qualifier) uncertain() bool   { return q == '?' || q == '%' }
func (q Qualifier) approximate() bool { return q == '~' || q == '%' }
func (q Qualifier) String() string {
	if q == 0 {
		return ""
	}
	return string(rune(q))
}

type end byte

const (
	known   end = iota
	open        // "..": goes on without limit
	unknown     // nothing written: there is an end, nobody says where
)

// part is the year, month or day of a point. Left is the qualifier before it, which marks this
// part alone; right the one after it, which marks this part and all before it.
type part struct {
	digits      string // with X for digits not given; the year with its sign, and with Y where it is long
	left, right Qualifier
}

func (f part) String() string { return f.left.String() + f.digits + f.right.String() }

// point is one date or date-time, or an end that is not known.
type point struct {
	end              end
	year, month, day part
	clock            string // "T10:20:30", with zone as written; only after a day without X
}

func (p point) String() string {
	if p.end == open {
		return ".."
	}
	var b strings.Builder
	for i, f := range p.parts() {
		if i > 0 {
			b.WriteByte('-')
		}
		b.WriteString(f.String())
	}
	b.WriteString(p.clock)
	return b.String()
}

// parts returns the parts that are present, coarse to fine.
func (p point) parts() []part {
	switch {
	case p.year.digits == "":
		return nil
	case p.month.digits == "":
		return []part{p.year}
	case p.day.digits == "":
		return []part{p.year, p.month}
	}
	return []part{p.year, p.month, p.day}
}

// season returns 1 for spring to 4 for winter, 0 when p has a month or none.
func (p point) season() int {
	if m := p.month.digits; len(m) == 2 && m[0] == '2' && m[1] >= '1' && m[1] <= '4' {
		return int(m[1] - '0')
	}
	return 0
}

// bounds returns the half-open interval of a known point, qualifiers aside.
func (p point) bounds() (from, to time.Time) {
	if p.clock != "" {
		from, _ = p.instant()
		return from, from.Add(time.Second)
	}
	y, m, d, _ := p.edge(false)
	from = time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC)
	y, m, d, _ = p.edge(true)
	return from, time.Date(y, time.Month(m), d+1, 0, 0, 0, 0, time.UTC)
}

// edge returns the first or last calendar day that p can mean; ok is false when there is none.
func (p point) edge(last bool) (year, month, day int, ok bool) {
	for y := range p.years(last) {
		if s := p.season(); s > 0 {
			if !last {
				return y, 3 * s, 1, true
			}
			// Northern, meteorological: winter ends with the February of the next year.
			t := time.Date(y, time.Month(3*s+3), 0, 0, 0, 0, 0, time.UTC)
			return t.Year(), int(t.Month()), t.Day(), true
		}
		for m := range candidates(p.month.digits, 1, 12, last) {
			for d := range candidates(p.day.digits, 1, daysIn(y, m), last) {
				return y, m, d, true
			}
		}
	}
	return 0, 0, 0, false
}

// years yields the years that p can mean, ascending or, for last, descending.
func (p point) years(last bool) iter.Seq[int] {
	digits := strings.TrimPrefix(p.year.digits, "Y")
	pattern, negative := strings.CutPrefix(digits, "-")
	return func(yield func(int) bool) {
		if negative {
			for y := range candidates(pattern, 1, maxYear, !last) {
				if !yield(-y) {
					return
				}
			}
			return
		}
		for y := range candidates(pattern, 0, maxYear, last) {
			if !yield(y) {
				return
			}
		}
	}
}

// candidates yields the numbers from lo to hi that pattern, decimal digits and X, can stand for,
// in ascending or descending order. An empty pattern stands for all of them.
func candidates(pattern string, lo, hi int, descending bool) iter.Seq[int] {
	if pattern == "" {
		pattern = "XX"
	}
	count := 1
	for range strings.Count(pattern, "X") {
		count *= 10
	}
	return func(yield func(int) bool) {
		for i := range count {
			if descending {
				i = count - 1 - i
			}
			if n := substitute(pattern, i); n >= lo && n <= hi && !yield(n) {
				return
			}
		}
	}
}

// substitute puts the decimal digits of i into the X of pattern, the last digit into the last X.
func substitute(pattern string, i int) int {
	n, scale := 0, 1
	for k := len(pattern) - 1; k >= 0; k-- {
		digit := int(pattern[k] - '0')
		if pattern[k] == 'X' {
			digit, i = i%10, i/10
		}
		n, scale = n+digit*scale, scale*10
	}
	return n
}

func daysIn(year, month int) int {
	switch month {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	}
	return 31
}

// instant returns the UTC instant of a point with a clock.
func (p point) instant() (time.Time, bool) {
	y, m, d, ok := p.edge(false)
	if !ok {
		return time.Time{}, false
	}
	hour, minute, second, offset, ok := parseClock(p.clock)
	t := time.Date(y, time.Month(m), d, hour, minute, second, 0, time.UTC)
	return t.Add(-time.Duration(offset) * time.Minute), ok
}

// unitDays is the width of a year, month and day at its longest, by which "~" widens.
var unitDays = [3]int{366, 31, 1}

// seasonDays is the length of the longest meteorological season.
const seasonDays = 92

// outer returns the bounds that p keeps to for certain, and false when there are none.
func (p point) outer() (from, to time.Time, sure bool) {
	if p.end != known {
		return from, to, false
	}
	from, to = p.bounds()
	if p.season() > 0 {
		y, _, _, _ := p.edge(false)
		from = time.Date(y-1, time.December, 1, 0, 0, 0, 0, time.UTC)
		for last := range p.years(true) {
			to = time.Date(last+1, time.March, 1, 0, 0, 0, 0, time.UTC)
			break
		}
	}
	parts := p.parts()
	for i := len(parts) - 1; i >= 0; i-- {
		f, days := parts[i], unitDays[i]
		if f.left.uncertain() || f.right.uncertain() {
			return from, to, false
		}
		if !f.left.approximate() && !f.right.approximate() {
			continue
		}
		if i == 1 && p.season() > 0 {
			days = seasonDays
		}
		from, to = from.AddDate(0, 0, -days), to.AddDate(0, 0, days)
		if i > 0 && !f.right.approximate() && p.season() == 0 {
			from, to = p.clip(i, from, to)
		}
	}
	return from, to, true
}

// clip keeps from and to within what the first n parts of p allow.
func (p point) clip(n int, from, to time.Time) (time.Time, time.Time) {
	coarse := point{year: p.year}
	if n > 1 {
		coarse.month = p.month
	}
	lo, hi := coarse.bounds()
	if from.Before(lo) {
		from = lo
	}
	if to.After(hi) {
		to = hi
	}
	return from, to
}
