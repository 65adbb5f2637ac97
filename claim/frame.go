package claim

import "strings"

// form says how a content is given.
type form uint8

const (
	indirect form = iota
	direct
	object  // a noun phrase or predicate: "forderte die Entsendung"
	free    // Konjunktiv or quotation that continues what a source said before
	hearsay // soll gewesen sein
	author
)

// A frame is one attribution found in a sentence, in tokens.
type frame struct {
	form     form
	kind     string
	hedge    bool
	cue      []part
	source   part // who is made responsible
	wide     part // the source with its reporting noun: "Angaben der Polizei"
	channel  part
	content  []part
	whole    part // the clause of an object frame
	clause   int  // of the sentence
	by       *cue // nil for particles
	anaphor  bool // content is a mere pointer: "bestritt das"
	passive  bool
	wanted   bool // "will sagen", "ließ mitteilen": only a clause can be its content
	back     bool // the content is the sentence before: "Das sagte die Polizei"
	inherit  bool // the latest source goes on
	undenied bool // "did not deny": the verb denies, and it is negated
}

// frames finds the attributions of a sentence. used tells which clauses are content or frame.
func (r *reader) frames(cl []clause) ([]frame, []bool) {
	used := make([]bool, len(cl))
	var out []frame
	parts := r.particles(cl)
	for k := 0; k < len(cl); k++ {
		if used[k] {
			continue
		}
		f, ok := r.verbFrame(cl, k, used, out)
		if ok {
			r.own(cl, &f, used)
			out = append(out, f)
			if g, ok := r.gap(cl, f); ok {
				r.own(cl, &g, used)
				out = append(out, g)
			}
			continue
		}
		if f, ok = r.nounFrame(cl, k); ok {
			r.own(cl, &f, used)
			out = append(out, f)
		}
	}
	return r.joinParticles(cl, out, parts, used), used
}

// own marks the clauses a frame takes.
func (r *reader) own(cl []clause, f *frame, used []bool) {
	used[f.clause] = true
	for n, c := range cl {
		for _, p := range f.content {
			if c.overlap(p) > 0 {
				used[n] = true
			}
		}
		for _, p := range append(f.cue, f.source) {
			if c.overlap(p) > 0 && c.kind == fragment {
				used[n] = true
			}
		}
	}
}

// joinParticles adds the particle frames: inside the scope of a verb frame a particle names the
// channel, elsewhere it makes a frame of its own.
func (r *reader) joinParticles(cl []clause, out []frame, parts []frame, used []bool) []frame {
next:
	for _, p := range parts {
		for n := range out {
			f := &out[n]
			inFrame := f.clause == p.clause && f.by != nil
			for _, c := range f.content {
				if c.has(p.cue[0].from) && f.clause != p.clause {
					continue next // nested: what A says that B said is A's claim
				}
			}
			if inFrame || f.clause != p.clause && !f.passive && r.covers(p, f) {
				if f.channel.empty() {
					f.channel = p.wide
				}
				f.cut(p)
				continue next
			}
			if f.by == nil && f.clause == p.clause {
				continue next
			}
		}
		if r.particleContent(cl, &p, used) {
			r.own(cl, &p, used)
			out = append(out, p)
		}
	}
	return out
}

// covers reports whether the particle opens the sentence of a verb frame: "According to A, B believes".
func (r *reader) covers(p frame, f *frame) bool { return p.clause < f.clause && f.form != object }

// cut takes the particle's words out of the content.
func (f *frame) cut(p frame) {
	gap := p.whole
	var out []part
	for _, c := range f.content {
		if c.overlap(gap) <= 0 {
			out = append(out, c)
			continue
		}
		if left := (part{c.from, gap.from}); !left.empty() {
			out = append(out, left)
		}
		if right := (part{gap.to, c.to}); !right.empty() {
			out = append(out, right)
		}
	}
	f.content = out
}

