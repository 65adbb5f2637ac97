package fingerprint

import (
	"fmt"
	"slices"
	"strings"

	"beleg/luma"
)

// BorderKind says what surrounds a picture; kinds may be combined.
type BorderKind uint8

// The kinds of borders. Letterbox and Pillarbox together are a window.
const (
	Letterbox     BorderKind = 1 << iota // even bars above and below
	Pillarbox                            // even bars left and right
	BlurredSides                         // a blurred picture left and right
	BlurredTopEnd                        // a blurred picture above and below
)

// Border is what surrounds the picture proper in a frame of W by H pixels. The zero Border is none.
type Border struct {
	Left, Top, Right, Bottom int // pixels to take off
	Kind                     BorderKind
	W, H                     int // pixels of the frame
}

// Content returns the part of p, a frame of the border's size, inside the border, sharing its pixels.
func (b Border) Content(p luma.Plane) luma.Plane {
	return p.Crop(b.Left, b.Top, p.W-b.Right, p.H-b.Bottom)
}

// String says in words what was found, or "no border".
func (b Border) String() string {
	var words []string
	say := func(k BorderKind, what string, first, second, side int, of string) {
		if b.Kind&k != 0 && side > 0 {
			words = append(words, fmt.Sprintf("%s (%d and %d %% of the %s)", what, (100*first+side/2)/side, (100*second+side/2)/side, of))
		}
	}
	say(Letterbox, "bars above and below", b.Top, b.Bottom, b.H, "height")
	say(Pillarbox, "bars left and right", b.Left, b.Right, b.W, "width")
	say(BlurredSides, "blurred picture left and right", b.Left, b.Right, b.W, "width")
	say(BlurredTopEnd, "blurred picture above and below", b.Top, b.Bottom, b.H, "height")
	if len(words) == 0 {
		return "no border"
	}
	return strings.Join(words, ", ")
}

// Borders finds the border of one frame. A dark or foggy frame can hide one or feign one; BorderRun
// over the frames of a shot is surer.
func Borders(p luma.Plane) Border {
	var r BorderRun
	r.Add(p)
	return r.Border()
}

// BorderRun gathers what the frames of a shot have in common, to find their border. The zero value
// is an empty run. It is not safe for concurrent use. A few frames of a shot, a second apart, are
// enough; adding one costs more than hashing it.
//
// Bars are found as rows or columns that stay within a narrow band of one grey level in every
// frame, up to a straight line behind which they do not. A blurred side is found as a run of columns
// poor in detail up to a straight vertical edge, with a sharp middle. Either must be there on
// both sides at about the same width, as a centred picture has it: that is what tells a
// border from a night sky or a wall. Logos and tickers may lie upon a border: a tenth of a bar's
// length, and a quarter to two fifths of the height of a blurred side, are ignored.
type BorderRun struct {
	w, h, factor int // size of the frames; by how much they are shrunk for looking
	frames       int
	rows, cols   axis
}

// An axis holds the statistics along one axis of the shrunk frame: "line" is a row for the vertical
// axis and a column for the horizontal one.
type axis struct {
	lines, length int      // number of lines and pixels in each
	low, high     []uint8  // cells of each line, lowest and highest mean over the frames: [line*barCells+cell]
	edge, detail  []uint32 // sums over the frames: [line*barCells+cell]
}

// barCells is the number of cells a line is cut into.
const barCells = 32

// minLook is the shortest side, in pixels, on which a border can be seen.
const minLook = 2 * barCells

// lookSide is the longest side, in pixels, at which frames are looked at; larger ones are shrunk by
// a whole number.
const lookSide = 640

