package claim

import "strings"

// particles finds the sources named without a verb: laut X, nach Angaben von X, X zufolge, so X,
// according to X, demnach, wonach. Their contents are found later, by particleContent.
func (r *reader) particles(cl []clause) []frame {
	var out []frame
	for k := range cl {
		c := cl[k]
		if c.kind == quoteClause {
			continue
		}
		for i := c.from; i < c.to; i++ {
			t := &r.toks[i]
			if !t.is(cSourceWord) || t.quote >= 0 && r.quotes[t.quote].full {
				continue
			}
			if f, ok := r.particle(cl, k, i); ok {
				f.clause = k
				out = append(out, f)
				i = max(i, f.whole.to-1)
			}
		}
	}
	return out
}

func (r *reader) particle(cl []clause, k, i int) (frame, bool) {
	c, w := cl[k], r.toks[i].Lower
	place, n := r.lang.particles[w], 1
	if place == "" && i+1 < c.to {
		if place = r.lang.particles[w+"_"+r.toks[i+1].Lower]; place != "" {
			n = 2
		}
	}
	f := frame{kind: "statement", cue: []part{{i, i + n}}}
	switch place {
	case "before":
		return r.before(cl, k, i+n, f)
	case "noun":
		g, ok := r.nounParticle(c, i, f)
		if n := k + 1; ok && g.whole.to == c.to && n+1 < len(cl) && cl[n].kind == fragment && cl[n].lead == "," && r.toks[cl[n].from].upper && r.nounPhrase(cl[n].from, cl[n].to) == cl[n].to {
			g.whole.to, g.wide.to, g.source.to = cl[n].to, cl[n].to, cl[n].to // "nach Angaben des Gouverneurs, Wjatscheslaw Gladkow, wurden"
		}
		return g, ok
	case "after":
		s := r.sourceBefore(c, i)
		if s == i {
			return frame{}, false
		}
		f.source, f.wide, f.whole = part{s, i}, part{s, i}, part{s, i + 1}
		r.holder(&f)
		return f, true
	case "so":
		return r.soParticle(cl, k, i, f)
	case "anaphor", "weak-anaphor":
		if i > c.from+2 || r.last.empty() || place == "weak-anaphor" && (c.mood&vK1 == 0 || i != c.from) {
			return frame{}, false
		}
		f.whole = part{i, i + 1}
		return f, true
	case "relative":
		if i != c.from {
			return frame{}, false
		}
		f.whole = part{i, i + 1}
		if k > 0 {
			if s := r.phraseBefore(cl[k-1].from, cl[k-1].to); s < cl[k-1].to {
				f.source = part{s, cl[k-1].to}
				f.wide = f.source
				r.holder(&f)
			}
		}
		return f, true
	}
	return frame{}, false
}

// before reads "laut der Polizei", "according to the mayor".
func (r *reader) before(cl []clause, k, from int, f frame) (frame, bool) {
	c := cl[k]
	if from < c.to && r.toks[from].Text == "." {
		from++
	}
	to := r.nounPhrase(from, c.to)
	if to == from || r.toks[from].is(cThird) && !r.toks[from].is(cDet) {
		return frame{}, false
	}
	f.source = part{from, to}
	f.wide, f.whole = f.source, part{f.cue[0].from, to}
	if !r.lang.v2 && to+1 < c.to && r.toks[to].is(vPart) && !r.toks[to].is(cBe|cHave) && r.toks[to+1].is(cPrep) {
		to = c.to // "according to a report obtained by the paper"
		f.whole.to = to
	}
	if to == c.to && k+1 < len(cl) && cl[k+1].kind == relativeClause && k+2 < len(cl) {
		f.whole.to = cl[k+1].to
	}
	if to == c.to && k+1 < len(cl) && cl[k+1].kind == fragment && cl[k+1].lead == "," && !r.lang.v2 {
		n := cl[k+1]
		if r.toks[n.from].is(vIng) { // "according to A, quoting B"
			if e := r.nounPhrase(n.from+1, n.to); e > n.from+1 {
				f.wide, f.source, f.whole.to = f.source, part{n.from + 1, n.to}, n.to
			}
		} else if n.from > 0 && k+2 < len(cl) && r.nounPhrase(n.from, n.to) == n.to {
			f.whole.to = n.to
		}
	}
	if r.lang.v2 {
		r.holder(&f)
	}
	return f, true
}

