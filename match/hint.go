package match

import (
	"math"
	"slices"
	"time"

	"beleg/index"
	"beleg/internal/simd"
	"beleg/luma"
)

// A hint is what an item's traces say of a seed before a picture of it is decoded: whether the tiles of the query's
// picture become lighter and darker as those of the item's do, and when. The zero hint says nothing.
type hint struct {
	mapping
	agree float64 // correlation over time, 0 if the traces say nothing
	also  mapping // at another speed that they allow as well; of rate 0 if there is none
	share float64 // of the query's picture that shows the item's
	cut   bool    // the item has a cut within what the query's shot would show: an edited item, of which only the seed's shot was asked
}

// A mapping is how the item's time, in seconds, follows from the query's.
type mapping struct{ rate, offset float64 }

const (
	// traced is how many tiles of the item's picture the query must show for a hint.
	traced = 6
	// tracedGap is the least time between the query's frames that are compared with traces.
	tracedGap = 70 * time.Millisecond
	// otherSpeed is by how much an agreement at another speed than the item's own counts less.
	otherSpeed = .75
	// ownLeaves is how many times as much as another speed the item's own may leave unexplained and be believed, alsoLeaves
	// the share of it that another must leave to be looked at as well.
	ownLeaves, alsoLeaves = 2, .8
	// hintReach is how far from the right time a hint may be, in fiftieths of a second, and hintSlack the same as a time.
	hintReach = 8
	hintSlack = hintReach * time.Second / 50
	// plainly is the agreement from which slow and quick motion are not asked for.
	plainly = .9
	// phases is how many times between two moments of a trace are tried.
	phases = 4
	// fewestTied is the least number of moments that tell anything.
	fewestTied = 4
)

// hint returns what the traces around the seed's keyframe say of the query's shot around the seed.
func (f *finder) hint(seed pair) hint {
	k := spot{seed.part, seed.keyframe, seed.b}
	h, ok := f.hints[k]
	if !ok {
		first, last := f.shot(f.frameAt(seed.b))
		h = f.trace(seed, first, last)
		f.hints[k] = h
	}
	return h
}

// A spot is where a pair lies.
type spot struct {
	part     int
	keyframe uint32
	b        time.Duration
}

// trace returns the hint for the query's frames from first to last.
func (f *finder) trace(seed pair, first, last int) (h hint) {
	p := f.parts[seed.part]
	if *p.Trace(seed.keyframe) == (index.Trace{}) {
		return h
	}
	w, d := p.Shape(seed.keyframe)
	tiles := f.tilesOf(seed.t, w, d)
	if tiles == nil {
		return h
	}
	q, a := lights{}, f.lights(seed, tiles, seed.a-longest-widest, seed.a+longest+widest)
	h.cut = a.within(seed.a, f.q.frames[last-1].At-f.q.frames[first].At)
	for _, fr := range f.q.frames[first:last] {
		if n := len(q.at); n == 0 || fr.At.Seconds() >= q.at[n-1]+tracedGap.Seconds() {
			q.add(fr.At.Seconds(), tiles.mean(fr.Plane))
		}
	}
	if len(q.at) < fewestTied || len(a.at) < fewestTied {
		return h
	}
	c := comparison{q: &q, a: &a, part: h.cut}
	c.multiply()
	var own, other mapping
	best, bestOther := 0.0, 0.0
	try := func(rate float64) {
		for phase := range phases {
			switch v, offset := c.best(rate, float64(phase)/phases); {
			case rate == 1 && v > best:
				best, own = v, mapping{rate, offset}
			case rate != 1 && v > bestOther:
				bestOther, other = v, mapping{rate, offset}
			}
		}
	}
	for _, rate := range forwards {
		try(rate)
	}
	if max(best, bestOther) < plainly {
		for _, rate := range paces {
			try(rate)
		}
	}
	// What a correlation leaves unexplained tells high ones apart.
	left, leftOther := 1-mul(best, best), 1-mul(bestOther, bestOther)
	switch {
	case best == 0 && bestOther == 0:
		return hint{cut: h.cut}
	case best > 0 && left <= mul(ownLeaves, leftOther):
		if h.mapping = own; leftOther < mul(alsoLeaves, left) {
			h.also = other
		}
	default:
		h.mapping, best = other, bestOther
	}
	// Graphics lower what all tiles say together, another shot at an end what they say one by one.
	h.agree, h.share = min(max(best, c.partly(h.rate, h.offset)), 1), tiles.share
	if h.rate != 1 { // a speed that is free to choose fits chance better
		h.agree = mul(h.agree, otherSpeed)
	}
	return h
}

