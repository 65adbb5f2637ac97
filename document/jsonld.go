package document

import (
	"encoding/json"
	"errors"
	"io"
	"strings"
)

// lenientJSON reads the values of a script as pages have them: JSON in a comment or CDATA, with comments, raw line breaks in
// strings, commas before a bracket, a semicolon at the end, several values in a row. With an error it returns those before it.
func lenientJSON(s string) (values []any, err error) {
	d := json.NewDecoder(strings.NewReader(tidyJSON(s)))
	for range maxMarks {
		var v any
		if err := d.Decode(&v); errors.Is(err, io.EOF) {
			return values, nil
		} else if err != nil {
			return values, err
		}
		values = append(values, v)
	}
	return values, nil
}

// tidyJSON takes out of s what is no JSON, and escapes what strings may not hold. What is JSON stays as it is.
func tidyJSON(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	inString, comma := false, false // comma: one that waits for what follows it
	skip := func(i int, from, to string) (int, bool) {
		if !strings.HasPrefix(s[i:], from) {
			return i, false
		}
		if end := strings.Index(s[i+len(from):], to); end >= 0 {
			return i + len(from) + end + len(to), true
		}
		return len(s), true
	}
scan:
	for i := 0; i < len(s); {
		c := s[i]
		if inString {
			switch {
			case c == '\\' && i+1 < len(s):
				if !strings.ContainsRune(`"\/bfnrtu`, rune(s[i+1])) {
					b.WriteByte('\\') // a lone backslash
				} else {
					b.WriteByte(c)
					i++
					c = s[i]
				}
				b.WriteByte(c)
			case c == '"':
				inString = false
				b.WriteByte(c)
			case c < ' ':
				b.WriteByte(' ')
			default:
				b.WriteByte(c)
			}
			i++
			continue
		}
		for _, mark := range []string{"//<![CDATA[", "//]]>", "//<!--", "//-->", "<!--", "-->", "<![CDATA[", "]]>", "\ufeff"} {
			if strings.HasPrefix(s[i:], mark) {
				i += len(mark)
				continue scan
			}
		}
		if j, ok := skip(i, "/*", "*/"); ok {
			i = j
			continue
		}
		if j, ok := skip(i, "//", "\n"); ok {
			i = j
			continue
		}
		switch {
		case c == ';' || c == ' ' || c == '\t' || c == '\n' || c == '\r':
			if b.Len() > 0 && c != ';' {
				b.WriteByte(' ')
			}
		case c == ',':
			comma = true
		default:
			if comma && c != '}' && c != ']' {
				b.WriteByte(',')
			}
			comma = false
			inString = c == '"'
			b.WriteByte(c)
		}
		i++
	}
	return b.String()
}
