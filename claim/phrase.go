package claim

import "strings"

// nounPhrase returns the end of the noun phrase that starts at i, or i when none does. It takes
// genitives and what usually names a person or office with them (von, of, for), parentheses and a
// name behind a comma.
func (r *reader) nounPhrase(i, end int) int {
	j := r.core(i, end)
	if j == i || j == i+1 && r.toks[i].is(cPron|cThird|cDemonstrative) {
		return j
	}
	for n := 0; n < 4 && j < end; n++ {
		k := r.extend(j, end)
		if k == j {
			break
		}
		j = k
	}
	return j
}

// extend takes one further part of a noun phrase that ends at j.
func (r *reader) extend(j, end int) int {
	t := &r.toks[j]
	switch {
	case t.Text == "(":
		for k := j; k < end && k < j+14; k++ {
			if r.toks[k].Text == ")" {
				return k + 1
			}
		}
	case r.lang.v2 && t.Kind == Word && (t.Lower == "des" || t.Lower == "der" || t.Lower == "eines" || t.Lower == "einer" || t.Lower == "dessen" || t.Lower == "seines" || t.Lower == "ihrer" || t.Lower == "ihres" || t.Lower == "seiner" || t.Lower == "dieser" || t.Lower == "aller"):
		if k := r.core(j, end); k > j+1 {
			if t.Lower == "der" && r.nounClass(j-1) == 0 && r.toks[j-1].upper && r.headClass(part{j, k})&cOutlet != 0 {
				return j // "sagte Brandt der Zeitung"
			}
			return k
		}
	case r.lang.v2 && (t.Lower == "von" || t.Lower == "vom" || t.Lower == "für"):
		if j+1 < end && (r.toks[j+1].is(cWeekday|cMonth|cVague) || r.toks[j+1].Kind == Number) {
			return j
		}
		if k := r.core(j+1, end); k > j+1 {
			return k
		}
	case !r.lang.v2 && (t.Lower == "of" || t.Lower == "for" || t.Lower == "at" || t.Lower == "from" || t.Lower == "in"):
		if (t.Lower == "in" || t.Lower == "at" || t.Lower == "from") && j+1 < end && !r.toks[j+1].upper && !r.toks[j+1].is(cArticle) {
			return j
		}
		if j+1 < end && r.toks[j+1].is(cWeekday|cMonth) || j+1 < end && r.toks[j+1].Kind == Number {
			return j
		}
		if k := r.core(j+1, end); k > j+1 {
			return k
		}
	case t.is(cConj) && (t.Lower == "und" || t.Lower == "and" || t.Lower == "sowie"):
		if k := r.core(j+1, end); k > j+1 && (k >= end || !r.toks[k].is(vFinite)) {
			return k
		}
	}
	return j
}

// core takes determiner, numbers, adjectives and the noun or name.
func (r *reader) core(i, end int) int {
	if i >= end {
		return i
	}
	if r.lang.capital {
		return r.coreCapital(i, end)
	}
	return r.coreEnglish(i, end)
}

