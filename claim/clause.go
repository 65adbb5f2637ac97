package claim

import "strings"

// clauseKind says how a clause hangs in its sentence.
type clauseKind uint8

const (
	mainClause     clauseKind = iota // verb second, or English subject and verb
	verbFirst                        // begins with its finite verb: "sagte der Minister"
	thatClause                       // dass, ob, that, whether, or a question word
	adverbClause                     // als, weil, when ...
	asClause                         // wie ... mitteilte
	relativeClause                   // der, die, which ...
	infinitive                       // zu ..., um ... zu
	fragment                         // no verb of its own
	quoteClause                      // nothing but a quotation
)

// A clause is a stretch of a sentence between punctuation (or a coordinated verb).
type clause struct {
	part
	lead   string // punctuation before it, "" at the sentence start, "&" for a bare coordination
	kind   clauseKind
	finite int   // token of the finite verb, or -1
	mood   class // of the finite verb: vPres, vPast, vK1, vK2; several when unclear
}

// clauses cuts a sentence; buf is reused.
func (r *reader) clauses(s part, buf []clause) []clause {
	out := buf[:0]
	from, lead := s.from, ""
	put := func(to int) {
		p := part{from, to}
		for p.from < p.to && r.toks[p.from].Kind == Punct && !r.mark(p.from) && r.toks[p.from].Text != "(" && r.toks[p.from].Text != "[" {
			p.from++
		}
		for p.to > p.from && r.toks[p.to-1].Kind == Punct && !r.mark(p.to-1) && !strings.Contains(")]%€$£", r.toks[p.to-1].Text) {
			p.to--
		}
		if p.to-p.from > 2 && !r.lang.v2 && lead != "," && to < s.to && r.toks[to].Text == "," && r.toks[p.to-1].is(cRel) && !r.toks[p.to-1].is(cDet) {
			out = append(out, clause{part: part{p.from, p.to - 1}, lead: lead, finite: -1})
			p.from, lead = p.to-1, "&"
		}
		if !p.empty() {
			out = append(out, clause{part: p, lead: lead, finite: -1})
		}
	}
	for i := s.from; i < s.to; i++ {
		t := &r.toks[i]
		if t.quote >= 0 {
			q := r.quotes[t.quote]
			if !q.full || q.close >= s.to || q.open < s.from {
				if q.open < s.from || q.close >= s.to || i < q.close {
					i = min(max(q.close, i), s.to-1)
				}
				continue
			}
			if i == q.open && i > from {
				put(i)
				from, lead = i, "\""
			}
			i = q.close
			if i+1 < s.to && r.toks[i+1].Kind != Punct {
				put(i + 1)
				from, lead = i+1, "\""
			}
			continue
		}
		if t.Text == "," && r.lang.capital && r.insidePhrase(i, s) {
			continue
		}
		if t.depth == 0 && t.Kind == Punct && clauseMark(t.Text) && !(t.Text == "-" && i > 0 && r.toks[i-1].End == t.Start) {
			put(i)
			from, lead = i+1, t.Text
			continue
		}
		if i > from && t.is(cConj) && r.coordinates(i, s.to) {
			put(i)
			from, lead = i, "&"
		}
	}
	put(s.to)
	for n := range out {
		r.classify(&out[n], out, n)
	}
	return r.rejoin(out)
}

// rejoin mends "wie"-clauses that an apposition cut: "Wie Anna Berg, Sprecherin des Amtes, mitteilte".
func (r *reader) rejoin(cl []clause) []clause {
	for n := 0; n+1 < len(cl); n++ {
		if cl[n].kind != asClause || cl[n].finite >= 0 {
			continue
		}
		for m := n + 1; m < len(cl) && m < n+4; m++ {
			if cl[m].finite < 0 {
				continue
			}
			if cl[m].finite == cl[m].to-1 {
				cl[n].to = cl[m].to
				r.classify(&cl[n], cl, n)
				cl = append(cl[:n+1], cl[m+1:]...)
			}
			break
		}
	}
	return cl
}

