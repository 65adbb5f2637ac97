package claim

import "strings"

// germanVerb fills f when token i, as form cf of a reporting verb, makes clause k a report.
func (r *reader) germanVerb(cl []clause, k, i int, cf *cueForm, used []bool, before []frame, f *frame) bool {
	c := cl[k]
	if c.finite < 0 || c.mood&vK1 != 0 || !r.fitsGerman(cl, k, i, cf, f) {
		return false
	}
	f.cue = append(f.cue, part{i, i + 1})
	if cf.sep {
		r.addPrefix(cl, k, i, cf.prefix, f)
	}
	switch {
	case c.kind == asClause:
		return r.asReport(cl, k, i, used, f)
	case k > 0 && c.finite == c.from+1 && c.kind != asClause && c.lead == "," && among(r.toks[c.from].Lower, "das dies") && !r.subjectAfter(c, c.finite+1).empty() && (k+1 == len(cl) || !r.complements(cl, k+1, cf)):
		return r.trailing(cl, k, used, cf, f)
	case c.kind == verbFirst && k > 0 && c.lead != "&" && !r.toks[c.from].is(cConj):
		return r.trailing(cl, k, used, cf, f)
	}
	if n := r.afterConj(c); n == c.finite && n > c.from && !f.passive && len(before) > 0 {
		f.source = before[len(before)-1].source
	} else if n == c.finite && n > c.from && !f.passive && k > 0 && cl[k-1].finite > cl[k-1].from && r.toks[c.from].is(cConj) {
		f.source = r.germanSubject(cl[k-1], cl[k-1].finite, false)
	} else {
		f.source = r.germanSubject(c, c.finite, f.passive)
	}
	if cf.need == "rede" {
		f.source = part{}
		if i := hasWord(r.toks, c.part, "seitens"); i >= 0 {
			f.source = part{i + 1, r.core(i+1, c.to)}
		}
	}
	if cf.need == "sich" && c.finite == c.from+1 { // "Vorsichtiger äußerte sich Paris"
		if p := r.subjectAfter(c, c.finite+1); !p.empty() && r.toks[p.from].upper {
			f.source = p
		}
	}
	if cf.verb == "zitieren" {
		r.cited(c, f)
	}
	if cf.need == "aus" && f.source.empty() {
		f.source = r.saidIn(c, f)
	}
	if cf.need == "es" || cf.verb == "verlauten" && i == c.finite {
		f.source = r.saidIn(c, f)
	}
	if f.passive && f.source.empty() {
		r.unnamed(c, f)
	}
	if f.source.empty() && !f.passive && (c.lead == "&" || r.toks[c.from].is(cConj)) && len(before) > 0 {
		f.source = before[len(before)-1].source
	}
	return r.complement(cl, k, i, cf, f)
}

// cited makes the one whom clause c quotes the source, and who quotes him the channel.
func (r *reader) cited(c clause, f *frame) {
	if f.source.empty() {
		return
	}
	for j := max(f.source.to, c.finite+1); j < c.to; j++ {
		if r.toks[j].quote >= 0 || r.toks[j].is(cPrep) && !r.toks[j].is(cDet) && r.toks[j].Lower != "in" {
			return
		}
		if !among(r.toks[j].Lower, "den die das einen eine ihn sie") {
			continue
		}
		if to := r.nounPhrase(j, c.to); to > j {
			f.channel, f.source = f.source, part{j, to}
		}
		return
	}
}

// afterConj returns the first token behind the conjunctions and adverbs that open a clause.
func (r *reader) afterConj(c clause) int {
	i := c.from
	for i < c.to-1 && r.toks[i].is(cConj) {
		i++
	}
	for i > c.from && i < c.to-1 && r.toks[i].is(cAdverb|cContrast) && !r.toks[i].is(vFinite) {
		i++
	}
	return i
}

// unnamed finds a source for a passive without an agent: the report it stands in, or the latest
// source when the sentence says that it goes on ("Weiter wird berichtet").
func (r *reader) unnamed(c clause, f *frame) {
	keep := f.channel
	if p := r.saidIn(c, f); !p.empty() && r.headClass(p)&(cReport|cChannel|cOutlet|cUtterance) != 0 {
		f.source = p
		return
	}
	f.wide, f.channel = part{}, keep
	for i := c.from; i < c.from+2 && i < c.to; i++ {
		if among(r.toks[i].Lower, "weiter weiterhin ferner zudem außerdem überdies") {
			f.inherit = true
		}
	}
}

