package claim

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// An amount is a number with its end (the token after it).
type amount struct {
	value, max float64
	scale      float64 // the multiplying word's worth, 1 without
	cmp        string
	end        int
	vague      bool // Hunderte, several
	single     bool // the article "ein", which may be no number
	weak       bool // digits whose form is unusual: needs a multiplier or a unit
	unit       string
}

// span joins two amounts into a range; "2 bis 3 Millionen" means millions twice.
func span(a, b amount) amount {
	if b.scale > 1 && a.scale <= 1 && a.value*b.scale < b.value {
		a.value *= b.scale
	}
	return amount{value: a.value, max: b.value, cmp: a.cmp, end: b.end, scale: b.scale}
}

// amount reads the number at token i, with fractions, multipliers and a following "bis Y". Its end
// is 0 if there is none.
func (r *figureReader) amount(i int) amount {
	a := r.simple(i)
	if a.end == 0 || a.vague || a.single {
		return a
	}
	if f := r.lex.number.at(r.in, a.end, "frac"); f != nil && a.value < f.num && a.value == float64(int(a.value)) {
		return amount{value: a.value / f.num, cmp: "=", end: a.end + 1, unit: "share"}
	}
	j := a.end
	if p := r.lex.number.at(r.in, j, "to"); p != nil && r.lex.number.at(r.in, i-1, "from") == nil {
		j += len(p.words)
	} else if j < len(r.toks) && (r.toks[j].Text == "-" || r.toks[j].Text == "–") {
		j++
	} else {
		return a
	}
	if b := r.simple(j); b.end > 0 && !b.vague && !b.single && b.value > a.value && b.max == 0 {
		return span(a, b)
	}
	return a
}

// simple reads one number without a range.
func (r *figureReader) simple(i int) amount {
	if i < 0 || i >= len(r.toks) {
		return amount{}
	}
	if r.toks[i].Kind == Number {
		return r.digits(i)
	}
	if t := r.toks[i]; t.Kind != Word || !r.lex.number.listed(r.in, i) && !r.lex.mayCount(t.Lower) {
		return amount{}
	}
	return r.words(i)
}

// digits reads a number written in figures, with groups split by spaces and a multiplier.
func (r *figureReader) digits(i int) amount {
	t := r.toks[i]
	value, weak, ok := parseDigits(t.Text, r.lex.number.options["decimal"])
	if !ok || r.glued(i) {
		return amount{}
	}
	a := amount{value: value, cmp: "=", end: i + 1, scale: 1, weak: weak}
	if plainDigits(t.Text) && len(t.Text) <= 3 && t.Text[0] != '0' {
		for a.end < len(r.toks) && r.group(a.end) {
			n, _ := strconv.Atoi(r.toks[a.end].Text)
			a.value = a.value*1000 + float64(n)
			a.end++
		}
	}
	if a.end < len(r.toks) && r.toks[a.end].Kind == Number {
		return amount{}
	}
	if m := r.lex.number.at(r.in, a.end, "mul", "dozen"); m != nil && (len(m.words[0]) > 1 || r.toks[a.end].Start == r.toks[a.end-1].End || r.peopleAt(a.end+1)) && r.whole(m, a.end) {
		a.value, a.scale, a.weak = a.value*m.num, m.num, false
		a.end++
		if a.end < len(r.toks) && r.toks[a.end].Text == "." && len(m.words[0]) <= 3 { // Mio.
			a.end++
		}
	}
	if a.scale == 1 && a.end < len(r.toks) { // 1.5 million-strong
		if head, _, cut := strings.Cut(r.toks[a.end].Lower, "-"); cut {
			for _, m := range r.lex.number.first[head] {
				if m.class == "mul" {
					a.value, a.scale, a.weak, a.end = a.value*m.num, m.num, false, a.end+1
					break
				}
			}
		}
	}
	if a.weak && r.lex.unit.at(r.in, a.end, "unit") == nil && !r.sign(a.end, "%") {
		return amount{}
	}
	return a
}

