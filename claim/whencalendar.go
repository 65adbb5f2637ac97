package claim

import (
	"strconv"
	"strings"
)

// core reads one calendar expression that starts at token i, without prepositions.
func (w *whenReader) core(i int) period {
	if i < 0 || i >= len(w.toks) {
		return period{}
	}
	t := w.toks[i]
	var p period
	if c := t.Text[0]; c >= '0' && c <= '9' {
		p = w.numeric(i)
	} else if strings.HasPrefix(t.Lower, "mid-") {
		p = w.mid(i)
	} else if w.book.listed(w.in, i) {
		p = w.listedCore(i)
	}
	p.start = i
	return p
}

func (w *whenReader) listedCore(i int) period {
	for _, c := range [...]struct {
		class string
		read  func(i int, p *phrase) period
	}{
		{"deictic", w.deictic}, {"deictic night", w.deictic}, {"yearword", w.yearWord}, {"edge", w.edge}, {"unitedge", w.unitEdge}, {"rel", w.relative},
		{"holiday", w.holiday}, {"weekday", w.weekday}, {"month", w.month}, {"season", w.season}, {"year", w.yearAfter},
		{"ordinal", w.ordinal}, {"unit", w.bareUnit},
	} {
		if p := w.book.at(w.in, i, c.class); p != nil {
			if q := c.read(i, p); q.end > 0 {
				return q
			}
		}
	}
	return period{}
}

// relativeTo marks p as depending on the day of publication.
func (w *whenReader) relativeTo(p period, end int, rule string) period {
	p.end, p.rule, p.anchor, p.unknown = end, rule, "published", !w.known
	return p
}

func calendar(p period, end int, rule string) period {
	p.end, p.rule, p.anchor = end, rule, "calendar"
	return p
}

func (w *whenReader) deictic(i int, p *phrase) period {
	end := i + len(p.words)
	if p.words[0] == "morgen" && (w.upper(i) && i > 0 && w.toks[i-1].Kind != Punct || w.book.at(w.in, i-1, "at") != nil) {
		return period{}
	}
	if ago := w.book.at(w.in, end, "ago"); ago != nil && w.lex.comma && p.num == 0 { // heute vor einem Jahr
		if d := w.duration(end + len(ago.words)); d.end > 0 && d.amount > 0 {
			return w.relativeTo(dayPeriod(w.moved(d, -1)), d.end, "day-ago")
		}
	}
	q := dayPeriod(w.pub + Day(p.num))
	if p.class == "deictic night" {
		q.clock = "night"
		if p.words[0] == "overnight" {
			q.to, q.grain = w.pub, bySpan
		}
	} else if d := w.book.at(w.in, end, "daypart"); d != nil {
		q.clock = d.value
		end++
	} else if d := w.book.at(w.in, end, "weekday", "unit"); d != nil && p.words[0] != "heute" && (d.class == "weekday" || d.value == "days") && w.lex.comma {
		_, q.clock, _ = strings.Cut(d.value, ":") // "am gestrigen Montag", "am heutigen Tag"
		end++
	}
	return w.relativeTo(q, end, "day")
}

func (w *whenReader) yearWord(i int, p *phrase) period {
	y, _, _ := w.pub.Date()
	return w.relativeTo(yearPeriod(y+int(p.num)), i+1, "year")
}

func (w *whenReader) yearAfter(i int, p *phrase) period {
	j := i + len(p.words)
	if y := w.year(j); y > 0 {
		return calendar(yearPeriod(y), j+1, "year")
	}
	return period{}
}

// bareUnit reads "am Wochenende" and, after "des"/"of the", the current unit ("Ende des Jahres").
func (w *whenReader) bareUnit(i int, p *phrase) period {
	if p.value != "weekend" {
		return period{}
	}
	q := dayPeriod(w.pub)
	return w.relativeTo(w.weekend(q.from, 0), i+1, "weekend")
}