// saidBy finds who "hieß es" is of: "vom Sprecher", "aus dem Ministerium"; empty if that is open.
func (r *reader) saidBy(c clause) part {
	for i := c.finite + 1; i+1 < c.to; i++ {
		if among(r.toks[i].Lower, "von vom aus bei beim seitens in im") {
			if to := r.nounPhrase(i+1, c.to); to > i+1 && !r.toks[i+1].is(cMonth) {
				return part{i + 1, to}
			}
		}
	}
	return part{}
}

// saidIn finds where "es heißt": "In einem Schreiben der Behörde heißt es".
func (r *reader) saidIn(c clause, f *frame) part {
	if among(r.toks[c.from].Lower, "in im aus") && c.finite > c.from+2 {
		f.wide = r.trimPhrase(part{c.from + 1, c.finite})
		f.channel = f.wide
		return f.wide
	}
	for i := c.from; i < c.to; i++ {
		if !among(r.toks[i].Lower, "in im aus beim bei seitens vonseiten") {
			continue
		}
		to := r.nounPhrase(i+1, c.to)
		if to == i+1 || r.toks[i+1].is(cMonth) {
			continue
		}
		f.wide = part{i + 1, to}
		if r.headClass(f.wide)&(cReport|cChannel|cOutlet|cUtterance) != 0 {
			f.channel = f.wide
		}
		return f.wide
	}
	return part{}
}

// fitsGerman checks form, prefix and needed word.
func (r *reader) fitsGerman(cl []clause, k, i int, cf *cueForm, f *frame) bool {
	c, t := cl[k], &r.toks[i]
	if t.upper {
		return false
	}
	fin := r.toks[c.finite].Lower
	switch {
	case cf.form&vFinite != 0 && i == c.finite:
	case cf.form == vPart && among(fin, "hat haben hatte hatten"):
	case cf.form == vPart && (among(fin, "wird werden wurde wurden") || among(fin, "ist sind war waren") && (hasWord(r.toks, c.part, "worden") >= 0 || cf.need == "bekannt")):
		f.passive = true
	case cf.form&vInf != 0 && i != c.finite && among(fin, "will wollen wollte wollten möchte möchten ließ ließen lässt lassen"):
		if f.wanted = true; r.negated(c) && cf.need != "nichts" {
			return false
		}
	default:
		return false
	}
	if cf.need != "" && hasWord(r.toks, part{c.from, r.scope(cl, k)}, cf.need) < 0 {
		return false
	}
	if cf.sep {
		return r.prefixAt(cl, k, i, cf.prefix) >= 0
	}
	if cf.prefix == "" && cf.form&vFinite != 0 && (c.kind == mainClause || c.kind == verbFirst) && c.to-1 > i {
		last := &r.toks[c.to-1]
		return !last.is(cParticle) || last.upper
	}
	return true
}

// scope returns the end of clause k with the appositions that follow it.
func (r *reader) scope(cl []clause, k int) int {
	n := k
	for n+1 < len(cl) && n < k+3 && cl[n+1].kind == fragment && cl[n+1].lead == "," {
		n++
	}
	return cl[n].to
}

// prefixAt finds the separated prefix: last in the clause, or in a fragment behind an apposition, or
// just before a participle.
func (r *reader) prefixAt(cl []clause, k, i int, prefix string) int {
	if i > cl[k].from && r.toks[i-1].Lower == prefix {
		return i - 1
	}
	for n := k; n < len(cl) && n < k+4; n++ {
		if n > k && cl[n].kind != fragment && cl[n].kind != relativeClause {
			break
		}
		for j := cl[n].to - 1; j > i && j >= cl[n].from; j-- {
			if r.toks[j].Lower == prefix && !r.toks[j].upper {
				if j == cl[n].to-1 || r.toks[j+1].is(cConj) || n == k && !r.toks[j].is(cPrep) || r.toks[j+1].quote >= 0 {
					return j
				}
			}
		}
	}
	return -1
}

func (r *reader) addPrefix(cl []clause, k, i int, prefix string, f *frame) {
	j := r.prefixAt(cl, k, i, prefix)
	if j < i {
		f.cue = []part{{j, i + 1}}
		return
	}
	f.cue = append(f.cue, part{j, j + 1})
}

