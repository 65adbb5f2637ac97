package claim

import (
	"strings"
	"unicode"
)

// measures are the times, figures and places of one sentence, read once for all its claims, and only what is asked for.
type measures struct {
	of              part
	done            bool // false: another block is at hand
	in              lookup
	times           []TimeRef
	counted, placed bool // fig, places are read
	fig             []Figure
	places          []PlaceRef
}

// measure reads the times of sentence s.
func (r *reader) measure(s part) *measures {
	m := &r.measures
	if m.done && m.of == s {
		return m
	}
	lex := quantitiesOf(r.lang.name)
	*m = measures{of: s, done: true, in: lex.look(r.raw[s.from:s.to], m.in.hits)}
	m.times = lex.dates(m.in, r.doc.Published, TenseUnknown)
	return m
}

// figures reads the figures of sentence s.
func (r *reader) figures(s part) []Figure {
	m := r.measure(s)
	if !m.counted {
		m.counted, m.fig = true, quantitiesOf(r.lang.name).figures(m.in, m.times)
	}
	return m.fig
}

// places reads the places of sentence s.
func (r *reader) places(s part) []PlaceRef {
	m := r.measure(s)
	if !m.placed {
		m.placed, m.places = true, quantitiesOf(r.lang.name).places(m.in)
	}
	return m.places
}

// counts reports a figure that is no duration in p.
func (r *reader) counts(p part) bool {
	s := r.span(p)
	for _, f := range r.figures(r.sent) {
		if f.Start >= s.Start && f.End <= s.End && !durationUnit(f.Unit) {
			return true
		}
	}
	return false
}

func durationUnit(u string) bool {
	return among(u, "seconds minutes hours days weeks months years decades centuries")
}

// quantities fills figures, places, times and kind of a claim whose content is parts.
func (r *reader) quantities(c *Claim, cl []clause, parts []part) {
	m := r.measure(r.sent)
	for _, f := range r.figures(r.sent) {
		if within(f.Start, f.End, c.Content.Spans) {
			c.Figures = append(c.Figures, f)
		}
	}
	for _, p := range r.places(r.sent) {
		if !p.Demonym && within(p.Start, p.End, c.Content.Spans) {
			c.Places = append(c.Places, p)
		}
	}
	for _, p := range parts {
		c.past = c.past || r.past(cl, p) || c.Form != author.String() && r.pastInside(p)
	}
	if c.Kind == Plan && c.past && (c.Form == indirect.String() || c.Form == direct.String()) && !r.coming(parts) {
		c.Kind = Statement // "announced that seven people were arrested"
	}
	r.kind(c, cl, parts)
	r.about(c, cl, m)
}

func within(from, to int, spans []Span) bool {
	for _, s := range spans {
		if from >= s.Start && to <= s.End {
			return true
		}
	}
	return false
}

// kind sharpens a plain statement: a figure makes it a count, a future a plan.
func (r *reader) kind(c *Claim, cl []clause, parts []part) {
	if c.Kind != Statement {
		return
	}
	if c.Form != author.String() && r.ignorance(parts) {
		c.Kind, c.denies = Denial, true
		return
	}
	if r.refutes(c, parts) {
		c.Kind, c.denies = Denial, true
		c.anaphor = c.anaphor || c.Form == object.String()
		return
	}
	if c.Form != object.String() {
		for _, p := range parts {
			if r.future(cl, p) {
				c.Kind = Plan
			}
		}
	}
	for _, f := range c.Figures {
		digits := unicode.IsDigit(firstDigit(r.doc.Text[f.Start:f.End]))
		if !durationUnit(f.Unit) && (f.Value >= 3 || digits) && f.Unit != "times" {
			c.Kind = Count
		}
	}
}

// coming reports a modal or future word, or an infinitive with zu: what is announced is to come.
func (r *reader) coming(parts []part) bool {
	for _, p := range parts {
		for i := p.from; i < p.to; i++ {
			t := &r.toks[i]
			if t.is(cModal|cFuture|cHearsay|vZu) || r.lang.v2 && (t.Lower == "zu" && i+1 < p.to && r.toks[i+1].is(vInf) || among(t.Lower, "werde werden wird würden würde")) {
				return true
			}
		}
	}
	return false
}

