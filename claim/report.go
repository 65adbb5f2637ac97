package claim

import "strings"

// report turns a frame into claims, one for each proposition of its content.
func (r *reader) report(s part, cl []clause, f *frame) {
	if wide := f.wide; !wide.empty() && r.hedged([]part{wide}) || !f.source.empty() && r.hedged([]part{f.source}) {
		f.hedge = true
	}
	if f.form == object && len(f.content) == 1 && f.content[0].to-f.content[0].from == 1 && !f.whole.empty() {
		f.content = []part{f.whole} // one word alone tells nothing
	}
	src := r.remember(f)
	r.unit++
	if f.back && r.adopt(f, src) {
		return
	}
	for _, piece := range r.pieces(cl, f) {
		c := Claim{Lang: r.lang.name, Unit: r.unit, Sentence: r.span(s), Source: src.Mention, Form: f.form.String(), Kind: Kind(f.kind), Commitment: Reported, anaphor: f.anaphor, denies: f.kind == "denial" || f.by != nil && f.by.kind == "denial" && !f.undenied}
		c.contrast = r.contrasts(cl[f.clause])
		if f.by != nil {
			c.rejects, c.accuses = f.by.slots&sRejects != 0, f.by.slots&sAccuses != 0
		}
		c.Resolved = src.resolved
		c.Inherited = src.inherited
		if own := r.ownWords(cl, f); own != "" { // "nach eigenen Angaben": the subject's
			c.Resolved = own
		}
		if f.wide != f.source && !f.wide.empty() && f.wide.overlap(f.source) > 0 {
			c.Basis = r.mention(" ", f.wide)
		}
		c.Quotes = r.quotesIn(f.content)
		c.Channel = r.mention(" ", f.channel)
		c.Cue = r.mention(" … ", ordered(f.cue)...)
		if !f.whole.empty() && f.form == object {
			c.Frame = []Span{r.span(f.whole)}
		}
		hear := false
		for _, p := range piece {
			h, _ := r.hearsay(cl, p)
			hear = hear || h
		}
		r.finish(&c, cl, piece, f.hedge || hear)
	}
}

func ordered(parts []part) []part {
	for i := 1; i < len(parts); i++ {
		for j := i; j > 0 && parts[j].from < parts[j-1].from; j-- {
			parts[j], parts[j-1] = parts[j-1], parts[j]
		}
	}
	kept := parts[:0]
	for _, p := range parts {
		if n := len(kept); n > 0 && kept[n-1].to >= p.from {
			kept[n-1].to = max(kept[n-1].to, p.to)
			continue
		}
		kept = append(kept, p)
	}
	return kept
}

func (f form) String() string {
	return [...]string{"indirect", "direct", "object", "free", "hearsay", "author"}[f]
}

// A resolvedSource is a source with whom it means.
type resolvedSource struct {
	Mention
	resolved  string
	inherited bool
}

// remember notes the source of a frame and resolves pronouns against the sources before.
func (r *reader) remember(f *frame) resolvedSource {
	if f.source.empty() {
		if (f.by == nil || f.by.need == "es" || f.inherit) && len(f.cue) > 0 && f.wide.empty() && !r.last.empty() && f.form != hearsay {
			return resolvedSource{Mention: r.last.Mention, inherited: true, resolved: r.last.full()}
		}
		return resolvedSource{}
	}
	if f.source = r.shrink(f.source); f.source.empty() {
		return resolvedSource{}
	}
	m := mention{Mention: r.mention(" ", f.source), class: r.headClass(f.source)}
	out := resolvedSource{Mention: m.Mention}
	if ref := r.antecedent(f.source, m); ref != nil {
		out.resolved = ref.full()
		m.Mention, m.class, m.name = Mention{Text: ref.full(), Spans: ref.Spans}, m.class|ref.class, ref.full()
		r.last = mention{Mention: out.Mention, class: m.class, name: ref.full()}
	} else {
		r.last = m
	}
	r.heard = append(r.heard, m)
	if len(r.heard) > 12 {
		r.heard = append(r.heard[:0], r.heard[1:]...)
	}
	r.turn, r.pointed = 0, f.anaphor
	return out
}