// asReport reads "wie die Polizei mitteilte".
func (r *reader) asReport(cl []clause, k, i int, used []bool, f *frame) bool {
	c := cl[k]
	from := c.from + 1
	for from < c.to && among(r.toks[from].Lower, "wie es aus") {
		from++
	}
	f.source = part{}
	if f.passive {
		f.source = r.agent(c)
	} else if to := r.nounPhrase(from, min(i, c.to)); to > from {
		f.source = part{from, to}
		if r.toks[to].Text == "," { // "wie Anna Berg, Sprecherin des Amtes, mitteilte"
			if e := r.nounPhrase(to+1, c.to); e > to+1 && e < c.to && (r.toks[e].Text == "," || e == i) {
				f.source.to = e
			}
		}
	}
	f.channel = r.channelIn(part{max(from, f.source.to), c.to})
	var content []part
	if p, ok := r.contentBefore(cl, k, used); ok {
		content = append(content, p)
	}
	if k+1 < len(cl) && (k == 0 || len(content) == 0 || cl[k+1].kind == fragment || cl[k+1].kind == infinitive) {
		content = append(content, part{cl[k+1].from, cl[len(cl)-1].to})
	}
	f.content = content
	return len(content) > 0
}

// trailing reads ", sagte die Polizei": the content stands before, or around.
func (r *reader) trailing(cl []clause, k int, used []bool, cf *cueForm, f *frame) bool {
	c := cl[k]
	subj := r.subjectAfter(c, c.finite+1)
	p, clausal := r.contentBefore(cl, k, used)
	if p.empty() {
		if f.source = r.beforeRelative(cl, k); f.source.empty() {
			return false
		}
		return r.complement(cl, k, c.finite, cf, f)
	}
	if !clausal && subj.empty() || !clausal && !subj.empty() && k+1 < len(cl) && r.complements(cl, k+1, cf) && (cl[k+1].mood&vK1 == 0 || cl[k+1].kind == thatClause) {
		// apposition or relative clause before the verb: "Der Sprecher, General X, sagte, ..."
		f.source = r.withoutRelative(cl, k, r.trimPhrase(p))
		if t := &r.toks[f.source.from]; !subj.empty() && (t.is(cDative) && !t.is(cGenitive) || t.Lower == "den") {
			f.source = subj
		}
		return r.complement(cl, k, c.finite, cf, f)
	}
	if cf.slots&(sClause|sQuote|sWeak) == 0 {
		return false
	}
	if i := hasWord(r.toks, part{p.from, min(p.to, p.from+4)}, "frage"); i >= 0 && r.toks[p.from].is(cPrep) {
		return false // "Auf die Frage, ob ..., antwortete sie ausweichend"
	}
	if cf.slots&(sWeak|sQuote) != 0 && !r.reportedBefore(cl, k, used) {
		return false
	}
	f.source, f.content = subj, []part{p}
	if cf.need == "es" || cf.verb == "verlauten" { // ", hieß es vom Sprecher"
		f.source = r.saidBy(c)
	}
	f.source = r.withApposition(cl, k, f.source)
	f.channel = r.channelIn(part{max(subj.to, c.finite+1), c.to})
	if cf.verb == "zitieren" {
		r.cited(c, f)
	}
	r.around(cl, k, f)
	r.setForm(f)
	return true
}

// beforeRelative finds the subject of clause k in front of a relative clause that is a report itself:
// "Die Regierung, die alle Vorwürfe bestreitet, kündigte an".
func (r *reader) beforeRelative(cl []clause, k int) part {
	n := k - 1
	for n > 0 && cl[n].kind == relativeClause {
		n--
	}
	if n == k-1 || n < 0 || cl[n].kind != fragment {
		return part{}
	}
	return r.trimPhrase(cl[n].part)
}

// withoutRelative ends a source before its relative clause: "Mubarak, der seit 1981 regiert".
func (r *reader) withoutRelative(cl []clause, k int, src part) part {
	for n := 0; n < k; n++ {
		if cl[n].kind == relativeClause && cl[n].from > src.from && cl[n].from < src.to {
			src.to = cl[n].from
			return r.trimPhrase(src)
		}
	}
	return src
}

// reportedBefore tells whether what stands before clause k is a quotation or in the Konjunktiv.
func (r *reader) reportedBefore(cl []clause, k int, used []bool) bool {
	for n := k - 1; n >= 0 && !used[n]; n-- {
		if cl[n].kind == quoteClause || cl[n].mood&vK1 != 0 || r.quoted(cl[n].part) {
			return true
		}
	}
	return false
}

