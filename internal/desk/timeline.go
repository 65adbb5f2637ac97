package desk

import (
	"cmp"
	"fmt"
	"html/template"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"beleg/edtf"
	"beleg/internal/words"
)

// A Clock says which of the three clocks an event is on.
type Clock int

// The clocks of a timeline, top row first.
const (
	Happened  Clock = iota // when it is said to have happened
	Published              // when it was published
	Seen                   // since when it is known to have existed
)

var clockKeys = [3]string{"clock.happened", "clock.published", "clock.seen"}

// An Event is one mark on a timeline.
type Event struct {
	Clock Clock
	Date  string // EDTF; an event whose date cannot be read is left out
	Words string
	Href  string // where it is shown
	Open  bool   // a suggestion: hollow
}

// Row is the key of the name of its clock.
func (e Event) Row() string { return clockKeys[e.Clock] }

// A bar is an event with where it lies.
type bar struct {
	Event
	from, to time.Time
	soft     bool
	label    string
	lane     int     // below the name of its clock, from 0
	x0, x1   float64 // of the mark
	end      bool    // the label stands before the mark
}

const (
	lineWidth  = 1100.0 // of the timeline, in its own units
	laneHeight = 21.0
	lanesMost  = 6
	nameHeight = 20.0 // of the name of a clock above its lanes
	letter     = 6.3  // about the width of a letter of 12 units
	sameMost   = 3    // events of one date on one clock that stand alone when there are more
	labelMost  = 34   // letters
)

// A timeline is what happened, was published and is proven to have existed, over the days it is drawn for.
type timeline struct {
	Drawing template.HTML
	Events  []Event // that are drawn, by date
	From    int64   // first day that is drawn, since 1 January 1970
	To      int64   // last day
	Left    float64 // where the first day lies, in units of the drawing
	Width   float64 // from there to the last day
}

// drawTimeline draws events on three clocks. A date of more than a day is a bar; a part of an unsure or approximate date
// fades. Marks are labelled as far as there is room; the list of events names all. It returns nil when no event has a date.
func drawTimeline(w words.Words, events []Event) *timeline {
	bars := barsOf(events)
	if len(bars) == 0 {
		return nil
	}
	lo := slices.MinFunc(bars, func(a, b bar) int { return a.from.Compare(b.from) }).from
	hi := slices.MaxFunc(bars, func(a, b bar) int { return a.to.Compare(b.to) }).to
	pad := max(hi.Sub(lo)/30, 24*time.Hour)
	lo, hi = lo.Add(-pad), hi.Add(pad)
	const left = 8.0
	t := timeline{From: dayOf(lo), To: dayOf(hi), Left: left, Width: lineWidth - 2*left}
	x := func(at time.Time) float64 { return left + float64(at.Sub(lo))/float64(hi.Sub(lo))*t.Width }
	for _, b := range bars {
		t.Events = append(t.Events, b.Event)
	}
	bars = together(w, bars)
	lanes := settle(bars, x)
	var tops [3]float64
	y := 0.0
	for c := range tops {
		tops[c] = y
		y += nameHeight + float64(lanes[c])*laneHeight + 4
	}
	var s svg
	for _, tick := range ticks(w, lo, hi) {
		s.line("grid", x(tick.at), 0, x(tick.at), y)
		s.text("tick", x(tick.at)+3, y+13, tick.words)
	}
	for c, key := range clockKeys {
		s.line("grid", 0, tops[c], lineWidth, tops[c])
		s.text("name", 4, tops[c]+14, w.Say(key))
	}
	for _, b := range bars {
		s.event(w, b, tops[b.Clock]+nameHeight+float64(b.lane)*laneHeight)
	}
	t.Drawing = s.wrap("timeline", w.Say("case.timeline"), lineWidth, y+18)
	return &t
}

// barsOf reads the dates, earliest first. The same thing on the same clock at the same time stands once.
func barsOf(events []Event) (bars []bar) {
	seen := map[string]bool{}
	for _, e := range events {
		d, err := edtf.Parse(e.Date)
		key := fmt.Sprint(e.Clock, e.Date, e.Words)
		if err != nil || e.Date == "" || seen[key] {
			continue
		}
		seen[key] = true
		from, to, openStart, openEnd := d.Interval()
		if openStart && openEnd {
			continue
		}
		b := bar{Event: e, from: from, to: to, soft: strings.ContainsAny(e.Date, "~?%X") || openStart || openEnd, label: shorten(e.Words, labelMost)}
		if openStart {
			b.from = to.AddDate(-1, 0, 0)
		}
		if openEnd {
			b.to = from.AddDate(1, 0, 0)
		}
		bars = append(bars, b)
	}
	slices.SortStableFunc(bars, func(a, b bar) int { return cmp.Or(a.from.Compare(b.from), cmp.Compare(a.Clock, b.Clock)) })
	return bars
}

