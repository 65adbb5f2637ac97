package fingerprint

import (
	"cmp"
	"math"
	"math/bits"
	"slices"

	"beleg/internal/radix"
	"beleg/internal/simd"
	"beleg/luma"
)

// A keypoint is a blob: an extremum of the difference of Gaussians over place and scale.
type keypoint struct {
	x, y     int32 // in 1/16 pixel of the picture
	scale    int32 // log2 of the Gaussian's sigma in picture pixels, in 1/16
	response int32 // |difference of Gaussians|, in 1/64 grey levels
	octave   uint8
	lev      uint8 // 1 or 2: the level of the octave that the patch is read from
	rank     int16 // place among the keypoints of its cell, strongest first
	key      uint32
}

const (
	// maxOctaves bounds the pyramid: the coarsest octave has pixels of 32 picture pixels.
	maxOctaves = 6
	// minOctave is the smallest side of an octave, in its own pixels.
	minOctave = 12
	// minContrast is the least response of a keypoint, in 1/64 grey levels.
	minContrast = greyUnit * 3 / 4
	// edgeRatio is the largest ratio of the principal curvatures of a blob (Lowe 2004, section 4.1).
	edgeRatio = 10
)

type octave struct {
	levels [4]level // variance 1.6, 3.2, 6.4, 12.8 in the octave's own pixels
	dog    [3]level // differences of neighbours
}

// pyramid is the scale space of one picture; it is used again for the next.
type pyramid struct {
	peaks    []uint16 // a bit for each pixel of a row that may be an extremum
	octaves  [maxOctaves]octave
	n        int
	tmp, raw level
}

// build fills the pyramid from p, leaving out the first skip octaves of detection.
func (s *pyramid) build(p luma.Plane) {
	s.raw.load(p)
	s.n = 0
	for o := range s.octaves {
		c := &s.octaves[o]
		if o == 0 {
			c.levels[0].blur(&s.raw, &s.tmp, kernelFirst)
			c.levels[1].blur(&c.levels[0], &s.tmp, kernelLow)
		} else {
			below := &s.octaves[o-1]
			if min(below.levels[0].w, below.levels[0].h) < 2*minOctave {
				break
			}
			c.levels[0].halve(&below.levels[2])
			c.levels[1].halve(&below.levels[3])
		}
		c.levels[2].blur(&c.levels[1], &s.tmp, kernelMid)
		c.levels[3].blur(&c.levels[2], &s.tmp, kernelHigh)
		for i := range c.dog {
			c.dog[i].less(&c.levels[i+1], &c.levels[i])
		}
		s.n++
	}
}

// detect appends the blobs of the pyramid to out.
func (s *pyramid) detect(out []keypoint) []keypoint {
	for o := range s.n {
		c := &s.octaves[o]
		out = s.extrema(out, o, 1, &c.dog[0], &c.dog[1], &c.dog[2], false)
		if o+1 < s.n {
			out = s.extrema(out, o, 2, &c.dog[1], &c.dog[2], &s.octaves[o+1].dog[1], true)
		} else {
			out = s.extrema(out, o, 2, &c.dog[1], &c.dog[2], nil, true)
		}
	}
	return out
}

// border is how far a keypoint keeps from the picture's edge, in pixels of its octave.
const border = 3

// extrema appends the extrema of d among its neighbours in place and in the levels below and above;
// above has half the resolution when half is set.
func (s *pyramid) extrema(out []keypoint, o, lev int, below, d, above *level, half bool) []keypoint {
	n := d.w - 2*border
	if n <= 0 {
		return out
	}
	s.peaks = slices.Grow(s.peaks[:0], n/16+1)[:n/16+1]
	for y := border; y < d.h-border; y++ {
		base := d.at(0, y)
		simd.Peaks(s.peaks, d.pix, below.pix, base+border, d.stride, n, minContrast)
		for x := nextBit(s.peaks, 0, n) + border; x < d.w-border; x = nextBit(s.peaks, x-border+1, n) + border {
			i := base + x
			v := d.pix[i]
			sign := int16(1)
			if v < 0 {
				sign = -1
			}
			m := v * sign
			if m == d.pix[i-1]*sign { // of a flat row only the first
				continue
			}
			var up int32
			if above != nil {
				j, st := i, above.stride
				if half {
					hx, hy := min(max(x/2, 1), above.w-2), min(max(y/2, 1), above.h-2)
					j = above.at(hx, hy)
				}
				if !largest(above.pix, j, m, sign) || !largest(above.pix, j-st, m, sign) || !largest(above.pix, j+st, m, sign) {
					continue
				}
				up = int32(above.pix[j]) * int32(sign)
			}
			if !blob(d, i) {
				continue
			}
			st := d.stride
			fx := peak(int32(d.pix[i-1])*int32(sign), int32(m), int32(d.pix[i+1])*int32(sign))
			fy := peak(int32(d.pix[i-st])*int32(sign), int32(m), int32(d.pix[i+st])*int32(sign))
			fs := peak(int32(below.pix[i])*int32(sign), int32(m), up)
			out = append(out, keypoint{
				x: (int32(x)*16 + fx) << o, y: (int32(y)*16 + fy) << o,
				// log2(sqrt(3.2)) is 0.84, a level is half an octave.
				scale:    int32(o)*16 + int32(lev-1)*8 + 13 + fs/2,
				response: int32(m), octave: uint8(o), lev: uint8(lev),
			})
		}
	}
	return out
}