// around adds the rest of a sentence that the report interrupts: "Das Problem, sagte er, sei gelöst".
func (r *reader) around(cl []clause, k int, f *frame) {
	n := k + 1
	for n < len(cl) && cl[n].kind == fragment && cl[n].overlap(f.source) > 0 {
		n++
	}
	if n >= len(cl) {
		return
	}
	q := cl[n]
	if q.kind == quoteClause || q.mood&(vK1|vK2) != 0 && !r.reports(q) && q.kind != relativeClause {
		f.content = append(f.content, r.contentAfter(cl, n))
	}
}

// withApposition extends a source by the fragment behind it: "sagte der Sprecher, General X".
func (r *reader) withApposition(cl []clause, k int, src part) part {
	if src.empty() || k+1 >= len(cl) || src.to != cl[k].to || cl[k+1].lead != "," {
		return src
	}
	n := cl[k+1]
	if n.kind != fragment || !r.toks[n.from].upper && !r.toks[n.from].is(cDet) || r.toks[n.from].is(cDative) && !r.toks[n.from].is(cGenitive) {
		return src
	}
	if to := r.nounPhrase(n.from, n.to); to >= n.to-1 {
		return part{src.from, to}
	}
	return src
}

// subjectAfter takes the noun phrase behind the verb, past adverbs and sich.
func (r *reader) subjectAfter(c clause, i int) part {
	for n := 0; i < c.to && n < 6; n++ {
		t := &r.toks[i]
		if t.Lower == "es" && i+1 < c.to && (r.toks[i+1].is(cArticle) || r.toks[i+1].upper) {
			i++
			continue
		}
		if t.is(cAdverb|cContrast|cObject) && !t.is(cThird) && !t.upper {
			i++
			continue
		}
		if t.is(cPrep) && !t.is(cDet) { // "sagte am Montag der Sprecher"
			if to := r.core(i+1, c.to); to > i+1 && to < c.to && (r.toks[to].is(cDet) || r.toks[to].upper) && n < 2 {
				i = to
				continue
			}
			return part{}
		}
		break
	}
	if i+1 < c.to && r.toks[i].Lower == "der" && feminineOutlet(r.toks[i+1].Lower) { // "erzählte der Zeitung": told to the paper
		return part{}
	}
	if i >= c.to || r.toks[i].is(cDative) && !r.toks[i].is(cGenitive) && !r.toks[i].is(cThird) {
		return part{}
	}
	return part{i, r.nounPhrase(i, c.to)}
}

// feminineOutlet reports outlets whose "der" is a dative or genitive.
func feminineOutlet(w string) bool {
	for _, e := range [...]string{"zeitung", "agentur", "presse", "illustrierten", "tagesschau", "redaktion"} {
		if strings.HasSuffix(w, e) {
			return true
		}
	}
	return false
}

// agent finds who acts in a passive: "von der Polizei".
func (r *reader) agent(c clause) part {
	for i := c.from; i+1 < c.to; i++ {
		if among(r.toks[i].Lower, "über durch") {
			if p := (part{i + 1, r.core(i+1, c.to)}); !p.empty() && r.headClass(p)&(cChannel|cOutlet) != 0 {
				return p
			}
		}
	}
	for i := c.from; i+1 < c.to; i++ {
		if among(r.toks[i].Lower, "von vom seitens") && (i == c.from || !r.toks[i-1].upper) { // not "der Einsatz von Truppen"
			if to := r.core(i+1, c.to); to > i+1 && !r.toks[i+1].is(cWeekday|cMonth) && r.toks[i+1].Kind != Number {
				if e := r.extend(to, c.to); e > to && r.toks[to].is(cGenitive) {
					to = e
				}
				return part{i + 1, to}
			}
		}
	}
	return part{}
}

