package store

import (
	"fmt"
	"iter"
	"slices"
	"strings"
	"unicode"
)

// A Query is what a person searches for: words, each of which must be found. A word is found where it begins a word, where a
// word has the same stem, and where a word is a compound with it.
type Query struct {
	Text  string // as it was typed
	words []askedWord
}

// An askedWord is one word of a query.
type askedWord struct {
	text  string   // folded as [Words] does
	stems []string // German and English
	also  []string // stems of compounds with it, once [Catalogue.Expand] looked
}

// Ask reads a query. Words that repeat count once.
func Ask(text string) Query {
	q := Query{Text: strings.TrimSpace(text)}
	s := newStemmer("")
	for _, w := range Words(text) {
		if !slices.ContainsFunc(q.words, func(a askedWord) bool { return a.text == w }) {
			q.words = append(q.words, askedWord{text: w, stems: s.stems(w)})
		}
	}
	return q
}

// Empty reports whether the query holds no word, so that it finds nothing.
func (q Query) Empty() bool { return len(q.words) == 0 }

// Matches reports whether each word of the query is found in the texts: the slow twin of the index, and the search in
// what is held in memory.
func (q Query) Matches(texts ...string) bool {
	words, s := Words(strings.Join(texts, "\n")), newStemmer("")
	for _, a := range q.words {
		if !slices.ContainsFunc(words, func(w string) bool { return a.hits(w, s) }) {
			return false
		}
	}
	return len(q.words) > 0
}

func (a askedWord) hits(word string, s *stemmer) bool {
	if strings.HasPrefix(word, a.text) {
		return true
	}
	for _, stem := range s.stems(word) {
		if slices.Contains(a.stems, stem) || slices.Contains(a.also, stem) || slices.ContainsFunc(a.stems, func(part string) bool { return holds(stem, part, nil) }) {
			return true
		}
	}
	return false
}

// A Piece is a stretch of a text. Hit says that it is a word that a query finds.
type Piece struct {
	Text string `json:"text"`
	Hit  bool   `json:"hit,omitempty"`
}

// Pieces parts a text into words that the query finds and what lies between them. Joined they are the text.
func (q Query) Pieces(text string) []Piece {
	var out []Piece
	s := newStemmer("")
	add := func(part string, hit bool) {
		if n := len(out); n > 0 && !hit && !out[n-1].Hit {
			out[n-1].Text += part
		} else if part != "" {
			out = append(out, Piece{part, hit})
		}
	}
	for word := range eachWord(text) {
		add(text[word.gap:word.start], false)
		add(text[word.start:word.end], q.hit(text[word.start:word.end], s) >= 0)
	}
	return out
}

// hit returns which word of the query a word of a text is, or -1.
func (q Query) hit(word string, s *stemmer) int {
	for _, w := range Words(word) {
		if i := slices.IndexFunc(q.words, func(a askedWord) bool { return a.hits(w, s) }); i >= 0 {
			return i
		}
	}
	return -1
}

// A wordAt is a word of a text; the gap before it begins where the last word ended. The last one of a text may be empty.
type wordAt struct{ gap, start, end int }

func eachWord(text string) iter.Seq[wordAt] {
	inWord := func(r rune) bool {
		return unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.Is(unicode.Mn, r)
	}
	return func(yield func(wordAt) bool) {
		for at := 0; at < len(text); {
			w := wordAt{gap: at, start: len(text), end: len(text)}
			if i := strings.IndexFunc(text[at:], inWord); i >= 0 {
				w.start = at + i
			}
			if i := strings.IndexFunc(text[w.start:], func(r rune) bool { return !inWord(r) }); i >= 0 {
				w.end = w.start + i
			}
			if !yield(w) {
				return
			}
			at = w.end
		}
	}
}

// An Excerpt is the stretch of a text that shows why a query finds it.
type Excerpt struct {
	Start  int     `json:"start"` // byte in the text
	End    int     `json:"end"`
	Pieces []Piece `json:"pieces"`
}

// String is the excerpt on one line.
func (e Excerpt) String() string {
	var b strings.Builder
	for _, p := range e.Pieces {
		b.WriteString(p.Text)
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// excerptSize is how much of a text an excerpt shows, in bytes: some three lines of a terminal.
const excerptSize = 240

// Excerpt returns the stretch of the text in which most words of the query are found, the first of several; false when none is.
func (q Query) Excerpt(text string) (Excerpt, bool) {
	type place struct{ start, end, which int }
	var hits []place
	s := newStemmer("")
	for w := range eachWord(text) {
		if i := q.hit(text[w.start:w.end], s); w.end > w.start && i >= 0 {
			hits = append(hits, place{w.start, w.end, i})
		}
	}
	if len(hits) == 0 {
		return Excerpt{}, false
	}
	best, most := 0, 0
	for i := range hits {
		seen := map[int]bool{}
		for _, h := range hits[i:] {
			if h.end-hits[i].start > excerptSize*2/3 {
				break
			}
			seen[h.which] = true
		}
		if len(seen) > most {
			best, most = i, len(seen)
		}
		if most == len(q.words) {
			break
		}
	}
	start := wordStart(text, max(0, hits[best].start-excerptSize/3))
	end := wordEnd(text, min(len(text), max(start+excerptSize, hits[best].end)))
	return Excerpt{start, end, q.Pieces(text[start:end])}, true
}

// wordStart moves a place in a text back to the start of the word it falls into, at most forty bytes.
func wordStart(text string, at int) int {
	if at <= 40 {
		return 0
	}
	for low := at - 40; at > low && at < len(text); at-- {
		if c := text[at-1]; c == ' ' || c == '\n' || c == '\t' {
			return at
		}
	}
	return runeStart(text, at)
}

func wordEnd(text string, at int) int {
	for high := min(len(text), at+40); at < high; at++ {
		if c := text[at]; c == ' ' || c == '\n' || c == '\t' {
			return at
		}
	}
	return runeStart(text, at)
}

func runeStart(text string, at int) int {
	for at > 0 && at < len(text) && text[at]&0xC0 == 0x80 { // a byte inside a code point of UTF-8
		at--
	}
	return at
}

// reach says how far a search goes.
type reach bool

const (
	near reach = false // words and stems
	all  reach = true  // and compounds
)

// expression makes the FTS5 expression of the query. Words and stems hold letters and digits alone, so nothing in them is an
// operator.
func (q Query) expression(r reach) string {
	parts := make([]string, len(q.words))
	for i, a := range q.words {
		stems := a.stems
		if r == all {
			stems = slices.Concat(a.stems, a.also)
		}
		quoted := make([]string, len(stems))
		for k, s := range stems {
			quoted[k] = fmt.Sprintf("%q", s)
		}
		parts[i] = fmt.Sprintf("(words : %q * OR stems : (%s))", a.text, strings.Join(quoted, " OR "))
	}
	return strings.Join(parts, " AND ")
}
