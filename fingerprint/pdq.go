package fingerprint

import (
	"slices"

	"beleg/luma"
)

// minSide is the shortest side, in pixels, that the reference hashes.
const minSide = 5

// PDQ returns the picture's PDQ code and its quality, 0 (flat) to 100 (rich in edges). Below 50 a
// code says little. A picture with a side under 5 pixels has code and quality 0.
//
// It computes what the reference's C++ hasher computes from the same luma plane at its own size
// (facebook/ThreatExchange, pdq/cpp: "Hashing", 2017-10-09 paper; Jarosz box filter twice in each
// direction, decimation to 64 x 64, DCT rows and columns 1 to 16, lower median), in the same order
// of float32 operations and without fused multiply-adds. The reference's photo tool shrinks files
// wider or higher than 512 pixels to 512 x 512 first; this function does not, the caller may.
// PDQ panics when p is not a valid plane.
func PDQ(p luma.Plane) (Code, int) {
	f, quality, ok := spectrumOf(p)
	if !ok {
		return Code{}, 0
	}
	return f.code(), quality
}

// Symmetry is one of the eight ways to turn and mirror a picture onto its own axes.
type Symmetry uint8

// The eight symmetries, in the reference's order. Rotations are counter-clockwise.
const (
	Upright Symmetry = iota
	Rotated90
	Rotated180
	Rotated270
	MirroredTopBottom
	MirroredLeftRight
	Transposed     // mirrored at the diagonal from top left
	AntiTransposed // mirrored at the diagonal from top right
)

func (s Symmetry) String() string {
	return [...]string{
		"upright", "rotated by 90°", "rotated by 180°", "rotated by 270°", "mirrored top to bottom",
		"mirrored left to right", "mirrored at the diagonal", "mirrored at the other diagonal",
	}[s]
}

// PDQSet returns the codes of the picture in all eight symmetries, indexed by Symmetry, and its
// quality. They come from one transform, by changing signs, as in the reference; hashing a turned
// picture gives nearly the same code, not always the same, since the decimation does not sample
// symmetrically.
func PDQSet(p luma.Plane) ([8]Code, int) {
	f, quality, ok := spectrumOf(p)
	if !ok {
		return [8]Code{}, 0
	}
	var set [8]Code
	for s := range set {
		g := f.turned(Symmetry(s))
		set[s] = g.code()
	}
	return set, quality
}

// A spectrum holds the 16 x 16 lowest coefficients but the constant ones: f[i][j] is of vertical
// frequency i+1 and horizontal frequency j+1, in half periods per picture side.
type spectrum [16][16]float32

func spectrumOf(p luma.Plane) (f spectrum, quality int, ok bool) {
	if err := p.Check(); err != nil {
		panic("fingerprint: " + err.Error())
	}
	if p.W < minSide || p.H < minSide {
		return f, 0, false
	}
	b := shrink(p)
	return transform(b), blockQuality(b), true
}

// code sets a bit for each coefficient above the lower median, the 128th smallest.
func (f *spectrum) code() Code {
	var all [256]float32
	for i := range f {
		copy(all[16*i:], f[i][:])
	}
	sorted := all
	slices.Sort(sorted[:])
	median := sorted[127]
	var c Code
	for k, v := range all {
		if v > median {
			c[k/64] |= 1 << (k % 64)
		}
	}
	return c
}

// turned returns the spectrum of the picture turned by s: mirroring a picture changes the sign of
// the odd frequencies along that axis, transposing it exchanges the axes.
func (f *spectrum) turned(s Symmetry) spectrum {
	transpose := s == Rotated90 || s == Rotated270 || s == Transposed || s == AntiTransposed
	oddRows := s == Rotated90 || s == Rotated180 || s == MirroredTopBottom || s == AntiTransposed
	oddCols := s == Rotated270 || s == Rotated180 || s == MirroredLeftRight || s == AntiTransposed
	var g spectrum
	for i := range g {
		for j := range g[i] {
			v := f[i][j]
			if transpose {
				v = f[j][i]
			}
			// Row and column 0 hold frequency 1, which is odd.
			if (oddRows && i%2 == 0) != (oddCols && j%2 == 0) {
				v = -v
			}
			g[i][j] = v
		}
	}
	return g
}

// A block is the picture shrunk to 64 x 64, row-major.
type block [64][64]float32

// blockQuality sums the grey-level steps of at least 1 % between neighbours, in percent cut to whole
// numbers, and divides by 90; the reference found these by trial.
func blockQuality(b *block) int {
	step := func(u, v float32) int {
		d := int(float32(float32(u-v)*100) / 255)
		return max(d, -d)
	}
	sum := 0
	for y := range b {
		for x := range b[y] {
			if y < 63 {
				sum += step(b[y][x], b[y+1][x])
			}
			if x < 63 {
				sum += step(b[y][x], b[y][x+1])
			}
		}
	}
	return min(sum/90, 100)
}

// transform is the type-II discrete cosine transform of b for frequencies 1 to 16 on both axes.
// Products are added in ascending order of position, as in the reference.
func transform(b *block) spectrum {
	var cols [16][64]float32
	for i := range cols {
		for y := range b {
			c := cosine(i+1, y)
			for x, v := range b[y] {
				cols[i][x] += float32(c * v)
			}
		}
	}
	var f spectrum
	for j := range 16 {
		var basis [64]float32
		for x := range basis {
			basis[x] = cosine(j+1, x)
		}
		for i := range f {
			var sum float32
			for x, v := range cols[i] {
				sum += float32(v * basis[x])
			}
			f[i][j] = sum
		}
	}
	return f
}

// cosine returns sqrt(1/32) cos(π k (2x+1) / 128), by the symmetries of the cosine.
func cosine(k, x int) float32 {
	a := k * (2*x + 1) % 256 // the angle in 1/128 of π
	if a > 128 {
		a = 256 - a
	}
	if a > 64 {
		return -quarter[128-a]
	}
	return quarter[a]
}
