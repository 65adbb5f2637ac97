package claim

import (
	"strings"
	"unicode"
)

// A tok is a token with what the lexicon and the quotation marks say about it.
type tok struct {
	Token
	class class
	cues  []cueForm
	quote int32 // index of the innermost quotation it stands in (marks included), or -1
	depth int16 // open parentheses around it
	upper bool  // starts with a capital letter
}

func (t *tok) is(c class) bool { return t.class&c != 0 }

// A part is a run of tokens [from, to).
type part struct{ from, to int }

func (p part) empty() bool        { return p.to <= p.from }
func (p part) has(i int) bool     { return i >= p.from && i < p.to }
func (p part) overlap(q part) int { return min(p.to, q.to) - max(p.from, q.from) }

// A quotation is a pair of quotation marks: tokens open and close (the last token of the block if it
// is never closed).
type quotation struct {
	open, close int
	full        bool // holds a clause, not just a name or a phrase
}

// maxBlock is the most text that is held in tokens at once, in bytes. A paragraph of news has a few
// hundred; the limit keeps memory bounded when a text has no line ends.
const maxBlock = 64 << 10

// blocks calls f for each paragraph of text: what lies between blank lines, or between single line
// ends where those end a sentence.
func blocks(text string, f func(from, to int)) {
	for from := 0; from < len(text); {
		to := blockEnd(text, from)
		if strings.TrimSpace(text[from:to]) != "" {
			f(from, to)
		}
		from = to
	}
}

func blockEnd(text string, from int) int {
	for i := from; i < len(text); i++ {
		if i-from >= maxBlock {
			return cutLong(text, from, i)
		}
		if text[i] == '\n' && i > from && paragraphEnd(text, from, i) {
			return i + 1
		}
	}
	return len(text)
}

// paragraphEnd reports whether the line end at i ends a paragraph: a blank line follows, or the line
// closes a sentence, or it is short like a headline.
func paragraphEnd(text string, from, i int) bool {
	rest := strings.TrimLeft(text[i+1:min(len(text), i+2+widestWrap)], " \t\r")
	if rest == "" || rest[0] == '\n' {
		return true
	}
	line := strings.TrimSpace(text[max(from, strings.LastIndexByte(text[from:i], '\n')+1+from):i])
	if line == "" {
		return false
	}
	r, _ := lastRune(line)
	if strings.ContainsRune(".!?:…\"“”»«'", r) {
		return true
	}
	return (len(line) < 45 || len(line) > 120) && !wrapped(line, rest, text[from:i])
}

// widestWrap is the widest that text is wrapped to, in bytes; longer lines are paragraphs of their own.
const widestWrap = 200

// wrapped reports a line that was broken for width: the first word of the rest would not have fitted into the widest of
// the lines around. before is the paragraph up to the end of the line.
func wrapped(line, rest, before string) bool {
	next, _, _ := strings.Cut(rest, "\n")
	if len(line) > widestWrap || len(next) > widestWrap {
		return false
	}
	last := before[:max(0, strings.LastIndexByte(before, '\n'))]
	last = last[strings.LastIndexByte(last, '\n')+1:]
	word, _, _ := strings.Cut(next, " ")
	return len(line)+1+len(word) > max(len(line), len(next), len(last)) && (len(next) < len(line) || len(last) > 0 || len(line) >= 45)
}

func lastRune(s string) (rune, int) {
	for i := len(s) - 1; i >= 0; i-- {
		if s[i]&0xc0 != 0x80 {
			r, n := decode(s[i:])
			return r, n
		}
	}
	return 0, 0
}

// cutLong ends an overlong paragraph at the last sentence end or blank before limit.
func cutLong(text string, from, limit int) int {
	window := text[from:limit]
	for _, sep := range []string{". ", "\n", " "} {
		if k := strings.LastIndex(window, sep); k > len(window)/2 {
			return from + k + len(sep)
		}
	}
	for limit > from+1 && text[limit]&0xc0 == 0x80 {
		limit--
	}
	return limit
}

