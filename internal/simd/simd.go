package simd

import "math"

// blocks returns how many of n numbers are for a kernel that takes so many at a time, which is a power of two.
func blocks(n, each int) int {
	if !fast {
		return 0
	}
	return n &^ (each - 1)
}

// Filter sets dst[i], for i < n, to the sum of src[at+i] and its neighbours j steps away on both sides,
// weighted by taps[j] / 32768; each pair is rounded to nearest by itself. Pairs must not exceed 16 bits.
func Filter(dst, src []int16, at, step, n int, taps []int16) {
	reach := (len(taps) - 1) * step
	if n <= 0 {
		return
	}
	_, _, _ = dst[n-1], src[at-reach], src[at+n-1+reach]
	done := blocks(n, 64)
	if done > 0 {
		filterAVX2(&dst[0], &src[at], done, 2*step, &taps[0], len(taps))
	}
	filter(dst[done:], src, at+done, step, n-done, taps)
}

func filter(dst, src []int16, at, step, n int, taps []int16) {
	dst = dst[:n]
	for i, v := range src[at:][:n] {
		dst[i] = int16((int32(v)*int32(taps[0]) + 1<<14) >> 15)
	}
	for j := 1; j < len(taps); j++ {
		a, b, w := src[at-j*step:][:n], src[at+j*step:][:n], int32(taps[j])
		for i := range dst {
			dst[i] += int16(((int32(a[i])+int32(b[i]))*w + 1<<14) >> 15)
		}
	}
}

// dotMost is the most products whose sixteenth part fits 32 bits when all numbers are below 2048.
const dotMost = 4096

// Dot returns the sum of products of a and b, which are of one length; their numbers are below 2048.
func Dot(a, b []int16) (s int64) {
	b = b[:len(a)]
	for len(a) > 0 {
		n := min(len(a), dotMost)
		done := blocks(n, 16)
		if done > 0 {
			s += dotAVX2(&a[0], &b[0], done)
		}
		s += dot(a[done:n], b[done:n])
		a, b = a[n:], b[n:]
	}
	return s
}

func dot(a, b []int16) (s int64) {
	for i, x := range a {
		s += int64(x) * int64(b[i])
	}
	return s
}

// Project sets out[i] to the product of v with row i of the weights.
func Project(out []int32, v *[128]uint8, weights [][128]int16) {
	_ = out[len(weights)-1]
	if fast {
		projectAVX2(&out[0], &v[0], &weights[0][0], len(weights))
		return
	}
	project(out, v, weights)
}

func project(out []int32, v *[128]uint8, weights [][128]int16) {
	for i := range weights {
		var s int32
		for j, x := range v {
			s += int32(x) * int32(weights[i][j])
		}
		out[i] = s
	}
}

// Correlate sets out[dy*span+dx], for dy and dx below span, to the sum of products of own, rows of 16
// numbers, with as many rows of wide from row dy and column dx on. Rows of wide are stride apart; wide
// reaches 16 columns beyond the last dx. The sums must fit 32 bits.
func Correlate(out []int32, own, wide []int16, stride, span int) {
	rows := len(own) / 16
	_, _ = out[span*span-1], wide[(span-1+rows-1)*stride+span-1+15]
	if fast {
		correlateAVX2(&out[0], &own[0], &wide[0], rows, 2*stride, span)
		return
	}
	correlate(out, own, wide, stride, span)
}

func correlate(out []int32, own, wide []int16, stride, span int) {
	for dy := range span {
		for dx := range span {
			var s int32
			for r := range len(own) / 16 {
				w := wide[(dy+r)*stride+dx:][:16]
				for i, x := range own[16*r:][:16] {
					s += int32(x) * int32(w[i])
				}
			}
			out[dy*span+dx] = s
		}
	}
}

// A Pairing ties a place and size in one picture to one in another: (X, Y) to (U, V), S the logarithm of the
// ratio of the sizes to base 2.
type Pairing struct{ X, Y, U, V, S float32 }

// Pairings are points of which many may agree on how one picture lies in the other. Its memory is kept from one
// use to the next.
type Pairings struct {
	n       int
	rows    []float32 // five of len(weights)
	weights []int32   // 0 beyond n
}

// Reset makes room for n pairings and forgets those before.
func (p *Pairings) Reset(n int) {
	p.n = 0
	room := (n + 7) &^ 7
	p.rows = append(p.rows[:0], make([]float32, 5*room)...)
	p.weights = append(p.weights[:0], make([]int32, room)...)
}

// Add adds a pairing with its weight.
func (p *Pairings) Add(q Pairing, weight int32) {
	room := len(p.weights)
	for k, v := range [5]float32{q.X, q.Y, q.U, q.V, q.S} {
		p.rows[k*room+p.n] = v
	}
	p.weights[p.n] = weight
	p.n++
}