// lights returns the lights of the seed's item between two times, as far as they are known without a gap around the seed.
func (f *finder) lights(seed pair, tiles *tiling, from, to time.Duration) lights {
	p := f.parts[seed.part]
	a := lights{gap: time.Second.Seconds() / index.TraceMoments}
	first, end := p.Run(seed.keyframe, from, to)
	for k := first; k < end; k++ {
		_, at := p.Keyframe(k)
		for i, moment := range p.Trace(k) {
			v, known := tiles.of(moment[:])
			if known {
				a.add(at.Seconds()+mul(float64(i), a.gap), v)
			} else if k >= seed.keyframe {
				end = k
				break
			} else {
				a.at, a.v = nil, nil
			}
		}
	}
	return a
}

// Lights are how bright tiles of a picture are, in 1/8 grey levels from the middle one, at moments in order of time.
type lights struct {
	at  []float64 // seconds
	v   [][]int16 // per moment: the tiles
	gap float64   // seconds between moments, if it is always the same
}

func (l *lights) add(at float64, v []int16) {
	l.at, l.v = append(l.at, at), append(l.v, v)
}

// within leaves of l what lies between the last cut before a time and the first after it, if one of them is no further from it than a
// reach, and reports whether it did: what a broadcast shows before and after a recording says nothing of that.
func (l *lights) within(at, reach time.Duration) bool {
	from, to := 0, len(l.at)
	for i := 1; i < len(l.at); i++ {
		if !l.sharp(i) {
			continue
		}
		if l.at[i] <= at.Seconds() {
			from = i
		} else if to == len(l.at) {
			to = i
		}
	}
	near := from > 0 && l.at[from] > (at-reach).Seconds() || to < len(l.at) && l.at[to] < (at+reach).Seconds()
	if near {
		l.at, l.v = l.at[from:to], l.v[from:to]
	}
	return near
}

// sharpStep is the mean change of tiles, in grey levels, from which there may be a cut between two moments of a trace, where less than sharpLike of
// their pattern is left and the change is sharpMore times that before or after: a camera that is swung changes all the time. A large change may
// be filed in two steps, so that the moment next to it tells nothing.
const sharpStep, sharpLike, sharpMore = 12, .6, 2

// sharp reports whether there is a cut before moment i.
func (l *lights) sharp(i int) bool {
	step := func(i int) (sum int) {
		if i < 1 || i >= len(l.v) {
			return 0
		}
		for k, x := range l.v[i] {
			sum += abs(int(x) - int(l.v[i-1][k]))
		}
		return sum
	}
	u, v := l.v[i-1], l.v[i]
	if now := step(i); now < sharpStep*8*len(u) || now < sharpMore*max(step(i-1), step(i-2)) && now < sharpMore*max(step(i+2), step(i+3)) {
		return false
	}
	mean := func(v []int16) (m float64) {
		for _, x := range v {
			m += float64(x)
		}
		return m / float64(len(v))
	}
	mu, mv := mean(u), mean(v)
	var uv, uu, vv float64
	for i := range u {
		x, y := float64(u[i])-mu, float64(v[i])-mv
		uv, uu, vv = uv+mul(x, y), uu+mul(x, x), vv+mul(y, y)
	}
	return uv < mul(sharpLike, math.Sqrt(mul(uu, vv)))
}

// A comparison is the lights of a query and of an item, whose moments have one gap.
type comparison struct {
	q, a     *lights
	part     bool      // the item is one shot, which may be shorter than the query's
	products []float64 // of moment i of the query and j of the item: [i*len(a.at)+j]
	of       sums      // of the item
}

// Sums are the sums of lights over all moments before each: of the tiles, and of their squares.
type sums struct {
	tiles  [][]int32
	square []int64
}

func (s *sums) add(v []int16) {
	if len(s.tiles) == 0 {
		s.tiles, s.square = append(s.tiles, make([]int32, len(v))), append(s.square, 0)
	}
	n := len(s.tiles) - 1
	next := slices.Clone(s.tiles[n])
	simd.Add(next, v)
	s.tiles, s.square = append(s.tiles, next), append(s.square, s.square[n]+simd.Dot(v, v))
}

// over returns the sum of squares from moment i to j, half-open.
func (s *sums) over(i, j int) float64 { return float64(s.square[j] - s.square[i]) }

func (c *comparison) multiply() {
	for _, y := range c.a.v {
		c.of.add(y)
	}
	for _, x := range c.q.v {
		for _, y := range c.a.v {
			c.products = append(c.products, float64(simd.Dot(x, y)))
		}
	}
}

