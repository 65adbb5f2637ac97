package desk

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"beleg/internal/words"
)

func TestDrawTimeline(t *testing.T) {
	many := func(n int) (list []Event) {
		for i := range n {
			list = append(list, Event{Clock: Happened, Date: "2016-10-05", Words: fmt.Sprintf("claim %d", i)})
		}
		return list
	}
	for _, c := range []struct {
		name          string
		events        []Event
		marks, listed int
	}{
		{"days, months, open ends", []Event{{Happened, "2016-10-05", "order", "", false}, {Published, "2016-10-06", "article", "", false}, {Seen, "2014-05", "clip", "", true}, {Seen, "2013~", "ships", "", false}, {Seen, "2012/..", "since", "", false}}, 5, 5},
		{"no dates", []Event{{Happened, "", "x", "", false}, {Happened, "soon", "y", "", false}}, 0, 0},
		{"one instant", []Event{{Seen, "2016-10-06T18:00:00Z", "own log", "", false}}, 1, 1},
		{"centuries", []Event{{Happened, "1300", "a", "", false}, {Happened, "2016", "b", "", false}}, 2, 2},
		{"the same twice", []Event{{Happened, "2016", "a", "", false}, {Happened, "2016", "a", "", false}}, 1, 1},
		{"four on a day stand alone", many(4), 4, 4},
		{"of many on a day three stand alone", many(30), 4, 30},
	} {
		d := drawTimeline(words.In(words.English), c.events)
		if c.marks == 0 {
			if d != nil {
				t.Errorf("%s: drew %s", c.name, d.Drawing)
			}
			continue
		}
		s := string(d.Drawing)
		if n := wellFormed(t, s); n["title"] != c.marks || strings.Count(s, "data-when=") != c.marks {
			t.Errorf("%s: %d marks, want %d", c.name, n["title"], c.marks)
		}
		if len(d.Events) != c.listed {
			t.Errorf("%s: %d events in the list, want %d", c.name, len(d.Events), c.listed)
		}
	}
}

// Dates are in words, and no label lies over another.
func TestTimelineLabels(t *testing.T) {
	var list []Event
	for i := range 40 {
		list = append(list, Event{Published, fmt.Sprintf("2016-10-%02d", i%28+1), fmt.Sprintf("an article with a long name, number %d", i), "", false})
	}
	list = append(list, Event{Seen, "2013~", "ships", "", false})
	w := words.In(words.German)
	if s := string(drawTimeline(w, list).Drawing); !strings.Contains(s, "um 2013: ships") || strings.Contains(s, "2013~: ") {
		t.Errorf("an approximate date is not in words: %s", s)
	}
	bars := barsOf(list)
	d := drawTimeline(w, list)
	settle(bars, func(at time.Time) float64 { return d.Left + float64(dayOf(at)-d.From)/float64(d.To-d.From)*d.Width })
	for i, a := range bars {
		for _, b := range bars[:i] {
			if a.Clock == b.Clock && a.lane == b.lane && a.label != "" && b.label != "" {
				ax0, ax1 := a.room()
				if bx0, bx1 := b.room(); ax0 < bx1 && bx0 < ax1 {
					t.Errorf("%q lies over %q", a.label, b.label)
				}
			}
		}
	}
}

func TestWhen(t *testing.T) {
	for date, want := range map[string]string{"": "", "soon": "", "1970-01-02": "1:1", "1970": "0:364", "1970-01-02/..": "1:", "../1970-01-02": ":1", "1970-01-02T10:00:00Z": "1:1"} {
		if got := when(date); got != want {
			t.Errorf("when(%q) = %q, want %q", date, got, want)
		}
	}
}
