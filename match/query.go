package match

import (
	"cmp"
	"context"
	"image"
	"slices"
	"time"

	"beleg/fingerprint"
	"beleg/index"
	"beleg/luma"
)

const (
	// sampleGap is the least time between the query frames whose features may be looked up, and stillGap that between
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
	waiting int64      // bytes of the samples' pictures
	photo   bool       // all frames are one
	later   bool       // what came before was taken off by Head
}

// A sample is a query frame whose features may be looked up: all of the first turn, and of the others those that
// may tell more than their neighbours did, see [Query.vote].
type sample struct {
	at       time.Duration
	turn     int
	picture  luma.Plane // until it is described
	features []feature
}

// turns is how many turns there are; each has about as many samples as all before it.
const turns = 3

// turnGap is the least time between samples of one turn or an earlier one.
func turnGap(turn int) time.Duration { return sampleGap << (turns - 1 - turn) }

// mirrored reports whether the sample is looked up as seen in a mirror as well.
func (s *sample) mirrored() bool { return s.turn < turns-1 }

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
		s := sample{at: f.At, turn: q.turnAt(f.At), picture: f.Plane}
		if s.turn == 0 {
			q.describe(&s)
		} else {
			s.picture = f.Clone()
			q.waiting += int64(len(s.picture.Pix))
		}
		q.samples = append(q.samples, s)
		q.sampled = small
	}
	q.frames = append(q.frames, Frame{small, f.At})
}