// nounParticle reads "nach Angaben der Polizei", "nach Polizeiangaben", "meiner Meinung nach".
func (r *reader) nounParticle(c clause, i int, f frame) (frame, bool) {
	to := r.core(i+1, c.to)
	if to > i+1 && r.reportNoun(part{i + 1, to}) >= 0 {
		end := r.afterReport(r.reportNoun(part{i + 1, to}), c.to)
		f.wide, f.whole = part{i + 1, end}, part{i, end}
		f.source = f.wide
		r.holder(&f)
		return f, true
	}
	if s := r.sourceBefore(c, i); s < i && r.reportNoun(part{s, i}) >= 0 && (i+1 == c.to || !r.toks[i+1].upper) && r.toks[s].is(cDative|cDet|cPron) {
		f.source, f.wide, f.whole = part{s, i}, part{s, i}, part{s, i + 1}
		r.holder(&f)
		return f, true
	}
	return frame{}, false
}

// afterReport returns the end of the phrase whose reporting noun is token n: genitives and names in
// the genitive belong to it ("Angaben Moskaus"), another noun does not.
func (r *reader) afterReport(n, end int) int {
	j := n + 1
	k := j
	for k < end && r.toks[k].Kind == Word && r.toks[k].upper {
		k++
	}
	if k > j && strings.HasSuffix(r.toks[k-1].Lower, "s") && r.nounClass(k-1) == 0 {
		return k
	}
	if j < end && r.attributive(j) && strings.HasSuffix(r.toks[j].Lower, "er") { // "Berichten ukrainischer Medien"
		if e := r.core(j, end); e > j+1 {
			j = e
		}
	} else if j < end && among(r.toks[j].Lower, "aus") && j+1 < end && r.toks[j+1].upper { // "Angaben aus Kiew"
		if e := r.core(j+1, end); e > j+1 {
			return e
		}
	}
	for n := 0; n < 4 && j < end; n++ {
		e := r.extend(j, end)
		if e == j {
			break
		}
		j = e
	}
	return r.agency(j, end)
}

// agency takes the name behind an outlet's noun: "der Nachrichtenagentur dpa".
func (r *reader) agency(j, end int) int {
	if j < end && j > 0 && r.nounClass(j-1)&cOutlet != 0 && r.toks[j].Kind == Word && (r.toks[j].upper || r.nounClassOf(j)&cOutlet != 0) {
		return j + 1
	}
	return j
}

// nounClassOf is nounClass also of a word that is not capitalised: "dpa".
func (r *reader) nounClassOf(i int) class { return r.toks[i].class & nounClasses }

// reportNoun returns the reporting noun of p, or -1.
func (r *reader) reportNoun(p part) int {
	for i := p.from; i < p.to; i++ {
		if r.toks[i].upper && r.nounClass(i)&(cReport|cHedgedNoun) != 0 {
			return i
		}
	}
	return -1
}

// holder narrows the source to the one whose statement it is: "Angaben der Polizei" is said by the
// police. The noun then belongs to the cue.
func (r *reader) holder(f *frame) {
	n := -1
	for i := f.wide.from; i < f.wide.to && n < 0; i++ {
		if r.toks[i].upper && r.nounClass(i)&(cReport|cHedgedNoun) != 0 {
			n = i
		}
		if r.toks[i].is(cPrep) || r.toks[i].Text == "(" {
			break
		}
	}
	if n < 0 {
		return
	}
	f.hedge = r.nounClass(n)&cHedgedNoun != 0
	if r.nounClass(n)&cFindingNoun != 0 {
		f.kind = "finding"
	}
	if n+1 >= f.wide.to {
		return
	}
	from := n + 1
	if r.toks[from].is(cPrep) && !r.toks[from].is(cGenitive) {
		if !among(r.toks[from].Lower, "von vom") {
			return
		}
		from++
	}
	if from >= f.wide.to || r.nounClass(n)&cOutlet != 0 {
		return
	}
	f.cue = append(f.cue, part{f.wide.from, n + 1})
	f.source = part{from, f.wide.to}
}

// sourceBefore returns the start of the phrase that ends at i: "Angaben der Polizei zufolge".
func (r *reader) sourceBefore(c clause, i int) int {
	from := c.from
	if c.finite >= 0 && c.finite < i {
		from = c.finite + 1
	}
	for from < i && r.toks[from].is(cAdverb|cContrast) && !r.toks[from].is(cDet) {
		from++
	}
	return r.phraseBefore(from, i)
}