// weekend returns the Saturday and Sunday: n -1 the one before, 1 the next, 0 the last or, in the
// future tense, the coming one.
func (w *whenReader) weekend(d Day, n int) period {
	sat := weekPeriod(d).from + 5
	switch {
	case n < 0 || n == 0 && w.guess() != TenseFuture && sat > d:
		sat -= 7
	case n > 0 && sat <= d:
		sat += 7
	}
	return spanPeriod(sat, sat+1)
}

// edge reads "Anfang September", "Ende des Jahres", "early last week".
func (w *whenReader) edge(i int, p *phrase) period {
	j := w.skip(i + len(p.words))
	q := w.core(j)
	if q.end == 0 {
		if u := w.book.at(w.in, j, "unit"); u != nil && !w.plural(j) && j > i+len(p.words) {
			q = w.relativeTo(w.unitAround(u.value, 0), j+1, "current")
		}
	}
	if q.end == 0 || q.grain == byDay || q.grain == bySpan && q.rule != "weekend" {
		return period{}
	}
	q = q.cut(p.value)
	q.rule = "edge"
	return q
}

// unitEdge reads "Jahresbeginn", "Monatsende": an edge of the current unit in one word.
func (w *whenReader) unitEdge(i int, p *phrase) period {
	unit, edge, _ := strings.Cut(p.value, ":")
	q := w.relativeTo(w.unitAround(unit, 0), i+len(p.words), "current").cut(edge)
	q.rule = "edge"
	return q
}

func (w *whenReader) mid(i int) period {
	rest := w.toks[i].Lower[len("mid-"):]
	if len(rest) == 4 && plainDigits(rest) {
		y, _ := strconv.Atoi(rest)
		return calendar(yearPeriod(y).cut("middle"), i+1, "edge")
	}
	for _, m := range w.book.first[rest] {
		if m.class == "month" {
			q := w.monthFrom(i+1, int(m.num)).cut("middle")
			q.rule = "edge"
			return q
		}
	}
	return period{}
}

// unitAround returns the unit that holds the publication day, moved by n.
func (w *whenReader) unitAround(unit string, n int) period {
	y, m, _ := w.pub.Date()
	switch unit {
	case "weeks":
		return weekPeriod(w.pub + Day(7*n))
	case "weekend":
		return w.weekend(w.pub, n)
	case "months":
		return monthPeriod(y, m+n)
	case "quarters":
		q := monthPeriod(y, (m-1)/3*3+1+3*n)
		q.to, q.grain = q.from.addMonths(3)-1, bySpan
		return q
	case "years":
		return yearPeriod(y + n)
	case "decades":
		return decadePeriod((y/10+n)*10, 10)
	case "centuries":
		return decadePeriod((y/100+n)*100, 100)
	}
	return dayPeriod(w.pub + Day(n))
}

// relative reads what follows "vergangen", "diese", "next": weekday, unit, month, season, N units.
func (w *whenReader) relative(i int, p *phrase) period {
	if w.book.at(w.in, i-1, "verb") != nil && w.toks[i].Lower == "last" { // is to last 48 hours
		return period{}
	}
	j, n := i+len(p.words), int(p.num)
	if d := w.duration(j); d.end > 0 && d.amount > 0 && n != 0 {
		q := w.toward(d, n)
		return w.relativeTo(q, d.end, "last-n")
	}
	if q := w.book.at(w.in, j, "weekday"); q != nil {
		r := w.weekdayFrom(j, q)
		d, _, _ := strings.Cut(q.value, ":")
		wd, _ := strconv.Atoi(d)
		switch {
		case n < 0:
			r.from = w.pub - Day((w.pub.weekday()-wd+6)%7+1)
		case n > 0:
			r.from = w.pub + Day((wd-w.pub.weekday()+6)%7+1)
		}
		r.to = r.from
		if d := w.dateAfter(r); d.end > 0 {
			return d
		}
		return w.relativeTo(r, r.end, "rel-weekday")
	}
	if q := w.book.at(w.in, j, "unit"); q != nil {
		return w.relativeUnit(i, j, n, q.value)
	}
	if q := w.book.at(w.in, j, "month"); q != nil && w.upper(j) {
		y, m, _ := w.pub.Date()
		if n < 0 && int(q.num) >= m {
			y--
		} else if n > 0 && int(q.num) <= m {
			y++
		}
		return w.relativeTo(monthPeriod(y, int(q.num)), j+1, "rel-month")
	}
	if q := w.book.at(w.in, j, "season"); q != nil {
		y, _, _ := w.pub.Date()
		r := seasonPeriod(y, int(q.num))
		if n < 0 && r.to >= w.pub || n == 0 && r.from > w.pub && w.guess() == TensePast {
			r = seasonPeriod(y-1, int(q.num))
		} else if n > 0 && r.from <= w.pub {
			r = seasonPeriod(y+1, int(q.num))
		}
		return w.relativeTo(r, j+1, "rel-season")
	}
	if q := w.book.at(w.in, j, "daypart"); q != nil && n == 0 {
		r := dayPeriod(w.pub)
		r.clock = q.value
		return w.relativeTo(r, j+1, "day")
	}
	return period{}
}

