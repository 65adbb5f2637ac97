package claim

import "strings"

// englishVerb fills f when token i, as form cf of a reporting verb, makes clause k a report.
func (r *reader) englishVerb(cl []clause, k, i int, cf *cueForm, used []bool, before []frame, f *frame) bool {
	c := cl[k]
	end := i + 1
	if cf.after != "" {
		if end >= c.to || r.toks[end].Lower != cf.after {
			return false
		}
		end++
	}
	if cf.need != "" && hasWord(r.toks, part{end, c.to}, cf.need) < 0 || !r.fitsEnglish(c, i, cf, f) {
		return false
	}
	f.cue = []part{{i, end}}
	if cf.form == vIng {
		return r.participle(cl, k, i, end, cf, before, f)
	}
	if f.passive {
		return r.passiveEnglish(cl, k, i, end, cf, f)
	}
	verb := i
	for verb > c.from && (r.toks[verb-1].is(cHave|cAdverb|cModal) || r.manner(verb-1) || r.doing(verb-1)) && !r.toks[verb-1].is(cPron|cDet) && !r.toks[verb-1].upper {
		verb--
	}
	if f.undenied = cf.kind == "denial" && r.negated(clause{part: part{verb, i}}); f.undenied { // "did not deny"
		f.kind = "statement"
	}
	if verb == c.from || verb == c.from+1 && r.toks[c.from].is(cConj|cContrast) {
		if k > 0 && c.lead != "&" && !r.toks[c.from].is(cConj) {
			if r.subjectEarlier(cl, k, used, f) {
				return r.englishComplement(cl, k, end, cf, used, f)
			}
			return r.inverted(cl, k, end, cf, used, f)
		}
		if (c.lead == "&" || r.toks[c.from].is(cConj)) && len(before) > 0 {
			f.source = before[len(before)-1].source
			return r.englishComplement(cl, k, end, cf, used, f)
		}
		if k > 0 && c.lead == "&" {
			f.source = r.subjectOf(cl[k-1])
			return !f.source.empty() && r.englishComplement(cl, k, end, cf, used, f)
		}
		return false
	}
	f.source = r.englishSubject(cl, k, verb)
	if f.source.empty() || r.toks[f.source.from].is(cAsk) && c.kind != relativeClause {
		return false
	}
	if cf.verb == "quote" && r.citedEnglish(cl, k, i, part{end, c.to}, f) {
		return true
	}
	return r.englishComplement(cl, k, end, cf, used, f)
}

// doing reports a form of do that carries a negation: "did not deny".
func (r *reader) doing(i int) bool {
	return among(r.toks[i].Lower, "do does did don't doesn't didn't don’t doesn’t didn’t")
}

// manner reports adverbs on -ly: "flatly denied".
func (r *reader) manner(i int) bool {
	t := &r.toks[i]
	return t.class == 0 && len(t.Lower) > 4 && strings.HasSuffix(t.Lower, "ly")
}

func (r *reader) subjectOf(c clause) part {
	if c.finite <= c.from {
		return part{}
	}
	return r.trimPhrase(part{c.from, c.finite})
}

