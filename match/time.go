package match

import (
	"math"
	"slices"

	"beleg/internal/simd"
)

// A movement is what moves in a shot of the query and in a reel, block by block under one transform,
// each with its mean over time taken off: what stands still says nothing about time. The product of
// all frames of one with all of the other shows the mapping of their times as a bright line.
type movement struct {
	l        *lay
	qs, as   [][]int16
	qm, am   []int16   // means over time
	qe, ae   []float64 // energies of the frames
	bt, at   []float64 // times in seconds
	products []float64 // of frame i of the query and j of the reel: [i*len(as)+j]
	static   float64   // amplitude of the query's still picture for the archive's
}

// framesCompared is about how many of the query's frames are compared with the reel.
const framesCompared = 100

// vicinity is how many seconds of the reel before and after what the shot shows are looked at when the time is
// about known; the search goes less far.
const vicinity = 1

// movement prepares the search for the time, in all of the reel or, where it is about known, in the vicinity. It
// returns nil when the item covers too little.
func (s *scene) movement(near bool) *movement {
	q := s.f.q.frames
	p := s.f.frame(s.here, s.half)
	m := &movement{l: layOf(s.t, p.W, p.H, s.r.pics[s.anchor])}
	if len(m.l.blocks) < 6 {
		return nil
	}
	hidden := m.graphics(s)
	blank := func(w []int16) []int16 {
		m.l.normalise(w)
		n := m.l.side * m.l.side
		for k, h := range hidden {
			if h {
				clear(w[k*n:][:n])
			}
		}
		return w
	}
	for i := s.first; i < s.last; i += max(1, (s.last-s.first)/framesCompared) {
		m.bt = append(m.bt, q[i].At.Seconds())
		m.qs = append(m.qs, blank(m.l.own(nil, s.f.frame(i, s.half))))
	}
	low, high := mul(s.rate, m.bt[0])+s.offset, mul(s.rate, m.bt[len(m.bt)-1])+s.offset
	low, high = min(low, high)-vicinity, max(low, high)+vicinity
	for i, pic := range s.r.pics {
		if s.shotTo > 0 && (s.r.at[i] < s.shotFrom || s.r.at[i] > s.shotTo) {
			continue
		}
		if t := s.r.at[i].Seconds(); !near || t >= low && t <= high {
			m.at = append(m.at, t)
			m.as = append(m.as, blank(m.l.take(nil, pic)))
		}
	}
	if len(m.as) == 0 {
		return nil
	}
	m.qm, m.am = centre(m.qs), centre(m.as)
	m.qe, m.ae = energies(m.qs), energies(m.as)
	m.products = make([]float64, 0, len(m.qs)*len(m.as))
	for i, x := range m.qs {
		shown := mul(s.rate, m.bt[i]) + s.offset
		for j, y := range m.as {
			if near && (m.at[j] < shown-vicinity || m.at[j] > shown+vicinity) {
				m.products = append(m.products, 0)
				continue
			}
			m.products = append(m.products, float64(simd.Dot(x, y)))
		}
	}
	return m
}

// graphics returns the blocks that the scene's own frames do not share, and sets static from the others.
func (m *movement) graphics(s *scene) []bool {
	u, v := m.l.own(nil, s.f.frame(s.here, s.half)), m.l.take(nil, s.r.pics[s.anchor])
	m.l.normalise(u)
	m.l.normalise(v)
	n := m.l.side * m.l.side
	hidden := make([]bool, len(m.l.blocks))
	var both, own int64
	for k := range hidden {
		x, y := u[k*n:][:n], v[k*n:][:n]
		xy, yy := simd.Dot(x, y), simd.Dot(y, y)
		if hidden[k] = float64(xy) < .2*math.Sqrt(mul(float64(simd.Dot(x, x)), float64(yy))); !hidden[k] {
			both, own = both+xy, own+yy
		}
	}
	m.static = max(float64(both)/max(float64(own), 1), .05)
	return hidden
}

// centre takes the mean of the frames, at least one, off each and returns it.
func centre(frames [][]int16) []int16 {
	mean := average(frames)
	for _, v := range frames {
		simd.Subtract(v, v, mean)
	}
	return mean
}

