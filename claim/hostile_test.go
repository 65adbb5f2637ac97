package claim

import (
	"strings"
	"testing"
)

// TestReadHostile reads texts made of cues, marks and brackets that never end; each is one long
// sentence in the making. They are short enough that a quadratic reader would still pass, and long
// enough that it would be seen in the time the test takes.
func TestReadHostile(t *testing.T) {
	for _, piece := range []string{"sagte er, ", "laut X, ", "so Y, ", "„", "(", "wie A sagte, ", "dass, ", "der die das ", "nach Angaben von ", "said he, ", "that ", "bestritt das, ", "A. ", "1.1.", "a.B.", "U.S."} {
		doc := Document{ID: "h", Text: strings.Repeat(piece, 40_000), Published: published}
		for _, lang := range []string{"de", "en"} {
			doc.Lang = lang
			check(t, doc, Read(doc))
		}
	}
}