func (w *whenReader) relativeUnit(i, j, n int, unit string) period {
	if w.plural(j) && unit != "weekend" {
		if n == 0 {
			return period{}
		}
		d := length{amount: 7, unit: "days"} // "in den vergangenen Tagen": about a week, a month, a year, a decade
		switch unit {
		case "weeks":
			d = length{amount: 1, unit: "months"}
		case "months":
			d = length{amount: 6, unit: "months"}
		case "years":
			d = length{amount: 5, unit: "years"}
		case "decades":
			d = length{amount: 30, unit: "years"}
		case "hours", "minutes", "seconds":
			d.amount = 1
		}
		q := w.toward(d, n)
		q.approx = true
		return w.relativeTo(q, j+1, "recent")
	}
	switch unit {
	case "seconds", "minutes", "hours", "nights", "halfyears":
		return period{}
	case "days":
		if n < 0 || !w.lex.comma { // "der letzte Tag", "the last day", "this day"
			return period{}
		}
	case "decades":
		if n == 0 {
			break
		}
	}
	if !w.lex.comma && n < 0 && i > 0 && w.toks[i-1].Lower == "the" && w.toks[i].Lower != "previous" { // the past year
		q := w.toward(length{amount: 1, unit: unit}, n)
		return w.relativeTo(q, j+1, "last-n")
	}
	if unit == "weeks" { // "nächste Woche Mittwoch"
		k := j + 1
		if w.sign(k, "am") || w.sign(k, "on") {
			k++
		}
		if d := w.book.at(w.in, k, "weekday"); d != nil && w.upper(k) {
			number, part, _ := strings.Cut(d.value, ":")
			wd, _ := strconv.Atoi(number)
			q := dayPeriod(w.unitAround(unit, n).from + Day(wd-1))
			q.clock = part
			return w.relativeTo(q, k+1, "week-weekday")
		}
	}
	return w.relativeTo(w.unitAround(unit, n), j+1, "rel-unit")
}

// holiday reads fixed and Easter-bound days with an optional year.
func (w *whenReader) holiday(i int, p *phrase) period {
	end := i + len(p.words)
	if !w.upper(i) {
		return period{}
	}
	on := func(y int) Day {
		if n, ok := strings.CutPrefix(p.value, "easter"); ok {
			off, _ := strconv.Atoi(n)
			return easter(y) + Day(off)
		}
		m, d, _ := strings.Cut(p.value, "-")
		mm, _ := strconv.Atoi(m)
		dd, _ := strconv.Atoi(d)
		return civil(y, mm, dd)
	}
	if y := w.year(end); y > 0 {
		return calendar(dayPeriod(on(y)), end+1, "holiday")
	}
	y, _, _ := w.pub.Date()
	return w.relativeTo(dayPeriod(w.nearest(on, y)), end, "holiday")
}

// wrongTense is how many days a day of the year loses against the same day of another year if the
// tense speaks against it: a past date of eight months ago needs no year in a text, a longer ago one does.
const wrongTense = 120

