package claim

import (
	"fmt"
	"time"
)

// A Day is a civil day: days since 1970-01-01 in the proleptic Gregorian calendar.
type Day int32

// DayOf returns the day of t in t's own zone.
func DayOf(t time.Time) Day {
	y, m, d := t.Date()
	return civil(y, int(m), d)
}

// Date returns year, month (1-12) and day of the month.
func (d Day) Date() (year, month, day int) {
	t := d.Time()
	y, m, dd := t.Date()
	return y, int(m), dd
}

// Time returns the start of the day in UTC.
func (d Day) Time() time.Time { return time.Unix(int64(d)*86400, 0).UTC() }

// String returns the day as ISO 8601: 2016-10-06.
func (d Day) String() string {
	y, m, dd := d.Date()
	return fmt.Sprintf("%04d-%02d-%02d", y, m, dd)
}

// weekday returns 1 for Monday to 7 for Sunday; 1970-01-01 was a Thursday.
func (d Day) weekday() int { return int(((d+3)%7+7)%7) + 1 }

func civil(y, m, d int) Day {
	return Day(time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

func validDate(y, m, d int) bool {
	if m < 1 || m > 12 || d < 1 {
		return false
	}
	_, mm, dd := civil(y, m, d).Date()
	return mm == m && dd == d
}

// addMonths moves d by n months and keeps the day of the month where the month has it.
func (d Day) addMonths(n int) Day {
	y, m, dd := d.Date()
	first := civil(y, m+n, 1)
	y, m, _ = first.Date()
	last := civil(y, m+1, 1) - 1
	return min(first+Day(dd-1), last)
}

// easter returns Easter Sunday of a year (Gauss's rule in the form of J. Meeus, Astronomical
// Algorithms, 1991, chapter 8).
func easter(y int) Day {
	a, b, c := y%19, y/100, y%100
	d, e := b/4, b%4
	f := (b + 8) / 25
	g := (b - f + 1) / 3
	h := (19*a + b - d - g + 15) % 30
	i, k := c/4, c%4
	l := (32 + 2*e + 2*i - h - k) % 7
	m := (a + 11*h + 22*l) / 451
	n := h + l - 7*m + 114
	return civil(y, n/31, n%31+1)
}

// A grain is how fine a period of the calendar is.
type grain uint8

const (
	byDay grain = iota
	byWeek
	bySpan // part of a month, a range, N days
	byMonth
	bySeason
	byYear
	byDecade
	byCentury
)

// A period is a stretch of days, both ends inclusive, with the tokens it was read from.
type period struct {
	from, to           Day
	openStart, openEnd bool
	grain              grain
	season             int // EDTF season 21-24
	approx             bool
	unknown            bool // needs a publication date that is not there
	start, end         int  // tokens [start, end); end 0: nothing was read
	clock              string
	rule, anchor       string
	parts              [][2]int // token ranges of the ends of a range
}

func dayPeriod(d Day) period { return period{from: d, to: d} }
func monthPeriod(y, m int) period {
	return period{from: civil(y, m, 1), to: civil(y, m+1, 1) - 1, grain: byMonth}
}
func yearPeriod(y int) period {
	return period{from: civil(y, 1, 1), to: civil(y, 12, 31), grain: byYear}
}
func spanPeriod(a, b Day) period { return period{from: a, to: b, grain: bySpan} }
func decadePeriod(y, length int) period {
	g := byDecade
	if length > 10 {
		g = byCentury
	}
	return period{from: civil(y, 1, 1), to: civil(y+length-1, 12, 31), grain: g}
}

// seasonPeriod returns a season of three calendar months; winter begins in December of year y.
func seasonPeriod(y, season int) period {
	m := 3 * (season - 20)
	return period{from: civil(y, m, 1), to: civil(y, m+3, 1) - 1, grain: bySeason, season: season}
}

func weekPeriod(d Day) period {
	monday := d - Day(d.weekday()-1)
	return period{from: monday, to: monday + 6, grain: byWeek}
}

// edtf writes the period as Extended Date/Time Format (ISO 8601-2).
func (p period) edtf() string {
	if p.unknown {
		return ""
	}
	tilde := ""
	if p.approx {
		tilde = "~"
	}
	y, m, _ := p.from.Date()
	if !p.openStart && !p.openEnd {
		switch {
		case p.grain == byMonth:
			return fmt.Sprintf("%04d-%02d%s", y, m, tilde)
		case p.grain == bySeason:
			return fmt.Sprintf("%04d-%d%s", y, p.season, tilde)
		case p.grain == byYear:
			return fmt.Sprintf("%04d%s", y, tilde)
		case p.grain == byDecade:
			return fmt.Sprintf("%03dX%s", y/10, tilde)
		case p.grain == byCentury:
			return fmt.Sprintf("%02dXX%s", y/100, tilde)
		case p.from == p.to:
			return p.from.String() + tilde
		}
	}
	from, to := p.from.String()+tilde, p.to.String()+tilde
	if p.openStart {
		from = ".."
	}
	if p.openEnd {
		to = ".."
	}
	return from + "/" + to
}

// cut returns the start, middle or end of a period: thirds of months (1-10, 11-20, 21-), years and
// longer ones, Monday and Tuesday, Wednesday and Thursday, Friday to Sunday of weeks.
func (p period) cut(part string) period {
	third := func(a, b, c, d Day) period {
		q := p
		q.grain, q.season = bySpan, 0
		switch part {
		case "start":
			q.from, q.to = a, b-1
		case "middle":
			q.from, q.to = b, c-1
		default:
			q.from, q.to = c, d
		}
		return q
	}
	y, m, _ := p.from.Date()
	switch p.grain {
	case byWeek:
		return third(p.from, p.from+2, p.from+4, p.to)
	case byMonth:
		return third(p.from, p.from+10, p.from+20, p.to)
	case byYear:
		return third(p.from, civil(y, 5, 1), civil(y, 9, 1), p.to)
	case bySeason:
		return third(p.from, civil(y, m+1, 1), civil(y, m+2, 1), p.to)
	case byDecade, byCentury:
		n := Day((int(p.to) - int(p.from) + 1) / 3)
		return third(p.from, p.from+n, p.from+2*n, p.to)
	}
	return p
}
