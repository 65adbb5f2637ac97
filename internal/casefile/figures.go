package casefile

import (
	"cmp"
	"math"
	"slices"
	"time"

	"beleg/claim/figure"
	"beleg/edtf"
)

// A Figure is a quantity that a claim gives, as the text engine read it or as a person set it.
type Figure struct {
	Value   float64  `json:"value"`             // the number, or the lower end of a range
	Max     float64  `json:"max,omitempty"`     // the upper end of a range; 0: no range
	Cmp     string   `json:"cmp"`               // = > >= < <= ~
	Unit    string   `json:"unit"`              // English plural: persons, hospitals
	Of      string   `json:"of,omitempty"`      // the counted words, as the text has them
	Event   string   `json:"event,omitempty"`   // what happened to them: one of figure.Events
	Status  string   `json:"status,omitempty"`  // civilian, combatant; "" is unknown
	Kind    string   `json:"kind,omitempty"`    // counted, reported, estimated, extrapolated; "" is not told
	Whole   float64  `json:"whole,omitempty"`   // "two of the last three": 3
	Part    bool     `json:"part,omitempty"`    // told as part of another figure, or on top of one
	Earlier bool     `json:"earlier,omitempty"` // an earlier count of another: 40 of "rose from 40 to 52"
	About   string   `json:"about,omitempty"`   // EDTF, when it is not that of the claim
	Places  []string `json:"places,omitempty"`  // when they are not those of the claim
	Text    string   `json:"text,omitempty"`    // as it stands in the claim; "" when a person added it
	Span    *[2]int  `json:"span,omitempty"`    // bytes of the text; nil when a person added it

	Where []figure.Place `json:"-"` // Places, looked up
}

// Quantity is the figure as package figure takes it.
func (f Figure) Quantity() figure.Figure {
	return figure.Figure{Value: f.Value, Max: f.Max, Cmp: f.Cmp, Unit: f.Unit, Of: f.Of, Event: f.Event, Status: f.Status, Kind: f.Kind, Whole: f.Whole, Part: f.Part}
}

// given is a figure of c as its source gives it.
func (c Claim) given(f Figure) figure.Given {
	g := figure.Given{Figure: f.Quantity(), Source: c.Root, Text: c.Item, At: c.At, Places: c.Places, Period: PeriodOf(cmp.Or(f.About, c.About))}
	switch c.Kind {
	case "denial":
		g.Unsaid = figure.Denied
	case "order", "plan":
		g.Unsaid = figure.Planned
	}
	if f.Earlier {
		g.Unsaid = figure.Earlier
	}
	if f.Places != nil {
		g.Places = f.Where
	}
	return g
}

// PeriodOf is the days that an EDTF date means, at the widest; an end that is open or unknown is "".
func PeriodOf(date string) figure.Period {
	d, err := edtf.Parse(date)
	if date == "" || err != nil {
		return figure.Period{}
	}
	from, to, openFrom, openTo := d.Interval()
	p := figure.Period{From: from.Format(time.DateOnly), To: to.Add(-time.Nanosecond).Format(time.DateOnly)}
	if openFrom {
		p.From = ""
	}
	if openTo {
		p.To = ""
	}
	return p
}

func (f Figure) check() error {
	if f.Value < 0 || math.IsNaN(f.Value) || f.Value > 1e15 {
		return invalid("figures", "a number must be 0 or more")
	}
	if f.Max != 0 && f.Max <= f.Value {
		return invalid("figures", "the upper end of a range, %v, must be more than the lower, %v", f.Max, f.Value)
	}
	if f.Whole != 0 && f.Whole < max(f.Value, f.Max) {
		return invalid("figures", "the whole, %v, must not be less than its part", f.Whole)
	}
	if f.Unit == "" {
		return invalid("figures", "say what is counted, such as persons or hospitals")
	}
	for _, x := range []struct {
		name, val string
		of        []string
	}{{"comparator", f.Cmp, figure.Comparators}, {"event", f.Event, append([]string{""}, figure.Events...)}, {"status", f.Status, append([]string{"", "unknown"}, figure.Statuses...)}, {"kind", f.Kind, append([]string{""}, figure.Kinds...)}} {
		if !slices.Contains(x.of, x.val) {
			return invalid("figures", "%s %q is not one of %q", x.name, x.val, x.of)
		}
	}
	if f.About != "" {
		if _, err := edtf.Parse(f.About); err != nil {
			return invalid("figures", "the period of a figure must be a date such as 2014, 2014-05, 2014-05-03, 2014~ (about) or 2014/2016")
		}
	}
	for _, words := range append([]string{f.Unit, f.Of, f.Text}, f.Places...) {
		if len(words) > 200 {
			return invalid("figures", "words of a figure are at most 200 bytes long")
		}
	}
	return nil
}

