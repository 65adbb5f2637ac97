package simd

import (
	"math/rand/v2"
	"slices"
	"testing"
)

func numbers(r *rand.Rand, n, most int) []int16 {
	out := make([]int16, n)
	for i := range out {
		out[i] = int16(r.IntN(2*most+1) - most)
	}
	return out
}

func TestFilterAgreesWithPlain(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for _, n := range []int{0, 1, 63, 64, 65, 500} {
		for _, step := range []int{1, 3, 40} {
			for count := 1; count <= 8; count++ {
				taps, src := numbers(r, count, 32767), numbers(r, n+16*40, 16383)
				got, want := make([]int16, n+1), make([]int16, n+1)
				Filter(got, src, 8*40, step, n, taps)
				filter(want, src, 8*40, step, n, taps)
				if !slices.Equal(got, want) {
					t.Fatalf("n %d, step %d, %d taps: the two differ", n, step, count)
				}
			}
		}
	}
}

func TestDotAgreesWithPlain(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 1))
	for _, n := range []int{0, 1, 15, 16, 17, dotMost - 1, dotMost, dotMost + 1, 3*dotMost + 5} {
		a, b := numbers(r, n, 2047), numbers(r, n, 2047)
		if got, want := Dot(a, b), dot(a, b); got != want {
			t.Errorf("%d numbers: Dot = %d, want %d", n, got, want)
		}
		for i := range a {
			a[i] = 2047
		}
		if got, want := Dot(a, a), dot(a, a); got != want {
			t.Errorf("%d largest numbers: Dot = %d, want %d", n, got, want)
		}
	}
}

func TestProjectAgreesWithPlain(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 1))
	weights := make([][128]int16, 80)
	var v [128]uint8
	for range 20 {
		for i := range weights {
			copy(weights[i][:], numbers(r, 128, 127))
		}
		for i := range v {
			v[i] = uint8(r.Uint32())
		}
		got, want := make([]int32, 80), make([]int32, 80)
		Project(got, &v, weights)
		project(want, &v, weights)
		if !slices.Equal(got, want) {
			t.Fatal("the two differ")
		}
	}
}

func TestCorrelateAgreesWithPlain(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 1))
	for _, rows := range []int{1, 5, 14} {
		for _, span := range []int{1, 3, 9} {
			stride := span + 16 + rows%3
			own, wide := numbers(r, 16*rows, 2048), numbers(r, (rows+span)*stride, 2048)
			got, want := make([]int32, span*span), make([]int32, span*span)
			Correlate(got, own, wide, stride, span)
			correlate(want, own, wide, stride, span)
			if !slices.Equal(got, want) {
				t.Errorf("%d rows, span %d: the two differ", rows, span)
			}
		}
	}
}

func BenchmarkDot(b *testing.B) {
	r := rand.New(rand.NewPCG(2, 1))
	x, y := numbers(r, 6400, 200), numbers(r, 6400, 200)
	for b.Loop() {
		Dot(x, y)
	}
}

func TestAgreeAgreesWithPlain(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 1))
	some := 0
	var p Pairings
	for range 300 {
		n := 1 + r.IntN(70)
		p.Reset(n)
		for range n {
			x, y := r.Float32()*1024, r.Float32()*576
			q := Pairing{x, y, x*1.7 + 30, y*1.7 - 5, .77}
			if r.IntN(2) == 0 {
				q.U, q.S = q.U+r.Float32()*80, q.S+r.Float32()
			}
			p.Add(q, int32(r.IntN(29)))
		}
		i := r.IntN(n)
		near := Near{20, .1, .75}
		got := p.Agree(i, 1.7, near)
		room := len(p.weights)
		from := [9]float32{p.rows[i], p.rows[room+i], p.rows[2*room+i], p.rows[3*room+i], p.rows[4*room+i], 1 / float32(1.7), near.Least, near.Share, near.Steps}
		if want := agree(p.rows, p.weights, &from); got != want {
			t.Fatalf("%d pairings: Agree = %d, want %d", n, got, want)
		}
		if got > p.weights[i] {
			some++
		}
	}
	if some < 100 {
		t.Errorf("only %d of 300 agree with others: the test cannot fail", some)
	}
}

func TestPeaksAgreesWithPlain(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 1))
	const stride = 140
	some := 0
	for _, most := range []int{3, 40, 32767} {
		for _, n := range []int{1, 15, 16, 17, 100, 133} {
			own, below := numbers(r, 5*stride, most), numbers(r, 5*stride, most/2)
			got, want := make([]uint16, (n+15)/16), make([]uint16, (n+15)/16)
			for _, least := range []int16{1, 2, 20} {
				Peaks(got, own, below, 2*stride+3, stride, n, least)
				peaks(want, own, below, 2*stride+3, stride, n, least)
				if !slices.Equal(got, want) {
					t.Fatalf("n %d, values to %d, least %d: %x, want %x", n, most, least, got, want)
				}
				for _, m := range got {
					if m != 0 {
						some++
					}
				}
			}
		}
	}
	if some < 20 {
		t.Errorf("only %d words with peaks: the test cannot fail", some)
	}
}
