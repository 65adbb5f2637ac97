package match

import (
	"bytes"
	"cmp"
	"math"
	"slices"
	"time"

	"beleg/index"
)

// odds returns the logarithm of the odds that a video's match is the same footage rather than another time of one
// camera: a logistic regression on the candidates of the development sets of seeds 53, 83 and 89, held towards 0.
func odds(e *Evidence, rate float64) float64 {
	still := log2of(e.Stillness + .01)
	o := mul(8.3, e.Motion) + mul(5.9, e.Calm) + mul(2.4, e.Slope) + mul(5, e.Pixels) - mul(.26, still) + mul(.21, mul(still, still)) - 12
	if rate != 0 && !ownSpeed(rate) { // a speed that is free to choose fits chance better
		o -= 1.65
	}
	return o
}

// ownSpeed reports whether the item runs at its own speed, be it backwards.
func ownSpeed(rate float64) bool { return math.Abs(math.Abs(rate)-1) < .005 }

// whole reports whether the item has frames for about all of what the query shows.
func (m *Match) whole() bool {
	return float64(m.ATo-m.AFrom) >= mul(mul(.9, math.Abs(m.Rate)), float64(m.BTo-m.BFrom))
}

const (
	// doubtful is the least of those odds at which a match is believed when nothing else explains the moment better. On four
	// development sets and three of the harder cases (seeds 1, 5 and 9), in which clips of the cameras are shown that are not in the
	// archive, all such matches down to -4.8 were right, and those that were wrong had -5.2 and less, at speeds that were free to choose.
	doubtful = -4
	// outdone is by how much another match's odds must be better to contradict odds that are not believable.
	outdone = 3
)

// Below these nothing but noise moves in the archive's stretch and in the query's. Of the query: under
// another clip of the camera, in which something did move, the least seen was .107.
const (
	unmovingArchive = .1
	unmovingQuery   = .075
)

// speedTold is the least correlation of what moves for another speed than its own to be believed of footage in which
// hardly anything does; held frames show far less.
const speedTold = .15

// Where hardly anything moves, and where a match is doubtful, the picture has to agree by pictureTold or what moves by motionTold:
// bars of a wall are like those of another. On the development sets the least picture of true ones, in smoke, was .65, the most of a false one .48.
const pictureTold, motionTold = .57, .3

func (e *Evidence) tells() bool { return e.Pixels >= pictureTold || e.Motion >= motionTold }

// briefest is the shortest stretch that is believed at a common agreement.
const briefest = 800 * time.Millisecond

// leastShare is the least share of the query's picture that a photo must cover to be believed: a window of a seventh of
// its width. In less, stripes of one thing are like those of another.
const leastShare = .02

// judge says what the evidence of a match amounts to by itself and how sure that is. The limits were set on the
// development sets of seeds 7 and 11.
func judge(m *Match, photo bool) (Kind, float64) {
	e, long := &m.Evidence, m.BTo-m.BFrom
	// Where nothing moves nothing tells another speed either.
	unmoving := e.Stillness < unmovingArchive && e.Moves[0] < unmovingQuery && m.whole() && (ownSpeed(m.Rate) || e.Motion > speedTold)
	switch {
	case photo:
		// Of pictures of other things the most features that agreed weighed 3.
		if e.Share < leastShare || e.Pixels < .5 || e.Pixels < .7 && e.Weight < 6 || e.Pixels < .8 && e.Weight < 3 {
			return LookAlike, mul(e.Pixels, .5)
		}
		return SameFootage, min(mul(.8, e.Pixels)+mul(.2, min(e.Weight/10, 1)), .99)
	case e.Pixels < .45 && e.Motion < motionTold || long < briefest && e.Pixels < .85 || e.Stillness < unmovingArchive && !e.tells():
		return LookAlike, mul(e.Pixels, .3)
	case m.odds >= 0:
		return SameFootage, e.score()
	case unmoving:
		return SameFootage, mul(.6, e.Pixels) + mul(.2, min(max(e.Motion, 0)/.3, 1))
	}
	return SamePlace, mul(e.Pixels, .5)
}

// score is the score of a video whose motion tells.
func (e *Evidence) score() float64 { return min(mul(.5, e.Pixels)+mul(.5, min(e.Motion/.8, 1)), .99) }

// tidy drops what a better match of the same item says already and joins what runs on.
func tidy(ms []Match) (out []Match) {
	slices.SortStableFunc(ms, func(a, b Match) int {
		return cmp.Or(cmp.Compare(order(a.Kind), order(b.Kind)), cmp.Compare(b.Score, a.Score), cmp.Compare(a.BFrom, b.BFrom))
	})
	for _, m := range ms {
		said := false
		for i := range out {
			o := &out[i]
			over := min(m.BTo, o.BTo) - max(m.BFrom, o.BFrom)
			if over*2 > m.BTo-m.BFrom && !m.beside(o) {
				o.take(&m)
				said = true
				break
			}
		}
		if !said {
			out = append(out, m)
		}
	}
	return join(out)
}

