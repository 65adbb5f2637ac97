package edtf

import (
	"fmt"
	"regexp"
	"strings"
)

// maxYear is the largest year read. Go's time counts seconds in 64 bits and would carry about
// 290,000,000,000 years; ten digits stay clear of that.
const maxYear = 9_999_999_999

// Parse reads s. The error wraps ErrSyntax or ErrUnsupported and says what would be accepted.
func Parse(s string) (Date, error) {
	d, err := parse(s)
	if err == nil {
		return d, nil
	}
	if better := diagnose(s); better != nil {
		err = better
	}
	if len(s) > 60 {
		s = s[:60] + "…"
	}
	return Date{}, fmt.Errorf("date %q: %w", s, err)
}

func parse(s string) (Date, error) {
	if s == "" {
		return Date{}, syntax("it is empty; %s", accepted)
	}
	if len(s) > maxLen {
		return Date{}, syntax("it is longer than %d bytes", maxLen)
	}
	if s[0] == '[' || s[0] == '{' {
		return parseSet(s)
	}
	from, to, isInterval := strings.Cut(s, "/")
	if isInterval {
		return parseInterval(from, to)
	}
	p, err := parsePoint(s, true)
	return Date{single, []span{{from: p, to: p}}}, err
}

func parseInterval(from, to string) (Date, error) {
	if strings.Contains(to, "/") {
		return Date{}, syntax("an interval has one slash, as 2014-05/2014-08")
	}
	var s span
	var err error
	if s.from, err = parseEnd(from); err != nil {
		return Date{}, err
	}
	if s.to, err = parseEnd(to); err != nil {
		return Date{}, err
	}
	s.run = true
	return Date{interval, []span{s}}, s.check()
}

// check refuses a stretch without any known end and one that runs backwards.
func (s span) check() error {
	if s.from.end != known && s.to.end != known {
		return syntax("one end must be a date, as 2014-05/.. or ../2014-05")
	}
	if st := s.stretch(); !st.openFrom && !st.openTo && !st.from.Before(st.to) {
		return syntax("it ends before it begins; put the earlier date first")
	}
	return nil
}

func parseEnd(s string) (point, error) {
	switch s {
	case "":
		return point{end: unknown}, nil
	case "..":
		return point{end: open}, nil
	}
	return parsePoint(s, false)
}

func parseSet(s string) (Date, error) {
	d := Date{form: oneOf}
	shut := "]"
	if s[0] == '{' {
		d.form, shut = allOf, "}"
	}
	body, ok := strings.CutSuffix(s[1:], shut)
	if !ok || body == "" {
		return Date{}, syntax("a set needs its closing %s and a date inside, as [2014,2016..2018]", shut)
	}
	members := strings.Split(body, ",")
	for i, m := range members {
		sp, err := parseMember(m)
		if err != nil {
			return Date{}, err
		}
		if sp.from.end == open && i > 0 || sp.to.end == open && i < len(members)-1 {
			return Date{}, syntax("only the first member of a set may begin with .. and only the last may end with it")
		}
		d.spans = append(d.spans, sp)
	}
	return d, nil
}

func parseMember(s string) (span, error) {
	from, to, run := strings.Cut(s, "..")
	if !run {
		p, err := parsePoint(s, false)
		return span{from: p, to: p}, err
	}
	sp := span{from: point{end: open}, to: point{end: open}, run: true}
	var err error
	if from != "" {
		if sp.from, err = parsePoint(from, false); err != nil {
			return sp, err
		}
	}
	if to != "" {
		if sp.to, err = parsePoint(to, false); err != nil {
			return sp, err
		}
	}
	return sp, sp.check()
}

