package match

import (
	"math"
	"math/rand/v2"
	"testing"
)

// Two ties of five are of margins that seem to show the picture elsewhere.
func TestAdjustFollowsThePictureAndNotItsMargins(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	truth := Transform{1.28, 0, -140, 0, 1.28, -80, 0, 0}
	start := Transform{1.33, 0, -166, 0, 1.33, -94, 0, 0}
	margin := Transform{1.33, 0, -112, 0, 1.33, -54, 0, 0}
	const unit = 1024. / 107
	var ties []tie
	for y := 20.; y < 560; y += 75 {
		for x := 20.; x < 1000; x += 75 {
			shows := truth
			if x < 230 || x > 800 {
				shows = margin
			}
			u, v := shows.At(x, y)
			ties = append(ties, tie{x, y, u + mul(3, r.NormFloat64()), v + mul(3, r.NormFloat64()), .7})
		}
	}
	got, n := adjust(start, ties, unit, false)
	if n < 8 {
		t.Fatalf("%d ties fit", n)
	}
	for _, at := range [][2]float64{{300, 60}, {740, 60}, {300, 520}, {740, 520}} {
		u, v := got.At(at[0], at[1])
		x, y := truth.At(at[0], at[1])
		if off := math.Hypot(u-x, v-y); off > unit/2 {
			t.Errorf("(%v, %v) is off by %.1f units, want at most half a pixel, %.1f", at[0], at[1], off, unit/2)
		}
	}
}

func TestConsensusKeepsAllWhereFewAgree(t *testing.T) {
	id := Transform{1, 0, 0, 0, 1, 0, 0, 0}
	for n := range fewestUnited {
		ties := make([]tie, n)
		for i := range ties {
			ties[i] = tie{float64(100 * i), 200, float64(100*i + 40*i*i), float64(200 - 70*i), 1}
		}
		if got := consensus(&id, ties, 5); len(got) != n {
			t.Errorf("kept %d of %d", len(got), n)
		}
	}
}