// nearest picks the year in which a yearly day lies nearest to the publication day, before it in the
// past tense and after it in the future tense.
func (w *whenReader) nearest(on func(y int) Day, y int) Day {
	best, dist := on(y), Day(1<<30)
	for k := y - 1; k <= y+1; k++ {
		d := on(k)
		away := d - w.pub
		if away < 0 {
			away = -away
		}
		switch t := w.guess(); {
		case t == TensePast && d > w.pub: // what has happened does not lie ahead
			away += 1000
		case t != TenseFuture && d > w.pub, t == TenseFuture && d < w.pub:
			away += wrongTense
		}
		if away < dist {
			best, dist = d, away
		}
	}
	return best
}

// weekday reads a weekday, a part of the day and a date that says which one is meant.
func (w *whenReader) weekday(i int, p *phrase) period {
	if !w.upper(i) || len(p.words[0]) < 5 && !w.lex.comma && w.toks[i].Lower == w.toks[i].Text {
		return period{}
	}
	q := w.weekdayFrom(i, p)
	if d := w.dateAfter(q); d.end > 0 {
		return d
	}
	if d := w.weekAfter(q, p); d.end > 0 {
		return d
	}
	if q.clock != "" && p.words[0] != w.toks[i].Lower {
		q.clock = ""
	}
	return w.relativeTo(q, q.end, "weekday")
}

// weekAfter reads the week that says which weekday is meant: "Montag vergangener Woche", "Monday last week", "Dienstag vor einer
// Woche", "Tuesday two weeks ago".
func (w *whenReader) weekAfter(q period, p *phrase) period {
	number, _, _ := strings.Cut(p.value, ":")
	wd, _ := strconv.Atoi(number)
	j := q.end
	if w.sign(j, "of") || w.sign(j, "der") || w.sign(j, "in") {
		j++
	}
	if w.sign(j, "der") {
		j++
	}
	if rel := w.book.at(w.in, j, "rel"); rel != nil {
		k := j + len(rel.words)
		if u := w.book.at(w.in, k, "unit"); u != nil && u.value == "weeks" && !w.plural(k) {
			d := dayPeriod(weekPeriod(w.pub+Day(7*rel.num)).from + Day(wd-1))
			d.clock = q.clock
			return w.relativeTo(d, k+1, "week-weekday")
		}
	}
	past := w.pub - Day((w.pub.weekday()-wd+7)%7)
	if past == w.pub {
		past -= 7 // "am Freitag vor einer Woche" is said of another Friday than today's
	}
	var d length
	if ago := w.book.at(w.in, q.end, "ago"); ago != nil && w.lex.comma {
		d = w.duration(q.end + len(ago.words))
	} else if !w.lex.comma {
		if d = w.duration(q.end); d.end > 0 && w.book.at(w.in, d.end, "ago") != nil && w.sign(d.end, "ago") {
			d.end++
		} else {
			d.end = 0
		}
	}
	if d.end == 0 || d.amount == 0 || d.unit != "weeks" {
		return period{}
	}
	r := dayPeriod(past - Day(7*int(d.amount+0.5)))
	if w.pub.weekday() == wd {
		r = dayPeriod(w.pub - Day(7*int(d.amount+0.5)))
	}
	r.clock = q.clock
	return w.relativeTo(r, d.end, "weekday-ago")
}