// beside reports whether m and o are two uses of the same footage in one item with a cut between, both believable.
func (m *Match) beside(o *Match) bool {
	apart := m.shotTo > 0 && o.shotTo > 0 && min(m.ATo, o.ATo) <= max(m.AFrom, o.AFrom)
	return apart && m.Kind == SameFootage && o.Kind == SameFootage && min(m.odds, o.odds) >= believable
}

// take makes m reach as far as o, which tells of the same moments of the item: shots that are cut too short find parts of one use.
func (m *Match) take(o *Match) {
	if o.Kind != m.Kind || m.Rate <= 0 || m.ATo == 0 || math.Abs(o.Rate-m.Rate) > .02 {
		return
	}
	if lag := o.AFrom - o.BFrom - m.AFrom + m.BFrom; lag < -sameMoment || lag > sameMoment {
		return
	}
	m.BFrom, m.BTo = min(m.BFrom, o.BFrom), max(m.BTo, o.BTo)
	m.AFrom, m.ATo = min(m.AFrom, o.AFrom), max(m.ATo, o.ATo)
}

// sameMoment is how far apart the times of an item may be that matches give for one moment.
const sameMoment = 120 * time.Millisecond

// order sorts kinds by what they are worth.
func order(k Kind) int {
	switch k {
	case SameFootage:
		return 0
	case SamePlace:
		return 1
	}
	return 2
}

// seam is the longest gap between matches of one item that count as one use.
const seam = 400 * time.Millisecond

// join makes one match of those of one item that follow one another on both sides.
func join(ms []Match) (out []Match) {
	slices.SortStableFunc(ms, func(a, b Match) int { return cmp.Compare(a.BFrom, b.BFrom) })
	for _, m := range ms {
		if n := len(out); n > 0 {
			o := &out[n-1]
			gap, skip := m.BFrom-o.BTo, m.AFrom-o.ATo
			if m.Rate < 0 {
				skip = o.AFrom - m.ATo
			}
			if o.Kind == m.Kind && !m.beside(o) && (o.Rate < 0) == (m.Rate < 0) && gap < seam && gap > -2*time.Second && skip > -2*time.Second && skip < 5*time.Second {
				if m.BTo-m.BFrom > o.BTo-o.BFrom {
					o.Transform, o.Rate = m.Transform, m.Rate
				}
				o.Score = max(o.Score, m.Score)
				o.BTo, o.ATo = max(o.BTo, m.BTo), max(o.ATo, m.ATo)
				o.AFrom = min(o.AFrom, m.AFrom)
				o.Evidence.Pairs += m.Evidence.Pairs
				o.Recurs = max(o.Recurs, m.Recurs)
				continue
			}
		}
		out = append(out, m)
	}
	return out
}

// contradicted is the share of another item's correlation in motion below which a clip is another one of
// the same camera.
const contradicted = .65

// goesOn is by how much a match is longer than what ends at a cut to go on beyond it, and atCut how near to a cut an end is at it.
const goesOn, atCut = 500 * time.Millisecond, 200 * time.Millisecond

// edited reports whether m goes on beyond the query's stretch from one time to another, past a cut that ends it: an item that
// follows the query's cuts is an edited one, an earlier broadcast, which may itself show what another item shows, and so
// does not contradict it.
func (f *finder) edited(m *Match, from, to time.Duration) bool {
	cut := func(t time.Duration) bool {
		return f.cutBetween(f.frameAt(t-atCut), f.frameAt(t+atCut))
	}
	return m.BFrom < from-goesOn && cut(from) || m.BTo > to+goesOn && cut(to)
}

// rank orders matches by time and item, and weighs those of one moment against one another, for clips of one camera
// look alike at all times: what a much better agreement in motion of another item contradicts is lowered to another
// time, and what is doubtful by itself is believed when it explains the moment best. What is shown beside it, in
// another part of the picture, is no rival, and an edited item contradicts nothing. Two items may both show one moment: what is believable by
// itself is never lowered, however well others explain the moment.
func (f *finder) rank(ms []Match) {
	var lowered, raised []*Match
	for i := range ms {
		m := &ms[i]
		if m.ATo == 0 || m.Kind == LookAlike {
			continue
		}
		best := true
		var by *Match // the best that contradicts m
		sure := m.odds >= believable
		for j := range ms {
			o := &ms[j]
			if m.repeats(o) && !f.cutBetween(f.frameAt(min(m.BFrom, o.BFrom)), f.frameAt(max(m.BTo, o.BTo)-1)) {
				by, sure, best = better(by, o), false, false
			}
			over := min(m.BTo, o.BTo) - max(m.BFrom, o.BFrom)
			if o.Item == m.Item || o.Kind == LookAlike || o.ATo == 0 || over*2 < m.BTo-m.BFrom || !m.Transform.seat().meets(o.Transform.seat()) {
				continue
			}
			if o.Kind == SameFootage && (m.Evidence.Motion < contradicted*o.Evidence.Motion || o.odds > max(m.odds+outdone, 0)) && !f.edited(o, m.BFrom, m.BTo) {
				by = better(by, o)
			}
			best = best && !o.likelier(m)
		}
		if m.Kind == SamePlace && by != nil && m.By == (index.ItemID{}) {
			m.By = by.Item
		}
		switch {
		case m.Kind == SameFootage && by != nil && !sure:
			m.By = by.Item
			lowered = append(lowered, m)
		case m.Kind == SamePlace && best && m.whole() && m.Evidence.tells() && m.odds >= doubtful:
			raised = append(raised, m)
		}
	}
	for _, m := range lowered {
		m.Kind, m.Score = SamePlace, m.Score/2
	}
	for _, m := range raised {
		m.Kind, m.Score, m.By = SameFootage, m.Evidence.score(), index.ItemID{}
	}
	inTime(ms)
}