// Near says how far off pairings may be that agree: by Least and Share of their distance in X and Y, and by Steps
// in S.
type Near struct{ Least, Share, Steps float32 }

// Agree returns the weights of the pairings that agree with the i-th, itself included, when the second picture is
// scale times the size of the first.
func (p *Pairings) Agree(i int, scale float32, near Near) int32 {
	room := len(p.weights)
	from := [9]float32{p.rows[i], p.rows[room+i], p.rows[2*room+i], p.rows[3*room+i], p.rows[4*room+i], 1 / scale, near.Least, near.Share, near.Steps}
	if fast {
		return agreeAVX2(&p.rows[0], &p.weights[0], room, 4*room, &from[0])
	}
	return agree(p.rows, p.weights, &from)
}

func agree(rows []float32, weights []int32, from *[9]float32) (s int32) {
	room := len(weights)
	size := func(v float32) float32 { return max(v, -v) }
	for j, w := range weights {
		x, y := rows[j]-from[0], rows[room+j]-from[1]
		u, v := float32((rows[2*room+j]-from[2])*from[5]), float32((rows[3*room+j]-from[3])*from[5])
		dx, dy := x-u, y-v
		off := float32(dx*dx) + float32(dy*dy)
		r := float32((size(x)+size(y))*from[7]) + from[6]
		if off < float32(r*r) && size(rows[4*room+j]-from[4]) <= from[8] {
			s += w
		}
	}
	return s
}

// Peaks sets bit i of mask, from the lowest of mask[0] on, where own[at+i] is least or more and no pixel around it
// nor any around and at its place in below is more, or the same with signs changed, for 0 <= i < n. Both pictures
// have that stride. Bits from n on are 0.
func Peaks(mask []uint16, own, below []int16, at, stride, n int, least int16) {
	if n <= 0 {
		return
	}
	_, _, _, _, _ = mask[(n-1)/16], own[at-stride-1], own[at+stride+n], below[at-stride-1], below[at+stride+n]
	done := 0
	if fast {
		done = n &^ 15
		if m := n + 15; at+stride+m&^15 < min(len(own), len(below)) { // there is room for whole words
			done = m &^ 15
		}
		if done > 0 {
			peaksAVX2(&mask[0], &own[at], &below[at], done, 2*stride, least)
		}
	}
	if done >= n {
		mask[(n-1)/16] &= 1<<((n-1)%16+1) - 1
		return
	}
	peaks(mask[done/16:], own, below, at+done, stride, n-done, least)
}

func peaks(mask []uint16, own, below []int16, at, stride, n int, least int16) {
	clear(mask[:(n+15)/16])
	for i := range n {
		v := own[at+i]
		if v > -least && v < least {
			continue
		}
		high, low := true, true
		for _, p := range [2][]int16{own, below} {
			for dy := -1; dy <= 1; dy++ {
				for _, w := range p[at+i+dy*stride-1:][:3] {
					high, low = high && w <= v, low && w >= v
				}
			}
		}
		if high && v > 0 || low && v < 0 {
			mask[i/16] |= 1 << (i % 16)
		}
	}
}

// A Place is a point of a picture, in 1/256 pixel from the middle of the first.
type Place struct{ X, Y int32 }

// Blend sets dst[i] to the pixel at places[i] between its four neighbours, in 1/16 grey levels, less zero. Rows of
// pix are stride apart. With two bytes of room in the capacity of pix after the last neighbour it is fast.
func Blend(dst []int16, pix []byte, stride int, places []Place, zero int16) {
	_ = dst[:len(places)]
	done := 0
	if n := blocks(len(places), 8); n > 0 && roomy(pix) {
		done = n
		blendAVX2(&dst[0], &pix[0], stride, &places[0].X, done, int32(zero))
	}
	for i, p := range places[done:] {
		dst[done+i] = blend(pix, stride, p, zero)
	}
}

// roomy reports whether two bytes after the pixels can be read.
func roomy(pix []byte) bool { return cap(pix)-len(pix) >= 2 }

func blend(pix []byte, stride int, p Place, zero int16) int16 {
	i := int(p.Y>>8)*stride + int(p.X>>8)
	fx, fy := p.X&255, p.Y&255
	r := pix[i : i+stride+2 : i+stride+2]
	a := int32(r[0])*(256-fx) + int32(r[1])*fx
	b := int32(r[stride])*(256-fx) + int32(r[stride+1])*fx
	return int16((a*(256-fy)+b*fy)>>12) - zero
}

// A Line is a row of places in a picture: the k-th is Start + (k*Step + Shift)/256, brought into the square from 0
// to Most.
type Line struct{ Start, Step, Shift, Most Place }

