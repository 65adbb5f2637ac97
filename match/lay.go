package match

import (
	"math"
	"slices"

	"beleg/index"
	"beleg/internal/simd"
	"beleg/luma"
)

// A picture is a frame with its smaller copies, made when first needed, for sampling at any scale. It is
// not safe for concurrent use.
type picture struct{ levels [levelMost]luma.Plane }

// levelMost is the number of sizes of a picture: 1, 2/3, 1/2, 1/3, 1/4 ... of the frame's.
const levelMost = 9

func pictureOf(p luma.Plane) *picture {
	pic := &picture{}
	pic.levels[0] = p
	return pic
}

// level returns the picture in size k.
func (p *picture) level(k int) luma.Plane {
	if l := p.levels[k]; l.W > 0 {
		return l
	}
	if k == 1 {
		p.levels[1] = twoThirds(p.levels[0])
	} else {
		p.levels[k] = p.level(k - 2).Halve()
	}
	return p.levels[k]
}

// sizeOf returns how many pixels of the frame one of level k spans.
func sizeOf(k int) float64 {
	f := float64(int(1) << (k / 2))
	if k%2 == 1 {
		f = mul(f, 1.5)
	}
	return f
}

// twoThirds returns p at two thirds of its size: each three by three pixels become two by two.
func twoThirds(p luma.Plane) luma.Plane {
	q := luma.New(p.W/3*2, p.H/3*2)
	for y := range q.H {
		top, near, far := y/2*3, 0, 1
		if y%2 == 1 {
			near, far = 2, 1
		}
		a, b, dst := p.Row(top+near), p.Row(top+far), q.Row(y)
		for x, i := 0, 0; x < len(dst); x, i = x+2, i+3 {
			u, v := a[i:i+3:i+3], b[i:i+3:i+3]
			u0, u1, u2 := 2*uint32(u[0])+uint32(v[0]), 2*uint32(u[1])+uint32(v[1]), 2*uint32(u[2])+uint32(v[2])
			dst[x] = byte((2*u0 + u1 + 4) / 9)
			dst[x+1] = byte((2*u2 + u1 + 4) / 9)
		}
	}
	return q
}

// A lay is the part of a query picture that an archive picture covers under a transform, cut in
// square blocks, with the place of each of its pixels in the archive picture.
type lay struct {
	t      Transform
	side   int          // of a block, in pixels of the query picture
	blocks []simd.Place // upper left corners
	level  int          // of the archive picture
	from   []simd.Place // per pixel of all blocks: place in that level, in 1/256 pixel; made by places when first needed
	unit   float64      // query units per query pixel
	px     float64      // pixels of the level per archive unit, in 1/256
	size   luma.Plane   // the level, for its size alone
}

// blocksWanted is about how many blocks a lay has.
const blocksWanted = 70

// layOf returns the lay under t of a query picture of w by h pixels and the archive picture a.
func layOf(t Transform, w, h int, a *picture) *lay {
	full := a.levels[0]
	l := &lay{t: t, unit: index.Extent / float64(max(w, h))}
	aw := float64(full.W) * index.Extent / float64(max(full.W, full.H))
	ah := float64(full.H) * index.Extent / float64(max(full.W, full.H))
	inside := func(x, y int) bool {
		u, v := t.At(mul(float64(x), l.unit), mul(float64(y), l.unit))
		return u >= 4 && v >= 4 && u <= aw-4 && v <= ah-4
	}
	// The covered area, counted on a coarse grid.
	area := 0
	for y := 2; y < h; y += 4 {
		for x := 2; x < w; x += 4 {
			if inside(x, y) {
				area += 16
			}
		}
	}
	l.side = min(max(int(math.Sqrt(float64(area)/blocksWanted)), 5), sideMost)
	for y := 0; y+l.side <= h; y += l.side {
		for x := 0; x+l.side <= w; x += l.side {
			if inside(x, y) && inside(x+l.side, y) && inside(x, y+l.side) && inside(x+l.side, y+l.side) {
				l.blocks = append(l.blocks, simd.Place{X: int32(x), Y: int32(y)})
			}
		}
	}
	s, _ := t.scale(mul(float64(w)/2, l.unit), mul(float64(h)/2, l.unit))
	l.level = levelFor(s, l.unit, a)
	l.px = 256 * float64(max(full.W, full.H)) / index.Extent / sizeOf(l.level)
	l.size = a.level(l.level)
	return l
}

