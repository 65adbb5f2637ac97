package match

import (
	"math"
	"math/bits"
	"slices"
	"time"

	"beleg/index"
	"beleg/internal/radix"
	"beleg/internal/simd"
)

const (
	// radius is the largest distance in bits between the signatures of agreeing features.
	radius = 14
	// minAgree is the fewest agreeing features that make a pair of frames worth a look.
	minAgree = 4
	// leastWeight is the least evidence of a pair that is kept, for others to bear out.
	leastWeight = .5
	// maxHypotheses bounds how many transforms are tried per pair of frames.
	maxHypotheses = 60
)

// A pair is a query frame and a keyframe whose features agree on a transform.
type pair struct {
	item     index.ItemID
	part     int
	keyframe uint32
	b, a     time.Duration // times of the query frame and of the keyframe
	t        Transform     // from the query as seen, mirror included
	seat     seat          // of t
	agree    int           // features that agree on t
	weight   float64       // their weights summed
}

// A hit is a query feature and a posting like it.
type hit struct {
	keyframe uint32
	feature  int32
	distance int32
	x, y, qs float64 // the feature's place, in the mirror if need be, and scale
	u, v, s  float64 // the posting's place and scale
	rare     float64 // weight of the feature: less when it is found in many items
}

// A voter looks up samples in the postings; it keeps its memory from one to the next.
type voter struct {
	postings *index.Postings
	part     int
	near     []index.Nearby
	likes    []like
	rare     []float64 // per feature: its weight
	counts   []uint32  // likes of each keyframe; 0 between uses
	seen     []uint32  // per item: the feature that it was found for last, by number of all
	features uint32    // so far
	order    []uint64  // keyframe, distance and index of each like
	spare    []uint64  // room to sort them
	group    []hit
	ties     []tie
	used     []int32 // feature of each tie
	pairings simd.Pairings
}

// A like is a feature of the query and a posting like it.
type like struct {
	posting, keyframe uint32
	feature, distance int32
}

// manyItems is the number of items from which a feature does not become any commoner.
const manyItems = 64

// vote appends the pairs of s, seen as given by view (1 is mirrored), to out. extent is the query's
// width in units.
func (v *voter) vote(out []pair, s *sample, orientation int, extent float64) []pair {
	p := v.postings
	if v.counts == nil {
		v.counts, v.seen = make([]uint32, p.Keyframes()), make([]uint32, p.Items())
	}
	v.likes, v.rare = v.likes[:0], v.rare[:0]
	for i := range s.features {
		w := &s.features[i].views[orientation]
		v.near = v.near[:0]
		for _, word := range w.words {
			v.near = p.Near(v.near, word, w.sig, radius)
		}
		v.features++
		items := 0
		for _, n := range v.near {
			k := p.KeyframeOf(n.Posting)
			if item := p.ItemOf(k); v.seen[item] != v.features {
				v.seen[item] = v.features
				items++
			}
			v.counts[k]++
			v.likes = append(v.likes, like{n.Posting, k, int32(i), n.Distance})
		}
		v.rare = append(v.rare, 1/math.Sqrt(float64(min(max(items, 1), manyItems))))
	}
	// Most keyframes have too few: they are not sorted.
	v.order = v.order[:0]
	for i := range v.likes {
		if l := &v.likes[i]; v.counts[l.keyframe] >= minAgree {
			v.order = append(v.order, uint64(l.keyframe)<<32|uint64(l.distance)<<25|uint64(i))
		}
	}
	for i := range v.likes {
		v.counts[v.likes[i].keyframe] = 0
	}
	// They came in order of their index, which the sort keeps.
	v.order, v.spare = radix.Sort(v.order, v.spare, bits.Len(uint(p.Keyframes()))+7, func(o *uint64) uint64 { return *o >> 25 })
	for from := 0; from < len(v.order); {
		to := from + 1
		for to < len(v.order) && v.order[to]>>32 == v.order[from]>>32 {
			to++
		}
		v.group = v.group[:0]
		for _, o := range v.order[from:to] {
			v.group = append(v.group, v.hit(&v.likes[o&(1<<25-1)], s, orientation, extent))
		}
		if p, ok := v.settle(s, orientation, extent); ok {
			out = append(out, p)
		}
		from = to
	}
	return out
}

