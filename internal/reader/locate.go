package reader

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// split joins the pieces of a content that is interrupted in the text, as in the scheme of claims.
const split = " … "

// locate finds the quotes of the model's claims in one piece of the text. A content that stands there more than once is
// taken in the order of the claims, each place once; source, channel and cue are taken nearest to the
// content, before it where two are equally near.
func locate(text string, piece Span, claims []json.RawMessage) (found []Proposal, dropped []Drop) {
	drop := func(quote, format string, a ...any) {
		dropped = append(dropped, Drop{clip(quote), fmt.Sprintf(format, a...)})
	}
	if len(claims) > maxClaims {
		drop("", "%d claims after the first %d", len(claims)-maxClaims, maxClaims)
		claims = claims[:maxClaims]
	}
	f := finder{text: text, piece: piece, used: map[Span]bool{}}
	for _, raw := range claims {
		var s said
		if err := strict(raw, &s); err != nil {
			drop(string(raw), "not a claim as asked for: %v", err)
			continue
		}
		p, err := f.proposal(s)
		if err != nil {
			drop(s.Content, "%v", err)
			continue
		}
		found = append(found, p)
	}
	slices.SortStableFunc(found, func(a, b Proposal) int { return a.Content[0].Start - b.Content[0].Start })
	return found, dropped
}

// finder remembers which places were taken and where the last content ended.
type finder struct {
	text  string
	piece Span
	at    int // no content before it while there is one after it
	used  map[Span]bool
}

func (f *finder) proposal(s said) (Proposal, error) {
	if !slices.Contains(kinds, s.Kind) {
		return Proposal{}, fmt.Errorf("kind %q is none of %s", clip(s.Kind), strings.Join(kinds, ", "))
	}
	if !slices.Contains(commitments, s.Commitment) {
		return Proposal{}, fmt.Errorf("commitment %q is none of %s", clip(s.Commitment), strings.Join(commitments, ", "))
	}
	p := Proposal{Kind: s.Kind, Commitment: s.Commitment}
	var err error
	if p.Content, err = f.content(s.Content); err != nil {
		return Proposal{}, err
	}
	for _, field := range []struct {
		name, quote string
		to          *[]Span
	}{{"source", s.Source, &p.Source}, {"channel", s.Channel, &p.Channel}, {"cue", s.Cue, &p.Cue}} {
		if *field.to, err = f.near(field.quote, p.Content); err != nil {
			return Proposal{}, fmt.Errorf("%s: %w", field.name, err)
		}
	}
	f.used[p.Content[0]] = true
	f.at = p.Content[len(p.Content)-1].End
	return p, nil
}

// content finds the pieces of a content one after the other; the later ones in the paragraph of the first.
func (f *finder) content(quote string) ([]Span, error) {
	pieces := strings.Split(strings.TrimSpace(quote), split)
	if letters(quote) < minQuote {
		return nil, fmt.Errorf("the content is empty or too short")
	}
	if len(quote) > maxQuote {
		return nil, fmt.Errorf("the content is longer than %d bytes", maxQuote)
	}
	places := f.all(pieces[0])
	if len(places) == 0 {
		return nil, fmt.Errorf("the content is not in the text, word for word")
	}
	places = slices.DeleteFunc(places, func(s Span) bool { return f.used[s] })
	if len(places) == 0 {
		return nil, fmt.Errorf("the content was given before")
	}
	place := places[0]
	if i := slices.IndexFunc(places, func(s Span) bool { return s.Start >= f.at }); i >= 0 {
		place = places[i]
	}
	spans := []Span{place}
	for _, piece := range pieces[1:] {
		last := spans[len(spans)-1].End
		rest := slices.DeleteFunc(f.all(piece), func(s Span) bool { return s.Start < last })
		if len(rest) == 0 || strings.Contains(f.text[last:rest[0].Start], "\n\n") {
			return nil, fmt.Errorf("a piece of the content does not follow in its paragraph")
		}
		spans = append(spans, rest[0])
	}
	return spans, nil
}

// near finds the place of quote that is nearest to the content and outside of it where possible. Pieces of a split
// cue ("teilte … mit") are each taken so.
func (f *finder) near(quote string, content []Span) ([]Span, error) {
	quote = strings.TrimSpace(quote)
	if quote == "" {
		return nil, nil
	}
	if len(quote) > maxQuote {
		return nil, fmt.Errorf("longer than %d bytes", maxQuote)
	}
	var spans []Span
	for _, piece := range strings.Split(quote, split) {
		places := f.all(piece)
		if len(places) == 0 {
			return nil, fmt.Errorf("%q is not in the text, word for word", clip(piece))
		}
		spans = append(spans, slices.MinFunc(places, func(a, b Span) int { return distance(a, content) - distance(b, content) }))
	}
	slices.SortFunc(spans, func(a, b Span) int { return a.Start - b.Start })
	return spans, nil
}

// distance is in bytes, doubled so that of two as near the one before the content wins. A place
// inside the content is further than any outside in the same piece.
func distance(s Span, content []Span) int {
	first, last := content[0].Start, content[len(content)-1].End
	switch {
	case s.End <= first:
		return 2 * (first - s.End)
	case s.Start >= last:
		return 2*(s.Start-last) + 1
	}
	for _, c := range content {
		if s.Start < c.End && s.End > c.Start {
			return 1 << 40
		}
	}
	return 0 // between two pieces of the content
}

// maxPlaces bounds how many places of one quote are looked at.
const maxPlaces = 1000

// all returns the places of quote in the piece that begin and end at words, in order.
func (f *finder) all(quote string) []Span {
	if quote == "" {
		return nil
	}
	var out []Span
	for at := f.piece.Start; len(out) < maxPlaces; {
		i := strings.Index(f.text[at:f.piece.End], quote)
		if i < 0 {
			break
		}
		s := Span{at + i, at + i + len(quote)}
		if f.wholeWords(s) {
			out = append(out, s)
		}
		_, n := utf8.DecodeRuneInString(f.text[s.Start:])
		at = s.Start + n
	}
	return out
}

// wholeWords reports whether s cuts no word and no character in two.
func (f *finder) wholeWords(s Span) bool {
	return !inWord(f.text, s.Start) && !inWord(f.text, s.End)
}

func inWord(text string, at int) bool {
	if at <= 0 || at >= len(text) {
		return false
	}
	before, _ := utf8.DecodeLastRuneInString(text[:at])
	after, _ := utf8.DecodeRuneInString(text[at:])
	return unicode.Is(unicode.M, after) || isWord(before) && isWord(after)
}

func isWord(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.M, r)
}

func letters(s string) int {
	n := 0
	for _, r := range s {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			n++
		}
	}
	return n
}
