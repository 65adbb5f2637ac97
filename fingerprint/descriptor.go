package fingerprint

import "beleg/internal/simd"

// A patch is described by the gradients of a square of samples x samples points around a keypoint,
// gathered in grid x grid cells of 8 directions, after Lowe, "Distinctive image features from
// scale-invariant keypoints", 2004, section 6. Patches stay upright: broadcasters mirror, crop and
// shrink pictures but seldom turn them, and upright patches tell pictures apart better.
const (
	samples = simd.Samples
	grid    = simd.Cells
	bins    = simd.Directions
	// patchSide is the side of the patch in units of the keypoint's sigma.
	patchSide = 14
)

// dims is the number of a descriptor's values: value (row*grid + column)*bins + direction.
const dims = grid * grid * bins

// Descriptor is the gradient histogram of a patch; the root of each bin's share, in 1/512.
type Descriptor [dims]uint8

// describe returns the gradient histogram of the patch around k.
func (s *pyramid) describe(k keypoint) Descriptor {
	l := &s.octaves[k.octave].levels[k.lev]
	// Distance of samples in 1/256 pixel of the octave: patchSide * sigma / samples.
	step := patchSide * sigma(k.scale-int32(k.octave)*16) / samples
	x0 := k.x<<4>>k.octave - step*(samples-1)/2
	y0 := k.y<<4>>k.octave - step*(samples-1)/2
	var rows, columns [samples]int32
	for i := range int32(samples) {
		columns[i] = min(max((x0+i*step+128)>>8, 0), int32(l.w-1))
		rows[i] = int32(l.at(0, int(min(max((y0+i*step+128)>>8, 0), int32(l.h-1)))))
	}
	var hist simd.Histogram
	simd.Gradients(&hist, l.pix, l.stride, &rows, &columns)
	return root(&hist)
}

// root returns the square roots of the histogram's shares (Arandjelovic and Zisserman 2012).
func root(hist *simd.Histogram) (d Descriptor) {
	var sum int64
	for r := range grid {
		for _, v := range hist[r+1] {
			sum += int64(v)
		}
	}
	simd.Roots((*[dims]uint8)(&d), hist, float64(max(sum, 1)))
	return d
}

// Mirrored returns the descriptor of the patch seen in a mirror: columns from right to left, and
// directions reflected in the vertical axis.
func (d *Descriptor) Mirrored() Descriptor { return d.moved(&inMirror) }

// Turned returns the descriptor of the patch turned clockwise by a quarter: rows become columns from right to left, and
// directions go on by a quarter.
func (d *Descriptor) Turned() Descriptor { return d.moved(&byQuarter) }

// moved returns d with value i at place to[i].
func (d *Descriptor) moved(to *[dims]uint8) (m Descriptor) {
	for i, v := range d {
		m[to[i]&(dims-1)] = v
	}
	return m
}

var (
	inMirror  = places(func(row, column, direction int) (int, int, int) { return row, grid - 1 - column, bins/2 - direction })
	byQuarter = places(func(row, column, direction int) (int, int, int) { return column, grid - 1 - row, direction + bins/4 })
)

// places returns where the values of a descriptor go when those of each cell and direction go to another.
func places(to func(row, column, direction int) (int, int, int)) (out [dims]uint8) {
	for i := range out {
		row, column, direction := to(i/bins/grid, i/bins%grid, i%bins)
		out[i] = uint8((row*grid+column)*bins + (direction+bins)%bins)
	}
	return out
}

func abs(v int32) int32 {
	s := v >> 31
	return (v ^ s) - s
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