// refutes reports a short reported content that calls something untrue ("sei eine Lüge", "were
// untrue") or says that it was not there ("habe es nie gegeben", "there is no evidence").
func (r *reader) refutes(c *Claim, parts []part) bool {
	if c.Form == author.String() || c.Form == hearsay.String() || len(parts) != 1 || parts[0].to-parts[0].from > 14 {
		return false
	}
	p := parts[0]
	if !r.lang.v2 {
		if there := hasWord(r.toks, p, "there"); there >= 0 && there+2 < p.to && r.toks[there+1].is(cBe|cHave) && (r.toks[there+2].is(cNegator) || r.toks[there+2].is(cBe) && there+3 < p.to && r.toks[there+3].is(cNegator)) {
			return true
		}
	} else if hasWord(r.toks, p, "es") >= 0 && r.negated(clause{part: p}) && r.thereIs(p) {
		return true
	}
	for i := p.from; i < p.to; i++ {
		if r.denialWord(i) && !r.negated(clause{part: p}) {
			return p.to-i <= 3
		}
	}
	return false
}

// thereIs reports a form of geben.
func (r *reader) thereIs(p part) bool {
	for i := p.from; i < p.to; i++ {
		if among(r.toks[i].Lower, "gebe gegeben gab gibt gäbe") {
			return true
		}
	}
	return false
}

// denialWord reports a word such as "Lüge", or a compound of it.
func (r *reader) denialWord(i int) bool {
	t := &r.toks[i]
	if t.is(cDenialNoun) {
		return true
	}
	return r.lang.capital && t.upper && (strings.HasSuffix(t.Lower, "lüge") || strings.HasSuffix(t.Lower, "märchen") || strings.HasSuffix(t.Lower, "propaganda"))
}

// ignorance reports "weiß nichts von", "knew nothing of".
func (r *reader) ignorance(parts []part) bool {
	for _, p := range parts {
		for i := p.from; i < p.to && i < p.from+14; i++ {
			if r.lang.ignorance[r.toks[i].Lower] && hasWord(r.toks, p, r.lang.nothing) >= 0 {
				return true
			}
		}
	}
	return false
}

func firstDigit(s string) rune {
	for _, r := range s {
		if unicode.IsDigit(r) {
			return r
		}
	}
	return 0
}

// future reports a main clause in the future tense.
func (r *reader) future(cl []clause, p part) bool {
	for _, c := range cl {
		if c.finite < 0 || !p.has(c.finite) || c.kind != mainClause && c.kind != thatClause && c.kind != verbFirst {
			continue
		}
		if !r.lang.v2 {
			return r.toks[c.finite].is(cFuture)
		}
		if !among(r.toks[c.finite].Lower, "wird werden werde") {
			return false
		}
		last := c.to - 1
		if last == c.finite {
			last--
		}
		return last > c.from && r.toks[last].is(vInf) && r.toks[last].Lower != "worden"
	}
	return false
}

// about finds the time that the content speaks about and, for reports, when it was said. What the
// content does not date itself keeps the time the text gave last, if it tells an event; a present
// state with a figure is that of the day of publication; a plan lies behind the day it was made.
func (r *reader) about(c *Claim, cl []clause, m *measures) {
	told := c.Form == author.String() || c.Form == hearsay.String()
	var vague *Interval
	for _, t := range r.mainFirst(m.times, c.Content.Spans) {
		t = t.Against(r.clockRef)
		if !t.Resolved || t.Type == Duration || t.Type == Set {
			continue
		}
		inside := within(t.Start, t.End, c.Content.Spans)
		switch {
		case t.Vague:
			if inside && vague == nil {
				vague = interval(t)
			}
		case inside:
			if c.About == nil {
				c.Times = append(c.Times, t)
				for _, u := range m.times {
					if u = u.Against(r.clockRef); r.joined(t, u) && within(u.Start, u.End, c.Content.Spans) {
						c.Times, t.To, t.End = append(c.Times, u), u.To, u.End
					}
				}
				c.About = interval(t)
				if (c.past || told) && c.Kind != Plan && narrow(t) && r.moves(t) {
					r.clock, r.clockRef = c.About, t
				}
			}
		case !told && c.Form != free.String() && c.Said == nil && !r.inContent(t) && r.beside(c, cl, t):
			c.Said = interval(t)
		}
	}
	if c.About == nil {
		c.About = r.undated(c, vague)
	}
}

// joined reports days that follow one another in the text and the calendar: "am 3. und 4. Oktober", "on Monday, Tuesday and Wednesday".
func (r *reader) joined(t, u TimeRef) bool {
	day := func(t TimeRef) bool {
		return t.Resolved && t.Type == Date && !t.OpenStart && !t.OpenEnd && t.To-t.From <= 1
	}
	if !day(t) && t.To-t.From > joinedDays || !day(u) || u.Start <= t.End || u.From <= t.To || u.To-t.From > joinedDays {
		return false
	}
	for _, word := range strings.FieldsFunc(r.doc.Text[t.End:u.Start], func(c rune) bool { return c == ',' || c == '.' || unicode.IsSpace(c) }) {
		if !among(word, "und and sowie am an dem den on the der auch") {
			return false
		}
	}
	return true
}

