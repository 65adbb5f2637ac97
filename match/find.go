package match

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"beleg/index"
	"beleg/internal/simd"
	"beleg/luma"
)

// A Kind says what a match means.
type Kind string

const (
	SameFootage Kind = "same footage"           // the same recording
	SamePlace   Kind = "same place, other time" // one camera or place, but what moves differs
	LookAlike   Kind = "look-alike"             // the same object or view in another picture
)

// A Match is one continuous use of an archive item in the query: a segment on both sides.
type Match struct {
	Item             index.ItemID
	Kind             Kind
	BFrom, BTo       time.Duration // in the query, half-open; both 0 if that is a photo
	AFrom, ATo       time.Duration // in the item, half-open; both 0 for a photo
	Rate             float64       // seconds of the item per second of the query; below 0 backwards, 0 for a photo and a held frame
	Score            float64       // 0 to 1, the share of matches so scored that are right
	Transform        Transform     // at BFrom
	Evidence         Evidence
	odds             float64       // see odds
	agree            float64       // see hint
	scene            *scene        // that it was found in, until its ends are settled
	shotFrom, shotTo time.Duration // first and last frame of the item's shot that it lies in, 0 if the item is not cut there
	By               index.ItemID  // the item that explains what a match of another kind than the same footage shows, if one does
	Recurs           int           // items that show what the query shows here, as much of the same as this one does, and this one
}

// Recurring is how many items a stretch recurs in when it is likely an ident, a studio, a map or a test card
// rather than a recording that was shown before.
const Recurring = 5

// Evidence is what a match rests on.
type Evidence struct {
	Pairs     int        // pairs of frames whose features agree
	Weight    float64    // of those features in the best pair, by rarity and likeness
	Agree     int        // features that agree in the best pair
	Pixels    float64    // correlation of the pictures laid over one another, mean over the frames
	Share     float64    // share of the query picture that the item's picture covers
	Covered   float64    // share of that which graphics cover
	Motion    float64    // correlation of what moves, 0 when nothing does
	Calm      float64    // the same of means over five frames
	Slope     float64    // amplitude of the query's motion for the archive's, against that of what stands still
	Moves     [2]float64 // what moves in parts of the query's and of the archive's picture, in block deviations
	Contrast  float64    // how far the best time stands out from others, in deviations
	Stillness float64    // deviation of the archive's pixels over time, in block deviations
	Moved     float64    // how far a corner of the item's picture moved in the query's, by its longer side; 0 when it stayed where it was
}

// Options bounds a search.
type Options struct {
	// Memory is how many bytes of decoded archive pictures are kept at once; 0 means 256 MiB. A single
	// stretch that needs more is decoded all the same and then let go.
	Memory int64
	// Without, if not nil, says which items are left out, because they were deleted or are the query itself.
	Without func(index.ItemID) bool
	// Before, if not nil, is negative when a is to be looked at before b: where many items show one stretch, as
	// an ident, the pictures of the first are compared and the others counted by their features.
	Before func(a, b index.ItemID) int
}

// Find returns the matches of q among the items filed in the parts, in order of time, of all kinds:
// what to show is the caller's choice. Score sorts across queries; it is a probability only as far as
// docs/evaluation/footage.md shows.
func Find(ctx context.Context, q *Query, parts []*index.Postings, px Pixels, opt Options) ([]Match, error) {
	if len(q.frames) == 0 {
		return nil, ctx.Err()
	}
	if len(q.frames) == 1 && !q.later {
		q = q.held()
	}
	f := finder{ctx: ctx, q: q, parts: parts, hints: map[spot]hint{}, px: px, memory: cmp.Or(opt.Memory, 256<<20), cut: cuts(q.frames)}
	f.weakLooks = weakLooks * int(1+(q.frames[len(q.frames)-1].At-q.frames[0].At)/time.Minute)
	groups, err := q.vote(ctx, parts, opt.Without, f.cut)
	if err != nil {
		return nil, err
	}
	before := opt.Before
	if before == nil || !crowded(groups) { // the likeliest first: it spares a closer look at others
		before = func(index.ItemID, index.ItemID) int { return 0 }
	}
	slices.SortStableFunc(groups, func(a, b []pair) int {
		return cmp.Or(before(a[0].item, b[0].item), cmp.Compare(f.promise(b[0]), f.promise(a[0])))
	})
	var out []Match
	var spared []pair
	for _, g := range groups {
		var more []pair
		g, more = spare(g, out)
		spared = append(spared, more...)
		ms, err := f.item(g)
		if err != nil {
			return nil, err
		}
		ms = tidy(ms)
		for _, m := range ms {
			if m.Kind == SameFootage && m.odds >= believable {
				f.sure = append(f.sure, m)
			}
		}
		out = append(out, ms...)
	}
	slices.SortStableFunc(out, func(a, b Match) int { return bytes.Compare(a.Item[:], b.Item[:]) })
	f.rank(out)
	recur(out, spared)
	if q.photo {
		for i := range out {
			out[i].BFrom, out[i].BTo = 0, 0
		}
	}
	return out, nil
}

// byItem splits pairs into those of each item, in order of items; in each, the most agreeing first.
func byItem(ps []pair) (out [][]pair) {
	slices.SortStableFunc(ps, func(a, b pair) int {
		return cmp.Or(bytes.Compare(a.item[:], b.item[:]), cmp.Compare(b.weight, a.weight), cmp.Compare(a.b, b.b), cmp.Compare(a.a, b.a))
	})
	for len(ps) > 0 {
		n := 1
		for n < len(ps) && ps[n].item == ps[0].item {
			n++
		}
		out = append(out, ps[:n])
		ps = ps[n:]
	}
	return out
}

type finder struct {
	ctx    context.Context
	q      *Query
	parts  []*index.Postings
	hints  map[spot]hint
	px     Pixels
	halves []luma.Plane // of the frames of q, as far as needed
	cut    []bool       // per frame of q: a cut lies before it
	last   *reel        // the stretch decoded last: pairs come item by item
	sure   []Match      // those found so far that are believable
	memory int64

	weakLooks int // those left
}

