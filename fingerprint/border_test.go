package fingerprint

import (
	"math/rand/v2"
	"strings"
	"testing"

	"beleg/luma"
)

// shot draws n frames of w by h pixels in which the picture moves.
func shot(w, h, n int, seed uint64) []luma.Plane {
	big := scene("tiles", w+3*n, h+2*n, seed)
	out := make([]luma.Plane, n)
	for i := range out {
		out[i] = big.Crop(3*i, 2*i, 3*i+w, 2*i+h).Clone()
	}
	return out
}

// framed puts each picture into the middle of a w by h frame made by back.
func framed(pictures []luma.Plane, w, h int, back func(p luma.Plane) luma.Plane) []luma.Plane {
	out := make([]luma.Plane, len(pictures))
	for i, p := range pictures {
		f := back(p)
		x0, y0 := (w-p.W)/2, (h-p.H)/2
		for y := range p.H {
			copy(f.Row(y0 + y)[x0:], p.Row(y))
		}
		out[i] = f
	}
	return out
}

func even(level byte, w, h int) func(luma.Plane) luma.Plane {
	return func(luma.Plane) luma.Plane {
		f := luma.New(w, h)
		for i := range f.Pix {
			f.Pix[i] = level
		}
		return f
	}
}

// blurred is a background of p enlarged, blurred and darkened.
func blurred(w, h int) func(luma.Plane) luma.Plane {
	return func(p luma.Plane) luma.Plane {
		f := p.Resize(w/40, h/40).Resize(w/8, h/8).Resize(w, h)
		for range 3 {
			f = smooth(smooth(f).Transpose()).Transpose()
		}
		for i, v := range f.Pix {
			f.Pix[i] = v - min(v, 25)
		}
		return f
	}
}

// smooth averages 33 pixels of each row.
func smooth(p luma.Plane) luma.Plane {
	q := luma.New(p.W, p.H)
	for y := range p.H {
		row := p.Row(y)
		for x := range p.W {
			sum, n := 0, 0
			for k := max(0, x-16); k <= min(p.W-1, x+16); k++ {
				sum += int(row[k])
				n++
			}
			q.Row(y)[x] = byte(sum / n)
		}
	}
	return q
}

func grain(frames []luma.Plane, amount int) []luma.Plane {
	r := rand.New(rand.NewPCG(1, 3))
	for _, f := range frames {
		for i, v := range f.Pix {
			f.Pix[i] = byte(min(max(int(v)+r.IntN(2*amount+1)-amount, 0), 255))
		}
	}
	return frames
}

// box draws a rectangle of the given level, as a logo or ticker is.
func box(frames []luma.Plane, x0, y0, x1, y1 int, level byte) []luma.Plane {
	for _, f := range frames {
		for y := y0; y < y1; y++ {
			for x := x0; x < x1; x++ {
				f.Row(y)[x] = level
			}
		}
	}
	return frames
}