// best returns the highest correlation of the lights when the item's time is rate times the query's and a moment of
// the item lies on the query's first, or phase gaps after it, and the offset of its time. What lies outside either
// lowers it. Moments of the item are never mixed: there may be a cut between them.
func (c *comparison) best(rate, phase float64) (best, offset float64) {
	q, a := c.q.at, c.a.at
	var tied []int // moments of the query, one for each of the item
	var own sums
	for i := 0; ; {
		t := q[0] + mul(phase+float64(len(tied)), c.a.gap)/rate
		if t > q[len(q)-1] {
			break
		}
		for i+1 < len(q) && q[i+1]-t < t-q[i] {
			i++
		}
		tied = append(tied, i)
		own.add(c.q.v[i])
	}
	most := len(tied) // moments that can be compared
	if c.part {
		most = min(most, len(a))
	}
	for shift := fewestTied - len(tied); shift <= len(a)-fewestTied; shift++ {
		from, to := max(0, -shift), min(len(tied), len(a)-shift)
		n := float64(to - from)
		if to-from < fewestTied || 2*(to-from) < most {
			continue
		}
		both := 0.0
		for k := from; k < to; k++ {
			both += c.products[tied[k]*len(a)+k+shift]
		}
		eq, ea, means := own.over(from, to), c.of.over(from+shift, to+shift), 0.0
		x0, x1, y0, y1 := own.tiles[from], own.tiles[to], c.of.tiles[from+shift], c.of.tiles[to+shift]
		var xy, xx, yy int64
		for k := range x0 {
			x, y := int64(x1[k]-x0[k]), int64(y1[k]-y0[k])
			xy, xx, yy = xy+x*y, xx+x*x, yy+y*y
		}
		eq, ea, means = eq-float64(xx)/n, ea-float64(yy)/n, float64(xy)/n
		if eq <= 0 || ea <= 0 {
			continue
		}
		if v := mul((both-means)/math.Sqrt(mul(eq, ea)), math.Sqrt(n/float64(most))); v > best {
			best = v
			offset = a[0] + mul(float64(shift)-phase, c.a.gap) - mul(rate, q[0])
		}
	}
	return best, offset
}

// partly returns the correlation of what the mapping ties together, tile by tile: each counts as much as it moves in
// the item, so that graphics over others do not lower it.
func (c *comparison) partly(rate, offset float64) float64 {
	q, a := c.q.at, c.a.at
	var qs, as [][]int16
	const rounding = 1e-3
	j, _ := slices.BinarySearch(a, mul(rate, q[0])+offset-rounding)
	for i := 0; j < len(a) && a[j] <= mul(rate, q[len(q)-1])+offset+rounding; j++ {
		t := (a[j] - offset) / rate
		for i+1 < len(q) && q[i+1]-t < t-q[i] {
			i++
		}
		qs, as = append(qs, slices.Clone(c.q.v[i])), append(as, slices.Clone(c.a.v[j]))
	}
	if len(qs) < fewestTied {
		return 0
	}
	centre(qs)
	centre(as)
	var sum, weight float64
	for k := range qs[0] {
		var both, own, other int64
		for i := range qs {
			x, y := int64(qs[i][k]), int64(as[i][k])
			both, own, other = both+x*y, own+x*x, other+y*y
		}
		w := math.Sqrt(float64(other))
		sum += mul(w, float64(both)/math.Sqrt(mul(float64(own), float64(other))+1))
		weight += w
	}
	return sum / max(weight, 1)
}

// A tiling says which tile of an item's picture, as traces divide it, a query's pixels show.
type tiling struct {
	tile    []int16 // per pixel looked at, every second of every second row: its place among those shown, or -1
	count   []int32 // per tile shown: its pixels
	numbers []int   // per tile shown: its number in a trace
	share   float64 // of the query's picture that shows the item's
}

// tilesOf returns the tiling of the query's pictures under t, nil when they show too little of the item's
// picture, which is of w by h pixels.
func (f *finder) tilesOf(t Transform, w, h int) *tiling {
	q := f.q.frames[0].Plane
	unit := float64(index.Extent) / float64(max(q.W, q.H))
	wide := mul(float64(w), index.Extent) / float64(max(w, h)) / index.TraceWide
	high := mul(float64(h), index.Extent) / float64(max(w, h)) / index.TraceHigh
	var count [index.TraceWide * index.TraceHigh]int32
	s := &tiling{}
	for y := 0; y < q.H; y += 2 {
		for x := 0; x < q.W; x += 2 {
			u, v := t.At(mul(float64(x)+.5, unit), mul(float64(y)+.5, unit))
			k := int16(-1)
			if cx, cy := math.Floor(u/wide), math.Floor(v/high); cx >= 0 && cx < index.TraceWide && cy >= 0 && cy < index.TraceHigh {
				k = int16(cy)*index.TraceWide + int16(cx)
				count[k]++
			}
			s.tile = append(s.tile, k)
		}
	}
	shown := int32(0)
	for _, n := range count {
		shown += n
	}
	s.share = float64(shown) / float64(len(s.tile))
	// A tile counts that is about wholly in the picture.
	scale, _ := t.scale(index.Extent/2, index.Extent*9/32)
	whole := mul(wide, high) / max(mul(mul(scale, scale), mul(unit, unit)), 1e-9) / 4
	var place [index.TraceWide * index.TraceHigh]int16
	for k, n := range count {
		place[k] = -1
		if n > 0 && float64(n) >= mul(.6, whole) {
			place[k] = int16(len(s.numbers))
			s.numbers, s.count = append(s.numbers, k), append(s.count, n)
		}
	}
	for i, k := range s.tile {
		if k >= 0 {
			s.tile[i] = place[k]
		}
	}
	if len(s.numbers) < traced {
		return nil
	}
	return s
}