// fitsEnglish tells the verb from the noun and the adjective of the same form.
func (r *reader) fitsEnglish(c clause, i int, cf *cueForm, f *frame) bool {
	t := &r.toks[i]
	if t.upper && i > c.from {
		return false
	}
	var p *tok
	if i > c.from {
		p = &r.toks[i-1]
	}
	back := i - 1
	for back >= c.from && r.toks[back].is(cAdverb) {
		back--
	}
	aux := back >= c.from && r.toks[back].is(cHave|cBe)
	switch {
	case cf.form == vIng:
		return i == c.from || p.is(cConj) || p.is(cAdverb) || p.is(cBe)
	case aux && r.toks[back].is(cBe) && cf.form&vPart != 0:
		f.passive = true
		return true
	case cf.form&vPart != 0 && aux:
		return true
	case i+1 < c.to && r.toks[i+1].Lower == "by" && cf.form&vPart != 0: // "footage verified by"
		return false
	case aux && r.toks[back].is(cBe):
		return false
	case cf.form&vPast != 0:
		return !(i > c.from && r.adjective(i, c.to)) && !(cf.form&vPart != 0 && r.reduced(i, c))
	case i == c.from && cf.form&vPres != 0 && c.lead == "," && i+1 < c.to && (r.toks[i+1].is(cThat|cDet|cThird) || r.toks[i+1].upper): // "lawyers, however, say the men"
		return true
	case i == c.from && cf.form&vPres != 0 && c.lead == "," && cf.slots&(sClause|sWeak) != 0 && c.kind == verbFirst: // "Wren, who runs a school, believes"
		return true
	case cf.form&vBase != 0 && back >= c.from && r.doing(back):
		return cf.kind == "denial" || cf.kind == "count" || cf.kind == "finding" || !r.negated(clause{part: part{back, i}}) // "did not say": nothing is said
	case cf.form&vBase != 0:
		return i > c.from && (r.presentAt(i, c) || p.is(cModal) && p.Lower != "to" && false)
	case cf.form&vPres != 0:
		return i > c.from && r.presentAt(i, c)
	}
	return false
}

// reduced reports a participle behind the finite verb of its clause: "arrested men suspected of".
func (r *reader) reduced(i int, c clause) bool {
	for j := i - 1; j > c.from; j-- {
		t := &r.toks[j]
		if t.is(cThat|cConj|cContrast) || t.is(cRel) && !t.is(cDet) || t.Kind == Punct {
			return false
		}
		if t.is(cHave|cBe|cModal) && j < i-1 || t.is(vPast) && !t.is(vGuess) && !r.adjective(j, c.to) && i-j > 1 {
			return !r.toks[i-1].is(cPron|cThird) && !r.toks[i-1].upper
		}
	}
	return false
}

// englishSubject takes the noun phrase before the verb, with the apposition it stands behind.
func (r *reader) englishSubject(cl []clause, k, verb int) part {
	c := cl[k]
	from := c.from
	if from+1 < verb && r.toks[from].Lower == "that" && r.toks[from+1].is(cDet|cPron) {
		from++
	}
	for from < verb && (r.toks[from].is(cConj|cContrast|cThat|cSub) && !r.toks[from].is(cPron|cDet) || r.toks[from].is(cAdverb) && !r.toks[from].is(cDet|cPron)) {
		from++
	}
	if from >= verb {
		return part{}
	}
	if c.kind == relativeClause && r.toks[from].is(cRel) {
		if from+1 == verb {
			end := from
			for end > 0 && r.toks[end-1].Kind == Punct {
				end--
			}
			if s := r.phraseBefore(max(0, end-14), end); s < end {
				return part{s, end}
			}
			return part{from, verb}
		}
		return r.trimPhrase(part{from + 1, verb})
	}
	for verb-1 > from && r.timely(verb-1) { // "officials on Tuesday rejected"
		verb--
	}
	if h := r.core(from, verb); h > from && h+1 < verb && r.toks[h].is(cRel) && !r.toks[h].is(cDet) { // "the nuns who run it reckon"
		return r.trimPhrase(part{from, h})
	}
	s := r.phraseBefore(from, verb)
	if s == verb {
		s = from
	}
	if s > from && r.toks[s-1].is(cPrep) && verb == c.to-1 && r.toks[verb].is(vPres) && !r.toks[verb].is(vPast) {
		return part{} // "according to estimates": the verb is a noun
	}
	if s > from && r.toks[s-1].is(cPrep) { // "residents reached by telephone said"
		if h := r.nounPhrase(from, verb); h > from {
			return r.trimPhrase(part{from, h})
		}
	}
	p := r.trimPhrase(part{s, verb})
	if s == c.from && k > 0 && c.lead == "," && !r.toks[s].is(cPron) {
		if q := cl[k-1]; q.kind == fragment && !r.mark(q.from) && !r.dated(q.part) && !r.toks[q.from].is(cPrep|vIng) && r.nounPhrase(q.from, q.to) >= q.to {
			p.from = q.from
		}
	}
	return p
}

