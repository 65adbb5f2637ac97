package document

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/abadojack/whatlanggo"
)

// The languages whose claims are read.
const (
	de = "de"
	en = "en"
)

// functionWords are words that every text of the language uses and the other hardly. Words that both
// have (in, an, war, also, will, her) are left out.
var functionWords = wordTable([]struct{ lang, words string }{
	{de, "der die das den dem des und nicht von zu mit ist sich auf für eine einen einem einer eines dass auch als nach wird bei aus wie am im zum zur hat haben sind werden wurde wurden wir sie ihr ihre noch nur über aber wenn oder vor seit durch gegen unter kein keine sei seien laut mehr sowie bis zwischen ab beim vom ins ein er es ich"},
	{en, "the of and to that it for with on as by at from this be are have has had not but they his their which or were been would who when said there if more after about over into than its our your we he she you is no new out up against near says killed while during between before"},
})

func wordTable(lists []struct{ lang, words string }) map[string]string {
	table := map[string]string{}
	for _, l := range lists {
		for w := range strings.FieldsSeq(l.words) {
			table[w] = l.lang
		}
	}
	return table
}

// sampleBytes is how much of a paragraph the language is judged by.
const sampleBytes = 4 << 10

// languages fills in the language of every paragraph and of the whole.
func (d *Document) languages() {
	weight := map[string]int{}
	order := []string{} // of first appearance, so that ties do not depend on the map
	for i, p := range d.Paragraphs {
		lang := Language(d.Text[p.Start:p.End])
		d.Paragraphs[i].Lang = lang
		if _, seen := weight[lang]; !seen {
			order = append(order, lang)
		}
		weight[lang] += p.End - p.Start
	}
	total := 0
	for _, lang := range order {
		total += weight[lang]
		if lang != "" && weight[lang] > weight[d.Lang] {
			d.Lang = lang
		}
	}
	if weight[""]*2 > total {
		d.Lang = ""
	}
	d.inherit()
	var more []string
	for _, lang := range order {
		if lang != "" && lang != d.Lang && weight[lang]*10 >= total {
			more = append(more, lang)
		}
	}
	if len(d.Text) > 0 && d.Lang == "" {
		d.warn("language-unknown", "the language of the text could not be told")
	}
	if d.Lang != "" && len(more) > 0 {
		d.warn("mixed-languages", "besides %s parts of the text are in %s", d.Lang, strings.Join(more, ", "))
	}
	if d.Lang != "" && d.Lang != de && d.Lang != en {
		d.warn("language-not-read", "the text seems to be in %q; claims are read in German and English only", d.Lang)
	}
}

// inherit gives headings and one-word lines, which say nothing by themselves, the language of the whole.
func (d *Document) inherit() {
	for i, p := range d.Paragraphs {
		if p.Lang == "" && len(strings.Fields(d.Text[p.Start:min(p.End, p.Start+sampleBytes)])) <= shortWords && latin(d.Text[p.Start:p.End]) {
			d.Paragraphs[i].Lang = d.Lang
		}
	}
}

// shortWords is the most words of a line that may take its language from its surroundings.
const shortWords = 8

// Language judges one paragraph, ISO 639-1; "" where it cannot be told. Function words vote first: on short
// text trigrams take "Brücke gesprengt" for Afrikaans. Trigrams decide between German
// and English where votes are few, and name another language only where they are sure.
func Language(text string) string {
	text = cutRunes(text, sampleBytes)
	votes, words := vote(text)
	if words == 0 {
		return ""
	}
	first, second := votes[de], votes[en]
	lang := de
	if second > first {
		lang, first, second = en, second, first
	}
	if first >= 2 && first >= 2*second && first*12 >= words {
		return lang
	}
	if !latin(text) {
		return foreign(text)
	}
	if words >= 6 {
		if other := foreign(text); other != "" && other != de && other != en && first*12 < words {
			return other
		}
		info := whatlanggo.DetectWithOptions(text, whatlanggo.Options{Whitelist: map[whatlanggo.Lang]bool{whatlanggo.Deu: true, whatlanggo.Eng: true}})
		if info.Confidence > 0.3 && (first > 0 || words >= 12 && first*20 >= words) {
			return info.Lang.Iso6391()
		}
	}
	if first > second && first*4 >= words {
		return lang
	}
	if strings.ContainsAny(text, "ß") || first > second && lang == de && strings.ContainsAny(text, "äöü") {
		return de
	}
	return ""
}

// vote counts the function words of each language, and all words.
func vote(text string) (votes map[string]int, words int) {
	votes = map[string]int{}
	for w := range strings.FieldsFuncSeq(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.Is(unicode.M, r) }) {
		words++
		if lang, ok := functionWords[strings.ToLower(w)]; ok {
			votes[lang]++
		}
	}
	return votes, words
}

// foreign names a language only if trigrams call it reliable on a text long enough.
func foreign(text string) string {
	if utf8.RuneCountInString(text) < 60 {
		return ""
	}
	if info := whatlanggo.Detect(text); info.IsReliable() {
		return info.Lang.Iso6391()
	}
	return ""
}

// latin reports whether most letters of text are Latin.
func latin(text string) bool {
	balance := 0
	for _, r := range cutRunes(text, sampleBytes) {
		if unicode.Is(unicode.Latin, r) {
			balance++
		} else if unicode.IsLetter(r) {
			balance--
		}
	}
	return balance > 0
}

// cutRunes cuts text to at most n bytes at a character.
func cutRunes(text string, n int) string {
	if len(text) <= n {
		return text
	}
	for n > 0 && !utf8.RuneStart(text[n]) {
		n--
	}
	return text[:n]
}
