package desk

import (
	"fmt"
	"html/template"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"beleg/edtf"
)

// An svg builds a drawing. Text is escaped; numbers are printed to a tenth.
type svg struct{ strings.Builder }

func num(v float64) string { return strconv.FormatFloat(math.Round(v*10)/10, 'f', -1, 64) }

func (s *svg) line(class string, x1, y1, x2, y2 float64) {
	fmt.Fprintf(s, `<line class="%s" x1="%s" y1="%s" x2="%s" y2="%s"/>`, class, num(x1), num(y1), num(x2), num(y2))
}

func (s *svg) rect(class string, x, y, w, h float64, title string) {
	fmt.Fprintf(s, `<rect class="%s" x="%s" y="%s" width="%s" height="%s"><title>%s</title></rect>`,
		class, num(x), num(y), num(max(w, 1)), num(h), template.HTMLEscapeString(title))
}

func (s *svg) circle(class string, x, y, r float64, title string) {
	fmt.Fprintf(s, `<circle class="%s" cx="%s" cy="%s" r="%s"><title>%s</title></circle>`, class, num(x), num(y), num(r), template.HTMLEscapeString(title))
}

func (s *svg) text(class string, x, y float64, words string) {
	fmt.Fprintf(s, `<text class="%s" x="%s" y="%s">%s</text>`, class, num(x), num(y), template.HTMLEscapeString(words))
}

// wrap closes the drawing: width and height in its own units, name for those who do not see it.
func (s *svg) wrap(class, name string, w, h float64) template.HTML {
	return template.HTML(fmt.Sprintf(`<svg class="%s" role="img" aria-label="%s" viewBox="0 0 %s %s" xmlns="http://www.w3.org/2000/svg">%s</svg>`,
		class, template.HTMLEscapeString(name), num(w), num(h), s.String()))
}

const (
	drawWidth = 720.0 // of every strip, in its own units
	nameWidth = 220.0 // left of a strip, for names
)

func shorten(s string, runes int) string {
	r := []rune(s)
	if len(r) <= runes {
		return s
	}
	return string(r[:runes-1]) + "…"
}

// A Clock says which of the three clocks an event is on.
type Clock int

// The clocks of a timeline, top row first.
const (
	Happened  Clock = iota // when it is said to have happened
	Published              // when it was published
	Seen                   // since when it is known to have existed
)

// An Event is one mark on a timeline.
type Event struct {
	Clock Clock
	Date  string // EDTF; an event whose date cannot be read is left out
	Words string
	Open  bool // a suggestion: hollow
}

// drawTimeline draws events on three clocks. A date of more than a day is a bar; a part of an unsure
// or approximate date fades. It returns "" when no event has a date.
func drawTimeline(events []Event, rows [3]string, name string) template.HTML {
	type bar struct {
		Event
		from, to time.Time
		soft     bool
	}
	var bars []bar
	for _, e := range events {
		d, err := edtf.Parse(e.Date)
		if err != nil || e.Date == "" {
			continue
		}
		from, to, openStart, openEnd := d.Interval()
		if openStart && openEnd {
			continue
		}
		b := bar{e, from, to, strings.ContainsAny(e.Date, "~?%X") || openStart || openEnd}
		if openStart {
			b.from = to.AddDate(-1, 0, 0)
		}
		if openEnd {
			b.to = from.AddDate(1, 0, 0)
		}
		bars = append(bars, b)
	}
	if len(bars) == 0 {
		return ""
	}
	lo := slices.MinFunc(bars, func(a, b bar) int { return a.from.Compare(b.from) }).from
	hi := slices.MaxFunc(bars, func(a, b bar) int { return a.to.Compare(b.to) }).to
	pad := max(hi.Sub(lo)/20, 24*time.Hour)
	lo, hi = lo.Add(-pad), hi.Add(pad)
	const left = 110.0
	x := func(t time.Time) float64 {
		return left + float64(t.Sub(lo))/float64(hi.Sub(lo))*(drawWidth-left)
	}
	var s svg
	const lane = 44.0
	for i, row := range rows {
		s.text("name", 0, float64(i)*lane+27, row)
		s.line("grid", left, float64(i)*lane+40, drawWidth, float64(i)*lane+40)
	}
	for _, t := range ticks(lo, hi) {
		s.line("grid", x(t.at), 0, x(t.at), 3*lane)
		s.text("tick", x(t.at)+2, 3*lane+14, t.words)
	}
	for _, b := range bars {
		class := "mark"
		if b.Open {
			class += " hollow"
		}
		if b.soft {
			class += " soft"
		}
		y, words := float64(b.Clock)*lane, b.Date+": "+b.Words
		if x(b.to)-x(b.from) < 8 {
			s.circle(class, (x(b.from)+x(b.to))/2, y+22, 6, words)
		} else {
			s.rect(class, x(b.from), y+15, x(b.to)-x(b.from), 14, words)
		}
	}
	return s.wrap("timeline", name, drawWidth, 3*lane+20)
}

type tick struct {
	at    time.Time
	words string
}

// ticks are at most about ten round dates between lo and hi.
func ticks(lo, hi time.Time) []tick {
	steps := []struct {
		y, m, d int
		layout  string
	}{{0, 0, 1, "2 Jan"}, {0, 0, 7, "2 Jan"}, {0, 1, 0, "Jan 2006"}, {0, 3, 0, "Jan 2006"}, {1, 0, 0, "2006"}, {2, 0, 0, "2006"}, {5, 0, 0, "2006"}, {10, 0, 0, "2006"}, {50, 0, 0, "2006"}, {200, 0, 0, "2006"}}
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
				out = append(out, tick{at, at.Format(s.layout)})
			}
		}
		if len(out) <= 10 {
			return out
		}
	}
	return nil
}
