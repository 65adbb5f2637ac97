package edtf

import (
	"fmt"
	"strconv"
	"strings"
)

// Human says d in words, in German for lang "de" (or "de-AT" …) and in English otherwise:
// "um 2014", "May 2014 (uncertain)". What has no good words keeps its EDTF in brackets.
func (d Date) Human(lang string) string {
	w := &english
	if lang == "de" || strings.HasPrefix(lang, "de-") {
		w = &german
	}
	switch d.form {
	case none:
		return w.noDate
	case single:
		p := d.spans[0].from
		return w.point(p, w.aboutAlone)
	case interval:
		return w.interval(d.spans[0])
	}
	return w.set(d)
}

// words is what one language needs. Strings with %s take the date.
type words struct {
	months                                       [12]string
	seasons                                      [4]string // spring first
	day                                          string    // day, month name, year
	noDate, aboutAlone, about, aboutDay          string
	uncertain                                    string
	parts                                        [3]string
	partAbout, partUncertain, partBoth           string
	noMonth, noDay, noMonthDay                   string
	decade, between, year, bc                    string
	fromTo, from, fromUnknown, till, tillUnknown string
	orEarlier, orLater                           string
	allTill, allFrom                             string
	joinOr, joinAnd                              string
}

var german = words{
	months:     [12]string{"Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November", "Dezember"},
	seasons:    [4]string{"Frühling", "Sommer", "Herbst", "Winter"},
	day:        "%d. %s %s",
	noDate:     "ohne Datum",
	aboutAlone: "um %s", about: "etwa %s", aboutDay: "um den %s",
	uncertain: "%s (unsicher)",
	parts:     [3]string{"Jahr", "Monat", "Tag"},
	partAbout: "%s ungefähr", partUncertain: "%s unsicher", partBoth: "%s ungefähr und unsicher",
	noMonth: "%s, Monat unbekannt", noDay: "%s, Tag unbekannt", noMonthDay: "%s, Monat und Tag unbekannt",
	decade: "%ser Jahre", between: "zwischen %s und %s (%s)", year: "Jahr %s", bc: "%s v. Chr.",
	fromTo: "%s bis %s", from: "ab %s", fromUnknown: "ab %s, Ende unbekannt", till: "bis %s", tillUnknown: "bis %s, Beginn unbekannt",
	orEarlier: "%s oder früher", orLater: "%s oder später",
	allTill: "alle bis %s", allFrom: "alle ab %s", joinOr: " oder ", joinAnd: " und ",
}

var english = words{
	months:     [12]string{"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"},
	seasons:    [4]string{"spring", "summer", "autumn", "winter"},
	day:        "%d %s %s",
	noDate:     "no date",
	aboutAlone: "about %s", about: "about %s", aboutDay: "about %s",
	uncertain: "%s (uncertain)",
	parts:     [3]string{"year", "month", "day"},
	partAbout: "%s approximate", partUncertain: "%s uncertain", partBoth: "%s approximate and uncertain",
	noMonth: "%s, month unknown", noDay: "%s, day unknown", noMonthDay: "%s, month and day unknown",
	decade: "%ss", between: "between %s and %s (%s)", year: "year %s", bc: "%s BC",
	fromTo: "%s to %s", from: "from %s on", fromUnknown: "from %s on, end unknown", till: "until %s", tillUnknown: "until %s, start unknown",
	orEarlier: "%s or earlier", orLater: "%s or later",
	allTill: "all until %s", allFrom: "all from %s on", joinOr: " or ", joinAnd: " and ",
}

func (w *words) interval(s span) string {
	switch from, to := w.point(s.from, w.about), w.point(s.to, w.about); {
	case s.to.end == open:
		return fmt.Sprintf(w.from, from)
	case s.to.end == unknown:
		return fmt.Sprintf(w.fromUnknown, from)
	case s.from.end == open:
		return fmt.Sprintf(w.till, to)
	case s.from.end == unknown:
		return fmt.Sprintf(w.tillUnknown, to)
	default:
		return fmt.Sprintf(w.fromTo, from, to)
	}
}

func (w *words) set(d Date) string {
	var members []string
	for _, s := range d.spans {
		members = append(members, w.member(s, d.form))
	}
	join := w.joinAnd
	if d.form == oneOf {
		join = w.joinOr
	}
	n := len(members) - 1
	if n == 0 {
		return members[0]
	}
	return strings.Join(members[:n], ", ") + join + members[n]
}

