package desk

import (
	"fmt"
	"html/template"
	"math"
	"strconv"
	"strings"

	"beleg/claim/figure"
	"beleg/internal/casefile"
	"beleg/internal/casework"
	"beleg/internal/words"
)

// A figureStrip compares what sources say about one number.
type figureStrip struct {
	casefile.Comparison
	Name    string              `json:"-"` // what the numbers are of, for people
	Drawing template.HTML       `json:"-"`
	Lines   []figureLine        `json:"-"` // the table beside the drawing
	Said    []casework.PairLine `json:"-"` // what the figures say of one another
}

// A figureLine is a row of the table of figures.
type figureLine struct {
	casefile.Row
	N     int    // from 1
	Words string // the figure
	How   string // how it is known: counted, denied …
}

// figureStrips draws comparisons and puts them into words.
func figureStrips(w words.Words, list []casefile.Comparison) (out []figureStrip) {
	for _, c := range list {
		f := figureStrip{Comparison: c, Name: casework.ComparisonWords(w, c)}
		for i, r := range c.Rows {
			l := figureLine{Row: r, N: i + 1, Words: casework.FigureWords(w, r.Figure), How: w.Maybe("figure.kind.", r.Figure.Kind)}
			if r.Unsaid != "" {
				l.How = w.Say("figure.unsaid." + string(r.Unsaid))
			}
			f.Lines = append(f.Lines, l)
		}
		f.Said = casework.PairLines(w, c)
		f.Drawing = drawRanges(w, f)
		out = append(out, f)
	}
	return out
}

const (
	barRow  = 46.0 // height of a row of a drawing of figures
	barHigh = 12.0
)

// drawRanges draws one comparison as bars, a row for each figure: from the lower to the upper bound, fading out where there
// is none, with what is said above it.
func drawRanges(w words.Words, f figureStrip) template.HTML {
	most := 0.0
	for _, r := range f.Rows {
		bounds := r.Figure.Quantity().Range()
		most = max(most, bounds.Lo)
		if !bounds.Endless {
			most = max(most, bounds.Hi)
		}
	}
	step := niceStep(most, f.counted())
	top := step * math.Ceil(max(most, step)/step)
	if most > top-step/2 {
		top += step // room for what has no end
	}
	x := func(v float64) float64 { return nameWidth + min(v, top)/top*(drawWidth-nameWidth-30) }
	high := float64(len(f.Rows)) * barRow
	var s svg
	s.WriteString(`<defs><linearGradient id="open"><stop offset="0" stop-color="currentColor"/><stop offset="1" stop-color="currentColor" stop-opacity="0"/></linearGradient></defs>`)
	for n := 0; float64(n)*step <= top; n++ {
		v := float64(n) * step
		s.line("grid", x(v), 0, x(v), high)
		s.text("tick", x(v)-4, high+14, casework.Number(w, v))
	}
	for i, l := range f.Lines {
		y := float64(i) * barRow
		who := l.Source
		if who == "" {
			who = w.Say("claim.author")
		}
		when := l.About
		if when != "" {
			when = dateWords(w, when)
		}
		under := strings.Join(nonEmpty(l.How, when), ", ")
		s.text("name", 0, y+20, shorten(strconv.Itoa(l.N)+" "+who, 30))
		s.text("tick", 0, y+36, shorten(under, 38))
		bounds := l.Figure.Quantity().Range()
		drawBar(&s, x, bounds, y+24, l.Unsaid != "", strings.Join(nonEmpty(who+": "+l.Words, under), ", "))
		label(&s, x(bounds.Lo), y+17, shorten(l.Words, 60))
	}
	return s.wrap("ranges", f.Name, drawWidth, high+20)
}

// drawBar draws a range; hollow is for a number that nobody vouches for.
func drawBar(s *svg, x func(float64) float64, r figure.Range, y float64, hollow bool, words string) {
	class := "range"
	if hollow {
		class += " hollow"
	}
	switch {
	case r.Endless:
		s.rect(class+" open", x(r.Lo), y, drawWidth-x(r.Lo), barHigh, words)
	case r.Lo == r.Hi:
		s.rect(class+" exact", x(r.Lo)-3, y, 6, barHigh, words)
	default:
		s.rect(class, x(r.Lo), y, x(r.Hi)-x(r.Lo), barHigh, words)
	}
}

// label writes words at x, or so that they end at the edge of the drawing.
func label(s *svg, x, y float64, words string) {
	const letter = 6.6 // about the width of a letter
	if long := float64(len([]rune(words))) * letter; x+long > drawWidth {
		x = max(nameWidth, drawWidth-long)
	}
	s.text("value", x, y, words)
}

// counted reports a comparison of what is counted one by one.
func (f figureStrip) counted() bool {
	return len(f.Rows) > 0 && f.Rows[0].Figure.Quantity().Counted()
}

// niceStep is a round distance between at most six ticks up to most; for counts it is a whole number.
func niceStep(most float64, counted bool) float64 {
	rough := most / 5
	if rough <= 0 {
		return 1
	}
	ten := math.Pow(10, math.Floor(math.Log10(rough)))
	step := 10 * ten
	for _, n := range []float64{1, 2, 5} {
		if n*ten >= rough {
			step = n * ten
			break
		}
	}
	if counted {
		step = max(step, 1)
	}
	return step
}

func nonEmpty(list ...string) (out []string) {
	for _, s := range list {
		if s != "" {
			out = append(out, s)
		}
	}
	return out
}

// A figureForm is what the form of figures offers to choose from.
type figureForm struct{ Cmps, Units, Events, Statuses, Kinds []string }

// theFigureForm is the form of figures. Its units are those that people count most; any other can be written.
var theFigureForm = figureForm{figure.Comparators, []string{"persons", "hospitals", "schools", "houses", "buildings", "villages", "vehicles", "tanks", "aircraft", "ships", "attacks", "bombs", "missiles", "bridges", "percent"},
	figure.Events, append([]string{"unknown"}, figure.Statuses...), figure.Kinds}

// claimHash is the part of an address that names a claim on the page of its text.
func claimHash(on casefile.Subject) string {
	_, n, ok := casework.ClaimItem(on)
	if !ok {
		return ""
	}
	return fmt.Sprintf("claim-%02d", n)
}
