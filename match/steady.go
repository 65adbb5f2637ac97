package match

import (
	"math"
	"slices"
	"time"

	"beleg/index"
	"beleg/internal/simd"
	"beleg/luma"
)

// A broadcaster approaches a picture slowly while it runs, and a hand that films a screen trembles: where the item lies in the
// query's picture changes from frame to frame. Such a stretch is followed in the item from frame to frame, and then each of its
// pictures is moved to where it lies in the frame that shows least of the item. What remains is a query in which nothing of that has happened.

const (
	// steadyGain is by how much following must make the pictures agree better, in the mean, to be worth anything.
	steadyGain = .05
	// leastMoved is the least distance in archive units by which a corner must have moved.
	leastMoved = 12
	// ownMotion is the share of that which the item's own camera may move: what follows that would seem to move as it does.
	ownMotion = .5
	// lostFrames is how many frames may be lost from sight, and lost the share of the agreement in the scene's frame below which one is.
	lostFrames, lost = 5, .5
	// nearer is the share of the size of what another frame shows of the item from which a frame shows less.
	nearer = .95
	// standing is the least agreement in the mean of an item's frames with one of them where its camera stands.
	standing = .5
	// followReach is how far in pixels a block is looked for from one frame to the next, and followedAsked of how many frames one
	// is asked whether following made it agree better.
	followReach, followedAsked = 3, 4
)

// steady sets the scene to a query whose pictures lie still, and reports whether they did not.
func (s *scene) steady() (bool, error) {
	s.rate, s.offset = 1, (s.r.at[s.anchor] - s.f.q.frames[s.here].At).Seconds()
	ts, from := s.track()
	moved := s.wanders(ts, from)
	if moved < leastMoved || s.r.moved(s.shown(from), s.anchor, s.shown(from+len(ts)-1)) > mul(ownMotion, moved) {
		return false, nil
	}
	ts = smoothed(ts)
	// The frame that shows least of the item is what the others are moved to: outside of it not all have something to show.
	p := s.f.q.frames[s.here]
	unit := float64(index.Extent) / float64(max(p.W, p.H))
	share := func(k int) float64 {
		a, _ := ts[k].scale(mul(float64(p.W)/2, unit), mul(float64(p.H)/2, unit))
		return a
	}
	least := s.here - from
	for k := range ts {
		if share(k) < mul(nearer, share(least)) {
			least = k
		}
	}
	s.here, s.t, s.anchor = from+least, ts[least], s.shown(from+least)
	g := *s.f
	g.q = &Query{w: s.f.q.w, h: s.f.q.h, frames: slices.Clone(s.f.q.frames)}
	g.halves = nil
	s.whence = make([]Transform, len(g.q.frames))
	for k := range ts {
		back, ok := ts[k].invert()
		there := back.after(&s.t)
		whence, too := there.invert()
		if !ok || !too {
			return false, nil
		}
		s.whence[from+k] = whence
		g.q.frames[from+k].Plane = warp(g.q.frames[from+k].Plane, there)
	}
	s.f, s.first, s.last, s.half, s.moved = &g, from, from+len(ts), g.coarse(s.t), moved/index.Extent
	s.settle()
	return true, nil
}

// wanders returns by how many archive units a corner of the query's picture moves in the item, at most, under the transforms of the
// frames from frame from on: 0 when they are few, and when the pictures agree hardly better under them than under the scene's own.
func (s *scene) wanders(ts []Transform, from int) (most float64) {
	if len(ts) < 2*fewest {
		return 0
	}
	gain, n := 0., 0.
	for k := range ts {
		most = max(most, s.t.moved(&ts[k]))
		if i := from + k; k%followedAsked == 0 {
			a := s.r.pics[s.shown(i)]
			gain, n = gain+s.f.agree(ts[k], i, a)-s.f.agree(s.t, i, a), n+1
		}
	}
	if gain < mul(steadyGain, n) {
		return 0
	}
	return most
}

