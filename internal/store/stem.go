package store

import (
	"iter"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/blevesearch/snowballstem"
	"github.com/blevesearch/snowballstem/english"
	"github.com/blevesearch/snowballstem/german"
	"golang.org/x/text/unicode/norm"
)

// Words returns the words of a text as they are searched for: lower case, ae, oe, ue and ss for the letters that
// German writes so where it must, and no other marks on letters. Everything that is neither letter nor digit parts words.
func Words(text string) []string {
	s := spellOut.Replace(strings.ToLower(norm.NFC.String(text)))
	var b strings.Builder
	for _, r := range norm.NFD.String(s) {
		switch {
		case unicode.Is(unicode.Mn, r):
		case unicode.IsLetter(r), unicode.IsNumber(r):
			b.WriteRune(r)
		default:
			b.WriteByte(' ')
		}
	}
	return strings.Fields(b.String())
}

var spellOut = strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "ß", "ss")

// A stemmer reduces words to stems by the Snowball rules for German and English (M. F. Porter, 2001). It keeps what it
// worked out, since texts repeat their words; it is for one goroutine.
type stemmer struct {
	env   *snowballstem.Env
	known map[string][]string
	lang  string // "de", "en", or another for both
}

func newStemmer(lang string) *stemmer {
	return &stemmer{env: snowballstem.NewEnv(""), known: map[string][]string{}, lang: lang}
}

// stems returns the stems of a word of [Words]: one for a text of a known language, one or two where it is not known.
func (s *stemmer) stems(word string) []string {
	if list, ok := s.known[word]; ok {
		return list
	}
	var list []string
	if s.lang != "en" {
		s.env.SetCurrent(umlauts(word))
		german.Stem(s.env)
		list = append(list, spellOut.Replace(s.env.Current()))
	}
	if s.lang != "de" {
		s.env.SetCurrent(word)
		english.Stem(s.env)
		if stem := s.env.Current(); !slices.Contains(list, stem) {
			list = append(list, stem)
		}
	}
	s.known[word] = list
	return list
}

// umlauts writes ä, ö and ü where a word has ae, oe and ue, as the rules need them. ue after q or a vowel is no ü: Quelle, Feuer.
func umlauts(word string) string {
	if !strings.Contains(word, "e") {
		return word
	}
	var b strings.Builder
	for i := 0; i < len(word); i++ {
		c := word[i]
		if i+1 < len(word) && word[i+1] == 'e' {
			switch {
			case c == 'a':
				b.WriteString("ä")
				i++
				continue
			case c == 'o':
				b.WriteString("ö")
				i++
				continue
			case c == 'u' && (i == 0 || !strings.ContainsRune("aeiouq", rune(word[i-1]))):
				b.WriteString("ü")
				i++
				continue
			}
		}
		b.WriteByte(c)
	}
	return b.String()
}

// Letters that a part of a compound must have. Of a part of longPart letters and more it is believed that it is one wherever what
// is left over can be spoken; a shorter one ("Schiff") may stand in a word by chance, so there what is left over must be a word of the archive.
const (
	shortPart = 3
	longPart  = 7
)

// holds reports whether a stem is a compound of which part is a part. known says whether a stem is one of the archive; nil knows none.
func holds(stem, part string, known func(string) bool) bool {
	if utf8.RuneCountInString(part) < shortPart {
		return false
	}
	for before, after := range around(stem, part) {
		if restOf(before, part, known) && restOf(after, part, known) {
			return true
		}
	}
	return false
}

// around yields what stands before and after a part, wherever a longer stem holds it.
func around(stem, part string) iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		if len(stem) <= len(part) {
			return
		}
		for from := 0; ; from++ {
			i := strings.Index(stem[from:], part)
			if i < 0 {
				return
			}
			from += i
			if !yield(stem[:from], stem[from+len(part):]) {
				return
			}
		}
	}
}

// links are what German puts between the parts of a compound.
var links = []string{"ens", "es", "en", "er", "s", "n", "e"}

// unlinked returns a rest as it is and without what may link it.
func unlinked(rest string) []string {
	if utf8.RuneCountInString(rest) < shortPart {
		return nil
	}
	out := []string{rest}
	for _, l := range links {
		if short, ok := strings.CutSuffix(rest, l); ok && utf8.RuneCountInString(short) >= shortPart {
			out = append(out, short)
		}
	}
	return out
}

// restOf reports whether what a compound has beside a part may be a part of it too; nothing is.
func restOf(rest, part string, known func(string) bool) bool {
	switch {
	case rest == "":
		return true
	case utf8.RuneCountInString(rest) < shortPart:
		return false
	case utf8.RuneCountInString(part) >= longPart && strings.ContainsAny(rest, "aeiouy"):
		return true
	}
	return known != nil && slices.ContainsFunc(unlinked(rest), known)
}