// promise sorts items: those whose features agree much first, and more so those whose traces agree.
func (f *finder) promise(p pair) float64 {
	if p.weight < weak { // there are many, and they come last
		return mul(p.weight, .25)
	}
	return mul(p.weight, .25+max(f.hint(p).agree, 0))
}

// believable is the least odds of a match that spares a closer look at other times of its camera.
const believable = 1

// instead reports whether m is clearly another time of the camera, and a believable match of another item explains most
// of it in the same part of the query's picture.
func (f *finder) instead(m *Match) bool {
	if m.Kind == SameFootage || m.odds > mute {
		return false
	}
	place := m.Transform.seat()
	return slices.ContainsFunc(f.sure, func(s Match) bool {
		over := min(m.BTo, s.BTo) - max(m.BFrom, s.BFrom)
		return s.Item != m.Item && 2*over > m.BTo-m.BFrom && place.meets(s.Transform.seat())
	})
}

// A reel is a decoded stretch of an item.
type reel struct {
	item     index.ItemID
	from, to time.Duration
	end      bool // there is nothing after
	at       []time.Duration
	pics     []*picture
}

// nearest returns the index of the frame shown at t.
func (r *reel) nearest(t time.Duration) int {
	i, _ := slices.BinarySearch(r.at, t)
	if i == len(r.at) {
		return i - 1
	}
	if i > 0 && t-r.at[i-1] < r.at[i]-t {
		return i - 1
	}
	return i
}

// lasts returns how long frame i is shown.
func (r *reel) lasts(i int) time.Duration {
	switch {
	case i+1 < len(r.at):
		return r.at[i+1] - r.at[i]
	case i > 0:
		return r.at[i] - r.at[i-1]
	}
	return 0
}

// reel returns the frames of the item between two times, and maybe more.
func (f *finder) reel(item index.ItemID, from, to time.Duration) (*reel, error) {
	from = max(from, 0)
	r := f.last
	if r != nil && r.item == item {
		if r.from <= from && (r.to >= to || r.end) {
			return r, nil
		}
		// Stretches that lie close together are kept together, within the memory allowed.
		if r.from <= to && r.to >= from && r.bytes() < f.memory/2 {
			from, to = min(from, r.from), max(to, r.to)
		}
	}
	f.last = nil
	fs, end, err := f.px.Frames(f.ctx, item, from, to, archiveSide)
	if err != nil {
		return nil, fmt.Errorf("fetch pictures of %x from %s to %s: %w", item[:6], from, to, err)
	}
	r = &reel{item: item, from: from, to: to, end: end}
	for _, fr := range fs {
		r.at = append(r.at, fr.At)
		r.pics = append(r.pics, pictureOf(fr.Plane))
	}
	f.last = r
	return r, nil
}

// nearEnd is how near an end of an item a stretch is decoded up to the end.
const nearEnd = 1500 * time.Millisecond

// around is reel for a stretch of the seed's item. Where that comes near an end it goes on to there: to decode a little more costs
// less than to start the decoder again for it.
func (f *finder) around(seed pair, from, to time.Duration) (*reel, error) {
	if from < nearEnd {
		from = 0
	}
	p := f.parts[seed.part]
	_, end := p.Run(seed.keyframe, seed.a, to+nearEnd)
	if _, last := p.Keyframe(end - 1); last < to {
		to += nearEnd + time.Second // a keyframe may stand for a second
	}
	return f.reel(seed.item, from, to)
}

// holds reports whether m ends before the reel does, on both sides, or where the item does.
func (r *reel) holds(m *Match) bool {
	return (r.from == 0 || m.AFrom > r.from+drift/2) && (r.end || m.ATo < r.to-drift/2)
}

// bytes returns about how much memory the reel takes.
func (r *reel) bytes() int64 {
	if len(r.pics) == 0 {
		return 0
	}
	p := r.pics[0].levels[0]
	return int64(len(r.pics)) * int64(p.W*p.H) * 4 / 3
}

// cuts says before which frames there is a hard cut: those that differ from the one before far more than
// their neighbours do. One lies before the first and one after the last.
func cuts(frames []Frame) []bool {
	n := len(frames)
	cut := make([]bool, n+1)
	diff := make([]int, n)
	for i := 1; i < n; i++ {
		a, b := frames[i-1].Plane, frames[i].Plane
		sum, count := 0, 0
		for y := 0; y < a.H; y += 3 {
			u, v := a.Row(y), b.Row(y)
			for x := 0; x < a.W; x += 3 {
				d := int(u[x]) - int(v[x])
				sum += max(d, -d)
				count++
			}
		}
		diff[i] = sum * 16 / max(count, 1)
	}
	for i := 1; i < n; i++ {
		around := 0
		for j := max(1, i-4); j < min(n, i+5); j++ {
			if j != i {
				around = max(around, diff[j])
			}
		}
		cut[i] = diff[i] > 8*16 && diff[i] > 2*around
	}
	cut[0], cut[n] = true, true
	return cut
}

// minWeight is the least evidence of a pair of frames for pixels to be fetched.
const minWeight = 1.0

// weak is the evidence below which pairs of frames are looked at last, and only as often as weakLooks a minute of the
// query: broadcasts of one outlet agree in captions and logos with each other, all the time. On development seeds 53 and 97 no broadcast
// had as many.
const weak, weakLooks = 2.0, 12

// minPhoto is that of a photo: all of it is in every frame that shows it. On development seeds 53 and 109 the 17 that are shown had
// 8.4 and more, and of 967 others nine in ten 1.3 and less.
const minPhoto = 2.2

// maxSeeds bounds how many stretches of one item are looked for.
const maxSeeds = 12