// whole refuses "5 m" as five million where the unit book says metres, unless money stands before.
func (r *figureReader) whole(m *phrase, at int) bool {
	if len(m.words[0]) > 1 {
		return true
	}
	return m.words[0] != "m" || r.lex.unit.at(r.in, at, "unit") == nil || at >= 2 && currency(r.toks[at-2].Text) != "" || r.peopleAt(at+1)
}

// peopleAt reports a word for persons at token i: "1.2m people", "2.3m Syrians".
func (r *figureReader) peopleAt(i int) bool {
	if r.lex.unit.at(r.in, i, "persons", "status") != nil {
		return true
	}
	d := r.lex.place.at(r.in, i, "demonym")
	return d != nil && r.people(i, i+len(d.words))
}

// group reports a group of three digits, one space after the token before.
func (r *figureReader) group(i int) bool {
	t := r.toks[i]
	gap := t.Start - r.toks[i-1].End
	return t.Kind == Number && len(t.Text) == 3 && plainDigits(t.Text) && gap >= 1 && gap <= 3 && // a space of 1 to 3 bytes
		!(i+1 < len(r.toks) && r.toks[i+1].Kind == Number && !(len(r.toks[i+1].Text) == 3))
}

// glued reports digits that belong to something else: ordinals, phone numbers, scores, brackets.
func (r *figureReader) glued(i int) bool {
	t := r.toks[i]
	if i > 0 {
		p := r.toks[i-1]
		if p.End == t.Start && strings.ContainsAny(p.Text, "/:+#@_") {
			return true
		}
		if p.Kind == Number && r.dated(i-1) == i-1 {
			return true // a row of numbers: telephone, table
		}
		if n, _ := strconv.Atoi(t.Text); p.Text == "," && n < 111 && plainDigits(t.Text) && i > 1 && r.capital(i-2) && (r.sign(i+1, ",") || r.sign(i+1, ".") && i+2 == len(r.toks)) {
			return true // an age: "Daniel Montalvo, 19,"
		}
		if p.Text == "(" && r.sign(i+1, ")") && len(t.Text) <= 3 {
			return true
		}
	}
	if i+1 >= len(r.toks) {
		return false
	}
	n := r.toks[i+1]
	if n.Start != t.End {
		return false
	}
	if n.Kind == Word && r.lex.unit.at(r.in, i+1) == nil && r.lex.number.at(r.in, i+1, "mul") == nil {
		return true // 4chan
	}
	if (n.Text == "/" || n.Text == ":") && i+2 < len(r.toks) && r.toks[i+2].Kind == Number {
		return true
	}
	return n.Text == "." && i+2 < len(r.toks) && r.lex.comma && len(t.Text) <= 3 && plainDigits(t.Text) && r.ordinal(i+2, t.Text)
}

// ordinal reports that a number with a dot before token i is an ordinal and not a sentence's end.
func (r *figureReader) ordinal(i int, digits string) bool {
	c, _ := utf8.DecodeRuneInString(r.toks[i].Text)
	n, _ := strconv.Atoi(digits)
	return unicode.IsLower(c) || n <= 31 && r.toks[i].Kind != Punct || r.toks[i].Text == ","
}

func (r *figureReader) sign(i int, s string) bool { return i < len(r.toks) && r.toks[i].Text == s }