// insidePhrase reports a comma between adjectives: "in der letzten, gestern erschienenen Ausgabe".
func (r *reader) insidePhrase(i int, s part) bool {
	if i < s.from+2 || i+1 >= s.to {
		return false
	}
	p, d, n := &r.toks[i-1], &r.toks[i-2], &r.toks[i+1]
	return p.Kind == Word && !p.upper && r.attributive(i-1) && !p.is(vFinite|vPart|vZu|cDet) && d.is(cDet) && !n.is(cDet|cRel|cSub|cThat|cPron)
}

func clauseMark(s string) bool {
	switch s {
	case ",", ";", ":", "–", "—", "--", "-":
		return true
	}
	return false
}

// mark reports quotation marks and what else belongs to the words it stands at.
func (r *reader) mark(i int) bool { return r.toks[i].quote >= 0 }

// coordinates reports whether the conjunction at i joins a further reporting verb, or a clause with
// a subject pronoun: "und forderte", "and he urged".
func (r *reader) coordinates(i, end int) bool {
	j := i + 1
	for j < end && j < i+3 && r.toks[j].is(cAdverb|cContrast) && !r.toks[j].is(vFinite) {
		j++
	}
	if j >= end {
		return false
	}
	t := &r.toks[j]
	if r.lang.v2 {
		return len(t.cues) > 0 && r.finiteCue(j) && !t.upper && t.is(vPast|vPres) && !r.adjective(j, end)
	}
	if t.is(cThird) && j+1 < end && len(r.toks[j+1].cues) > 0 && r.finiteCue(j+1) {
		return true
	}
	if !t.is(vFinite) && (t.upper || t.is(cDet)) {
		if k := r.core(j, end); k > j && k < end && r.finiteCue(k) && r.toks[k].class&(vPast|vPres) != 0 && !r.adjective(k, end) && r.hasFinite(i) {
			return true
		}
	}
	return len(t.cues) > 0 && !t.upper && r.finiteCue(j) && t.is(vPast) && !(j+1 < end && r.toks[j+1].is(vBase) && !r.toks[j+1].is(cPrep|cAdverb))
}

// hasFinite reports a finite verb within the words before i in its sentence.
func (r *reader) hasFinite(i int) bool {
	for j := i - 1; j >= r.sent.from && j > i-30; j-- {
		if r.toks[j].Text == "," && j+1 < i && r.core(j+1, i) == i {
			return false // ", officials and a witness said"
		}
		if r.toks[j].is(vPast) && !r.adjective(j, i) || r.toks[j].is(cBe|cHave) {
			return true
		}
	}
	return false
}

func (r *reader) finiteCue(i int) bool {
	for _, c := range r.toks[i].cues {
		if c.form&vFinite != 0 && c.form&vInf == 0 {
			return true
		}
	}
	return false
}

// adjective reports participles and the like that stand before a noun: "der verletzte Soldat".
func (r *reader) adjective(i, end int) bool {
	if i == 0 || i+1 >= end {
		return false
	}
	p, n := &r.toks[i-1], &r.toks[i+1]
	if r.lang.capital {
		return n.upper && n.Kind == Word && !n.is(cPron) && (p.is(cDet|cPrep) && !p.is(cThird) || p.Kind == Number && len(p.Text) != 4 || p.Kind == Word && !p.upper && p.class == 0) // "2015 seien Menschen": four digits are a year
	}
	return (p.is(cDet) && !p.is(cPron) || p.is(cPrep) || strings.HasSuffix(p.Lower, "'s")) && n.Kind == Word && !n.is(cPrep|cDet|cThat|cConj|cAdverb)
}