// finish fills the fields that follow from the content and keeps the claim.
func (r *reader) finish(c *Claim, cl []clause, content []part, hedge bool) {
	kept := content[:0]
	for _, p := range content {
		if p = r.shrink(p); !p.empty() {
			kept = append(kept, p)
		}
	}
	if len(kept) == 0 {
		return
	}
	c.Content = r.mention(" … ", kept...)
	if hedge || r.hedged(kept) {
		c.Commitment = Hedged
	}
	c.no, c.text = r.sentNo, r.doc
	r.quantities(c, cl, kept)
	for i := range c.Figures {
		c.Figures[i].Part = r.partial(c.Figures[i], kept)
	}
	r.out = append(r.out, *c)
}

// hedged reports a hedging word in the content, outside its quotations.
func (r *reader) hedged(parts []part) bool {
	for _, p := range parts {
		for i := p.from; i < p.to; i++ {
			t := &r.toks[i]
			if t.is(cHedge) && !t.upper || t.is(cHedge) && i == p.from {
				if t.Lower == "wohl" && i+1 == p.to || t.is(cMonth) && t.upper {
					continue
				}
				if need := r.lang.hedgeNeeds[t.Lower]; need != "" {
					if hasWord(r.toks, part{i + 1, min(p.to, i+1+r.lang.hedgeReach())}, need) >= 0 {
						return true
					}
					continue
				}
				if !r.lang.v2 && t.is(vPast) && !(i > 0 && r.toks[i-1].is(cBe)) && t.Lower != "alleged" && t.Lower != "suspected" && t.Lower != "purported" {
					continue
				}
				return true
			}
		}
	}
	return false
}

// hedgeReach is how many words behind a hedge its companion may stand: "scheint ... zu".
func (l *language) hedgeReach() int {
	if l.v2 {
		return 20
	}
	return 1
}

// pieces cuts a content into propositions: at colons, semicolons, sentence ends, and before a
// coordinated main clause with a figure of its own.
func (r *reader) pieces(cl []clause, f *frame) [][]part {
	if f.form == object || len(f.content) == 0 {
		return [][]part{f.content}
	}
	var out [][]part
	var cur []part
	flush := func() {
		if len(cur) > 0 {
			out = append(out, cur)
			cur = nil
		}
	}
	for _, p := range f.content {
		from := p.from
		if len(cur) > 0 && r.apart(cl, p.from) {
			flush()
		}
		for _, at := range r.cuts(cl, p) {
			to := at
			for to > from+1 && r.toks[to-1].is(cConj) {
				to-- // the "and" between two propositions
			}
			cur = append(cur, part{from, to})
			flush()
			from = at
		}
		cur = append(cur, part{from, p.to})
	}
	flush()
	return out
}

// apart reports a main clause behind a semicolon that starts at token i.
func (r *reader) apart(cl []clause, i int) bool {
	for _, c := range cl {
		if c.from == i {
			return c.lead == ";" && c.kind == mainClause
		}
	}
	return false
}

// cuts returns the tokens at which new propositions begin inside p.
func (r *reader) cuts(cl []clause, p part) []int {
	var at []int
	for i := p.from + 1; i < p.to-2; i++ {
		t := &r.toks[i]
		if t.Kind == Punct && (t.Text == "." || t.Text == "!" || t.Text == "?") && t.quote >= 0 && starts(&r.toks[i+1]) && r.toks[i+1].Kind != Punct && !(t.Text == "." && r.lang.abbreviated(r.toks, i, i+1)) {
			at = append(at, i+1)
		}
	}
	for i := p.from + 2; i+3 < p.to; i++ { // "that A and that B"
		if r.toks[i-1].is(cConj) && r.toks[i].is(cThat) && r.toks[i].quote < 0 && (r.lang.v2 || r.toks[i].Lower == "that" && r.clausal(part{i + 1, min(p.to, i+40)})) {
			at = append(at, i)
		}
	}
	for n := 1; n < len(cl); n++ {
		c := cl[n]
		if c.from <= p.from || c.from >= p.to || c.kind != mainClause && c.kind != verbFirst {
			continue
		}
		switch {
		case c.lead == ":" || c.lead == ";":
			at = append(at, c.from)
		case c.lead == "," && c.kind == mainClause && r.figured(c.part) && c.finite > c.from && c.finite < c.to-1 && !r.dependent(cl, n):
			at = append(at, c.from)
		}
	}
	for i := 1; i < len(at); i++ {
		for j := i; j > 0 && at[j] < at[j-1]; j-- {
			at[j], at[j-1] = at[j-1], at[j]
		}
	}
	return at
}