// timely reports words of a date in front of a verb.
func (r *reader) timely(i int) bool {
	t := &r.toks[i]
	return t.is(cWeekday) || among(t.Lower, "on late early yesterday today") && (t.Lower != "on" || r.toks[i+1].is(cWeekday))
}

// dated reports a fragment that is a time: "Last month".
func (r *reader) dated(p part) bool {
	s := r.span(p)
	for _, t := range r.measure(r.sent).times {
		if t.Start < s.End && t.End > s.Start {
			return true
		}
	}
	return false
}

// subjectEarlier: "Jeff Rathke, the State Department Spokesperson, said": the subject is the
// fragments before the verb.
func (r *reader) subjectEarlier(cl []clause, k int, used []bool, f *frame) bool {
	lo := k
	for lo > 0 && cl[lo].lead != ";" && ((!used[lo-1] || lo < k && cl[lo].kind == relativeClause) && (cl[lo-1].kind == fragment || r.attached(cl[lo-1])) && !r.quoted(cl[lo-1].part) || cl[lo-1].kind == relativeClause && (lo > 1 || !used[lo-1])) {
		lo--
	}
	for lo < k && (r.toks[cl[lo].from].is(cPrep|vIng) && !r.toks[cl[lo].from].is(cDet) || r.dated(cl[lo].part)) {
		lo++
	}
	if lo == k || lo > 0 && cl[lo].lead == "," && (cl[lo-1].kind == mainClause || cl[lo-1].kind == quoteClause) && !r.afterVerb(cl, k) {
		return false
	}
	hi := k
	for hi > lo+1 && cl[hi-1].kind == fragment && r.toks[cl[hi-1].from].is(cPrep|vIng) { // "the ministry, in a statement, said"
		hi--
	}
	if hi < k {
		f.channel = r.channelIn(part{cl[hi].from, cl[k-1].to})
	}
	f.source = r.withoutRelative(cl, k, r.trimPhrase(part{cl[lo].from, cl[hi-1].to}))
	return !f.source.empty() && (r.toks[f.source.from].upper || r.toks[f.source.from].is(cDet))
}

// attached reports a noun phrase with its relative clause: "a teacher who had left the town".
func (r *reader) attached(c clause) bool {
	i := r.core(c.from, c.to)
	return c.kind == mainClause && i > c.from && i < c.finite && r.toks[i].is(cRel) && !r.toks[i].is(cDet)
}

// afterVerb reports whether something that can be content follows the verb of clause k.
func (r *reader) afterVerb(cl []clause, k int) bool {
	return cl[k].to-cl[k].finite > 3 || k+1 < len(cl) && cl[k+1].kind == quoteClause
}

// inverted reads `"...", said the mayor`.
func (r *reader) inverted(cl []clause, k, end int, cf *cueForm, used []bool, f *frame) bool {
	c := cl[k]
	p, clausal := r.contentBefore(cl, k, used)
	if end < c.to && r.toks[end].Lower == "that" {
		return false
	}
	if !clausal || cf.slots&(sClause|sWeak|sQuote|sTell) == 0 {
		return false
	}
	to := r.nounPhrase(end, c.to)
	if to == end {
		return false
	}
	f.source, f.content = r.appositionEnglish(cl, k, part{end, to}), []part{p}
	f.channel = r.channelIn(part{to, c.to})
	if n := k + 1; n < len(cl) && cl[n].kind == quoteClause {
		f.content = append(f.content, cl[n].part)
	}
	r.setForm(f)
	return true
}

func (r *reader) appositionEnglish(cl []clause, k int, src part) part {
	if src.to == cl[k].to && k+1 < len(cl) && cl[k+1].kind == fragment && cl[k+1].lead == "," && r.nounPhrase(cl[k+1].from, cl[k+1].to) == cl[k+1].to {
		src.to = cl[k+1].to
	}
	return src
}