// item returns the matches of the item that all of ps name.
func (f *finder) item(ps []pair) (out []Match, err error) {
	left, least := ps, minWeight
	if f.parts[ps[0].part].Photo(ps[0].keyframe) {
		least = minPhoto
	}
	failed := 0
	for range maxSeeds {
		if len(left) == 0 || left[0].weight < least || failed >= 3 && left[0].weight < 4 {
			break
		}
		seed := left[0]
		m, ok := f.another(seed)
		spared := ok
		if !ok {
			if seed.weight < weak {
				if f.weakLooks == 0 {
					break
				}
				f.weakLooks--
			}
			if m, ok, err = f.best(left); err != nil {
				return nil, err
			}
		}
		from, to := m.BFrom-200*time.Millisecond, m.BTo+200*time.Millisecond
		if ok && m.Kind == SameFootage {
			m.scene.extend(&m)
		}
		m.scene = nil
		var rest []pair
		for _, p := range left[1:] {
			near := p.b >= seed.b-300*time.Millisecond && p.b <= seed.b+300*time.Millisecond
			if ok && p.b >= from && p.b < to {
				if m.elsewhere(p) {
					rest = append(rest, p)
					continue
				}
				m.Evidence.Pairs++
				continue
			}
			if ok && m.explains(p) && !f.cutBetween(f.frameAt(min(p.b, seed.b)), f.frameAt(max(p.b, seed.b))) {
				continue
			}
			if !ok && near && p.weight <= seed.weight*.75 {
				continue
			}
			if !ok && p.b == seed.b {
				continue
			}
			rest = append(rest, p)
		}
		left = rest
		if !ok {
			failed++
			continue
		}
		if !spared || seed.weight >= weak { // so few features do not even say that it is the same camera
			out = append(out, m)
		}
		if spared || f.instead(&m) { // one look at such an item is enough for a shot
			first, last := f.shot(f.frameAt(seed.b))
			from, to := f.q.frames[first].At, f.q.frames[last-1].At
			left = slices.DeleteFunc(left, func(p pair) bool { return p.b >= from && p.b <= to && !m.elsewhere(p) })
		}
	}
	return out, nil
}

// elsewhere reports whether a pair of the item of m lies beyond a cut from what m shows of it: it may tell of another use.
func (m *Match) elsewhere(p pair) bool {
	return m.shotTo > 0 && p.weight >= weak && (p.a < m.shotFrom-drift || p.a > m.shotTo+drift)
}

// explains reports whether m is believable and shows the shot of its item that the pair lies in: one moment of a recording is not two moments of an
// uncut query.
func (m *Match) explains(p pair) bool {
	return m.shotTo > 0 && m.Kind == SameFootage && m.odds >= believable && p.a >= m.shotFrom && p.a <= m.shotTo
}

// poorly is the correlation of pictures below which the transform may be wrong.
const poorly = .7

// tries is how many seeds of a shot are tried for a picture that moves.
const tries = 4

// best settles on the first of the pairs. Where the camera moves and the times found explain the motion
// badly, it tries other pairs of the stretch that name other times, and keeps the best; where the pictures agree
// poorly and the motion does not, also those that name another place in the query's picture.
func (f *finder) best(left []pair) (Match, bool, error) {
	seed := left[0]
	m, ok, err := f.told(seed, left)
	if err != nil || ok {
		return m, ok, err
	}
	m, ok, err = f.settle(seed, left)
	m.agree = f.hint(seed).agree
	if err != nil || !ok || f.instead(&m) {
		return m, ok, err
	}
	first, last := f.shot(f.frameAt(seed.b))
	from, to := f.q.frames[first].At+slack, f.q.frames[last-1].At-slack
	tried := []pair{seed}
	for _, p := range left[1:] {
		e := &m.Evidence
		whole := m.BFrom <= from && m.BTo >= to
		settled := e.Motion > .6 && e.Pixels > .7 && (whole || m.Kind == SameFootage && m.odds >= toldOdds)
		poor := m.Kind != SameFootage && e.Pixels < poorly
		if len(tried) >= tries || e.Stillness < .5 && !poor || settled || p.weight < .4*seed.weight {
			break
		}
		if p.b < seed.b-4*time.Second || p.b > seed.b+4*time.Second || slices.ContainsFunc(tried, func(o pair) bool {
			lag := p.a - p.b - o.a + o.b
			return max(lag, -lag) < 300*time.Millisecond && !(poor && !p.seat.like(o.seat))
		}) {
			continue
		}
		tried = append(tried, p)
		o, ok, err := f.settle(p, left)
		if err != nil {
			return m, false, err
		}
		o.agree = f.hint(p).agree
		if ok && (o.Kind == SameFootage && m.Kind != SameFootage || (o.Kind == SameFootage) == (m.Kind == SameFootage) && o.worth() > m.worth()) {
			m = o
		}
	}
	return m, true, nil
}

// slack is how far from a shot's ends a match that explains all of it may end.
const slack = 150 * time.Millisecond

// worth sorts explanations of one stretch: sure ones that explain much of it first.
func (m *Match) worth() float64 { return mul(m.Score, (m.BTo - m.BFrom).Seconds()) }

const (
	// longest is the longest stretch looked at around a seed, each way.
	longest = 12 * time.Second
	// slowest and fastest are the rates of the item's time against the query's.
	slowest, fastest = .74, 1.34
	// drift is how far the time of a keyframe may be from what its query frame shows.
	drift = 700 * time.Millisecond
)

// settle lays the item over the query at the seed and follows it both ways.
func (f *finder) settle(seed pair, all []pair) (m Match, ok bool, err error) {
	q := f.q.frames
	here := f.frameAt(seed.b)
	first, last := f.shot(here)
	start, end := f.run(first, last, all, mapping{1, (seed.a - seed.b).Seconds()})
	before := time.Duration(fastest * float64(q[here].At-q[start].At))
	after := time.Duration(fastest * float64(q[end-1].At-q[here].At))
	from, to := f.moments(seed, all, q[first].At, q[last-1].At)
	r, err := f.around(seed, from-before-drift-time.Second, to+after+drift+time.Second)
	if err != nil || len(r.at) == 0 {
		return m, false, err
	}
	t, a, fit := f.anchor(here, r, seed, seed.a-drift, seed.a+drift)
	if fit < minFit {
		return m, false, nil
	}
	s := scene{f: f, r: r, here: here, anchor: a, t: t, first: first, last: last, half: f.coarse(t), speeds: forwards}
	if s.photo = len(r.at) == 1; s.photo {
		s.follow()
		m, ok = s.match(seed)
		return m, ok, nil
	}
	found := s
	s.settle()
	m, ok = s.match(seed)
	if ok && m.Kind == SameFootage && (s.still < stirring || m.BFrom <= q[first].At+slack && m.BTo >= q[last-1].At-slack) {
		return m, true, nil
	}
	if ok && f.instead(&m) {
		return m, true, nil
	}
	if ok && m.Kind == SamePlace && s.rate > 0 && !ownSpeed(s.rate) && m.odds > mute {
		// Where little moves another speed than the footage's own fits noise a little better.
		o := found
		o.speeds = forwards[:1]
		o.settle()
		if n, good := o.match(seed); good && n.odds > m.odds {
			m = n
		}
	}
	for _, other := range []func(*scene) (bool, error){(*scene).hold, (*scene).reverse, (*scene).steady} {
		o := found
		good, err := other(&o)
		if err != nil {
			return m, false, err
		}
		if !good {
			continue
		}
		if n, good := o.match(seed); good && n.Kind == SameFootage && (!ok || m.Kind != SameFootage || n.worth() > m.worth()) {
			m, ok = n, true
		}
	}
	return m, ok, nil
}

