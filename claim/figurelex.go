package claim

import (
	"embed"
	"fmt"
	"slices"
	"sort"
	"strconv"
	"strings"
	"sync"
)

// The quantity lexicon: number words, units, time words and place words of each language, one
// folder a language. docs/format/lexicon-quantities.md describes the columns.
//
//go:embed lexicon/*/number.tsv lexicon/*/unit.tsv lexicon/*/when.tsv lexicon/*/place.tsv
var quantityFiles embed.FS

// A phrase is one expanded entry of a lexicon file: its words as the tokenizer cuts them, folded,
// and what they mean.
type phrase struct {
	words []string
	class string
	value string
	num   float64 // value as a number, if it is one
}

// A phraseBook finds phrases by their first word, longest first.
type phraseBook struct {
	id      int // place in wordHits
	first   map[string][]phrase
	tails   []bool            // by tailHash of the last bytes of the phrases of one word
	options map[string]string // settings of the language, from rows of class "option"
}

// A quantityLexicon holds the four books of one language.
type quantityLexicon struct {
	lang                      string
	number, unit, when, place phraseBook
	words                     map[string]*wordHits
	comma                     bool              // decimal sign, and points after ordinals
	compounds                 bool              // nouns are written as one word
	nouns                     bool              // nouns have a capital
	andAfter                  bool              // "two hundred and five"
	atoms                     map[string]phrase // number words that may stand inside a longer one
	longestAtom               int               // bytes
	begins                    [256 * 256]bool   // the first two bytes of every atom
}

// quantities holds the lexicon of every language that has a folder.
var quantities = sync.OnceValue(func() map[string]*quantityLexicon {
	dirs, err := quantityFiles.ReadDir("lexicon")
	if err != nil {
		panic("claim: lexicon: " + err.Error())
	}
	all := map[string]*quantityLexicon{}
	for _, d := range dirs {
		all[d.Name()] = loadQuantities(d.Name())
	}
	return all
})

// quantitiesOf returns the lexicon of a language such as "de" or "de-AT"; English if there is none.
func quantitiesOf(lang string) *quantityLexicon {
	lang, _, _ = strings.Cut(strings.ToLower(lang), "-")
	if l := quantities()[lang]; l != nil {
		return l
	}
	return quantities()["en"]
}

func loadQuantities(lang string) *quantityLexicon {
	l := &quantityLexicon{lang: lang, words: map[string]*wordHits{}, atoms: map[string]phrase{}}
	for _, f := range []struct {
		name string
		book *phraseBook
	}{{"number", &l.number}, {"unit", &l.unit}, {"when", &l.when}, {"place", &l.place}} {
		rows, err := readRows("lexicon/" + lang + "/" + f.name + ".tsv")
		if err != nil {
			panic("claim: " + err.Error())
		}
		*f.book = newPhraseBook(rows)
	}
	l.when.join("weekday", "daypart")
	l.comma = l.number.options["decimal"] == ","
	l.compounds = l.unit.options["compounds"] == "suffix"
	l.nouns = l.place.options["nouns"] == "capital"
	l.andAfter = l.number.options["and"] != ""
	for id, b := range []*phraseBook{&l.number, &l.unit, &l.when, &l.place} {
		b.id = id
		for word, list := range b.first {
			if l.words[word] == nil {
				l.words[word] = new(wordHits)
			}
			l.words[word][id] = list
		}
	}
	for _, list := range l.number.first {
		for _, p := range list {
			if len(p.words) == 1 && len(p.words[0]) > 1 && (p.class == "card" || p.class == "mul" || p.class == "part" || p.class == "glue") {
				l.atoms[p.words[0]] = p
				l.begins[int(p.words[0][0])<<8|int(p.words[0][1])] = true
				l.longestAtom = max(l.longestAtom, len(p.words[0]))
			}
		}
	}
	return l
}

// A row is one line of a lexicon file.
type row struct {
	file                    string
	line                    int
	class, phrase, value    string
	example, counterExample string
}

// readRows reads a lexicon file: class, phrase, value, example, counter-example, tab-separated;
// empty lines and lines that start with # say nothing.
func readRows(name string) ([]row, error) {
	b, err := quantityFiles.ReadFile(name)
	if err != nil {
		return nil, err
	}
	var rows []row
	for i, line := range strings.Split(string(b), "\n") {
		line = strings.TrimRight(line, "\r")
		if line == "" || line[0] == '#' {
			continue
		}
		c := append(strings.Split(line, "\t"), "", "", "", "")
		if c[0] == "" || c[1] == "" {
			return nil, fmt.Errorf("read %s line %d: class or phrase missing", name, i+1)
		}
		rows = append(rows, row{name, i + 1, c[0], c[1], c[2], c[3], c[4]})
	}
	return rows, nil
}