// of returns one moment of a trace, and whether it is known.
func (s *tiling) of(moment []byte) (v []int16, known bool) {
	for _, k := range s.numbers {
		v = append(v, light(8*int32(moment[k])))
		known = known || moment[k] > 0
	}
	return v, known
}

// light turns 1/8 grey levels from black into such from the middle one: numbers that [simd.Dot] takes.
func light(v int32) int16 { return int16(v - 8*128) }

// mean returns the means of the tiles in the query's picture p.
func (s *tiling) mean(p luma.Plane) []int16 {
	sum := make([]int32, len(s.numbers)+1) // the last for all that shows no tile
	at := 0
	for y := 0; y < p.H; y += 2 {
		row := p.Row(y)
		tiles := s.tile[at:]
		for x := 0; x < len(row); x += 2 {
			k := int(tiles[x/2])
			if k < 0 {
				k = len(s.numbers)
			}
			sum[k] += int32(row[x])
		}
		at += (p.W + 1) / 2
	}
	v := make([]int16, len(s.numbers))
	for k, n := range s.count {
		v[k] = light(8 * sum[k] / n)
	}
	return v
}

const (
	// telling is the least agreement of a hint that is followed.
	telling = .6
	// tellsOther is the least of another item's that is set against a hint, and elsewhere the share of it below which that says
	// that the seed is another time of the camera.
	tellsOther, elsewhere = .5, .6
)

// another returns a match that says without a look at pictures that the seed is another time of the camera: a believable
// match of another item explains all of the shot in the same part of the picture, and what the traces of that one say agrees
// far better.
func (f *finder) another(seed pair) (m Match, ok bool) {
	q := f.q.frames
	first, last := f.shot(f.frameAt(seed.b))
	from, to := q[first].At, q[last-1].At
	r, ok := f.rival(seed.item, seed.seat, from, to)
	if !ok {
		return m, false
	}
	h := f.hint(seed)
	if h.cut || h.rate == 0 || h.agree >= mul(elsewhere, r.agree) {
		return m, false
	}
	m = Match{Item: seed.item, Kind: SamePlace, By: r.Item, BFrom: from, BTo: to, Rate: 1, Transform: seed.t, odds: never}
	m.AFrom = max(seed.a-seed.b+m.BFrom, 0)
	m.ATo = m.AFrom + m.BTo - m.BFrom
	m.Evidence = Evidence{Pairs: 1, Agree: seed.agree, Weight: seed.weight, Share: h.share, Motion: max(h.agree, 0)}
	return m, true
}

// rival returns a believable match of another item than the one given, told by traces, that explains all of the query between
// two times in the same part of the picture, and whether there is one: it leaves nothing there to another time of the camera.
func (f *finder) rival(item index.ItemID, place seat, from, to time.Duration) (Match, bool) {
	i := slices.IndexFunc(f.sure, func(s Match) bool {
		all := s.BFrom <= from+slack && s.BTo >= to-slack
		return s.Item != item && s.agree >= tellsOther && all && place.meets(s.Transform.seat()) && !f.edited(&s, from, to)
	})
	if i < 0 {
		return Match{}, false
	}
	return f.sure[i], true
}

// never are odds at which nothing is believed.
const never = -20

// span returns the times of the item that the hint lays over the query's frames from first to last.
func (h *hint) span(q []Frame, first, last int) (from, to time.Duration) {
	from, to = h.mapping.at(q[first].At), h.mapping.at(q[last-1].At)
	if h.also.rate != 0 {
		from, to = min(from, h.also.at(q[first].At)), max(to, h.also.at(q[last-1].At))
	}
	return from, to
}

// at returns the item's time at the query's time b.
func (m mapping) at(b time.Duration) time.Duration {
	return time.Duration((mul(m.rate, b.Seconds()) + m.offset) * float64(time.Second))
}
