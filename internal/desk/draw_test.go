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

func TestDrawTimeline(t *testing.T) {
	rows := [3]string{"happened", "published", "seen"}
	for name, c := range map[string]struct {
		events []Event
		marks  int
	}{
		"days, months, open ends": {[]Event{{Happened, "2016-10-05", "order", false}, {Published, "2016-10-06", "article", false}, {Seen, "2014-05", "clip", true}, {Seen, "2013~", "ships", false}, {Seen, "2012/..", "since", false}}, 5},
		"no dates":                {[]Event{{Happened, "", "x", false}, {Happened, "soon", "y", false}}, 0},
		"one instant":             {[]Event{{Seen, "2016-10-06T18:00:00Z", "own log", false}}, 1},
		"centuries":               {[]Event{{Happened, "1300", "a", false}, {Happened, "2016", "b", false}}, 2},
	} {
		s := string(drawTimeline(c.events, rows, "times"))
		if c.marks == 0 {
			if s != "" {
				t.Errorf("%s: drew %s", name, s)
			}
			continue
		}
		n := wellFormed(t, s)
		if n["title"] != c.marks {
			t.Errorf("%s: %d marks, want %d", name, n["title"], c.marks)
		}
	}
}