// soParticle reads ", so ein Sprecher der Armee".
func (r *reader) soParticle(cl []clause, k, i int, f frame) (frame, bool) {
	c := cl[k]
	if i != c.from || c.finite >= 0 && c.kind != verbFirst && !(c.finite == i+1 && i+2 < c.to && r.toks[i+2].Lower == "es") || k == 0 && false {
		return frame{}, false
	}
	if k == 0 || i+1 >= c.to {
		return frame{}, false
	}
	from := i + 1
	if c.finite == from && from+1 < c.to && r.toks[from+1].Lower == "es" { // "so formuliert es der Historiker"
		from += 2
	}
	to := r.nounPhrase(from, c.to)
	if from > i+1 && to > from {
		f.source = part{from, to}
		f.wide, f.whole = f.source, c.part
		return f, true
	}
	if to == i+1 || r.toks[i+1].is(cAdverb) && !r.toks[i+1].is(cDet) {
		return frame{}, false
	}
	f.source = r.withApposition(cl, k, part{i + 1, to})
	f.wide, f.whole = f.source, part{i, max(c.to, f.source.to)}
	f.channel = r.channelIn(part{to, c.to})
	if f.channel.empty() && r.headClass(f.source)&(cReport|cChannel) != 0 {
		r.holder(&f)
		f.cue = f.cue[:1]
	}
	return f, true
}

// particleContent gives a particle its content: its clause and what hangs on it, without its words.
func (r *reader) particleContent(cl []clause, p *frame, used []bool) bool {
	k := p.clause
	lo, hi := k, k+1
	if kind := cl[k].kind; kind != relativeClause && kind != thatClause && kind != adverbClause || r.bracketed(cl, k, p) {
		for lo > 0 && !used[lo-1] && cl[lo].lead != ";" {
			lo--
		}
		for hi < len(cl) && !used[hi] && cl[hi].lead != ";" {
			hi++
		}
	} else {
		for hi < len(cl) && !used[hi] && (cl[hi].kind == fragment || cl[hi].kind == infinitive) {
			hi++
		}
	}
	all := part{cl[lo].from, cl[hi-1].to}
	if p.whole.to > all.to {
		all.to = p.whole.to
	}
	p.content = []part{all}
	p.cut(*p)
	for n := range p.content {
		p.content[n] = r.shrink(p.content[n])
	}
	kept := p.content[:0]
	for _, c := range p.content {
		if !c.empty() {
			kept = append(kept, c)
		}
	}
	p.content = kept
	words := 0
	for _, c := range p.content {
		words += c.to - c.from
	}
	return words > 1 && (r.hasVerb(cl, lo, hi) || r.quoted(all))
}

// bracketed reports a particle that stands alone between commas: it belongs to the whole sentence.
func (r *reader) bracketed(cl []clause, k int, p *frame) bool {
	return p.whole.from == cl[k].from && p.whole.to >= cl[k].to
}

func (r *reader) hasVerb(cl []clause, lo, hi int) bool {
	for n := lo; n < hi; n++ {
		if cl[n].finite >= 0 {
			return true
		}
	}
	return false
}

// shrink drops punctuation at both ends of a part, but no quotation marks that have their partner.
func (r *reader) shrink(p part) part {
	for p.from < p.to && r.loose(p.from, p) {
		p.from++
	}
	for p.to > p.from && r.loose(p.to-1, p) {
		p.to--
	}
	return p
}

func (r *reader) loose(i int, p part) bool {
	t := &r.toks[i]
	if t.Kind != Punct {
		return false
	}
	if t.quote >= 0 {
		q := r.quotes[t.quote]
		if i == q.open || i == q.close {
			return q.open < p.from || q.close >= p.to
		}
		return false
	}
	if t.Text == "(" || t.Text == ")" || t.Text == "[" || t.Text == "]" {
		return !r.matched(i, p)
	}
	return !strings.Contains("$€£%&§#@", t.Text)
}

// matched reports whether the parenthesis at i has its partner inside p.
func (r *reader) matched(i int, p part) bool {
	if t := r.toks[i].Text; t == "(" || t == "[" {
		for j := i; j < p.to && j < i+200; j++ {
			if r.toks[j].Text == ")" || r.toks[j].Text == "]" {
				return true
			}
		}
		return false
	}
	for j := i; j >= p.from && j > i-200; j-- {
		if r.toks[j].Text == "(" || r.toks[j].Text == "[" {
			return true
		}
	}
	return false
}