// places returns from. A lay that is only shifted never needs it.
func (l *lay) places() []simd.Place {
	if l.from != nil {
		return l.from
	}
	l.from = make([]simd.Place, 0, l.pixels())
	for _, b := range l.blocks {
		for y := range l.side {
			for x := range l.side {
				l.from = append(l.from, within(l.locate(int(b.X)+x, int(b.Y)+y), l.size))
			}
		}
	}
	return l.from
}

// pixels returns the number of pixels of all blocks.
func (l *lay) pixels() int { return len(l.blocks) * l.side * l.side }

// levelFor returns the level of a whose pixels are nearest in size to the query's when one query unit
// spans s archive units.
func levelFor(s, unit float64, a *picture) int {
	full := a.levels[0]
	ratio := mul(s, unit) / (index.Extent / float64(max(full.W, full.H)))
	level := 0
	for level+1 < levelMost && ratio > mul(1.15, sizeOf(level)) && float64(min(full.W, full.H)) >= mul(8, sizeOf(level+1)) {
		level++
	}
	return level
}

// within brings a place into the picture.
func within(s simd.Place, p luma.Plane) simd.Place {
	most := edge(p)
	return simd.Place{X: min(max(s.X, 0), most.X), Y: min(max(s.Y, 0), most.Y)}
}

// edge returns the last place of the picture that has four neighbours.
func edge(p luma.Plane) simd.Place {
	return simd.Place{X: int32(p.W-1)*256 - 1, Y: int32(p.H-1)*256 - 1}
}

// locate returns where pixel (x, y) of the query lies in the level, be it outside.
func (l *lay) locate(x, y int) simd.Place {
	qx, qy := mul(float64(x)+.5, l.unit), mul(float64(y)+.5, l.unit)
	u, v := mul(l.t[0], qx)+mul(l.t[1], qy)+l.t[2], mul(l.t[3], qx)+mul(l.t[4], qy)+l.t[5]
	if l.t[6] != 0 || l.t[7] != 0 {
		w := mul(l.t[6], qx) + mul(l.t[7], qy) + 1
		u, v = u/w, v/w
	}
	return simd.Place{X: int32(math.Floor(mul(u, l.px))) - 128, Y: int32(math.Floor(mul(v, l.px))) - 128}
}

// take appends to dst the archive picture's pixels of all blocks, in 1/16 grey levels.
func (l *lay) take(dst []int16, a *picture) []int16 {
	p := a.level(l.level)
	places := l.places()
	n := len(dst)
	dst = slices.Grow(dst, len(places))[:n+len(places)]
	simd.Blend(dst[n:], p.Pix, p.Stride, places, 0)
	return dst
}

// own appends to dst the query picture's pixels of all blocks, in 1/16 grey levels.
func (l *lay) own(dst []int16, q luma.Plane) []int16 {
	dst = slices.Grow(dst, l.pixels())
	for _, b := range l.blocks {
		for y := range l.side {
			for _, v := range q.Row(int(b.Y) + y)[b.X:][:l.side] {
				dst = append(dst, int16(v)<<4)
			}
		}
	}
	return dst
}

const (
	// normUnit is the standard deviation given to each block's pixels, if there were no floor.
	normUnit = 64
	// floor is added to the blocks' standard deviations, in 1/16 grey levels, so that noise in empty
	// blocks counts little.
	normFloor = 48
)

// normalise makes each block of v have mean 0 and deviation normUnit, less where the block is flat.
func (l *lay) normalise(v []int16) {
	n := l.side * l.side
	for ; len(v) > 0; v = v[n:] {
		sum, squares := simd.Moments(v[:n])
		m := int64(n)
		// n times the deviation, whole: the quotient is below 2^15 and, where it is no whole number, further from one
		// than 1/norm, which is more than it can be rounded by. So floats give what integers would.
		norm := float64(int64(math.Sqrt(float64(m*squares - sum*sum + m*m*normFloor*normFloor))))
		simd.Standardise(v[:n], int32(m*normUnit), int32(sum*normUnit), norm)
	}
}