func newPhraseBook(rows []row) phraseBook {
	b := phraseBook{first: map[string][]phrase{}, tails: make([]bool, 1<<16), options: map[string]string{}}
	for _, r := range rows {
		if r.class == "option" {
			b.options[r.phrase] = r.value
		}
	}
	for _, r := range rows {
		if r.class == "option" {
			continue
		}
		num, _ := strconv.ParseFloat(r.value, 64)
		for _, words := range expand(r.phrase, strings.Split(b.options["endings"], ",")) {
			if len(words) == 1 && len(words[0]) >= 3 {
				b.tails[tailHash(words[0])] = true
			}
			b.first[words[0]] = append(b.first[words[0]], phrase{words, r.class, r.value, num})
		}
	}
	for _, list := range b.first {
		sort.SliceStable(list, func(i, j int) bool { return len(list[i].words) > len(list[j].words) })
	}
	return b
}

// expand turns a written phrase into its forms: "a|b" is either word, "word~" takes each ending,
// " / " parts whole phrases.
func expand(written string, endings []string) [][]string {
	var out [][]string
	for _, one := range strings.Split(written, " / ") {
		out = append(out, expandOne(one, endings)...)
	}
	return out
}

func expandOne(written string, endings []string) [][]string {
	forms := []string{""}
	for _, word := range strings.Fields(written) {
		var next []string
		for _, alt := range strings.Split(word, "|") {
			alts := []string{alt}
			if stem, ok := strings.CutSuffix(alt, "~"); ok {
				alts = alts[:0]
				for _, e := range endings {
					alts = append(alts, stem+e)
				}
			}
			for _, f := range forms {
				for _, a := range alts {
					next = append(next, strings.TrimSpace(f+" "+a))
				}
			}
		}
		forms = next
	}
	var out [][]string
	for _, f := range forms {
		var words []string
		for _, t := range Tokenize(f) {
			words = append(words, t.Lower)
		}
		out = append(out, words)
	}
	return out
}

// A lookup holds tokens with what the books say of each, so that a word is looked up once.
type lookup struct {
	toks []Token
	hits []*wordHits // nil where no book has the word
}

// wordHits holds the phrases that start with one word, by book.
type wordHits [4][]phrase

// look looks all tokens up; buf is reused.
func (l *quantityLexicon) look(toks []Token, buf []*wordHits) lookup {
	hits := slices.Grow(buf[:0], len(toks))[:len(toks)]
	for i := range toks {
		hits[i] = nil
		if toks[i].Kind != Number && len(toks[i].Lower) <= longestCompound {
			hits[i] = l.words[toks[i].Lower]
		}
	}
	return lookup{toks, hits}
}

// listed reports that the book has phrases that start with token i.
func (b *phraseBook) listed(in lookup, i int) bool {
	return in.hits[i] != nil && in.hits[i][b.id] != nil
}

// at returns the longest phrase that starts at token i and has one of the classes (any, if none is
// given), or nil.
func (b *phraseBook) at(in lookup, i int, classes ...string) *phrase {
	if i < 0 || i >= len(in.hits) || in.hits[i] == nil {
		return nil
	}
	list := in.hits[i][b.id]
	for k := range list {
		if (len(classes) == 0 || oneOf(list[k].class, classes)) && startsWith(in.toks[i:], list[k].words) {
			return &list[k]
		}
	}
	return nil
}

func startsWith(toks []Token, words []string) bool {
	if len(words) > len(toks) {
		return false
	}
	for k := 1; k < len(words); k++ {
		if toks[k].Lower != words[k] {
			return false
		}
	}
	return true
}

func oneOf(s string, list []string) bool {
	for _, x := range list {
		if s == x {
			return true
		}
	}
	return false
}

// longestCompound is the longest word, in bytes, that is taken apart: it keeps the time linear in the
// text whatever the text is.
const longestCompound = 96

// tailHash hashes the last three bytes of a word.
func tailHash(w string) uint16 {
	n := len(w)
	return uint16(w[n-1])*961 + uint16(w[n-2])*31 + uint16(w[n-3])
}

// tail returns the longest phrase of one word, of three bytes or more and one of the classes that ends word and leaves at
// least one byte before it, and where it starts in word.
func (b *phraseBook) tail(word string, classes ...string) (*phrase, int) {
	if len(word) < 4 || len(word) > longestCompound || !b.tails[tailHash(word)] {
		return nil, 0
	}
	for i := 1; i < len(word); i++ {
		if word[i]&0xc0 == 0x80 {
			continue
		}
		list := b.first[word[i:]]
		for k := range list {
			if len(list[k].words) == 1 && oneOf(list[k].class, classes) {
				return &list[k], i
			}
		}
	}
	return nil, 0
}

// join adds the compounds of two classes that the option "compounds" names (Mittwochabend), with the
// value "3:evening".
func (b *phraseBook) join(head, end string) {
	if b.options["compounds"] != head+" "+end {
		return
	}
	var heads, ends []phrase
	for _, list := range b.first {
		for _, p := range list {
			if len(p.words) == 1 && p.class == head {
				heads = append(heads, p)
			} else if len(p.words) == 1 && p.class == end {
				ends = append(ends, p)
			}
		}
	}
	for _, h := range heads {
		for _, e := range ends {
			w := h.words[0] + e.words[0]
			b.first[w] = append(b.first[w], phrase{[]string{w}, head, h.value + ":" + e.value, h.num})
		}
	}
}