// told lays the item over the query where the traces say, and returns a match if that is believable and explains all of the
// shot, or ends in it within what was decoded: there is then no need to look at other times.
func (f *finder) told(seed pair, all []pair) (m Match, ok bool, err error) {
	h := f.hint(seed)
	if h.agree < telling {
		return m, false, nil
	}
	q := f.q.frames
	here := f.frameAt(seed.b)
	first, last := f.shot(here)
	from, to := f.toldOf(seed, all)
	start, end := f.run(first, last, all, h.mapping)
	from, to = min(from, h.at(q[start].At)), max(to, h.at(q[end-1].At))
	r, err := f.around(seed, min(from, seed.a)-drift, max(to, seed.a)+drift)
	if err != nil || len(r.at) < 2 {
		return m, false, err
	}
	shown, shownToo := h.span(q, here, here+1)
	t, a, fit := f.anchor(here, r, seed, min(shown, seed.a)-hintSlack, max(shownToo, seed.a)+hintSlack)
	if fit < minFit {
		return m, false, nil
	}
	for _, at := range []mapping{h.mapping, h.also} {
		if at.rate == 0 {
			continue
		}
		s := scene{f: f, r: r, here: here, anchor: a, t: t, first: first, last: last, half: f.coarse(t), speeds: forwards, rate: at.rate, offset: at.offset, told: hintReach}
		if at.rate < slowest || at.rate > fastest {
			s.speeds = []float64{at.rate}
		}
		s.settle()
		if n, good := s.match(seed); good && (!ok || n.odds > m.odds) {
			m, ok = n, true
		}
	}
	m.agree = h.agree
	from, to = q[first].At, q[last-1].At
	settled := m.BFrom <= from+slack && m.BTo >= to-slack || ownSpeed(m.Rate) && r.holds(&m)
	if m.odds < otherOdds && !h.cut {
		if s, outdone := f.rival(m.Item, m.Transform.seat(), from, to); outdone && h.agree < s.agree {
			m.Kind, m.By = SamePlace, s.Item
			return m, ok && settled, nil
		}
	}
	same := m.Kind == SameFootage && (m.odds >= toldOdds || m.odds >= tiedOdds && h.agree >= tied)
	return m, ok && (settled && same || f.instead(&m)), nil
}

const (
	// toldOdds is the least odds of a match where the traces say that ends the search for the time, and tiedOdds where they agree
	// by tied. On seeds 53, 97, 131 and 139 no look at other times made 22 such matches more likely by more than .15.
	toldOdds, tiedOdds, tied = 2.5, 0, .8
	// otherOdds is the odds below which a match where the traces say is another time of the camera, if they agree better with
	// another item that explains the shot.
	otherOdds = -1
)

// run returns the frames of the shot from first to last and of those beside it that pairs say go on showing the item as the
// mapping does: what looks like a cut need not be one, or the broadcaster's own.
func (f *finder) run(first, last int, all []pair, as mapping) (start, end int) {
	q := f.q.frames
	goesOn := func(first, last int) bool {
		return slices.ContainsFunc(all, func(p pair) bool {
			off := p.a - as.at(p.b)
			return p.b >= q[first].At && p.b <= q[last-1].At && p.weight >= goingOn && max(off, -off) < keyframeOff
		})
	}
	for first > 0 && q[last-1].At-q[first].At < longest {
		before, _ := f.shot(first - 1)
		if !goesOn(before, first) {
			break
		}
		first = before
	}
	for last < len(q) && q[last-1].At-q[first].At < longest {
		_, after := f.shot(last)
		if !goesOn(last, after) {
			break
		}
		last = after
	}
	return first, last
}

const (
	// goingOn is the least evidence of a pair for the item to go on beyond a cut.
	goingOn = 3
	// keyframeOff is how far from what a frame shows a keyframe that resembles it may be.
	keyframeOff = 1500 * time.Millisecond
)

// toldOf returns the times of the item that the hints lay over the shots of the seed and of others of all, which are of
// one item, where they lie together: to start the decoder again costs more than to let it run on.
func (f *finder) toldOf(seed pair, all []pair) (from, to time.Duration) {
	var shots []int // their first frames
	for _, p := range all {
		if p.weight < .5*seed.weight {
			break
		}
		first, last := f.shot(f.frameAt(p.b))
		if slices.Contains(shots, first) {
			continue
		}
		shots = append(shots, first)
		h := f.hint(p)
		if h.agree < telling {
			continue
		}
		a, b := h.span(f.q.frames, first, last)
		if to == 0 { // the seed's
			from, to = a, b
		} else if a < to+nearby && b > from-nearby {
			from, to = min(from, a), max(to, b)
		}
	}
	return from, to
}

// nearby is how far apart stretches of an item may lie that are decoded together.
const nearby = 4 * time.Second

// mute is the odds below which a match is another time of the camera at any speed.
const mute = -5

// reverse sets the scene to the item played backwards, and reports whether that explains what moves.
func (s *scene) reverse() (bool, error) {
	s.time(backwards)
	if s.motion < minReversed {
		return false, nil
	}
	q, at := s.f.q.frames, s.r.at[s.anchor]
	before := time.Duration(fastest * float64(q[s.here].At-q[s.first].At))
	after := time.Duration(fastest * float64(q[s.last-1].At-q[s.here].At))
	var err error
	if s.r, err = s.f.reel(s.r.item, at-after-drift-time.Second, at+before+drift+time.Second); err != nil {
		return false, err
	}
	s.anchor, s.speeds = s.r.nearest(at), backwards
	s.settle()
	return s.motion >= minReversed, nil
}