func plainDigits(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// parseDigits reads digits with separators; decimal is the language's decimal sign. weak says that
// the form is another language's.
func parseDigits(s, decimal string) (value float64, weak, ok bool) {
	if len(s) > 20 || strings.Contains(s, ":") {
		return 0, false, false
	}
	s = strings.ReplaceAll(s, "’", "'")
	var parts []string
	var seps []byte
	last := 0
	for i := 0; i < len(s); i++ {
		if c := s[i]; c == '.' || c == ',' || c == '\'' {
			parts, seps, last = append(parts, s[last:i]), append(seps, c), i+1
		} else if c < '0' || c > '9' {
			return 0, false, false
		}
	}
	parts = append(parts, s[last:])
	n := len(seps)
	if n == 0 {
		if len(s) > 1 && s[0] == '0' {
			return 0, false, false
		}
		value, err := strconv.ParseFloat(s, 64)
		return value, false, err == nil
	}
	if indian(parts, seps) {
		value, err := strconv.ParseFloat(strings.Join(parts, ""), 64)
		return value, false, err == nil
	}
	frac := ""
	if groups := grouped(parts, seps); groups && (n > 1 || string(seps[0]) != decimal || parts[1] == "000") {
		value, err := strconv.ParseFloat(strings.Join(parts, ""), 64)
		return value, false, err == nil
	}
	frac, parts = parts[n], parts[:n]
	if n > 1 && (!grouped(parts, seps[:n-1]) || seps[n-1] == seps[0]) || len(frac) > 4 {
		return 0, false, false
	}
	value, err := strconv.ParseFloat(strings.Join(parts, "")+"."+frac, 64)
	return value, string(seps[n-1]) != decimal, err == nil
}

// grouped reports thousands: 1 to 3 digits, then groups of 3, all with one separator.
func grouped(parts []string, seps []byte) bool {
	if len(parts[0]) == 0 || len(parts[0]) > 3 || parts[0][0] == '0' {
		return false
	}
	for i := range seps {
		if len(parts[i+1]) != 3 || seps[i] != seps[0] {
			return false
		}
	}
	return true
}

// indian reports lakh and crore: groups of two digits before the last three, "1,50,000".
func indian(parts []string, seps []byte) bool {
	last := len(parts) - 1
	if last < 2 || len(parts[last]) != 3 || len(parts[0]) < 1 || len(parts[0]) > 2 || parts[0][0] == '0' {
		return false
	}
	for i, sep := range seps {
		if sep != ',' || i > 0 && len(parts[i]) != 2 {
			return false
		}
	}
	return true
}

// words reads a number written in words.
func (r *figureReader) words(i int) amount {
	a := amount{cmp: "=", scale: 1}
	p := r.lex.number.at(r.in, i, "some", "several", "few", "onlyone")
	if p == nil {
		return r.cardinal(i)
	}
	a.value, a.cmp, a.vague, a.end = p.num, ">=", true, i+len(p.words)
	switch p.class {
	case "onlyone":
		a.cmp, a.vague = "=", false
	case "several", "few":
		m := r.lex.number.at(r.in, a.end, "mul", "dozen", "some")
		if m == nil && p.class == "few" {
			return amount{}
		}
		if m != nil {
			a.value, a.end = 2*m.num, a.end+len(m.words)
		}
	}
	return a
}

// cardinal reads cards, multipliers and halves: "two hundred and five", "eine halbe Million".
func (r *figureReader) cardinal(i int) amount {
	var total, cur float64
	a := amount{cmp: "=", scale: 1}
	j, have, article := i, false, false
	for j < len(r.toks) {
		p := r.lex.number.at(r.in, j, "card", "mul", "dozen", "half", "one", "and")
		if p == nil {
			v, ok := r.lex.wordNumber(r.toks[j].Lower)
			if !ok || have {
				break
			}
			cur, have = v, true
			j++
			continue
		}
		if p.class == "card" {
			if have && !(cur >= 100 && p.num < 100 || cur >= 20 && cur < 100 && int(cur)%10 == 0 && p.num < 10 || cur == 0) {
				break
			}
			cur, have, article = cur+p.num, true, false
		} else if p.class == "mul" || p.class == "dozen" {
			if !have && j > i && !article {
				break
			}
			if len(p.words[0]) == 1 { // k, m, b stand only after digits
				break
			}
			if cur == 0 {
				cur = 1
			}
			cur, a.scale, have, article = cur*p.num, p.num, true, false
			if p.num >= 1000 {
				total, cur = total+cur, 0
			}
		} else if p.class == "half" {
			if !r.halves(j, i) {
				break
			}
			cur, article = 0.5, true
		} else if p.class == "one" {
			if have || article && cur == 0 || r.lex.number.at(r.in, j+1, "mul", "dozen", "half") == nil {
				break
			}
			article = true
		} else if !have || !r.lex.andAfter || a.scale < 100 || r.lex.number.at(r.in, j+1, "card") == nil {
			break
		}
		j++
	}
	if !have {
		return r.article(i)
	}
	a.value, a.end = total+cur, j
	if a.end == i+1 && a.value == 1 && r.lex.number.at(r.in, i, "card") != nil {
		a.single = true // "one"
	}
	return a
}

// halves reports that "half" at token j multiplies: "half a dozen", "eine halbe Million".
func (r *figureReader) halves(j, i int) bool {
	if r.lex.number.at(r.in, j+1, "mul", "dozen") != nil {
		return true
	}
	return j == i && r.lex.number.at(r.in, j+1, "one") != nil && r.lex.number.at(r.in, j+2, "mul", "dozen") != nil
}

// article reads "ein"/"a" before a fraction, a measure or, tentatively, a person.
func (r *figureReader) article(i int) amount {
	p := r.lex.number.at(r.in, i, "one")
	if p == nil || len(p.words) > 1 {
		return amount{}
	}
	if f := r.lex.number.at(r.in, i+1, "frac"); f != nil && r.lex.unit.at(r.in, i+2, "partitive") != nil {
		return amount{value: 1 / f.num, cmp: "=", end: i + 2, unit: "share"}
	}
	if t := r.lex.number.at(r.in, i+1, "to"); t != nil {
		if b := r.simple(i + 1 + len(t.words)); b.end > 0 && !b.vague && b.value > 1 && b.value < 100 { // ein bis zwei
			return amount{value: 1, max: b.value, cmp: "=", end: b.end, scale: 1}
		}
	}
	u := r.lex.unit.at(r.in, i+1, "unit", "persons")
	if u == nil || u.class == "unit" && (len(u.words[0]) < 3 || u.value == "times" || u.value == "degrees" || u.value == "lb") {
		return amount{}
	}
	return amount{value: 1, cmp: "=", end: i + 1, scale: 1, single: u.class == "persons"}
}

// wordNumber reads a number written as one word: zweiundvierzig, twenty-two, dreitausend, zweieinhalb.
func (l *quantityLexicon) wordNumber(w string) (float64, bool) {
	if t, i := l.number.tail(w, "tailhalf"); t != nil {
		if v, ok := l.composed(w[:i]); ok {
			return v + t.num, true
		}
	}
	return l.composed(w)
}

// composed reads a concatenation of number words; units may stand before tens ("zweiundvierzig").
func (l *quantityLexicon) composed(w string) (float64, bool) {
	if len(w) > longestCompound {
		return 0, false
	}
	var total, cur, part float64 // part: since the last multiplier
	n := 0
	for len(w) > 0 {
		p, size := l.atom(w)
		if size == 0 {
			return 0, false
		}
		w = strings.TrimPrefix(w[size:], "-")
		n++
		switch p.class {
		case "glue":
			if n == 1 || w == "" {
				return 0, false
			}
		case "mul":
			if p.num < 100 || len(p.words[0]) < 4 {
				return 0, false
			}
			if cur+part == 0 {
				part = 1
			}
			if p.num >= 1000 {
				total, cur, part = total+(cur+part)*p.num, 0, 0
			} else {
				cur, part = (cur+part)*p.num, 0
			}
		default:
			part += p.num
		}
	}
	return total + cur + part, n > 0 && total+cur+part > 0
}

// atom returns the longest number word that starts w and its length in bytes.
func (l *quantityLexicon) atom(w string) (phrase, int) {
	for n := min(len(w), l.longestAtom); n > 1; n-- {
		if p, ok := l.atoms[w[:n]]; ok {
			return p, n
		}
	}
	return phrase{}, 0
}