// parsePoint reads a date, with a time of day only where clock allows it.
func parsePoint(s string, clock bool) (point, error) {
	var p point
	date, rest, hasClock := strings.Cut(s, "T")
	if hasClock && !clock {
		return p, unsupported("a time of day inside an interval or set; give days, as 2014-05-01/2014-05-03")
	}
	rest2, err := p.parseYear(date)
	if err == nil && rest2 != "" {
		rest2, err = parsePart(rest2, &p.month)
	}
	if err == nil && rest2 != "" {
		rest2, err = parsePart(rest2, &p.day)
	}
	if err != nil {
		return p, err
	}
	if rest2 != "" {
		return p, syntax("%q is left over; %s", rest2, accepted)
	}
	if err := p.check(); err != nil || !hasClock {
		return p, err
	}
	p.clock = "T" + rest
	return p, p.checkClock()
}

func (p *point) parseYear(s string) (rest string, err error) {
	s, p.year.left = cutQualifier(s)
	n := 0
	if strings.HasPrefix(s, "Y") {
		n = 1
	}
	if strings.HasPrefix(s[n:], "-") {
		n++
	}
	digits := n
	for n < len(s) && isDigit(s[n]) {
		n++
	}
	p.year.digits = s[:n]
	if err := checkYear(s[:digits], s[digits:n]); err != nil {
		return "", err
	}
	rest, p.year.right = cutQualifier(s[n:])
	if s[0] == 'Y' && rest != "" {
		return "", syntax("a long year stands alone, as Y17000")
	}
	return rest, nil
}

func checkYear(prefix, digits string) error {
	switch {
	case strings.HasPrefix(prefix, "Y"):
		if len(digits) < 5 || digits[0] == '0' || strings.Contains(digits, "X") {
			return syntax("Y takes a year of five to ten digits without leading zero, as Y17000 or Y-17000")
		}
		if len(digits) > 10 {
			return unsupported("years of more than ten digits")
		}
	case len(digits) != 4:
		return syntax("a year has four digits, as 2014, 201X or -0044; longer ones begin with Y; %s", accepted)
	case prefix == "-" && digits == "0000":
		return syntax("there is no year -0000; the year before 0001 is 0000")
	}
	return nil
}

// parsePart reads "-", a left qualifier, two digits, a right qualifier.
func parsePart(s string, f *part) (rest string, err error) {
	s, ok := strings.CutPrefix(s, "-")
	if !ok {
		return "", syntax("expected - before %q; %s", s, accepted)
	}
	s, f.left = cutQualifier(s)
	if len(s) < 2 || !isDigit(s[0]) || !isDigit(s[1]) {
		return "", syntax("expected two digits at %q; %s", s, accepted)
	}
	f.digits = s[:2]
	rest, f.right = cutQualifier(s[2:])
	return rest, nil
}

func (p point) check() error {
	if p.month.digits == "" {
		return nil
	}
	if p.season() > 0 {
		if p.day.digits != "" {
			return syntax("a season has no day")
		}
		return nil
	}
	if m := p.month.digits; m >= "25" && m <= "41" {
		return unsupported("part of a year %s; seasons 21 (spring) to 24 (winter) and months 01 to 12 are read", m)
	}
	if _, _, _, ok := p.edge(false); !ok {
		return syntax("no such month or day in the calendar")
	}
	return nil
}

func (p point) checkClock() error {
	for _, f := range p.parts() {
		if strings.Contains(f.digits, "X") || f.left != 0 || f.right != 0 {
			return unsupported("an unsure day with a time of day; leave the time out")
		}
	}
	if p.day.digits == "" {
		return syntax("a time of day needs a full date, as 2014-05-01T10:20:30Z")
	}
	if strings.ContainsAny(p.clock, "?~%X") {
		return unsupported("an unsure time of day; leave the time out, as 2014-05-01~")
	}
	if _, _, _, _, ok := parseClock(p.clock); !ok {
		return syntax("a time of day is hours, minutes and seconds without fraction, as T10:20:30, T10:20:30Z or T10:20:30+02:00")
	}
	return nil
}

var clockForm = regexp.MustCompile(`^T(\d\d):(\d\d):(\d\d)(Z|[+-]\d\d(:\d\d)?)?$`)