// average returns the mean of frames, at least one.
func average(frames [][]int16) []int16 {
	sums := make([]int32, len(frames[0]))
	for _, v := range frames {
		simd.Add(sums, v)
	}
	mean := make([]int16, len(sums))
	for j, s := range sums {
		mean[j] = int16(s / int32(len(frames)))
	}
	return mean
}

func energies(frames [][]int16) []float64 {
	energy := make([]float64, len(frames))
	for i, v := range frames {
		energy[i] = float64(simd.Dot(v, v))
	}
	return energy
}

// line returns the correlation of what moves when the item's time is rate times the query's plus
// offset, lowered when the reel has no frames for part of the shot.
func (m *movement) line(rate, offset float64) float64 {
	var sum, eq, ea float64
	n, j := 0, 0
	for i, b := range m.bt {
		t := mul(rate, b) + offset
		if !m.has(t) {
			continue
		}
		for j+1 < len(m.at) && m.at[j+1] <= t {
			j++
		}
		for j > 0 && m.at[j] > t { // backwards
			j--
		}
		n++
		k := min(j+1, len(m.at)-1)
		w := 0.0
		if k > j {
			w = min(max((t-m.at[j])/(m.at[k]-m.at[j]), 0), 1)
		}
		g := m.products[i*len(m.at):]
		sum += mul(g[j], 1-w) + mul(g[k], w)
		eq += m.qe[i]
		ea += mul(m.ae[j], 1-w) + mul(m.ae[k], w)
	}
	if n < 3 || eq <= 0 || ea <= 0 {
		return 0
	}
	return mul(sum/math.Sqrt(mul(eq, ea)), math.Sqrt(float64(n)/float64(len(m.bt))))
}

// whole reports whether the reel has frames for all of the shot.
func (m *movement) whole(rate, offset float64) bool {
	return m.has(mul(rate, m.bt[0])+offset) && m.has(mul(rate, m.bt[len(m.bt)-1])+offset)
}

// leastMotion is the correlation of what moves below which chance may have made it: times at which the item is shown from the
// shot's beginning to its end are then likelier than others.
const leastMotion = .1

// has reports whether the reel has a frame for time t.
func (m *movement) has(t float64) bool { return t >= m.at[0]-.05 && t <= m.at[len(m.at)-1]+.05 }

// plain favours the footage's own speed over any other that motion would as well allow; more so when
// little moves.
const plain = 1.04

// The speeds tried at first: forwards the footage's own before all others, and backwards.
var (
	forwards  = []float64{1, .9, 1.1, .8, 1.25, .75, .85, .95, 1.05, 1.15, 1.2, 1.3, 1.33}
	backwards = []float64{-1}
	// The paces are speeds of slow and of quick motion. Only traces are asked for them: pictures that agree by chance at one of so
	// many are common.
	paces = []float64{.25, .33, .4, .45, .5, .55, .6, .65, .7, 1.4, 1.5, 1.6, 1.7, 1.8, 1.9, 2, 2.2, 2.5, 3, 3.5, 4}
)

