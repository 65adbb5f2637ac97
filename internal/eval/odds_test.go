package eval

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"beleg/match"
)

// The fit finds the coefficients that made the data.
func TestFitOdds(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	want := []float64{4, -2, 0, 3, 0, 0, -1, -1}
	var cs []candidate
	for range 40_000 {
		c := candidate{x: make([]float64, len(factors))}
		for i := range c.x {
			c.x[i] = r.Float64()*2 - 1
		}
		c.x[len(c.x)-1] = 1
		c.same = r.Float64() < probability(want, c.x)
		cs = append(cs, c)
	}
	got := fitOdds(cs, .1)
	for i := range want {
		if math.Abs(got[i]-want[i]) > .2 {
			t.Errorf("%s: %.2f, want %.2f", factors[i], got[i], want[i])
		}
	}
	held := fitOdds(cs, 1e4)
	if math.Abs(held[0]) > math.Abs(got[0])/2 {
		t.Errorf("held back: %.2f, want less than half of %.2f", held[0], got[0])
	}
	taken, left, loss := told(got, cs)
	if n := taken + left; n == 0 || n > len(cs)/4 || loss > .5 {
		t.Errorf("%d told wrong, loss %.3f", n, loss)
	}
}

func TestShown(t *testing.T) {
	truth := []Segment{{Broadcast: "b", File: "f", B: Interval{10, 14}, A: Interval{2, 6}}}
	m := match.Match{BFrom: 10 * time.Second, BTo: 13 * time.Second, AFrom: 3 * time.Second, ATo: 6 * time.Second}
	for _, c := range []struct {
		name   string
		change func(*match.Match)
		file   string
		want   bool
	}{
		{"the segment", func(*match.Match) {}, "f", true},
		{"another file", func(*match.Match) {}, "g", false},
		{"another time of the file", func(m *match.Match) { m.AFrom, m.ATo = 7*time.Second, 9*time.Second }, "f", false},
		{"mostly something else", func(m *match.Match) { m.BTo = 20 * time.Second }, "f", false},
	} {
		n := m
		c.change(&n)
		if got := shown(n, c.file, "b", truth); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}
