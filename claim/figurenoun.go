package claim

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// counted is what a number counts.
type counted struct {
	unit, status, event, of string
	end                     int  // token after the noun, 0 without one
	known                   bool // the unit book has it
	sign                    bool // a sign or measure that belongs to the figure's span (%, €)
}

// noun reads what is counted from token j on: a sign, or a noun after at most four adjectives; in English
// a word that the unit book does not have counts as a noun if it looks like a plural.
func (r *figureReader) noun(j int, partitive bool) counted {
	if j >= len(r.toks) {
		return counted{}
	}
	if t := r.toks[j].Text; t == "%" {
		return counted{unit: "percent", end: j + 1, known: true, sign: true}
	} else if c := currency(t); c != "" {
		return counted{unit: c, end: j + 1, known: true, sign: true}
	}
	if p := r.lex.unit.at(r.in, j, "partitive"); p != nil {
		j += len(p.words)
	}
	n := counted{}
	for k := j; k < len(r.toks) && k < j+5; k++ {
		t := r.toks[k]
		if t.Kind == Punct && strings.ContainsAny(t.Text, "\"„“”»«‚‘'[]") {
			continue
		}
		if t.Kind != Word {
			break
		}
		if p := r.lex.unit.at(r.in, k); p != nil {
			switch p.class {
			case "unit", "time", "thing", "persons":
				return r.take(n, p, k, k+len(p.words))
			case "status":
				n.status = p.value
				continue
			case "stop", "sub", "event":
				return n
			}
		}
		if r.lex.number.at(r.in, k, "filler") != nil {
			continue
		}
		if d := r.lex.place.at(r.in, k, "demonym"); d != nil && r.people(k, k+len(d.words)) {
			n.unit, n.of, n.end, n.known = "persons", joinTexts(r.toks[k:k+len(d.words)]), k+len(d.words), true
			return n
		}
		if r.lex.compounds {
			c, _ := utf8.DecodeRuneInString(t.Text)
			if (unicode.IsUpper(c) || unicode.IsDigit(c)) && !adjectiveLike(t.Lower) {
				if p, at := r.lex.unit.tail(t.Lower, "persons", "thing"); p != nil && len(t.Lower)-at >= 5 {
					return r.take(n, p, k, k+1)
				}
				n.unit, n.of, n.end = t.Lower, t.Text, k+1
				return n
			}
		}
		if w := t.Lower; len(w) > 3 && !r.lex.compounds && strings.HasSuffix(w, "s") && !strings.HasSuffix(w, "ss") && !strings.HasSuffix(w, "'s") && !strings.HasSuffix(w, "ous") && r.lex.unit.at(r.in, k+1, "persons", "thing") == nil {
			n.unit, n.of, n.end = w, joinTexts(r.toks[j:k+1]), k+1
			return n
		}
	}
	return n
}

// people reports that the demonym of tokens [k, end) is a noun: "drei Iraker", "20 Rohingyas".
func (r *figureReader) people(k, end int) bool {
	if r.lex.compounds {
		return r.capital(k)
	}
	return strings.HasSuffix(r.toks[end-1].Lower, "s")
}

// adjectiveLike reports capitalised words that are adjectives: Kölner, US-amerikanische, Weitere.
func adjectiveLike(w string) bool {
	for _, s := range []string{"ische", "ischen", "ischer", "isches"} {
		if strings.HasSuffix(w, s) {
			return true
		}
	}
	return false
}

func (r *figureReader) take(n counted, p *phrase, k, end int) counted {
	n.known, n.end, n.of = true, end, joinTexts(r.toks[k:end])
	n.unit = p.value
	if p.class == "persons" {
		status, event, _ := strings.Cut(p.value, ",")
		n.unit, n.event = "persons", event
		if status != "" {
			n.status = status
		}
	}
	return n
}
