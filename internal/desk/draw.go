package desk

import (
	"fmt"
	"html/template"
	"math"
	"strconv"
	"strings"
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