// germanSubject finds the subject of clause c with finite verb fin.
func (r *reader) germanSubject(c clause, fin int, passive bool) part {
	if passive {
		return r.agent(c)
	}
	first := c.from
	for first < fin && r.toks[first].is(cConj|cContrast) && !r.toks[first].is(cPron) {
		first++
	}
	switch c.kind {
	case relativeClause:
		return r.relativeSubject(c, first)
	case adverbClause, thatClause, asClause:
		return r.subjectAfter(c, first+1)
	}
	if c.kind == mainClause && first < fin && r.toks[first].is(cAdverb|cSub) && !r.toks[first].is(cPrep) && !r.toks[first].is(cDet|cPron) {
		if among(r.toks[first].Lower, focus) && r.nounPhrase(first+1, fin) == fin {
			return part{first + 1, fin}
		}
		if p := r.subjectAfter(c, fin+1); !p.empty() {
			return p
		}
	}
	if fin > first {
		pre := part{first, fin}
		t := &r.toks[first]
		if p := r.subjectAfter(c, fin+1); !p.empty() && r.headClass(p)&(cPerson|cOrg) != 0 && r.headClass(pre) == 0 && r.noSubject(pre, fin) {
			return p
		}
		fronted := t.is(cDemonstrative) && fin == first+1 && !r.subjectAfter(c, fin+1).empty()
		if t.Kind == Number || r.numeral(first) && fin+1 < c.to && r.toks[fin+1].Lower == "ein" { // "Zwölf Tote forderte ein Taifun"
			if p := r.subjectAfter(c, fin+1); !p.empty() && among(r.toks[p.from].Lower, "ein der eine die") {
				return p
			}
		}
		marked := t.is(cDative) && !t.is(cGenitive) || t.Lower == "den" || t.Lower == "einen"
		if !fronted && !marked && !(t.is(cPrep) && !t.is(cDet)) && !(t.is(cAdverb) && !t.is(cDet|cPron) && first+1 == fin) {
			if to := r.nounPhrase(first, fin); to > first && (to >= fin || !r.toks[first].is(cAdverb) || r.toks[first].is(cDet)) {
				p := r.trimPhrase(pre)
				if !(p.from+1 == p.to && r.toks[p.from].Lower == "es") {
					return p
				}
				return part{}
			}
		}
	}
	return r.subjectAfter(c, fin+1)
}

// noSubject reports what stands before a verb and cannot be its subject: "Sehr schnell gab", "Die Opferzahlen stellte".
func (r *reader) noSubject(p part, fin int) bool {
	last := &r.toks[p.to-1]
	if last.Kind == Word && !last.upper && !last.is(cPron|cThird|cDemonstrative|cName|cOutlet) && p.to-p.from > 1 {
		return true
	}
	plural := among(r.toks[p.from].Lower, "die diese alle") && p.to == p.from+2 && strings.HasSuffix(last.Lower, "en")
	return plural && !strings.HasSuffix(r.toks[fin].Lower, "en")
}

// focus lists adverbs that belong to the noun behind them: "auch die Polizei".
const focus = "auch nur selbst sogar allein lediglich"

func (r *reader) numeral(i int) bool {
	t := &r.toks[i]
	return t.class&(cDet|cPrep|cAdverb|cPron) == 0 && t.upper && i+1 < len(r.toks) && r.toks[i+1].upper
}

// relativeSubject: in "die er nannte" the pronoun behind, else the noun the relative clause is about.
func (r *reader) relativeSubject(c clause, first int) part {
	j := first + 1
	if r.toks[first].is(cPrep) && !r.toks[first].is(cRel) || r.toks[first].is(cDative) {
		for j < c.to && (r.toks[j].is(cRel) && j == first+1 && r.toks[first].is(cPrep) || r.toks[j].is(cObject|cAdverb) && !r.toks[j].is(cThird)) {
			j++
		}
		if to := r.nounPhrase(j, c.to); to > j {
			return part{j, to}
		}
		return part{}
	}
	if j < c.to && r.toks[j].is(cThird|cPron) && !r.toks[j].is(cDet) {
		return part{j, j + 1}
	}
	end := c.from
	for end > 0 && r.toks[end-1].Kind == Punct && !r.mark(end-1) {
		end--
	}
	if s := r.phraseBefore(max(0, end-14), end); s < end {
		for s > 1 && among(r.toks[s-1].Lower, "in aus von") { // "die Regierung in Damaskus, die"
			h := r.phraseBefore(max(0, s-10), s-1)
			if h == s-1 {
				break
			}
			s = h
		}
		return part{s, end}
	}
	return part{first, first + 1}
}