// nextBit returns the first set bit of mask from i on, n if there is none before.
func nextBit(mask []uint16, i, n int) int {
	for i < n {
		if w := mask[i/16] >> (i % 16); w != 0 {
			return min(i+bits.TrailingZeros16(w), n)
		}
		i = (i/16 + 1) * 16
	}
	return n
}

// largest reports whether the three pixels around i, times sign, do not exceed m.
func largest(pix []int16, i int, m, sign int16) bool {
	p := pix[i-1 : i+2]
	return p[0]*sign <= m && p[1]*sign <= m && p[2]*sign <= m
}

// blob reports whether the curvatures of d at i are of one sign and similar size.
func blob(d *level, i int) bool {
	p, st := d.pix, d.stride
	c := int64(p[i])
	xx := int64(p[i-1]) + int64(p[i+1]) - 2*c
	yy := int64(p[i-st]) + int64(p[i+st]) - 2*c
	xy4 := int64(p[i+st+1]) - int64(p[i+st-1]) - int64(p[i-st+1]) + int64(p[i-st-1])
	det16 := 16*xx*yy - xy4*xy4
	tr := xx + yy
	return det16 > 0 && 16*tr*tr*edgeRatio < (edgeRatio+1)*(edgeRatio+1)*det16
}

// peak returns the place of the maximum of the parabola through (-1, a), (0, b), (1, c) in 1/16,
// between -8 and 8.
func peak(a, b, c int32) int32 {
	den := 2*b - a - c
	if den <= 0 {
		return 0
	}
	return min(max((c-a)*8/den, -8), 8)
}

// cells is the number of columns of the grid over which keypoints of an octave are spread; rows
// follow from the picture's shape.
var cells = [maxOctaves]int32{12, 10, 8, 5, 3, 2}

// pick orders keypoints by rank, response and place: the first are the strongest of their cells, so that no part of the
// picture and no scale takes them all. It may return another array, and keep ks.
func (p *picker) pick(ks []keypoint, w, h int) []keypoint {
	side := int32(max(w, h)) * 16
	ks = p.sort(ks, func(k *keypoint) uint32 {
		c := cells[k.octave]
		return uint32((int32(k.octave)*64+k.y*c/side)*64 + k.x*c/side)
	})
	for i := range ks {
		if i > 0 && ks[i].key>>16 == ks[i-1].key>>16 {
			ks[i].rank = ks[i-1].rank + 1
		} else {
			ks[i].rank = 0
		}
	}
	return p.sort(ks, func(k *keypoint) uint32 { return uint32(k.rank) })
}

// A picker keeps the room for sorting keypoints.
type picker struct{ spare []keypoint }

// sort orders ks by group, which is below 2^15, the strongest of each first, and those alike by place.
func (p *picker) sort(ks []keypoint, group func(*keypoint) uint32) []keypoint {
	all := uint32(0)
	for i := range ks {
		k := &ks[i]
		k.key = group(k)<<16 | uint32(math.MaxUint16-min(k.response, math.MaxUint16))
		all |= k.key
	}
	ks, p.spare = radix.Sort(ks, p.spare, bits.Len32(all), func(k *keypoint) uint64 { return uint64(k.key) })
	for from := 0; from < len(ks); {
		to := from + 1
		for to < len(ks) && ks[to].key == ks[from].key {
			to++
		}
		if to-from > 1 {
			slices.SortFunc(ks[from:to], func(a, b keypoint) int {
				return cmp.Or(cmp.Compare(a.y, b.y), cmp.Compare(a.x, b.x), cmp.Compare(a.scale, b.scale))
			})
		}
		from = to
	}
	return ks
}