func (r *reader) coreCapital(i, end int) int {
	j, noun := i, -1
	t := &r.toks[j]
	if t.is(cPron) && t.is(cDet) && j+1 < end && r.toks[j+1].Kind == Word && !r.toks[j+1].upper && !r.attributive(j+1) && !r.toks[j+1].is(cDet|cAdverb) || t.is(cPron) && t.is(cDet) && j+1 == end {
		return i + 1
	}
	if t.is(cPron) && !t.is(cDet) || t.is(cThird) && (j+1 >= end || !r.toks[j+1].upper && !r.attributive(j+1)) {
		return i + 1
	}
	for ; j < end && j < i+24; j++ {
		t := &r.toks[j]
		switch {
		case j == i+1 && noun < 0 && r.toks[i].is(cDet) && t.is(cPrep|cAdverb) && r.attribute(j, end) > j:
			j = r.attribute(j, end)
		case t.Text == "(" || t.depth > 0:
			if noun < 0 {
				return i
			}
			return noun + 1
		case t.quote >= 0:
			q := r.quotes[t.quote]
			if q.close >= end || q.full {
				goto done
			}
			if j == q.open {
				j, noun = q.close, q.close
			}
		case t.Kind == Number:
			if noun >= 0 && noun == j-1 && r.toks[noun].upper { // "Artikel 5"
				noun = j
			} else if noun >= 0 {
				goto done
			}
		case t.Kind == Punct:
			if t.Text == "." && j > i && r.abbreviationDot(j, end) || t.Text == "-" || t.Text == "/" || t.Text == "&" {
				continue
			}
			goto done
		case t.upper && noun >= 0 && noun < j-1:
			goto done
		case t.upper && noun == j-1 && j > i+1 && r.toks[i].is(cArticle) && acronym(r.toks[noun].Text) && !acronym(t.Text):
			goto done
		case t.upper && j > i && t.is(cArticle|cPrep) && noun < 0:
			goto done
		case t.upper && !(j == i && t.is(cDet|cPron)):
			if t.is(cWeekday|cMonth) && noun >= 0 {
				goto done
			}
			noun = j
		case noun >= 0:
			if t.is(cName) && !t.is(cDet|cPrep|cConj) && j+1 < end && r.toks[j+1].upper { // bin Laden, al Assad
				continue
			}
			if t.Lower == "von" && j+1 < end && r.toks[j+1].upper && r.toks[j-1].upper && false {
				continue
			}
			goto done
		case t.is(cDet):
			if j > i && !r.toks[j-1].is(cDet) && !r.toks[j-1].is(cAdverb) {
				goto done
			}
		case r.attributive(j):
		case t.is(cAdverb) && !t.is(cSub|cContrast) && (j > i || j+2 < end && r.attributive(j+1) && !r.toks[j+1].is(cAdverb)):
		default:
			goto done
		}
	}
done:
	if noun < 0 {
		if r.toks[i].is(cDemonstrative) {
			return i + 1
		}
		return i
	}
	return noun + 1
}

// attribute returns the participle that closes an extended attribute starting at j ("am Dienstag
// veröffentlichten" before its noun), or j.
func (r *reader) attribute(j, end int) int {
	for k := j + 1; k+1 < end && k < j+9; k++ {
		t := &r.toks[k]
		if t.Kind == Punct || t.is(cConj) {
			return j
		}
		if !t.upper && t.Kind == Word && r.toks[k+1].upper && !t.is(cPrep|cDet|cAdverb) {
			for _, e := range [...]string{"ten", "te", "ter", "tes", "tem", "enen", "ene", "ener", "enes", "enem", "nden", "nde", "nder"} {
				if strings.HasSuffix(t.Lower, e) {
					return k
				}
			}
			return j
		}
	}
	return j
}

func (r *reader) abbreviationDot(j, end int) bool {
	p := &r.toks[j-1]
	return p.End == r.toks[j].Start && (p.is(cAbbrev) || len(p.Text) <= 2) && j+1 < end
}

// attributive reports lower-case words that can stand before a noun.
func (r *reader) attributive(i int) bool {
	t := &r.toks[i]
	if t.Kind == Number {
		return true
	}
	if t.Kind != Word || t.upper || t.is(cPrep|cConj|cSub|cThat|cPron|cObject|cAdverb|cPrefix) {
		return false
	}
	if t.is(vFinite) && !t.is(vPart) && !r.adjective(i, len(r.toks)) {
		return false
	}
	for _, e := range [...]string{"e", "en", "er", "es", "em"} {
		if strings.HasSuffix(t.Lower, e) {
			return true
		}
	}
	return t.class == 0
}