// participle reads "..., saying its forces had left": the source is that of the main clause.
func (r *reader) participle(cl []clause, k, i, end int, cf *cueForm, before []frame, f *frame) bool {
	if len(before) > 0 {
		f.source = before[len(before)-1].source
	} else if k > 0 {
		f.source = r.subjectOf(cl[0])
	}
	if f.source.empty() || i > cl[k].from+2 {
		return false
	}
	return r.englishComplement(cl, k, end, cf, nil, f)
}

// citedEnglish reads "was quoted by the agency as saying" and "quoted the minister as saying": the
// one cited is the source, who cites is the channel.
func (r *reader) citedEnglish(cl []clause, k, i int, rest part, f *frame) bool {
	as := hasWord(r.toks, rest, "as")
	if as < 0 || as+1 >= rest.to || !r.toks[as+1].is(vIng) {
		return false
	}
	f.cue = append(f.cue, part{as + 1, as + 2})
	if f.passive {
		verb := i
		for verb > cl[k].from && r.toks[verb-1].is(cBe|cHave|cAdverb) {
			verb--
		}
		f.source = r.englishSubject(cl, k, verb)
		if by := hasWord(r.toks, part{rest.from, as}, "by"); by >= 0 && by+1 < as {
			f.channel = part{by + 1, as}
		}
	} else {
		f.channel, f.source = f.source, r.trimPhrase(part{rest.from, as})
	}
	switch {
	case as+2 < rest.to:
		f.content = []part{r.contentFrom(cl, k, as+2)}
	case k+1 < len(cl) && cl[k+1].kind == quoteClause:
		f.content = []part{r.contentAfter(cl, k+1)}
	default:
		return false
	}
	r.setForm(f)
	return !f.source.empty()
}

// passiveEnglish reads "is said to have", "were urged to leave", "was reported that".
func (r *reader) passiveEnglish(cl []clause, k, i, end int, cf *cueForm, f *frame) bool {
	c := cl[k]
	rest := part{end, c.to}
	if rest.empty() {
		return false
	}
	if cf.verb == "quote" {
		return r.citedEnglish(cl, k, i, rest, f)
	}
	if by := hasWord(r.toks, rest, "by"); by >= 0 {
		if to := r.nounPhrase(by+1, c.to); to > by+1 {
			f.source = part{by + 1, to}
			if cf.slots&sTell != 0 { // "we are told by sources that"
				if to < c.to && r.toks[to].Lower == "that" {
					f.content = []part{r.contentFrom(cl, k, to)}
				} else if to == c.to && k+1 < len(cl) && cl[k+1].kind == thatClause {
					f.content = []part{r.contentAfter(cl, k+1)}
				}
				return len(f.content) > 0
			}
			f.form, f.whole = object, c.part
			f.content = []part{{c.from, by}}
			return cf.slots&(sPredicate|sNoun|sZu) != 0 && cf.kind != "plan"
		}
	}
	next := &r.toks[end]
	switch {
	case next.Lower == "that":
		f.content = []part{{end, c.to}}
		return true
	case next.Lower == "to" && cf.kind == "order" && r.mood(c.finite)&vPast == 0 && !r.toks[i-1].is(cHave) && r.toks[i-1].Lower != "been":
		return false // "are required to": a rule, not an event
	case next.Lower == "to" && cf.kind == "order":
		f.content, f.form, f.whole = []part{rest}, object, c.part
		return true
	case next.Lower == "to" && cf.slots&sTell == 0 && (cf.kind == "statement" || cf.kind == "count"):
		f.content, f.form, f.hedge = []part{c.part}, hearsay, true
		if g := (frame{}); c.finite == c.from && k > 1 && r.subjectEarlier(cl, k, make([]bool, len(cl)), &g) { // "Egypt, which fears war, is said to"
			f.content = []part{g.source, c.part}
		}
		return true
	}
	return false
}

