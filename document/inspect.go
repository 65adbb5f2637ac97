package document

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// trick is a kind of character that makes a text look other than it is.
type trick struct {
	code, message string // the message takes the number
	is            func(rune) bool
}

var tricks = []trick{
	{"bidi", "%d marks change the direction of writing: the text may show in another order than it is stored in", isBidi},
	{"zero-width", "%d characters have no width: words that look alike may differ", isZeroWidth},
	{"control", "%d control characters", func(r rune) bool {
		return r != '\n' && r != '\r' && r != '\t' && r != '\f' && unicode.Is(unicode.Cc, r)
	}},
	{"private-use", "%d characters belong to no alphabet (private use): a font may show anything", func(r rune) bool { return unicode.Is(unicode.Co, r) }},
	{"tags", "%d invisible tag characters: they can carry hidden text", func(r rune) bool { return r >= 0xe0000 && r <= 0xe007f }},
}

func isBidi(r rune) bool {
	return r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 || r == 0x200e || r == 0x200f || r == 0x061c
}

// isZeroWidth leaves out the soft hyphen, which typesetting uses.
func isZeroWidth(r rune) bool {
	return r >= 0x200b && r <= 0x200d || r == 0x2060 || r == 0xfeff || r == 0x180e || r == 0x034f
}

// inspect adds the warnings that the text itself calls for.
func (d *Document) inspect() {
	if strings.TrimSpace(d.Text) == "" {
		if !d.Warned("no-article") && !d.Warned("no-text-layer") {
			d.warn("empty", "there is no text in it")
		}
		return
	}
	d.findTricks()
	if i := decomposed(d.Text); i >= 0 {
		_, size := utf8.DecodeRuneInString(d.Text[i:])
		d.Warnings = append(d.Warnings, Warning{Code: "decomposed", Start: i, End: i + size,
			Message: "letters and their accents are stored apart (not NFC): a search for the usual spelling may miss them"})
	}
	if n := longestLine(d.Text); n > longLine {
		d.warn("long-line", "a line has %d bytes; lists and data are seldom read well", n)
	}
}

// longLine is a line, in bytes, that no writer of paragraphs produces.
const longLine = 100_000

func (d *Document) findTricks() {
	counts, first := make([]int, len(tricks)), make([]int, len(tricks))
	for i, r := range d.Text {
		if r >= ' ' && r < 0x7f || r == '\n' {
			continue
		}
		for k, t := range tricks {
			if t.is(r) {
				if counts[k]++; counts[k] == 1 {
					first[k] = i
				}
			}
		}
	}
	for k, t := range tricks {
		if counts[k] > 0 {
			_, size := utf8.DecodeRuneInString(d.Text[first[k]:])
			d.Warnings = append(d.Warnings, Warning{Code: t.code, Message: fmt.Sprintf(t.message, counts[k]), Start: first[k], End: first[k] + size})
		}
	}
}

// decomposed returns where the first letter stands that NFC would join with the mark after it, or
// -1. It looks only at the accents of Latin, Greek and Cyrillic; other scripts have marks in their own right.
func decomposed(text string) int {
	last := -1 // of the letter before, unless a mark came between
	for i, r := range text {
		if r < 0x300 || r > 0x36f {
			last = i
			continue
		}
		if last >= 0 {
			pair := text[last : i+utf8.RuneLen(r)]
			if norm.NFC.String(pair) != pair {
				return last
			}
		}
		last = -1
	}
	return -1
}

func longestLine(text string) int {
	longest := 0
	for line := range strings.Lines(text) {
		longest = max(longest, len(line))
	}
	return longest
}