// track follows the item from the scene's frame both ways through the shot. It returns the transform of each frame from
// frame from on.
func (s *scene) track() (ts []Transform, from int) {
	typical := s.f.agree(s.t, s.here, s.r.pics[s.anchor])
	one := func(step int) (out []Transform) {
		t, missed, seen := s.t, 0, 0
		for i := s.here + step; i >= s.first && i < s.last && missed < lostFrames; i += step {
			at := mapping{s.rate, s.offset}.at(s.f.q.frames[i].At)
			if at < s.r.at[0]-50*time.Millisecond || at > s.r.at[len(s.r.at)-1]+50*time.Millisecond {
				break
			}
			p, a := s.f.q.frames[i].Plane, s.r.pics[s.shown(i)]
			u := t
			for range 2 {
				l := layOf(u, p.W, p.H, a)
				if len(l.blocks) < 6 {
					break
				}
				u, _ = adjust(u, l.shift(nil, p, a, followReach), l.unit, false)
			}
			if s.f.agree(u, i, a) < mul(lost, typical) {
				missed++
				out = append(out, t)
				continue
			}
			missed, t = 0, u
			out = append(out, t)
			seen = len(out)
		}
		return out[:seen]
	}
	before, after := one(-1), one(1)
	slices.Reverse(before)
	return slices.Concat(before, []Transform{s.t}, after), s.here - len(before)
}

// moved returns by how many archive units a corner of the item's own picture moves between frames from and to of the reel, at
// most, seen from frame k: 0 when the camera stands, as far as can be when it is lost from sight.
func (r *reel) moved(from, k, to int) (most float64) {
	from, to = min(from, k), max(to, k)
	p := r.pics[k].level(1)
	followed, left, n, missed := 0., 0., 0., 0
	for _, step := range []int{-1, 1} {
		t := identity
		for i := k + step; i >= from && i <= to; i += step {
			l := layOf(t, p.W, p.H, r.pics[i])
			if u, kept := adjust(t, l.shift(nil, p, r.pics[i], followReach), l.unit, false); 4*kept >= len(l.blocks) {
				t = u
			} else {
				missed++
			}
			most = max(most, identity.moved(&t))
			if i%followedAsked == 0 || i == from || i == to {
				followed, left, n = followed+agreementOf(t, p, r.pics[i]), left+agreementOf(identity, p, r.pics[i]), n+1
			}
		}
	}
	switch {
	case n == 0 || left >= mul(standing, n) && followed-left < mul(steadyGain, n):
		return 0
	case 2*missed > to-from:
		return index.Extent
	}
	return most
}

// smoothed fits a parabola over time to each place of a transform and those up to three before and after, and returns its values:
// each is settled by one picture alone, and errs by a part of a pixel.
func smoothed(ts []Transform) []Transform {
	weights := [...]float64{7, 6, 3, -2} // of Savitzky and Golay
	out := slices.Clone(ts)
	for k := 3; k < len(ts)-3; k++ {
		for i := range out[k] {
			sum := mul(weights[0], ts[k][i])
			for d := 1; d <= 3; d++ {
				sum += mul(weights[d], ts[k-d][i]+ts[k+d][i])
			}
			out[k][i] = sum / 21
		}
	}
	return out
}

// warp returns a picture of the size of p whose points show those where t takes them in p, the nearest where that is outside.
func warp(p luma.Plane, t Transform) luma.Plane {
	unit := float64(index.Extent) / float64(max(p.W, p.H))
	pic := pictureOf(p)
	s, _ := t.scale(mul(float64(p.W)/2, unit), mul(float64(p.H)/2, unit))
	level := levelFor(s, unit, pic)
	a := pic.level(level)
	px := 256 / (unit * sizeOf(level))
	places, row := make([]simd.Place, p.W), make([]int16, p.W)
	q := luma.New(p.W, p.H)
	for y := range p.H {
		for x := range places {
			u, v := t.At(mul(float64(x)+.5, unit), mul(float64(y)+.5, unit))
			places[x] = within(simd.Place{X: int32(math.Floor(mul(u, px))) - 128, Y: int32(math.Floor(mul(v, px))) - 128}, a)
		}
		simd.Blend(row, a.Pix, a.Stride, places, 0)
		for x, v := range row {
			q.Row(y)[x] = byte((v + 8) >> 4)
		}
	}
	return q
}
