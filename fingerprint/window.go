package fingerprint

import (
	"cmp"
	"image"
	"slices"

	"beleg/luma"
)

// The limits for windows, in grey levels, pixels of what is looked at and percent. They were set by looking at development
// broadcasts; docs/decisions/windows.md says what was tried, `beleg-eval footage` on stacked sets what they bring.
const (
	windowHalved = 480 // the longer side of pictures that are looked at at half their size
	windowStep   = 14  // over two pixels: an edge
	windowGap    = 5   // the longest hole in a line that is tried
	windowReach  = 1   // how far from a side its edge may lie: a frame around a window has two
	linePart     = 11  // the shortest line that is tried: one so many-th of the picture
	mostLines    = 40  // of one direction that are tried, the longest and strongest
	leastEdge    = 70  // of each side that shows an edge
	meanEdge     = 85  // of the four sides, mean
	leastStep    = 40  // mean step along each side: kerbs and masts have less, frames around a window far more
	windowCorner = 2   // what is left out of a side next to each corner
)

// Windows finds the upright rectangles in which pictures of one shot show other pictures, the surest first: at most most, none
// smaller than least, in pixels, or larger than half the picture. There are at least one and at most 255 pictures, all of one
// size. Where most of them have an edge along most of a straight line it may be a side of a window, and so may one side of the
// picture itself. A fence, a door or a grid can feign a window.
func Windows(pictures []luma.Plane, least image.Point, most int) []image.Rectangle {
	scale, w, h := 1, pictures[0].W, pictures[0].H
	var looks, turned []luma.Plane
	for _, p := range pictures {
		if max(w, h) >= windowHalved {
			scale, p = 2, p.Halve()
		}
		looks, turned = append(looks, p), append(turned, p.Transpose())
	}
	if min(w, h)/scale < minLook {
		return nil
	}
	least.X, least.Y = max(least.X/scale, 2*windowCorner+1), max(least.Y/scale, 2*windowCorner+1)
	across, down := edgesOf(looks), edgesOf(turned)
	rows, columns := across.lines(), down.lines()
	var all []rectangle
	for i, l := range columns {
		for _, r := range columns[i+1:] {
			if r-l >= least.X {
				all = append(all, between(l, r, across, down, rows, least.Y)...)
			}
		}
	}
	slices.SortStableFunc(all, func(a, b rectangle) int { return cmp.Compare(b.step, a.step) })
	var out []image.Rectangle
	for _, n := range all {
		if len(out) == most {
			break
		}
		r := image.Rectangle{Min: n.Min.Mul(scale), Max: n.Max.Mul(scale)}
		if !slices.ContainsFunc(out, func(o image.Rectangle) bool { return alike(o, r) }) {
			out = append(out, r)
		}
	}
	return out
}

type rectangle struct {
	image.Rectangle
	step int // of the weakest side
}

// between returns the rectangles, at least so high, that have the columns l and r and two of the rows as sides.
func between(l, r int, across, down *edges, rows []int, least int) (out []rectangle) {
	width := r - l
	var sides []side
	for _, y := range rows {
		if s := across.side(y, l, r); s.holds() {
			sides = append(sides, s)
		}
	}
	for i, t := range sides {
		for _, b := range sides[i+1:] {
			height := b.at - t.at
			if height < least || 2*width*height > across.w*across.h || width > 3*height || 2*height > 5*width {
				continue
			}
			left, right := down.side(l, t.at, b.at), down.side(r, t.at, b.at)
			edge, own := left.edge+right.edge+t.edge+b.edge, left.own+right.own+t.own+b.own
			if left.holds() && right.holds() && edge >= 4*meanEdge && own <= 1 {
				out = append(out, rectangle{image.Rect(l, t.at, r, b.at), min(left.step, right.step, t.step, b.step)})
			}
		}
	}
	return out
}