// minReversed is the least correlation of what moves for footage to run backwards. On a development set of the
// harder cases the least that did had .75, the most that did not .09.
const minReversed = .45

// stirring is the deviation of the archive's pixels over time, in block deviations, from which a camera moves
// or much does before it.
const stirring = .5

// settle finds the time, the transform and the stretch.
func (s *scene) settle() {
	s.bound()
	if s.told > 0 {
		s.time(nil)
	} else {
		s.time(s.speeds)
	}
	s.centre()
	s.refine(coarsely...)
	if s.still > stirring {
		s.settleRate()
	}
	s.follow()
	if n := s.last - s.first; s.to-s.from >= fewest && (abs(s.from-s.first) > n/8 || abs(s.to-s.last) > n/8) {
		// The shot was not the use: the time is settled by the use alone.
		s.first, s.last = s.from, s.to
		s.time(s.speeds)
		s.refine(coarsely...)
		s.follow()
	}
}

// bound notes between which of its cuts the item is where the scene is, if there are any: what a broadcast shows before and after a
// recording is not its motion.
func (s *scene) bound() {
	from, to := s.r.shot(s, s.anchor)
	s.shotFrom, s.shotTo = 0, 0
	if from > 0 || to < len(s.r.at) {
		s.shotFrom, s.shotTo = s.r.at[from], s.r.at[to-1]
	}
}

// centre moves the scene into the middle of what the item's shot shows of the query's, if it lies outside: where a camera stands, a frame that
// resembles the item need not be one that it shows.
func (s *scene) centre() {
	if !s.severed(s.here) && !s.beyond(s.here) {
		return
	}
	first, last := -1, -1
	for i := s.first; i < s.last; i++ {
		if !s.severed(i) && !s.beyond(i) {
			if first < 0 {
				first = i
			}
			last = i
		}
	}
	if first >= 0 {
		s.here = (first + last) / 2
		s.anchor = s.shown(s.here)
	}
}

// shot returns the frames of the reel around frame k between two cuts, as seen where s lays the item over the query.
func (r *reel) shot(s *scene, k int) (first, last int) {
	l := s.lay(s.t, s.here)
	if len(l.blocks) < 6 {
		return 0, len(r.pics)
	}
	alike := make([]float64, len(r.pics)) // each frame and the one before
	var before []int16
	for i, p := range r.pics {
		v := l.take(nil, p)
		l.normalise(v)
		if before != nil {
			alike[i] = l.agreement(before, v, nil)
		}
		before = v
	}
	cut := func(i int) bool {
		around := 0.0
		for j := max(1, i-cutAround); j < min(len(alike), i+cutAround+1); j++ {
			if j != i {
				around = max(around, alike[j])
			}
		}
		return alike[i] < mul(cutLike, around)
	}
	first, last = k, k+1
	for first > 0 && !cut(first) {
		first--
	}
	for last < len(alike) && !cut(last) {
		last++
	}
	return first, last
}

// A frame of an item that agrees with the one before by less than cutLike times what its neighbours do, so many on each side, comes after a cut.
const cutLike, cutAround = .5, 4

// fewest is the least number of query frames that make a match.
const fewest = 5

// widest is how far from the seed's keyframe the right moment is looked for, where the picture of the
// item is the same.
const widest = 20 * time.Second

// moments returns the first and the last keyframe that the pairs of the shot name with at least half
// the seed's evidence: on a static camera the best is not the nearest in time.
func (f *finder) moments(seed pair, all []pair, first, last time.Duration) (from, to time.Duration) {
	from, to = seed.a, seed.a
	for _, p := range all {
		if p.b >= first && p.b <= last && p.weight > .5*seed.weight && p.a > seed.a-widest && p.a < seed.a+widest {
			from, to = min(from, p.a), max(to, p.a)
		}
	}
	return from, to
}

func abs(v int) int { return max(v, -v) }

// frameAt returns the index of the query frame at time t.
func (f *finder) frameAt(t time.Duration) int {
	i, _ := slices.BinarySearchFunc(f.q.frames, t, func(fr Frame, t time.Duration) int { return cmp.Compare(fr.At, t) })
	return min(i, len(f.q.frames)-1)
}

// shot returns the frames around i between two cuts, at most longest each way.
func (f *finder) shot(i int) (first, last int) {
	q := f.q.frames
	first, last = i, i+1
	for !f.cut[first] && q[i].At-q[first-1].At < longest {
		first--
	}
	for !f.cut[last] && q[last].At-q[i].At < longest {
		last++
	}
	return first, last
}

// anchor finds the archive frame that agrees best with query frame i, and the transform between them, starting at the seed's
// keyframe and no further than two times.
func (f *finder) anchor(i int, r *reel, seed pair, from, to time.Duration) (Transform, int, float64) {
	q := f.q.frames[i].Plane
	try := func(t Transform, a int) (Transform, float64) {
		// First far, on the coarse picture if that shows enough, then exactly.
		for _, p := range []luma.Plane{f.frame(i, f.coarse(t)), q} {
			l := layOf(t, p.W, p.H, r.pics[a])
			if len(l.blocks) < 6 {
				return t, 0
			}
			t, _ = adjust(t, l.shift(nil, p, r.pics[a], reachMost), l.unit, false)
		}
		return t, f.agree(t, i, r.pics[a])
	}
	k := r.nearest(seed.a)
	bt, bf := try(seed.t, k)
	ba := k
	if len(r.at) == 1 {
		return bt, ba, bf
	}
	if f.stands(bt, i, r, k) {
		return bt, ba, bf
	}
	// What the query shows lies between keyframes, and the camera has moved: follow it both ways, and
	// prefer the moment from which the frames before and after agree as well.
	best := bf + f.steady(bt, i, r, k)
	t0, f0 := bt, bf
	for _, step := range []int{-1, 1} {
		t, before, missed := t0, t0, 0
		for a := k + step; a >= 0 && a < len(r.at) && missed < 3; a += step {
			if r.at[a] < from || r.at[a] > to {
				break
			}
			// The camera goes on as it went, or stands.
			u, fit := try(onward(before, t), a)
			if fit < .8*f0 && before != t {
				if v, stay := try(t, a); stay > fit {
					u, fit = v, stay
				}
			}
			if fit < .6*f0 {
				before, t = t, onward(before, t)
				missed++
				continue
			}
			before, t, missed = t, u, 0
			if fit > .85*f0 {
				if all := fit + f.steady(u, i, r, a); all > best+.005 {
					bt, ba, bf, best = u, a, fit, all
				}
			}
		}
	}
	return bt, ba, bf
}

