package claim

import "strings"

// maxTurn is how many sentences without a source may stand between a source and a Konjunktiv that
// still continues it. News paragraphs rarely run longer without naming the speaker anew.
const maxTurn = 12

// rest reads the clauses of a sentence that no frame took: what continues an earlier source, what is
// hearsay, and what the author says in his own voice.
func (r *reader) rest(s part, cl []clause, used []bool, frames []frame) {
	for lo := 0; lo < len(cl); {
		if used[lo] {
			lo++
			continue
		}
		hi := lo + 1
		for hi < len(cl) && !used[hi] {
			hi++
		}
		r.readOwn(s, cl, lo, hi, frames)
		lo = hi
	}
}

// readOwn reads the unused clauses lo..hi of a sentence.
func (r *reader) readOwn(s part, cl []clause, lo, hi int, frames []frame) {
	if lo > 0 && cl[lo].kind == relativeClause && lo+1 < hi && (cl[lo+1].lead == ":" || cl[lo+1].lead == ";") {
		lo++ // the relative clause hangs on a frame
	}
	if lo > 0 && !r.lang.v2 && cl[lo].to-cl[lo].from > 2 && r.toks[cl[lo].from].is(cPrep) && r.toks[cl[lo].from+1].is(cAsk) {
		return // "in what analysts called a setback"
	}
	p := part{cl[lo].from, cl[hi-1].to}
	if lo > 0 && cl[lo].kind != mainClause && cl[lo].kind != verbFirst && cl[lo].kind != quoteClause {
		if cl[lo].kind != relativeClause || !r.figured(p) {
			return // hangs on a frame
		}
	}
	if lo > 0 && cl[lo].kind == verbFirst && cl[lo].lead == "," && r.reports(cl[lo]) && hi == lo+1 {
		return // ", teilte die Polizei mit" whose content another frame took
	}
	f := frame{form: author, kind: "statement", content: []part{p}}
	switch {
	case r.continues(cl[lo:hi]):
		f.form = free
		r.follow(s, cl, &f)
	default:
		for _, piece := range r.authorPieces(cl, lo, hi) {
			r.author(s, cl, piece, frames)
		}
	}
}

// continues reports whether clauses carry on the words of the latest source: their main verb is in
// the Konjunktiv, or they are a quotation without a cue, or they spell out a denial.
func (r *reader) continues(cl []clause) bool {
	if r.last.empty() || r.turn > maxTurn {
		return false
	}
	for n, c := range cl {
		switch c.kind {
		case quoteClause:
			if n > 0 && cl[n-1].to-cl[n-1].from > 2 {
				continue
			}
			return r.turn <= 2
		case mainClause, verbFirst:
			if c.finite < 0 {
				continue
			}
			if c.mood&vK1 != 0 {
				return true
			}
			if c.mood&vK2 != 0 && (c.mood&vPast == 0 || r.pointed || r.turn == 0 && among(r.toks[c.finite].Lower, "sollten sollte")) {
				return true
			}
			return false
		}
	}
	return false
}

// follow makes the claims of a continuation: the source is the latest one.
func (r *reader) follow(s part, cl []clause, f *frame) {
	r.unit++
	for _, piece := range r.pieces(cl, f) {
		c := Claim{Lang: r.lang.name, Unit: r.unit, Sentence: r.span(s), Source: r.last.Mention, Form: f.form.String(), Kind: Statement, Commitment: Reported, Inherited: true}
		if r.last.name != r.last.Text {
			c.Resolved = r.last.name
		}
		r.finish(&c, cl, piece, false)
	}
	r.turn, r.pointed = 0, false
}