// complement finds what is reported by the verb of clause k.
func (r *reader) complement(cl []clause, k, i int, cf *cueForm, f *frame) bool {
	c := cl[k]
	f.source = r.withApposition(cl, k, f.source)
	f.channel = r.channelIn(r.without(c, f.source))
	for m := k + 1; m < len(cl) && m < k+5; m++ {
		if r.complements(cl, m, cf) {
			if t := &r.toks[cl[m].from]; cl[m].kind == infinitive && m > k+1 && (t.Lower == "zu" || t.is(vZu)) {
				m = k + 1 // "aufgerufen, Frauen, die ..., zu töten"
			}
			if cl[m].lead == ":" && cf.kind == "denial" { // "wies das zurück: Man habe ..." denies, then goes on
				g := *f
				if r.objectContent(cl, k, i, cf, &g) {
					*f = g
					return true
				}
			}
			f.content = []part{r.contentAfter(cl, m)}
			if cl[m].kind == infinitive && cf.kind == "statement" && cf.slots&sPredicate != 0 && cf.slots&sZu != 0 {
				f.content = append([]part{r.accused(c, f)}, f.content...)
			}
			f.whole = c.part
			r.setForm(f)
			return true
		}
		if kind := cl[m].kind; kind != fragment && kind != relativeClause && kind != adverbClause || cl[m].lead == ":" || cl[m].lead == "&" {
			break
		}
	}
	return r.objectContent(cl, k, i, cf, f)
}

// accused is whom a clause blames for what follows it: "beschuldigte die Miliz, auf Zivilisten zu
// schießen".
func (r *reader) accused(c clause, f *frame) part {
	from, to := c.finite+1, c.to
	if f.source.from >= from && f.source.to <= to {
		from = f.source.to
	}
	if n := len(f.cue); n > 0 && f.cue[n-1].to == to {
		to = f.cue[n-1].from
	}
	obj := r.trimObject(part{from, to})
	if obj.empty() || r.nounPhrase(obj.from, obj.to) != obj.to {
		return part{}
	}
	return obj
}

func (r *reader) without(c clause, src part) part {
	p := c.part
	if src.from <= p.from && src.to > p.from {
		p.from = src.to
	} else if src.from > p.from {
		p.from = src.to
	}
	return p
}

// complements reports whether clause m can be the clausal content of cf.
func (r *reader) complements(cl []clause, m int, cf *cueForm) bool {
	c := cl[m]
	clausal := cf.slots&(sClause|sWeak|sTell) != 0
	switch {
	case c.kind == quoteClause:
		return true
	case c.lead == ":" && (c.finite >= 0 || r.quoted(c.part)):
		return true
	case c.kind == thatClause:
		return clausal || cf.slots&(sNoun|sZu|sPrep|sPredicate) != 0 && (r.toks[c.from].is(cThat))
	case c.kind == relativeClause && c.mood&vK1 != 0 && m > 0 && !r.toks[cl[m-1].to-1].upper && r.toks[c.from].is(cArticle): // "die Partei stagniere"
		return clausal
	case c.kind == infinitive:
		return cf.slots&(sZu|sClause) != 0 && !r.toks[c.from].is(cPurpose)
	case c.kind == mainClause || c.kind == verbFirst || c.kind == adverbClause && m+1 < len(cl):
		if c.mood&vK1 != 0 || c.mood&vK2 != 0 && c.mood&vPast == 0 {
			return clausal || cf.slots&(sQuote|sNoun|sZu) != 0
		}
		if c.kind == adverbClause { // "sagte, wenn das so weitergehe, sei ..."
			return clausal && cl[m+1].mood&vK1 != 0
		}
		return cf.slots&sClause != 0 && cf.slots&sWeak == 0 && c.kind == mainClause && c.lead == ","
	}
	return false
}

func (r *reader) setForm(f *frame) {
	f.form = indirect
	if len(f.content) > 0 && r.toks[f.content[0].from].quote >= 0 {
		q := r.quotes[r.toks[f.content[0].from].quote]
		if q.open == f.content[0].from && q.close >= f.content[0].to-1 {
			f.form = direct
		}
	}
}