// dateAfter reads the date that says which weekday is meant: "Montag, den 9. Januar".
func (w *whenReader) dateAfter(q period) period {
	j := q.end
	if w.sign(j, ".") {
		j++
	}
	if w.sign(j, ",") {
		j++
	}
	if d := w.book.at(w.in, j, "date of"); d != nil {
		j += len(d.words)
	}
	if j < len(w.toks) && j > q.end || w.book.at(w.in, j, "month") != nil || j < len(w.toks) && w.toks[j].Kind == Number {
		if d := w.core(j); d.end > 0 && d.grain == byDay && d.rule == "date" && (d.unknown || !w.known || d.from.weekday() == q.from.weekday() || d.anchor == "calendar") {
			d.clock = q.clock
			return d
		} else if d.end > 0 && d.grain == byDay && d.rule == "date" && !w.lex.comma && j <= q.end+1 {
			// "Tuesday, October 3" of a Monday: one of the two is wrong, and the text does not say which.
			if other := d.from + Day((q.from.weekday()-d.from.weekday()+10)%7-3); other < d.from {
				d.from = other
			} else {
				d.to = other
			}
			d.grain, d.approx, d.rule, d.clock = bySpan, true, "weekday-mismatch", q.clock
			return d
		}
	}
	return period{}
}

func (w *whenReader) weekdayFrom(i int, p *phrase) period {
	number, part, _ := strings.Cut(p.value, ":")
	wd, _ := strconv.Atoi(number)
	d := w.pub - Day((w.pub.weekday()-wd+7)%7)
	if w.guess() == TenseFuture {
		d = w.pub + Day((wd-w.pub.weekday()+7)%7)
	}
	q := dayPeriod(d)
	q.clock, q.start, q.end = part, i, i+1
	j := i + 1
	if w.book.at(w.in, j, "partadj") != nil {
		j++
	}
	if d := w.book.at(w.in, j, "daypart"); d != nil && part == "" {
		q.clock, q.end = d.value, j+1
	}
	return q
}

// month reads a month with a day and a year, as far as they are there.
func (w *whenReader) month(i int, p *phrase) period {
	if !w.upper(i) || p.value == "0" {
		return period{}
	}
	m, end := int(p.num), i+1
	if w.sign(end, ".") && len(p.words[0]) <= 4 && end+1 < len(w.toks) {
		end++
	}
	if !w.lex.comma {
		if d, n := w.dayNumber(end); d > 0 {
			return w.dayOf(m, d, n)
		}
		if w.ambiguousMonth(i) {
			return period{}
		}
	}
	return w.monthFrom(end, m)
}

// ambiguousMonth reports May and March without words that make them months.
func (w *whenReader) ambiguousMonth(i int) bool {
	l := w.toks[i].Lower
	if l != "may" && l != "march" && l != "mar" && len(l) > 3 {
		return false
	}
	if w.year(i+1) > 0 || i > 0 && (w.book.at(w.in, i-1, "at", "det", "opens", "since", "until", "from", "between", "and", "edge", "before", "after", "rel", "to", "in", "skip") != nil && w.toks[i-1].Text != "the") {
		return false
	}
	return true
}

// monthFrom returns month m with the year that stands at token j, else the fitting year.
func (w *whenReader) monthFrom(j, m int) period {
	if y, end := w.yearOf(j); y > 0 {
		return calendar(monthPeriod(y, m), end, "month")
	}
	if n, end, ok := w.yearRelative(j); ok {
		y, _, _ := w.pub.Date()
		return w.relativeTo(monthPeriod(y+n, m), end, "month")
	}
	y, _, _ := w.pub.Date()
	y, _, _ = w.nearest(func(y int) Day { // the month that has begun is not to come
		if d := civil(y, m, 15); d <= w.pub || civil(y, m, 1) > w.pub {
			return d
		}
		return w.pub
	}, y).Date()
	return w.relativeTo(monthPeriod(y, m), j, "month")
}

// yearRelative reads "vorigen Jahres", "last year", "of this year" after a month.
func (w *whenReader) yearRelative(j int) (n, end int, ok bool) {
	if w.toks != nil && w.sign(j, "of") {
		j++
	}
	if j < len(w.toks) && w.toks[j].Lower == "des" {
		j++
	}
	if p := w.book.at(w.in, j, "rel"); p != nil {
		if u := w.book.at(w.in, j+1, "unit"); u != nil && u.value == "years" && !w.plural(j+1) {
			return int(p.num), j + 2, true
		}
	}
	if p := w.book.at(w.in, j, "yearword"); p != nil && j > 0 && w.toks[j-1].Lower == "des" {
		return int(p.num), j + 1, true
	}
	return 0, 0, false
}