// Add takes a frame into the run. All frames of a run must have the same size; it panics otherwise.
func (r *BorderRun) Add(p luma.Plane) {
	if err := p.Check(); err != nil {
		panic("fingerprint: " + err.Error())
	}
	if r.frames == 0 {
		r.w, r.h, r.factor = p.W, p.H, (max(p.W, p.H)+lookSide-1)/lookSide
	}
	if p.W != r.w || p.H != r.h {
		panic(fmt.Sprintf("fingerprint: frame of %d x %d in a run of %d x %d", p.W, p.H, r.w, r.h))
	}
	if min(p.W, p.H)/r.factor < minLook {
		r.frames++
		return // too small or too narrow to see a border
	}
	if r.factor > 1 {
		p = p.Resize(p.W/r.factor, p.H/r.factor)
	}
	if r.frames == 0 {
		r.rows, r.cols = newAxis(p.H, p.W), newAxis(p.W, p.H)
	}
	r.frames++
	r.rows.add(p)
	r.cols.add(p.Transpose())
}

func newAxis(lines, length int) axis {
	n := lines * barCells
	a := axis{lines: lines, length: length, low: make([]uint8, n), high: make([]uint8, n), edge: make([]uint32, n), detail: make([]uint32, n)}
	for i := range a.low {
		a.low[i] = 255
	}
	return a
}

// add takes in a frame whose rows are the lines of a.
func (a *axis) add(p luma.Plane) {
	for y := range a.lines {
		row := p.Row(y)
		above, below := p.Row(max(y-1, 0)), p.Row(min(y+1, p.H-1))
		for c := range barCells {
			from, to := c*a.length/barCells, (c+1)*a.length/barCells
			sum, edge, detail, n := 0, 0, 0, 0
			for x := from; x < to; x += sampleStep {
				sum += int(row[x])
				edge += distance(above[x], below[x])
				l, r := row[max(x-detailStep, 0)], row[min(x+detailStep, len(row)-1)]
				bend := 2*int(row[x]) - int(l) - int(r)
				detail += max(bend, -bend)
				n++
			}
			i := y*barCells + c
			mean := uint8(sum / n)
			a.low[i], a.high[i] = min(a.low[i], mean), max(a.high[i], mean)
			a.edge[i] += uint32(16 * edge / n)
			a.detail[i] += uint32(16 * detail / n)
		}
	}
}

// sampleStep is the distance, in pixels along a line, of the pixels that are looked at: the lines are
// what must be found exactly. Two halves the time.
const sampleStep = 2

// detailStep is the distance, in pixels, at which detail is measured: more than the grain of coding
// and noise, less than the width of a blur that one sees as a blur.
const detailStep = 3

func distance(a, b byte) int {
	if a > b {
		return int(a - b)
	}
	return int(b - a)
}

// Border returns the border that the frames added so far have in common.
func (r *BorderRun) Border() Border {
	b := Border{W: r.w, H: r.h}
	if r.rows.lines == 0 {
		return b
	}
	x, y := extent{0, r.cols.lines}, extent{0, r.rows.lines}
	// Bars may lie around a blurred surrounding, and inside it around the picture; each pass looks at
	// what the one before left.
	for range 3 {
		before := [2]extent{x, y}
		b.take(Pillarbox, &x, func() (extent, bool) { return r.cols.bars(x, y) })
		b.take(Letterbox, &y, func() (extent, bool) { return r.rows.bars(y, x) })
		b.takeSharp(&r.cols, BlurredSides, Pillarbox, &x, y, r.frames)
		b.takeSharp(&r.rows, BlurredTopEnd, Letterbox, &y, x, r.frames)
		if before == [2]extent{x, y} {
			break
		}
	}
	f := r.factor
	b.Left, b.Top = x.from*f, y.from*f
	if b.Kind&(Pillarbox|BlurredSides) != 0 {
		b.Right = r.w - x.to*f
	}
	if b.Kind&(Letterbox|BlurredTopEnd) != 0 {
		b.Bottom = r.h - y.to*f
	}
	return b
}

// take narrows e to what look finds.
func (b *Border) take(k BorderKind, e *extent, look func() (extent, bool)) {
	if found, ok := look(); ok {
		*e = found
		b.Kind |= k
	}
}

