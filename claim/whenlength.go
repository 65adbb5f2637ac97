package claim

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A length is a duration that was read.
type length struct {
	amount float64 // 0: not named
	unit   string
	vague  bool // einige, several, or a bare plural
	start  int
	end    int // token after it; 0: none was read
}

// duration reads a number, article or vague quantity, at most one adjective, and a unit of time.
func (w *whenReader) duration(i int) length {
	if i < 0 || i >= len(w.toks) {
		return length{}
	}
	d := length{start: i}
	j := i
	for n := 0; n < 2 && w.book.at(w.in, j, "vague") == nil; n++ {
		p := w.lex.number.at(w.in, j, "cmp", "filler")
		if p == nil || w.book.at(w.in, j, "rel") != nil || w.book.at(w.in, j, "since") != nil {
			break
		}
		j += len(p.words)
	}
	if p := w.book.at(w.in, j, "vague"); p != nil {
		d.vague, j = true, j+len(p.words)
	} else if a := w.num.amount(j); a.end > j && !a.single {
		d.amount, j, d.vague = a.value, a.end, a.vague
		if a.max > 0 {
			d.amount = a.max
		}
	} else if p := w.lex.number.at(w.in, j, "one"); p != nil && len(p.words) == 1 {
		d.amount, j = 1, j+1
		if h := w.lex.number.at(w.in, j, "half"); h != nil {
			d.amount, j = 0.5, j+1
		}
	} else if a.end > j && a.single {
		d.amount, j = a.value, a.end
	} else if w.book.at(w.in, j, "unit") != nil && w.plural(j) && j == i {
		d.vague = true
	} else {
		return length{}
	}
	if u := w.book.at(w.in, j, "unit"); u == nil && j+1 < len(w.toks) && w.toks[j].Kind == Word && w.lex.unit.at(w.in, j, "stop") == nil && w.book.at(w.in, j) == nil {
		c, _ := utf8.DecodeRuneInString(w.toks[j].Text)
		if unicode.IsLower(c) && (strings.HasSuffix(w.toks[j].Lower, "en") || strings.HasSuffix(w.toks[j].Lower, "e")) || !w.lex.comma {
			j++
		}
	}
	u := w.book.at(w.in, j, "unit")
	if u == nil || u.value == "halfyears" || d.amount == 1 && w.plural(j) && w.lex.comma && !d.vague {
		return length{}
	}
	d.unit, d.end = u.value, j+1
	if d.unit == "fortnights" {
		d.unit, d.amount = "days", 14*d.amount
	}
	return d
}

// shifted returns the day, week, month or year that lies the length before (sign -1) or after (1)
// the publication day.
func (w *whenReader) shifted(d length, sign int) period {
	n := sign * int(d.amount+0.5)
	y, _, _ := w.pub.Date()
	switch d.unit {
	case "seconds", "minutes":
		return dayPeriod(w.pub)
	case "hours":
		return dayPeriod(w.pub + Day(n/24))
	case "days", "nights":
		return dayPeriod(w.pub + Day(n))
	case "weeks", "weekend":
		p := weekPeriod(w.pub + Day(7*n))
		p.approx = true
		return p
	case "months":
		yy, m, _ := w.pub.addMonths(n).Date()
		p := monthPeriod(yy, m)
		p.approx = true
		return p
	case "decades":
		n *= 10
	case "centuries":
		n *= 100
	case "quarters":
		yy, m, _ := w.pub.addMonths(3 * n).Date()
		return monthPeriod(yy, m)
	}
	p := yearPeriod(min(max(y+n, 1), 9999))
	p.approx = true
	return p
}

// toward returns the days from the publication day back (sign < 0) or on over the length.
func (w *whenReader) toward(d length, sign int) period {
	other := w.moved(d, sign)
	if sign < 0 {
		return spanPeriod(other, w.pub)
	}
	return spanPeriod(w.pub, other)
}

// moved returns the publication day moved by the length.
func (w *whenReader) moved(d length, sign int) Day {
	n := int(d.amount + 0.5)
	if n > 3000 {
		n = 3000
	}
	if sign < 0 {
		n = -n
	}
	switch d.unit {
	case "seconds", "minutes":
		return w.pub
	case "hours":
		return w.pub + Day(n/24)
	case "days", "nights":
		return w.pub + Day(n)
	case "weeks", "weekend":
		return w.pub + Day(7*n)
	case "months":
		return w.pub.addMonths(n)
	case "quarters":
		return w.pub.addMonths(3 * n)
	case "decades":
		return w.pub.addMonths(120 * min(max(n, -150), 150))
	case "centuries":
		return w.pub.addMonths(1200 * min(max(n, -15), 15))
	}
	return w.pub.addMonths(12 * min(max(n, -1900), 1900))
}

func (w *whenReader) ago(i int, d length) period {
	if d.amount == 0 {
		q := dayPeriod(w.pub)
		q.start, q.end, q.rule, q.anchor, q.unknown, q.approx = i, d.end, "ago", "published", true, true
		return q
	}
	q := w.shifted(d, -1)
	q.start = i
	return w.relativeTo(q, d.end, "ago")
}

func (w *whenReader) sinceDuration(i int, d length) period {
	q := w.toward(d, -1)
	q.start = i
	q = w.relativeTo(q, d.end, "since")
	if d.amount == 0 {
		q.openStart, q.from, q.approx = true, w.pub, true
	}
	return q
}

