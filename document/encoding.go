package document

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/gogs/chardet"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"
)

// Encoding is the character encoding that a text was read in.
type Encoding struct {
	Name    string `json:"name"`              // as in the WHATWG list: utf-8, windows-1252
	How     string `json:"how"`               // "mark", "valid", "stated", "letters", "statistics" or "last resort"
	Percent int    `json:"percent,omitempty"` // certainty where it was guessed, 1 to 100
}

// Certain reports whether the encoding was not a guess.
func (e Encoding) Certain() bool { return e.How == "mark" || e.How == "valid" || e.How == "stated" }

// marks are the byte order marks; UTF-32 comes first, since its little-endian one begins with that of UTF-16.
var marks = []struct {
	mark, name string
	encoding   encoding.Encoding
}{
	{"\xff\xfe\x00\x00", "utf-32le", utf32.UTF32(utf32.LittleEndian, utf32.IgnoreBOM)},
	{"\x00\x00\xfe\xff", "utf-32be", utf32.UTF32(utf32.BigEndian, utf32.IgnoreBOM)},
	{"\xff\xfe", "utf-16le", unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)},
	{"\xfe\xff", "utf-16be", unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)},
	{"\xef\xbb\xbf", "utf-8", encoding.Nop},
}

// decode turns b into UTF-8. Stated is the name of an encoding from outside, or empty.
func decode(b []byte, stated string) (string, Encoding, []Warning, error) {
	for _, m := range marks {
		if rest, ok := bytes.CutPrefix(b, []byte(m.mark)); ok {
			return transcode(rest, m.encoding, Encoding{Name: m.name, How: "mark"})
		}
	}
	if name := wide(b[:min(len(b), 64<<10)]); name != "" {
		order := unicode.LittleEndian
		if name == "utf-16be" {
			order = unicode.BigEndian
		}
		return transcode(b, unicode.UTF16(order, unicode.IgnoreBOM), Encoding{Name: name, How: "statistics", Percent: 90})
	}
	if utf8.Valid(b) {
		return string(b), Encoding{Name: "utf-8", How: "valid"}, nil, nil
	}
	if good, bad := utf8Sequences(b); good > 4*bad {
		return transcode(b, encoding.Nop, Encoding{Name: "utf-8", How: "statistics", Percent: 100 * good / (good + bad)})
	}
	if enc, err := htmlindex.Get(stated); err == nil && stated != "" {
		if name, err := htmlindex.Name(enc); err == nil && name != "utf-8" && !strings.HasPrefix(name, "utf-16") {
			return transcode(b, enc, Encoding{Name: name, How: "stated"})
		}
	}
	return guess(b)
}

// transcode decodes b; what the encoding does not have becomes U+FFFD and a warning.
func transcode(b []byte, enc encoding.Encoding, e Encoding) (string, Encoding, []Warning, error) {
	text := string(b)
	if enc != encoding.Nop {
		out, err := enc.NewDecoder().Bytes(b)
		if err != nil {
			return "", e, nil, fmt.Errorf("%w: decode %s: %w", ErrBroken, e.Name, err)
		}
		text = string(out)
	}
	text = strings.ToValidUTF8(text, "\uFFFD")
	if len(text) > 2*maxBytes {
		return "", e, nil, fmt.Errorf("%w: %d bytes as UTF-8", ErrTooLarge, len(text))
	}
	var warnings []Warning
	if !e.Certain() {
		warnings = append(warnings, Warning{Code: "encoding-guess",
			Message: fmt.Sprintf("the character encoding is a guess: %s, %d %% sure, by %s", e.Name, e.Percent, e.How)})
	}
	if n := strings.Count(text, "\uFFFD"); n > 0 {
		i := strings.Index(text, "\uFFFD")
		warnings = append(warnings, Warning{Code: "undecodable", Start: i, End: i + len("\uFFFD"),
			Message: fmt.Sprintf("%d places could not be decoded as %s and show as \uFFFD", n, e.Name)})
	}
	return text, e, warnings, nil
}

