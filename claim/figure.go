package claim

import (
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A Figure is a quantity that the text names: "mindestens 40 Tote" is >= 40 persons, killed.
type Figure struct {
	Start, End int     // bytes of comparator and number, half-open
	Value      float64 // the number, or the lower end of a range
	Max        float64 // the upper end of a range; 0: no range
	Cmp        string  // = > >= < <= ~
	Unit       string  // English plural ("persons", "days", "percent", "USD"), else the counted noun; may be ""
	Of         string  // the counted words of the text; may be ""
	Event      string  // killed, wounded, missing, displaced, detained, destroyed, rescued, evacuated, or ""
	Status     string  // civilian or combatant, where the text says so; "" is unknown
	Kind       string  // counted, reported, estimated, extrapolated, where the sentence says so
	Whole      float64 // "two of the last three hospitals": 3; 0: none is told
	Part       bool    // told as part of another figure, or on top of one
	Earlier    bool    // an earlier count: 40 of "rose from 40 to 52"
}

// Figures lists the quantities of a sentence in order. times are the sentence's [Times]: what lies in
// a date or a time of day is no figure, while durations are. Labels ("Resolution 2254"), model names,
// ordinals, ages in brackets and telephone numbers are none either.
func Figures(lang string, toks []Token, times []TimeRef) []Figure {
	lex := quantitiesOf(lang)
	return lex.figures(lex.look(toks, nil), times)
}

// figures is [Figures] of tokens that were looked up before.
func (l *quantityLexicon) figures(in lookup, times []TimeRef) []Figure {
	toks := in.toks
	r := figureReader{lex: l, toks: toks, times: times, labelled: -1, in: in}
	for i := 0; i < len(toks); {
		if end := r.dated(i); end > i {
			i = end
			continue
		}
		i = max(i+1, r.read(i))
	}
	if len(r.found) == 0 {
		return nil
	}
	r.relate()
	return r.figures()
}

// A figureReader walks over one sentence.
type figureReader struct {
	lex      *quantityLexicon
	in       lookup
	toks     []Token
	times    []TimeRef
	found    []foundFigure
	labelled int // token after the last number that was a label, or -1
}

// A foundFigure is a figure with its tokens [from, to), up to the end of its noun.
type foundFigure struct {
	Figure
	from, to  int
	sub       bool // part of the figure before it: "five of them children"
	tentative bool // "ein Soldat": a figure only if something happened to him
	name      bool // a capitalised word stands before it ("Fokker 100"): no figure without a unit
}

// dated returns the token after the date or time of day that covers token i, or i.
func (r *figureReader) dated(i int) int {
	t := r.toks[i]
	k := sort.Search(len(r.times), func(k int) bool { return r.times[k].End >= t.End })
	if k < len(r.times) {
		if ref := r.times[k]; ref.Type != Duration && ref.Start <= t.Start && !r.lasting(i, ref) {
			for i < len(r.toks) && r.toks[i].End <= ref.End {
				i++
			}
			return i
		}
	}
	return i
}

// lasting reports a time that tells how long: "seit zwölf Tagen" dates its sentence and is a figure.
func (r *figureReader) lasting(i int, ref TimeRef) bool {
	for i > 0 && r.toks[i-1].Start >= ref.Start {
		i--
	}
	if p := r.lex.when.at(r.in, i, "since"); p != nil {
		a := r.amount(i + len(p.words))
		return a.end > i+len(p.words) && a.end < len(r.toks) && r.toks[a.end-1].End < ref.End && durationUnit(r.noun(a.end, false).unit)
	}
	return false
}

// read reads the figure that starts at token i and returns the token after it, or i.
func (r *figureReader) read(i int) int {
	if t := r.toks[i]; t.Kind == Punct || t.Kind == Word && !r.lex.number.listed(r.in, i) && !r.lex.mayCount(t.Lower) {
		return i
	}
	p := r.lex.number.at(r.in, i)
	if p != nil {
		if c := r.lex.number.at(r.in, i, "cmp"); c != nil {
			if j := r.readCompared(i, c); j > i {
				return j
			}
		}
		switch p.class {
		case "between":
			return r.readBetween(i)
		case "filler":
			return i
		case "zero":
			return r.add(i, amount{end: i + len(p.words), cmp: "=", value: 0})
		case "times":
			return r.put(i, i+1, Figure{Value: p.num, Cmp: "=", Unit: "times"})
		case "ratio": // one in three
			if a := r.simple(i + len(p.words)); a.end > 0 && a.value > 1 && !a.vague {
				return r.put(i, a.end, Figure{Value: 1 / a.value, Cmp: "=", Unit: "share"})
			}
			return i
		case "share":
			return r.put(i, i+len(p.words), Figure{Value: p.num, Cmp: "=", Unit: "share"})
		}
	}
	if a := r.amount(i); a.end > i {
		if r.oclock(i, a) || r.aged(i, a) {
			return a.end
		}
		if j := r.readWhole(i, a); j > i {
			return j
		}
		return r.add(i, a)
	}
	if p == nil || p.class == "card" || p.class == "part" {
		return r.readCompound(i)
	}
	return i
}

// readBetween reads "zwischen X und Y".
func (r *figureReader) readBetween(i int) int {
	a := r.amount(i + 1)
	if a.end <= i+1 || r.lex.number.at(r.in, a.end, "and") == nil {
		return i
	}
	b := r.amount(a.end + 1)
	if b.end <= a.end+1 || b.value <= a.value && b.scale <= 1 {
		return i
	}
	return r.add(i, span(a, b))
}

// readCompared reads a comparator, words that may stand between, and a number.
func (r *figureReader) readCompared(i int, p *phrase) int {
	j := i + len(p.words)
	for n := 0; n < 3; n++ {
		f := r.lex.number.at(r.in, j, "filler")
		if f == nil {
			break
		}
		j += len(f.words)
	}
	if r.dated(min(j, len(r.toks)-1)) > j {
		return i
	}
	if j > i+len(p.words) {
		if a := r.amount(i + len(p.words)); a.end > i { // "etwa die ..." as comparator and number
			j = i + len(p.words)
		}
	}
	a := r.amount(j)
	if a.end <= j {
		if q := r.lex.number.at(r.in, j, "cmp"); q != nil && j > i+len(p.words)-1 { // "noch etwa", "mindestens rund"
			if a = r.amount(j + len(q.words)); a.end <= j+len(q.words) {
				return i
			}
		} else if one := r.lex.number.at(r.in, j, "one"); one != nil && r.lex.unit.at(r.in, j+1, "unit", "time", "persons") != nil {
			a = amount{value: 1, cmp: "=", end: j + 1} // "mehr als ein Jahr"
		} else {
			return i
		}
	}
	if r.oclock(j, a) || len(p.words) == 1 && r.lex.number.at(r.in, i, "noun needed") != nil && !r.noun(a.end, false).known {
		return a.end
	}
	switch r.preposition(i, j, a) {
	case age:
		return a.end
	case adjunct:
		return r.add(j, a)
	}
	if a.cmp == "=" || a.vague {
		a.cmp = p.value
	}
	return r.add(i, a)
}

// oclock reports a time of day in words, which the times do not know: "gegen neun Uhr", "kurz nach
// vier".
func (r *figureReader) oclock(i int, a amount) bool {
	if a.value < 1 || a.value > 24 || a.max > 0 {
		return false
	}
	n := r.noun(a.end, false)
	if r.lex.when.at(r.in, a.end, "oclock") != nil && !durationUnit(n.unit) {
		return true
	}
	return r.lex.number.at(r.in, i-2, "hour") != nil && !n.known && n.unit == ""
}

// aged reports "a girl of nine".
func (r *figureReader) aged(i int, a amount) bool {
	if i < 2 || a.value > 110 || a.max > 0 || r.lex.number.at(r.in, i-1, "aged") == nil {
		return false
	}
	n := r.noun(a.end, false)
	p := r.lex.unit.at(r.in, i-2, "persons")
	return p != nil && p.value == "" && n.unit == "" && r.lex.number.at(r.in, i-3, "one") != nil
}

// A reading says what a word like "over" does before a number.
type reading uint8

const (
	comparing reading = iota
	adjunct           // a preposition: "over nine days", "über die drei Häfen"
	age               // "most of them under five"
)

// preposition tells what the comparator at token i is before the amount a at token j: over, under,
// über, unter and the like are prepositions as well.
func (r *figureReader) preposition(i, j int, a amount) reading {
	if j > i+1 && r.toks[i+1].Kind == Word && r.lex.number.at(r.in, i+1, "filler") != nil && r.lex.number.at(r.in, i, "spatial") != nil {
		return adjunct
	}
	if r.lex.number.at(r.in, i, "spatial") == nil || i == 0 || j != i+1 {
		return comparing
	}
	n := r.noun(a.end, false)
	if r.lex.number.at(r.in, i-1, "young") != nil && n.unit != "persons" && (n.unit == "" || n.unit == "years") {
		return age
	}
	if durationUnit(n.unit) && r.lex.number.at(r.in, i, "spatial").value == "during" && r.lex.number.at(r.in, i-1, "measured") == nil {
		return adjunct
	}
	return comparing
}

// readCompound reads words that hold a number and a unit: dreitägig, 500-Kilo-Bombe, 16-day, dreimal.
func (r *figureReader) readCompound(i int) int {
	t := r.toks[i]
	if t.Kind != Word || !r.lex.mayCount(t.Lower) {
		return i
	}
	if p, at := r.lex.number.tail(t.Lower, "tailtimes"); p != nil {
		if v, ok := r.lex.composed(t.Lower[:at]); ok && v > 1 {
			return r.put(i, i+1, Figure{Value: v, Cmp: "=", Unit: "times"})
		}
	}
	head, rest, _ := strings.Cut(t.Lower, "-")
	adj, at := r.lex.unit.tail(t.Lower, "adj")
	if adj != nil {
		head = strings.TrimSuffix(t.Lower[:at], "-")
	}
	v, ok := r.number(head)
	if !ok {
		return i
	}
	if adj != nil {
		if adj.value == "years" && (v >= grownUp || r.age(i)) {
			return i
		}
		return r.put(i, i+1, Figure{Value: v, Cmp: "=", Unit: adj.value})
	}
	unit, of, _ := strings.Cut(rest, "-")
	for _, p := range r.lex.number.first[unit] {
		if p.class == "frac" && v < p.num { // two-thirds
			return r.put(i, i+1, Figure{Value: v / p.num, Cmp: "=", Unit: "share"})
		}
	}
	p := r.lex.unit.first[unit]
	for k := range p {
		if len(p[k].words) == 1 && (p[k].class == "unit" || p[k].class == "time") && of != "old" && p[k].value != "mm" && p[k].value != "cm" {
			return r.put(i, i+1, Figure{Value: v, Cmp: "=", Unit: p[k].value, Of: t.Text[len(t.Text)-len(of):]})
		}
	}
	return i
}

// number reads digits or a number word.
func (r *figureReader) number(s string) (float64, bool) {
	if s == "" {
		return 0, false
	}
	if s[0] >= '0' && s[0] <= '9' {
		v, weak, ok := parseDigits(s, r.lex.number.options["decimal"])
		return v, ok && !weak
	}
	return r.lex.wordNumber(s)
}

// grownUp is from how many years on "-jährig" is taken for somebody's age: wars and terms that long
// are rare in news, witnesses of that age are not.
const grownUp = 14

// age reports that "24-jährige" at token i is somebody's age.
func (r *figureReader) age(i int) bool {
	t := r.toks[i].Text
	_, tail, cut := strings.Cut(t, "-")
	c, _ := utf8.DecodeRuneInString(tail)
	if cut && unicode.IsUpper(c) || !cut && unicode.IsUpper(rune(t[0])) && i > 0 {
		return true
	}
	return r.lex.unit.at(r.in, i+1, "persons") != nil
}

// mayCount is a quick test: the word starts with a digit or a number word.
func (l *quantityLexicon) mayCount(w string) bool {
	if w == "" {
		return false
	}
	if w[0] >= '0' && w[0] <= '9' {
		return true
	}
	if len(w) < 4 || !l.begins[int(w[0])<<8|int(w[1])] {
		return false
	}
	_, n := l.atom(w)
	return n > 1 && n < len(w)
}

// put appends a finished figure over tokens [i, j) and returns j.
func (r *figureReader) put(i, j int, f Figure) int {
	f.Start, f.End = r.toks[i].Start, r.toks[j-1].End
	r.found = append(r.found, foundFigure{Figure: f, from: i, to: j})
	return j
}

// add appends the figure of amount a that starts at token i, with its noun, and returns the token
// after its number; i, if it is no figure after all.
func (r *figureReader) add(i int, a amount) int {
	f := foundFigure{Figure: Figure{Value: a.value, Max: a.max, Cmp: a.cmp, Unit: a.unit}, from: i, to: a.end, tentative: a.single}
	if c := r.currencyBefore(i, a); c != "" {
		f.Unit = c
		i = r.moneyStart(i)
		f.from = i
	}
	end := a.end
	if p := r.lex.number.at(r.in, end, "after"); p != nil {
		f.Cmp = p.value
		end += len(p.words)
	}
	end = r.repeated(end, a)
	f.to = end
	n := r.noun(end, a.vague || f.Unit != "")
	if n.known && n.unit == "persons" && a.scale == 1 {
		f.Value = thousands(r.toks[a.end-1].Text, f.Value)
	}
	if f.Unit == "" {
		f.Unit, f.Status, f.Event = n.unit, n.status, n.event
	}
	if f.Of = n.of; n.end > 0 {
		f.to = n.end
	}
	if n.sign {
		end = n.end
	}
	if r.rejected(i, a, n) {
		r.labelled = a.end
		return a.end
	}
	f.name = f.Unit == "" && i > 0 && f.Cmp == "=" && r.toks[i-1].Kind == Word && r.capital(i-1)
	if p := r.lex.number.at(r.in, i, "onlyone"); p != nil && !n.known {
		return i
	}
	if a.single && (f.Unit != "persons" || !n.known) {
		return i
	}
	f.Start, f.End = r.toks[i].Start, r.toks[end-1].End
	f.sub = r.lex.unit.at(r.in, i-1, "sub") != nil || r.lex.unit.at(r.in, i-2, "sub") != nil && len(r.lex.unit.at(r.in, i-2, "sub").words) == 2 ||
		r.lex.unit.at(r.in, end, "sub") != nil
	r.found = append(r.found, f)
	return end
}

// repeated returns the token after a number in brackets that says amount a again, "12 (twelve)", or end.
func (r *figureReader) repeated(end int, a amount) int {
	if !r.sign(end, "(") {
		return end
	}
	b := r.simple(end + 1)
	if b.end == 0 && end+1 < len(r.toks) && r.toks[end+1].Kind == Number {
		v, ok := r.number(r.toks[end+1].Text)
		b = amount{value: v, end: end + 2}
		if !ok {
			return end
		}
	}
	if b.end > 0 && b.value == a.value && r.sign(b.end, ")") {
		return b.end + 1
	}
	return end
}

// thousands reads digits as thousands where people are counted and the decimal sign of the language would part them:
// "1.234 dead" in an English text.
func thousands(digits string, value float64) float64 {
	if value == float64(int(value)) {
		return value
	}
	whole, rest, cut := strings.Cut(digits, ".")
	if !cut {
		whole, rest, cut = strings.Cut(digits, ",")
	}
	if !cut || len(rest) != 3 || len(whole) > 3 || !plainDigits(whole+rest) {
		return value
	}
	return value * 1000
}

// rejected reports labels ("Resolution 2254", "posts 542 and 543") and ages.
func (r *figureReader) rejected(i int, a amount, n counted) bool {
	if n.known || a.vague || a.unit != "" {
		return n.unit == "years" && (r.sign(n.end, "alte") || r.sign(n.end, "alter") || r.sign(n.end, "alten") || r.sign(n.end, "old") && r.sign(n.end-1, "year"))
	}
	if i > 0 && len(r.toks[i-1].Text) <= 3 && r.capital(i-1) && strings.ToUpper(r.toks[i-1].Text) == r.toks[i-1].Text { // A 340
		return true
	}
	if r.lex.number.at(r.in, i-1, "label") != nil || r.labelTwo(i-2) {
		return true
	}
	return r.labelled > 0 && r.labelled == i-1 && r.lex.number.at(r.in, i-1, "and") != nil
}

// labelTwo reports a label of two tokens ("Nr.") at token i.
func (r *figureReader) labelTwo(i int) bool {
	p := r.lex.number.at(r.in, i, "label")
	return p != nil && len(p.words) == 2
}

// capital reports a capital first letter at token i.
func (r *figureReader) capital(i int) bool {
	c, _ := utf8.DecodeRuneInString(r.toks[i].Text)
	return unicode.IsUpper(c)
}

// currency returns the code of a currency sign.
func currency(s string) string {
	switch s {
	case "$":
		return "USD"
	case "€":
		return "EUR"
	case "£":
		return "GBP"
	case "¥":
		return "JPY"
	case "₽":
		return "RUB"
	case "₴":
		return "UAH"
	}
	return ""
}

func (r *figureReader) currencyBefore(i int, a amount) string {
	if i > 0 {
		if c := currency(r.toks[i-1].Text); c != "" {
			return c
		}
	}
	return ""
}

// moneyStart returns the token of the currency sign before token i, with a country before it (US$).
func (r *figureReader) moneyStart(i int) int {
	i--
	if i > 0 && r.toks[i-1].End == r.toks[i].Start && r.toks[i-1].Lower == "us" {
		i--
	}
	return i
}

func joinTexts(toks []Token) string {
	if len(toks) == 1 {
		return toks[0].Text
	}
	var b strings.Builder
	for i, t := range toks {
		if i > 0 && t.Start > toks[i-1].End {
			b.WriteByte(' ')
		}
		b.WriteString(t.Text)
	}
	return b.String()
}

// relate finds what happened to what is counted, and how the figure was come by.
func (r *figureReader) relate() {
	events := r.events()
	kind := r.kind()
	for k := range r.found {
		f := &r.found[k]
		f.Kind = kind
		if f.Unit == "" {
			r.tally(f)
		}
		if f.Event == "" && (f.Unit == "" || f.Unit == "persons" || !measured(f.Unit)) {
			f.Event = r.eventOf(k, events)
		}
		if f.Unit == "" && personal(f.Event) {
			f.Unit = "persons"
		}
		if k > 0 && r.found[k-1].Unit == "" && f.Unit != "" && f.from-r.found[k-1].to <= 2 && r.open(r.found[k-1].to, f.from, false) { // 200 feste und 300 freie Mitarbeiter
			b := &r.found[k-1]
			b.Unit, b.Of, b.Status = f.Unit, f.Of, f.Status
			if b.Event == "" {
				b.Event = f.Event
			}
		}
		if f.Of == "" && f.Event != "" {
			f.Of = f.Event
		}
	}
	for k := 1; k < len(r.found); k++ {
		r.changed(&r.found[k-1], &r.found[k])
	}
}

// changed marks the first of two figures as an earlier count of the second: "rose from 40 to 52".
func (r *figureReader) changed(a, b *foundFigure) {
	p := r.lex.number.at(r.in, a.from-1, "changed from")
	if p == nil || b.from <= a.to || b.from-a.to > 2 || r.lex.number.at(r.in, a.to, p.value) == nil {
		return
	}
	if p.value == "to" { // a range, unless something rose
		risen := false
		for i := a.from - 2; i >= 0 && i > a.from-8; i-- {
			risen = risen || r.lex.number.at(r.in, i, "change") != nil
		}
		if !risen {
			return
		}
	}
	if b.Unit == "" {
		b.Unit, b.Of, b.Status, b.Event = a.Unit, a.Of, a.Status, a.Event
	} else if a.Unit == "" {
		a.Unit, a.Of, a.Status, a.Event = b.Unit, b.Of, b.Status, b.Event
	}
	a.Earlier = a.Unit == b.Unit
}

// tally finds what a figure without a noun counts: "die Zahl der Schiffe stieg auf 20".
func (r *figureReader) tally(f *foundFigure) {
	for i := f.from - 1; i >= 0 && i > f.from-14; i-- {
		t := r.toks[i].Text
		if t == "." || t == ";" {
			return
		}
		if p := r.lex.unit.at(r.in, i, "tally"); p != nil {
			if n := r.noun(i+len(p.words), false); n.unit != "" {
				f.Unit, f.Status, f.Event, f.Of = n.unit, n.status, n.event, n.of
			}
			return
		}
	}
}

// figures returns what was found, without the tentative ones to which nothing happened.
func (r *figureReader) figures() []Figure {
	out := make([]Figure, 0, len(r.found))
	for _, f := range r.found {
		if f.tentative && f.Event == "" || f.name && f.Unit == "" {
			continue
		}
		out = append(out, f.Figure)
	}
	return out
}

type eventAt struct {
	from, to int // tokens
	name     string
}

func (r *figureReader) events() []eventAt {
	var out []eventAt
	for i := range r.toks {
		if p := r.lex.unit.at(r.in, i, "event"); p != nil {
			out = append(out, eventAt{i, i + len(p.words), p.value})
		} else if p := r.lex.unit.at(r.in, i, "particle"); p != nil {
			name, verbs, _ := strings.Cut(p.value, ":")
			for k := i - 1; k >= 0 && k > i-15; k-- { // nahm ... fest
				if oneOf(r.toks[k].Lower, strings.Fields(verbs)) {
					out = append(out, eventAt{i, i + 1, name})
					break
				}
			}
		}
	}
	return out
}

// eventReach is over how many tokens an event is looked for.
const eventReach = 40

// eventOf returns what happened to figure k: an event right before it, else the first after it and
// before the next figure, else the figure's it is a part of, else the last before it.
func (r *figureReader) eventOf(k int, events []eventAt) string {
	f := r.found[k]
	first := sort.Search(len(events), func(x int) bool { return events[x].from >= f.from-eventReach })
	last := sort.Search(len(events), func(x int) bool { return events[x].from >= f.to+eventReach })
	events = events[first:last]
	for _, e := range events {
		if e.to <= f.from && f.from-e.to <= 2 && fits(f.Unit, e.name) && r.open(e.to, f.from, true) {
			return e.name
		}
	}
	if k > 0 && (f.sub || r.found[k-1].sub && r.joined(k)) {
		r.found[k].sub = true
		return r.found[k-1].Event
	}
	limit := min(len(r.toks), f.to+eventReach)
	for _, g := range r.found[k+1:] {
		if g.from >= limit {
			break
		}
		if !g.sub && !g.tentative && !measured(g.Unit) {
			limit = g.from
			break
		}
	}
	if f.tentative {
		limit = min(limit, f.to+7)
	}
	for _, e := range events {
		if e.from >= f.to-1 && e.from < limit && fits(f.Unit, e.name) && r.open(f.to, e.from, false) {
			return e.name
		}
	}
	if f.tentative {
		return ""
	}
	if k > 0 && r.joined(k) && fits(f.Unit, r.found[k-1].Event) { // acht Frauen und fünf Kinder
		return r.found[k-1].Event
	}
	for x := len(events) - 1; x >= 0; x-- {
		if e := events[x]; e.to <= f.from && f.from-e.to <= 8 && (k == 0 || e.from >= r.found[k-1].to) && fits(f.Unit, e.name) && r.open(e.to, f.from, false) && r.lex.number.at(r.in, f.from-1, "and") == nil {
			return e.name
		}
	}
	return ""
}

// joined reports that only "and" stands between figure k and the one before it.
func (r *figureReader) joined(k int) bool {
	a, b := r.found[k-1], r.found[k]
	return a.to == b.from-1 && r.lex.number.at(r.in, a.to, "and") != nil
}

// open reports that no sentence ends in tokens [i, j); strict refuses commas and "and" too.
func (r *figureReader) open(i, j int, strict bool) bool {
	for ; i < j; i++ {
		t := r.toks[i].Text
		if t == "." || t == ";" || t == "!" || t == "?" || strict && (r.toks[i].Kind == Punct && t != "$" || r.lex.number.at(r.in, i, "and") != nil) {
			return false
		}
	}
	return true
}

func measured(unit string) bool {
	switch unit {
	case "percent", "percentage points", "share", "times", "km", "m", "kg", "t", "l", "seconds", "minutes", "hours", "days", "nights", "weeks", "months", "years", "decades", "USD", "EUR", "GBP", "RUB", "miles":
		return true
	}
	return false
}

func personal(event string) bool { return event != "" && !ruin(event) }

// ruin reports what happens to houses and not to people.
func ruin(event string) bool { return event == "destroyed" || event == "damaged" }

// fits keeps people from being destroyed and houses from being killed.
func fits(unit, event string) bool {
	if unit == "persons" {
		return !ruin(event)
	}
	return unit == "" || ruin(event) || event == "missing"
}

// kind returns how the figures of the sentence were come by, the least certain way first.
func (r *figureReader) kind() string {
	best := ""
	rank := map[string]int{"reported": 1, "counted": 2, "estimated": 3, "extrapolated": 4}
	for i := range r.toks {
		if p := r.lex.number.at(r.in, i, "kind"); p != nil && rank[p.value] > rank[best] {
			best = p.value
		}
		if p := r.lex.number.at(r.in, i, "cmp"); p != nil && strings.Contains(p.words[len(p.words)-1], "stimated") {
			best = "estimated"
		}
	}
	return best
}