// objectContent takes the object of the reporting verb as the content.
func (r *reader) objectContent(cl []clause, k, i int, cf *cueForm, f *frame) bool {
	if f.wanted || cf.slots&(sNoun|sDative|sPredicate|sPrep|sUttered) == 0 && !r.pointsBack(cl[k], cf) && !(cf.slots&sQuote != 0 && r.quoted(cl[k].part)) {
		return false
	}
	c := cl[k]
	f.form, f.whole = object, c.part
	p := c.part
	switch {
	case f.passive || c.kind == relativeClause || c.kind == adverbClause:
		f.content = []part{p}
		return c.kind != adverbClause && (!f.passive || !f.source.empty())
	case cf.slots&sPrep != 0:
		return r.prepContent(cl, k, i, cf, f)
	}
	if f.source.empty() && c.lead != "&" {
		return false
	}
	from, to := c.finite+1, c.to
	if f.source.from >= from && f.source.to <= to {
		if f.source.from <= from+2 {
			from = f.source.to
		}
	}
	for _, q := range f.cue {
		if q.to == to {
			to = q.from
		}
	}
	obj := r.trimObject(r.beforeVerb(part{from, to}))
	if f.source.from > c.finite && c.finite > c.from { // fronted object: "Das lehnte er ab"
		front := r.trimPhrase(part{c.from, c.finite})
		if !front.empty() && !r.toks[front.from].is(cPrep) && !r.toks[front.from].is(cAdverb) {
			f.content, f.anaphor = []part{c.part}, front.to-front.from == 1
			f.back = f.anaphor && r.toks[front.from].is(cDemonstrative) && cf.slots&sClause != 0 && cf.kind != "denial" && !r.negated(c)
			return true
		}
	}
	if obj.empty() {
		return false
	}
	if obj.to-obj.from == 1 && r.toks[obj.from].is(cDemonstrative|cPron|cObject) {
		f.content, f.anaphor = []part{c.part}, true
		return cf.kind == "denial" || cf.kind == "finding"
	}
	if cf.slots&sPredicate != 0 && (obj.to-obj.from < 2 || r.negated(c)) || r.mereThing(cf, f, obj) || cf.need != "sich" && r.toks[c.finite+1].Lower == "sich" {
		return false
	}
	if cf.slots&sUttered != 0 && !r.tally(f.source, obj) || cf.verb == "verurteilen" && r.sentenced(obj) {
		return false
	}
	f.anaphor = r.anaphoric(obj)
	obj.to = r.hanging(cl, k, obj.to)
	f.content = []part{obj}
	return true
}

// gapped finds the preposition in a clause that lacks its verb: "X sprach von 50 Toten, Y von 80".
func (r *reader) gapped(c clause, prep string) int {
	if c.kind != fragment || c.lead != "," && c.lead != ";" {
		return 0
	}
	to := r.nounPhrase(c.from, c.to)
	for i := to; to > c.from && i < c.to-1 && i < to+3; i++ {
		if r.toks[i].Lower == prep {
			return i
		}
	}
	if i := hasWord(r.toks, part{c.from + 1, to}, prep); i > c.from && i < c.to-1 {
		return i
	}
	return 0
}

// gap makes the frame of a gapped clause behind frame f.
func (r *reader) gap(cl []clause, f frame) (frame, bool) {
	k := f.clause + 1
	if f.by == nil || f.by.slots&sPrep == 0 || f.form != object || k >= len(cl) {
		return frame{}, false
	}
	for _, p := range f.by.preps {
		i := r.gapped(cl[k], p)
		if i == 0 {
			continue
		}
		g := f
		g.clause, g.whole, g.channel = k, cl[k].part, part{}
		g.source = r.trimPhrase(part{cl[k].from, i})
		g.content = []part{{i + 1, cl[k].to}}
		return g, !g.source.empty()
	}
	return frame{}, false
}

// beforeVerb ends an object before a coordinated verb: "kritisierte die Wahl und verließ den Saal".
func (r *reader) beforeVerb(p part) part {
	for i := p.from + 1; i+1 < p.to; i++ {
		n := &r.toks[i+1]
		if r.toks[i].is(cConj|cContrast) && r.toks[i].quote < 0 && n.is(vPast|vPres) && !n.is(vInf|vPart|vBase) && !n.upper && !r.adjective(i+1, p.to) {
			return part{p.from, i}
		}
		if !r.lang.v2 && r.toks[i].is(cConj|cContrast) && n.is(vPast) && !n.upper && i+2 < p.to && (r.toks[i].is(cContrast) || r.toks[i+2].class&(cDet|cPrep|cAdverb|cThat) != 0) {
			return part{p.from, i}
		}
	}
	return p
}

// mereThing reports objects that make the verb one of doing, not of saying: "erwartete sie am
// Eingang", "forderte 30 Todesopfer", "belegte Platz drei".
func (r *reader) mereThing(cf *cueForm, f *frame, obj part) bool {
	first := &r.toks[obj.from]
	subject := r.headClass(f.source)
	switch {
	case cf.slots&sPredicate != 0:
		return false
	case first.is(cObject|cThird) && !first.is(cDet) || first.Lower == "sie":
		return true
	case cf.kind == "finding":
		return subject&(cFindingNoun|cReport|cChannel) == 0
	case cf.kind == "denial" && (first.Kind == Number || r.countWord(obj.from)):
		return true
	case cf.kind != "order" && r.headClass(obj)&cPerson != 0:
		return true
	}
	return subject&cEvent != 0
}