// stands reports whether the reel's picture hardly changes a third of a second around frame k, where the
// query's frame i covers it.
func (f *finder) stands(t Transform, i int, r *reel, k int) bool {
	q := f.frame(i, f.coarse(t))
	l := layOf(t, q.W, q.H, r.pics[k])
	if len(l.blocks) < 6 {
		return true
	}
	u := l.take(nil, r.pics[k])
	l.normalise(u)
	for _, d := range []time.Duration{-330 * time.Millisecond, 330 * time.Millisecond} {
		v := l.take(nil, r.pics[r.nearest(r.at[k]+d)])
		l.normalise(v)
		if l.agreement(u, v, nil) < .9 {
			return false
		}
	}
	return true
}

// onward returns the transform that follows t as t follows before.
func onward(before, t Transform) Transform {
	for i := range t {
		t[i] += t[i] - before[i]
	}
	return t
}

// steady returns how well the frames a quarter and half a second around query frame i agree with
// those around frame a, at the same speed and under the same transform.
func (f *finder) steady(t Transform, i int, r *reel, a int) float64 {
	sum, n := 0.0, 0
	for _, d := range []time.Duration{-480, -240, 240, 480} {
		d *= time.Millisecond
		j := f.frameAt(f.q.frames[i].At + d)
		if first, last := min(i, j), max(i, j); f.cutBetween(first, last) {
			continue
		}
		at := r.at[a] + f.q.frames[j].At - f.q.frames[i].At
		if at < r.at[0] || at > r.at[len(r.at)-1] {
			continue
		}
		sum += f.agree(t, j, r.pics[r.nearest(at)])
		n++
	}
	if n == 0 {
		return 0
	}
	return sum / float64(n)
}

// cutBetween reports whether a cut lies after frame i, up to frame j.
func (f *finder) cutBetween(i, j int) bool {
	for k := i + 1; k <= j; k++ {
		if f.cut[k] {
			return true
		}
	}
	return false
}

// agree returns the correlation of query frame i with a laid over it by t.
func (f *finder) agree(t Transform, i int, a *picture) float64 {
	return agreementOf(t, f.frame(i, f.coarse(t)), a)
}

// agreementOf returns the correlation of q with a laid over it by t, 0 where too little of it is.
func agreementOf(t Transform, q luma.Plane, a *picture) float64 {
	l := layOf(t, q.W, q.H, a)
	if len(l.blocks) < 6 {
		return 0
	}
	u, v := l.own(nil, q), l.take(nil, a)
	l.normalise(u)
	l.normalise(v)
	return l.agreement(u, v, nil)
}

// enough is how many pixels of a query picture tell how well it agrees: larger ones are halved.
const enough = 8000

// coarse reports whether under t the item covers more of the query picture than is needed.
func (f *finder) coarse(t Transform) bool {
	p := f.q.frames[0]
	unit := float64(index.Extent) / float64(max(p.W, p.H))
	s, _ := t.scale(mul(float64(p.W)/2, unit), mul(float64(p.H)/2, unit))
	// An item in 16:9 spans 1024 by 576 units.
	covered := 1024 * 576 / max(mul(mul(s, s), mul(unit, unit)), 1)
	return min(covered, float64(p.W*p.H)) > enough
}

// frame returns query frame i, halved if need be.
func (f *finder) frame(i int, half bool) luma.Plane {
	if !half {
		return f.q.frames[i].Plane
	}
	if f.halves == nil {
		f.halves = make([]luma.Plane, len(f.q.frames))
	}
	if f.halves[i].W == 0 {
		f.halves[i] = f.q.frames[i].Halve()
	}
	return f.halves[i]
}

// A scene is an item laid over a stretch of the query.
type scene struct {
	f           *finder
	r           *reel
	here        int // frame of the query that the scene was found at
	anchor      int // frame of the reel shown there
	t           Transform
	first, last int // the query's shot
	photo       bool
	speeds      []float64     // that are tried
	shotFrom    time.Duration // first and last frame of the item's shot around the anchor, 0 if it was not asked for
	shotTo      time.Duration
	told        int  // if not 0, rate and offset are known to so many fiftieths of a second
	half        bool // halved query pictures show enough
	rate        float64
	offset      float64 // seconds of the item at the query's 0
	from, to    int     // frames of the query that show the item
	mask        []bool
	whence      []Transform // per frame of a query that was made steady: from where it lay; of frames left alone zero
	u, v        []int16     // room for pixels

	moves                                                               [2]float64 // of the query and of the archive
	pixels, covered, motion, calm, slope, contrast, still, share, moved float64
}

// shown returns the frame of the reel that query frame i shows.
func (s *scene) shown(i int) int {
	if s.photo {
		return 0
	}
	t := mul(s.rate, s.f.q.frames[i].At.Seconds()) + s.offset
	return s.r.nearest(time.Duration(t * float64(time.Second)))
}

// settleRate looks again with the better transform, and whether the footage's own speed explains as
// much once the transform is fitted to it: a moving camera makes rate and transform stand in for one
// another.
func (s *scene) settleRate() {
	if s.rate == s.speeds[0] { // it is its own speed already
		s.polish()
		return
	}
	own := *s
	own.offset += mul(own.rate-s.speeds[0], s.f.q.frames[s.here].At.Seconds())
	own.rate = s.speeds[0]
	s.polish()
	own.polish()
	if mul(own.motion, plain) >= s.motion {
		*s = own
	}
}

// polish settles the time and the transform in turn, until the transform stays.
func (s *scene) polish() {
	s.refine(finely...)
	for range 2 {
		s.time(nil)
		before := s.t
		s.refine(finely...)
		if before.moved(&s.t) < unmoved {
			return
		}
	}
}

// unmoved is by how many units the corners of a picture may move that stays.
const unmoved = .5