// turnAt returns the turn of the next sample, at the time given.
func (q *Query) turnAt(at time.Duration) int {
	for turn := range turns - 1 {
		i := len(q.samples) - 1
		for i >= 0 && q.samples[i].turn > turn {
			i--
		}
		if i < 0 || at >= q.samples[i].at+turnGap(turn) {
			return turn
		}
	}
	return turns - 1
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
	if n < 2 || int64(n)*int64(len(q.frames[0].Pix))*5/4+q.waiting < most { // with halves
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
	q.waiting = 0
	for _, s := range q.samples {
		q.waiting += int64(len(s.picture.Pix))
	}
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

// describe finds the features of s and lets its picture go.
func (q *Query) describe(s *sample) {
	p := s.picture
	ps := q.ext.Patches(p, queryFeatures)
	if s.turn == 0 {
		q.sparse(s.at, ps, p)
	}
	s.picture, s.features = luma.Plane{}, make([]feature, len(ps))
	g := geometryOf(p)
	for i := range ps {
		x, y, size := g.place(&ps[i])
		f := feature{x: float32(x), y: float32(y), s: float32(size)}
		f.views[0] = viewOf(&ps[i].Descriptor)
		if s.mirrored() {
			m := ps[i].Descriptor.Mirrored()
			f.views[1] = viewOf(&m)
		}
		s.features[i] = f
	}
}

func viewOf(d *fingerprint.Descriptor) (v view) {
	v.sig = fingerprint.EncodeAll(d, v.words[:]).Sig
	return v
}

// vote returns the pairs of samples in both orientations, by item; in each, the most agreeing first. Samples are looked
// up in turns: where those before and after one show one item at one place and nothing else, it would tell nothing new, and is
// not even described.
func (q *Query) vote(ctx context.Context, parts []*index.Postings, skip func(index.ItemID) bool, cut []bool) (groups [][]pair, err error) {
	extent := mul(float64(q.w), geometryOf(luma.Plane{W: q.w, H: q.h}).unit)
	voters := make([]voter, len(parts))
	for n, p := range parts {
		voters[n] = voter{postings: p, part: n}
	}
	votes := newVotes(q, cut)
	kept := func(ps []pair) []pair {
		if skip == nil {
			return ps
		}
		return slices.DeleteFunc(ps, func(p pair) bool { return skip(p.item) })
	}
	for turn := range turns {
		for i := range q.samples {
			s := &q.samples[i]
			if s.turn != turn || turn > 0 && !votes.ask(i) {
				continue
			}
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			var ps []pair
			if s.features == nil {
				if in := votes.windows(i); len(in) > 0 {
					ps = q.lookInto(in[i%len(in)], voters, s)
				}
				q.describe(s)
			}
			votes.of[i], votes.done[i] = kept(look(ps, voters, s, extent)), true
		}
	}
	for _, i := range votes.unknown() {
		votes.of[i] = append(votes.of[i], kept(q.lookTurned(voters, q.samples[i].at))...)
	}
	for _, g := range byItem(slices.Concat(votes.of...)) {
		if g = borne(g); len(g) > 0 {
			groups = append(groups, g)
		}
	}
	return groups, nil
}

// look appends the pairs of s, of a picture extent units wide, to ps.
func look(ps []pair, voters []voter, s *sample, extent float64) []pair {
	for n := range voters {
		ps = voters[n].vote(ps, s, 0, extent)
		if s.mirrored() {
			ps = voters[n].vote(ps, s, 1, extent)
		}
	}
	return ps
}

// Votes are what the samples looked up so far show.
type votes struct {
	q     *Query
	cut   []bool                    // as of cuts
	of    [][]pair                  // per sample
	done  []bool                    // per sample: it was looked up
	first []int                     // per sample: the first of those in which windows are looked for together
	in    map[int][]image.Rectangle // per first of such samples, when they were: the windows
}

func newVotes(q *Query, cut []bool) *votes {
	n := len(q.samples)
	v := &votes{q: q, cut: cut, of: make([][]pair, n), done: make([]bool, n), first: make([]int, n), in: map[int][]image.Rectangle{}}
	for i := 1; i < n; i++ {
		if v.first[i] = v.first[i-1]; i-v.first[i] == windowSamples || !v.together(i-1, i) {
			v.first[i] = i
		}
	}
	return v
}

// windows returns the windows that are looked into at sample i: those of some samples of one shot with it.
func (v *votes) windows(i int) []image.Rectangle {
	from := v.first[i]
	in, ok := v.in[from]
	if !ok {
		to := i + 1
		for to < len(v.first) && v.first[to] == from {
			to++
		}
		in = v.q.windows(from, to)
		v.in[from] = in
	}
	return in
}

const (
	// settledWeight is the least evidence on both sides of a sample that settles what it shows, and besideSettled that of
	// something else that makes it worth a look.
	settledWeight, besideSettled = 2.5, 2
	// nearInTime is how far from a sample that may be.
	nearInTime = time.Second
)

// ask reports whether sample i may tell more than those looked up around it, or beside it where a cut is near.
func (v *votes) ask(i int) bool {
	before, after := v.next(i, -1), v.next(i, 1)
	switch {
	case !v.together(i, after):
		before, after = v.next(before, -1), before
	case !v.together(before, i):
		before, after = after, v.next(after, 1)
	}
	if !v.together(min(before, i), max(after, i)) {
		return true
	}
	settled := v.settled(before, after)
	if settled == nil {
		return true
	}
	at := v.q.samples[i].at
	for k := range v.of {
		if d := v.q.samples[k].at - at; d > nearInTime || d < -nearInTime {
			continue
		}
		if slices.ContainsFunc(v.of[k], func(p pair) bool {
			return p.weight >= besideSettled && !slices.ContainsFunc(settled, p.seat.like)
		}) {
			return true
		}
	}
	return false
}

// next returns the sample looked up next before or after sample i, or one that does not exist.
func (v *votes) next(i, step int) int {
	for i += step; i >= 0 && i < len(v.done) && !v.done[i]; {
		i += step
	}
	return i
}

// together reports whether both samples exist and no cut lies between them.
func (v *votes) together(before, after int) bool {
	return before >= 0 && after < len(v.of) && !v.cutBetween(v.q.samples[before].at, v.q.samples[after].at)
}

// settled returns where items lie that both samples show.
func (v *votes) settled(before, after int) (out []seat) {
	for _, p := range v.of[before] {
		if p.weight >= settledWeight && slices.ContainsFunc(v.of[after], func(o pair) bool {
			return o.item == p.item && o.weight >= settledWeight && o.seat.like(p.seat)
		}) {
			out = append(out, p.seat)
		}
	}
	return out
}

func (v *votes) cutBetween(from, to time.Duration) bool {
	i, _ := slices.BinarySearchFunc(v.q.frames, from+1, func(f Frame, t time.Duration) int { return cmp.Compare(f.At, t) })
	for ; i < len(v.q.frames) && v.q.frames[i].At <= to; i++ {
		if v.cut[i] {
			return true
		}
	}
	return false
}
