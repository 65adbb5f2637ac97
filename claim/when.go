package claim

import (
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// TimeType tells days, times of day, durations and repetitions apart.
type TimeType uint8

const (
	Date     TimeType = iota // a day or a longer stretch of the calendar
	Clock                    // a time of day; its day is that of a date in the same sentence, if there is one
	Duration                 // a length without a place in the calendar
	Set                      // a repetition: every Monday, täglich
)

// Tense says whether the words around a time speak of what was or of what will be. "am Freitag" is
// the last Friday in the past tense and the coming one in the future tense.
type Tense uint8

const (
	TenseUnknown Tense = iota // guessed from the sentence
	TensePast
	TenseFuture
)

// A TimeRef is an expression of time and the days it stands for.
type TimeRef struct {
	Start, End         int // bytes, half-open; "vor", "seit", "bis" belong to it, "am" and "im" do not
	Type               TimeType
	Resolved           bool // From and To are known
	From, To           Day  // both inclusive; an open end has the value nearest to it that is known
	OpenStart, OpenEnd bool
	Approx             bool
	EDTF               string   // "" if not resolved
	Clock              string   // "11:20", or part of the day: morning, noon, afternoon, evening, night
	Rule               string   // the rule that resolved it
	Anchor             string   // "published", "calendar", "named before", or the words of an event
	Offset             int      // days from the anchor, where that is not resolved
	Amount             float64  // of a duration; 0: not named
	Unit               string   // of a duration: seconds ... centuries
	Vague              bool     // now, recently, so far: no date of its own
	Parts              [][2]int // the spans of both ends of a range, in bytes
}

// Against resolves a reference to a time named before ("am Vortag", "zwei Tage später") against that
// time; other references are returned as they are.
func (t TimeRef) Against(named TimeRef) TimeRef {
	if t.Resolved || !named.Resolved || t.Anchor != namedBefore {
		return t
	}
	t.Resolved, t.From, t.To = true, named.From+Day(t.Offset), named.To+Day(t.Offset)
	t.EDTF = period{from: t.From, to: t.To, grain: bySpan}.edtf()
	return t
}

const namedBefore = "named before"

// Times lists the expressions of time of a sentence in order. published is the day of publication;
// if it is zero, what depends on it stays unresolved.
func Times(lang string, toks []Token, published time.Time, tense Tense) []TimeRef {
	lex := quantitiesOf(lang)
	return lex.dates(lex.look(toks, nil), published, tense)
}

// dates is [Times] of tokens that were looked up before.
func (l *quantityLexicon) dates(in lookup, published time.Time, tense Tense) []TimeRef {
	toks := in.toks
	w := whenReader{lex: l, toks: toks, tense: tense, book: &l.when, in: in}
	w.num = figureReader{lex: w.lex, toks: toks, in: w.in}
	if w.known = !published.IsZero(); w.known {
		w.pub = DayOf(published)
	}
	for i := 0; i < len(toks); {
		i = max(i+1, w.read(i))
	}
	w.placeClocks()
	return w.refs
}

type whenReader struct {
	lex   *quantityLexicon
	book  *phraseBook
	in    lookup
	toks  []Token
	num   figureReader
	pub   Day
	known bool
	tense Tense
	tried bool  // told was guessed
	told  Tense // by all verbs of the sentence
	at    int   // token at which the expression that is being read starts
	refs  []TimeRef
}

// read reads the expression that starts at token i and returns the token after it, or i.
func (w *whenReader) read(i int) int {
	w.at = i
	t := w.toks[i]
	if t.Kind == Punct {
		return i
	}
	listed := w.book.listed(w.in, i)
	if !listed && t.Kind == Word {
		return w.readUnlisted(i)
	}
	if listed {
		if j := w.readPrefixed(i); j > i {
			return j
		}
		if j := w.readFixed(i); j > i {
			return j
		}
	}
	if p := w.ranged(i); p.end > i {
		return w.add(i, p)
	}
	if j := w.readDuration(i); j > i {
		return j
	}
	return w.readClock(i)
}

// readUnlisted reads what starts with a word that is no time word: a number word, "1990er", "3rd".
func (w *whenReader) readUnlisted(i int) int {
	t := w.toks[i]
	if t.Lower == "" {
		return i
	}
	if c := t.Lower[0]; c >= '0' && c <= '9' && !strings.Contains(t.Lower, "-") || strings.HasPrefix(t.Lower, "mid-") {
		if p := w.ranged(i); p.end > i {
			return w.add(i, p)
		}
		return w.readDuration(i)
	}
	if w.lex.mayCount(t.Lower) {
		if adj, at := w.lex.unit.tail(t.Lower, "adj"); adj != nil && adj.value != "persons" && !w.num.age(i) {
			if n, ok := w.num.number(strings.TrimSuffix(t.Lower[:at], "-")); ok && (adj.value != "years" || n < grownUp) {
				return w.append(i, i+1, TimeRef{Type: Duration, Amount: n, Unit: adj.value, Rule: "duration"})
			}
		}
	}
	if w.lex.number.listed(w.in, i) || w.near(i+1, 2, "unit") {
		return w.readDuration(i)
	}
	return i
}

// near reports a phrase of the class at one of n tokens from i on.
func (w *whenReader) near(i, n int, class string) bool {
	for k := i; k < i+n; k++ {
		if w.book.at(w.in, k, class) != nil {
			return true
		}
	}
	return false
}

// timeOpeners are the classes of prepositions that change the days an expression stands for.
var timeOpeners = []string{"ago", "since", "until", "before", "after", "from", "opens", "between", "in"}

// readPrefixed reads expressions that a preposition opens: vor, seit, bis, zwischen, in der Nacht zum.
func (w *whenReader) readPrefixed(i int) int {
	if p := w.book.at(w.in, i, "night from"); p != nil {
		if q := w.nightFrom(i, i+len(p.words)); q.end > 0 {
			return w.add(i, q)
		}
	}
	if p := w.book.at(w.in, i, "night to"); p != nil {
		if q := w.nightTo(i, i+len(p.words)); q.end > 0 {
			return w.add(i, q)
		}
	}
	if w.book.at(w.in, i, timeOpeners...) == nil {
		return i
	}
	for _, c := range timeOpeners {
		p := w.book.at(w.in, i, c)
		if p == nil {
			continue
		}
		if j := w.prefixed(c, i, i+len(p.words)); j > i {
			return j
		}
	}
	return i
}

func (w *whenReader) prefixed(class string, i, j int) int {
	d := w.duration(j)
	switch class {
	case "ago":
		if d.end > 0 && w.lex.comma {
			return w.add(i, w.ago(i, d))
		}
		return i
	case "since":
		if d.end > 0 && w.book.at(w.in, d.end, "ago") == nil {
			return w.add(i, w.sinceDuration(i, d))
		}
	case "in":
		if d.end > 0 && !d.vague && w.guess() == TenseFuture && w.known && w.book.at(w.in, i, "within") == nil {
			p := w.shifted(d, 1)
			p.start, p.end, p.rule, p.anchor = i, d.end, "in-future", "published"
			return w.add(i, p)
		}
		return i
	case "between":
		a := w.core(w.skip(j))
		if a.end == 0 || w.book.at(w.in, a.end, "and") == nil {
			return i
		}
		b := w.core(w.skip(a.end + 1))
		if a = sameYear(a, b); b.end == 0 || b.to < a.from || a.unknown != b.unknown {
			return i
		}
		return w.add(i, joinPeriods(i, a, b))
	}
	p := w.ranged(w.skip(j))
	if ranged := len(p.parts) > 0; p.end == 0 || ranged != (class == "opens") {
		return i
	}
	if class == "opens" { // von Montag bis Freitag
		return w.add(i, p)
	}
	return w.add(i, w.bounded(class, i, p))
}

// bounded turns "seit X", "bis X", "vor X", "nach X", "ab X" into an interval.
func (w *whenReader) bounded(class string, i int, p period) period {
	p.start, p.grain, p.rule, p.clock = i, bySpan, class, ""
	switch class {
	case "since":
		if w.known && w.pub < p.from && p.from-w.pub < 366 { // "since January" looks back, whatever the tense
			p.from = p.from.addMonths(-12)
		}
		if p.openEnd = !w.known || w.pub < p.from; !p.openEnd {
			p.to = w.pub
		}
	case "until":
		if w.known && p.to >= w.pub {
			p.from = w.pub
		} else {
			p.from, p.openStart = p.to, true
		}
	case "before":
		if p.to = p.from - 1; w.known && p.to >= w.pub {
			p.from = w.pub
		} else {
			p.from, p.openStart = p.to, true
		}
	case "after":
		p.from, p.to, p.openEnd = p.to+1, p.to+1, true
	case "from":
		if p.openEnd = !w.known || w.pub < p.from || w.guess() != TensePast; p.openEnd {
			p.to = p.from
		} else {
			p.to = w.pub
		}
	}
	return p
}

// nightTo reads the day after "in der Nacht zum": the night belongs to both days.
func (w *whenReader) nightTo(i, j int) period {
	p := w.core(w.skip(j))
	if p.end == 0 || p.grain != byDay {
		return period{}
	}
	p.from, p.grain, p.clock, p.rule, p.start = p.to-1, bySpan, "night", "night-to", i
	return p
}

// nightFrom reads the two days after "in der Nacht von".
func (w *whenReader) nightFrom(i, j int) period {
	a := w.core(w.skip(j))
	if a.end == 0 || a.grain != byDay || a.end >= len(w.toks) || !among(w.toks[a.end].Lower, "auf zu zum to into") {
		return period{}
	}
	b := w.core(w.skip(a.end + 1))
	if b.end == 0 || b.grain != byDay {
		return period{}
	}
	if b.to < a.from { // of two weekdays the first may be looked for a week too late
		a.from -= 7
	}
	q := joinPeriods(i, a, b)
	q.clock, q.rule, q.parts = "night", "night-to", nil
	return q
}

// readFixed reads single words and set phrases: now, so far, daily, that day, the evening.
func (w *whenReader) readFixed(i int) int {
	p := w.book.at(w.in, i, "now", "past", "soon", "sofar", "set", "lasting", "anaphor", "weekdays", "dayparts", "each", "clockword")
	if p == nil {
		if q := w.book.at(w.in, i, "daypart"); q != nil && w.atDaypart(i) {
			return w.append(i, i+1, TimeRef{Type: Clock, Clock: q.value, Rule: "daypart"})
		}
		if q := w.book.at(w.in, i, "partadj"); q != nil && w.book.at(w.in, i+1, "daypart") != nil {
			return w.append(i, i+2, TimeRef{Type: Clock, Clock: w.book.at(w.in, i+1, "daypart").value, Rule: "daypart"})
		}
		return i
	}
	j := i + len(p.words)
	if d := w.book.at(w.in, i, "deictic"); d != nil && len(d.words) > len(p.words) || p.class == "past" && (w.book.at(w.in, j, "unit") != nil || w.duration(j).end > 0) {
		return i
	}
	ref := TimeRef{Rule: p.class, Vague: true}
	switch p.class {
	case "now":
		w.resolve(&ref, dayPeriod(w.pub), !w.known)
	case "sofar":
		q := dayPeriod(w.pub)
		q.openStart, q.grain = true, bySpan
		w.resolve(&ref, q, !w.known)
	case "past", "soon":
	case "anaphor":
		n, _ := strconv.Atoi(p.value)
		ref.Anchor, ref.Offset, ref.Vague = namedBefore, n, false
		if w.settles(j) {
			return i
		}
	case "lasting":
		ref.Type, ref.Unit, ref.Vague = Duration, p.value, false
	case "dayparts", "clockword":
		ref.Type, ref.Clock, ref.Vague = Clock, p.value, false
	case "each":
		return w.readEach(i, j)
	default:
		if p.class == "set" && i > 0 && !w.lex.comma && w.upper(i) { // LA Weekly
			return i
		}
		ref.Type = Set
	}
	return w.append(i, j, ref)
}

// settles reports that a phrase such as "am nächsten Tag" goes on with a date that settles it.
func (w *whenReader) settles(j int) bool { return w.sign(j, ",") && w.core(w.skip(j+1)).end > 0 }

// readEach reads "jeden Montag", "alle zwei Wochen", "every day".
func (w *whenReader) readEach(i, j int) int {
	if o := w.book.at(w.in, j, "ordinal"); o != nil {
		j++
	}
	if w.book.at(w.in, j, "weekday", "unit", "month", "daypart") != nil && w.book.at(w.in, i, "each").words[0] != "alle" {
		return w.append(i, j+1, TimeRef{Type: Set, Rule: "each"})
	}
	if d := w.duration(j); d.end > 0 && d.amount > 0 {
		return w.append(i, d.end, TimeRef{Type: Set, Rule: "each"})
	}
	return i
}

// atDaypart reports that a part of the day at token i stands after "am", "in the" and the like.
func (w *whenReader) atDaypart(i int) bool {
	for back := 1; back <= 3 && back <= i; back++ {
		if p := w.book.at(w.in, i-back, "at"); p != nil && (len(p.words) == back || back > len(p.words) && w.book.at(w.in, i-back+len(p.words), "partadj") != nil) {
			c, _ := utf8.DecodeRuneInString(w.toks[i].Text)
			return unicode.IsUpper(c) || !w.lex.comma
		}
	}
	return false
}

// ranged reads a core and, if "bis", "to" or a dash and another core follow, the range of both.
func (w *whenReader) ranged(i int) period {
	a := w.core(i)
	if a.end == 0 {
		return a
	}
	j := a.end
	if p := w.book.at(w.in, j, "to"); p != nil {
		j += len(p.words)
	} else if j < len(w.toks) && (w.toks[j].Text == "-" || w.toks[j].Text == "–" || w.toks[j].Text == "/" && a.grain == byYear) {
		j++
	} else {
		return a
	}
	b := w.core(w.skip(j))
	if a.grain == byYear && b.end == 0 && w.year(i) > 0 && j < len(w.toks) && w.toks[j].Kind == Number && len(w.toks[j].Text) > 3 {
		return period{} // "von 2000 bis 3000 Grad"
	}
	if b.end > 0 {
		a = sameYear(a, b)
	}
	if b.end == 0 || b.to < a.from || b.unknown != a.unknown {
		if a.grain == byYear && j < len(w.toks) && len(w.toks[j].Text) == 2 && plainDigits(w.toks[j].Text) { // 2014/15
			y, _, _ := a.from.Date()
			n, _ := strconv.Atoi(w.toks[j].Text)
			if n == (y+1)%100 {
				a.to, a.grain, a.end = civil(y+1, 12, 31), bySpan, j+1
			}
		}
		return a
	}
	return joinPeriods(i, a, b)
}

// sameYear gives the start of a range the year that its end names ("Juni bis August 2015"), or the
// year before that.
func sameYear(a, b period) period {
	if a.anchor != "published" || b.anchor != "calendar" || a.rule != "month" && a.rule != "date" {
		return a
	}
	y, _, _ := b.from.Date()
	ya, _, _ := a.from.Date()
	q := a
	q.anchor, q.unknown = b.anchor, false
	for ; y >= 1; y-- {
		if a.grain == byMonth {
			_, m, _ := a.from.Date()
			q.from, q.to = civil(y, m, 1), civil(y, m+1, 1)-1
		} else {
			q.from = a.from.addMonths(12 * (y - ya))
			q.to = q.from
		}
		if q.from <= b.to {
			break
		}
	}
	return q
}

func joinPeriods(start int, a, b period) period {
	p := spanPeriod(a.from, b.to)
	p.unknown, p.anchor, p.rule, p.start, p.end = a.unknown || b.unknown, a.anchor, "range", start, b.end
	p.parts = [][2]int{{a.start, a.end}, {b.start, b.end}}
	return p
}

// skip returns the token after articles.
func (w *whenReader) skip(i int) int {
	for n := 0; n < 2; n++ {
		p := w.book.at(w.in, i, "skip")
		if p == nil || w.book.at(w.in, i, "rel") != nil {
			break
		}
		i += len(p.words)
	}
	return i
}

// upper reports a capital first letter, which month and weekday names have in both languages.
func (w *whenReader) upper(i int) bool {
	c, _ := utf8.DecodeRuneInString(w.toks[i].Text)
	return unicode.IsUpper(c)
}

func (w *whenReader) sign(i int, s string) bool {
	return i >= 0 && i < len(w.toks) && w.toks[i].Lower == s
}

// plural reports the plural of a unit at token i.
func (w *whenReader) plural(i int) bool {
	l := w.toks[i].Lower
	if !w.lex.comma {
		return strings.HasSuffix(l, "s")
	}
	switch l {
	case "tage", "monate", "jahre", "nächte", "jahrzehnte", "jahrhunderte", "quartale":
		return true
	}
	return strings.HasSuffix(l, "en") || strings.HasSuffix(l, "rn")
}

// guess returns the tense of the expression that is being read: the caller's, else by the verb nearest in its clause, else by
// all verbs of the sentence. "Die Armee teilte mit, die Brücke werde am Montag gesprengt" has a past and a future.
func (w *whenReader) guess() Tense {
	if w.tense != TenseUnknown {
		return w.tense
	}
	if t := w.clauseTense(); t != TenseUnknown {
		return t
	}
	return w.sentenceTense()
}

// clauseTense returns the tense of the verb nearest to the expression within its commas: before it, or else after it.
func (w *whenReader) clauseTense() Tense {
	nearest, perfect := TenseUnknown, false
	look := func(i int) bool {
		p := w.book.at(w.in, i, "future", "past tense")
		if p == nil {
			return !w.clauseEnd(i)
		}
		if nearest == TenseUnknown {
			nearest = TensePast
			if p.class == "future" {
				nearest = TenseFuture
			}
		}
		perfect = perfect || i > w.at && w.book.at(w.in, i, "perfect") != nil
		return true
	}
	for i := w.at - 1; i >= 0 && look(i); i-- {
	}
	for i := w.at + 1; i < len(w.toks) && look(i); i++ {
	}
	if perfect {
		return TensePast // "soll am Montag zehn Menschen getötet haben"
	}
	return nearest
}

// clauseEnd reports a sign at which a clause ends; a dot of a number or a day does not.
func (w *whenReader) clauseEnd(i int) bool {
	switch w.toks[i].Text {
	case ",":
		return !(i > 0 && i+1 < len(w.toks) && (w.toks[i+1].Kind == Number || w.book.at(w.in, i+1, "date of") != nil))
	case ";", ":", "–", "—", "“", "”", "„", "\"", "»", "«", "?", "!":
		return true
	}
	return false
}

func (w *whenReader) sentenceTense() Tense {
	if w.tried {
		return w.told
	}
	w.tried = true
	past, future := false, false
	for i := range w.toks {
		if p := w.book.at(w.in, i, "future", "past tense"); p != nil {
			past = past || p.class == "past tense"
			future = future || p.class == "future"
		}
	}
	if future && !past {
		w.told = TenseFuture
	} else if past && !future {
		w.told = TensePast
	}
	return w.told
}

// add appends a period that starts at token i and returns the token after it.
func (w *whenReader) add(i int, p period) int {
	ref := TimeRef{Clock: p.clock, Rule: p.rule, Anchor: p.anchor}
	w.resolve(&ref, p, p.unknown)
	for _, part := range p.parts {
		ref.Parts = append(ref.Parts, [2]int{w.toks[part[0]].Start, w.toks[part[1]-1].End})
	}
	return w.append(i, p.end, ref)
}

func (w *whenReader) resolve(ref *TimeRef, p period, unknown bool) {
	p.unknown = unknown
	if unknown {
		return
	}
	ref.Resolved, ref.From, ref.To, ref.OpenStart, ref.OpenEnd, ref.Approx = true, p.from, p.to, p.openStart, p.openEnd, p.approx
	ref.EDTF = p.edtf()
}

func (w *whenReader) append(i, j int, ref TimeRef) int {
	ref.Start, ref.End = w.toks[i].Start, w.toks[j-1].End
	w.refs = append(w.refs, ref)
	return j
}

// near is over how many references a time of day looks for its day.
const near = 8

// placeClocks gives times of day the day that the sentence names before them, or else after them.
func (w *whenReader) placeClocks() {
	for k := range w.refs {
		if w.refs[k].Type != Clock || w.refs[k].Resolved {
			continue
		}
		for _, order := range [2]int{-1, 1} {
			if w.refs[k].Resolved {
				break
			}
			for x := k + order; x >= max(0, k-near) && x < min(len(w.refs), k+near); x += order {
				r := w.refs[x]
				if r.Type == Date && r.Resolved && r.From == r.To && !r.Vague && !r.OpenStart && !r.OpenEnd {
					c := &w.refs[k]
					c.Resolved, c.From, c.To, c.EDTF, c.Anchor = true, r.From, r.To, r.From.String(), r.Anchor
					break
				}
			}
		}
	}
}
