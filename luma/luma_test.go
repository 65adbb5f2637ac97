package luma

import (
	"math"
	"math/rand/v2"
	"testing"
)

func noise(w, h int, seed uint64) Plane {
	p, r := New(w, h), rand.New(rand.NewPCG(seed, 1))
	for i := range p.Pix {
		p.Pix[i] = byte(r.Uint32())
	}
	return p
}

// resizeFloat is Resize by plain integration over the covered area, the slow twin.
func resizeFloat(p Plane, w, h int) []float64 {
	out := make([]float64, w*h)
	cover := func(i int, a, b float64) float64 {
		return math.Max(0, math.Min(float64(i+1), b)-math.Max(float64(i), a))
	}
	for y := range h {
		y0, y1 := float64(y*p.H)/float64(h), float64((y+1)*p.H)/float64(h)
		for x := range w {
			x0, x1 := float64(x*p.W)/float64(w), float64((x+1)*p.W)/float64(w)
			var sum, area float64
			for r := int(y0); r < p.H && float64(r) < y1; r++ {
				for c := int(x0); c < p.W && float64(c) < x1; c++ {
					k := cover(r, y0, y1) * cover(c, x0, x1)
					sum += k * float64(p.Pix[r*p.Stride+c])
					area += k
				}
			}
			out[y*w+x] = sum / area
		}
	}
	return out
}

func TestResizeAgreesWithIntegration(t *testing.T) {
	for _, c := range []struct {
		name       string
		w, h, u, v int
	}{
		{"half", 64, 48, 32, 24}, {"odd", 61, 47, 13, 9}, {"one pixel", 33, 21, 1, 1},
		{"from one pixel", 1, 1, 5, 3}, {"enlarge", 10, 8, 23, 17}, {"same", 9, 9, 9, 9}, {"wide to tall", 90, 11, 7, 40}, {"tall to one row", 2, 3000, 2, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := noise(c.w, c.h, 7)
			got, want := p.Resize(c.u, c.v), resizeFloat(p, c.u, c.v)
			for i, g := range got.Pix {
				// Positions are kept in 1/256 of a pixel: a border pixel may be off by two grey levels.
				if math.Abs(float64(g)-want[i]) > 2 {
					t.Fatalf("pixel %d = %d, want %.2f", i, g, want[i])
				}
			}
		})
	}
}

func TestResizeKeepsFlatPicturesFlat(t *testing.T) {
	for v := range 256 {
		p := New(37, 23)
		for i := range p.Pix {
			p.Pix[i] = byte(v)
		}
		for _, g := range p.Resize(11, 5).Pix {
			if int(g) != v {
				t.Fatalf("flat %d became %d", v, g)
			}
		}
	}
}

func TestCropMirrorTranspose(t *testing.T) {
	p := noise(19, 11, 3)
	c := p.Crop(3, 2, 10, 9)
	if err := c.Check(); err != nil {
		t.Fatal(err)
	}
	if got, want := c.Row(1)[2], p.Pix[3*p.Stride+5]; got != want {
		t.Errorf("cropped pixel = %d, want %d", got, want)
	}
	if m := c.Mirror().Mirror(); string(m.Pix) != string(c.Clone().Pix) {
		t.Error("mirroring twice changed the picture")
	}
	if m := c.Transpose().Transpose(); string(m.Pix) != string(c.Clone().Pix) {
		t.Error("transposing twice changed the picture")
	}
	if got, want := c.Transpose().Pix[2*7+1], c.Row(1)[2]; got != want {
		t.Errorf("transposed pixel = %d, want %d", got, want)
	}
}

func TestCheckRefusesWrongSizes(t *testing.T) {
	for name, p := range map[string]Plane{
		"zero": {}, "short": {Pix: make([]byte, 9), W: 5, H: 2, Stride: 5}, "stride": {Pix: make([]byte, 99), W: 5, H: 2, Stride: 4},
	} {
		if p.Check() == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
