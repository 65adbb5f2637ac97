package fingerprint

import (
	"bufio"
	"fmt"
	"hash/crc32"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"beleg/luma"
)

// scene draws a picture with the named structure, on integers only, so that every machine draws the
// same one: "noise", "ramp", "tiles" (soft light, rectangles, edges) or "night" (tiles, dark).
func scene(kind string, w, h int, seed uint64) luma.Plane {
	r, p := rand.New(rand.NewPCG(seed, 77)), luma.New(w, h)
	switch kind {
	case "noise":
		for i := range p.Pix {
			p.Pix[i] = byte(r.Uint32())
		}
	case "ramp":
		for i := range p.Pix {
			p.Pix[i] = byte((i%w*3 + i/w*5) / 4)
		}
	default:
		tiles(p, r)
	}
	if kind == "night" {
		for i, v := range p.Pix {
			p.Pix[i] = v / 9
		}
	}
	return p
}

// tiles fills p with a slope, 40 rectangles of its own brightness and slope each, and fine grain.
func tiles(p luma.Plane, r *rand.Rand) {
	fill := func(x0, y0, x1, y1 int) {
		base, dx, dy := r.IntN(256), r.IntN(121)-60, r.IntN(121)-60
		for y := y0; y < y1; y++ {
			for x := x0; x < x1; x++ {
				p.Row(y)[x] = byte(min(max(base+dx*(x-x0)/p.W+dy*(y-y0)/p.H, 0), 255))
			}
		}
	}
	fill(0, 0, p.W, p.H)
	for range 40 {
		x0, y0 := r.IntN(p.W), r.IntN(p.H)
		fill(x0, y0, min(p.W, x0+1+r.IntN(1+p.W/3)), min(p.H, y0+1+r.IntN(1+p.H/3)))
	}
	for i, v := range p.Pix {
		p.Pix[i] = byte(min(max(int(v)+r.IntN(9)-4, 0), 255))
	}
}

// A vector is a line of testdata/pdq.txt: the picture and what the reference makes of it.
type vector struct {
	kind    string
	w, h    int
	seed    uint64
	crc     uint32 // of the picture's bytes
	quality int
	set     [8]Code // in the order of Symmetry
}