// dayOf returns day d of month m with the year at token j, else the fitting year.
func (w *whenReader) dayOf(m, d, j int) period {
	if y, end := w.yearOf(j); y > 0 {
		if !validDate(y, m, d) {
			return period{}
		}
		return calendar(dayPeriod(civil(y, m, d)), end, "date")
	}
	if !validDate(2000, m, d) {
		return period{}
	}
	y, _, _ := w.pub.Date()
	if n, end, ok := w.yearRelative(j); ok {
		return w.relativeTo(dayPeriod(civil(y+n, m, d)), end, "date")
	}
	return w.relativeTo(dayPeriod(w.nearest(func(y int) Day { return civil(y, m, d) }, y)), j, "date")
}

// yearOf reads a year at token j, after a comma or "of"/"des Jahres" too, and returns the token after it.
func (w *whenReader) yearOf(j int) (y, end int) {
	if y := w.year(j); y > 0 {
		return y, j + 1
	}
	if w.sign(j, ",") || w.sign(j, "of") || w.sign(j, "im") || w.sign(j, "des") {
		k := j + 1
		if p := w.book.at(w.in, k, "year"); p != nil {
			k += len(p.words)
		}
		if y := w.year(k); y > 0 && (!w.sign(j, ",") || !w.lex.comma) {
			return y, k + 1
		}
	}
	return 0, 0
}

func (w *whenReader) season(i int, p *phrase) period {
	end := i + 1
	before := i > 0 && w.book.at(w.in, i-1, "at", "det", "rel", "since", "until", "edge", "skip") != nil
	if y, n := w.yearOf(end); y > 0 {
		return calendar(seasonPeriod(y, int(p.num)), n, "season")
	}
	if !before || !w.lex.comma && w.toks[i-1].Lower == "the" && !w.sign(i-2, "in") {
		return period{}
	}
	y, _, _ := w.pub.Date()
	r := seasonPeriod(y, int(p.num))
	if r.from > w.pub && w.guess() != TenseFuture {
		r = seasonPeriod(y-1, int(p.num))
	} else if r.to < w.pub && w.guess() == TenseFuture {
		r = seasonPeriod(y+1, int(p.num))
	}
	return w.relativeTo(r, end, "season")
}

// ordinal reads "dritten Quartal 2014", "zweiten Jahreshälfte", "first half of 2014".
func (w *whenReader) ordinal(i int, p *phrase) period {
	u := w.book.at(w.in, i+1, "unit")
	if u == nil || u.value != "quarters" && u.value != "halfyears" {
		return period{}
	}
	size := 3
	if u.value == "halfyears" {
		size = 6
	}
	if int(p.num)*size > 12 {
		return period{}
	}
	j := i + 2
	y, end := w.yearOf(j)
	relative := y == 0
	if relative {
		y, _, _ = w.pub.Date()
		if end = j; u.value == "halfyears" && !w.lex.comma {
			return period{}
		}
		if n, e, ok := w.yearRelative(j); ok {
			y, end = y+n, e
		}
	}
	first := civil(y, (int(p.num)-1)*size+1, 1)
	q := spanPeriod(first, first.addMonths(size)-1)
	if relative {
		return w.relativeTo(q, end, "quarter")
	}
	return calendar(q, end, "quarter")
}

// year returns the year at token i, or 0.
func (w *whenReader) year(i int) int {
	if i < 0 || i >= len(w.toks) {
		return 0
	}
	t := w.toks[i]
	if t.Kind != Number || len(t.Text) != 4 || !plainDigits(t.Text) {
		return 0
	}
	y, _ := strconv.Atoi(t.Text)
	if y < 1000 || y > 2100 {
		return 0
	}
	return y
}

