package intake

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"beleg/edtf"
)

// The forms of date that devices, programs and pages write for programs: parts apart by colons, slashes, dots or dashes, or
// none; a time with or without seconds and zone.
var (
	apartDate = regexp.MustCompile(`^(\d{4})([:/.-])(\d{1,2})[:/.-](\d{1,2})(?:[T ]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d*)?)?)?\s*(Z|z|UTC|GMT|[+-]\d{2}:?\d{2})?(?:\[.*\])?$`)
	solidDate = regexp.MustCompile(`^(\d{4})()(\d{2})(\d{2})(?:[T ]?(\d{2})(\d{2})(\d{2})?)?\s*(Z|z|UTC|GMT|[+-]\d{2}:?\d{2})?$`)
	monthOnly = regexp.MustCompile(`^(\d{4})[:-](\d{2})$`)
)

// tagDate returns the EDTF date of a tag's words, or "" when they hold none. A time with a zone, its own or the one that
// another tag states, is an instant; a local time is its day: which instant it was, nobody knows. Dates of clocks that were never
// set are none.
func tagDate(words, zone string) string {
	words = strings.TrimSpace(words)
	m := apartDate.FindStringSubmatch(words)
	if m == nil {
		m = solidDate.FindStringSubmatch(words)
	}
	if m == nil {
		if m := monthOnly.FindStringSubmatch(words); m != nil {
			if t, err := time.Parse("2006-01", m[1]+"-"+m[2]); err == nil && plausible(t) {
				return m[1] + "-" + m[2]
			}
		}
		return ""
	}
	day, err := time.Parse("2006-1-2", m[1]+"-"+m[3]+"-"+m[4])
	if err != nil || !plausible(day) {
		return ""
	}
	if m[8] == "" {
		m[8] = strings.TrimSpace(zone)
	}
	if t, ok := instantOf(day, m[5], m[6], m[7], m[8]); ok && plausible(t) {
		return edtf.Instant(t).String()
	}
	return edtf.Day(day).String()
}

var zoneForm = regexp.MustCompile(`^(?:[Zz]|UTC|GMT|([+-])(\d{2}):?(\d{2}))$`)

// instantOf returns the instant of a time of day in a zone; false where one of them is missing or none.
func instantOf(day time.Time, hour, minute, second, zone string) (time.Time, bool) {
	z := zoneForm.FindStringSubmatch(zone)
	if z == nil || hour == "" {
		return time.Time{}, false
	}
	n := func(s string) int { v, _ := strconv.Atoi(s); return v }
	h, m, s := n(hour), n(minute), n(second)
	offset := n(z[2])*60 + n(z[3])
	if h > 23 || m > 59 || s > 60 || offset > 14*60 {
		return time.Time{}, false
	}
	if z[1] == "-" {
		offset = -offset
	}
	return day.Add(time.Duration(h)*time.Hour + time.Duration(m-offset)*time.Minute + time.Duration(s)*time.Second), true
}

// plausible refuses the zero points of clocks, in any zone: 1904 (QuickTime), 1970 (Unix), 1980 (DOS, GPS); and what lies so far off
// that no clock was set.
func plausible(t time.Time) bool {
	switch t.UTC().Format(time.DateOnly) {
	case "1903-12-31", "1904-01-01", "1969-12-31", "1970-01-01", "1979-12-31", "1980-01-01", "1980-01-06":
		return false
	}
	return t.Year() > 1826 && t.Year() < 2099 // from the year of the first photograph
}

// unixDate is the EDTF date of seconds since 1970, "" when they are none.
func unixDate(seconds float64) string {
	if !(seconds > 0 && seconds < 1<<33) {
		return ""
	}
	t := time.Unix(int64(seconds), 0)
	if !plausible(t) {
		return ""
	}
	return edtf.Instant(t).String()
}

var isoPlace = regexp.MustCompile(`^([+-]\d{1,3}(?:\.\d{1,10})?)([+-]\d{1,3}(?:\.\d{1,10})?)(?:[+-]\d|/|CRS|$)`)

// placeText writes a position as the place of an appearance: degrees north and east.
func placeText(north, east float64) string { return fmt.Sprintf("%.5f, %.5f", north, east) }