// alike reports whether two rectangles share most of what they cover.
func alike(a, b image.Rectangle) bool {
	area := func(r image.Rectangle) int { return r.Dx() * r.Dy() }
	shared := area(a.Intersect(b))
	return 10*shared > 7*(area(a)+area(b)-shared)
}

// Edges say where most of some pictures have an edge along their rows. The rows are w pixels long, there are h of them.
type edges struct {
	w, h  int
	count []uint16 // edges before each place of a row, or near it in the rows beside: [y*(w+1)+x]
	steps []uint32 // their steps summed, of all pictures
	of    int      // pictures
}

func edgesOf(pictures []luma.Plane) *edges {
	w, h := pictures[0].W, pictures[0].H
	e := &edges{w: w, h: h, of: len(pictures), count: make([]uint16, h*(w+1)), steps: make([]uint32, h*(w+1))}
	steps, stepped := make([]uint16, w*h), make([]uint8, w*h)
	for _, p := range pictures {
		for y := 1; y < h-1; y++ {
			above, below := p.Row(y-1), p.Row(y+1)
			sum, n := steps[y*w:][:w], stepped[y*w:][:w]
			for x := range sum {
				d := distance(above[x], below[x])
				sum[x] += uint16(d)
				if d >= windowStep {
					n[x]++
				}
			}
		}
	}
	// An edge lies where most pictures step and the rows beside do not step more.
	need := uint8((3*len(pictures) + 4) / 5)
	near := make([]uint16, w*h) // the step of the edge, if there is one within reach
	for y := 2; y < h-2; y++ {
		for x := range w {
			i := y*w + x
			if stepped[i] < need || steps[i] < max(steps[i-w], steps[i+w]) {
				continue
			}
			for r := -windowReach; r <= windowReach; r++ {
				near[i+r*w] = max(near[i+r*w], steps[i])
			}
		}
	}
	for y := range h {
		count, sum := e.count[y*(w+1):][:w+1], e.steps[y*(w+1):][:w+1]
		for x, s := range near[y*w:][:w] {
			count[x+1], sum[x+1] = count[x], sum[x]+uint32(s)
			if s > 0 {
				count[x+1]++
			}
		}
	}
	return e
}

// lines returns the rows that hold a straight line, from the first to the last, and both sides of the picture.
func (e *edges) lines() []int {
	best := make([]int, e.h) // the longest and strongest line of each row
	for y := range e.h {
		count, steps := e.count[y*(e.w+1):][:e.w+1], e.steps[y*(e.w+1):][:e.w+1]
		from, to := 0, 0
		for x := range e.w {
			if count[x+1] == count[x] {
				continue
			}
			if x-to >= windowGap {
				from = x
			}
			if to = x + 1; to-from >= e.w/linePart {
				best[y] = max(best[y], int(steps[to]-steps[from]))
			}
		}
	}
	var out []int
	for len(out) < mostLines {
		y, top := 0, 0
		for i, s := range best {
			if s > top {
				y, top = i, s
			}
		}
		if top == 0 {
			break
		}
		out = append(out, y)
		best[y] = 0
	}
	out = append(out, 0, e.h)
	slices.Sort(out)
	return out
}

// A side of a rectangle may be one.
type side struct {
	at   int
	edge int // percent of it where there is an edge
	step int // mean over all of it
	own  int // 1 for a side of the picture itself
}

// holds reports whether s may be a side of a window.
func (s side) holds() bool { return s.edge >= leastEdge && s.step >= leastStep }

// side returns row y from one place to another as the side of a rectangle. What lies next to the corners does not count.
func (e *edges) side(y, from, to int) side {
	if y == 0 || y == e.h {
		return side{y, 100, leastStep, 1}
	}
	i := y * (e.w + 1)
	from, to = i+from+windowCorner, i+to-windowCorner
	n := to - from
	return side{y, 100 * int(e.count[to]-e.count[from]) / n, int(e.steps[to]-e.steps[from]) / n / e.of, 0}
}
