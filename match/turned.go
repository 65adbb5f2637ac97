package match

import (
	"slices"

	"beleg/fingerprint"
	"beleg/luma"
)

// What a telephone filmed lying on its side is set upright by a broadcaster, or left as it was. Features are upright, so such a
// picture is found only when it is asked for turned: once in each shot in which nothing else is found.

const (
	// turnedFeatures is how many features of a sample are looked up turned, the strongest first.
	turnedFeatures = 250
	// turnedWeight is the least evidence that a turned sample must give.
	turnedWeight = 4
)

// lookTurned returns the pairs that a sample with such patches gives turned by one, two and three quarters.
func (q *Query) lookTurned(ps []fingerprint.Patch, voters []voter, s *sample) (out []pair) {
	g := geometryOf(luma.Plane{W: q.w, H: q.h})
	w, h := mul(float64(q.w), g.unit), mul(float64(q.h), g.unit)
	turned := sample{at: s.at, turn: turns - 1, features: make([]feature, min(len(ps), turnedFeatures))}
	descriptors := make([]fingerprint.Descriptor, len(turned.features))
	for i := range turned.features {
		x, y, size := g.place(&ps[i])
		turned.features[i] = feature{x: float32(x), y: float32(y), s: float32(size)}
		descriptors[i] = ps[i].Descriptor
	}
	t := identity
	for range 3 {
		for i := range turned.features {
			f := &turned.features[i]
			descriptors[i] = descriptors[i].Turned()
			f.x, f.y, f.views[0] = float32(h)-f.y, f.x, viewOf(&descriptors[i])
		}
		quarter := Transform{0, -1, h, 1, 0, 0, 0, 0}
		t = quarter.after(&t)
		w, h = h, w
		for _, p := range look(nil, voters, &turned, w) {
			if p.weight >= turnedWeight {
				p.t = p.t.after(&t)
				p.seat = p.t.seat()
				out = append(out, p)
			}
		}
	}
	return out
}

// turnable returns per sample whether it is the one of its shot to be looked up turned: the middle one of those whose patches can
// still be had.
func (v *votes) turnable() []bool {
	out := make([]bool, len(v.q.samples))
	for from, to := 0, 0; from < len(out); from = to {
		for to = from + 1; to < len(out) && v.together(to-1, to); {
			to++
		}
		best := -1
		for i := from; i < to; i++ {
			if s := &v.q.samples[i]; (s.features == nil || s.patches != nil) && (best < 0 || abs(2*i-from-to) < abs(2*best-from-to)) {
				best = i
			}
		}
		if best >= 0 {
			out[best] = true
		}
	}
	return out
}

// empty reports whether nothing was found so far in the shot of sample i.
func (v *votes) empty(i int) bool {
	found := func(i int) bool {
		return slices.ContainsFunc(v.of[i], func(p pair) bool { return p.weight >= settledWeight })
	}
	if found(i) {
		return false
	}
	for _, step := range []int{-1, 1} {
		for k := i; v.together(min(k, k+step), max(k, k+step)); {
			if k += step; found(k) {
				return false
			}
		}
	}
	return true
}