// takeSharp narrows e to a picture with sharp edges. What surrounds it is bars with graphics upon
// them when most of it is even, and a blurred picture otherwise. Even bars are believed on less of
// an edge.
func (b *Border) takeSharp(a *axis, blurred, bars BorderKind, e *extent, along extent, frames int) {
	kind := blurred
	found, ok := a.sharp(*e, along, frames, edgeShare(frames))
	if ok && a.surroundedEvenly(found, *e, along) {
		kind = bars
	}
	if !ok {
		kind = bars
		found, ok = a.sharp(*e, along, frames, 50)
		ok = ok && a.surroundedEvenly(found, *e, along)
	}
	if ok {
		*e = found
		b.Kind |= kind
	}
}

// An extent is a run of lines [from, to).
type extent struct{ from, to int }

func (e extent) len() int { return e.to - e.from }

// inner returns the cells of a line that lie wholly within along, an extent on the other axis.
func (a *axis) inner(along extent) (from, to int) {
	from = (along.from*barCells + a.length - 1) / a.length
	to = along.to * barCells / a.length
	return from, max(to, from+1)
}

// The limits for bars, in grey levels and shares. They were set by looking at the development
// broadcasts and clips; "beleg-eval border" says what they find, docs/evaluation/border.md the counts.
const (
	barSpread  = 9             // a cell of a bar is at most this far from the bar's level, noise and coding included
	barBlack   = 40            // bars up to this level are black; others must be more even
	barEven    = 3             // spread of bars that are not black
	barStep    = barSpread + 4 // the picture differs from the bar by more than this
	minBorder  = 2             // percent of the side on each side
	maxBorder  = 42            // percent of the side on each side
	maxUnequal = 3             // percent of the side by which the two bars may differ
)

// bars looks for even bars at both ends of within, on the cells inside along.
func (a *axis) bars(within, along extent) (extent, bool) {
	c0, c1 := a.inner(along)
	first, ok1 := a.bar(within, c0, c1, within.from, 1)
	last, ok2 := a.bar(within, c0, c1, within.to-1, -1)
	found := extent{first, last + 1}
	n := within.len()
	front, back := first-within.from, within.to-found.to
	if !ok1 || !ok2 || max(front, back)-min(front, back) > max(n*maxUnequal/100, 2) {
		return extent{}, false
	}
	return found, true
}

// bar walks from the line start in direction step over the lines of a bar. It returns the first
// line of the picture behind it, and whether there is a bar that ends in a straight line.
func (a *axis) bar(within extent, c0, c1, start, step int) (int, bool) {
	level := a.level(start, c0, c1)
	spread := barSpread
	if level > barBlack {
		spread = barEven
	}
	allowed := (c1 - c0) / 10
	most := within.len() * maxBorder / 100
	n := 0
	for n <= most && a.strays(start+n*step, c0, c1, level, spread) <= allowed {
		n++
	}
	if n > most || n*100 < within.len()*minBorder || n < 2 {
		return start, false
	}
	// The line may fall between two rows: look at the third row behind it.
	behind := a.strays(start+(n+2)*step, c0, c1, level, barStep)
	if behind*100 < 45*(c1-c0) {
		return start, false
	}
	return start + (n+1)*step, true // one line more: it is mixed of bar and picture
}

func (a *axis) surroundedEvenly(found, within, along extent) bool {
	return a.even(extent{within.from, found.from}, along) && a.even(extent{found.to, within.to}, along)
}

// even reports whether most cells of most of the lines are of one level.
func (a *axis) even(lines, along extent) bool {
	c0, c1 := a.inner(along)
	level, n := a.level((lines.from+lines.to)/2, c0, c1), 0
	for line := lines.from; line < lines.to; line++ {
		if 2*a.strays(line, c0, c1, level, barSpread) < c1-c0 {
			n++
		}
	}
	return 4*n > 3*lines.len()
}

// level returns the median over cells of a line's middle value.
func (a *axis) level(line, c0, c1 int) int {
	var v []int
	for c := c0; c < c1; c++ {
		i := line*barCells + c
		v = append(v, (int(a.low[i])+int(a.high[i]))/2)
	}
	slices.Sort(v)
	return v[len(v)/2]
}