func (l *Line) at(k int32) Place {
	return Place{
		min(max(l.Start.X+(k*l.Step.X+l.Shift.X)>>8, 0), l.Most.X),
		min(max(l.Start.Y+(k*l.Step.Y+l.Shift.Y)>>8, 0), l.Most.Y),
	}
}

// BlendLine is Blend at the places of the line, as many as dst has.
func BlendLine(dst []int16, pix []byte, stride int, line *Line, zero int16) {
	done := 0
	if n := blocks(len(dst), 8); n > 0 && roomy(pix) {
		done = n
		blendLineAVX2(&dst[0], &pix[0], stride, &line.Start.X, done, int32(zero))
	}
	for k := done; k < len(dst); k++ {
		dst[k] = blend(pix, stride, line.at(int32(k)), zero)
	}
}

// Expand brings brightness from 16 to 235 to 0 to 255, rounded to nearest (ITU-R BT.601).
func Expand(pix []byte) {
	done := blocks(len(pix), 32)
	if done > 0 {
		expandAVX2(&pix[0], done)
	}
	for i, v := range pix[done:] {
		pix[done+i] = expanded[v]
	}
}

var expanded = func() (t [256]byte) {
	for v := range t {
		t[v] = byte(min(255, max(0, ((v-16)*255+109)/219)))
	}
	return t
}()

// Subtract sets dst to a - b; all are of one length.
func Subtract(dst, a, b []int16) {
	a, b = a[:len(dst)], b[:len(dst)]
	done := blocks(len(dst), 16)
	if done > 0 {
		subtractAVX2(&dst[0], &a[0], &b[0], done)
	}
	for i := done; i < len(dst); i++ {
		dst[i] = a[i] - b[i]
	}
}

// Add adds v to the sums, which are as many.
func Add(sums []int32, v []int16) {
	v = v[:len(sums)]
	done := blocks(len(v), 8)
	if done > 0 {
		addAVX2(&sums[0], &v[0], done)
	}
	for i, x := range v[done:] {
		sums[done+i] += int32(x)
	}
}

// AddPixels adds pix to the sums, which are as many.
func AddPixels(sums []uint16, pix []byte) {
	pix = pix[:len(sums)]
	done := blocks(len(pix), 16)
	if done > 0 {
		addPixelsAVX2(&sums[0], &pix[0], done)
	}
	for i, x := range pix[done:] {
		sums[done+i] += uint16(x)
	}
}

// Widen sets dst to 64 times pix, which are as many.
func Widen(dst []int16, pix []byte) {
	pix = pix[:len(dst)]
	done := blocks(len(dst), 16)
	if done > 0 {
		widenAVX2(&dst[0], &pix[0], done)
	}
	for i, v := range pix[done:] {
		dst[done+i] = int16(v) * 64
	}
}

// Evens sets dst[i] to src[2*i].
func Evens(dst, src []int16) {
	done := blocks(min(len(dst), len(src)/2), 16)
	if done > 0 {
		evensAVX2(&dst[0], &src[0], done)
	}
	for i := done; i < len(dst); i++ {
		dst[i] = src[2*i]
	}
}

// Quarters sets dst[i] to the mean of pixels 2*i and 2*i+1 of the rows a and b, rounded to nearest.
func Quarters(dst, a, b []byte) {
	a, b = a[:2*len(dst)], b[:2*len(dst)]
	done := blocks(len(dst), 16)
	if done > 0 {
		quartersAVX2(&dst[0], &a[0], &b[0], done)
	}
	for i := done; i < len(dst); i++ {
		dst[i] = byte((uint32(a[2*i]) + uint32(a[2*i+1]) + uint32(b[2*i]) + uint32(b[2*i+1]) + 2) / 4)
	}
}

// Thirds sets dst[i] to the mean of pixels 3*i to 3*i+2 of the rows a, b and c, rounded to nearest.
func Thirds(dst, a, b, c []byte) {
	n := 3 * len(dst)
	a, b, c = a[:n], b[:n], c[:n]
	done := blocks(len(dst), 8)
	if done > 0 {
		thirdsAVX2(&dst[0], &a[0], &b[0], &c[0], done)
	}
	for i := done; i < len(dst); i++ {
		s := uint32(4)
		for _, row := range [3][]byte{a, b, c} {
			for _, v := range row[3*i:][:3] {
				s += uint32(v)
			}
		}
		dst[i] = byte(s / 9)
	}
}

// Moments returns the sum of v, at most 65,536 numbers, and of their squares.
func Moments(v []int16) (sum, squares int64) {
	done := blocks(len(v), 16)
	if done > 0 {
		sum, squares = momentsAVX2(&v[0], done)
	}
	for _, x := range v[done:] {
		sum += int64(x)
		squares += int64(x) * int64(x)
	}
	return sum, squares
}