func (r *reader) classify(c *clause, all []clause, n int) {
	first := c.from
	for first < c.to-1 && r.toks[first].is(cConj) {
		first++
	}
	if q := r.toks[c.from].quote; q >= 0 && r.quotes[q].open == c.from && r.quotes[q].close >= c.to-1 && r.quotes[q].full {
		c.kind = quoteClause
		return
	}
	if r.lang.v2 {
		r.classifyGerman(c, first, n)
	} else {
		r.classifyEnglish(c, first, n)
	}
}

func (r *reader) classifyGerman(c *clause, first, n int) {
	t := &r.toks[first]
	kind := mainClause
	switch {
	case t.is(cThat):
		kind = thatClause
	case t.Lower == "wie" || t.Lower == "so" && first+1 < c.to && r.toks[first+1].Lower == "wie":
		kind = asClause
	case t.is(cPurpose) && r.zuAtEnd(*c):
		kind = infinitive
	case n > 0 && t.is(cAsk) && r.verbFinal(*c, first):
		kind = thatClause
		if t.is(cRel) && t.Lower != "was" && t.Lower != "wo" && t.Lower != "wie" {
			kind = relativeClause
		}
	case t.is(cSub) && r.verbFinal(*c, first):
		kind = adverbClause
	case n > 0 && (t.is(cRel) || t.is(cPrep) && first+1 < c.to && r.toks[first+1].is(cRel)) && r.verbFinal(*c, first):
		kind = relativeClause
	}
	if kind == mainClause {
		c.finite = r.firstFinite(*c)
		switch {
		case (c.finite < 0 || r.toks[c.finite].is(vInf)) && r.zuAtEnd(*c):
			kind, c.finite = infinitive, -1
		case c.finite < 0:
			if c.finite = r.guessReported(*c); c.finite < 0 {
				kind = fragment
			}
		case c.finite == first:
			kind = verbFirst
		}
	} else if kind != infinitive {
		c.finite = r.lastFinite(*c)
	}
	c.kind = kind
	c.mood = r.mood(c.finite)
}

// guessReported finds the verb of a clause that has no known one: an unknown word on -e right behind
// the noun that opens the clause, which no noun follows, is a Konjunktiv ("Chlor verflüchtige sich").
func (r *reader) guessReported(c clause) int {
	i := r.nounPhrase(c.from, c.to)
	if i <= c.from || i+1 >= c.to {
		return -1
	}
	t := &r.toks[i]
	if t.Kind != Word || t.upper || t.class != 0 || len(t.Lower) < 5 || !strings.HasSuffix(t.Lower, "e") || r.toks[i+1].upper || r.toks[i+1].Kind == Punct {
		return -1
	}
	if strings.HasSuffix(t.Lower, "te") { // "verhängte": rather a past form
		t.class |= vPast | vGuess
	} else {
		t.class |= vK1 | vGuess
	}
	return i
}

func (r *reader) mood(i int) class {
	if i < 0 {
		return 0
	}
	m := r.toks[i].class & vFinite
	if m&vK1 != 0 && i > 0 && r.toks[i-1].Lower == "ich" || i+1 < len(r.toks) && r.toks[i+1].Lower == "ich" {
		m = m&^vK1 | vPres
	}
	return m
}

// open reports tokens that count as words of the clause itself, not of a quotation or parenthesis.
func (r *reader) open(i int, c part) bool {
	t := &r.toks[i]
	if t.depth > 0 {
		return false
	}
	return t.quote < 0 || !r.quotes[t.quote].full || r.quotes[t.quote].open < c.from && r.quotes[t.quote].close >= c.to
}

func (r *reader) finiteAt(i int, c part) bool {
	t := &r.toks[i]
	if !t.is(vFinite) || t.upper && !(i == c.from && t.is(vK2|vK1) && among(t.Lower, fronted)) || !r.open(i, c) || r.adjective(i, c.to) {
		return false
	}
	return !t.is(vInf) || i == c.from || r.toks[i-1].Lower != "zu"
}

