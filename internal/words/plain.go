package words

import (
	"fmt"
	"regexp"
)

// packages begins what a package of ours says of itself: "custody: digest mismatch".
var packages = regexp.MustCompile(`(^|: |\n *|\()(?:accounts|beleg|casefile|casework|claim|custody|desk|document|edtf|fingerprint|index|intake|luma|match|reader|ssrf|store|video|words): `)

// Plain leaves out of an error the names of packages, which mean nothing to whoever reads it.
func Plain(s string) string {
	for { // a name may stand right behind another
		shorter := packages.ReplaceAllString(s, "$1")
		if shorter == s {
			return s
		}
		s = shorter
	}
}

// Field says what is wrong with a field of what was sent: the text for this detail of this field, else the name of the field with the
// text for this detail. A detail without a text, of whoever forgot it, is said as it is.
func (w Words) Field(field, format string, args ...any) string {
	if text, ok := w.find("field." + field + "." + format); ok {
		return w.Printf(text, args...)
	}
	label := w.Maybe("label.field.", field)
	if text, ok := w.find("detail." + format); ok {
		return label + ": " + w.Printf(text, args...)
	}
	return label + ": " + fmt.Sprintf(format, args...)
}
