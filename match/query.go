package match

import (
	"cmp"
	"context"
	"slices"
	"time"

	"beleg/fingerprint"
	"beleg/index"
	"beleg/luma"
)

const (
	// sampleGap is the least time between the query frames whose features are looked up, and stillGap that between
	// frames that show the same picture.
	sampleGap, stillGap = 320 * time.Millisecond, 960 * time.Millisecond
	// queryFeatures is the most features per looked-up frame.
	queryFeatures = 500
	// probeWords is the number of words looked up per feature and orientation.
	probeWords = 8
)

// A Query is an item in question: all its frames, small, and the features of some.
type Query struct {
	w, h    int // of the analysed frames
	ext     fingerprint.Extractor
	frames  []Frame // tiny
	samples []sample
	sampled luma.Plane // the last of them, tiny
	sparses []sparse   // see Shortlist
	photo   bool       // all frames are one
	later   bool       // what came before was taken off by Head
}

// A sample is a query frame with its features. Every second is looked up as seen in a mirror as well, and each of a
// picture that stands: one frame of a shot is enough to begin with.
type sample struct {
	at       time.Duration
	features []feature
	mirrored bool
}

// A feature is a query's local feature with its codes as seen plainly and in a mirror.
type feature struct {
	x, y, s float32 // as geometry.place
	views   [2]view
}

type view struct {
	sig   uint64
	words [probeWords]uint16
}

// NewQuery returns an empty query.
func NewQuery() *Query { return &Query{} }

// Add takes the query's next frame, of at most AnalysisSide pixels a side. Every frame counts: ends of
// segments are found to the frame. It does not retain f.
func (q *Query) Add(f Frame) {
	q.w, q.h = f.W, f.H
	small := shrink(f.Plane, tinySide)
	if n := len(q.samples); n == 0 || f.At >= q.samples[n-1].at+sampleGap && (f.At >= q.samples[n-1].at+stillGap || differs(small, q.sampled)) {
		mirrored := n%2 == 0 || f.At >= q.samples[n-1].at+2*sampleGap
		q.samples = append(q.samples, sample{f.At, q.describe(f, mirrored), mirrored})
		q.sampled = small
	}
	q.frames = append(q.frames, Frame{small, f.At})
}

const (
	// tile is the side of the squares in which pictures are compared, in pixels.
	tile = 17
	// tileDiffers is how many grey levels make a square another, mean over its pixels: noise changes fewer.
	tileDiffers = 6
	// tilesDiffer is the share of squares, one of so many, that makes a picture another.
	tilesDiffer = 25
)

// differs reports whether two pictures of one size do not show the same, if only in a window.
func differs(a, b luma.Plane) bool {
	if a.W != b.W || a.H != b.H {
		return true
	}
	changed, tiles := 0, 0
	for y0 := 0; y0+tile <= a.H; y0 += tile {
		for x0 := 0; x0+tile <= a.W; x0 += tile {
			sum := 0
			for y := y0; y < y0+tile; y += 2 {
				u, v := a.Row(y)[x0:][:tile], b.Row(y)[x0:][:tile]
				for x := range u {
					d := int(u[x]) - int(v[x])
					sum += max(d, -d)
				}
			}
			tiles++
			if sum > tileDiffers*tile*(tile+1)/2 {
				changed++
			}
		}
	}
	return changed*tilesDiffer >= tiles
}

// Head takes off the first part of q, as a query of its own, when q holds more than the given bytes of
// pictures; else it returns nil. The part ends at a cut where there is one. A long broadcast is so looked up in
// bounded memory: [Find] for each head and for what is left, then [Join].
func (q *Query) Head(most int64) *Query {
	n := len(q.frames)
	if n < 2 || int64(n)*int64(len(q.frames[0].Pix))*5/4 < most { // with halves
		return nil
	}
	k, cut := n, cuts(q.frames)
	for i := n - cutSight; i >= n/2; i-- {
		if cut[i] {
			k = i
			break
		}
	}
	h := *q
	h.frames, q.frames = q.frames[:k], slices.Clone(q.frames[k:])
	end := h.frames[k-1].At
	s, _ := slices.BinarySearchFunc(q.samples, end+1, func(s sample, t time.Duration) int { return cmp.Compare(s.at, t) })
	h.samples, q.samples = q.samples[:s], slices.Clone(q.samples[s:])
	s, _ = slices.BinarySearchFunc(q.sparses, end+1, func(s sparse, t time.Duration) int { return cmp.Compare(s.at, t) })
	h.sparses, q.sparses = q.sparses[:s], slices.Clone(q.sparses[s:])
	q.later = true
	return &h
}

// cutSight is how many frames after a cut are needed to see it.
const cutSight = 5

// held returns the query of a photo as one of a video that shows it for a second.
func (q *Query) held() *Query {
	h := *q
	h.photo, h.frames = true, nil
	for t := time.Duration(0); t <= time.Second; t += 40 * time.Millisecond {
		h.frames = append(h.frames, Frame{q.frames[0].Plane, q.frames[0].At + t})
	}
	return &h
}

func (q *Query) describe(f Frame, mirrored bool) []feature {
	p := f.Plane
	ps := q.ext.Patches(p, queryFeatures)
	q.sparse(f.At, ps, p)
	out := make([]feature, len(ps))
	g := geometryOf(p)
	for i := range ps {
		x, y, s := g.place(&ps[i])
		f := feature{x: float32(x), y: float32(y), s: float32(s)}
		f.views[0] = viewOf(&ps[i].Descriptor)
		if mirrored {
			m := ps[i].Descriptor.Mirrored()
			f.views[1] = viewOf(&m)
		}
		out[i] = f
	}
	return out
}

func viewOf(d *fingerprint.Descriptor) (v view) {
	c, words := fingerprint.EncodeAll(d, probeWords)
	v.sig = c.Sig
	copy(v.words[:], words)
	return v
}

// vote returns the pairs of all samples in both orientations, by item; in each, the most agreeing first.
func (q *Query) vote(ctx context.Context, parts []*index.Postings, skip func(index.ItemID) bool) (groups [][]pair, err error) {
	var out []pair
	extent := mul(float64(q.w), geometryOf(luma.Plane{W: q.w, H: q.h}).unit)
	for n, p := range parts {
		v := voter{postings: p, part: n}
		for i := range q.samples {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			out = v.vote(out, &q.samples[i], 0, extent)
			if q.samples[i].mirrored {
				out = v.vote(out, &q.samples[i], 1, extent)
			}
		}
	}
	if skip != nil {
		out = slices.DeleteFunc(out, func(p pair) bool { return skip(p.item) })
	}
	for _, g := range byItem(out) {
		if g = borne(g); len(g) > 0 {
			groups = append(groups, g)
		}
	}
	return groups, nil
}