// hit returns where the two sides of l lie.
func (v *voter) hit(l *like, s *sample, orientation int, extent float64) hit {
	f := &s.features[l.feature]
	x := float64(f.x)
	if orientation == 1 {
		x = extent - x
	}
	p := v.postings.At(l.posting)
	return hit{l.keyframe, l.feature, l.distance, x, float64(f.y), float64(f.s), float64(p.X) + .5, float64(p.Y) + .5, float64(p.Scale) / 8, v.rare[l.feature]}
}

// settle finds the transform on which most hits of the group, all of one keyframe, agree.
func (v *voter) settle(s *sample, orientation int, extent float64) (pair, bool) {
	hits := v.group
	v.pairings.Reset(len(hits))
	for i := range hits {
		h := &hits[i]
		v.pairings.Add(simd.Pairing{X: float32(h.x), Y: float32(h.y), U: float32(h.u), V: float32(h.v), S: float32(h.s - h.qs)}, 2*radius-h.distance)
	}
	best, bestWeight := 0, int32(0)
	for i := range hits[:min(len(hits), maxHypotheses)] {
		h := &hits[i]
		if w := v.pairings.Agree(i, float32(exp2(h.s-h.qs)), simd.Near{Least: 20, Share: .1, Steps: .75}); w > bestWeight {
			best, bestWeight = i, w
		}
	}
	if bestWeight < 2*2*radius {
		return pair{}, false
	}
	h := &hits[best]
	scale := exp2(h.s - h.qs)
	t := Transform{scale, 0, h.u - mul(scale, h.x), 0, scale, h.v - mul(scale, h.y), 0, 0}
	agree, total := 0, 0.0
	for round := range 4 {
		scale, _ := t.scale(512, 288)
		if scale < .05 || scale > 20 {
			return pair{}, false
		}
		log := log2of(scale)
		v.ties, v.used = v.ties[:0], v.used[:0]
		total = 0
		for j := range hits {
			g := &hits[j]
			if math.Abs(g.s-g.qs-log) > .75 {
				continue
			}
			u, w := t.At(g.x, g.y)
			dx, dy := (u-g.u)/scale, (w-g.v)/scale
			r := [4]float64{40, 25, 16, 12}[round] + exp2(g.qs)
			if mul(dx, dx)+mul(dy, dy) < mul(r, r) && !v.taken(g) {
				v.used = append(v.used, g.feature)
				v.ties = append(v.ties, tie{g.x, g.y, g.u, g.v, 1})
				if round == 3 && v.apart(len(v.ties)-1, scale) {
					total += mul(weightOf(g.distance), g.rare)
				}
			}
		}
		agree = len(v.ties)
		if agree < minAgree {
			return pair{}, false
		}
		if round == 3 {
			break
		}
		base, ok := fitUpright(v.ties)
		if !ok {
			return pair{}, false
		}
		if t, ok = fitAffine(v.ties, base, [3]float64{4, 1, .5}[round]); !ok {
			return pair{}, false
		}
	}
	if !sane(&t) || total < leastWeight {
		return pair{}, false
	}
	item, at := v.postings.Keyframe(hits[0].keyframe)
	if orientation == 1 {
		mirror := Transform{-1, 0, extent, 0, 1, 0, 0, 0}
		t = t.after(&mirror)
	}
	return pair{item: item, part: v.part, keyframe: hits[0].keyframe, b: s.at, a: at, t: t, seat: t.seat(), agree: agree, weight: total}, true
}

const (
	// together is how much evidence pairs of one item need that bear each other out, where none has minWeight.
	together = 1.5
	// meanwhile is how far apart in time such pairs may be, and shift and growth by how many units and in which ratio the
	// item may lie elsewhere in the query's picture.
	meanwhile, shift, growth = 4 * time.Second, 40, 1.25
)

// borne returns the pairs of an item, most agreeing first, without weak ones that stand alone: a small or poor picture
// gives weak pairs, but in one frame after the other and at one place. Those count as one of minWeight.
func borne(ps []pair) []pair {
	out := ps[:0:0]
	for _, p := range ps {
		if p.weight < minWeight {
			sum := p.weight
			times := []time.Duration{p.b}
			for _, o := range ps {
				if sum >= together {
					break
				}
				if d := o.b - p.b; d > meanwhile || d < -meanwhile || slices.Contains(times, o.b) || !p.seat.like(o.seat) {
					continue
				}
				times = append(times, o.b)
				sum += o.weight
			}
			if sum < together {
				continue
			}
			p.weight = minWeight
		}
		out = append(out, p)
	}
	return out
}

