package match

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"beleg/internal/simd"
	"beleg/luma"
)

// normalise must give what whole numbers give.
func TestNormaliseIsExact(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for trial := range 2000 {
		l := &lay{side: 5 + r.IntN(sideMost-4)}
		n := int64(l.side * l.side)
		spread, base := 1+r.IntN(20400), int16(r.IntN(200))
		v := make([]int16, n)
		for i := range v {
			v[i] = int16(min(int(base)+r.IntN(spread), 20400))
		}
		var sum, squares int64
		for _, x := range v {
			sum += int64(x)
			squares += int64(x) * int64(x)
		}
		norm := int64(math.Sqrt(float64(n*squares - sum*sum + n*n*normFloor*normFloor)))
		want := make([]int16, n)
		for i, x := range v {
			want[i] = int16((n*int64(x) - sum) * normUnit / norm)
		}
		if l.normalise(v); !slices.Equal(v, want) {
			t.Fatalf("trial %d: normalise differs from whole numbers", trial)
		}
	}
}

// A lay's places must be those that its transform names, pixel by pixel.
func TestPlacesFollowTheTransform(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	part := func() float64 { return float64(r.IntN(1000)) / 1000 }
	for range 200 {
		a := pictureOf(luma.New(320, 180))
		tr := Transform{.5 + part(), part() / 10, float64(r.IntN(40)), part() / 10, .5 + part(), float64(r.IntN(40)), 0, 0}
		if r.IntN(2) == 0 {
			tr[6], tr[7] = part()/1e4, part()/1e4
		}
		l := layOf(tr, 214, 120, a)
		p := a.level(l.level)
		px := 256 * 320.0 / 1024 / sizeOf(l.level)
		k := 0
		for _, b := range l.blocks {
			for y := range l.side {
				for x := range l.side {
					u, v := tr.At(mul(float64(int(b.X)+x)+.5, l.unit), mul(float64(int(b.Y)+y)+.5, l.unit))
					want := within(simd.Place{X: int32(math.Floor(mul(u, px))) - 128, Y: int32(math.Floor(mul(v, px))) - 128}, p)
					if got := l.places()[k]; got != want {
						t.Fatalf("place %d = %v, want %v", k, got, want)
					}
					k++
				}
			}
		}
		if k != l.pixels() {
			t.Errorf("%d pixels, want %d", l.pixels(), k)
		}
	}
}
