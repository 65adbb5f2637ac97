package desk

import (
	"encoding/xml"
	"io"
	"strings"
	"testing"
)

// wellFormed reads the drawing as XML and counts its elements.
func wellFormed(t *testing.T, s string) map[string]int {
	t.Helper()
	n := map[string]int{}
	d := xml.NewDecoder(strings.NewReader(s))
	for {
		tok, err := d.Token()
		if err == io.EOF {
			return n
		}
		if err != nil {
			t.Fatalf("%v in %s", err, s)
		}
		if e, ok := tok.(xml.StartElement); ok {
			n[e.Name.Local]++
		}
	}
}