// readDuration reads a duration and what places it: ago, later, after the ceasefire.
func (w *whenReader) readDuration(i int) int {
	d := w.duration(i)
	if w.book.at(w.in, d.end, "old") != nil { // an age
		return i
	}
	if d.end == 0 || d.unit == "weekend" && d.amount == 0 || d.vague && d.amount == 0 && w.book.at(w.in, i, "unit") != nil && d.end == i+1 {
		return i
	}
	if p := w.book.at(w.in, d.end, "ago"); p != nil && !w.lex.comma && p.words[0] == "ago" {
		q := w.ago(i, d)
		q.end = d.end + 1
		if today := w.book.at(w.in, q.end, "deictic"); today != nil && today.num == 0 && d.amount > 0 { // two years ago today
			q = w.relativeTo(dayPeriod(w.moved(d, -1)), q.end+len(today.words), "day-ago")
			q.start = i
		}
		return w.add(i, q)
	}
	if p := w.book.at(w.in, d.end, "after", "before"); p != nil {
		if j := w.anchored(i, d, p); j > i {
			return j
		}
	}
	for _, c := range []string{"later", "earlier"} {
		if p := w.book.at(w.in, d.end, c); p != nil {
			return w.append(i, d.end+1, w.offset(d, c == "earlier", namedBefore))
		}
	}
	end := d.end
	if p := w.book.at(w.in, end, "for"); p != nil {
		end++
	}
	return w.append(i, end, TimeRef{Type: Duration, Amount: d.amount, Unit: d.unit, Rule: "duration"})
}

// offset returns an unresolved reference that lies d before or after its anchor.
func (w *whenReader) offset(d length, earlier bool, anchor string) TimeRef {
	days := int(w.moved(d, 1) - w.pub)
	if earlier {
		days = -days
	}
	return TimeRef{Anchor: anchor, Offset: days, Amount: d.amount, Unit: d.unit, Rule: "offset"}
}

// anchored reads "zwei Tage nach dem Abbruch": resolved if the anchor is a date, else with its words.
func (w *whenReader) anchored(i int, d length, p *phrase) int {
	j := d.end + len(p.words)
	ref := w.offset(d, p.class == "before", "")
	if q := w.core(w.skip(j)); q.end > 0 {
		ref.Anchor = joinTexts(w.toks[j:q.end])
		q.from, q.to, q.grain = q.from+Day(ref.Offset), q.to+Day(ref.Offset), bySpan
		w.resolve(&ref, q, q.unknown)
		return w.append(i, q.end, ref)
	}
	end := w.nounPhrase(j)
	if end == j {
		return i
	}
	ref.Anchor = joinTexts(w.toks[j:end])
	return w.append(i, end, ref)
}

// nounPhrase returns the token after the few words that name an event, from token j on.
func (w *whenReader) nounPhrase(j int) int {
	k := j
	for ; k < len(w.toks) && k < j+5; k++ {
		if w.toks[k].Kind != Word {
			break
		}
		if w.lex.comma {
			if w.upper(k) {
				return k + 1
			}
			continue
		}
		if k > j && w.lex.unit.at(w.in, k, "stop") != nil && w.toks[k].Lower != "of" && w.toks[k].Lower != "the" {
			break
		}
	}
	if w.lex.comma {
		return j
	}
	return k
}

// readClock reads a time of day.
func (w *whenReader) readClock(i int) int {
	t := w.toks[i]
	if t.Kind != Number {
		return i
	}
	h, m, ok := clockDigits(t.Text)
	if !ok {
		return i
	}
	end := i + 1
	strict := len(t.Text) == 5 && t.Text[2] == ':' || w.book.at(w.in, i-1, "clockat") != nil && strings.ContainsAny(t.Text, ".:")
	p := w.book.at(w.in, end, "oclock")
	switch {
	case p != nil:
		end++
		if p.words[0][0] == 'p' && h < 12 {
			h += 12
		} else if p.words[0][0] == 'a' && h == 12 {
			h = 0
		}
		if p.words[0] == "uhr" && end < len(w.toks) && m == 0 && !strings.Contains(t.Text, ".") {
			if mm, err := strconv.Atoi(w.toks[end].Text); err == nil && mm < 60 && len(w.toks[end].Text) == 2 {
				m, end = mm, end+1
			}
		}
	case w.book.at(w.in, end, "zone") != nil:
	case !strict && !w.clockAhead(end):
		return i
	}
	if z := w.book.at(w.in, end, "zone"); z != nil {
		end += len(z.words)
	}
	return w.append(i, end, TimeRef{Type: Clock, Clock: pad2(h) + ":" + pad2(m), Rule: "clock"})
}

// clockAhead reports "/12.30 Uhr", "-18 Uhr", "bis 15 Uhr" from token j on.
func (w *whenReader) clockAhead(j int) bool {
	if j+2 >= len(w.toks) || w.toks[j+1].Kind != Number || w.book.at(w.in, j+2, "oclock") == nil {
		return false
	}
	switch w.toks[j].Lower {
	case "/", "-", "–", "bis", "und", "and", "to", "oder":
		return true
	}
	return false
}

// clockDigits reads "17", "17.30", "17:30", "1530".
func clockDigits(s string) (h, m int, ok bool) {
	if len(s) == 4 && plainDigits(s) {
		s = s[:2] + ":" + s[2:]
	}
	i := strings.IndexAny(s, ".:")
	hour := s
	if i >= 0 {
		var err error
		if hour = s[:i]; len(s)-i != 3 && (len(s)-i != 6 || s[i] != ':') {
			return 0, 0, false
		}
		if m, err = strconv.Atoi(s[i+1 : i+3]); err != nil {
			return 0, 0, false
		}
	}
	h, err := strconv.Atoi(hour)
	return h, m, err == nil && len(hour) <= 2 && h < 25 && m < 60
}

func pad2(n int) string {
	if n < 10 {
		return "0" + strconv.Itoa(n)
	}
	return strconv.Itoa(n)
}
