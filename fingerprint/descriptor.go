package fingerprint

import "math"

// A patch is described by the gradients of a square of samples x samples points around a keypoint,
// gathered in grid x grid cells of 8 directions, after Lowe, "Distinctive image features from
// scale-invariant keypoints", 2004, section 6. Patches stay upright: broadcasters mirror, crop and
// shrink pictures but do not turn them, and upright patches tell pictures apart better.
const (
	samples = 16
	grid    = 4
	bins    = 8
	// patchSide is the side of the patch in units of the keypoint's sigma.
	patchSide = 14
)

// dims is the number of a descriptor's values: value (row*grid + column)*bins + direction.
const dims = grid * grid * bins

// Descriptor is the gradient histogram of a patch; the root of each bin's share, in 1/512.
type Descriptor [dims]uint8

// share[i] says how much of sample row (or column) i goes to the cell before it and the next one:
// the weights of cells first and first+1, in 1/64.
type share struct {
	first  int
	lo, hi int32
}

var shares = func() (s [samples]share) {
	const per = samples / grid
	for i := range s {
		// Centre of sample i in units of a cell, measured between cell centres, in 1/64.
		p := (2*i+1)*64/(2*per) - 32
		c := p >> 6
		s[i] = share{first: c, lo: int32(64 - p&63), hi: int32(p & 63)}
	}
	return s
}()

// describe returns the gradient histogram of the patch around k.
func (s *pyramid) describe(k keypoint) Descriptor {
	l := &s.octaves[k.octave].levels[k.lev]
	// Distance of samples in 1/256 pixel of the octave: patchSide * sigma / samples.
	step := patchSide * sigma(k.scale-int32(k.octave)*16) / samples
	x0 := k.x<<4>>k.octave - step*(samples-1)/2
	y0 := k.y<<4>>k.octave - step*(samples-1)/2
	var xs [samples]int
	for i := range xs {
		xs[i] = min(max(int(x0+int32(i)*step+128)>>8, 0), l.w-1)
	}
	// Sums have a cell more on each side for what falls outside.
	var hist [grid + 2][grid + 2][bins]int32
	for r := range samples {
		y := min(max(int(y0+int32(r)*step+128)>>8, 0), l.h-1)
		row := l.at(0, y)
		up, down := l.pix[row-l.stride:], l.pix[row+l.stride:]
		mid := l.pix[row-1:]
		var line [grid + 2][bins]int32
		for c, x := range xs {
			dx := int32(mid[x+2]) - int32(mid[x])
			dy := int32(down[x]) - int32(up[x])
			// A gradient is a sum of two neighbouring directions 45 degrees apart: a-b along the
			// axis and sqrt(2)*b along the diagonal, where a >= b are the sizes of its parts.
			// Which is which is no branch: it could not be foretold.
			a, b := abs(dx), abs(dy)
			d := directions[uint32(a-b)>>31|uint32(dx)>>31<<1|uint32(dy)>>31<<2]
			small := min(a, b)
			axis, diag := max(a, b)-small, small*181>>7
			w := &shares[c]
			near, far := &line[w.first+1], &line[w.first+2]
			near[d.axis%bins] += axis * w.lo >> 6
			near[d.diagonal%bins] += diag * w.lo >> 6
			far[d.axis%bins] += axis * w.hi >> 6
			far[d.diagonal%bins] += diag * w.hi >> 6
		}
		w := shares[r]
		for c := 1; c <= grid; c++ {
			a, b := &hist[w.first+1][c], &hist[w.first+2][c]
			for i, v := range line[c] {
				a[i] += v * w.lo >> 6
				b[i] += v * w.hi >> 6
			}
		}
	}
	return root(&hist)
}

// directions[turn | left<<1 | up<<2] are the axis and the diagonal on both sides of a gradient;
// direction i points i*45 degrees from right towards down.
var directions = [8]struct{ axis, diagonal uint8 }{
	{0, 1}, {2, 1}, // right and down
	{4, 3}, {2, 3}, // left and down
	{0, 7}, {6, 7}, // right and up
	{4, 5}, {6, 5}, // left and up
}

// root returns the square roots of the histogram's shares (Arandjelovic and Zisserman 2012).
func root(hist *[grid + 2][grid + 2][bins]int32) (d Descriptor) {
	var sum int64
	for r := range grid {
		for c := range grid {
			for _, v := range hist[r+1][c+1] {
				sum += int64(v)
			}
		}
	}
	// Dividing floats is faster than dividing integers; below 2^52 the whole part is the same.
	whole := float64(max(sum, 1))
	for r := range grid {
		for c := range grid {
			for i, v := range hist[r+1][c+1] {
				d[(r*grid+c)*bins+i] = uint8(min(isqrt(uint32(float64(int64(v)<<18)/whole)), 255))
			}
		}
	}
	return d
}

// Mirrored returns the descriptor of the patch seen in a mirror: columns from right to left, and
// directions reflected in the vertical axis.
func (d *Descriptor) Mirrored() (m Descriptor) {
	for r := range grid {
		for c := range grid {
			src := d[(r*grid+c)*bins:][:bins]
			dst := m[(r*grid+grid-1-c)*bins:][:bins]
			for i, v := range src {
				dst[(12-i)%bins] = v
			}
		}
	}
	return m
}

func abs(v int32) int32 {
	s := v >> 31
	return (v ^ s) - s
}

// isqrt returns the integer square root of v.
func isqrt(v uint32) uint32 {
	return uint32(math.Sqrt(float64(v))) // rounded right everywhere: exact where v is a square, and else not up to a whole number
}

// sigma returns 2^(s/16) in 1/256.
func sigma(s int32) int32 {
	n := s >> 4
	v := exp2[s&15]
	if n < 0 {
		return v >> -n
	}
	return v << n
}

// exp2[i] is 2^(i/16) in 1/256.
var exp2 = [16]int32{256, 267, 279, 292, 304, 318, 332, 347, 362, 378, 395, 412, 431, 450, 470, 490}