// How many frames apart those are that a transform is fitted to: at first, and when it is about right.
var coarsely, finely = []int{0, 2, 6, 12}, []int{6, 12}

// refine fits the transform to several frames of the shot at once, with each spread in turn.
func (s *scene) refine(spreads ...int) {
	q := s.f.q.frames
	for _, spread := range spreads {
		var ties []tie
		unit := 0.0
		for k := -3; k <= 3; k++ {
			i := s.here + k*spread
			if i < s.first || i >= s.last || spread == 0 && k != 0 {
				continue
			}
			p, a := q[i].Plane, s.r.pics[s.shown(i)]
			l := layOf(s.t, p.W, p.H, a)
			if len(l.blocks) < 6 {
				return
			}
			unit = l.unit
			ties = l.shift(ties, p, a, 3)
		}
		t, n := adjust(s.t, ties, unit, spread > 0)
		if n < 8 || n*3 < len(ties) {
			continue
		}
		s.t = t
	}
}

// holdFrames is how many frames may disagree within a segment, and longestGap how many within a shot of it that as many, and at
// least twice holdFrames, agree after.
// What it brings on stacked sets stands in docs/evaluation/footage.md.
const holdFrames, longestGap = 5, 25

// clearly is the share of the correlation at the scene's frame from which a frame beside the one shown counts in its stead: the
// next shot's frames have far less.
const clearly = .8

// follow goes from the scene's frame both ways as long as the pictures agree.
func (s *scene) follow() {
	l := s.lay(s.t, s.here)
	s.from, s.to = s.here, s.here
	if len(l.blocks) < 6 {
		return
	}
	p := s.f.frame(s.here, s.half)
	s.share = float64(len(l.blocks)*l.side*l.side) / float64(p.W*p.H)
	s.cover(l)
	up, sumUp, n := s.walk(l, 1, false)
	down, sumDown, m := s.walk(l, -1, false)
	s.from, s.to = down, up+1
	s.pixels = max((sumUp+sumDown)/float64(max(n+m, 1)), s.smooth())
}

// lay returns the lay under t of query frame i and what it shows.
func (s *scene) lay(t Transform, i int) *lay {
	p := s.f.frame(i, s.half)
	return layOf(t, p.W, p.H, s.r.pics[s.shown(i)])
}

// fit returns the correlation of query frame i with what it shows.
func (s *scene) fit(l *lay, i int, mask []bool) float64 {
	s.u, s.v = l.own(s.u[:0], s.f.frame(i, s.half)), l.take(s.v[:0], s.r.pics[s.shown(i)])
	l.normalise(s.u)
	l.normalise(s.v)
	return l.agreement(s.u, s.v, mask)
}

// walk goes one way from the scene's frame and returns the last frame that agrees, and the sum and number of correlations. Where
// agreement falls it looks whether the picture has only moved. When patient it goes on over gaps, where there is little to see and
// where the frames of the two sides do not come at one rate: that belongs to a use, but does not help to settle its time.
func (s *scene) walk(l *lay, step int, patient bool) (end int, sum float64, n int) {
	end = s.here
	typical := s.fit(l, s.here, s.mask)
	mask, level, wait := s.mask, typical, 0
	patience, longest := 2*holdFrames, holdFrames
	if s.photo {
		patience = 3
	}
	if patient {
		longest = longestGap
	}
	seen, shown := l.detail(s.u, mask), l.detail(s.v, mask) // at the scene's frame
	gap, run, sumRun := 0, 0, 0.                            // frames since the end: up to the last that disagrees, and those after
	for i := s.here; i >= 0 && i < len(s.f.q.frames) && !(i != s.here && (s.ended(i, step) || s.beyond(i))); i += step {
		c := s.fit(l, i, mask)
		if wait--; c < .9*level && gap == 0 && wait < 0 {
			wait = patience
			if m := s.again(l.t, i); m != nil {
				if d := s.fit(m, i, nil); d > c+.03 && d > .5*typical {
					l, mask, c, level, wait = m, nil, d, d, 0
					seen, shown = l.detail(s.u, mask), l.detail(s.v, mask)
				} else {
					s.fit(l, i, mask)
				}
			}
		}
		least := .5 * typical
		cut := s.f.cutBetween(min(end, i), max(end, i)) || s.severed(i)
		lenient := patient && !cut
		if lenient { // where both sides have less to show noise weighs more
			if u, v := l.detail(s.u, mask), l.detail(s.v, mask); u < seen && mul(v, seen) < mul(u, shown) {
				least = mul(least, mul(v, seen)/mul(u, shown))
			}
		}
		if c < max(least, .15) && !(lenient && s.beside(l, i, mask) >= mul(clearly, typical)) {
			gap, run, sumRun = gap+run+1, 0, 0
			if gap >= longest || gap >= holdFrames && cut {
				break
			}
			continue
		}
		level = max(level, c)
		run, sumRun = run+1, sumRun+c
		if gap < holdFrames || run >= max(gap, 2*holdFrames) {
			end, n, sum = i, n+run, sum+sumRun
			gap, run, sumRun = 0, 0, 0
		}
	}
	return end, sum, n
}

// extend follows the scene further, patiently, and makes m, which was found in it, as long.
func (s *scene) extend(m *Match) {
	l := s.lay(s.t, s.here)
	if len(s.mask) != len(l.blocks) || len(l.blocks) < 6 {
		return
	}
	down, _, _ := s.walk(l, -1, true)
	up, _, _ := s.walk(l, 1, true)
	s.from, s.to = min(s.from, down), max(s.to, up+1)
	s.span(m)
}

// ended reports whether query frame i comes after a cut, in the direction of step, where the item ends or begins: there a
// camera that stands would seem to go on in what is alike.
func (s *scene) ended(i, step int) bool {
	if s.photo || s.rate == 0 || !s.f.cut[i+(1-step)/2] {
		return false
	}
	t := mapping{s.rate, s.offset}.at(s.f.q.frames[i].At)
	if (step > 0) == (s.rate > 0) {
		return s.r.end && t > s.r.at[len(s.r.at)-1]-overrun
	}
	return s.r.from == 0 && t < s.r.at[0]+overrun
}