// together puts events of one date on one clock into one mark where they are many.
func together(w words.Words, bars []bar) (out []bar) {
	count, rest := map[string]int{}, map[string]int{}
	for _, b := range bars {
		count[fmt.Sprint(b.Clock, b.Date)]++
	}
	met := map[string]int{}
	for _, b := range bars {
		key := fmt.Sprint(b.Clock, b.Date)
		met[key]++
		switch n := count[key]; {
		case n <= sameMost+1 || met[key] <= sameMost:
			out = append(out, b)
		case met[key] == sameMost+1:
			rest[key] = len(out)
			b.label = w.Say("timeline.more", n-sameMost)
			out = append(out, b)
		default:
			out[rest[key]].Words += "\n" + b.Words
		}
	}
	return out
}

// settle finds a lane for each bar and its label, and returns how many lanes each clock has. What finds no room with its
// label loses the label; its mark stands in the last lane.
func settle(bars []bar, x func(time.Time) float64) (lanes [3]int) {
	var taken [3][lanesMost][][2]float64
	free := func(c Clock, lane int, x0, x1 float64) bool {
		return !slices.ContainsFunc(taken[c][lane], func(t [2]float64) bool { return x0 < t[1] && t[0] < x1 })
	}
	for i := range bars {
		b := &bars[i]
		b.x0, b.x1 = x(b.from), x(b.to)
		if b.x1-b.x0 < 10 {
			m := (b.x0 + b.x1) / 2
			b.x0, b.x1 = m-5, m+5
		}
		x0, x1 := b.room()
		if long := x1 - b.x1; x1 > lineWidth && b.x0-long > 0 {
			b.end = true
			x0, x1 = b.room()
		}
		b.lane = 0
		for b.lane < lanesMost && !free(b.Clock, b.lane, x0, x1) {
			b.lane++
		}
		if b.lane == lanesMost {
			b.lane, b.label = lanesMost-1, ""
			x0, x1 = b.x0, b.x1
		}
		taken[b.Clock][b.lane] = append(taken[b.Clock][b.lane], [2]float64{x0, x1})
		lanes[b.Clock] = max(lanes[b.Clock], b.lane+1)
	}
	return lanes
}

// room is from where to where a bar with its label stands.
func (b bar) room() (x0, x1 float64) {
	if b.label == "" {
		return b.x0, b.x1
	}
	long := float64(utf8.RuneCountInString(b.label))*letter + 8
	if b.end {
		return b.x0 - long, b.x1
	}
	return b.x0, b.x1 + long
}

// event draws one mark with its label. y is the top of its lane.
func (s *svg) event(w words.Words, b bar, y float64) {
	class := "mark"
	if b.Open {
		class += " hollow"
	}
	if b.soft {
		class += " soft"
	}
	fmt.Fprintf(s, `<g class="event" data-when="%s">`, when(b.Date))
	title := dateWords(w, b.Date) + ": " + b.Words
	if b.x1-b.x0 <= 10 {
		s.circle(class, (b.x0+b.x1)/2, y+9, 5, title)
	} else {
		s.rect(class, b.x0, y+4, b.x1-b.x0, 10, title)
	}
	switch {
	case b.label == "":
	case b.end:
		s.text("label end", b.x0-5, y+13, b.label)
	default:
		s.text("label", b.x1+5, y+13, b.label)
	}
	s.WriteString("</g>")
}

func dayOf(t time.Time) int64 { return t.Unix() / 86400 }

// when is the days between which a date lies, since 1 January 1970, as "from:to" for the brush of the timeline; "" when it
// cannot be read. An open end is left out: "16000:".
func when(date string) string {
	d, err := edtf.Parse(date)
	if err != nil || date == "" {
		return ""
	}
	from, to, openStart, openEnd := d.Interval()
	a, b := fmt.Sprint(dayOf(from)), fmt.Sprint(dayOf(to.Add(-time.Nanosecond)))
	if openStart {
		a = ""
	}
	if openEnd {
		b = ""
	}
	return a + ":" + b
}

type tick struct {
	at    time.Time
	words string
}

// ticks are at most about ten round dates between lo and hi.
func ticks(w words.Words, lo, hi time.Time) []tick {
	day := "2 Jan"
	if w.Lang() == words.German {
		day = "2. 1."
	}
	steps := []struct {
		y, m, d int
		layout  string
	}{{0, 0, 1, day}, {0, 0, 7, day}, {0, 1, 0, "2006-01"}, {0, 3, 0, "2006-01"}, {1, 0, 0, "2006"}, {2, 0, 0, "2006"}, {5, 0, 0, "2006"}, {10, 0, 0, "2006"}, {50, 0, 0, "2006"}, {200, 0, 0, "2006"}}
	for _, s := range steps {
		at := time.Date(lo.Year(), 1, 1, 0, 0, 0, 0, time.UTC)
		if s.d > 0 {
			at = lo.Truncate(24 * time.Hour)
		} else if s.y > 0 {
			at = time.Date(lo.Year()/s.y*s.y, 1, 1, 0, 0, 0, 0, time.UTC)
		}
		var out []tick
		for ; at.Before(hi) && len(out) <= 10; at = at.AddDate(s.y, s.m, s.d) {
			if at.After(lo) {
				text := at.Format(s.layout)
				if s.layout == "2006-01" {
					text = dateWords(w, text)
				}
				out = append(out, tick{at, text})
			}
		}
		if len(out) <= 10 {
			return out
		}
	}
	return nil
}