// time finds the rate and the offset of the item's time against the query's from what moves, at about one of
// the speeds; without speeds it looks only around the rate and the offset found before.
func (s *scene) time(speeds []float64) {
	here := s.f.q.frames[s.here].At.Seconds()
	near := len(speeds) == 0
	if !near {
		s.rate = speeds[0]
		s.offset = s.r.at[s.anchor].Seconds() - mul(s.rate, here)
	}
	m := s.movement(near)
	if m == nil {
		return
	}
	favour := plain
	if math.Sqrt(mean(m.ae)/float64(len(m.as[0])))/normUnit < unmovingArchive {
		favour = plain * plain * plain * plain
	}
	best, bestWhole, whole := -1.0, -1.0, mapping{}
	keep := func(rate, a, c float64) {
		if rate == 1 || rate == -1 {
			c = mul(c, favour)
		}
		offset := a - mul(rate, here)
		if c > best {
			best, s.rate, s.offset = c, rate, offset
		}
		if c > bestWhole && m.whole(rate, offset) {
			bestWhole, whole = c, mapping{rate, offset}
		}
	}
	// at tries the mapping that shows moment a of the item where the scene is.
	at := func(rate, a float64) { keep(rate, a, m.line(rate, a-mul(rate, here))) }
	var others []float64
	if !near {
		for _, rate := range speeds {
			var c []float64
			for a := m.at[0]; a <= m.at[len(m.at)-1]; a += .04 {
				c = append(c, m.line(rate, a-mul(rate, here)))
			}
			for i := range c {
				keep(rate, m.at[0]+mul(float64(i), .04), around(c, i))
			}
			if rate == speeds[0] {
				others = c
			}
		}
		if best < leastMotion && bestWhole > -1 {
			s.rate, s.offset = whole.rate, whole.offset
		}
		best = -1
	}
	r0, a0 := s.rate, s.offset+mul(s.rate, here)
	switch {
	case s.told > 0 && r0 == 1:
		for j := -s.told; j <= s.told; j++ {
			at(r0, a0+mul(float64(j), .02))
		}
		s.told = min(s.told, 3)
	case r0 != 1 && r0 != -1 || near:
		for i := -4; i <= 4; i++ {
			for j := -10; j <= 10; j++ {
				at(r0+mul(float64(i), .01), a0+mul(float64(j), .02))
			}
		}
	default:
		for j := -6; j <= 6; j++ {
			at(r0, a0+mul(float64(j), .01))
		}
	}
	s.measure(m)
	if !near {
		s.contrast = (m.line(s.rate, s.offset) - mean(others)) / deviation(others)
	}
}

const (
	// heldStir is the most that a frame that is held changes, in block deviations: no more than coding does. On a
	// development set of the harder cases held frames had .006 at most, a still view before a camera .068.
	heldStir = .03
	// minHeld is the least correlation of what the held frame shows where the archive moves with the moment, and
	// heldAlone is by how much that must be more than of moments more than heldApart seconds off. Of 66 held frames
	// of the development clips the least true one had .62, frames of other times of a camera at most .47.
	minHeld, heldAlone, heldApart = .55, 1.3, .8
	// opening is how many seconds a recording may take to come to its exposure and sharpness: what differs
	// from the rest of it there is not what moves.
	opening = .15
)

// hold sets the scene to the one frame of the item that the query's whole shot shows, and reports whether there is
// one. What stands in the query must be what the archive shows at that moment and neither before nor after: before
// a camera where nothing happens all stands still as well.
func (s *scene) hold() (bool, error) {
	var m *movement
	var like []float64
	best := s.anchor
	for range 2 { // what differs from another moment looks like graphics until the moment is known
		s.anchor = best
		if m = s.movement(false); m == nil || len(m.qs) < 3 || block(mean(m.qe), m) > heldStir {
			return false, nil
		}
		like = m.moments()
		best = largest(like)
	}
	other := 0.0
	for i, c := range like {
		if d := m.at[i] - m.at[best]; d > heldApart || d < -heldApart {
			other = max(other, c)
		}
	}
	if like[best] < minHeld || like[best] < mul(heldAlone, other) {
		return false, nil
	}
	if m.at[best] < opening && m.ae[best] > 2.5*mean(m.ae) {
		return false, nil
	}
	s.rate, s.offset, s.anchor = 0, m.at[best], best
	s.refine(coarsely...)
	s.motion, s.calm, s.still = like[best], like[best], block(mean(m.ae), m)
	s.contrast = (like[best] - mean(like)) / deviation(like)
	s.follow()
	return s.pixels >= .78 || s.pixels >= .7 && s.motion >= .85, nil
}

// around returns the mean of c near i: in noise the moment is where agreement is high for a while, not where one
// value is.
func around(c []float64, i int) float64 {
	sum, weight := 0.0, 0.0
	for d := -2; d <= 2; d++ {
		if j := i + d; j >= 0 && j < len(c) {
			w := [3]float64{6, 2, 1}[max(d, -d)]
			sum, weight = sum+mul(w, c[j]), weight+w
		}
	}
	return sum / weight
}

