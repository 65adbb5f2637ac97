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

func pixels(r *rand.Rand, n, room int) []byte {
	p := make([]byte, n, n+room)
	for i := range p {
		p[i] = byte(r.Uint32())
	}
	return p
}

func TestBlendAgreesWithPlain(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 1))
	const w, h = 53, 31
	for _, room := range []int{0, 2} {
		pix := pixels(r, w*h, room)
		for _, n := range []int{0, 1, 7, 8, 9, 100} {
			places := make([]Place, n)
			for i := range places {
				places[i] = Place{r.Int32N((w-1)*256 - 1), r.Int32N((h-1)*256 - 1)}
			}
			if n > 0 {
				places[n-1], places[0] = Place{(w-1)*256 - 1, (h-1)*256 - 1}, Place{}
			}
			line := Line{Place{r.Int32N(w * 256), r.Int32N(h * 256)}, Place{r.Int32N(200000) - 100000, r.Int32N(20000) - 10000}, Place{r.Int32N(90000) - 45000, -r.Int32N(90000)}, Place{(w-1)*256 - 1, (h-1)*256 - 1}}
			on, along := make([]int16, n), make([]int16, n)
			Blend(on, pix, w, places, 100)
			BlendLine(along, pix, w, &line, 2048)
			for i, p := range places {
				if want := blend(pix, w, p, 100); on[i] != want {
					t.Fatalf("room %d, place %d of %d: %d, want %d", room, i, n, on[i], want)
				}
				if want := blend(pix, w, line.at(int32(i)), 2048); along[i] != want {
					t.Fatalf("room %d, place %d of %d on a line: %d, want %d", room, i, n, along[i], want)
				}
			}
		}
	}
}

func TestExpandAgreesWithTable(t *testing.T) {
	for _, n := range []int{0, 1, 31, 32, 256, 300} {
		p := make([]byte, n)
		for i := range p {
			p[i] = byte(i * 7)
		}
		Expand(p)
		for i, v := range p {
			if want := expanded[byte(i*7)]; v != want {
				t.Fatalf("%d of %d pixels: %d became %d, want %d", i, n, byte(i*7), v, want)
			}
		}
	}
}

func TestSumsAgreeWithPlain(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 1))
	for _, n := range []int{0, 1, 7, 8, 15, 16, 17, 33, 100} {
		a, b, pix := numbers(r, n, 32767), numbers(r, n, 32767), pixels(r, n, 0)
		if n > 0 {
			a[0], a[n-1] = -32768, -32768
		}
		if n > 1 {
			a[1] = -32768
		}
		less, sums, bytes := make([]int16, n), make([]int32, n), make([]uint16, n)
		for i := range sums {
			sums[i], bytes[i] = int32(i*70000), uint16(i*3)
		}
		Subtract(less, a, b)
		Add(sums, a)
		AddPixels(bytes, pix)
		var wantSum, wantSquares int64
		for i, x := range a {
			if less[i] != x-b[i] || sums[i] != int32(i*70000)+int32(x) || bytes[i] != uint16(i*3)+uint16(pix[i]) {
				t.Fatalf("number %d of %d: %d, %d, %d", i, n, less[i], sums[i], bytes[i])
			}
			wantSum, wantSquares = wantSum+int64(x), wantSquares+int64(x)*int64(x)
		}
		if sum, squares := Moments(a); sum != wantSum || squares != wantSquares {
			t.Errorf("%d numbers: sums %d and %d, want %d and %d", n, sum, squares, wantSum, wantSquares)
		}
	}
}