// wide recognises UTF-16 by its zero bytes, which in European text fill one half of the bytes. It takes
// them only if nearly all units are printable, for a picture has zero bytes as well.
func wide(head []byte) string {
	if bytes.HasPrefix(head, []byte("\xff\xfe")) {
		return "utf-16le"
	}
	if bytes.HasPrefix(head, []byte("\xfe\xff")) {
		return "utf-16be"
	}
	if len(head) < 8 {
		return ""
	}
	var zero [2]int
	for i, c := range head[:len(head)&^1] {
		if c == 0 {
			zero[i&1]++
		}
	}
	half := len(head) / 2
	switch {
	case zero[1]*10 > half*7 && zero[0] == 0 && plainHalf(head, 0):
		return "utf-16le"
	case zero[0]*10 > half*7 && zero[1] == 0 && plainHalf(head, 1):
		return "utf-16be"
	}
	return ""
}

// plainHalf reports whether every second byte, from the given one on, is no control byte.
func plainHalf(head []byte, from int) bool {
	for i := from; i < len(head)&^1; i += 2 {
		if c := head[i]; c < ' ' && c != '\t' && c != '\n' && c != '\r' && head[i^1] == 0 {
			return false
		}
	}
	return true
}

// utf8Sequences counts the well-formed multi-byte sequences in b and the bytes that belong to none.
func utf8Sequences(b []byte) (good, bad int) {
	for len(b) > 0 {
		if b[0] < utf8.RuneSelf {
			b = b[1:]
			continue
		}
		_, n := utf8.DecodeRune(b)
		if n == 1 {
			bad++
		} else {
			good++
		}
		b = b[n:]
	}
	return good, bad
}

// western are the letters and marks above ASCII that German and English texts use, borrowed names included.
const western = "äöüÄÖÜßéèêëçñáàâíïóôøåæúÉÈÇ„“”‚‘’–—…€§«»°´·•\u00a0¹²³½£"

// guess tries windows-1252 first: where a text is mostly ASCII and its other bytes are
// letters that German and English use, statistics can only do worse.
func guess(b []byte) (string, Encoding, []Warning, error) {
	sample := b[:min(len(b), 256<<10)]
	high, known, letters := 0, 0, 0
	for _, c := range sample {
		switch {
		case c >= 0x80:
			high++
			if strings.ContainsRune(western, charmap.Windows1252.DecodeByte(c)) {
				known++
			}
		case c|0x20 >= 'a' && c|0x20 <= 'z':
			letters++
		}
	}
	if high*3 < letters && known*100 >= high*95 {
		return transcode(b, charmap.Windows1252, Encoding{Name: "windows-1252", How: "letters", Percent: 99 * known / high})
	}
	if name, percent := statistics(sample); percent >= 30 {
		if enc, err := htmlindex.Get(name); err == nil {
			name, _ = htmlindex.Name(enc)
			return transcode(b, enc, Encoding{Name: name, How: "statistics", Percent: percent})
		}
	}
	if high*2 > len(sample) {
		return "", Encoding{}, nil, fmt.Errorf("%w: no character encoding fits the bytes; save the text as UTF-8", ErrBinary)
	}
	return transcode(b, charmap.Windows1252, Encoding{Name: "windows-1252", How: "last resort", Percent: 10})
}

// statistics asks chardet. It runs its recognisers in parallel and does not order equals: we do.
func statistics(sample []byte) (name string, percent int) {
	all, err := chardet.NewTextDetector().DetectAll(sample)
	if err != nil {
		return "", 0
	}
	best := slices.MinFunc(all, func(a, b chardet.Result) int {
		if a.Confidence != b.Confidence {
			return b.Confidence - a.Confidence
		}
		return strings.Compare(a.Charset, b.Charset)
	})
	return strings.TrimSuffix(best.Charset, "-I"), best.Confidence
}