func vectors(t testing.TB) []vector {
	t.Helper()
	f, err := os.Open("testdata/pdq.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var out []vector
	for s := bufio.NewScanner(f); s.Scan(); {
		if strings.HasPrefix(s.Text(), "#") {
			continue
		}
		var v vector
		var codes [8]string
		_, err := fmt.Sscan(s.Text(), &v.kind, &v.w, &v.h, &v.seed, &v.crc, &v.quality,
			&codes[0], &codes[1], &codes[2], &codes[3], &codes[4], &codes[5], &codes[6], &codes[7])
		if err != nil {
			t.Fatalf("line %q: %v", s.Text(), err)
		}
		for i, c := range codes {
			if v.set[i], err = ParseCode(c); err != nil {
				t.Fatal(err)
			}
		}
		out = append(out, v)
	}
	return out
}

func TestPDQAgreesWithTheReference(t *testing.T) {
	all := vectors(t)
	if len(all) < 40 {
		t.Fatalf("%d vectors, want at least 40", len(all))
	}
	for _, v := range all {
		t.Run(fmt.Sprintf("%s-%dx%d-%d", v.kind, v.w, v.h, v.seed), func(t *testing.T) {
			p := scene(v.kind, v.w, v.h, v.seed)
			if got := crc32.ChecksumIEEE(p.Pix); got != v.crc {
				t.Fatalf("the picture has CRC-32 %d, want %d: the generator changed", got, v.crc)
			}
			c, q := PDQ(p)
			if c != v.set[Upright] || q != v.quality {
				t.Errorf("PDQ = %s, %d, want %s, %d (distance %d)", c, q, v.set[0], v.quality, c.Distance(v.set[0]))
			}
			set, q := PDQSet(p)
			if set != v.set || q != v.quality {
				t.Errorf("PDQSet = %s, %d, want %s, %d", set, q, v.set, v.quality)
			}
		})
	}
}

func TestPDQIgnoresStride(t *testing.T) {
	p := scene("tiles", 300, 200, 5)
	part := p.Crop(31, 17, 231, 167)
	got, _ := PDQ(part)
	if want, _ := PDQ(part.Clone()); got != want {
		t.Errorf("PDQ of a part = %s, of its copy %s", got, want)
	}
}

// turn turns p by s pixel by pixel.
func turn(p luma.Plane, s Symmetry) luma.Plane {
	flip := func(p luma.Plane) luma.Plane { return p.Transpose().Mirror().Transpose() }
	return map[Symmetry]func() luma.Plane{
		Upright:           func() luma.Plane { return p.Clone() },
		Rotated90:         func() luma.Plane { return flip(p.Transpose()) },
		Rotated180:        func() luma.Plane { return flip(p.Mirror()) },
		Rotated270:        func() luma.Plane { return p.Transpose().Mirror() },
		MirroredTopBottom: func() luma.Plane { return flip(p) },
		MirroredLeftRight: func() luma.Plane { return p.Mirror() },
		Transposed:        func() luma.Plane { return p.Transpose() },
		AntiTransposed:    func() luma.Plane { return flip(p.Transpose()).Mirror() },
	}[s]()
}

func TestSetAgreesWithHashingTurnedPictures(t *testing.T) {
	for _, c := range []struct {
		w, h, most int // bits: at 64 x 64 nothing is decimated, only rounding differs
	}{{64, 64, 2}, {640, 640, 24}, {640, 360, 24}, {333, 257, 24}} {
		for seed := range uint64(6) {
			p := scene("tiles", c.w, c.h, seed)
			set, _ := PDQSet(p)
			for s, got := range set {
				want, _ := PDQ(turn(p, Symmetry(s)))
				if d := got.Distance(want); d > c.most {
					t.Errorf("%dx%d seed %d %s: distance %d, want at most %d", c.w, c.h, seed, Symmetry(s), d, c.most)
				}
			}
		}
	}
}

func TestSmallAndFlatPictures(t *testing.T) {
	for _, size := range [][2]int{{1, 1}, {4, 100}, {100, 4}} {
		if c, q := PDQ(scene("noise", size[0], size[1], 1)); c != (Code{}) || q != 0 {
			t.Errorf("PDQ of %v = %s, %d, want zeros", size, c, q)
		}
	}
	if _, q := PDQ(luma.New(320, 180)); q != 0 {
		t.Errorf("quality of a black picture = %d, want 0", q)
	}
}

func TestCodeText(t *testing.T) {
	c := Code{1, 2, 3, 0xf000000000000000}
	got, err := ParseCode(c.String())
	if err != nil || got != c {
		t.Errorf("ParseCode(%s) = %s, %v", c, got, err)
	}
	for _, s := range []string{"", "00", strings.Repeat("g", 64), strings.Repeat("0", 65)} {
		if _, err := ParseCode(s); err == nil {
			t.Errorf("ParseCode(%q) = nil, want an error", s)
		}
	}
}

func FuzzParseCode(f *testing.F) {
	f.Add(Code{1, 2, 3, 4}.String())
	f.Fuzz(func(t *testing.T, s string) {
		if c, err := ParseCode(s); err == nil && c.String() != strings.ToLower(s) {
			t.Errorf("ParseCode(%q).String() = %q", s, c)
		}
	})
}

func TestDistance(t *testing.T) {
	for _, c := range []struct {
		a, b Code
		want int
	}{{Code{}, Code{}, 0}, {Code{}, Code{^uint64(0), ^uint64(0), ^uint64(0), ^uint64(0)}, 256}, {Code{1}, Code{0, 0, 0, 1}, 2}} {
		if got := c.a.Distance(c.b); got != c.want {
			t.Errorf("Distance(%s, %s) = %d, want %d", c.a, c.b, got, c.want)
		}
	}
}

func BenchmarkPDQ(b *testing.B) {
	for _, size := range [][2]int{{640, 360}, {320, 180}, {128, 128}, {64, 64}} {
		p := scene("tiles", size[0], size[1], 1)
		b.Run(fmt.Sprintf("%dx%d", size[0], size[1]), func(b *testing.B) {
			n := 0
			for b.Loop() {
				PDQ(p)
				n++
			}
			b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "frames/s")
		})
	}
}