// englishComplement finds what is reported by the verb that ends at end in clause k.
func (r *reader) englishComplement(cl []clause, k, end int, cf *cueForm, used []bool, f *frame) bool {
	c := cl[k]
	start, channel := r.skipAdjuncts(end, c, cf)
	if !channel.empty() {
		f.channel = channel
	}
	if f.channel.empty() {
		f.channel = r.channelIn(part{end, min(start+6, c.to)})
	}
	rest := part{start, c.to}
	if k > 0 && f.channel.empty() && cl[0].kind == fragment && cl[0].overlap(f.source) <= 0 {
		f.channel = r.channelIn(cl[0].part)
	}
	clausal := cf.slots&(sClause|sWeak|sTell|sQuote) != 0
	if rest.empty() && cf.slots&(sNoun|sPredicate) != 0 && r.fronted(cl, k, f) {
		return true
	}
	if rest.empty() {
		return r.afterComma(cl, k, cf, clausal, used, f)
	}
	that := rest.to-rest.from > 1 || k+1 < len(cl) && cl[k+1].kind == quoteClause && cl[k+1].lead == "\"" // a bare "that" opens a quotation
	that = that && (r.toks[rest.from].is(cThat) && !r.toks[rest.from].is(cPron) || r.toks[rest.from].Lower == "that")
	switch {
	case clausal && that && cf.slots&sQuote == 0:
		f.content = []part{r.contentFrom(cl, k, rest.from)}
		return true
	case cf.slots&sTell != 0:
		return r.tellContent(cl, k, rest, f) || r.afterComma(cl, k, cf, true, used, f)
	case cf.slots&(sClause|sWeak) != 0 && (r.clausal(rest) || r.split(cl, k, rest)):
		f.content = []part{r.contentFrom(cl, k, rest.from)}
		return true
	case cf.slots&sClause != 0 && cf.slots&(sNoun|sQuote) == 0 && (cf.verb == "say" || r.headline(r.sent)) && !r.toks[rest.from].is(cPrep|vIng) && r.counts(rest): // "said 1.5m people displaced"
		f.content = []part{r.contentFrom(cl, k, rest.from)}
		return true
	case cf.slots&sClause != 0 && r.toks[rest.from].is(vPart) && k+1 < len(cl) && cl[k+1].lead == "," && cl[k+1].kind == mainClause: // "said based on first checks, no one was killed"
		f.content = []part{r.contentAfter(cl, k+1)}
		return true
	case cf.slots&(sClause|sWeak) != 0 && cf.slots&sQuote == 0 && rest.to == c.to && k+1 < len(cl) && cl[k+1].kind == quoteClause && cl[k+1].lead == "\"" && r.nounPhrase(rest.from, rest.to) == rest.to:
		f.content = []part{r.contentFrom(cl, k, rest.from)} // `said the army "will leave"`
		return true
	case cf.kind == "denial" && rest.to-rest.from == 2 && r.toks[rest.from+1].Lower == "comment", r.toks[rest.from].Lower == "not" && among(r.toks[rest.to-1].Lower, "named identified"):
		return false
	case cf.slots&sZu != 0 && rest.to-rest.from > 3 && r.toks[rest.from].Lower == "not" && among(r.toks[rest.from+3].Lower, "named identified quoted"):
		return false // "who asked not to be named"
	case cf.slots&sZu != 0 && hasWord(r.toks, rest, "to") >= 0:
		f.content, f.form, f.whole = []part{r.contentFrom(cl, k, rest.from)}, object, c.part
		return true
	case cf.slots&sPrep != 0 && r.toks[rest.from].is(cPrep):
		for _, p := range cf.preps {
			if r.toks[rest.from].Lower == p {
				f.content, f.form, f.whole = []part{r.contentFrom(cl, k, rest.from+1)}, object, c.part
				return true
			}
		}
	case cf.kind == "denial" && r.toks[rest.from].Lower == "as": // "dismissed as nonsense the charge that"
		for j := rest.from + 2; j < rest.to && j < rest.from+5; j++ {
			if r.toks[j].is(cDet) {
				return r.objectEnglish(cl, k, part{j, rest.to}, cf, f)
			}
		}
	case cf.slots&(sNoun|sPredicate|sIng|sUttered) != 0 && !(r.toks[rest.from].is(cPrep) && !r.toks[rest.from].is(cDet)):
		return r.objectEnglish(cl, k, rest, cf, f)
	}
	if cf.slots&(sClause|sWeak) != 0 && cf.slots&sNoun == 0 && (r.toks[rest.from].is(cPrep|cAdverb|vIng) || r.toks[rest.from].is(cSub)) { // `"...", he said after the talks`
		return r.afterComma(cl, k, cf, true, used, f)
	}
	return cf.slots&sQuote != 0 && r.quotedTail(cl, k, rest, f)
}

