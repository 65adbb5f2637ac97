package casework

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"golang.org/x/text/language"
	"golang.org/x/text/message"
	"golang.org/x/text/number"

	"beleg/claim/figure"
	"beleg/edtf"
	"beleg/internal/casefile"
	"beleg/internal/words"
)

// StepWords says a step of a chain of evidence to people.
func StepWords(w words.Words, s casefile.Step) string {
	who := s.Of
	if who == "" {
		who = w.Say("claim.author")
	}
	key := "chain." + string(s.Says)
	switch s.Says {
	case casefile.ClaimedFor:
		return w.Say(key, DateWords(w, s.Of), s.With)
	case casefile.ShownAt:
		return w.Say(key, Stretch(w, s.From, s.To))
	case casefile.PublicSince:
		return w.Say(key, DateWords(w, s.Of), w.Maybe("how.", s.With))
	case casefile.EarlierItem:
		return w.Say(key)
	case casefile.ClaimedPlace, casefile.NamedPlace:
		return w.Say(key, s.Of)
	case casefile.GivesFigure:
		if s.Figure != nil {
			return w.Say(key, who, FigureWords(w, *s.Figure), s.With)
		}
	case casefile.Because:
		return w.Say("figures.because", ReasonWords(w, figure.Reason(s.With)))
	}
	return w.Say(key, who, s.With)
}

// DateWords says an EDTF date to people, to the day.
func DateWords(w words.Words, date string) string {
	if date == "" {
		return w.Say("since.unknown")
	}
	if len(date) > len(time.DateOnly) && date[len(time.DateOnly)] == 'T' {
		date = date[:len(time.DateOnly)]
	}
	d, err := edtf.Parse(date)
	if err != nil {
		return date
	}
	return d.Human(string(w.Lang()))
}

// Stretch says from when to when, or that it is a photo; times are milliseconds.
func Stretch(w words.Words, from, to int64) string {
	if from == to {
		return w.Say("check.still")
	}
	return Clock(from) + "–" + Clock(to)
}

// Clock is a time in a video, given in milliseconds: 1:02:03.4.
func Clock(ms int64) string {
	t := (ms + 50) / 100
	h, m, s := t/36000, t/600%60, t%600
	if h > 0 {
		return fmt.Sprintf("%d:%02d:%02d.%d", h, m, s/10, s%10)
	}
	return fmt.Sprintf("%d:%02d.%d", m, s/10, s%10)
}

// FigureWords says a figure to people: "more than 300 people, killed, civilian".
func FigureWords(w words.Words, f casefile.Figure) string {
	n := Number(w, f.Value)
	if f.Max > 0 {
		n = w.Say("figure.to", n, Number(w, f.Max))
	}
	n = w.Say("figure.cmp."+f.Cmp, n)
	if f.Whole > 0 {
		n = w.Say("figure.ofwhole", n, Number(w, f.Whole))
	}
	thing, status := thingWords(w, f)
	parts := []string{n + " " + thing}
	for _, x := range []struct{ prefix, key string }{{"figure.event.", f.Event}, {"figure.status.", status}} {
		if x.key != "" {
			parts = append(parts, w.Maybe(x.prefix, x.key))
		}
	}
	if f.Part {
		parts = append(parts, w.Say("figure.part"))
	}
	return strings.Join(parts, ", ")
}

// thingWords says what a figure counts in the language of w, where it has words for that, else as the text does; and the
// status that this leaves to say.
func thingWords(w words.Words, f casefile.Figure) (thing, status string) {
	group := f.Quantity().Group()
	if f.Unit == "persons" && group == "" && f.Status == "civilian" {
		return w.Say("figure.unit.civilians"), ""
	}
	if group == "soldiers" || group == "fighters" {
		status = ""
	} else {
		status = f.Status
	}
	key := cmp.Or(group, f.Unit)
	if f.Of != "" && strings.ToLower(f.Of) == key { // in no list, or in the words of the list
		return w.Maybe("figure.unit.", f.Of), status
	}
	if said := w.Maybe("figure.unit.", key); said != key || w.Lang() == words.English {
		return said, status
	}
	return cmp.Or(f.Of, f.Unit), status
}

// Number writes a number as people of the language do.
func Number(w words.Words, v float64) string {
	lang := language.English
	if w.Lang() == words.German {
		lang = language.German
	}
	return message.NewPrinter(lang).Sprint(number.Decimal(v, number.MaxFractionDigits(3)))
}

// ReasonWords says why figures stand to one another as they do, as the rest of a sentence.
func ReasonWords(w words.Words, r figure.Reason) string { return w.Maybe("figures.why.", string(r)) }

// A PairLine says how pairs of figures stand to one another.
type PairLine struct {
	Is    figure.Relation
	Words string
}

// pairsNamed is how many pairs a line names; of a hundred figures there are thousands.
const pairsNamed = 12

// PairLines says how the rows of a comparison, counted from 1, stand to one another, what excludes each other first. Pairs that
// stand alike share a line.
func PairLines(w words.Words, c casefile.Comparison) (out []PairLine) {
	for _, is := range []figure.Relation{figure.Apart, figure.PartOf, figure.Agree, figure.Unresolved, figure.Other} {
		var reasons []figure.Reason
		pairs := map[figure.Reason][]string{}
		for _, p := range c.Pairs {
			if p.Is != is {
				continue
			}
			if pairs[p.Why] == nil {
				reasons = append(reasons, p.Why)
			}
			pairs[p.Why] = append(pairs[p.Why], w.Say("figures.pair", p.A+1, p.B+1))
		}
		for _, why := range reasons {
			all := pairs[why]
			named := strings.Join(all[:min(len(all), pairsNamed)], "; ")
			if more := len(all) - pairsNamed; more > 0 {
				named = w.Say("figures.more", named, more)
			}
			out = append(out, PairLine{is, pairWords(w, is, why, named)})
		}
	}
	if c.Left > 0 {
		out = append(out, PairLine{figure.Other, w.Say("figures.left", c.Left)})
	}
	return out
}

func pairWords(w words.Words, is figure.Relation, why figure.Reason, pairs string) string {
	key := "figures.pair." + string(is)
	if is != figure.Agree && is != figure.Apart {
		return w.Say(key, pairs, ReasonWords(w, why))
	}
	said := w.Say(key, pairs)
	if why != "" {
		said += ": " + ReasonWords(w, why)
	}
	return said
}

// ComparisonWords names what a comparison is of: "people (killed)".
func ComparisonWords(w words.Words, c casefile.Comparison) string {
	unit := w.Maybe("figure.unit.", c.Unit)
	if c.Event == "" {
		return unit
	}
	return w.Say("figures.of", unit, w.Maybe("figure.event.", c.Event))
}