// dependent reports a main clause that finishes a subordinate one before it: "Als X kam, starben 30".
func (r *reader) dependent(cl []clause, n int) bool {
	if n == 0 {
		return false
	}
	p := cl[n-1]
	return p.kind == adverbClause || p.kind == fragment || p.kind == relativeClause && cl[n].kind == verbFirst || p.kind == relativeClause
}

// figured reports a number in p.
func (r *reader) figured(p part) bool {
	for i := p.from; i < p.to; i++ {
		if r.toks[i].Kind == Number {
			return true
		}
	}
	return false
}

// quotesIn lists the quotations inside a content.
func (r *reader) quotesIn(parts []part) []Span {
	var out []Span
	for _, p := range parts {
		for i := p.from; i < p.to; i++ {
			q := r.toks[i].quote
			if q < 0 {
				continue
			}
			if k := r.quotes[q]; k.open >= p.from && k.close < p.to {
				out = append(out, r.span(part{k.open, k.close + 1}))
				i = k.close
			}
		}
	}
	return out
}

// contrasts reports a word that sets a clause against what went before.
func (r *reader) contrasts(c clause) bool {
	for i := c.from; i < c.to; i++ {
		if r.toks[i].is(cContrast) && r.open(i, c.part) {
			return true
		}
	}
	return false
}

// adopt gives the author's claims of the sentence before to the source of f: "Das sagte die Polizei".
func (r *reader) adopt(f *frame, src resolvedSource) bool {
	found := false
	for i := len(r.out) - 1; i >= 0 && r.out[i].no >= r.sentNo-1; i-- {
		c := &r.out[i]
		if c.no != r.sentNo-1 || c.Form != author.String() {
			continue
		}
		found = true
		c.Source, c.Resolved, c.Form = src.Mention, src.resolved, indirect.String()
		c.Cue, c.Unit = r.mention(" … ", ordered(f.cue)...), r.unit
		if c.Commitment == Asserted {
			c.Commitment = Reported
		}
	}
	return found
}

// ownWords names whose "eigene Angaben" a source is: the subject of its clause.
func (r *reader) ownWords(cl []clause, f *frame) string {
	for i := f.source.from; i < f.source.to; i++ {
		if !startsWithAny(r.toks[i].Lower, "eigene") {
			continue
		}
		c := cl[f.clause]
		if c.finite < 0 {
			return ""
		}
		p := r.germanSubject(c, c.finite, false)
		if p.empty() || p.overlap(f.source) > 0 {
			return ""
		}
		return r.mention(" ", p).Text
	}
	return ""
}

// partial reports a figure that is part of another or comes on top of it: "darunter 4500 Kämpfer",
// "40 weitere", "four of the dead".
func (r *reader) partial(f Figure, parts []part) bool {
	if startsWithAny(r.doc.Text[f.End:], " of the ", " of them", " of those", " der ", " von ihnen", " dieser ") {
		return true
	}
	for _, p := range parts {
		for i := p.from; i < p.to; i++ {
			if r.toks[i].Start < f.Start {
				continue
			}
			for r.toks[i].End < f.End && i+1 < p.to {
				i++
			}
			if i+1 < p.to && r.toks[i+1].is(cPartial) {
				return true
			}
			for j := i - 1; j >= p.from && j > i-8; j-- {
				if r.toks[j].is(cPartial) && r.toks[j].Start < f.Start { // not the "more" of "more than 400"
					return true
				}
			}
			return false
		}
	}
	return false
}

func startsWithAny(s string, prefixes ...string) bool {
	for _, p := range prefixes {
		if strings.HasPrefix(s, p) {
			return true
		}
	}
	return false
}