// Standardise sets each x of v to (factor*x - less) / norm, rounded towards 0. What is divided must fit 32 bits and
// what comes out 16.
func Standardise(v []int16, factor, less int32, norm float64) {
	done := blocks(len(v), 8)
	if done > 0 {
		standardiseAVX2(&v[0], done, factor, less, norm)
	}
	for i, x := range v[done:] {
		v[done+i] = int16(float64(factor*int32(x)-less) / norm)
	}
}

const (
	// Samples is the side of the square of points that Gradients gathers, Cells that of the grid of cells.
	Samples, Cells = 16, 4
	// Directions is the number of directions, 45 degrees apart, from right towards down.
	Directions = 8
)

// Histogram has for each row of cells, and one more on each side for what falls outside, the sums of the gradients by
// direction and column: [row][direction*Cells+column].
type Histogram [Cells + 2][Directions * Cells]int32

// A share says how much of sample row (or column) i goes to the cell before it and the next one: the weights of cells
// first and first+1, in 1/64.
type share struct {
	first  int
	lo, hi int32
}

var shares = func() (s [Samples]share) {
	const per = Samples / Cells
	for i := range s {
		// Centre of sample i in units of a cell, measured between cell centres, in 1/64.
		p := (2*i+1)*64/(2*per) - 32
		c := p >> 6
		s[i] = share{first: c, lo: int32(64 - p&63), hi: int32(p & 63)}
	}
	return s
}()

// Gradients adds the gradients at the points (column, row) of pix to the histogram, each shared out between the two
// nearest directions, columns and rows of cells; every weight rounds down. Rows are where rows of pix begin, ascending as columns
// are; pix must have a row before and after each, a column too, and one number more. Its numbers are 0 to 16,383.
func Gradients(hist *Histogram, pix []int16, stride int, rows, columns *[Samples]int32) {
	if !fast {
		gradients(hist, pix, stride, rows, columns)
		return
	}
	last := int(rows[Samples-1]+columns[Samples-1]) + stride + 1
	_, _ = pix[int(rows[0]+columns[0])-stride], pix[last]
	var twice [Samples + 2]int32
	copy(twice[:], columns[:])
	copy(twice[Samples:], columns[:2])
	gradientsAVX2(&hist[0][0], &pix[0], 2*stride, &rows[0], &twice[0])
}

func gradients(hist *Histogram, pix []int16, stride int, rows, columns *[Samples]int32) {
	for r, begin := range rows {
		up, down := pix[int(begin)-stride:], pix[int(begin)+stride:]
		mid := pix[begin-1:]
		var line [Cells + 2][Directions]int32
		for c, x := range columns {
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
			near[d.axis%Directions] += axis * w.lo >> 6
			near[d.diagonal%Directions] += diag * w.lo >> 6
			far[d.axis%Directions] += axis * w.hi >> 6
			far[d.diagonal%Directions] += diag * w.hi >> 6
		}
		w := shares[r]
		before, after := &hist[w.first+1], &hist[w.first+2]
		for c := range Cells {
			for i, v := range line[c+1] {
				before[i*Cells+c] += v * w.lo >> 6
				after[i*Cells+c] += v * w.hi >> 6
			}
		}
	}
}

// Roots sets d, [row][column][direction] of the inner cells, to the roots of their shares of the whole, in 1/512, at most 255. The
// histogram's numbers are not negative and none is more than the whole.
func Roots(d *[Cells * Cells * Directions]uint8, hist *Histogram, whole float64) {
	if fast {
		rootsAVX2(&d[0], &hist[1][0], whole)
		return
	}
	roots(d, hist, whole)
}

func roots(d *[Cells * Cells * Directions]uint8, hist *Histogram, whole float64) {
	for r := range Cells {
		for c := range Cells {
			for i := range Directions {
				// Dividing floats is faster than dividing integers; below 2^52 the whole part is the same. A root is rounded right
				// everywhere: exact where its number is a square, and else not up to a whole number.
				v := uint32(float64(int64(hist[r+1][i*Cells+c])<<18) / whole)
				d[(r*Cells+c)*Directions+i] = uint8(min(uint32(math.Sqrt(float64(v))), 255))
			}
		}
	}
}

// directions[turn | left<<1 | up<<2] are the axis and the diagonal on both sides of a gradient.
var directions = [8]struct{ axis, diagonal uint8 }{
	{0, 1}, {2, 1}, // right and down
	{4, 3}, {2, 3}, // left and down
	{0, 7}, {6, 7}, // right and up
	{4, 5}, {6, 5}, // left and up
}

func abs(v int32) int32 {
	s := v >> 31
	return (v ^ s) - s
}