// bareYear returns the year at token i if nothing says that the number counts something.
func (w *whenReader) bareYear(i int) int {
	y := w.year(i)
	if y < 1100 || y > 2100 {
		return 0
	}
	if i > 0 {
		prev := w.toks[i-1]
		if prev.Kind == Number || currency(prev.Text) != "" || prev.End == w.toks[i].Start && prev.Text != "(" && prev.Text != "/" && prev.Text != "-" && prev.Text != "–" && prev.Text != "\"" && prev.Text != "„" {
			return 0
		}
		if w.lex.number.at(w.in, i-1, "cmp", "label") != nil && prev.Lower != "around" && prev.Lower != "etwa" && prev.Lower != "im" || w.lex.number.at(w.in, i-2, "cmp") != nil && len(w.lex.number.at(w.in, i-2, "cmp").words) == 2 {
			return 0
		}
	}
	if n := w.num.noun(i+1, false); n.known && !(w.lex.comma && n.of != "" && n.end > i+2 && i > 0 && w.toks[i-1].Lower == "jahr") {
		return 0
	}
	if i+1 < len(w.toks) {
		n := w.toks[i+1]
		if n.Lower == "v" || n.Lower == "v.chr" || n.Lower == "bc" || n.Lower == "b.c." || n.Kind == Number || w.lex.number.at(w.in, i+1, "mul") != nil && len(n.Text) > 1 || n.Text == "%" || n.Text == "." && n.Start == w.toks[i].End && i+2 < len(w.toks) && w.toks[i+2].Start == n.End {
			return 0
		}
	}
	return y
}

// numeric reads dates that start with digits.
func (w *whenReader) numeric(i int) period {
	t := w.toks[i]
	if t.Kind == Word {
		return w.digitWord(i)
	}
	if strings.Count(t.Text, ".") == 2 {
		return w.dotted(i)
	}
	if w.iso(i) {
		y, _ := strconv.Atoi(t.Text)
		m, _ := strconv.Atoi(w.toks[i+2].Text)
		d, _ := strconv.Atoi(w.toks[i+4].Text)
		if validDate(y, m, d) {
			return calendar(dayPeriod(civil(y, m, d)), i+5, "date")
		}
	}
	if d, end := w.dayNumber(i); d > 0 {
		if u := w.book.at(w.in, end, "unit"); u != nil && u.value == "centuries" {
			return calendar(decadePeriod((d-1)*100, 100), end+1, "century")
		}
		if q := w.dayMonth(d, end); q.end > 0 {
			return q
		}
	}
	if strings.Count(t.Text, ".") == 1 && w.sign(i+1, ".") && w.toks[i+1].Start == t.End && w.book.at(w.in, i-1, "at", "date of", "since", "until") != nil {
		a, b, _ := strings.Cut(t.Text, ".")
		d, _ := strconv.Atoi(a)
		m, _ := strconv.Atoi(b)
		if validDate(2000, m, d) {
			return w.dayOf(m, d, i+2)
		}
	}
	if y := w.bareYear(i); y > 0 {
		if i+1 < len(w.toks) && strings.HasPrefix(w.toks[i+1].Lower, "er-jahre") && w.toks[i+1].Start == t.End {
			return calendar(decadePeriod(y, 10), i+2, "decade")
		}
		return calendar(yearPeriod(y), i+1, "year")
	}
	return period{}
}

// iso reports 2016-10-06 in five tokens.
func (w *whenReader) iso(i int) bool {
	if i+4 >= len(w.toks) || w.year(i) == 0 || w.toks[i+4].End-w.toks[i].Start != 10 {
		return false
	}
	return w.toks[i+1].Text == "-" && w.toks[i+3].Text == "-" && plainDigits(w.toks[i+2].Text) && plainDigits(w.toks[i+4].Text)
}

// dotted reads 18.05.2011.
func (w *whenReader) dotted(i int) period {
	parts := strings.Split(w.toks[i].Text, ".")
	d, err1 := strconv.Atoi(parts[0])
	m, err2 := strconv.Atoi(parts[1])
	y, err3 := strconv.Atoi(parts[2])
	if err1 != nil || err2 != nil || err3 != nil || len(parts[2]) != 4 && len(parts[2]) != 2 {
		return period{}
	}
	if len(parts[2]) == 2 {
		if y += 2000; y > 2050 {
			y -= 100
		}
	}
	if y < 1000 || !validDate(y, m, d) {
		return period{}
	}
	return calendar(dayPeriod(civil(y, m, d)), i+1, "date")
}

