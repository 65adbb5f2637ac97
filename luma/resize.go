package luma

import "beleg/internal/simd"

// Resize returns p scaled to w by h pixels by area averaging: each pixel of the result is the mean
// of the part of p that it covers, edge pixels weighted by the covered share in 1/256, rounded to
// nearest. Enlarging repeats pixels with soft borders. It panics when w or h is not positive.
func (p Plane) Resize(w, h int) Plane {
	if w <= 0 || h <= 0 {
		panic("luma: resize to an empty plane")
	}
	if w == p.W && h == p.H {
		return p.Clone()
	}
	// Columns first, then rows.
	xs, ys := spans(p.W, w), spans(p.H, h)
	out := New(w, h)
	line := make([]uint64, w) // weighted sum over the covered rows of the column means, times 256
	for y := range h {
		clear(line)
		s := ys[y]
		for r := s.from; r <= s.to; r++ {
			wy := s.weight(r)
			src := p.Row(r)
			for x := range w {
				line[x] += uint64(wy * xs[x].mean(src))
			}
		}
		dst := out.Row(y)
		for x := range w {
			dst[x] = byte((line[x]/uint64(s.total) + 128) >> 8)
		}
	}
	return out
}

// Halve returns p at half its size, each pixel the mean of four, rounded to nearest.
func (p Plane) Halve() Plane {
	q := New(p.W/2, p.H/2)
	for y := range q.H {
		simd.Quarters(q.Row(y), p.Row(2*y), p.Row(2*y+1))
	}
	return q
}

// A span is the run of source cells from..to that one target cell covers; the first and last are
// covered by head/256 and tail/256, those between wholly. total is the sum of the weights.
type span struct {
	from, to          int
	head, tail, total uint32
}

func spans(src, dst int) []span {
	out := make([]span, dst)
	for i := range out {
		// Position in 1/256 of a source cell.
		a := int64(i) * int64(src) * 256 / int64(dst)
		b := int64(i+1) * int64(src) * 256 / int64(dst)
		b = max(b, a+1)
		s := span{from: int(a >> 8), to: int((b - 1) >> 8)}
		if s.from == s.to {
			s.head = uint32(b - a)
			s.total = s.head
		} else {
			s.head = uint32(256 - a&255)
			s.tail = uint32((b-1)&255 + 1)
			s.total = s.head + s.tail + uint32(s.to-s.from-1)*256
		}
		out[i] = s
	}
	return out
}

func (s span) weight(i int) uint32 {
	switch {
	case i == s.from:
		return s.head
	case i == s.to:
		return s.tail
	}
	return 256
}

// mean returns 256 times the weighted mean of row over s.
func (s span) mean(row []byte) uint32 {
	if s.from == s.to {
		return uint32(row[s.from]) << 8
	}
	sum := uint64(row[s.from])*uint64(s.head) + uint64(row[s.to])*uint64(s.tail)
	var mid uint64
	for _, v := range row[s.from+1 : s.to] {
		mid += uint64(v)
	}
	return uint32((sum + mid<<8) << 8 / uint64(s.total))
}
