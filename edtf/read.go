package edtf

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Errors of [Read] beside those of [Parse].
var (
	// ErrWords reports text that is no date in any form that Read knows.
	ErrWords = errors.New("not a date")
	// ErrAmbiguous reports numbers that may be two days: 3/5/2014.
	ErrAmbiguous = errors.New("may be two different days")
)

// Read reads a date as people write it: EDTF as [Parse] does, or a day, month, season or year in German or English words or
// numbers: "3. Mai 2014", "May 3, 2014", "3.5.2014", "März 2018", "5/2014", "Sommer 2015", "um 2014", "about 2014". Numbers parted by dots
// stand in the order day, month, year. Those parted by slashes are refused with [ErrAmbiguous] where both could be the month.
// A year has four digits. Text that is none of these is refused with [ErrWords]; a day that no calendar has with [ErrSyntax].
func Read(text string) (Date, error) {
	text = strings.Join(strings.Fields(text), " ")
	d, err := Parse(text)
	if err == nil || errors.Is(err, ErrUnsupported) {
		return d, err
	}
	if len(text) > maxLen {
		return Date{}, fmt.Errorf("%w: longer than %d bytes", ErrWords, maxLen)
	}
	word := strings.ToLower(text)
	about := ""
	for _, w := range aboutWords {
		if rest, ok := strings.CutPrefix(word, w+" "); ok {
			word, about = rest, "~"
			break
		}
	}
	form, err := readForm(word)
	if err != nil {
		return Date{}, fmt.Errorf("%w: %q", err, text)
	}
	d, err = Parse(form + about)
	if err != nil {
		return Date{}, fmt.Errorf("%w: %q", ErrSyntax, text)
	}
	return d, nil
}

// aboutWords say that a date is only near.
var aboutWords = []string{"um den", "um", "etwa", "ungefähr", "circa", "ca.", "ca", "about", "around", "circa", "c."}

var (
	yearAlone  = regexp.MustCompile(`^\d{4}$`)
	dayDots    = regexp.MustCompile(`^(\d{1,2})\. ?(\d{1,2})\. ?(\d{4})$`)
	daySlashes = regexp.MustCompile(`^(\d{1,2})/(\d{1,2})/(\d{4})$`)
	dayLines   = regexp.MustCompile(`^(\d{4})-(\d{1,2})-(\d{1,2})$`)
	month      = regexp.MustCompile(`^(\d{1,2})[./] ?(\d{4})$`)
	dayFirst   = regexp.MustCompile(`^(?:(?:on|am|the|den) )?(\d{1,2})(?:\.|st|nd|rd|th)? (?:of )?(\pL+)\.?,? (\d{4})$`)
	nameFirst  = regexp.MustCompile(`^(?:(?:on|in|im) )?(\pL+)\.?(?: (\d{1,2})(?:st|nd|rd|th)?,?)? (\d{4})$`)
)

// readForm returns the EDTF of a date in lower-case words or numbers.
func readForm(s string) (string, error) {
	if yearAlone.MatchString(s) {
		return s, nil
	}
	if m := dayDots.FindStringSubmatch(s); m != nil {
		return dayForm(m[3], m[2], m[1]), nil
	}
	if m := daySlashes.FindStringSubmatch(s); m != nil {
		a, b := m[1], m[2]
		switch first, second := number(a), number(b); {
		case first > 12:
			return dayForm(m[3], b, a), nil
		case second > 12 || first == second:
			return dayForm(m[3], a, b), nil
		}
		return "", ErrAmbiguous
	}
	if m := dayLines.FindStringSubmatch(s); m != nil {
		return dayForm(m[1], m[2], m[3]), nil
	}
	if m := month.FindStringSubmatch(s); m != nil {
		return fmt.Sprintf("%s-%02d", m[2], monthOrNone(number(m[1]))), nil
	}
	if m := dayFirst.FindStringSubmatch(s); m != nil {
		if n := named(m[2]); n > 0 && n <= 12 {
			return dayForm(m[3], strconv.Itoa(n), m[1]), nil
		}
		return "", ErrWords
	}
	if m := nameFirst.FindStringSubmatch(s); m != nil {
		switch n := named(m[1]); {
		case n == 0 || n > 12 && m[2] != "":
		case m[2] != "":
			return dayForm(m[3], strconv.Itoa(n), m[2]), nil
		default:
			return fmt.Sprintf("%s-%02d", m[3], n), nil
		}
	}
	return "", ErrWords
}

// monthOrNone turns a number that is no month into one that no calendar has: 21 to 24 are seasons in EDTF.
func monthOrNone(n int) int {
	if n > 12 {
		return 99
	}
	return n
}

func dayForm(year, month, day string) string {
	return fmt.Sprintf("%s-%02d-%02d", year, monthOrNone(number(month)), number(day))
}

func number(s string) int {
	n, _ := strconv.Atoi(s) // one to four digits
	return n
}

// named returns the number of a month, 21 to 24 for a season as in EDTF, and 0 for any other word. Three letters of a month are enough.
func named(word string) int {
	for _, w := range []*words{&german, &english} {
		for i, name := range w.seasons {
			if word == strings.ToLower(name) {
				return 21 + i
			}
		}
		for i, name := range w.months {
			if name = strings.ToLower(name); word == name || len([]rune(word)) >= 3 && strings.HasPrefix(name, word) {
				return i + 1
			}
		}
	}
	switch word {
	case "sept":
		return 9
	case "jänner":
		return 1
	case "feber":
		return 2
	case "maerz":
		return 3
	case "frühjahr", "fruehling", "fruehjahr":
		return 21
	case "fall":
		return 23
	}
	return 0
}

// After reports whether all of d lies after the day of now: it cannot have happened yet.
func (d Date) After(now time.Time) bool {
	from, _, openStart, _ := d.Interval()
	return !d.IsZero() && !openStart && from.After(now.Add(24*time.Hour)) // somewhere it is tomorrow already
}