// detail returns the deviation of normalised pixels, in block deviations: less where much is flat. Blocks that mask covers do
// not count.
func (l *lay) detail(v []int16, mask []bool) float64 {
	n := l.side * l.side
	sum, count := int64(0), 0
	for k := range l.blocks {
		if mask != nil && mask[k] {
			continue
		}
		b := v[k*n:][:n]
		sum += simd.Dot(b, b)
		count += n
	}
	return math.Sqrt(float64(sum)/float64(max(count, 1))) / normUnit
}

// moves returns how much some blocks of the frames, means over time taken off, change more than the
// others: noise is everywhere, what moves is somewhere. It is 0 when all move alike.
func (l *lay) moves(frames [][]int16) float64 {
	n := l.side * l.side
	energy := make([]float64, len(l.blocks))
	for _, v := range frames {
		for k := range energy {
			b := v[k*n:][:n]
			energy[k] += float64(simd.Dot(b, b)) / float64(n*len(frames))
		}
	}
	slices.Sort(energy)
	common := 2 * energy[len(energy)/2]
	sum := 0.0
	for _, e := range energy {
		sum += max(e-common, 0)
	}
	return math.Sqrt(sum/float64(len(energy))) / normUnit
}

// agreement returns the correlation of the blocks of q and a, normalised both, leaving out those that
// mask covers; 0 when little is left.
func (l *lay) agreement(q, a []int16, mask []bool) float64 {
	n := l.side * l.side
	var qa, qq, aa int64
	left := 0
	for i := range l.blocks {
		if mask != nil && mask[i] {
			continue
		}
		left++
		x, y := q[i*n:][:n], a[i*n:][:n]
		qa += simd.Dot(x, y)
		qq += simd.Dot(x, x)
		aa += simd.Dot(y, y)
	}
	if left*6 < len(l.blocks) || left < 4 || qq == 0 || aa == 0 {
		return 0
	}
	return float64(qa) / math.Sqrt(mul(float64(qq), float64(aa)))
}

// shift looks for each block of l in the archive picture up to reach pixels from its expected place
// and appends where it was found, when it was.
func (l *lay) shift(ties []tie, q luma.Plane, a *picture, reach int) []tie {
	span := 2*reach + 1
	var c correlator
	for _, b := range l.blocks {
		if !c.own(q, b, l.side) {
			continue
		}
		c.around(l, b, a, reach)
		bx, by := c.peak(span)
		if bx <= 0 || by <= 0 || bx >= span-1 || by >= span-1 {
			continue
		}
		at := by*span + bx
		best := c.at(at)
		fx := top(c.at(at-1), best, c.at(at+1))
		fy := top(c.at(at-span), best, c.at(at+span))
		half := mul(float64(l.side), .5)
		cx, cy := float64(b.X)+half, float64(b.Y)+half
		u, v := l.t.At(mul(cx+float64(bx-reach)+fx, l.unit), mul(cy+float64(by-reach)+fy, l.unit))
		ties = append(ties, tie{mul(cx, l.unit), mul(cy, l.unit), u, v, mul(best, best)})
	}
	return ties
}

const (
	sideMost  = 14 // pixels of a block
	reachMost = 4  // pixels a block is looked for around its place
	spanMost  = 2*reachMost + 1
	wideMost  = sideMost + 2*reachMost
	wideRow   = wideMost + 16
)

// A correlator finds a block of the query in a square of archive pixels. Pixels are in 1/16 grey
// levels about the middle grey.
type correlator struct {
	side         int
	block        [sideMost * 16]int16
	sum, squares int64 // of the block
	wide         [wideMost * wideRow]int16
	cross        [spanMost * spanMost]int32
	both, others [spanMost * spanMost]float64 // at each place: covariance with the block, and variance of the archive's pixels
}

const middle = 128 << 4