// parseClock reads "T10:20:30" with an optional zone; offset is in minutes east of UTC.
func parseClock(s string) (hour, minute, second, offset int, ok bool) {
	m := clockForm.FindStringSubmatch(s)
	if m == nil {
		return 0, 0, 0, 0, false
	}
	hour, minute, second = twoDigits(m[1]), twoDigits(m[2]), twoDigits(m[3])
	if zone := m[4]; zone != "" && zone != "Z" {
		offset = 60 * twoDigits(zone[1:3])
		if len(zone) == 6 {
			offset += twoDigits(zone[4:6])
		}
		if offset > 14*60 || len(zone) == 6 && twoDigits(zone[4:6]) > 59 || zone == "-00" || zone == "-00:00" {
			return 0, 0, 0, 0, false
		}
		if zone[0] == '-' {
			offset = -offset
		}
	}
	midnight := hour == 24 && minute == 0 && second == 0
	return hour, minute, second, offset, midnight || hour < 24 && minute < 60 && second < 60
}

func twoDigits(s string) int { return 10*int(s[0]-'0') + int(s[1]-'0') }

func isDigit(c byte) bool { return c >= '0' && c <= '9' || c == 'X' }

func cutQualifier(s string) (string, Qualifier) {
	if s != "" && (s[0] == '?' || s[0] == '~' || s[0] == '%') {
		return s[1:], Qualifier(s[0])
	}
	return s, 0
}

const accepted = "accepted are 2014, 2014-05, 2014-05-01, with ? ~ % after a part or before it, X for digits not known, " +
	"2014-21 to 2014-24 for seasons, A/B, A/.., ../B, A/, /B, [A,B..C], {A,B..C}"

// wrongForms are forms that people write instead, with what to write.
var wrongForms = []struct {
	form *regexp.Regexp
	err  error
	say  string
}{
	{regexp.MustCompile(`\s`), ErrSyntax, "no spaces are allowed; " + accepted},
	{regexp.MustCompile(`[?~%]{2}`), ErrSyntax, "two qualifiers in a row; ? and ~ together are written %"},
	{regexp.MustCompile(`^-?\d+[EeS]|^Y-?\d+[EeS]`), ErrUnsupported, "exponents and significant digits; write a range, as 1950/1959, or X for unknown digits, as 195X"},
	{regexp.MustCompile(`^P\d|/P\d`), ErrUnsupported, "durations; write both ends, as 2014-05-01/2014-05-08"},
	{regexp.MustCompile(`-W\d`), ErrUnsupported, "week dates; write the days, as 2014-04-28/2014-05-04"},
	{regexp.MustCompile(`^\d{4}-\d{3}$`), ErrUnsupported, "days of the year; write month and day, as 2014-05-01"},
	{regexp.MustCompile(`^\d{8}(T|$)`), ErrSyntax, "the parts need hyphens, as 2014-05-01"},
	{regexp.MustCompile(`^\d{1,2}[./]\d{1,2}[./]\d{2,4}$`), ErrSyntax, "write year, month, day, as 2014-05-01"},
	{regexp.MustCompile(`\d[xu]|unknown|open|u{2}|x{2}`), ErrSyntax, "unknown digits are a capital X, an open end is .., an unknown end is left empty"},
	{regexp.MustCompile(`[^0-9TYXZ+:/.,~?%{}\[\]-]`), ErrSyntax, accepted},
}

// diagnose returns a better answer than the parser's for what is commonly written instead, or nil.
func diagnose(s string) error {
	if len(s) > maxLen {
		return nil
	}
	for _, w := range wrongForms {
		if w.form.MatchString(s) {
			return fmt.Errorf("%w: %s", w.err, w.say)
		}
	}
	return nil
}

func syntax(format string, a ...any) error {
	return fmt.Errorf("%w: %s", ErrSyntax, fmt.Sprintf(format, a...))
}

func unsupported(format string, a ...any) error {
	return fmt.Errorf("%w: %s", ErrUnsupported, fmt.Sprintf(format, a...))
}