// strays counts the cells of a line that were ever farther than spread from level.
func (a *axis) strays(line, c0, c1, level, spread int) (n int) {
	for c := c0; c < c1; c++ {
		i := line*barCells + c
		if int(a.high[i])-level > spread || level-int(a.low[i]) > spread {
			n++
		}
	}
	return n
}

// The limits for blurred sides; edge and detail are in 1/16 of a grey level, per frame.
const (
	blurEdge    = 5 * 16 // the step at the picture's side
	blurDetail  = 24     // in tenths: the picture has at least 2.4 times the detail of its surrounding
	leastDetail = 16     // the picture has at least this much more
	minBlur     = 5      // percent of the side on each side
	blurUnequal = 2      // percent of the side
)

// sharp looks for a picture rich in detail between two runs of lines poor in it, with edges along
// share percent of its sides.
func (a *axis) sharp(within, along extent, frames, share int) (extent, bool) {
	c0, c1 := a.inner(along)
	n := within.len()
	edge, detail := make([]int, n), make([]int, n)
	for i := range n {
		edge[i] = a.exceededBy(share, a.edge, within.from+i, c0, c1) / frames
		// Half of a picture may be sky or road: a quarter of its height with detail is enough.
		detail[i] = a.exceededBy(25, a.detail, within.from+i, c0, c1) / frames
	}
	best, bestEdge := extent{}, 0
	for x := n * minBlur / 100; x < n*maxBorder/100; x++ {
		if edge[x] < blurEdge || edge[x] < edge[x-1] || edge[x] < edge[x+1] {
			continue
		}
		y, ok := partner(edge, x)
		if !ok || n-1-y > n*maxBorder/100 || !outstanding(edge, detail, x, y) {
			continue
		}
		if e := min(edge[x], edge[y]); e > bestEdge {
			// An edge value compares the lines before and after: the picture begins behind it.
			best, bestEdge = extent{within.from + x + 1, within.from + y}, e
		}
	}
	return best, bestEdge > 0
}

// partner returns the strongest edge where a centred picture that begins at x ends.
func partner(edge []int, x int) (int, bool) {
	n := len(edge)
	around := max(n*blurUnequal/100, 2)
	best := n - 1 - x
	for y := max(n-1-x-around, n/2); y <= min(n-1-x+around, n-2); y++ {
		if edge[y] > edge[best] {
			best = y
		}
	}
	return best, edge[best] >= blurEdge
}

// outstanding reports whether the lines between x and y are richer than those outside, and the edges
// at x and y far stronger than all there is outside.
func outstanding(edge, detail []int, x, y int) bool {
	const gap = 3 // lines next to the edge, which coding smears
	left, right := detail[:max(x-gap, 1)], detail[min(y+gap, len(detail)-1):]
	inside, outside := mean(detail[x+gap:y-gap]), max(mean(left), mean(right))
	if inside*10 < outside*blurDetail+leastDetail*10 {
		return false
	}
	steepest := max(top(edge[:max(x-gap, 1)]), top(edge[min(y+gap, len(edge)-1):]))
	return min(edge[x], edge[y]) >= 2*steepest
}

// exceededBy returns the sum that percent of a line's cells reach.
func (a *axis) exceededBy(percent int, sums []uint32, line, c0, c1 int) int {
	v := slices.Clone(sums[line*barCells+c0 : line*barCells+c1])
	slices.Sort(v)
	return int(v[min(len(v)*(100-percent)/100, len(v)-1)])
}

// edgeShare returns how much of a blurred side's line, in percent, must show the picture's edge. One
// frame must show more than a run: a door or a mast stands in one picture, seldom in the middle of a shot.
func edgeShare(frames int) int {
	if frames == 1 {
		return 75
	}
	return 60
}

func mean(v []int) int {
	sum := 0
	for _, x := range v {
		sum += x
	}
	return sum / len(v)
}

// top returns the value that one in twenty exceeds.
func top(v []int) int {
	v = slices.Clone(v)
	slices.Sort(v)
	return v[len(v)*19/20]
}