// joinedDays is how many days a list of days may span to be told as one time.
const joinedDays = 7

// mainFirst puts the times inside an attribute behind the others: in "die seit Oktober belagerte
// Stadt ist am Dienstag gefallen" the Tuesday dates the event.
func (r *reader) mainFirst(times []TimeRef, content []Span) []TimeRef {
	for i, t := range times {
		if !within(t.Start, t.End, content) || !r.attributed(t) {
			continue
		}
		out := append([]TimeRef{}, times[:i]...)
		out = append(out, times[i+1:]...)
		return append(out, t)
	}
	return times
}

// attributed reports a time between a determiner and the noun it belongs to.
func (r *reader) attributed(t TimeRef) bool {
	if !r.lang.v2 {
		return false
	}
	for i := r.sent.from + 1; i < r.sent.to; i++ {
		if r.toks[i].Start < t.Start {
			continue
		}
		for r.toks[i-1].is(cPrep) && !r.toks[i-1].is(cDet) && i-1 > r.sent.from { // "im", "am"
			i--
		}
		return r.toks[i-1].is(cDet) && r.toks[i].Kind == Word && r.attribute(i, r.sent.to) > i
	}
	return false
}

// beside reports a time that stands with the cue of a claim and not in a clause of its own: in "it
// began on 10 August and Seoul says it goes on" nobody spoke on 10 August.
func (r *reader) beside(c *Claim, cl []clause, t TimeRef) bool {
	for _, k := range cl {
		s := r.span(k.part)
		if t.Start < s.Start || t.End > s.End || k.finite < 0 {
			continue
		}
		for _, cue := range c.Cue.Spans {
			if cue.Start >= s.Start && cue.End <= s.End {
				return true
			}
		}
		return len(c.Cue.Spans) == 0
	}
	return true
}

// undated gives a claim without a date of its own the time that the text around it implies.
func (r *reader) undated(c *Claim, vague *Interval) *Interval {
	pub := r.published()
	switch {
	case c.Kind == Plan:
		from := pub
		if c.Said != nil {
			from = c.Said.Start
		}
		if from == "" {
			return nil
		}
		return &Interval{Start: from}
	case vague != nil:
		return vague
	case c.Form == object.String() && !(c.past && c.Kind == Count):
		return nil
	case c.past || c.Form == hearsay.String():
		return r.clock
	case c.Form == author.String() && (c.Kind == Count || c.Commitment == Hedged) && pub != "":
		return &Interval{pub, pub}
	case c.Kind == Count && c.Form != author.String() && r.clock != nil && r.clock.End >= pub && pub != "":
		return &Interval{pub, pub}
	}
	return nil
}

// narrow reports times short enough to date the events around them; a year is background.
// "Seit zwölf Tagen" tells how long a state has lasted, not when things happened.
func narrow(t TimeRef) bool {
	return t.To-t.From <= 31 && !t.OpenStart && !(t.Rule == "since" && t.To-t.From > 7)
}

// background is how many days before publication a date lies that dates what is told around it only when the text tells of
// nothing newer: a report of this week that names May 2014 goes on about this week.
const background = 45

// moves reports whether the events told after a time happened then too: not after one that is to come, and not after one of the
// background.
func (r *reader) moves(t TimeRef) bool {
	if r.doc.Published.IsZero() {
		return true
	}
	pub := DayOf(r.doc.Published)
	if t.From > pub {
		return false
	}
	return pub-t.To <= background || r.clock == nil || pub-r.clockRef.To > background
}

func (r *reader) published() string {
	if r.doc.Published.IsZero() {
		return ""
	}
	return DayOf(r.doc.Published).String()
}

// keepTime moves the clock by the dates of a sentence that gave no claim.
func (r *reader) keepTime(s part) {
	for _, t := range r.measure(s).times {
		if t = t.Against(r.clockRef); t.Resolved && !t.Vague && t.Type == Date && narrow(t) && r.moves(t) {
			r.clock, r.clockRef = interval(t), t
		}
	}
}

// inContent reports whether a time lies in the content of an earlier claim of the sentence.
func (r *reader) inContent(t TimeRef) bool {
	for i := len(r.out) - 1; i >= 0 && r.out[i].Sentence.End > t.Start; i-- {
		if within(t.Start, t.End, r.out[i].Content.Spans) {
			return true
		}
	}
	return false
}

func interval(t TimeRef) *Interval {
	iv := &Interval{Start: t.From.String(), End: t.To.String()}
	if t.OpenStart {
		iv.Start = ""
	}
	if t.OpenEnd {
		iv.End = ""
	}
	return iv
}