// beyond reports whether query frame i shows what lies before or after all that was decoded of the item: its first and last picture
// do not stand for that.
func (s *scene) beyond(i int) bool {
	if s.photo || s.rate == 0 {
		return false
	}
	t := mapping{s.rate, s.offset}.at(s.f.q.frames[i].At)
	return t > s.r.at[len(s.r.at)-1]+overrun || t < s.r.at[0]-overrun
}

// severed reports whether query frame i shows what lies beyond a cut in the item.
func (s *scene) severed(i int) bool {
	if s.photo || s.shotTo == 0 {
		return false
	}
	t := s.r.at[s.shown(i)]
	return t < s.shotFrom || t > s.shotTo
}

// overrun is how near the item's end a cut is that ends its use. Of development seed 53 at 300 ms a cut too many within a use near
// the item's end shortened it.
const overrun = 150 * time.Millisecond

// beside returns the better correlation of query frame i, whose pixels fit has left in s.u, with the frames of the reel before
// and after the one that it shows: where the two sides' frames do not come at one rate, one off is no other time.
func (s *scene) beside(l *lay, i int, mask []bool) (best float64) {
	k := s.shown(i)
	for _, k := range []int{k - 1, k + 1} {
		if k < 0 || k >= len(s.r.pics) {
			continue
		}
		s.v = l.take(s.v[:0], s.r.pics[k])
		l.normalise(s.v)
		best = max(best, l.agreement(s.u, s.v, mask))
	}
	return best
}

// again returns the lay of query frame i when the transform has moved on from t, or nil.
func (s *scene) again(t Transform, i int) *lay {
	p, a := s.f.q.frames[i].Plane, s.r.pics[s.shown(i)]
	n := 0
	for range 2 {
		l := layOf(t, p.W, p.H, a)
		if len(l.blocks) < 6 {
			return nil
		}
		t, n = adjust(t, l.shift(nil, p, a, 3), l.unit, false)
	}
	if n < 8 {
		return nil
	}
	if l := s.lay(t, i); len(l.blocks) >= 6 {
		return l
	}
	return nil
}

// minFit is the least correlation of single frames at the seed.
const minFit = .15

// smooth returns the correlation of sums of five frames, in which noise weighs less.
func (s *scene) smooth() float64 {
	sum, n := 0.0, 0
	const parts = 6
	for k := range parts {
		i := s.from + (s.to-s.from)*(2*k+1)/(2*parts)
		l := s.lay(s.t, i)
		if len(l.blocks) < 6 {
			continue
		}
		var u, v []int16
		for j := max(i-2, s.from); j <= i+2 && j < s.to; j++ {
			u, v = add(u, l.own(nil, s.f.frame(j, s.half))), add(v, l.take(nil, s.r.pics[s.shown(j)]))
		}
		l.normalise(u)
		l.normalise(v)
		mask := s.mask
		if len(mask) != len(l.blocks) {
			mask = nil
		}
		sum += l.agreement(u, v, mask)
		n++
	}
	return sum / float64(max(n, 1))
}

// add adds b to a, which may be nil. Five frames' pixels fit 16 bits.
func add(a, b []int16) []int16 {
	if a == nil {
		return b
	}
	for i, x := range b {
		a[i] += x
	}
	return a
}

// cover marks the blocks that agree in few of the frames around: graphics hide them.
func (s *scene) cover(l *lay) {
	n := l.side * l.side
	votes := make([]int, len(l.blocks))
	seen := 0
	for k := -3; k <= 3; k++ {
		i := s.here + k*8
		if i < s.first || i >= s.last {
			continue
		}
		u, v := l.own(nil, s.f.frame(i, s.half)), l.take(nil, s.r.pics[s.shown(i)])
		l.normalise(u)
		l.normalise(v)
		seen++
		for b := range l.blocks {
			x, y := u[b*n:][:n], v[b*n:][:n]
			if float64(simd.Dot(x, y)) < .2*math.Sqrt(mul(float64(simd.Dot(x, x)), float64(simd.Dot(y, y)))) {
				votes[b]++
			}
		}
	}
	s.mask = make([]bool, len(l.blocks))
	hidden := 0
	for b, v := range votes {
		if s.mask[b] = v*2 > seen; s.mask[b] {
			hidden++
		}
	}
	s.covered = float64(hidden) / float64(len(l.blocks))
}

// match returns what was found, and whether it is long enough to be anything.
func (s *scene) match(seed pair) (Match, bool) {
	if s.to-s.from < fewest || s.severed(s.here) {
		return Match{}, false
	}
	m := Match{Item: seed.item, Kind: SameFootage, Rate: s.rate, Transform: s.t, scene: s, shotFrom: s.shotFrom, shotTo: s.shotTo}
	s.span(&m)
	if s.whence != nil && s.whence[s.from] != (Transform{}) {
		m.Transform = s.t.after(&s.whence[s.from])
	}
	m.Evidence = Evidence{Pairs: 1, Agree: seed.agree, Weight: seed.weight, Pixels: s.pixels, Share: s.share, Covered: s.covered, Motion: s.motion, Calm: s.calm, Slope: s.slope, Moves: s.moves, Contrast: s.contrast, Stillness: s.still, Moved: s.moved}
	m.odds = odds(&m.Evidence, s.rate)
	m.Kind, m.Score = judge(&m, s.photo)
	return m, true
}

// span sets the segments of m on both sides.
func (s *scene) span(m *Match) {
	q := s.f.q.frames
	end := q[s.to-1].At
	if s.to < len(q) {
		end = q[s.to].At
	} else if s.to >= 2 {
		end += q[s.to-1].At - q[s.to-2].At
	}
	m.BFrom, m.BTo = q[s.from].At, end
	if s.photo {
		return
	}
	at := mapping{s.rate, s.offset}
	m.AFrom, m.ATo = at.at(m.BFrom), at.at(m.BTo)
	if s.rate < 0 {
		m.AFrom, m.ATo = m.ATo, m.AFrom
	}
	if s.rate == 0 { // one frame
		m.ATo += s.r.lasts(s.shown(s.from))
	}
	m.AFrom = max(m.AFrom, 0)
	m.ATo = max(min(m.ATo, s.r.at[len(s.r.at)-1]+100*time.Millisecond), m.AFrom)
}