// A Row is one source's figure for one thing.
type Row struct {
	Source string        `json:"source"` // as named; "" is the text itself
	Root   string        `json:"root"`   // whose report it is: rows of one root count as one source
	Claim  Subject       `json:"claim"`
	N      int           `json:"n"` // of the claim's figures, from 0
	Item   string        `json:"item"`
	About  string        `json:"about,omitempty"` // EDTF
	Places []string      `json:"places,omitempty"`
	Unsaid figure.Unsaid `json:"unsaid,omitempty"` // why nobody vouches for the number
	Figure Figure        `json:"figure"`
	given  figure.Given
}

// A Comparison puts the figures for one thing and event side by side, and never sums them.
type Comparison struct {
	Unit     string `json:"unit"`
	Event    string `json:"event,omitempty"`
	Rows     []Row  `json:"rows"`
	Pairs    []Pair `json:"pairs"`              // every two of the rows, as far as they are listed
	Left     int    `json:"left,omitempty"`     // pairs that are not listed
	Roots    int    `json:"roots"`              // independent sources
	Mixed    bool   `json:"mixed,omitempty"`    // counted or reported, and estimated
	Overlaps bool   `json:"overlaps,omitempty"` // periods and places of two overlap: adding them would count twice
}

// A Pair says how two rows of a comparison stand to one another.
type Pair struct {
	A   int             `json:"a"` // of the rows, from 0; the part, when one is a part
	B   int             `json:"b"`
	Is  figure.Relation `json:"is"`
	Why figure.Reason   `json:"why,omitempty"`
}

// maxPairs is how many pairs a comparison lists, beside those that exclude each other or lie in one another.
const maxPairs = 2000

// Is reports whether two of the rows stand to one another like that.
func (c Comparison) Is(r figure.Relation) bool {
	return slices.ContainsFunc(c.Pairs, func(p Pair) bool { return p.Is == r })
}

// Compare puts the figures of claims side by side that could be of the same: by unit and event. What is alone with its unit
// and event is left out; so are lengths of time. Comparisons with most rows come first.
func Compare(claims []Claim) []Comparison {
	var out []Comparison
	for _, c := range claims {
		for n, f := range c.Figures {
			if q := f.Quantity(); f.Unit == "" || q.Lasts() || f.Unit == "times" {
				continue
			}
			i := slices.IndexFunc(out, func(x Comparison) bool { return x.Unit == f.Unit && x.Event == f.Event })
			if i < 0 {
				out = append(out, Comparison{Unit: f.Unit, Event: f.Event})
				i = len(out) - 1
			}
			row := Row{Source: c.Source, Root: c.Root, Claim: c.On, N: n, Item: c.Item, About: cmp.Or(f.About, c.About), Figure: f, given: c.given(f)}
			for _, p := range row.given.Places {
				row.Places = append(row.Places, p.Words)
			}
			row.Unsaid = row.given.Unsaid
			out[i].Rows = append(out[i].Rows, row)
		}
	}
	for i := range out {
		if out[i].Event == figure.Casualties { // the dead and the wounded are among them
			for _, c := range out {
				if c.Unit == out[i].Unit && (c.Event == "killed" || c.Event == "wounded") {
					out[i].Rows = append(out[i].Rows, c.Rows...)
				}
			}
		}
	}
	out = slices.DeleteFunc(out, func(c Comparison) bool { return len(c.Rows) < 2 })
	for i := range out {
		out[i].compare()
	}
	out = slices.DeleteFunc(out, func(c Comparison) bool { // kilometres of this and of that
		return !slices.ContainsFunc(c.Pairs, func(p Pair) bool { return p.Why != figure.OtherThing })
	})
	slices.SortStableFunc(out, func(a, b Comparison) int { return cmp.Compare(len(b.Rows), len(a.Rows)) })
	return out
}

// compare compares every two rows.
func (c *Comparison) compare() {
	var roots []string
	guess, count := false, false
	for i, r := range c.Rows {
		if !slices.Contains(roots, r.Root) {
			roots = append(roots, r.Root)
		}
		if r.given.Guessed() {
			guess = true
		} else {
			count = true
		}
		for j, q := range c.Rows[:i] {
			answer := figure.Compare(q.given, r.given)
			p := Pair{A: j, B: i, Is: answer.Is, Why: answer.Why}
			if !answer.Less && (answer.Why == figure.PartIsMore || answer.Is == figure.PartOf) {
				p.A, p.B = p.B, p.A
			}
			if len(c.Pairs) < maxPairs || p.Is == figure.Apart || p.Is == figure.PartOf {
				c.Pairs = append(c.Pairs, p)
			} else {
				c.Left++
			}
			c.Overlaps = c.Overlaps || answer.Is != figure.Other && figure.Overlap(q.given, r.given)
		}
	}
	c.Roots, c.Mixed = len(roots), guess && count
}