// better returns the likelier of two, of which the first may be nil.
func better(a, b *Match) *Match {
	if a == nil || b.odds > a.odds {
		return b
	}
	return a
}

// repeats reports whether o, of the same item, says much more surely that what m takes from the item was at another time of the query: one
// moment of a recording is not two moments of an uncut query, so that cannot both be true.
func (m *Match) repeats(o *Match) bool {
	over := min(m.ATo, o.ATo) - max(m.AFrom, o.AFrom)
	return o.Item == m.Item && o.Kind == SameFootage && over*2 > m.ATo-m.AFrom && (o.BTo <= m.BFrom || o.BFrom >= m.BTo) && o.odds > max(m.odds+outdone, 0)
}

// likelier reports whether m explains its moment better than o: by what moves or, where nothing does in either item, by the
// picture.
func (m *Match) likelier(o *Match) bool {
	if max(m.Evidence.Stillness, o.Evidence.Stillness) < unmovingArchive {
		return m.Evidence.Pixels > o.Evidence.Pixels
	}
	return m.odds > o.odds
}

func inTime(ms []Match) {
	slices.SortStableFunc(ms, func(a, b Match) int {
		return cmp.Or(cmp.Compare(a.BFrom, b.BFrom), cmp.Compare(b.Score, a.Score), bytes.Compare(a.Item[:], b.Item[:]))
	})
}

// Join makes one list, in order of time, of the matches of the parts that [Query.Head] made of a query.
func Join(ms []Match) (out []Match) {
	slices.SortStableFunc(ms, func(a, b Match) int { return bytes.Compare(a.Item[:], b.Item[:]) })
	for len(ms) > 0 {
		n := 1
		for n < len(ms) && ms[n].Item == ms[0].Item {
			n++
		}
		out = append(out, join(ms[:n])...)
		ms = ms[n:]
	}
	inTime(out)
	return out
}

// mostItems is how many items are compared by their pictures for one moment of the query.
const mostItems = 16

// crowded reports whether more items than are compared by their pictures show one moment.
func crowded(groups [][]pair) bool {
	items := map[time.Duration]int{}
	for _, g := range groups {
		seen := map[time.Duration]bool{}
		for _, p := range g {
			if p.weight >= sureWeight && !seen[p.b] {
				seen[p.b] = true
				items[p.b]++
			}
		}
	}
	for _, n := range items {
		if n > mostItems {
			return true
		}
	}
	return false
}

// spare parts the pairs of an item into those to look at and those of moments that enough other items were
// found to show.
func spare(ps []pair, found []Match) (left, spared []pair) {
	if len(found) < mostItems {
		return ps, nil
	}
	for _, p := range ps {
		items := 0
		for i := range found {
			m := &found[i]
			if m.Kind != LookAlike && p.b >= m.BFrom && p.b < m.BTo && (i == 0 || found[i-1].Item != m.Item) {
				items++
			}
		}
		if items >= mostItems {
			spared = append(spared, p)
		} else {
			left = append(left, p)
		}
	}
	return left, spared
}

// recur counts the items that show the stretch of each match: those whose matches of the same kind or a surer
// one cover most of it, and those that were spared there. What is alike by a few features is counted alone: such
// things are in many pictures.
func recur(ms []Match, spared []pair) {
	for i := range ms {
		m := &ms[i]
		long := map[index.ItemID]time.Duration{}
		for j := range ms {
			if o := &ms[j]; o.Item == m.Item || m.counts() && o.counts() && order(o.Kind) <= order(m.Kind) {
				long[o.Item] += max(min(m.BTo, o.BTo)-max(m.BFrom, o.BFrom), 0)
			}
		}
		for _, p := range spared {
			if m.counts() && p.weight >= sureWeight && p.b >= m.BFrom && p.b < m.BTo {
				long[p.item] = m.BTo - m.BFrom
			}
		}
		for _, l := range long {
			if 2*l > m.BTo-m.BFrom {
				m.Recurs++
			}
		}
	}
}

// sureWeight is the evidence of a pair of frames from which it counts without a look at the pictures.
const sureWeight = 4

// counts reports whether the match is one of those that may recur.
func (m *Match) counts() bool { return m.Kind != LookAlike || m.Evidence.Weight >= sureWeight }
