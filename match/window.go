package match

import (
	"image"

	"beleg/fingerprint"
	"beleg/index"
	"beleg/luma"
)

const (
	// mostWindows is how many windows are looked into.
	mostWindows = 2
	// fewestPictures and mostPictures are in how many pictures they are looked for: in one a door may be a window.
	fewestPictures, mostPictures = 2, 4
	// windowSamples is the most samples in which windows are looked for together: windows come and go within a shot.
	windowSamples = 8
	// windowEdge is how many pixels along the sides of a window do not count to it.
	windowEdge = 3
)

// windows finds the windows that the samples from one to another, half-open, all of one shot, have in common, as far as they
// still hold their pictures: those of the first turn do not.
func (q *Query) windows(from, to int) (out []image.Rectangle) {
	var pictures []luma.Plane
	for _, s := range q.samples[from:to] {
		if s.picture.W == q.w && s.picture.H == q.h {
			pictures = append(pictures, s.picture)
		}
	}
	n := len(pictures)
	if n < fewestPictures {
		return nil
	}
	if n > mostPictures {
		for i := range mostPictures {
			pictures[i] = pictures[i*(n-1)/(mostPictures-1)]
		}
		pictures = pictures[:mostPictures]
	}
	least := image.Pt(q.w*15/100, q.h/10)
	for _, r := range fingerprint.Windows(pictures, least, mostWindows) {
		out = append(out, r.Inset(windowEdge))
	}
	return out
}

// lookInto returns the pairs that the window r of s gives as a picture of its own. A small picture has few features among those
// of what surrounds it, and none that are smaller than a pixel there.
func (q *Query) lookInto(r image.Rectangle, voters []voter, s *sample) []pair {
	part, t := enlarged(s.picture, r)
	window := sample{at: s.at, turn: s.turn, picture: part}
	q.describe(&window)
	ps := look(nil, voters, &window, mul(float64(part.W), geometryOf(part).unit))
	for i := range ps {
		p := &ps[i]
		p.t = p.t.after(&t)
		p.seat = p.t.seat()
	}
	return ps
}

// enlarged returns the window r of p as a picture of its own, and the transform from units of p to its units.
func enlarged(p luma.Plane, r image.Rectangle) (luma.Plane, Transform) {
	whole, side := max(p.W, p.H), max(r.Dx(), r.Dy())
	part := p.Crop(r.Min.X, r.Min.Y, r.Max.X, r.Max.Y).Resize(r.Dx()*whole/side, r.Dy()*whole/side)
	k := float64(whole) / float64(side)
	at := func(pixels int) float64 { return mul(float64(pixels), float64(index.Extent)/float64(side)) }
	return part, Transform{k, 0, -at(r.Min.X), 0, k, -at(r.Min.Y), 0, 0}
}
