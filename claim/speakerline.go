package claim

import "strings"

// maxLabel is the most tokens of a speaker before a colon or behind a dash: "Omar Halabi, Arzt am Krankenhaus:".
const maxLabel = 8

// speakerLine reads a sentence that names its speaker without a verb: "Halabi: „…“", "Aktivisten: 40 Tote in Aleppo", "40 killed in
// Aleppo – state TV". It returns the frame and the token at which its content begins.
func (r *reader) speakerLine(s part) (frame, bool) {
	from := r.kicker(s)
	f := frame{kind: "statement", form: indirect}
	if colon := r.labelEnd(part{from, s.to}); colon > 0 && colon+1 < s.to {
		label, content := part{from, colon}, part{colon + 1, s.to}
		if r.opensQuote(content.from) && r.namesSpeaker(label, true) || r.namesSpeaker(label, r.shouted(label) || s.from == 0 && r.headline(s)) {
			f.source, f.content, f.cue = r.trimPhrase(label), []part{content}, []part{{colon, colon + 1}}
			if r.opensQuote(content.from) {
				f.form = direct
			}
			return f, true
		}
	}
	if at := r.creditStart(part{from, s.to}); at > 0 {
		f.source, f.content, f.cue = r.trimPhrase(part{at + 1, s.to}), []part{{from, at}}, []part{{at, at + 1}}
		return f, !f.source.empty()
	}
	return frame{}, false
}

// kicker returns the token behind words in front of a headline that name nobody: "BREAKING: ", "Update 21:39: ".
func (r *reader) kicker(s part) int {
	colon := r.labelEnd(s)
	if colon < 0 {
		return s.from
	}
	for i := s.from; i < colon; i++ {
		if r.toks[i].Kind == Word && r.lang.kickers[r.toks[i].Lower] {
			return colon + 1
		}
	}
	return s.from
}

// labelEnd returns the colon that ends the first few words of p, or -1.
func (r *reader) labelEnd(p part) int {
	for i := p.from; i < p.to && i <= p.from+maxLabel; i++ {
		switch t := &r.toks[i]; {
		case t.Text == ":":
			if i == p.from || i+1 < p.to && r.toks[i+1].Start == t.End && r.toks[i+1].Kind == Number { // 21:39
				return -1
			}
			return i
		case t.Kind == Number, t.is(cWeekday | cMonth), t.quote >= 0:
			return -1
		case t.Kind == Punct && !strings.Contains(",-.@#_", t.Text):
			return -1
		}
	}
	return -1
}

// namesSpeaker reports words that name who can speak: a noun for a person, body or outlet; or, where the content shows that it is
// said, any name that is no place.
func (r *reader) namesSpeaker(p part, said bool) bool {
	if p.empty() || !r.toks[p.from].upper && r.toks[p.from].Text != "@" {
		return false
	}
	var c class
	name := true
	for i := p.from; i < p.to; i++ {
		t := &r.toks[i]
		if t.Kind == Word && (r.lang.kickers[t.Lower] || !t.upper && t.is(vFinite) && len(t.cues) > 0) {
			return false
		}
		c |= r.nounClass(i)
		name = name && (t.Kind == Punct || t.upper || t.is(cName) || i > p.from && r.toks[p.from].Text == "@" || c&nounClasses != 0)
	}
	if c&(cPerson|cOrg|cOutlet|cMedia|cChannel) != 0 && !r.toks[p.from].is(cPrep|cSub|cAsk) {
		return true
	}
	return said && name && !r.place(p)
}

// place reports whether a part names a place.
func (r *reader) place(p part) bool {
	s := r.span(p)
	for _, q := range r.places(r.sent) {
		if q.Start < s.End && q.End > s.Start {
			return true
		}
	}
	return false
}

// shouted reports a label in capitals, as those of interviews.
func (r *reader) shouted(p part) bool {
	for i := p.from; i < p.to; i++ {
		if r.toks[i].Kind == Word && !acronym(r.toks[i].Text) {
			return false
		}
	}
	return len(r.toks[p.from].Text) > 3
}

// headline reports a line that is one sentence without a full stop.
func (r *reader) headline(s part) bool {
	last := r.toks[s.to-1].Text
	return s.to == len(r.toks) && !strings.Contains(".!?…", last) || r.toks[s.from].Text == "@"
}

func (r *reader) opensQuote(i int) bool {
	q := r.toks[i].quote
	return q >= 0 && r.quotes[q].open == i
}

// creditStart returns the dash or colon behind which a headline credits its source, or -1.
func (r *reader) creditStart(p part) int {
	if !r.headline(p) {
		return -1
	}
	for i := p.to - 2; i > p.from+2 && i >= p.to-1-maxLabel; i-- {
		if t := r.toks[i].Text; t != "–" && t != "—" && t != "-" && t != ":" {
			continue
		}
		var c class
		for j := i + 1; j < p.to; j++ {
			if r.toks[j].Kind == Number || r.toks[j].is(vFinite) && r.nounClass(j) == 0 && !r.toks[j].upper {
				return -1
			}
			c |= r.nounClass(j)
		}
		if c&(cPerson|cOrg|cOutlet|cMedia|cChannel) != 0 && r.counts(part{p.from, i}) {
			return i
		}
		return -1
	}
	return -1
}

// floor gives what the author would say to the speaker of the block, as in an interview: "HALABI: Wir zählten 40. Es waren Kinder."
func (r *reader) floor(c *Claim) {
	if r.speaker.empty() || !c.Source.empty() {
		return
	}
	c.Source, c.Inherited, c.Form = r.speaker.Mention, true, free.String()
	if c.Commitment == Asserted {
		c.Commitment = Reported
	}
}

func (m Mention) empty() bool { return m.Text == "" }