// fronted are the forms that may open a sentence as its verb; other capitalised Konjunktive are nouns
// ("Belege", "Klage").
const fronted = "sei seien habe hätte hätten wäre wären werde würde würden könne könnte könnten müsse müsste müssten solle sollte sollten wolle dürfe dürfte dürften komme käme kämen gebe gäbe bestehe"

func (r *reader) firstFinite(c clause) int {
	best, maybe := -1, -1
	for i := c.from; i < c.to; i++ {
		if !r.finiteAt(i, c.part) {
			continue
		}
		t := &r.toks[i]
		if t.is(vInf) && !t.is(vSein) { // retten: finite only with a plural subject in front
			if best < 0 && i > c.from && (i < c.to-1 || r.nounPhrase(c.from, i) == i) {
				best = i
			}
			if i == c.from {
				return i
			}
			continue
		}
		if t.is(vPart) && i == c.to-1 && i > c.from+1 { // "und 400 verletzt"
			if best < 0 {
				best = i
			}
			continue
		}
		if best >= 0 && r.toks[best].is(vInf) && i > best && best == c.from+1 {
			return best
		}
		if best >= 0 && r.toks[best].is(vInf) && r.maybeAdjective(i, c.to) {
			return best
		}
		if maybe < 0 && r.maybeAdjective(i, c.to) { // "im Internet veröffentlichten Liste heißt es"
			maybe = i
			continue
		}
		return i
	}
	if maybe >= 0 {
		return maybe
	}
	return best
}

func (r *reader) lastFinite(c clause) int {
	for i := c.to - 1; i >= c.from; i-- {
		if r.finiteAt(i, c.part) && !(r.toks[i].is(vPart) && !r.toks[i].is(vPast) && i > c.from && i < c.to-1) {
			return i
		}
	}
	return -1
}

// maybeAdjective reports a weak past form in front of a noun: it may be an inflected participle.
func (r *reader) maybeAdjective(i, end int) bool {
	t := &r.toks[i]
	return t.is(vPast) && !t.is(cPassive|cHearsay) && (strings.HasSuffix(t.Lower, "te") || strings.HasSuffix(t.Lower, "ten")) && i+1 < end && r.toks[i+1].upper && !among(t.Lower, "hatte hatten konnte konnten musste mussten")
}

// verbFinal reports whether the finite verb closes the clause. A form that is also an infinitive
// closes it only if no other finite verb stands before it: "die Sanierung werde Stellen kosten".
func (r *reader) verbFinal(c clause, first int) bool {
	last := c.to - 1
	for last > first && r.toks[last].Kind == Punct {
		last--
	}
	if last <= first {
		return false
	}
	clear, end := -1, -1
	for i := first + 1; i <= last; i++ {
		if !r.finiteAt(i, c.part) {
			continue
		}
		t := &r.toks[i]
		if t.is(vInf) && !t.is(vSein) || t.is(vPart) && !t.is(vPast) {
			end = i
			continue
		}
		if clear < 0 {
			clear = i
		}
		if i == last {
			return clear == i || r.toks[clear].is(vGuess) || clear > first+2
		}
	}
	return clear < 0 && end == last
}

// zuAtEnd reports an infinitive with zu at the end of the clause.
func (r *reader) zuAtEnd(c clause) bool {
	for i := c.to - 1; i >= c.from && i > c.to-4; i-- {
		t := &r.toks[i]
		if t.is(vZu) || (t.is(vInf) || t.class == 0 && t.Kind == Word && !t.upper && infinitiveEnd(t.Lower)) && i > c.from && r.toks[i-1].Lower == "zu" {
			return true
		}
		if t.upper && !t.is(vInf) {
			return false
		}
	}
	return false
}