// fronted reads "which, ..., the union has criticised": the object is the pronoun in front.
func (r *reader) fronted(cl []clause, k int, f *frame) bool {
	for n := k; n >= 0 && n >= k-2; n-- {
		p := &r.toks[cl[n].from]
		if !p.is(cRel) || p.is(cDet) || cl[n].has(f.source.from) && f.source.from == cl[n].from {
			continue
		}
		f.form, f.whole = object, cl[k].part
		f.content = []part{cl[k].part}
		if n < k {
			f.content = []part{cl[n].part, cl[k].part}
		}
		return true
	}
	return false
}

// split reports a content whose subject is cut off by an apposition: "said John Kerry, the
// Secretary, called".
func (r *reader) split(cl []clause, k int, rest part) bool {
	return rest.to == cl[k].to && k+2 < len(cl) && cl[k+1].kind == fragment && cl[k+2].kind == verbFirst && cl[k+2].lead == "," && r.nounPhrase(rest.from, rest.to) == rest.to
}

func (r *reader) quotedTail(cl []clause, k int, rest part, f *frame) bool {
	if k+1 < len(cl) && cl[k+1].kind == quoteClause {
		f.content = []part{cl[k+1].part}
		f.form = direct
		return true
	}
	return false
}

// clausal reports whether p has a subject and a finite verb.
func (r *reader) clausal(p part) bool {
	c := clause{part: p}
	fin := r.englishFinite(c)
	return fin > p.from
}

// tellContent skips the addressee: "told reporters that ...", "told AFP the road was open".
func (r *reader) tellContent(cl []clause, k int, rest part, f *frame) bool {
	if i := hasWord(r.toks, rest, "that"); i >= 0 && i < rest.from+9 {
		f.content = []part{r.contentFrom(cl, k, i)}
		return true
	}
	to := rest.from + 1
	if !r.toks[rest.from].is(cAddressee | cObject) {
		to = r.core(rest.from, rest.to)
	}
	if to >= rest.to {
		if k+1 < len(cl) && cl[k+1].kind == quoteClause {
			f.content, f.form = []part{cl[k+1].part}, direct
			return true
		}
		if p, ok := r.contentBefore(cl, k, unused(cl)); ok && k > 0 {
			f.content = []part{p}
			return true
		}
		return false
	}
	if to+2 < rest.to && r.toks[to].is(cPrep) && r.toks[to+1].is(cWeekday|cMonth) { // "told parliament in January there was"
		to += 2
	}
	if r.toks[to].Lower == "to" || r.clausal(part{to, rest.to}) {
		f.content = []part{r.contentFrom(cl, k, to)}
		return true
	}
	return false
}

func unused(cl []clause) []bool { return make([]bool, len(cl)) }

