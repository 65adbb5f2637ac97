package eval

import (
	"context"
	"fmt"
	"io"
	"math"
	"path/filepath"

	"beleg/index"
	"beleg/match"
	"beleg/video"
)

// Odds fits anew what package match judges a video's match by: a logistic regression on its evidence, which says
// whether it is the same footage or another time of the camera (docs/decisions/same-footage.md).
type Odds struct {
	Tools *video.Tools
	Sets  []string // folders, each with archive, broadcasts and truth.csv
	Ridge float64  // by how much coefficients are held towards 0
}

// factors are the names of a candidate's values, the constant last.
var factors = []string{"motion", "calm", "slope", "pixels", "log2 of stillness", "its square", "another speed", "constant"}

// A candidate is a video's match and whether the truth has it.
type candidate struct {
	x    []float64 // by factors
	same bool
}

// Run prints the coefficients, and how each set is told by what the others gave.
func (o Odds) Run(ctx context.Context, w io.Writer) error {
	sets := make([][]candidate, len(o.Sets))
	for i, dir := range o.Sets {
		var err error
		if sets[i], err = o.candidates(ctx, dir); err != nil {
			return err
		}
	}
	fmt.Fprintln(w, "| set | candidates | same footage | told wrong: taken, left | logarithmic loss |\n| --- | --- | --- | --- | --- |")
	var all []candidate
	for i, set := range sets {
		all = append(all, set...)
		var others []candidate
		for j, other := range sets {
			if j != i {
				others = append(others, other...)
			}
		}
		same := 0
		for _, c := range set {
			if c.same {
				same++
			}
		}
		if len(others) == 0 {
			fmt.Fprintf(w, "| %s | %d | %d | | |\n", filepath.Base(o.Sets[i]), len(set), same)
			continue
		}
		taken, left, loss := told(fitOdds(others, o.Ridge), set)
		fmt.Fprintf(w, "| %s | %d | %d | %d, %d | %.3f |\n", filepath.Base(o.Sets[i]), len(set), same, taken, left, loss)
	}
	fmt.Fprintln(w, "\n| factor | coefficient |\n| --- | --- |")
	for i, b := range fitOdds(all, o.Ridge) {
		fmt.Fprintf(w, "| %s | %.2f |\n", factors[i], b)
	}
	return nil
}

// candidates returns the matches of videos in the broadcasts of a set, look-alikes left out: nobody takes them for the
// same footage.
func (o Odds) candidates(ctx context.Context, dir string) (out []candidate, err error) {
	s := &Scale{Tools: o.Tools, Archive: filepath.Join(dir, "archive")}
	truth, _, err := Footage{Truth: filepath.Join(dir, "truth.csv")}.tables()
	if err != nil {
		return nil, err
	}
	items, err := s.items(ctx)
	if err != nil {
		return nil, err
	}
	var b index.Builder
	for _, it := range items {
		b.Add(it.ID, it.Keyframes)
	}
	parts := []*index.Postings{b.Postings()}
	broadcasts, err := videosIn(filepath.Join(dir, "broadcasts"))
	if err != nil {
		return nil, err
	}
	for _, path := range broadcasts {
		q := match.NewQuery()
		if err := s.frames(ctx, path, video.Rate{}, q.Add); err != nil {
			return nil, err
		}
		matches, err := match.Find(ctx, q, parts, &scalePixels{s: s}, match.Options{})
		if err != nil {
			return nil, err
		}
		for _, m := range matches {
			if m.ATo == 0 || m.Kind == match.LookAlike || m.Evidence.Pixels == 0 { // the last was told by traces
				continue
			}
			out = append(out, candidate{evidenceOf(m), shown(m, s.ids[m.Item], filepath.Base(path), truth)})
		}
	}
	return out, nil
}

// evidenceOf returns the values of a match by factors.
func evidenceOf(m match.Match) []float64 {
	e := &m.Evidence
	still, other := math.Log2(e.Stillness+.01), 0.0
	if m.Rate != 0 && math.Abs(math.Abs(m.Rate)-1) >= .005 {
		other = 1
	}
	return []float64{e.Motion, e.Calm, e.Slope, e.Pixels, still, still * still, other, 1}
}

// shown reports whether a true segment has most of the match at about its time.
func shown(m match.Match, file, broadcast string, truth []Segment) bool {
	b, a := Interval{m.BFrom.Seconds(), m.BTo.Seconds()}, Interval{m.AFrom.Seconds(), m.ATo.Seconds()}
	for _, t := range truth {
		if t.Broadcast == broadcast && t.File == file && 2*t.B.meet(b) > b.len() && t.A.meet(a) > 0 {
			return true
		}
	}
	return false
}

// fitOdds returns the coefficients of the logistic regression, found by Newton's method; the constant is not held back.
func fitOdds(cs []candidate, ridge float64) []float64 {
	n := len(factors)
	beta := make([]float64, n)
	for range 30 {
		rows := make([][]float64, n) // the Hessian and the gradient beside it
		for i := range rows {
			rows[i] = make([]float64, n+1)
			if i < n-1 {
				rows[i][i], rows[i][n] = ridge, -ridge*beta[i]
			}
		}
		for _, c := range cs {
			p := probability(beta, c.x)
			y := 0.0
			if c.same {
				y = 1
			}
			for i, x := range c.x {
				for j, z := range c.x {
					rows[i][j] += p * (1 - p) * x * z
				}
				rows[i][n] += (y - p) * x
			}
		}
		step := eliminate(rows)
		for i := range beta {
			beta[i] += step[i]
		}
	}
	return beta
}

// probability is that of the same footage, kept off 0 and 1.
func probability(beta, x []float64) float64 {
	sum := 0.0
	for i, b := range beta {
		sum += b * x[i]
	}
	return min(max(1/(1+math.Exp(-sum)), 1e-9), 1-1e-9)
}

// told returns how many other times beta takes for the same footage, how much of that it leaves, and the mean loss in
// natural logarithms.
func told(beta []float64, cs []candidate) (taken, left int, loss float64) {
	for _, c := range cs {
		p := probability(beta, c.x)
		switch {
		case c.same:
			loss -= math.Log(p)
			if p < .5 {
				left++
			}
		default:
			loss -= math.Log(1 - p)
			if p >= .5 {
				taken++
			}
		}
	}
	return taken, left, loss / float64(max(len(cs), 1))
}

// eliminate solves equations, the right sides in the last column, by elimination with pivots; what does not count is 0.
func eliminate(rows [][]float64) []float64 {
	n := len(rows)
	for c := range n {
		p := c
		for r := c + 1; r < n; r++ {
			if math.Abs(rows[r][c]) > math.Abs(rows[p][c]) {
				p = r
			}
		}
		rows[c], rows[p] = rows[p], rows[c]
		if math.Abs(rows[c][c]) < 1e-12 {
			continue
		}
		for r := range n {
			if r == c {
				continue
			}
			f := rows[r][c] / rows[c][c]
			for k := c; k <= n; k++ {
				rows[r][k] -= f * rows[c][k]
			}
		}
	}
	out := make([]float64, n)
	for i := range out {
		if math.Abs(rows[i][i]) >= 1e-12 {
			out[i] = rows[i][n] / rows[i][i]
		}
	}
	return out
}
