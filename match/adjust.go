package match

import "math"

// adjust returns the transform that fits the ties best, those that do not fit left out; plane allows
// a picture that was seen at a slant.
func adjust(t Transform, ties []tie, unit float64, plane bool) (Transform, int) {
	s, _ := t.scale(512, 288)
	kept := consensus(&t, ties, mul(2, mul(unit, s)))
	for _, limit := range []float64{2, 1.5, 1} {
		u, ok := fitAffine(kept, t, .5)
		if !ok {
			return t, 0
		}
		if plane && len(kept) >= 12 {
			if p, ok := fitPlane(kept, u, .02); ok {
				u = p
			}
		}
		limit = mul(limit, mul(unit, s))
		next := make([]tie, 0, len(ties))
		for _, p := range ties {
			x, y := u.At(p.x, p.y)
			if dx, dy := x-p.u, y-p.v; mul(dx, dx)+mul(dy, dy) < mul(limit, limit) {
				next = append(next, p)
			}
		}
		if len(next) < 4 {
			return t, len(next)
		}
		t, kept = u, next
	}
	return t, len(kept)
}

const (
	// pairsAsked is the number of pairs of ties that are asked for a correction.
	pairsAsked = 200
	// leastApart is how far apart in archive units a pair's ties lie, and mostGrowth by what share a correction may resize.
	leastApart, mostGrowth = 100, .12
	// fewestUnited is the least number of ties that make a correction.
	fewestUnited = 6
)

// consensus returns the ties that agree within a limit, in archive units, on one correction of t, the one on which most do. Graphics and
// blurred margins seem to show the item in wrong places, each in another: a mean over all ties would follow them. Where hardly
// any agree it returns all.
func consensus(t *Transform, ties []tie, limit float64) []tie {
	n := len(ties)
	if n < fewestUnited {
		return ties
	}
	offs := make([]off, n)
	for i, p := range ties {
		u, v := t.At(p.x, p.y)
		offs[i] = off{u, v, p.u - u, p.v - v}
	}
	var best correction
	most := 0.0
	limit = mul(limit, limit)
	for k := range pairsAsked {
		i := k * max(n, pairsAsked) / pairsAsked % n
		c, ok := correctionOf(&offs[i], &offs[(i+1+41*k%(n-1))%n]) // 41: partners in all directions
		if !ok {
			continue
		}
		sum := 0.0
		for i := range offs {
			sum += max(limit-c.misses(&offs[i]), 0)
		}
		if sum > most {
			most, best = sum, c
		}
	}
	kept := make([]tie, 0, n)
	for i := range offs {
		if most > 0 && best.misses(&offs[i]) < limit {
			kept = append(kept, ties[i])
		}
	}
	if len(kept) < fewestUnited {
		return ties
	}
	return kept
}

// An off is where a transform takes a tie, and by how much that is wrong.
type off struct{ u, v, du, dv float64 }

// A correction shifts and resizes what a transform gives: (u, v) is off by (du + grow*u, dv + grow*v).
type correction struct{ du, dv, grow float64 }

// correctionOf returns the correction that two ties ask for, and false when they lie close together or it is too large.
func correctionOf(p, q *off) (c correction, ok bool) {
	u, v := q.u-p.u, q.v-p.v
	span := mul(u, u) + mul(v, v)
	if span < leastApart*leastApart {
		return c, false
	}
	c.grow = (mul(u, q.du-p.du) + mul(v, q.dv-p.dv)) / span
	c.du, c.dv = p.du-mul(c.grow, p.u), p.dv-mul(c.grow, p.v)
	return c, math.Abs(c.grow) <= mostGrowth
}

// misses returns the square of how far off c leaves the tie.
func (c *correction) misses(o *off) float64 {
	x, y := o.du-c.du-mul(c.grow, o.u), o.dv-c.dv-mul(c.grow, o.v)
	return mul(x, x) + mul(y, y)
}
