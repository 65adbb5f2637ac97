package fingerprint

import (
	"beleg/internal/simd"
	"beleg/luma"
)

// margin is the number of repeated border pixels kept around a level, at least the longest kernel's
// radius.
const margin = 8

// greyUnit is the value of one grey level in a level, as [simd.Widen] makes it: six fractional bits.
const greyUnit = 64

// A level is a picture blurred to one scale, in 1/64 grey levels, with margins on all sides.
type level struct {
	pix    []int16
	w, h   int
	stride int
}

// at returns the index of pixel (x, y), which may lie up to margin pixels outside.
func (l *level) at(x, y int) int { return (y+margin)*l.stride + x + margin }

// shape makes l hold w by h pixels, keeping its memory when that is large enough.
func (l *level) shape(w, h int) {
	l.w, l.h, l.stride = w, h, (w+2*margin+15)&^15
	n := l.stride*(h+2*margin) + 16
	if cap(l.pix) < n {
		l.pix = make([]int16, n)
	}
	l.pix = l.pix[:n]
}

// spread repeats the border pixels into the margins.
func (l *level) spread() {
	for y := range l.h {
		row := l.pix[l.at(-margin, y):]
		first, last := row[margin], row[margin+l.w-1]
		for i := range margin {
			row[i], row[margin+l.w+i] = first, last
		}
	}
	top := l.pix[l.at(-margin, 0):][:l.stride]
	bottom := l.pix[l.at(-margin, l.h-1):][:l.stride]
	for i := 1; i <= margin; i++ {
		copy(l.pix[l.at(-margin, -i):][:l.stride], top)
		copy(l.pix[l.at(-margin, l.h-1+i):][:l.stride], bottom)
	}
}

// load fills l with p.
func (l *level) load(p luma.Plane) {
	l.shape(p.W, p.H)
	for y := range p.H {
		simd.Widen(l.pix[l.at(0, y):][:p.W], p.Row(y))
	}
	l.spread()
}

// halve fills l with every second pixel of every second row of from.
func (l *level) halve(from *level) {
	l.shape((from.w+1)/2, (from.h+1)/2)
	for y := range l.h {
		simd.Evens(l.pix[l.at(0, y):][:l.w], from.pix[from.at(0, 2*y):][:from.w])
	}
	l.spread()
}

// less fills l with a - b. Its margins are not kept.
func (l *level) less(a, b *level) {
	l.shape(a.w, a.h)
	from, to := a.at(0, 0), a.at(a.w, a.h-1)
	simd.Subtract(l.pix[from:to], a.pix[from:to], b.pix[from:to])
}

// blur fills l with from blurred by the kernel, using tmp.
func (l *level) blur(from, tmp *level, k []int16) {
	tmp.shape(from.w, from.h)
	l.shape(from.w, from.h)
	// Rows of the margin are filtered as well, so that columns find them.
	rows := from.h + 2*margin
	simd.Filter(tmp.pix[margin:], from.pix, margin, 1, rows*from.stride-2*margin, k)
	i := from.at(-margin, 0)
	simd.Filter(l.pix[i:], tmp.pix, i, from.stride, from.h*from.stride, k)
	l.spread()
}

// The kernels are Gaussians of these variances, in pixels squared, one side including the centre, in
// 1/32768, summing to 32768 over both sides. A level of an octave has twice the variance of the one
// below it: 1.6, 3.2, 6.4, 12.8; a decoded picture is taken to have 0.25.
var (
	kernelFirst = []int16{11274, 7783, 2562, 402}                      // variance 1.35
	kernelLow   = []int16{10336, 7563, 2962, 621, 70}                  // variance 1.6
	kernelMid   = []int16{7322, 6262, 3919, 1794, 601, 147}            // variance 3.2
	kernelHigh  = []int16{5182, 4793, 3791, 2565, 1485, 735, 311, 113} // variance 6.4
)
