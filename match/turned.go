package match

import (
	"slices"
	"time"

	"beleg/luma"
)

// What a telephone filmed lying on its side is set upright by a broadcaster, or left as it was. Features are upright, so such a
// picture is found only when it is asked for turned: now and then in each shot in which nothing else is found.

const (
	// turnedFeatures is how many features of a sample are looked up turned, the strongest first.
	turnedFeatures = 250
	// turnedWeight is the least evidence that a turned sample must give.
	turnedWeight = 4
	// turnedOf is how many samples of the first turn there are for one that is looked up turned.
	turnedOf = 3
)

// lookTurned returns the pairs that the sparse frame at a time gives turned by one, two and three quarters.
func (q *Query) lookTurned(voters []voter, at time.Duration) (out []pair) {
	k := slices.IndexFunc(q.sparses, func(s sparse) bool { return s.at == at })
	marks, descriptors := q.sparses[k].marks, slices.Clone(q.sparses[k].descriptors)
	turned := sample{at: at, turn: turns - 1, features: make([]feature, min(len(marks), turnedFeatures))}
	for i := range turned.features {
		turned.features[i] = feature{x: marks[i].x, y: marks[i].y, s: marks[i].s}
	}
	unit := geometryOf(luma.Plane{W: q.w, H: q.h}).unit
	w, h := mul(float64(q.w), unit), mul(float64(q.h), unit)
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

// unknown returns for each shot in which nothing is found the samples to be looked up turned: of those of the first turn one of
// turnedOf, the second or the only one to begin with.
func (v *votes) unknown() (out []int) {
	found := func(ps []pair) bool {
		return slices.ContainsFunc(ps, func(p pair) bool { return p.weight >= settledWeight })
	}
	for from, to := 0, 0; from < len(v.of); from = to {
		for to = from + 1; to < len(v.of) && v.together(to-1, to); {
			to++
		}
		var sparse []int
		for i := from; i < to; i++ {
			if v.q.samples[i].turn == 0 {
				sparse = append(sparse, i)
			}
		}
		if slices.ContainsFunc(v.of[from:to], found) {
			continue
		}
		for k := min(1, len(sparse)-1); k >= 0 && k < len(sparse); k += turnedOf {
			out = append(out, sparse[k])
		}
	}
	return out
}