// verbFrame looks for a reporting verb in clause k.
func (r *reader) verbFrame(cl []clause, k int, used []bool, before []frame) (frame, bool) {
	c := &cl[k]
	if c.kind == quoteClause {
		return frame{}, false
	}
	for i := c.from; i < c.to; i++ {
		if len(r.toks[i].cues) == 0 || !r.open(i, c.part) {
			continue
		}
		var best frame
		found := false
		for n := range r.toks[i].cues {
			cf := &r.toks[i].cues[n]
			f := frame{by: cf.cue, kind: cf.kind, clause: k, hedge: cf.slots&sHedge != 0}
			ok := false
			if r.lang.v2 {
				ok = r.germanVerb(cl, k, i, cf, used, before, &f)
			} else {
				ok = r.englishVerb(cl, k, i, cf, used, before, &f)
			}
			if ok && !f.source.empty() && f.by.kind != "denial" && r.nobody(f.source) {
				ok = false // "No one claimed responsibility" has no source
			}
			if ok && (!found || specific(cf.cue) > specific(best.by)) {
				best, found = f, true
			}
		}
		if found {
			return best, true
		}
	}
	return frame{}, false
}

// nobody reports "No one", "Niemand" as a subject.
func (r *reader) nobody(p part) bool {
	t := &r.toks[p.from]
	return p.to-p.from <= 2 && t.is(cNegator) && (p.to-p.from == 1 || r.toks[p.from+1].Lower == "one")
}

// specific ranks cues of the same word: what needs more words fits better.
func specific(c *cue) int {
	n := len(c.prefix)
	if c.need != "" {
		n += 10
	}
	if c.after != "" {
		n += 10
	}
	return n
}

// contentBefore returns the stretch of unused clauses that ends before clause k and holds a verb or
// a quotation.
func (r *reader) contentBefore(cl []clause, k int, used []bool) (part, bool) {
	lo, clausal := k, false
	for lo > 0 && !used[lo-1] && cl[lo].lead != ";" {
		lo--
		clausal = clausal || cl[lo].kind == mainClause || cl[lo].kind == verbFirst || cl[lo].kind == quoteClause || cl[lo].kind == thatClause || r.quoted(cl[lo].part)
	}
	if lo == k {
		return part{}, false
	}
	return part{cl[lo].from, cl[k-1].to}, clausal
}

// quoted reports whether a quotation of more than two words stands in p.
func (r *reader) quoted(p part) bool {
	for i := p.from; i < p.to; i++ {
		if q := r.toks[i].quote; q >= 0 {
			return r.quotes[q].close-r.quotes[q].open > 3
		}
	}
	return false
}

// contentAfter returns the content that starts with clause m: up to the end of the sentence, or to a
// clause that starts another report.
func (r *reader) contentAfter(cl []clause, m int) part {
	hi := m + 1
	for hi < len(cl) {
		c := cl[hi]
		if c.lead == "&" && r.reports(c) || c.lead == "\"" && cl[m].kind == quoteClause && r.reports(c) {
			break
		}
		if c.lead == "," && r.toks[c.from].is(cConj) && r.reports(c) {
			break
		}
		if c.lead == ";" && r.reportsFrom(cl, hi) {
			break
		}
		if cl[m].kind == quoteClause && c.kind != quoteClause && c.mood&vK1 == 0 {
			break
		}
		if c.kind == verbFirst && c.lead == "," && r.reports(c) {
			break
		}
		if c.kind == asClause && r.reports(c) {
			break
		}
		hi++
	}
	return part{cl[m].from, cl[hi-1].to}
}

// reportsFrom reports whether a clause from hi on reports something of its own.
func (r *reader) reportsFrom(cl []clause, hi int) bool {
	for ; hi < len(cl); hi++ {
		if r.reports(cl[hi]) {
			return true
		}
	}
	return false
}

// reports reports whether the finite verb of a clause is a reporting verb in the indicative.
func (r *reader) reports(c clause) bool {
	if !r.lang.v2 && len(r.toks[c.from].cues) > 0 && r.toks[c.from].is(vPast) {
		return true
	}
	return c.finite >= 0 && len(r.toks[c.finite].cues) > 0 && c.mood&vK1 == 0
}