// annotate looks every token up.
func (l *language) annotate(toks []tok) {
	for i := range toks {
		t := &toks[i]
		t.quote = -1
		if t.Kind != Word {
			continue
		}
		r, _ := decode(t.Text)
		t.upper = unicode.IsUpper(r)
		if k := strings.LastIndexByte(t.Text, '-'); unicode.IsDigit(r) && k > 0 && k+1 < len(t.Text) { // der 39-Jährige
			r, _ = decode(t.Text[k+1:])
			t.upper = unicode.IsUpper(r)
		}
		t.class, t.cues = l.look(t.Lower, !t.upper)
	}
}

const (
	openers = "„“«»‚‘\"”'"
	closers = "“”»«‘’\"'"
)

// pairs finds the quotations among toks and marks the tokens in them. An opening mark without its
// closing one is a quotation to the end of the block when it opens the block, else it is ignored.
// uttered reports a short quotation that a report follows: `"Lies," he said`, „Nie“, sagte er.
func uttered(toks []tok, q quotation) bool {
	n := q.close + 1
	if q.close-q.open < 2 || q.close-q.open > 4 || n >= len(toks) {
		return false
	}
	if toks[q.close-1].Text != "," {
		if toks[n].Text != "," {
			return false
		}
		n++
	}
	for i := n; i < len(toks) && i < n+2; i++ {
		for _, c := range toks[i].cues {
			if c.kind == "statement" && c.form&vFinite != 0 && !toks[i].upper {
				return true
			}
		}
	}
	return false
}

func pairs(toks []tok) []quotation {
	var all []quotation
	open, want := -1, ""
	for i := range toks {
		t := &toks[i]
		if t.Kind != Punct {
			continue
		}
		switch {
		case open >= 0 && strings.Contains(want, t.Text) && (!strings.Contains("’'", t.Text) || closesSingle(toks, i)):
			all = append(all, quotation{open: open, close: i})
			open = -1
		case open < 0:
			if w := closing(toks, i); w != "" {
				open, want = i, w
			}
		}
	}
	if open >= 0 && open == 0 {
		all = append(all, quotation{open: open, close: len(toks) - 1})
	} else if open > 0 {
		// The mark was never closed: later pairs were swallowed by it, so start again behind it.
		all = append(all, laterPairs(toks, open+1)...)
	}
	for n := range all {
		q := &all[n]
		for i := q.open; i <= q.close; i++ {
			toks[i].quote = int32(n)
			q.full = q.full || q.close-q.open > 3 && toks[i].is(vFinite)
		}
		q.full = q.full || uttered(toks, *q) || q.close-q.open > 4 && among(toks[q.close-1].Text, ". ! ?")
	}
	return all
}

// laterPairs is one more try behind an unclosed mark; it gives up at the next unclosed one.
func laterPairs(toks []tok, from int) []quotation {
	var all []quotation
	open, want := -1, ""
	for i := from; i < len(toks); i++ {
		t := &toks[i]
		if t.Kind != Punct {
			continue
		}
		if open >= 0 && strings.Contains(want, t.Text) && (!strings.Contains("’'", t.Text) || closesSingle(toks, i)) {
			all, open = append(all, quotation{open: open, close: i}), -1
		} else if open < 0 {
			if w := closing(toks, i); w != "" {
				open, want = i, w
			}
		}
	}
	return all
}

// closing returns the marks that close a quotation opened by token i, or "" if i opens none.
func closing(toks []tok, i int) string {
	t := toks[i].Text
	tight := i+1 < len(toks) && toks[i+1].Start == toks[i].End                                    // a word follows at once
	loose := i == 0 || toks[i-1].End < toks[i].Start || strings.Contains("([:–-", toks[i-1].Text) // nothing before
	switch t {
	case "„":
		return "“”\""
	case "“":
		return "”\""
	case "»":
		return "«"
	case "«":
		return "»"
	case "‚":
		return "‘"
	case "‘", "'":
		if tight && loose && toks[i+1].Kind == Word {
			return "’'"
		}
	case "\"", "”":
		if tight && loose {
			return "\"”"
		}
	}
	return ""
}