// authorPieces cuts the author's clauses where a coordinated clause has its own hedge or figure.
func (r *reader) authorPieces(cl []clause, lo, hi int) []part {
	var out []part
	from := lo
	for n := lo + 1; n < hi; n++ {
		c := cl[n]
		split := c.lead == ";" || c.lead == ":" && c.kind == mainClause
		if c.lead == "," && c.kind == mainClause && !r.dependent(cl, n) && c.finite > c.from {
			split = r.figured(c.part) || r.hedged([]part{c.part}) != r.hedged([]part{{cl[from].from, cl[n-1].to}})
		}
		if split {
			out = append(out, part{cl[from].from, cl[n-1].to})
			from = n
		}
	}
	return append(out, part{cl[from].from, cl[hi-1].to})
}

// author keeps what the author asserts himself when it can be checked: it has a figure or a time, or
// it tells an event.
func (r *reader) author(s part, cl []clause, p part, frames []frame) {
	hear, future := r.hearsay(cl, p)
	hedge := hear || r.hedged([]part{p})
	c := Claim{Lang: r.lang.name, Sentence: r.span(s), Form: author.String(), Kind: Statement, Commitment: Asserted}
	r.unit++
	c.Unit = r.unit
	if hear {
		c.Form = hearsay.String()
		if r.carried && len(frames) == 0 { // hearsay right behind a report is still that report's
			c.Source, c.Inherited = r.last.Mention, true
		}
	}
	r.floor(&c)
	if future {
		c.Kind = Plan
	}
	if ch, ok := r.evidence(cl, p); ok {
		c.Kind, c.Channel = Finding, r.mention(" ", ch)
	} else if !hedge && !future && !r.checkable(cl, p) {
		return
	}
	if hedge {
		c.Cue = r.mention(" … ", r.hedgeWords(cl, p)...)
	}
	for i := p.from; i < p.to && !c.accuses; i++ {
		for _, q := range r.toks[i].cues {
			c.accuses = c.accuses || q.slots&sAccuses != 0
		}
	}
	r.finish(&c, cl, []part{p}, hedge)
	r.pointed = false
}

// hearsay reads soll/sollen: with a perfect or stative infinitive it passes on what others say, else
// it is a plan.
func (r *reader) hearsay(cl []clause, p part) (hear, plan bool) {
	if !r.lang.v2 {
		return false, false
	}
	for _, c := range cl {
		if r.intends(c, p) {
			return false, true
		}
		if c.finite < 0 || !p.has(c.finite) || !r.toks[c.finite].is(cHearsay) || c.kind == thatClause {
			continue
		}
		last := c.to - 1
		for last > c.finite && r.toks[last].Kind == Punct {
			last--
		}
		if last == c.finite && last > c.from { // verb last: "beteiligt gewesen sein soll"
			last--
		}
		if among(r.toks[c.finite].Lower, "sollte sollten") && !r.toks[max(last-1, 0)].is(vPart) {
			continue
		}
		w := r.toks[last]
		if w.is(cStative) && (w.Lower != "geben" || hasWord(r.toks, c.part, "es") >= 0) || w.Lower == "sein" || r.toks[max(last-1, 0)].is(vPart) && among(w.Lower, "haben sein") {
			return true, false
		}
		if w.is(vInf) && c.kind != relativeClause {
			return false, true
		}
	}
	return false, false
}

// intends reports a main clause with wollen: "Der Rat will am Montag zusammenkommen".
func (r *reader) intends(c clause, p part) bool {
	if c.finite < 0 || !p.has(c.finite) || c.kind != mainClause || !among(r.toks[c.finite].Lower, "will wollen") || r.negated(c) {
		return false
	}
	last := c.to - 1
	return last > c.finite+1 && r.toks[last].is(vInf) && !among(r.toks[last].Lower, "haben sein wissen")
}

func (r *reader) hedgeWords(cl []clause, p part) []part {
	for i := p.from; i < p.to; i++ {
		t := &r.toks[i]
		if t.is(cHedge) && (!t.upper || i == p.from) || t.is(cHearsay) && r.lang.v2 {
			return []part{{i, i + 1}}
		}
	}
	return nil
}

