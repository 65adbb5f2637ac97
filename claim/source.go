package claim

import "strings"

// full returns the fullest name known for a mention.
func (m mention) full() string {
	if m.name != "" {
		return m.name
	}
	return m.Text
}

// antecedent finds the earlier source that a pronoun, a bare role or a bare last name means.
func (r *reader) antecedent(p part, m mention) *mention {
	first := &r.toks[p.from]
	short := p.to - p.from
	switch {
	case short == 1 && first.is(cPron|cThird):
		return r.latest(func(h *mention) bool { return r.agrees(first.Lower, h) })
	case short == 1 && first.upper && !first.is(cPron) && r.nounClass(p.from) == 0:
		return r.latest(func(h *mention) bool { return h.Text != m.Text && endsInName(h.full(), first.Text) })
	case short == 2 && first.is(cDet) && strings.Contains(r.toks[p.from+1].Lower, "-jährige"):
		return r.latest(func(h *mention) bool { return h.class&cPerson != 0 })
	case first.is(cDet) && !first.is(cArticle|cDemonstrative) && first.is(cGenitive|cDative) || among(first.Lower, "ihr ihre sein seine their his her its"):
		return nil // "ihre Sprecherin" is somebody new
	case short <= 3 && first.is(cDet) && !among(first.Lower, "ein eine einem einer a an") && r.headClass(p)&(cPerson|cOrg) != 0:
		head := r.headClass(p) & (cPerson | cOrg)
		if h := r.latest(func(h *mention) bool { return h.class&head != 0 && h.Text != m.Text && r.namesAll(p, h) }); h != nil {
			return h
		}
		if head&cPerson == 0 || short != 2 { // "the US president" is not just any person named before
			return nil
		}
		if !anyRole(r.toks[p.to-1].Lower) {
			return nil // "die Ministerin" is not the doctor who spoke before
		}
		return r.latest(func(h *mention) bool { return h.class&cPerson != 0 && h.Text != m.Text && named(h.full()) })
	}
	return nil
}

// namesAll reports that every word of p but its article stands in the name of h.
func (r *reader) namesAll(p part, h *mention) bool {
	low := strings.ToLower(h.full())
	for i := p.from + 1; i < p.to; i++ {
		if !strings.Contains(low, r.toks[i].Lower) {
			return false
		}
	}
	return true
}

// anyRole reports nouns that can stand for whoever spoke before, whatever his office.
func anyRole(w string) bool {
	for _, g := range [...]string{"sprecher", "sprecherin", "vertreter", "vertreterin", "mitarbeiter", "mitarbeiterin", "politiker", "politikerin", "beamte", "mann", "frau", "experte", "expertin",
		"spokesman", "spokeswoman", "spokesperson", "official", "officer", "man", "woman", "expert", "politician", "diplomat", "leader"} {
		if strings.HasSuffix(w, g) {
			return true
		}
	}
	return false
}

func (r *reader) latest(fits func(*mention) bool) *mention {
	for i := len(r.heard) - 1; i >= 0; i-- {
		if fits(&r.heard[i]) {
			return &r.heard[i]
		}
	}
	return nil
}

// agrees tells whether a pronoun can mean an earlier source.
func (r *reader) agrees(pron string, h *mention) bool {
	low := strings.ToLower(h.full())
	if among(low, "er sie es man he she it they wir ich we i you") {
		return false
	}
	person := h.class&cPerson != 0 || h.class&(cOrg|cOutlet|cReport) == 0 && named(h.full())
	many := strings.Contains(low, " und ") || strings.Contains(low, " and ") || h.class&cPerson == 0 && (strings.HasPrefix(low, "die ") && strings.HasSuffix(low, "n") || strings.HasSuffix(low, "s"))
	switch pron {
	case "er", "he":
		return person && !strings.Contains(low, "sprecherin") && !strings.Contains(low, "woman") && !strings.HasPrefix(low, "eine ") && !strings.Contains(low, "ministerin") && !strings.HasPrefix(low, "die ")
	case "she":
		return person && !strings.Contains(low, "spokesman")
	case "it", "es":
		return !person
	case "they":
		return many || !person
	case "sie":
		if h.class&cPerson != 0 && !many && !female(low) {
			return false
		}
		return many || strings.Contains(low, ", die ") || !strings.HasPrefix(low, "der ") && !strings.HasPrefix(low, "ein ") && !strings.HasPrefix(low, "das ")
	}
	return false
}

// female reports a role in its feminine form: Sprecherin, Ministerin.
func female(low string) bool {
	for _, w := range strings.Fields(low) {
		if w = strings.Trim(w, ",()"); len(w) > 5 && strings.HasSuffix(w, "in") || w == "frau" || w == "königin" || strings.HasSuffix(w, "ärztin") {
			return true
		}
	}
	return strings.HasPrefix(low, "die ") || strings.HasPrefix(low, "eine ")
}

// named reports at least two capitalised words in a row at the end of a source, as of a person.
func named(s string) bool {
	n := 0
	for _, w := range strings.Fields(s) {
		if r, _ := decode(w); r >= 'A' && r <= 'Z' || r > 0x80 && letter(r) && strings.ToLower(w) != w {
			n++
		}
	}
	return n >= 2
}

func endsInName(full, last string) bool {
	for _, w := range strings.Fields(full) {
		if strings.Trim(w, ".,()") == last {
			return true
		}
	}
	return false
}