func (w *words) member(s span, f form) string {
	from, to := w.point(s.from, w.about), w.point(s.to, w.about)
	earlier, later := w.orEarlier, w.orLater
	if f == allOf {
		earlier, later = w.allTill, w.allFrom
	}
	switch {
	case s.from.end == open:
		return fmt.Sprintf(earlier, to)
	case s.to.end == open:
		return fmt.Sprintf(later, from)
	case s.run:
		return fmt.Sprintf(w.fromTo, from, to)
	}
	return from
}

// point says p; about is the pattern for "~" on the whole.
func (w *words) point(p point, about string) string {
	if p.end != known {
		return ""
	}
	text := w.plain(p)
	parts := p.parts()
	whole := parts[len(parts)-1].right
	if len(parts) == 1 && whole == 0 {
		whole = parts[0].left
	}
	if whole.approximate() {
		if len(parts) == 3 && about == w.aboutAlone {
			about = w.aboutDay
		}
		text = fmt.Sprintf(about, text)
	}
	if whole.uncertain() {
		text = fmt.Sprintf(w.uncertain, text)
	}
	if notes := w.partNotes(parts); len(notes) > 0 {
		text += " (" + strings.Join(notes, ", ") + ")"
	}
	return text
}

// partNotes names the parts with a qualifier of their own; the last part's right one is the whole's.
func (w *words) partNotes(parts []part) []string {
	var notes []string
	for i, f := range parts {
		q := f.left
		if i < len(parts)-1 && f.right != 0 {
			q = f.right
		}
		if len(parts) == 1 {
			continue
		}
		switch {
		case q.approximate() && q.uncertain():
			notes = append(notes, fmt.Sprintf(w.partBoth, w.parts[i]))
		case q.approximate():
			notes = append(notes, fmt.Sprintf(w.partAbout, w.parts[i]))
		case q.uncertain():
			notes = append(notes, fmt.Sprintf(w.partUncertain, w.parts[i]))
		}
	}
	return notes
}

// plain says p without its qualifiers.
func (w *words) plain(p point) string {
	year, month, day := p.year.digits, p.month.digits, p.day.digits
	if strings.Contains(year, "X") || mixed(month) || mixed(day) || month == "XX" && day != "" && day != "XX" {
		return w.unspecified(p)
	}
	y := w.yearName(year)
	switch {
	case month == "":
		return y
	case p.season() > 0:
		return w.seasons[p.season()-1] + " " + y
	case month == "XX" && day == "XX":
		return fmt.Sprintf(w.noMonthDay, y)
	case month == "XX":
		return fmt.Sprintf(w.noMonth, y)
	}
	name := w.months[twoDigits(month)-1]
	switch day {
	case "":
		return name + " " + y
	case "XX":
		return fmt.Sprintf(w.noDay, name+" "+y)
	}
	text := fmt.Sprintf(w.day, twoDigits(day), name, y)
	if p.clock != "" {
		text += ", " + clockName(p.clock)
	}
	return text
}

// mixed reports whether only one of two digits is unknown.
func mixed(digits string) bool { return strings.Count(digits, "X") == 1 }

// unspecified says a decade as such and other X by the days they lie between.
func (w *words) unspecified(p point) string {
	year := p.year.digits
	if p.month.digits == "" && len(year) == 4 && strings.Index(year, "X") == 3 {
		return fmt.Sprintf(w.decade, year[:3]+"0")
	}
	bare := point{year: part{digits: year}, month: part{digits: p.month.digits}, day: part{digits: p.day.digits}}
	from, to := bare.bounds()
	to = to.AddDate(0, 0, -1)
	a := point{year: part{digits: layoutYear(from)}, month: part{digits: from.Format("01")}, day: part{digits: from.Format("02")}}
	b := point{year: part{digits: layoutYear(to)}, month: part{digits: to.Format("01")}, day: part{digits: to.Format("02")}}
	if p.month.digits == "" {
		a.month, a.day, b.month, b.day = part{}, part{}, part{}, part{}
	}
	return fmt.Sprintf(w.between, w.plain(a), w.plain(b), bare)
}

// yearName writes years before 1 as BC, long ones with the word year.
func (w *words) yearName(digits string) string {
	long := strings.HasPrefix(digits, "Y")
	n, err := strconv.Atoi(strings.TrimPrefix(digits, "Y"))
	if err != nil {
		panic("edtf: year not a number: " + digits)
	}
	name := strconv.Itoa(n)
	if n <= 0 {
		name = fmt.Sprintf(w.bc, strconv.Itoa(1-n))
	}
	if long {
		return fmt.Sprintf(w.year, name)
	}
	return name
}

func clockName(clock string) string {
	time, zone := clock[1:9], clock[9:]
	switch zone {
	case "":
		return time
	case "Z":
		return time + " UTC"
	}
	return time + " UTC" + zone
}