// dayNumber reads the number of a day ("3.", "3", "3rd") and returns the token after it; 0 if none.
func (w *whenReader) dayNumber(i int) (d, end int) {
	if i < 0 || i >= len(w.toks) {
		return 0, 0
	}
	t := w.toks[i]
	digits := t.Text
	if t.Kind == Word {
		digits = strings.TrimRight(t.Lower, "stndrh")
		if digits == t.Lower {
			return 0, 0
		}
	}
	if len(digits) > 2 || !plainDigits(digits) {
		return 0, 0
	}
	d, _ = strconv.Atoi(digits)
	if d < 1 || d > 31 {
		return 0, 0
	}
	end = i + 1
	if w.lex.comma {
		if !w.sign(end, ".") {
			if w.book.at(w.in, end, "month") != nil {
				return d, end
			}
			return 0, 0
		}
		end++
	} else if end < len(w.toks) && t.Kind == Number && (w.toks[end].Text == ":" || w.toks[end].Text == "%") {
		return 0, 0
	}
	return d, end
}

// dayMonth reads the month after day number d; a list or range of days shares the month at its end.
func (w *whenReader) dayMonth(d, end int) period {
	j := end
	for n := 0; n < 24 && j < len(w.toks); n++ {
		if w.sign(j, "of") {
			j++
		}
		if m := w.book.at(w.in, j, "month"); m != nil && w.upper(j) {
			num := int(m.num)
			if m.value == "0" {
				num = abbreviatedMonth(m.words[0])
			}
			next := j + 1
			if w.sign(next, ".") && len(m.words[0]) <= 4 {
				next++
			}
			q := w.dayOf(num, d, next)
			if q.end > 0 && j > end {
				q.end = end
			}
			return q
		}
		if _, e := w.dayNumber(j); e > 0 && j > end {
			j = e
			continue
		}
		if j >= len(w.toks) {
			break
		}
		switch w.toks[j].Lower {
		case ",", "und", "and", "bis", "to", "-", "–", "/", "sowie", "am", "vom", "zum", "auf", "den", "dem", "oder", "or", "the":
			j++
			continue
		}
		break
	}
	return period{}
}

func abbreviatedMonth(s string) int {
	switch s {
	case "jan":
		return 1
	case "febr", "feb":
		return 2
	case "aug":
		return 8
	case "okt":
		return 10
	case "nov":
		return 11
	}
	return 12
}

// digitWord reads "1990er Jahre", "90er Jahren", "1990s", "3rd of March".
func (w *whenReader) digitWord(i int) period {
	l := w.toks[i].Lower
	digits := strings.TrimRight(l, "abcdefghijklmnopqrstuvwxyz'-")
	suffix := l[len(digits):]
	if suffix == "er" || suffix == "s" || suffix == "'s" || suffix == "er-jahre" || suffix == "er-jahren" {
		y, _ := strconv.Atoi(digits)
		if len(digits) == 2 && y%10 == 0 {
			y += 1900
			if y < 1930 {
				y += 100
			}
		}
		if y%10 != 0 || y < 1000 || y > 2100 || !plainDigits(digits) {
			return period{}
		}
		end := i + 1
		if u := w.book.at(w.in, end, "unit"); u != nil && u.value == "years" {
			end++
		} else if suffix == "er" {
			return period{}
		}
		return calendar(decadePeriod(y, 10), end, "decade")
	}
	if d, end := w.dayNumber(i); d > 0 {
		if u := w.book.at(w.in, end, "unit"); u != nil && u.value == "centuries" {
			return calendar(decadePeriod((d-1)*100, 100), end+1, "century")
		}
		return w.dayMonth(d, end)
	}
	return period{}
}