// moments returns for each frame of the reel the correlation of what the query shows, apart from what the reel
// always shows, with what that frame does, in the blocks where most moves in the reel: noise is everywhere.
func (m *movement) moments() []float64 {
	n := m.l.side * m.l.side
	moved := make([]float64, len(m.l.blocks))
	for _, v := range m.as {
		for k := range moved {
			moved[k] += float64(simd.Dot(v[k*n:][:n], v[k*n:][:n]))
		}
	}
	sorted := slices.Clone(moved)
	slices.Sort(sorted)
	least := 2 * sorted[len(sorted)/2]
	if least > sorted[len(sorted)-1-len(sorted)/20] { // everything moves alike
		least = 0
	}
	both, energy := make([]float64, len(m.as)), make([]float64, len(m.as))
	held, own := make([]int16, n), 0.0
	for k, e := range moved {
		if e < least {
			continue
		}
		for i := range held {
			held[i] = int16(float64(m.qm[k*n+i])/m.static) - m.am[k*n+i]
		}
		own += float64(simd.Dot(held, held))
		for j, v := range m.as {
			w := v[k*n:][:n]
			both[j] += float64(simd.Dot(held, w))
			energy[j] += float64(simd.Dot(w, w))
		}
	}
	for j, e := range energy {
		both[j] /= math.Sqrt(max(mul(own, e), 1))
	}
	return both
}

// block returns the deviation, in block deviations, of pixels whose energies sum to e.
func block(e float64, m *movement) float64 {
	return math.Sqrt(e/float64(len(m.qm))) / normUnit
}

func largest(v []float64) int {
	best := 0
	for i, x := range v {
		if x > v[best] {
			best = i
		}
	}
	return best
}

// measure sets what the scene says of motion, from the frames that the mapping ties together alone: what
// moves in the rest of the reel is no part of it.
func (s *scene) measure(m *movement) {
	var qs, as [][]int16
	for i, b := range m.bt {
		if t := mul(s.rate, b) + s.offset; m.has(t) {
			qs = append(qs, append([]int16(nil), m.qs[i]...))
			as = append(as, append([]int16(nil), m.as[nearest(m.at, t)]...))
		}
	}
	s.motion, s.calm, s.slope, s.still, s.moves = 0, 0, 0, 0, [2]float64{}
	if len(qs) < 3 {
		return
	}
	centre(qs)
	centre(as)
	eq, ea := mean(energies(qs)), mean(energies(as))
	both := 0.0
	for i := range qs {
		both += float64(simd.Dot(qs[i], as[i])) / float64(len(qs))
	}
	s.motion = both / math.Sqrt(max(mul(eq, ea), 1))
	s.slope = both / max(ea, 1) / m.static
	s.still = math.Sqrt(ea/float64(len(as[0]))) / normUnit
	s.moves = [2]float64{m.l.moves(qs), m.l.moves(as)}
	s.calm = calm(qs, as)
}

// calm returns the correlation of means over five frames, which noise takes less from: of each third frame and the
// two before and after.
func calm(qs, as [][]int16) float64 {
	var both, own, other int64
	for i := 2; i+2 < len(qs); i += 3 {
		x, y := average(qs[i-2:i+3]), average(as[i-2:i+3])
		both, own, other = both+simd.Dot(x, y), own+simd.Dot(x, x), other+simd.Dot(y, y)
	}
	return float64(both) / math.Sqrt(max(mul(float64(own), float64(other)), 1))
}

// nearest returns the index of the time nearest to t.
func nearest(at []float64, t float64) int {
	i := 0
	for i+1 < len(at) && at[i+1]-t < t-at[i] {
		i++
	}
	return i
}

func mean(v []float64) float64 {
	sum := 0.0
	for _, x := range v {
		sum += x
	}
	return sum / float64(max(len(v), 1))
}

// deviation returns the standard deviation of v, at least 1e-4.
func deviation(v []float64) float64 {
	m, sum := mean(v), 0.0
	for _, x := range v {
		sum += mul(x-m, x-m)
	}
	return max(math.Sqrt(sum/float64(max(len(v), 1))), 1e-4)
}
