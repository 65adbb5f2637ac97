package match

import (
	"context"
	"time"

	"beleg/index"
	"beleg/internal/simd"
	"beleg/luma"
)

// A Frame is a picture and its time since the item's first frame.
type Frame struct {
	luma.Plane
	At time.Duration
}

// Pixels fetches pictures of the archive's originals.
type Pixels interface {
	// Frames returns all frames of the item with from <= At < to, in order, shrunk to at most side
	// pixels on the longer side. A photo has one frame, at 0. Times before the start and after the
	// end have no frames; end says that the item is known to
	// have none from to on. The frames belong to the caller.
	Frames(ctx context.Context, item index.ItemID, from, to time.Duration, side int) (frames []Frame, end bool, err error)
}

// Sides of pictures in pixels, longer side.
const (
	// AnalysisSide is the longest side of frames given to Analyzer and Query; larger ones are shrunk.
	AnalysisSide = 640
	// tinySide is the side at which a query's frames are kept for the pixel stage.
	tinySide = 214
	// archiveSide is the side at which candidate stretches of the archive are decoded.
	archiveSide = 320
)

// shrink returns p made smaller by the least whole factor that brings its longer side to at most side
// (rounded up), each pixel the mean of a square.
func shrink(p luma.Plane, side int) luma.Plane {
	k := (max(p.W, p.H) + side - 1) / side
	if k <= 1 {
		return p.Clone()
	}
	w, h := max(p.W/k, 1), max(p.H/k, 1)
	q := luma.New(w, h)
	if k == 3 && p.W >= 3 && p.H >= 3 {
		for y := range h {
			simd.Thirds(q.Row(y), p.Row(3*y), p.Row(3*y+1), p.Row(3*y+2))
		}
		return q
	}
	columns := make([]uint16, p.W) // of k rows, summed
	area := uint32(min(k, p.W) * min(k, p.H))
	for y := range h {
		clear(columns)
		for r := y * k; r < min((y+1)*k, p.H); r++ {
			simd.AddPixels(columns, p.Row(r))
		}
		dst := q.Row(y)
		for x := range dst {
			s := area / 2
			for _, v := range columns[x*k : min((x+1)*k, p.W)] {
				s += uint32(v)
			}
			dst[x] = byte(s / area)
		}
	}
	return q
}