func TestBorders(t *testing.T) {
	const w, h = 640, 360
	for _, c := range []struct {
		name   string
		frames []luma.Plane
		want   Border // pixels may be off by slack
		slack  int
	}{
		{"plain shot", shot(w, h, 6, 1), Border{}, 0},
		{"letterbox", framed(shot(w, 268, 6, 2), w, h, even(16, w, h)), Border{Top: 46, Bottom: 46, Kind: Letterbox}, 2},
		{"pillarbox", framed(shot(480, h, 6, 3), w, h, even(0, w, h)), Border{Left: 80, Right: 80, Kind: Pillarbox}, 2},
		{"window", framed(shot(400, 240, 6, 4), w, h, even(5, w, h)), Border{120, 60, 120, 60, Letterbox | Pillarbox, 0, 0}, 2},
		{"white bars", framed(shot(480, h, 6, 5), w, h, even(235, w, h)), Border{Left: 80, Right: 80, Kind: Pillarbox}, 2},
		{"letterbox in noise", grain(framed(shot(w, 268, 6, 6), w, h, even(16, w, h)), 12), Border{Top: 46, Bottom: 46, Kind: Letterbox}, 3},
		{"logo on the bar", box(framed(shot(w, 268, 6, 7), w, h, even(16, w, h)), 560, 8, 610, 40, 220), Border{Top: 46, Bottom: 46, Kind: Letterbox}, 2},
		{"blurred sides", framed(shot(360, h, 6, 8), w, h, blurred(w, h)), Border{Left: 140, Right: 140, Kind: BlurredSides}, 3},
		{"blurred above and below", framed(shot(360, 202, 6, 9), 360, 640, blurred(360, 640)), Border{Top: 219, Bottom: 219, Kind: BlurredTopEnd}, 3},
		{"ticker over blurred sides", box(framed(shot(360, h, 6, 10), w, h, blurred(w, h)), 0, 320, w, 350, 40), Border{Left: 140, Right: 140, Kind: BlurredSides}, 3},
		{"night", darker(shot(w, h, 6, 11)), Border{}, 0},
		{"black", []luma.Plane{luma.New(w, h), luma.New(w, h)}, Border{}, 0},
		{"grey", []luma.Plane{even(128, w, h)(luma.Plane{})}, Border{}, 0},
		{"night sky over a street", sky(shot(w, h, 6, 12), 150), Border{}, 0},
		{"bar on one side only", box(shot(w, h, 6, 13), 0, 0, 90, h, 0), Border{}, 0},
		{"smallest", framed(shot(40, 64, 3, 16), 64, 64, even(0, 64, 64)), Border{Left: 12, Right: 12, Kind: Pillarbox}, 2},
		{"too small", shot(60, 40, 3, 14), Border{}, 0},
		{"large frames", framed(shot(1440, 1080, 3, 15), 1920, 1080, even(0, 1920, 1080)), Border{Left: 240, Right: 240, Kind: Pillarbox}, 6},
	} {
		t.Run(c.name, func(t *testing.T) {
			var run BorderRun
			for _, f := range c.frames {
				run.Add(f)
			}
			check(t, "run", run.Border(), c.want, c.slack)
			if c.want.Kind&(BlurredSides|BlurredTopEnd) == 0 {
				check(t, "one frame", Borders(c.frames[0]), c.want, c.slack)
			}
		})
	}
}

func check(t *testing.T, what string, got, want Border, slack int) {
	t.Helper()
	off := func(a, b int) bool { return max(a-b, b-a) > slack }
	if got.Kind != want.Kind || off(got.Left, want.Left) || off(got.Right, want.Right) || off(got.Top, want.Top) || off(got.Bottom, want.Bottom) {
		t.Errorf("%s: %s (%+v), want %+v within %d pixels", what, got, got, want, slack)
	}
}

func darker(frames []luma.Plane) []luma.Plane {
	for _, f := range frames {
		for i, v := range f.Pix {
			f.Pix[i] = v / 12
		}
	}
	return frames
}

// sky blackens the frames above an uneven roofline near row y0.
func sky(frames []luma.Plane, y0 int) []luma.Plane {
	for _, f := range frames {
		for x := range f.W {
			for y := range y0 + (x/70%4)*9 {
				f.Row(y)[x] = 6
			}
		}
	}
	return frames
}

func TestContentIsThePicture(t *testing.T) {
	picture := shot(480, 360, 1, 3)
	f := framed(picture, 640, 360, even(0, 640, 360))[0]
	got := Borders(f).Content(f)
	if max(got.W-480, 480-got.W) > 4 || got.H != 360 {
		t.Fatalf("content of %d x %d pixels, want about 480 x 360", got.W, got.H)
	}
	a, _ := PDQ(got)
	b, _ := PDQ(picture[0])
	if d := a.Distance(b); d > 24 {
		t.Errorf("distance of the content to the picture = %d, want at most 24", d)
	}
}

func TestBorderText(t *testing.T) {
	b := Border{Left: 80, Right: 82, Top: 36, Bottom: 36, Kind: Letterbox | Pillarbox, W: 640, H: 360}
	for _, want := range []string{"bars above and below (10 and 10 % of the height)", "bars left and right (13 and 13 % of the width)"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("String = %q, want %q in it", b, want)
		}
	}
	if got := (Border{}).String(); got != "no border" {
		t.Errorf("String = %q, want no border", got)
	}
}

func TestBorderRunWantsOneSize(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("frames of two sizes did not panic")
		}
	}()
	var r BorderRun
	r.Add(luma.New(640, 360))
	r.Add(luma.New(640, 361))
}

func BenchmarkBorderRun(b *testing.B) {
	p, n := scene("tiles", 640, 360, 1), 0
	var r BorderRun
	for b.Loop() {
		r.Add(p)
		n++
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "frames/s")
}
