package casefile

import (
	"cmp"
	"slices"
)

// A Row is one source's figure for one thing, as a range.
type Row struct {
	Source string // as named
	Root   string // whose report it is: rows of one root count as one source
	Claim  Subject
	About  string // EDTF
	Places []string
	Figure Figure
}

// A Comparison puts the figures for one thing side by side: a range per source, never a sum.
type Comparison struct {
	Of, Kind string
	Rows     []Row
	Min, Max float64 // lowest and highest bound named by anybody; Max is -1 when open
	MinBy    string  // whose bound that is
	MaxBy    string
	Roots    int    // independent sources
	Overlaps []Pair // rows whose periods and places overlap: adding them would count twice
	Agreed   bool   // all ranges share at least one value
}

// Pair names two rows of a comparison.
type Pair struct{ A, B int }

// Compare groups figures of claims by thing and kind (counted, reported, estimated, extrapolated are
// never mixed). root says whose reports a source repeats.
func Compare(claims []Claim, root func(source string) string) []Comparison {
	var out []Comparison
	for _, c := range claims {
		for _, f := range c.Figures {
			if f.Of == "" {
				continue
			}
			i := slices.IndexFunc(out, func(x Comparison) bool { return x.Of == f.Of && x.Kind == f.kind() })
			if i < 0 {
				out = append(out, Comparison{Of: f.Of, Kind: f.kind()})
				i = len(out) - 1
			}
			out[i].Rows = append(out[i].Rows, Row{Source: c.Source, Root: root(SourceID(c.Source)), Claim: c.On, About: c.About, Places: c.Places, Figure: f})
		}
	}
	for i := range out {
		out[i].sumUp()
	}
	slices.SortStableFunc(out, func(a, b Comparison) int { return cmp.Compare(len(b.Rows), len(a.Rows)) })
	return out
}

func (c *Comparison) sumUp() {
	var roots []string
	first := c.Rows[0]
	c.Min, c.Max, c.MinBy, c.MaxBy = first.Figure.Min, first.Figure.Max, first.Source, first.Source
	low, high, open := first.Figure.Min, first.Figure.Max, first.Figure.Max < 0
	for i, r := range c.Rows {
		f := r.Figure
		if f.Min < c.Min {
			c.Min, c.MinBy = f.Min, r.Source
		}
		if c.Max >= 0 && (f.Max < 0 || f.Max > c.Max) {
			c.Max, c.MaxBy = f.Max, r.Source
		}
		low = max(low, f.Min)
		if f.Max >= 0 && (open || f.Max < high) {
			high, open = f.Max, false
		}
		if !slices.Contains(roots, r.Root) {
			roots = append(roots, r.Root)
		}
		for j, q := range c.Rows[:i] {
			if overlap(r.About, q.About) && placesMeet(r.Places, q.Places) {
				c.Overlaps = append(c.Overlaps, Pair{j, i})
			}
		}
	}
	c.Roots = len(roots)
	c.Agreed = open || low <= high
}

// A SumError says why figures are not added up.
type SumError struct {
	Why  string // "kinds" (counted with estimated …), "things", "overlap" or "open"
	Pair Pair   // of the rows given
}

func (e *SumError) Error() string {
	return map[string]string{
		"kinds":   "unresolved, because counted, reported, estimated and extrapolated figures are never added up",
		"things":  "unresolved, because the figures count different things",
		"overlap": "unresolved, because periods and places overlap: the same people may be counted twice",
		"open":    "unresolved, because a figure has no upper bound",
	}[e.Why]
}

// Sum adds the ranges of rows, or says in a [SumError] why that would be wrong.
func Sum(rows []Row) (lo, hi float64, err error) {
	for i, r := range rows {
		for j, q := range rows[:i] {
			switch {
			case r.Figure.kind() != q.Figure.kind():
				return 0, 0, &SumError{"kinds", Pair{j, i}}
			case r.Figure.Of != q.Figure.Of:
				return 0, 0, &SumError{"things", Pair{j, i}}
			case overlap(r.About, q.About) && placesMeet(r.Places, q.Places):
				return 0, 0, &SumError{"overlap", Pair{j, i}}
			}
		}
		if r.Figure.Max < 0 {
			return 0, 0, &SumError{"open", Pair{i, i}}
		}
		lo, hi = lo+r.Figure.Min, hi+r.Figure.Max
	}
	return lo, hi, nil
}