// closesSingle tells a closing single mark from the apostrophe of a genitive: "‘It was hit,’ he said", "the soldiers’ camp".
func closesSingle(toks []tok, i int) bool {
	return toks[i-1].Kind == Punct || i+1 == len(toks) || toks[i+1].Kind == Punct
}

// longSentence is the most tokens a sentence is let run before it is cut at the next sign; it bounds
// the work that clauses of one sentence make for each other. Sentences of news have some 20.
const longSentence = 600

// sentences cuts a block. A full stop inside a quotation ends no sentence unless the quotation ends
// with it and a new sentence begins.
func (l *language) sentences(toks []tok, quotes []quotation) []part {
	var all []part
	from := 0
	for i := range toks {
		if l.sentenceEnd(toks, i, quotes) || i-from > longSentence && (toks[i].Kind == Punct || i-from > 2*longSentence) {
			to := i + 1
			for to < len(toks) && closesAfter(toks, to) {
				to++
			}
			if to > from {
				all = append(all, part{from, to})
			}
			from = to
		}
	}
	if from < len(toks) {
		all = append(all, part{from, len(toks)})
	}
	return all
}

// closesAfter reports a closing mark or parenthesis that still belongs to the sentence before it.
func closesAfter(toks []tok, i int) bool {
	t := &toks[i]
	return t.Kind == Punct && toks[i-1].End == t.Start && (strings.Contains(closers, t.Text) || t.Text == ")") && (t.quote < 0 || i > 0 && toks[i-1].quote == t.quote)
}

func (l *language) sentenceEnd(toks []tok, i int, quotes []quotation) bool {
	t := &toks[i]
	if t.Kind != Punct {
		return !l.v2 && (t.Lower == "a.m." || t.Lower == "p.m.") && i+1 < len(toks) && toks[i+1].upper && t.quote < 0
	}
	switch t.Text {
	case ".", "!", "?", "...", "…":
	default:
		return false
	}
	if i+1 == len(toks) {
		return true
	}
	next := i + 1
	if t.quote >= 0 {
		q := quotes[t.quote]
		if q.close != next || i+2 >= len(toks) {
			return q.close <= i || q.close == next && i+2 >= len(toks)
		}
		next = i + 2
	} else {
		for next < len(toks)-1 && toks[next].Text == ")" {
			next++
		}
	}
	if t.depth > 0 && toks[next-1].Text != ")" {
		return false
	}
	if !starts(&toks[next]) {
		return false
	}
	if t.quote >= 0 && quotes[t.quote].close == i+1 { // „… .“ Der
		return toks[next].Kind != Punct || toks[next].Text != ","
	}
	return t.Text != "." || !l.abbreviated(toks, i, next)
}

// starts reports tokens that can begin a sentence.
func starts(t *tok) bool {
	switch t.Kind {
	case Word:
		return t.upper || !unicode.IsLower([]rune(t.Text)[0])
	case Number:
		return true
	}
	return strings.ContainsAny(t.Text, "„“\"»«‚‘([*–-•'")
}

// abbreviated reports whether the stop at i belongs to an abbreviation, an initial or an ordinal.
func (l *language) abbreviated(toks []tok, i, next int) bool {
	if i == 0 || toks[i-1].End != toks[i].Start {
		return false
	}
	p, n := &toks[i-1], &toks[next]
	switch p.Kind {
	case Word:
		if len([]rune(p.Text)) == 1 && p.upper {
			return true
		}
		return p.is(cAbbrev) || p.Lower == "lt"
	case Number:
		if !l.v2 || len(p.Text) > 3 {
			return false
		}
		if n.is(cMonth | cOrdinalNoun) {
			return true
		}
		return i > 1 && toks[i-2].is(cOrdinalLead) && n.Kind == Word && len(p.Text) <= 2
	}
	return false
}