// objectEnglish takes the object, with what hangs on it.
func (r *reader) objectEnglish(cl []clause, k int, rest part, cf *cueForm, f *frame) bool {
	c := cl[k]
	if cf.slots&sIng != 0 && cf.slots&sNoun == 0 && !strings.HasSuffix(r.toks[rest.from].Lower, "ing") {
		return false
	}
	f.form, f.whole = object, c.part
	p := r.trimPhrase(r.beforeVerb(rest))
	if p.empty() || cf.slots&sPredicate != 0 && cf.slots&sNoun == 0 && p.to-p.from < 2 {
		return false
	}
	if cf.slots&sUttered != 0 && cf.kind == "count" {
		if !r.tally(f.source, p) {
			return false
		}
	} else if cf.slots&sUttered != 0 && r.headClass(p)&(cAnaphora|cUtterance|cReport) == 0 {
		return false
	}
	if p.to-p.from == 1 && r.toks[p.from].is(cDemonstrative|cObject|cPron) || p.to-p.from == 1 && r.toks[p.from].Lower == "it" {
		if k+1 < len(cl) && cl[k+1].lead == ":" { // "disputed this: photographs show ..."
			f.content, f.form = []part{r.contentFrom(cl, k+1, cl[k+1].from)}, indirect
			if f.anaphor = true; cl[k+1].kind != quoteClause {
				f.kind = "finding"
			}
			return true
		}
		f.content, f.anaphor = []part{c.part}, true
		return cf.kind == "denial"
	}
	if r.mereThing(cf, f, p) || cf.slots&sPredicate != 0 && cf.slots&sNoun == 0 && cf.need != "at" && cf.after != "at" && r.noPredicate(p) {
		return false
	}
	f.anaphor = r.anaphoric(p)
	if cf.slots&sPredicate != 0 {
		f.anaphor = false
	}
	for n := k + 1; n < len(cl) && p.to == cl[n-1].to; n++ {
		if cl[n].kind != relativeClause && !(cl[n].kind == fragment && !r.toks[cl[n].from].is(vIng)) || cl[n].lead == "&" {
			break
		}
		p.to = cl[n].to
	}
	f.content = []part{p}
	return true
}

// noPredicate reports an object followed by a mere adjunct: "called his wife from the station".
func (r *reader) noPredicate(p part) bool {
	k := r.core(p.from, p.to)
	if k == p.to && r.toks[k-1].upper { // "a group called the Sea Org"
		return true
	}
	return k > p.from && k < p.to && among(r.toks[k].Lower, "from at on in to with by after before") && k-p.from < 3
}

// contentFrom is the content that starts at token from in clause k and runs on to the end of the
// sentence or the next report.
func (r *reader) contentFrom(cl []clause, k, from int) part {
	rest := r.contentAfter(cl, k)
	for n := k + 1; n < len(cl); n++ {
		if cl[n].from < rest.to && n > k && (r.toks[cl[n].from].is(vIng) && len(r.toks[cl[n].from].cues) > 0 || r.trailingEnglish(cl, n)) {
			rest.to = cl[n-1].to
			break
		}
	}
	return part{from, rest.to}
}

// trailingEnglish reports ", he said" behind a content.
func (r *reader) trailingEnglish(cl []clause, n int) bool {
	c := cl[n]
	return c.finite == c.to-1 && len(r.toks[c.finite].cues) > 0 && c.lead == ","
}