// A seat is where the middle of an archive picture lies in the query's and how large it is there.
type seat struct{ x, y, size float64 }

// seat returns a size of 0 when t squeezes the picture to nothing.
func (t *Transform) seat() (s seat) {
	if u, ok := t.invert(); ok {
		s.x, s.y = u.At(index.Extent/2, index.Extent*9/32)
		s.size, _ = u.scale(index.Extent/2, index.Extent*9/32)
	}
	return s
}

// meets reports whether two 16:9 pictures so seated share most of the smaller one.
func (s seat) meets(o seat) bool {
	size := min(s.size, o.size)
	over := func(a, b, span float64) float64 {
		half := func(s float64) float64 { return mul(s, mul(span, .5)) }
		return min(a+half(s.size), b+half(o.size)) - max(a-half(s.size), b-half(o.size))
	}
	w, h := over(s.x, o.x, index.Extent), over(s.y, o.y, index.Extent*9/16)
	return w > 0 && h > 0 && mul(w, h) > mul(.5, mul(mul(size, index.Extent), mul(size, index.Extent*9/16)))
}

// like reports whether two pictures are seated nearly alike.
func (s seat) like(o seat) bool {
	return s.size > 0 && o.size > 0 && s.size < growth*o.size && o.size < growth*s.size && math.Abs(s.x-o.x) < shift && math.Abs(s.y-o.y) < shift
}

// apart reports whether tie i lies away from all before it, on both sides: features crowd on edges
// and letters, and a crowd that agrees is one piece of evidence.
func (v *voter) apart(i int, scale float64) bool {
	t := &v.ties[i]
	const near = 24
	for j := range v.ties[:i] {
		o := &v.ties[j]
		if math.Abs(o.x-t.x) < near && math.Abs(o.y-t.y) < near || math.Abs(o.u-t.u) < near*scale && math.Abs(o.v-t.v) < near*scale {
			return false
		}
	}
	return true
}

// taken reports whether the hit's feature or its posting's place is among the ties already.
func (v *voter) taken(g *hit) bool {
	for i, f := range v.used {
		if f == g.feature || v.ties[i].u == g.u && v.ties[i].v == g.v {
			return true
		}
	}
	return false
}

// sane reports whether an affine transform is one that footage undergoes: no more than a quarter
// turn's sixth, no squeeze beyond two to one.
func sane(t *Transform) bool {
	a, b, c, d := t[0], t[1], t[3], t[4]
	x, y := math.Sqrt(mul(a, a)+mul(c, c)), math.Sqrt(mul(b, b)+mul(d, d))
	if x < .05 || y < .05 || x > 2*y || y > 2*x {
		return false
	}
	return math.Abs(mul(a, b)+mul(c, d)) < mul(.35, mul(x, y)) && math.Abs(c) < .35*x && math.Abs(b) < .35*y && d > 0
}

// weightOf is the evidence in a hit at the distance: signatures that agree by chance lie far.
func weightOf(distance int32) float64 {
	return 1 - float64(distance)/float64(2*radius)
}

// exp2 returns 2^x for x between -1000 and 1000, the same on every machine, to one part in 3,000.
func exp2(x float64) float64 {
	n := math.Floor(x)
	k := mul(x-n, 64)
	i := int(k)
	f := k - float64(i)
	return mul(exp2Steps[i]+mul(f, exp2Steps[i+1]-exp2Steps[i]), math.Float64frombits(uint64(1023+int(n))<<52))
}

// exp2Steps[i] is 2^(i/64).
var exp2Steps = func() (t [65]float64) {
	// 2^(1/64), by six square roots, which are exact to the last bit everywhere.
	root := 2.0
	for range 6 {
		root = math.Sqrt(root)
	}
	t[0] = 1
	for i := 1; i < 65; i++ {
		t[i] = t[i-1] * root
	}
	return t
}()

// log2of returns the logarithm of x > 0, the same on every machine, to about 0.01.
func log2of(x float64) float64 {
	m, e := math.Frexp(x)
	m *= 2
	// 2^i/64 below m.
	i := 0
	for i < 64 && exp2Steps[i+1] <= m {
		i++
	}
	return float64(e-1) + mul(float64(i), 1./64)
}
