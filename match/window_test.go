package match

import (
	"image"
	"math"
	"testing"
	"time"

	"beleg/luma"
)

func TestWindowsOfAShot(t *testing.T) {
	q := &Query{w: 640, h: 360}
	inner, host := pan(5), pan(6)
	for i := range 4 {
		p := pasted(host(10*i).Resize(640, 360), inner(10*i).Resize(160, 90), 200, 100)
		q.samples = append(q.samples, sample{at: time.Duration(i) * sampleGap, turn: 1, picture: p})
	}
	want := image.Rect(200, 100, 360, 190)
	found := q.windows(0, 4)
	if len(found) == 0 || !found[0].In(want) || !want.Inset(windowEdge+3).In(found[0]) {
		t.Fatalf("found %v, want %v first", found, want)
	}
	for i := range 3 {
		q.samples[i].picture = luma.Plane{}
	}
	if found := q.windows(0, 4); found != nil {
		t.Errorf("found %v in one picture", found)
	}
}

func TestEnlarged(t *testing.T) {
	p := world(640, 360, 3)
	for _, r := range []image.Rectangle{image.Rect(100, 40, 260, 130), image.Rect(300, 50, 380, 210)} {
		part, in := enlarged(p, r)
		if side := max(part.W, part.H); side != 640 {
			t.Errorf("%v: longer side %d, want 640", r, side)
		}
		g, whole := geometryOf(part), geometryOf(p)
		for _, c := range []struct{ at, want float64 }{{float64(r.Min.X), 0}, {float64(r.Max.X), float64(part.W)}} {
			if x, _ := in.At(mul(c.at, whole.unit), 0); math.Abs(x-mul(c.want, g.unit)) > .01 {
				t.Errorf("%v: column %.0f lies at %.2f of the window, want %.2f", r, c.at, x, mul(c.want, g.unit))
			}
		}
		for _, c := range []struct{ at, want float64 }{{float64(r.Min.Y), 0}, {float64(r.Max.Y), float64(part.H)}} {
			if _, y := in.At(0, mul(c.at, whole.unit)); math.Abs(y-mul(c.want, g.unit)) > .01 {
				t.Errorf("%v: row %.0f lies at %.2f of the window, want %.2f", r, c.at, y, mul(c.want, g.unit))
			}
		}
	}
}