// skipAdjuncts steps over "on Friday", "in a statement", "to reporters" behind the verb.
func (r *reader) skipAdjuncts(i int, c clause, cf *cueForm) (int, part) {
	var channel part
	if i < c.to && cf.slots&(sClause|sWeak) != 0 && r.toks[i].is(cPrep) && !r.toks[i].is(cDet) { // "said in a report released on Monday that"
		if n := hasWord(r.toks, part{i, min(c.to, i+14)}, "that"); n > i+1 {
			return n, r.channelIn(part{i, n})
		}
	}
	for n := 0; n < 3 && i < c.to; n++ {
		t := &r.toks[i]
		switch {
		case t.is(cWeekday), t.is(cAdverb) && !t.is(cDet|cPron|cNegator), among(t.Lower, "late early"):
			i++
			continue
		case t.is(cPrep) && i+1 < c.to && r.toks[i+1].is(cWeekday|cMonth):
			for i += 2; i < c.to && (r.toks[i].Kind == Number || r.toks[i].is(cVague|cWeekday|cMonth) || among(r.toks[i].Lower, "morning afternoon evening night")); i++ {
			}
			continue
		case among(t.Lower, "on in at during to via through") && (cf.slots&sZu == 0 || t.Lower != "to"):
			to := r.core(i+1, c.to)
			if to == i+1 {
				return i, channel
			}
			named := false
			for j := i + 1; j < to; j++ {
				named = named || r.nounClass(j)&(cChannel|cOutlet) != 0 || r.toks[j].is(cAddressee)
			}
			if !named && to < c.to && t.Lower != "to" && r.toks[to].Lower != "that" {
				return i, channel
			}
			if named {
				channel = part{i, to}
			}
			i = to
			continue
		}
		break
	}
	return i, channel
}

// afterComma handles a verb with nothing behind it in its clause: a quotation follows, or the
// content stood before.
func (r *reader) afterComma(cl []clause, k int, cf *cueForm, clausal bool, used []bool, f *frame) bool {
	if !clausal {
		return false
	}
	if around := k > 0 && used != nil && !used[k-1] && cl[k-1].kind == quoteClause; k+1 < len(cl) && !around {
		n := cl[k+1]
		if n.kind == fragment && k+2 < len(cl) && (cl[k+2].kind == thatClause || cl[k+2].kind == quoteClause) { // "said, without citing evidence, that"
			f.content = []part{r.contentAfter(cl, k+2)}
			r.setForm(f)
			return true
		}
		if n.kind == quoteClause || n.lead == ":" && cf.slots&sQuote == 0 || n.kind == thatClause {
			f.content = []part{r.contentAfter(cl, k+1)}
			r.setForm(f)
			return true
		}
	}
	if k > 0 && used != nil && cf.slots&sQuote == 0 || k > 0 && used != nil && (cl[k-1].kind == quoteClause || r.quoted(cl[k-1].part)) {
		lo := k
		for n := 0; n < k; n++ {
			if cl[n].overlap(f.source) > 0 {
				lo = n
				break
			}
		}
		if p, ok := r.contentBefore(cl, lo, used); ok {
			f.content = []part{p}
			r.setForm(f)
			n := k + 1
			if n+1 < len(cl) && cl[n].kind == fragment && r.toks[cl[n].from].is(vIng) && cl[n+1].kind == quoteClause { // `"...", he said, leaning back, "..."`
				n++
			}
			if n < len(cl) && cl[n].kind == fragment && cl[n].lead == "," && r.toks[cl[n].from].is(vIng) && len(r.toks[cl[n].from].cues) == 0 && cf.slots&sClause != 0 {
				f.content = append(f.content, cl[n].part) // "..., witnesses said, killing dozens"
			} else if n < len(cl) && (cl[n].kind == quoteClause || cl[n].lead == "," && !among(r.toks[cl[n].from].Lower, "while whereas") && !(r.toks[cl[n].from].is(vIng) && len(r.toks[cl[n].from].cues) > 0) && cl[n].kind != relativeClause && cl[n].kind != fragment && !r.reports(cl[n])) {
				f.content = append(f.content, part{cl[n].from, cl[len(cl)-1].to})
			}
			return true
		}
	}
	if k+1 < len(cl) && cl[k+1].lead == "," && cl[k+1].kind == verbFirst && cf.slots&sClause != 0 { // "an attack that, police said, killed five"
		f.content = []part{{cl[k+1].from, cl[len(cl)-1].to}}
		if p := cl[max(k-1, 0)]; k > 0 && p.kind == fragment && !used[k-1] && p.overlap(f.source) <= 0 && r.nounPhrase(p.from, p.to) == p.to {
			f.content = []part{p.part, f.content[0]} // "Her son, she said, is missing"
		}
		return true
	}
	return false
}
