package document

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"beleg/edtf"
)

// Basis says how a publication date is known, the stronger first.
type Basis string

// The bases, strongest first. None of them is proof: all are what the page says of itself.
const (
	FromJSONLD    Basis = "json-ld"   // schema.org datePublished in a script
	FromMeta      Basis = "meta"      // a meta element
	FromMicrodata Basis = "microdata" // itemprop datePublished, or hAtom's published
	FromTime      Basis = "time"      // the first time element of the article
	FromURL       Basis = "url"       // year, month and day in the address
	FromText      Basis = "text"      // a date line in the text
	FromHeuristic Basis = "guess"     // a date line beside the article
	FromMail      Basis = "mail"      // the date in the head of a mail
	FromFile      Basis = "file"      // creation date in the file's own metadata
)

// machineForms are the forms of ISO 8601 and RFC 1123 that pages use. Package time reads fractions of a second
// with each of them; EDTF has none, so they are cut off.
var machineForms = []struct {
	layout string
	print  string // EDTF as a time layout
}{
	{"2006-01-02T15:04:05Z07:00", "2006-01-02T15:04:05Z07:00"},
	{"2006-01-02T15:04:05Z0700", "2006-01-02T15:04:05Z07:00"},
	{"2006-01-02T15:04Z07:00", "2006-01-02T15:04:05Z07:00"},
	{"2006-01-02T15:04Z0700", "2006-01-02T15:04:05Z07:00"},
	{"2006-01-02T15:04:05", "2006-01-02T15:04:05"},
	{"2006-01-02T15:04", "2006-01-02T15:04:05"},
	{"20060102T150405Z", "2006-01-02T15:04:05Z07:00"},
	{"Mon, 02 Jan 2006 15:04:05 -0700", "2006-01-02T15:04:05Z07:00"},
	{"Mon, 2 Jan 2006 15:04:05 -0700", "2006-01-02T15:04:05Z07:00"},
	{"Mon, 02 Jan 2006 15:04:05 GMT", "2006-01-02T15:04:05Z"},
	{"2006-01-02", "2006-01-02"},
	{"2006/01/02", "2006-01-02"},
	{"20060102", "2006-01-02"},
	{"2006-01", "2006-01"},
}

// machineDate reads a date written for programs.
func machineDate(s string) (edtf.Date, bool) {
	s = strings.TrimSpace(s)
	if len(s) > 64 {
		return edtf.Date{}, false
	}
	if len(s) > 10 && s[4] == '-' && s[10] == ' ' {
		s = s[:10] + "T" + strings.ReplaceAll(s[11:], " ", "")
	}
	for _, f := range machineForms {
		if t, err := time.Parse(f.layout, s); err == nil {
			return parseDate(t.Format(f.print))
		}
	}
	return edtf.Date{}, false
}

// parseDate keeps EDTF's rules, and refuses years in which nothing was published and the zero points of clocks, which
// stand where a date was never set: 1970 in any zone, 1904, 1900 and the year 1.
func parseDate(s string) (edtf.Date, bool) {
	d, err := edtf.Parse(s)
	day := s[:min(len(s), 10)]
	if err != nil || s < "1500" || s > "2099" || day == "1970-01-01" || day == "1969-12-31" || day == "1904-01-01" || day == "1900-01-01" {
		return edtf.Date{}, false
	}
	return d, true
}

// monthNames are German and English month names as dates write them, short forms included.
var monthNames = map[string]int{
	"januar": 1, "january": 1, "jan": 1, "jänner": 1, "februar": 2, "february": 2, "feb": 2, "feber": 2, "märz": 3, "march": 3, "mar": 3, "mär": 3,
	"april": 4, "apr": 4, "mai": 5, "may": 5, "juni": 6, "june": 6, "jun": 6, "juli": 7, "july": 7, "jul": 7, "august": 8, "aug": 8,
	"september": 9, "sep": 9, "sept": 9, "oktober": 10, "october": 10, "okt": 10, "oct": 10, "november": 11, "nov": 11, "dezember": 12, "december": 12, "dez": 12, "dec": 12,
}

var (
	dayMonthYear = regexp.MustCompile(`(?i)\b(\d{1,2})(?:\.|st|nd|rd|th)?\s*(?:of\s+)?([a-zä]{3,9})\.?,?\s+(\d{4})\b`)
	monthDayYear = regexp.MustCompile(`(?i)\b([a-z]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})\b`)
	dotted       = regexp.MustCompile(`\b(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})\b`)
	isoDay       = regexp.MustCompile(`\b(\d{4})-(\d{2})-(\d{2})\b`)
	urlDay       = regexp.MustCompile(`/((?:19|20)\d{2})[/-](\d{1,2})[/-](\d{1,2})(?:[/_.-]|$)`)
	urlMonth     = regexp.MustCompile(`/((?:19|20)\d{2})/(\d{2})/`)
)

// A lineDate is a date within a line that is written for people.
type lineDate struct {
	date       edtf.Date
	start, end int
}