func (r *reader) classifyEnglish(c *clause, first, n int) {
	t := &r.toks[first]
	c.finite = r.englishFinite(*c)
	if c.finite >= 0 && t.is(vIng) && !r.toks[c.finite].is(cBe|cHave|cModal|vPast) { // "citing hospital records"
		c.finite = -1
	}
	if c.finite >= 0 && t.is(cPrep) && first+1 < c.to && r.toks[first+1].is(cDet) && r.toks[c.finite].is(vPart) && !r.toks[c.finite].is(cBe|cHave) && r.core(first+1, c.to) == c.finite {
		c.finite = -1 // "in a letter dated 9 January"
	}
	c.mood = r.mood(c.finite)
	switch {
	case t.is(cThat) && !t.is(cPron):
		c.kind = thatClause
	case t.Lower == "that" && c.finite > first+1:
		c.kind = thatClause
	case c.finite < 0:
		c.kind = fragment
	case t.Lower == "as" && c.finite > 0:
		c.kind = adverbClause
	case t.is(cSub) && c.finite > first:
		c.kind = adverbClause
	case n > 0 && (t.is(cRel) || t.is(cPrep) && first+1 < c.to && r.toks[first+1].is(cRel) && !r.toks[first+1].is(cDet)):
		c.kind = relativeClause
	case c.finite == first && !t.is(vBase):
		c.kind = verbFirst
	default:
		c.kind = mainClause
	}
}

// englishFinite finds the finite verb: an auxiliary or modal first, else a past form, else a third
// person present behind a noun.
func (r *reader) englishFinite(c clause) int {
	past, pres := -1, -1
	for i := c.from; i < c.to; i++ {
		t := &r.toks[i]
		if !r.open(i, c.part) || t.upper && i > c.from {
			continue
		}
		if t.is(cModal) && !(t.upper && t.is(cMonth)) || t.is(cBe|cHave) && t.is(vFinite) {
			if past >= 0 && !r.toks[past].is(vPart) {
				return past
			}
			return i
		}
		if t.is(cThat|cRel) && i > c.from && (past >= 0 || pres >= 0) {
			break
		}
		if !t.is(vFinite) || r.adjective(i, c.to) {
			continue
		}
		if t.is(vPast) {
			if past < 0 {
				past = i
			}
			continue
		}
		if pres < 0 && i > c.from && r.presentAt(i, c) {
			pres = i
		}
	}
	if past >= 0 && pres >= 0 {
		return min(past, pres)
	}
	return max(past, pres)
}

// presentAt tells present verbs from nouns of the same form by what stands around them.
func (r *reader) presentAt(i int, c clause) bool {
	t, p := &r.toks[i], &r.toks[i-1]
	if p.Kind == Number {
		return false
	}
	if t.is(vBase) {
		if p.is(cThird) || p.Lower == "who" || p.Lower == "we" || p.Lower == "i" || p.Lower == "you" {
			return true
		}
		if h := r.core(c.from, c.to); h > c.from && h+1 < i && r.toks[h].is(cRel) && !r.toks[h].is(cDet) { // "the nuns who run it reckon"
			if p = &r.toks[h-1]; i+1 == c.to {
				return len(t.cues) > 0 && strings.HasSuffix(p.Lower, "s") && c.lead == ","
			}
		}
		if len(t.cues) == 0 || i+1 >= c.to || p.is(cDet|cPrep|cModal) || p.Lower == "to" || strings.HasSuffix(p.Lower, "'s") {
			return false
		}
		return r.toks[i+1].Lower == "that" || (strings.HasSuffix(p.Lower, "s") || among(p.Lower, "police people media men women data")) && (r.toks[i+1].is(cThat|cDet) || r.toks[i+1].Kind == Number)
	}
	if p.is(cDet|cPrep) && !p.is(cThird|cRel) || strings.HasSuffix(p.Lower, "'s") {
		return false
	}
	return i+1 == c.to || !r.toks[i+1].is(cBe|cHave|cModal) && (!r.toks[i+1].is(vPast) || r.toks[i+1].is(cThat|cDet|vBase) || r.adjective(i+1, c.to))
}