func TestPicturesAgreeWithPlain(t *testing.T) {
	r := rand.New(rand.NewPCG(10, 1))
	for _, n := range []int{0, 1, 7, 8, 9, 15, 16, 17, 31, 33, 213} {
		for try := range 3 {
			a, b, c := pixels(r, 3*n, 0), pixels(r, 3*n, 0), pixels(r, 3*n, 0)
			for i := range a {
				if try > 0 { // the largest sums, and those about them
					a[i], b[i], c[i] = 255-a[i]%byte(try), 255, 255
				}
			}
			wide, evens, quarters, thirds := make([]int16, n), make([]int16, n), make([]byte, n), make([]byte, n)
			Widen(wide, a[:n])
			src := numbers(r, 2*n, 32767)
			Evens(evens, src[:max(2*n-1, 0)])
			Quarters(quarters, a[:2*n], b[:2*n])
			Thirds(thirds, a, b, c)
			for i := range n {
				two, three := 2, 4
				for k := range 2 {
					two += int(a[2*i+k]) + int(b[2*i+k])
				}
				for k := range 3 {
					three += int(a[3*i+k]) + int(b[3*i+k]) + int(c[3*i+k])
				}
				if wide[i] != int16(a[i])*64 || evens[i] != src[2*i] || quarters[i] != byte(two/4) || thirds[i] != byte(three/9) {
					t.Fatalf("number %d of %d: %d of %d, %d of %d, %d of %d, %d of %d", i, n, wide[i], int(a[i])*64, evens[i], src[2*i], quarters[i], two/4, thirds[i], three/9)
				}
			}
		}
	}
}

// Thirds multiplies where it should divide: all sums that there are.
func TestThirdsOfAllSums(t *testing.T) {
	for sum := range 9*255 + 1 {
		var rows [3][24]byte
		left := sum
		for i := range 9 {
			v := min(left, 255)
			rows[i/3][i%3], left = byte(v), left-v
		}
		got := make([]byte, 8)
		Thirds(got, rows[0][:], rows[1][:], rows[2][:])
		if want := byte((sum + 4) / 9); got[0] != want {
			t.Fatalf("sum %d: %d, want %d", sum, got[0], want)
		}
	}
}

func TestRootsAgreeWithPlain(t *testing.T) {
	r := rand.New(rand.NewPCG(16, 1))
	for try := range 300 {
		var hist Histogram
		sum := 0
		for i := range hist {
			for k := range hist[i] {
				v := r.Int32N([]int32{2, 100, 400_000}[try%3])
				if try%5 == 0 && (i != 2 || k != 3) {
					v = 0
				}
				hist[i][k] = v
				if i > 0 && i <= Cells {
					sum += int(v)
				}
			}
		}
		var got, want [Cells * Cells * Directions]uint8
		Roots(&got, &hist, float64(max(sum, 1)))
		roots(&want, &hist, float64(max(sum, 1)))
		if got != want {
			t.Fatalf("try %d: %v, want %v", try, got, want)
		}
	}
}

func TestStandardiseAgreesWithPlain(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 1))
	for _, n := range []int{1, 8, 25, 196} {
		v := numbers(r, n, 20400)
		got := slices.Clone(v)
		less, norm := r.Int32N(60_000_000), 40000+r.Float64()*100000
		Standardise(got, int32(n)*64, less, norm)
		for i, x := range v {
			if want := int16(float64(int64(n)*64*int64(x)-int64(less)) / norm); got[i] != want {
				t.Fatalf("number %d of %d: %d, want %d", i, n, got[i], want)
			}
		}
	}
}

func TestGradientsAgreeWithPlain(t *testing.T) {
	r := rand.New(rand.NewPCG(15, 1))
	const w, h = 90, 70
	for try := range 200 {
		pix := make([]int16, w*h)
		for i := range pix {
			switch try % 3 {
			case 0:
				pix[i] = int16(r.IntN(16321))
			case 1: // flat, with ties between directions
				pix[i] = int16(64 * r.IntN(3))
			default:
				pix[i] = int16(16320 * r.IntN(2))
			}
		}
		var rows, columns [Samples]int32
		x, y, step := 1+r.IntN(20), 1+r.IntN(10), 1+r.IntN(4)
		for i := range rows {
			columns[i] = int32(min(x+i*step, w-2))
			rows[i] = int32(min(y+i*step, h-2)) * w
		}
		var got, want Histogram
		for i := range got {
			for k := range got[i] {
				got[i][k] = int32(i + k)
			}
		}
		want = got
		Gradients(&got, pix, w, &rows, &columns)
		gradients(&want, pix, w, &rows, &columns)
		for i := 1; i <= Cells; i++ { // what falls outside is nobody's
			if got[i] != want[i] {
				t.Fatalf("try %d, row %d of cells: %v, want %v", try, i, got[i], want[i])
			}
		}
	}
}