// humanDates finds the dates in s, in order. Orders that differ between countries (03/04/2014) are not read.
func humanDates(s string) (all []lineDate) {
	try := func(form *regexp.Regexp, order func(m []string) (y, mo, d string)) {
		for _, at := range form.FindAllStringSubmatchIndex(s, 8) {
			m := make([]string, len(at)/2)
			for i := range m {
				m[i] = s[at[2*i]:at[2*i+1]]
			}
			y, month, day := order(m)
			if n, known := monthNames[strings.ToLower(month)]; known {
				month = strconv.Itoa(n)
			}
			if got, good := ymd(y, month, day); good {
				all = append(all, lineDate{got, at[0], at[1]})
			}
		}
	}
	try(isoDay, func(m []string) (string, string, string) { return m[1], m[2], m[3] })
	try(dotted, func(m []string) (string, string, string) { return m[3], m[2], m[1] })
	try(dayMonthYear, func(m []string) (string, string, string) { return m[3], m[2], m[1] })
	try(monthDayYear, func(m []string) (string, string, string) { return m[3], m[1], m[2] })
	slices.SortStableFunc(all, func(a, b lineDate) int { return cmp.Compare(a.start, b.start) })
	return all
}

// humanDate finds the date of publication in a line: the one that is called so, else the first that is called neither an
// update nor a right to copy.
func humanDate(s string) (d edtf.Date, words string, ok bool) {
	from := 0
	for _, l := range humanDates(s) {
		before, after := s[min(from, l.start):l.start], s[l.end:]
		said := updatedAfter.FindStringIndex(after)
		from = l.end
		if said != nil {
			from += said[1]
		}
		if said != nil || ofUpdate(before) {
			continue
		}
		if ofIssue(before) {
			return l.date, s[l.start:l.end], true
		}
		if !ok {
			d, words, ok = l.date, s[l.start:l.end], true
		}
	}
	return d, words, ok
}

// Words that say what a date in a line or beside a time element is of, German and English.
var (
	updateWords  = regexp.MustCompile(`(?i)\b(?:updated?|(?:last[ -])?(?:modified|changed|edited|revised|reviewed|saved|viewed)|edited|revised|corrected|aktualisiert|aktualisierung|geändert|geaendert|bearbeitet|überarbeitet|ergänzt|korrigiert|stand|abgerufen|accessed|retrieved|archived|archiviert|copyright|rights reserved|rechte vorbehalten|expires?|gültig bis|born|geboren)\b|©|\(c\)`)
	issueWords   = regexp.MustCompile(`(?i)\b(?:(?:first |originally )?(?:published|posted|issued|released)|publish(?:ing)? date|date published|veröffentlicht|veroeffentlicht|erschienen|publiziert|erstellt|erstmals|vom)\b`)
	updatedAfter = regexp.MustCompile(`(?i)^[^\pL\d]{0,3}(?:\d{1,2}[:.]\d{2}[^\pL]{0,6}(?:uhr)?[^\pL]{0,3})?\((?:last )?(?:updated?|modified|edited|aktualisiert|geändert)\b`)
)

// ofUpdate reports that words before a date, the last of them, call it one of another thing than the publication.
func ofUpdate(before string) bool {
	return lastMatch(updateWords, before) > lastMatch(issueWords, before)
}

func ofIssue(before string) bool {
	return lastMatch(issueWords, before) > lastMatch(updateWords, before)
}

// lastMatch returns where the last match ends, -1 without any.
func lastMatch(form *regexp.Regexp, s string) int {
	all := form.FindAllStringIndex(s, -1)
	if len(all) == 0 {
		return -1
	}
	return all[len(all)-1][1]
}

func ymd(year, month, day string) (edtf.Date, bool) {
	m, err1 := strconv.Atoi(month)
	d, err2 := strconv.Atoi(day)
	if err1 != nil || err2 != nil {
		return edtf.Date{}, false
	}
	return parseDate(fmt.Sprintf("%s-%02d-%02d", year, m, d))
}

// urlDate reads a date out of an address such as /2016/10/06/title.html.
func urlDate(url string) (Published, bool) {
	if m := urlDay.FindStringSubmatch(url); m != nil {
		if d, ok := ymd(m[1], m[2], m[3]); ok {
			return Published{Date: d, Basis: FromURL, Words: strings.Trim(m[0], "/_.-")}, true
		}
	}
	if m := urlMonth.FindStringSubmatch(url); m != nil {
		if d, ok := parseDate(m[1] + "-" + m[2]); ok && m[2] <= "12" { // "/2021/22/" is a season of sport
			return Published{Date: d, Basis: FromURL, Words: strings.Trim(m[0], "/")}, true
		}
	}
	return Published{}, false
}

// checkPublished warns of a date that is missing, or later than the bytes themselves.
func (d *Document) checkPublished(received time.Time) {
	if d.Published.Date.IsZero() {
		if d.Kind == HTML || d.Kind == PDF {
			d.warn("no-date", "no publication date was found; say it, or relative times stay open")
		}
		return
	}
	if d.Published.Basis == FromHeuristic {
		d.warn("date-guess", "the publication date %s is a guess: it stands beside the article and nothing says what it is of", d.Published.Date)
	}
	// A day's grace: a date without zone may be up to 14 hours ahead of UTC.
	if !received.IsZero() && edtf.Instant(received.Add(24*time.Hour)).Before(d.Published.Date) {
		d.warn("date-impossible", "the publication date %s lies after the day it was received, %s", d.Published.Date, received.UTC().Format(time.DateOnly))
	}
	if from, _, open, _ := d.Published.Date.Interval(); d.Kind == HTML && !open && from.Year() < 1990 {
		d.warn("date-impossible", "the publication date %s is older than the web", d.Published.Date)
	}
}