// sentenced reports the object of a court: "verurteilte drei Männer zu langen Haftstrafen".
func (r *reader) sentenced(p part) bool {
	return hasWord(r.toks, p, "zu") >= 0 || hasWord(r.toks, p, "zum") >= 0 || hasWord(r.toks, p, "zur") >= 0
}

// tally reports somebody who counts and a figure: "Monitors recorded 63 violations", but not "the
// town counts 30,000 inhabitants".
func (r *reader) tally(source, obj part) bool {
	if source.empty() || r.headClass(source)&(cPerson|cOrg|cReport|cFindingNoun) == 0 && !acronym(r.toks[source.to-1].Text) {
		return false
	}
	s := r.span(obj)
	for _, f := range r.figures(r.sent) {
		if f.Start >= s.Start && f.End <= s.End && !durationUnit(f.Unit) {
			return true
		}
	}
	return false
}

// countWord reports number words up to twelve.
func (r *reader) countWord(i int) bool {
	return among(r.toks[i].Lower, "zwei drei vier fünf sechs sieben acht neun zehn elf zwölf two three four five six seven eight nine ten eleven twelve")
}

// anaphoric reports objects that only point at an earlier claim: "dieser Darstellung", "die Vorwürfe".
func (r *reader) anaphoric(p part) bool {
	end := p.to
	if end-p.from > 3 {
		end = r.core(p.from, p.to)
	}
	if end-p.from > 3 || p.to-end > 3 {
		return false
	}
	for i := p.from; i < end; i++ {
		if r.nounClass(i)&cAnaphora != 0 {
			return true
		}
	}
	return false
}

// hanging extends a content by the relative clauses and infinitives that follow its clause.
func (r *reader) hanging(cl []clause, k, to int) int {
	if to != cl[k].to {
		return to
	}
	for n := k + 1; n < len(cl); n++ {
		if kind := cl[n].kind; kind != relativeClause && kind != infinitive && kind != fragment && kind != thatClause || cl[n].lead == "&" || cl[n].lead == ":" {
			break
		}
		to = cl[n].to
	}
	return to
}

// trimObject drops reflexives, adverbs and correlates in front of an object.
func (r *reader) trimObject(p part) part {
	p = r.trimPhrase(p)
	for p.from < p.to && among(r.toks[p.from].Lower, "sich dazu darauf daran davon dafür") {
		p.from++
		p = r.trimPhrase(p)
	}
	return p
}

// prepContent takes the prepositional object: "sprach von 80 Verletzten".
func (r *reader) prepContent(cl []clause, k, i int, cf *cueForm, f *frame) bool {
	c := cl[k]
	for j := c.finite + 1; j < c.to-1; j++ {
		for _, p := range cf.preps {
			if r.toks[j].Lower != p && !(p == "von" && r.toks[j].Lower == "vom" || p == "zu" && (r.toks[j].Lower == "zum" || r.toks[j].Lower == "zur")) {
				continue
			}
			if f.source.has(j) {
				continue
			}
			to := c.to
			for _, q := range f.cue {
				if q.to == to {
					to = q.from
				}
			}
			f.cue = append(f.cue, part{j, j + 1})
			if n := hasWord(r.toks, part{j + 1, to}, cf.need); cf.need == "rede" && n > j+2 {
				f.content = []part{{j + 1, n - 1}}
				return true
			}
			f.content = []part{{j + 1, r.hanging(cl, k, to)}}
			if k+1 < len(cl) && r.gapped(cl[k+1], p) > 0 {
				f.content[0].to = min(to, cl[k].to)
			}
			return !f.content[0].empty() && !f.source.empty()
		}
	}
	return false
}

// pointsBack reports "Das sagte die Polizei": the content is the sentence before.
func (r *reader) pointsBack(c clause, cf *cueForm) bool {
	return cf.slots&sClause != 0 && c.kind == mainClause && c.finite == c.from+1 && r.toks[c.from].is(cDemonstrative)
}

func (r *reader) negated(c clause) bool {
	for i := c.from; i < c.to; i++ {
		if r.toks[i].is(cNegator) {
			return true
		}
	}
	return false
}
