package edtf

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

func parseOK(t testing.TB, s string) Date {
	t.Helper()
	d, err := Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestInterval(t *testing.T) {
	for _, c := range []struct{ in, from, to string }{
		{"2014", "2014-01-01T00:00:00Z", "2015-01-01T00:00:00Z"},
		{"2016-02", "2016-02-01T00:00:00Z", "2016-03-01T00:00:00Z"},
		{"2015-02", "2015-02-01T00:00:00Z", "2015-03-01T00:00:00Z"},
		{"2016-02-29", "2016-02-29T00:00:00Z", "2016-03-01T00:00:00Z"},
		{"2014-12-31", "2014-12-31T00:00:00Z", "2015-01-01T00:00:00Z"},
		{"2014-05-01T10:20:30Z", "2014-05-01T10:20:30Z", "2014-05-01T10:20:31Z"},
		{"2014-05-01T01:20:30+02:00", "2014-04-30T23:20:30Z", "2014-04-30T23:20:31Z"},
		{"2014-05-01T22:20:30-05", "2014-05-02T03:20:30Z", "2014-05-02T03:20:31Z"},
		{"2014-05-01T24:00:00", "2014-05-02T00:00:00Z", "2014-05-02T00:00:01Z"},
		{"2014~", "2014-01-01T00:00:00Z", "2015-01-01T00:00:00Z"},
		{"201X", "2010-01-01T00:00:00Z", "2020-01-01T00:00:00Z"},
		{"20XX", "2000-01-01T00:00:00Z", "2100-01-01T00:00:00Z"},
		{"XXXX-12-XX", "0000-12-01T00:00:00Z", "10000-01-01T00:00:00Z"},
		{"2014-XX", "2014-01-01T00:00:00Z", "2015-01-01T00:00:00Z"},
		{"2014-1X", "2014-10-01T00:00:00Z", "2015-01-01T00:00:00Z"},
		{"2014-05-XX", "2014-05-01T00:00:00Z", "2014-06-01T00:00:00Z"},
		{"2014-XX-31", "2014-01-31T00:00:00Z", "2015-01-01T00:00:00Z"},
		{"201X-02-29", "2012-02-29T00:00:00Z", "2016-03-01T00:00:00Z"},
		{"2014-02-2X", "2014-02-20T00:00:00Z", "2014-03-01T00:00:00Z"},
		{"2014-21", "2014-03-01T00:00:00Z", "2014-06-01T00:00:00Z"},
		{"2014-24", "2014-12-01T00:00:00Z", "2015-03-01T00:00:00Z"},
		{"2015-24", "2015-12-01T00:00:00Z", "2016-03-01T00:00:00Z"},
		{"0000", "0000-01-01T00:00:00Z", "0001-01-01T00:00:00Z"},
		{"-0001-12", "-0001-12-01T00:00:00Z", "0000-01-01T00:00:00Z"},
		{"-000X", "-0009-01-01T00:00:00Z", "0000-01-01T00:00:00Z"},
		{"Y17000", "17000-01-01T00:00:00Z", "17001-01-01T00:00:00Z"},
		{"Y-9999999999", "-9999999999-01-01T00:00:00Z", "-9999999998-01-01T00:00:00Z"},
		{"2014-05/2014-06", "2014-05-01T00:00:00Z", "2014-07-01T00:00:00Z"},
		{"2014-05/..", "2014-05-01T00:00:00Z", "open"},
		{"../2014-05", "open", "2014-06-01T00:00:00Z"},
		{"2014-05/", "2014-05-01T00:00:00Z", "open"},
		{"/2014-05", "open", "2014-06-01T00:00:00Z"},
		{"[2016,2014]", "2014-01-01T00:00:00Z", "2017-01-01T00:00:00Z"},
		{"[..2014-05]", "open", "2014-06-01T00:00:00Z"},
		{"{2014,2016-05..}", "2014-01-01T00:00:00Z", "open"},
		{"[1667,1668..1670-12]", "1667-01-01T00:00:00Z", "1671-01-01T00:00:00Z"},
	} {
		t.Run(c.in, func(t *testing.T) {
			d := parseOK(t, c.in)
			from, to, openStart, openEnd := d.Interval()
			show := func(at time.Time, open bool) string {
				if open {
					return "open"
				}
				return at.Format(time.RFC3339)
			}
			if got := show(from, openStart); got != c.from {
				t.Errorf("earliest = %s, want %s", got, c.from)
			}
			if got := show(to, openEnd); got != c.to {
				t.Errorf("latest = %s, want %s", got, c.to)
			}
			if d.String() != c.in {
				t.Errorf("prints as %s", d)
			}
		})
	}
}

func TestRefused(t *testing.T) {
	for _, c := range []struct {
		in   string
		err  error
		says string
	}{
		{"", ErrSyntax, "empty"},
		{"2014-13", ErrSyntax, "no such month"},
		{"2014-00", ErrSyntax, "no such month"},
		{"2015-02-29", ErrSyntax, "no such month or day"},
		{"1900-02-29", ErrSyntax, "no such month or day"},
		{"2014-04-31", ErrSyntax, "no such month or day"},
		{"2014-02-3X", ErrSyntax, "no such month or day"},
		{"201", ErrSyntax, "four digits"},
		{"20145", ErrSyntax, "begin with Y"},
		{"-0000", ErrSyntax, "0000"},
		{"Y2014", ErrSyntax, "five to ten"},
		{"Y017000", ErrSyntax, "leading zero"},
		{"Y17000-05", ErrSyntax, "stands alone"},
		{"Y17000000000", ErrUnsupported, "ten digits"},
		{"Y-17E7", ErrUnsupported, "range"},
		{"1950S2", ErrUnsupported, "195X"},
		{"2014-25", ErrUnsupported, "21 (spring)"},
		{"2014-41", ErrUnsupported, "21 (spring)"},
		{"2014-21-05", ErrSyntax, "season has no day"},
		{"2014-W18", ErrUnsupported, "write the days"},
		{"2014-123", ErrUnsupported, "month and day"},
		{"P1Y", ErrUnsupported, "both ends"},
		{"2014-05-01/P1Y", ErrUnsupported, "both ends"},
		{"20140501", ErrSyntax, "2014-05-01"},
		{"01.05.2014", ErrSyntax, "2014-05-01"},
		{"2014-5", ErrSyntax, "two digits"},
		{"2014-05-01T10:20Z", ErrSyntax, "T10:20:30"},
		{"2014-05-01T10:20:60Z", ErrSyntax, "T10:20:30"},
		{"2014-05-01T10:20:30.5Z", ErrSyntax, "without fraction"},
		{"2014-05-01T24:00:01Z", ErrSyntax, "T10:20:30"},
		{"2014-05-01T10:20:30+15:00", ErrSyntax, "T10:20:30"},
		{"2014-05-01T10:20:30-00:00", ErrSyntax, "T10:20:30"},
		{"2014-05T10:20:30Z", ErrSyntax, "full date"},
		{"2014-05-01T10:20:30Z~", ErrUnsupported, "unsure time of day"},
		{"2014-05-01T1X:20:30Z", ErrUnsupported, "unsure time of day"},
		{"2014-05-0XT10:20:30Z", ErrUnsupported, "unsure day"},
		{"2014-05-01T10:20:30Z/2014-05-02", ErrUnsupported, "give days"},
		{"2014-05/2014-04", ErrSyntax, "earlier date first"},
		{"2014/2015/2016", ErrSyntax, "one slash"},
		{"../..", ErrSyntax, "one end must be"},
		{"/", ErrSyntax, "one end must be"},
		{"..", ErrSyntax, "accepted"},
		{"[2014", ErrSyntax, "closing ]"},
		{"{}", ErrSyntax, "closing }"},
		{"[2014,..2016]", ErrSyntax, "first member"},
		{"[2014..,2016]", ErrSyntax, "first member"},
		{"[2016..2014]", ErrSyntax, "earlier date first"},
		{"[2014, 2015]", ErrSyntax, "no spaces"},
		{"2014?~", ErrSyntax, "written %"},
		{"2014-uu", ErrSyntax, "capital X"},
		{"2014-xx", ErrSyntax, "capital X"},
		{"2014-05/open", ErrSyntax, "open end is .."},
		{"um 2014", ErrSyntax, "no spaces"},
		{"2014–05", ErrSyntax, "accepted"},
		{"2014-05-01-", ErrSyntax, "left over"},
		{"2014-", ErrSyntax, "two digits"},
		{strings.Repeat("2", 2000), ErrSyntax, "longer than"},
	} {
		t.Run(c.in[:min(len(c.in), 30)], func(t *testing.T) {
			d, err := Parse(c.in)
			if !errors.Is(err, c.err) || !strings.Contains(fmt.Sprint(err), c.says) {
				t.Errorf("Parse = %v, %v; want %v saying %q", d, err, c.err, c.says)
			}
			if !d.IsZero() {
				t.Errorf("an error came with the date %v", d)
			}
		})
	}
}

func TestCompare(t *testing.T) {
	for _, c := range []struct {
		a, b                     string
		covers, overlaps, before bool
	}{
		{"2014-05", "2014-05-17", true, true, false},
		{"2014-05-17", "2014-05", false, true, false},
		{"2014", "2015", false, false, true},
		{"2015", "2014", false, false, false},
		{"2014-12-31", "2015-01-01T00:00:00Z", false, false, true},
		{"2014~", "2015", false, false, false},
		{"2014~", "2016", false, false, false}, // 366 days reach a day into 2016
		{"2014~", "2016-10-06", false, false, true},
		{"2014?", "2030", false, false, false},
		{"2014%", "2030", false, false, false},
		{"2014-~05", "2015", false, false, true},  // the year is sure
		{"2014-~12", "2015", false, false, true},  // and stays so
		{"2014-12~", "2015", false, false, false}, // the whole is about
		{"2014-~05", "2014-07", false, false, false},
		{"2014-~05", "2014-08", false, false, true},
		{"2014-23", "2015-01", false, false, false}, // autumn somewhere
		{"2014-23", "2015-03", false, false, true},
		{"2014/..", "2016-05", true, true, false},
		{"2014/", "2016-05", false, true, false},
		{"2014/..", "2016/..", true, true, false},
		{"2016/..", "2014/..", false, true, false},
		{"../2014", "2015", false, false, true},
		{"/2014", "1900", false, true, false},
		{"2014/..", "2030", true, true, false},
		{"2013", "2014/..", false, false, true},
		{"2013", "../2014", false, true, false},
		{"1990?/2000", "2010", false, false, true},
		{"1990/2000?", "2010", false, false, false},
		{"{2014-05,2014-06}", "2014-05-20/2014-06-10", true, true, false},
		{"{2014-05,2014-07}", "2014-05-20/2014-07-10", false, true, false},
		{"[2014,2016]", "2015", false, false, false},
		{"[2014,2016]", "2017", false, false, true},
		{"2014/2016", "[2014-05,2016-05]", true, true, false},
		{"[..2014]", "1900", true, true, false},
		{"201X", "2014-05", true, true, false},
	} {
		t.Run(c.a+" "+c.b, func(t *testing.T) {
			a, b := parseOK(t, c.a), parseOK(t, c.b)
			if got := a.Covers(b); got != c.covers {
				t.Errorf("Covers = %t, want %t", got, c.covers)
			}
			if got := a.Overlaps(b); got != c.overlaps {
				t.Errorf("Overlaps = %t, want %t", got, c.overlaps)
			}
			if got := a.Before(b); got != c.before {
				t.Errorf("Before = %t, want %t", got, c.before)
			}
		})
	}
	if d := (Date{}); d.Covers(d) || d.Overlaps(d) || d.Before(d) {
		t.Error("no date compares with no date")
	}
}

func TestHuman(t *testing.T) {
	for _, c := range []struct{ in, de, en string }{
		{"2014", "2014", "2014"},
		{"2014~", "um 2014", "about 2014"},
		{"~2014", "um 2014", "about 2014"},
		{"2014-05", "Mai 2014", "May 2014"},
		{"2014-03-07", "7. März 2014", "7 March 2014"},
		{"2014-03-07~", "um den 7. März 2014", "about 7 March 2014"},
		{"2014-05?", "Mai 2014 (unsicher)", "May 2014 (uncertain)"},
		{"2014-05%", "um Mai 2014 (unsicher)", "about May 2014 (uncertain)"},
		{"2014-~05", "Mai 2014 (Monat ungefähr)", "May 2014 (month approximate)"},
		{"2014?-05-07", "7. Mai 2014 (Jahr unsicher)", "7 May 2014 (year uncertain)"},
		{"2014-05-%07", "7. Mai 2014 (Tag ungefähr und unsicher)", "7 May 2014 (day approximate and uncertain)"},
		{"201X", "2010er Jahre", "2010s"},
		{"19XX", "zwischen 1900 und 1999 (19XX)", "between 1900 and 1999 (19XX)"},
		{"2014-XX", "2014, Monat unbekannt", "2014, month unknown"},
		{"2014-XX-XX", "2014, Monat und Tag unbekannt", "2014, month and day unknown"},
		{"2014-05-XX", "Mai 2014, Tag unbekannt", "May 2014, day unknown"},
		{"2014-05-1X~", "um den zwischen 10. Mai 2014 und 19. Mai 2014 (2014-05-1X)", "about between 10 May 2014 and 19 May 2014 (2014-05-1X)"},
		{"2014-21", "Frühling 2014", "spring 2014"},
		{"2014-05-01T10:20:30Z", "1. Mai 2014, 10:20:30 UTC", "1 May 2014, 10:20:30 UTC"},
		{"2014-05-01T10:20:30+02:00", "1. Mai 2014, 10:20:30 UTC+02:00", "1 May 2014, 10:20:30 UTC+02:00"},
		{"2014-05-01T10:20:30", "1. Mai 2014, 10:20:30", "1 May 2014, 10:20:30"},
		{"-0043-03-15", "15. März 44 v. Chr.", "15 March 44 BC"},
		{"0000", "1 v. Chr.", "1 BC"},
		{"Y17000", "Jahr 17000", "year 17000"},
		{"../2014-05?", "bis Mai 2014 (unsicher)", "until May 2014 (uncertain)"},
		{"2014~/..", "ab etwa 2014", "from about 2014 on"},
		{"2014/", "ab 2014, Ende unbekannt", "from 2014 on, end unknown"},
		{"/2014", "bis 2014, Beginn unbekannt", "until 2014, start unknown"},
		{"2014-05/2014-06-03~", "Mai 2014 bis etwa 3. Juni 2014", "May 2014 to about 3 June 2014"},
		{"[2014,2016]", "2014 oder 2016", "2014 or 2016"},
		{"[..2014-05]", "Mai 2014 oder früher", "May 2014 or earlier"},
		{"[2012,2014..2016]", "2012 oder 2014 bis 2016", "2012 or 2014 to 2016"},
		{"{2014,2016,2018..}", "2014, 2016 und alle ab 2018", "2014, 2016 and all from 2018 on"},
	} {
		d := parseOK(t, c.in)
		if got := d.Human("de"); got != c.de {
			t.Errorf("%s: Human(de) = %q, want %q", c.in, got, c.de)
		}
		if got := d.Human("en"); got != c.en {
			t.Errorf("%s: Human(en) = %q, want %q", c.in, got, c.en)
		}
	}
}

func TestFromTime(t *testing.T) {
	at := time.Date(2016, 10, 7, 1, 30, 5, 999, time.FixedZone("", 2*3600))
	if got := Day(at).String(); got != "2016-10-06" {
		t.Errorf("Day = %s", got)
	}
	if got := Instant(at).String(); got != "2016-10-06T23:30:05Z" {
		t.Errorf("Instant = %s", got)
	}
	var d Date
	if err := d.UnmarshalText([]byte("2014~")); err != nil || d.String() != "2014~" || !d.Approximate() || d.Uncertain() {
		t.Errorf("UnmarshalText gave %v, %v", d, err)
	}
	if err := d.UnmarshalText(nil); err != nil || !d.IsZero() {
		t.Errorf("UnmarshalText of nothing gave %v, %v", d, err)
	}
}

// sampler draws from the grammar: the rules of each level, not what the parser happens to take.
type sampler struct{ *rand.Rand }

func (r sampler) pick(of ...string) string { return of[r.IntN(len(of))] }

func (r sampler) qualifier() string { return r.pick("", "?", "~", "%") }

func (r sampler) date(precision int) string {
	y, m := r.IntN(10000), 1+r.IntN(12)
	d := 1 + r.IntN(time.Date(y, time.Month(m)+1, 0, 0, 0, 0, 0, time.UTC).Day())
	return []string{fmt.Sprintf("%04d", y), fmt.Sprintf("%04d-%02d", y, m), fmt.Sprintf("%04d-%02d-%02d", y, m, d)}[precision]
}

func (r sampler) level0() string {
	switch r.IntN(3) {
	case 0:
		return r.date(r.IntN(3))
	case 1:
		zone := r.pick("", "Z", fmt.Sprintf("%s%02d", r.pick("+", "-"), 1+r.IntN(14)), fmt.Sprintf("+%02d:%02d", r.IntN(14), r.IntN(60)))
		return r.date(2) + fmt.Sprintf("T%02d:%02d:%02d", r.IntN(24), r.IntN(60), r.IntN(60)) + zone
	}
	return r.ordered(r.date(r.IntN(3)), r.date(r.IntN(3)))
}

// ordered joins two dates to an interval, the smaller text (so the earlier start) first.
func (r sampler) ordered(a, b string) string {
	if strings.Trim(a, "?~%") > strings.Trim(b, "?~%") {
		a, b = b, a
	}
	return a + "/" + b
}

func (r sampler) level1() string {
	switch r.IntN(8) {
	case 0:
		return r.date(r.IntN(3)) + r.qualifier()
	case 1:
		d := r.date(2)
		return r.pick(d[:3]+"X", d[:2]+"XX", d[:4]+"-XX", d[:7]+"-XX", d[:4]+"-XX-XX") + r.qualifier()
	case 2:
		return r.date(0) + r.pick("-21", "-22", "-23", "-24") + r.qualifier()
	case 3:
		return fmt.Sprintf("Y%s%d", r.pick("", "-"), 10000+r.Int64N(9_999_990_000))
	case 4:
		return "-" + r.pick("0001", "0044", "1985", "9999") + r.pick("", "-06", "-06-30")
	case 5:
		return r.ordered(r.date(r.IntN(3))+r.qualifier(), r.date(r.IntN(3))+r.qualifier())
	case 6:
		return r.date(r.IntN(3)) + r.qualifier() + r.pick("/..", "/")
	}
	return r.pick("../", "/") + r.date(r.IntN(3)) + r.qualifier()
}

func (r sampler) level2() string {
	switch r.IntN(3) {
	case 0:
		return r.partwise()
	case 1:
		d := []byte(r.date(2))
		if d[5] == '0' && d[8] != '3' && string(d[5:]) != "02-29" { // any X there keeps some real day
			for _, i := range []int{0, 1, 2, 3, 5, 6, 8, 9} {
				if r.IntN(3) == 0 {
					d[i] = 'X'
				}
			}
		}
		return string(d)
	}
	open, shut := "[", "]"
	if r.IntN(2) == 0 {
		open, shut = "{", "}"
	}
	members := []string{r.partwise()}
	for range r.IntN(4) {
		members = append(members, r.pick(r.date(1), r.partwise(), strings.Replace(r.ordered(r.date(0), r.date(2)), "/", "..", 1)))
	}
	if r.IntN(4) == 0 {
		members[0] = ".." + members[0]
	}
	if r.IntN(4) == 0 && len(members) > 1 {
		members[len(members)-1] = r.date(1) + ".."
	}
	return open + strings.Join(members, ",") + shut
}

func (r sampler) partwise() string {
	f := strings.Split(r.date(2), "-")
	for i := range f {
		f[i] = r.qualifier() + f[i] + r.qualifier()
	}
	return strings.Join(f[:1+r.IntN(3)], "-")
}

func TestGrammar(t *testing.T) {
	for level, draw := range []func(sampler) string{sampler.level0, sampler.level1, sampler.level2} {
		t.Run(fmt.Sprint(level), func(t *testing.T) {
			r := sampler{rand.New(rand.NewPCG(uint64(level), 8601))}
			for range 20000 {
				checkDate(t, parseOK(t, draw(r)))
			}
		})
	}
}

// checkDate states what holds for every date.
func checkDate(t *testing.T, d Date) {
	t.Helper()
	again, err := Parse(d.String())
	if err != nil || again.String() != d.String() {
		t.Fatalf("%s printed and parsed again: %v, %v", d, again, err)
	}
	from, to, openStart, openEnd := d.Interval()
	if !openStart && !openEnd && !from.Before(to) {
		t.Fatalf("%s: earliest %v, latest %v", d, from, to)
	}
	if !d.Overlaps(d) || d.Before(d) {
		t.Fatalf("%s: Overlaps itself %t, Before itself %t", d, d.Overlaps(d), d.Before(d))
	}
	if unknownEnd := strings.HasPrefix(d.String(), "/") || strings.HasSuffix(d.String(), "/"); d.Covers(d) == unknownEnd {
		t.Fatalf("%s: Covers itself = %t", d, !unknownEnd)
	}
	for _, lang := range []string{"de", "en"} {
		if words := d.Human(lang); words == "" || strings.Contains(words, "%!") {
			t.Fatalf("%s: Human(%s) = %q", d, lang, words)
		}
	}
}

// TestUnspecifiedAgreesWithEnumeration puts every digit into every X and asks the calendar.
func TestUnspecifiedAgreesWithEnumeration(t *testing.T) {
	r := sampler{rand.New(rand.NewPCG(3, 3))}
	for range 300 {
		pattern := []byte(r.date(2))
		for range 1 + r.IntN(4) {
			pattern[[]int{2, 3, 5, 6, 8, 9}[r.IntN(6)]] = 'X'
		}
		var first, last time.Time
		for _, day := range fill(string(pattern)) {
			at, err := time.Parse("2006-01-02", day)
			if err != nil {
				continue
			}
			if first.IsZero() || at.Before(first) {
				first = at
			}
			if at.After(last) {
				last = at
			}
		}
		d := parseOK(t, string(pattern))
		from, to, _, _ := d.Interval()
		if !from.Equal(first) || !to.Equal(last.AddDate(0, 0, 1)) {
			t.Errorf("%s lies in [%v, %v), by enumeration in [%v, %v]", pattern, from, to, first, last)
		}
	}
}

func fill(pattern string) []string {
	i := strings.IndexByte(pattern, 'X')
	if i < 0 {
		return []string{pattern}
	}
	var out []string
	for digit := range 10 {
		out = append(out, fill(pattern[:i]+fmt.Sprint(digit)+pattern[i+1:])...)
	}
	return out
}

// TestOrderIsStrict: where Before holds for two dates it holds for nothing that contradicts it.
func TestOrderIsStrict(t *testing.T) {
	r := sampler{rand.New(rand.NewPCG(9, 9))}
	draw := func() Date {
		return parseOK(t, r.pick(r.level0(), r.level1(), r.level2()))
	}
	for range 20000 {
		a, b := draw(), draw()
		if a.Before(b) && (b.Before(a) || a.Overlaps(b)) {
			t.Fatalf("%s before %s, yet the reverse or an overlap as well", a, b)
		}
		if a.Covers(b) && !a.Overlaps(b) {
			t.Fatalf("%s covers %s but does not overlap it", a, b)
		}
	}
}

func FuzzParse(f *testing.F) {
	r := sampler{rand.New(rand.NewPCG(1, 1))}
	for range 20 {
		f.Add(r.level0())
		f.Add(r.level1())
		f.Add(r.level2())
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := Parse(s)
		if err != nil {
			if !errors.Is(err, ErrSyntax) && !errors.Is(err, ErrUnsupported) {
				t.Fatalf("%q: untyped error %v", s, err)
			}
			return
		}
		if d.String() != s {
			t.Fatalf("%q prints as %q", s, d)
		}
		checkDate(t, d)
	})
}