// channelIn finds the channel named inside p: "im Fernsehen", "auf Telegram", "in a statement".
func (r *reader) channelIn(p part) part {
	for i := p.from; i < p.to; i++ {
		t := &r.toks[i]
		if !t.is(cPrep) && !(t.is(cDative) && !t.is(cPrep)) || t.quote >= 0 {
			continue
		}
		from := i
		if t.is(cPrep) {
			from = i + 1
		}
		to := r.core(from, p.to)
		if to == from {
			continue
		}
		if to < p.to && r.toks[to].quote >= 0 {
			to = max(to, min(p.to, r.quotes[r.toks[to].quote].close+1))
		}
		for j := from; j < to; j++ {
			if r.nounClass(j)&cChannel != 0 || r.toks[j].is(cAddressee|cOutlet) {
				return part{i, to}
			}
		}
	}
	return part{}
}

// trimPhrase drops adverbs, conjunctions and commas at both ends of a part.
func (r *reader) trimPhrase(p part) part {
	for p.from < p.to {
		t := &r.toks[p.from]
		if t.Kind == Punct && !r.mark(p.from) && t.Text != "(" || t.is(cContrast|cConj) || t.is(cAdverb) && !t.is(cDet|cPron|cFirst) {
			p.from++
			continue
		}
		break
	}
	for p.to > p.from {
		t := &r.toks[p.to-1]
		if t.Kind == Punct && !r.mark(p.to-1) && t.Text != ")" && t.Text != "]" || !t.upper && t.is(cContrast|cAdverb) && !t.is(cPron|cDet) {
			p.to--
			continue
		}
		break
	}
	return p
}

// nounFrame finds a content that hangs on a noun: "die Behauptung, dass ...".
func (r *reader) nounFrame(cl []clause, k int) (frame, bool) {
	if k+1 >= len(cl) || !r.lang.v2 || cl[k+1].kind != thatClause && cl[k+1].kind != infinitive && !(cl[k+1].kind == mainClause && cl[k+1].mood&vK1 != 0) {
		return frame{}, false
	}
	c := cl[k]
	for i := c.to - 1; i >= c.from && i > c.to-3; i-- {
		if r.nounClass(i)&cUtterance == 0 || !r.toks[i].upper {
			continue
		}
		f := frame{kind: "statement", clause: k, cue: []part{{i, i + 1}}, content: []part{r.contentAfter(cl, k+1)}}
		f.hedge = r.nounClass(i)&cHedgedNoun != 0
		if cl[k+1].kind == infinitive {
			if f.kind = orderNoun(r.toks[i].Lower); f.kind == "" {
				continue
			}
		}
		if c.kind == mainClause && c.finite > c.from {
			f.source = r.germanSubject(c, c.finite, false)
			if f.source.has(i) || !f.source.empty() && r.toks[f.source.from].Lower == "es" {
				f.source = part{}
			}
		}
		return f, true
	}
	return frame{}, false
}

func hasWord(toks []tok, p part, w string) int {
	for i := p.from; i < p.to; i++ {
		if toks[i].Lower == w {
			return i
		}
	}
	return -1
}

// among reports whether s is one of the words of list, which blanks part.
func among(s, list string) bool {
	n := len(s)
	if n == 0 {
		return false
	}
	for i := 0; i+n <= len(list); {
		if list[i] == s[0] && list[i:i+n] == s && (i+n == len(list) || list[i+n] == ' ') {
			return true
		}
		for i < len(list) && list[i] != ' ' {
			i++
		}
		i++
	}
	return false
}

// orderNoun gives the kind of a noun that takes an infinitive as its content, "" for other nouns.
func orderNoun(w string) string {
	for _, n := range [...]string{"befehl", "forderung", "aufforderung", "appell", "aufruf", "bitte"} {
		if strings.HasSuffix(w, n) {
			return "order"
		}
	}
	for _, n := range [...]string{"drohung", "ankündigung", "zusage", "versprechen", "angebot"} {
		if strings.HasSuffix(w, n) {
			return "plan"
		}
	}
	return ""
}