// evidence finds pictures or documents in which something is to be seen: "In dem Video ist ... zu
// sehen".
func (r *reader) evidence(cl []clause, p part) (part, bool) {
	for i := p.from; i+1 < p.to && i < p.from+4; i++ {
		if !r.toks[i].is(cPrep) {
			continue
		}
		to := r.nounPhrase(i+1, p.to)
		for to > i+1 && to+1 < p.to && r.toks[to].is(cPrep) && r.core(to+1, p.to) > to+1 && !r.lang.v2 {
			break
		}
		for j := i + 1; j < to; j++ {
			if r.nounClass(j)&cFindingNoun == 0 {
				continue
			}
			for n := to; n < p.to; n++ {
				if among(r.toks[n].Lower, "seen heard") && !r.toks[n-1].is(cBe) {
					continue // "two guards had seen lights"
				}
				if among(r.toks[n].Lower, "sehen erkennen hören seen visible heard") {
					end := to
					if end < p.to && r.toks[end].is(cPrep) {
						if e := r.core(end+1, p.to); e > end+1 {
							end = e
						}
					}
					return part{i + 1, end}, true
				}
			}
		}
	}
	return part{}, false
}

// checkable reports whether the author's sentence can be checked.
func (r *reader) checkable(cl []clause, p part) bool {
	if p.to-p.from < 4 || r.toks[p.to-1].Text == "?" || p.to < len(r.toks) && r.toks[p.to].Text == "?" {
		return false
	}
	finite := false
	for _, c := range cl {
		finite = finite || c.finite >= 0 && p.has(c.finite)
	}
	return finite && (r.counts(p) || r.past(cl, p) || r.lasts(p) || r.nothingIs(p))
}

// lasts reports a state that has gone on since a time the sentence names: "Die Luftwaffe bombardiert die Stadt seit zwei Wochen".
func (r *reader) lasts(p part) bool {
	s := r.span(p)
	for _, t := range r.measure(r.sent).times {
		if t.Rule == "since" && t.Resolved && t.Start >= s.Start && t.End <= s.End {
			return true
		}
	}
	return false
}

// nothingIs reports that there is nothing of a kind: "There are no indications that", "Es gibt keine Hinweise".
func (r *reader) nothingIs(p part) bool {
	for i := p.from; i+2 < p.to && i < p.from+4; i++ {
		if !r.lang.v2 && r.toks[i].Lower == "there" && r.toks[i+1].is(cBe) && r.toks[i+2].Lower == "no" {
			return true
		}
		if r.lang.v2 && among(r.toks[i].Lower, "es") && among(r.toks[i+1].Lower, "gibt gab gebe") && strings.HasPrefix(r.toks[i+2].Lower, "kein") {
			return true
		}
	}
	return false
}

// past reports an event told in the past or perfect by a main clause of p.
func (r *reader) past(cl []clause, p part) bool {
	for _, c := range cl {
		if c.finite < 0 || !p.has(c.finite) || c.kind != mainClause && c.kind != verbFirst {
			continue
		}
		if c.mood&vPast != 0 {
			return true
		}
		perfect := r.lang.v2 && among(r.toks[c.finite].Lower, "hat haben ist sind sei seien habe hätten wurde wurden") || !r.lang.v2 && r.toks[c.finite].is(cHave)
		if !perfect {
			continue
		}
		for i := c.finite + 1; i < c.to; i++ {
			if r.toks[i].is(vPart) && !r.adjective(i, c.to) {
				return true
			}
		}
	}
	return false
}

// pastInside reports a past form or participle anywhere in p: contents that are no clause of their
// own ("108 Verletzten, die ... gebracht worden seien") or share one with their frame.
func (r *reader) pastInside(p part) bool {
	for i := p.from; i < p.to; i++ {
		t := &r.toks[i]
		if t.upper && i > p.from || r.adjective(i, p.to) {
			continue
		}
		if t.is(vPast) && !t.is(vPart|vGuess) && (!t.is(vK2) || i == p.to-1) || t.is(vPart) && t.Lower != "been" && (r.lang.v2 || i > p.from && r.toks[i-1].is(cBe|cHave)) {
			return true
		}
	}
	return false
}
