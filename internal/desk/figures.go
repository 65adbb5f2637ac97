package desk

import (
	"html/template"

	"beleg/internal/casefile"
	"beleg/internal/words"
)

// A figureStrip compares what sources say about one number.
type figureStrip struct {
	casefile.Comparison
	Drawing template.HTML `json:"-"`
}

// figureStrips draws the comparisons of two figures and more.
func figureStrips(w words.Words, list []casefile.Comparison) (out []figureStrip) {
	for _, c := range list {
		if len(c.Rows) > 1 {
			name := w.Say("figures.of", w.Maybe("figures.thing.", c.Of), w.Maybe("figures.kind.", c.Kind))
			out = append(out, figureStrip{c, drawRanges(c, name)})
		}
	}
	return out
}