// own takes the block at b and reports whether it has any structure.
func (c *correlator) own(q luma.Plane, b simd.Place, side int) bool {
	c.side, c.sum, c.squares = side, 0, 0
	for y := range side {
		row := c.block[16*y:][:16]
		clear(row)
		for x, v := range q.Row(int(b.Y) + y)[b.X:][:side] {
			w := int64(v)<<4 - middle
			row[x] = int16(w)
			c.sum += w
			c.squares += w * w
		}
	}
	area := int64(side * side)
	return area*c.squares-c.sum*c.sum >= area*area*2*2*256
}

// around takes the archive's pixels around the block; the transform is straight at this size.
func (c *correlator) around(l *lay, b simd.Place, a *picture, reach int) {
	n := l.side + 2*reach
	p := a.level(l.level)
	i00 := l.locate(int(b.X)-reach, int(b.Y)-reach)
	i10 := l.locate(int(b.X)-reach+n, int(b.Y)-reach)
	i01 := l.locate(int(b.X)-reach, int(b.Y)-reach+n)
	// Steps in 1/65536 pixel.
	k := int32(256 / n)
	xx, xy, yx, yy := (i10.X-i00.X)*k, (i10.Y-i00.Y)*k, (i01.X-i00.X)*k, (i01.Y-i00.Y)*k
	line := simd.Line{Start: i00, Step: simd.Place{X: xx, Y: xy}, Most: edge(p)}
	for y := range int32(n) {
		line.Shift = simd.Place{X: yx * y, Y: yy * y}
		// What is more than n fills a register and is not looked at.
		simd.BlendLine(c.wide[int(y)*wideRow:][:(n+7)&^7], p.Pix, p.Stride, &line, middle)
	}
}

// peak fills the fields for span x span places and returns the one of the best correlation above leastPeak, or -1, -1.
func (c *correlator) peak(span int) (bx, by int) {
	side := c.side
	simd.Correlate(c.cross[:], c.block[:16*side], c.wide[:], wideRow, span)
	area := int64(side * side)
	flat := area * area * 576
	best := mul(leastPeak*leastPeak, c.variance())
	bx, by = -1, -1
	// Sums and squares of the columns of the present rows, moved down row by row. What is summed is below 2^11.
	var sums, squares [wideMost]int32
	n := side + span - 1
	add := func(row []int16) {
		for x, v := range row {
			w := int32(v)
			sums[x] += w
			squares[x] += w * w
		}
	}
	for y := range side - 1 {
		add(c.wide[y*wideRow:][:n])
	}
	for dy := range span {
		add(c.wide[(dy+side-1)*wideRow:][:n])
		var sa, saa int32
		for x := range side - 1 {
			sa, saa = sa+sums[x], saa+squares[x]
		}
		for dx := range span {
			sa, saa = sa+sums[dx+side-1], saa+squares[dx+side-1]
			i := dy*span + dx
			v := area*int64(saa) - int64(sa)*int64(sa)
			k := area*int64(c.cross[i]) - c.sum*int64(sa)
			if v <= flat {
				k, v = 0, 1
			}
			both, own := float64(k), float64(v)
			c.both[i], c.others[i] = both, own
			// Squares in order are roots in order, and cost less.
			if k > 0 {
				if r := mul(both, both) / own; r > best {
					best, bx, by = r, dx, dy
				}
			}
			sa, saa = sa-sums[dx], saa-squares[dx]
		}
		for x, v := range c.wide[dy*wideRow:][:n] {
			w := int32(v)
			sums[x] -= w
			squares[x] -= w * w
		}
	}
	return bx, by
}

// leastPeak is the least correlation of a block with the place where it is found.
const leastPeak = .45

// variance returns the block's variance by the square of its area.
func (c *correlator) variance() float64 {
	return float64(int64(c.side*c.side)*c.squares - c.sum*c.sum)
}

// at returns the correlation at place i of the field, after peak.
func (c *correlator) at(i int) float64 {
	return c.both[i] / math.Sqrt(mul(c.variance(), c.others[i]))
}

// top returns the place of the maximum of the parabola through (-1, a), (0, b), (1, c).
func top(a, b, c float64) float64 {
	den := 2*b - a - c
	if den < 1e-6 {
		return 0
	}
	return min(max((c-a)/(2*den), -.5), .5)
}
