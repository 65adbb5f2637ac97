package fingerprint

import (
	"image"
	"testing"

	"beleg/luma"
)

// inWindow shows small, with a white frame of the given width around it, at x and y in each of the pictures.
func inWindow(pictures, small []luma.Plane, x, y, frame int) []luma.Plane {
	var out []luma.Plane
	for i, p := range pictures {
		p, s := p.Clone(), small[i]
		for r := -frame; r < s.H+frame; r++ {
			row := p.Row(y + r)[x-frame:][:s.W+2*frame]
			for c := range row {
				row[c] = 235
			}
			if r >= 0 && r < s.H {
				copy(row[frame:], s.Row(r))
			}
		}
		out = append(out, p)
	}
	return out
}

func TestWindows(t *testing.T) {
	least := image.Pt(96, 36)
	host, small := shot(640, 360, 5, 1), shot(200, 112, 5, 2)
	at := image.Rect(70, 40, 270, 152)
	for _, c := range []struct {
		name     string
		pictures []luma.Plane
		want     image.Rectangle // zero: none
	}{
		{"with a frame", inWindow(host, small, 70, 40, 3), at},
		{"without", inWindow(darker(shot(640, 360, 5, 1)), small, 70, 40, 0), at},
		{"in grain", grain(inWindow(host, small, 70, 40, 3), 12), at},
		{"with a banner over a corner", box(inWindow(host, small, 70, 40, 3), 20, 145, 110, 175, 60), at},
		{"between bars", framed(shot(400, 220, 5, 3), 640, 360, even(16, 640, 360)), image.Rect(120, 70, 520, 290)},
		{"at the picture's left side", inWindow(host, small, 0, 40, 0), image.Rect(0, 40, 200, 152)},
		{"too small", inWindow(host, shot(80, 45, 5, 2), 70, 40, 3), image.Rectangle{}},
		{"too large", inWindow(host, shot(560, 310, 5, 2), 40, 25, 3), image.Rectangle{}},
		{"a strip", inWindow(host, shot(500, 60, 5, 2), 70, 40, 3), image.Rectangle{}},
		{"none", host, image.Rectangle{}},
		{"pictures too small for any", shot(10, 6, 3, 1), image.Rectangle{}},
	} {
		found := Windows(c.pictures, least, 1)
		if c.want.Empty() {
			if len(found) > 0 {
				t.Errorf("%s: found %v, want none", c.name, found)
			}
			continue
		}
		if len(found) != 1 {
			t.Errorf("%s: %d found, want %v", c.name, len(found), c.want)
			continue
		}
		for _, d := range []int{found[0].Min.X - c.want.Min.X, found[0].Min.Y - c.want.Min.Y, found[0].Max.X - c.want.Max.X, found[0].Max.Y - c.want.Max.Y} {
			if d < -5 || d > 5 {
				t.Errorf("%s: found %v, want %v", c.name, found[0], c.want)
				break
			}
		}
	}
}

func TestWindowsSurestFirst(t *testing.T) {
	p := inWindow(shot(640, 360, 5, 1), shot(200, 112, 5, 2), 70, 40, 3)
	p = inWindow(p, shot(160, 90, 5, 4), 400, 220, 3)
	least := image.Pt(96, 36)
	both := Windows(p, least, 2)
	if len(both) != 2 || both[0].Overlaps(both[1]) {
		t.Fatalf("found %v, want two apart", both)
	}
	if one := Windows(p, least, 1); len(one) != 1 || one[0] != both[0] {
		t.Errorf("found %v, want the first of %v", one, both)
	}
}

// A grid has more rectangles than can be tried.
func TestWindowsInAGrid(t *testing.T) {
	p := luma.New(640, 360)
	for y := range 360 {
		for x := range 640 {
			if x%8 == 0 || y%8 == 0 {
				p.Pix[y*640+x] = 200
			}
		}
	}
	if n := len(edgesOf([]luma.Plane{p, p}).lines()); n > mostLines+2 {
		t.Errorf("%d lines, want at most %d", n, mostLines+2)
	}
	for _, least := range []image.Point{{X: 96, Y: 36}, {}} {
		if found := Windows([]luma.Plane{p, p}, least, 2); len(found) > 2 {
			t.Errorf("found %v", found)
		}
	}
}

func BenchmarkWindows(b *testing.B) {
	p := inWindow(shot(640, 360, 5, 1), shot(200, 112, 5, 2), 70, 40, 3)
	for b.Loop() {
		Windows(p, image.Pt(96, 36), 2)
	}
}
