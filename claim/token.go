package claim

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// TokenKind tells words, numbers and punctuation apart.
type TokenKind uint8

const (
	Word   TokenKind = iota // letters, with inner apostrophes, hyphens and digits; "U.S." with its dots
	Number                  // digits with inner separators: "22.000", "4,000", "11:30", "18.05.2011"
	Punct                   // one sign; "..." and "--" are one token
)

// A Token is one word, number or sign of a text. White space and invisible signs between words are
// no tokens.
type Token struct {
	Start, End int    // bytes into the text, half-open
	Text       string // text[Start:End]
	Lower      string // Text in lower case, composed (NFC), without invisible signs and with ' for ’
	Kind       TokenKind
}

// Tokenize cuts text into tokens in order. It accepts any bytes: what is not UTF-8 becomes a Punct
// token of one byte.
func Tokenize(text string) []Token { return appendTokens(make([]Token, 0, len(text)/5+4), text, 0) }

// appendTokens appends the tokens of text, whose first byte stands at offset base.
func appendTokens(toks []Token, text string, base int) []Token {
	for i := 0; i < len(text); {
		r, n := decode(text[i:])
		if blank(r) {
			i += n
			continue
		}
		end, kind := i+n, Punct
		switch {
		case unicode.IsDigit(r):
			end, kind = number(text, i)
		case letter(r):
			end, kind = word(text, i), Word
		default:
			for end < len(text) && text[end] == text[i] && (text[i] == '.' || text[i] == '-') {
				end++
			}
		}
		toks = append(toks, Token{base + i, base + end, text[i:end], fold(text[i:end]), kind})
		i = end
	}
	return toks
}

func decode(s string) (rune, int) {
	if c := s[0]; c < utf8.RuneSelf {
		return rune(c), 1
	}
	return utf8.DecodeRuneInString(s)
}

// invisible reports signs without width that writers, converters or forgers leave inside words:
// zero-width signs, bidi controls, soft hyphens.
func invisible(r rune) bool {
	return r >= 0x80 && (r == 0xad || r == 0xfeff || r >= 0x200b && r <= 0x200f || r >= 0x202a && r <= 0x202e || r >= 0x2060 && r <= 0x206f)
}

func blank(r rune) bool {
	if r < 0x80 {
		return r <= ' ' || r == 0x7f
	}
	return unicode.IsSpace(r) || invisible(r)
}

func letter(r rune) bool {
	if r < 0x80 {
		return r|0x20 >= 'a' && r|0x20 <= 'z' || r == '_'
	}
	return unicode.IsLetter(r) || unicode.IsMark(r)
}

// word returns the end of the word that starts at i.
func word(s string, i int) int {
	if end := initials(s, i); end > 0 {
		return end
	}
	if strings.HasPrefix(s[i:], "http://") || strings.HasPrefix(s[i:], "https://") || strings.HasPrefix(s[i:], "www.") {
		return address(s, i)
	}
	end := i // after the last letter or digit
	for j := i; j < len(s); {
		r, n := decode(s[j:])
		switch {
		case letter(r) || unicode.IsDigit(r):
			end = j + n
		case invisible(r):
		case joins(r) && end == j && j+n < len(s):
			next, _ := decode(s[j+n:])
			if !letter(next) && !(unicode.IsDigit(next) && r == '-') || r == '.' && !unicode.IsLower(next) {
				return end
			}
		default:
			return end
		}
		j += n
	}
	return end
}

// joins reports signs that stand inside a word: Ost-Aleppo, city's, bild.de.
func joins(r rune) bool { return r == '-' || r == '\'' || r == '’' || r == '.' || r == 0x2011 }

// initials returns the end of single letters with dots (U.S., z.B.), or 0.
func initials(s string, i int) int {
	end := 0
	for j, count := i, 0; j < len(s); count++ {
		r, n := decode(s[j:])
		if !letter(r) || j+n >= len(s) || s[j+n] != '.' {
			break
		}
		j += n + 1
		if count > 0 {
			end = j
		}
	}
	return end
}

// address returns the end of a web address.
func address(s string, i int) int {
	for i < len(s) {
		r, n := decode(s[i:])
		if blank(r) || strings.ContainsRune("<>\"“”„»«)", r) {
			break
		}
		i += n
	}
	for i > 0 && strings.IndexByte(".,;:!?'", s[i-1]) >= 0 {
		i--
	}
	return i
}

// number returns the end and kind of what starts with a digit at i: a number, or a word such as
// "36-jährige", "5th", "1990er".
func number(s string, i int) (int, TokenKind) {
	end := i
	for end < len(s) {
		r, n := decode(s[end:])
		if unicode.IsDigit(r) {
			end += n
			continue
		}
		if r == '.' || r == ',' || r == ':' || r == '\'' || r == '’' { // the last two group thousands in Switzerland
			if end+n < len(s) && s[end+n] >= '0' && s[end+n] <= '9' {
				end += n
				continue
			}
		}
		break
	}
	if end >= len(s) {
		return end, Number
	}
	r, n := decode(s[end:])
	if r == '-' && end+n < len(s) {
		if next, _ := decode(s[end+n:]); letter(next) {
			return word(s, end+n), Word
		}
	}
	if letter(r) {
		w := word(s, end)
		switch s[end:w] {
		case "st", "nd", "rd", "th", "er", "ern", "s", "jährige", "jähriger", "jährigen":
			return w, Word
		}
	}
	return end, Number
}

// fold returns s in lower case, composed, with plain apostrophes and without invisible signs.
func fold(s string) string {
	lower := true
	for i := 0; i < len(s); i++ {
		if s[i] >= 0x80 {
			return foldWide(s)
		}
		if s[i] >= 'A' && s[i] <= 'Z' {
			lower = false
		}
	}
	if lower {
		return s
	}
	return strings.ToLower(s)
}

func foldWide(s string) string {
	same := true
	for _, r := range s {
		if r != unicode.ToLower(r) || r >= 0x300 {
			same = false
			break
		}
	}
	if same {
		return s
	}
	if !norm.NFC.IsNormalString(s) {
		s = norm.NFC.String(s)
	}
	return strings.Map(func(r rune) rune {
		switch {
		case invisible(r):
			return -1
		case r == '’':
			return '\''
		case r == 0x2011:
			return '-'
		}
		return unicode.ToLower(r)
	}, s)
}