func (r *reader) coreEnglish(i, end int) int {
	if r.toks[i].is(cPron) && !r.toks[i].is(cDet) {
		return i + 1
	}
	j := i
	for ; j < end && j < i+18; j++ {
		t := &r.toks[j]
		if t.quote >= 0 {
			q := r.quotes[t.quote]
			if q.full || q.close >= end {
				break
			}
			continue
		}
		if t.depth > 0 || t.Text == "(" {
			break
		}
		if t.Kind == Number {
			if j > i && !r.toks[j-1].is(cDet) && !r.toks[j-1].upper {
				break
			}
			continue
		}
		if t.Kind == Punct {
			if t.Text == "." && j > i && r.abbreviationDot(j, end) || t.Text == "-" || t.Text == "&" {
				continue
			}
			break
		}
		if t.upper {
			if t.is(cWeekday) || j == i && t.is(cPrep|cSub|cThat) && !t.is(cDet) {
				break
			}
			continue
		}
		if t.is(cPrep|cConj|cSub|cThat|cRel|cAsk) && !t.is(cDet) || t.is(cModal|cBe|cHave) || t.is(cPron) && !t.is(cDet) || t.is(cAdverb) && t.class&(cDet|cContrast) == 0 && !strings.HasSuffix(t.Lower, "ly") {
			break
		}
		if t.is(cDet) && j > i && !r.toks[j-1].is(cDet) {
			break
		}
		if t.is(vPast) && !r.adjective(j, end) {
			break
		}
		if t.is(vPres) && !t.is(vBase) && j > i && j+1 < end && !r.toks[j-1].is(cDet) && len(t.cues) > 0 {
			break
		}
	}
	for j > i && r.toks[j-1].is(cDet|cAdverb) && !r.toks[j-1].upper && !r.toks[j-1].is(cPron) {
		j--
	}
	return j
}

// phraseBefore returns the start of the noun phrase that ends at end, not before from, or end.
func (r *reader) phraseBefore(from, end int) int {
	for i := max(from, end-16); i < end; i++ {
		if r.toks[i].Kind == Punct && !r.mark(i) {
			continue
		}
		if t := &r.toks[i]; t.is(cPrep) && !t.is(cDet) && !(t.upper && i+1 < end && r.toks[i+1].upper && !r.lang.capital) {
			continue
		}
		if r.nounPhrase(i, end) == end {
			return i
		}
	}
	return end
}

// head returns the class of the head noun of a phrase: in German the last noun of its first part, in
// English the last word before of/for.
func (r *reader) headClass(p part) class {
	var c class
	for i := p.from; i < p.to; i++ {
		t := &r.toks[i]
		if i > p.from && (t.is(cGenitive) || t.Lower == "der" || t.Lower == "von" || t.Lower == "of" || t.Lower == "for" || t.Kind == Punct && !r.mark(i)) {
			break
		}
		c |= r.nounClass(i)
	}
	return c
}

const nounClasses = cReport | cUtterance | cHedgedNoun | cFindingNoun | cChannel | cOutlet | cMedia | cPerson | cOrg | cEvent | cAnaphora

// nounClass returns the noun classes of token i; of a German compound those of its last part.
func (r *reader) nounClass(i int) class {
	t := &r.toks[i]
	if t.Kind != Word {
		return 0
	}
	if c := t.class & nounClasses; c != 0 || !t.upper && r.lang.capital {
		return c
	}
	low := t.Lower
	if k := strings.LastIndexByte(low, '-'); k >= 0 && k+1 < len(low) {
		if e := r.lang.words[low[k+1:]]; e != nil {
			return e.class & nounClasses
		}
	}
	if !r.lang.capital {
		return 0
	}
	for k := 2; k+5 <= len(low); k++ {
		if low[k]&0xc0 == 0x80 {
			continue
		}
		if e := r.lang.words[low[k:]]; e != nil && e.class&nounClasses != 0 {
			return e.class & nounClasses
		}
	}
	return 0
}

// acronym reports words all in capitals: after "die EU" another noun is no part of the name.
func acronym(s string) bool { return len(s) > 1 && strings.ToUpper(s) == s }
