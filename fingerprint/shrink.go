package fingerprint

import "beleg/luma"

// shrink blurs p with the reference's filter, a box filter along rows then columns, all of it
// twice, and takes the 64 x 64 pixels nearest to the centres of a 64 x 64 grid. A plane of 64 x 64
// is taken as it is. (W. Jarosz, "Fast Image Convolutions", 2001: two boxes make a tent.)
//
// Rows stream through both passes: the filter never holds more than a window of rows, and the second
// pass works only on the columns that are kept. The sums are the reference's, in its order.
func shrink(p luma.Plane) *block {
	b := new(block)
	if p.W == 64 && p.H == 64 {
		for y := range b {
			floats(b[y][:], p.Row(y))
		}
		return b
	}
	across, down := window(p.W), window(p.H)
	kept := centres(p.W)
	in := make([]float32, p.W)
	thin := make([]float32, p.H*64) // rows of the second pass, kept columns only
	boxDown(p.W, p.H, down, func(y int, dst []float32) {
		floats(in, p.Row(y))
		boxAcross(dst, in, across)
	}, func(y int, row []float32) {
		boxAcross(in, row, across)
		for i, x := range kept {
			thin[64*y+i] = in[x]
		}
	})
	rows, next := centres(p.H), 0
	boxDown(64, p.H, down, func(y int, dst []float32) {
		copy(dst, thin[64*y:])
	}, func(y int, row []float32) {
		for next < 64 && rows[next] == y {
			copy(b[next][:], row)
			next++
		}
	})
	return b
}

func floats(dst []float32, src []byte) {
	for i, v := range src {
		dst[i] = float32(v)
	}
}

// window returns the width of one box for a side of n pixels: half a cell of the 64-cell grid, rounded up.
func window(n int) int { return (n + 127) / 128 }

// centres returns the pixel nearest to the centre of each of 64 cells along a side of n pixels.
func centres(n int) (at [64]int) {
	for i := range at {
		at[i] = (2*i + 1) * n / 128
	}
	return at
}

// boxAcross sets dst[i] to the mean of the w values of src around i, of fewer at the ends. The sum
// slides: value by value added, then subtracted, so its rounding errors are the reference's too.
func boxAcross(dst, src []float32, w int) {
	half := (w + 2) / 2
	var sum float32
	for _, v := range src[:half-1] {
		sum += v
	}
	out, count := 0, half-1
	for _, v := range src[half-1 : w] {
		sum += v
		count++
		dst[out] = sum / float32(count)
		out++
	}
	full := float32(w)
	enter, leave, mid := src[w:], src[:len(src)-w], dst[out:out+len(src)-w]
	for i, v := range enter {
		sum += v
		sum -= leave[i]
		mid[i] = sum / full
	}
	out += len(mid)
	for _, v := range src[len(src)-w:][:len(src)-out] {
		sum -= v
		count--
		dst[out] = sum / float32(count)
		out++
	}
}

// boxDown runs boxAcross's filter down the columns of n rows of width values. read fills row y, and
// is called once for each row in order; emit gets each filtered row in order and must not keep it.
func boxDown(width, n, w int, read, emit func(y int, row []float32)) {
	half := (w + 2) / 2
	sum, out, next := make([]float32, width), make([]float32, width), make([]float32, width)
	ring := make([][]float32, w) // ring[y%w] is the last row read with that remainder
	for i := range ring {
		ring[i] = make([]float32, width)
	}
	done, count := 0, 0
	give := func() {
		c := float32(count)
		for x, s := range sum {
			out[x] = s / c
		}
		emit(done, out)
		done++
	}
	for y := range n {
		read(y, next)
		old := ring[y%w]
		if y < w {
			for x, v := range next {
				sum[x] += v
			}
			count++
		} else {
			for x, v := range next {
				sum[x] += v
				sum[x] -= old[x]
			}
		}
		ring[y%w], next = next, old
		if y >= half-1 {
			give()
		}
	}
	for y := n - w; done < n; y++ {
		for x, v := range ring[y%w] {
			sum[x] -= v
		}
		count--
		give()
	}
}
