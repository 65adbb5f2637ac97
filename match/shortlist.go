package match

import (
	"bytes"
	"cmp"
	"context"
	"math"
	"math/bits"
	"slices"
	"time"

	"beleg/fingerprint"
	"beleg/index"
	"beleg/internal/radix"
	"beleg/luma"
)

const (
	// sparseRadius is the largest distance in bits between signatures in that stage.
	sparseRadius = 14
	// sparseProbes is the number of cells looked into for each feature, orientation and part.
	sparseProbes = 64
	// sparseMost is the most postings of a part that are taken for a feature: the nearest.
	sparseMost = 256
	// wholePostings is the most postings of an archive that is voted on whole, shortPostings about how many the
	// stretches hold that are voted on of a larger one.
	wholePostings, shortPostings = 150_000, 450_000
)

// A sparse is a query frame whose features are looked up in the whole of a large archive.
type sparse struct {
	at          time.Duration
	marks       []mark
	descriptors []fingerprint.Descriptor
}

// looks returns how the features are looked up: all as seen, then all in a mirror.
func (s *sparse) looks() []index.Look {
	n := len(s.descriptors)
	out := make([]index.Look, 2*n)
	for i := range s.descriptors {
		d := &s.descriptors[i]
		m := d.Mirrored()
		out[i], out[n+i] = lookOf(d), lookOf(&m)
	}
	return out
}

// A mark is where a feature lies, as geometry.place.
type mark struct{ x, y, s float32 }

// sparse keeps the features of a frame for the shortlist.
func (q *Query) sparse(at time.Duration, ps []fingerprint.Patch, p luma.Plane) {
	s := sparse{at: at}
	g := geometryOf(p)
	for i := range ps {
		x, y, scale := g.place(&ps[i])
		s.marks = append(s.marks, mark{float32(x), float32(y), float32(scale)})
		s.descriptors = append(s.descriptors, ps[i].Descriptor)
	}
	q.sparses = append(q.sparses, s)
}

func lookOf(d *fingerprint.Descriptor) index.Look {
	c, sure := fingerprint.EncodeSure(d)
	return index.Look{Word: c.Word, Sig: c.Sig, Order: index.OrderOf(&sure)}
}

// Shortlist returns the postings of the keyframes of v that q may show, for [Find]: all of a small
// archive, and of a large one the stretches of items that most features of a frame every 1.3 seconds agree on.
// Items that skip names, if it is not nil, take no place.
func Shortlist(ctx context.Context, q *Query, v index.View, skip func(index.ItemID) bool) (*index.Postings, error) {
	if v.Postings() <= wholePostings {
		return v.Whole()
	}
	list, err := q.candidates(ctx, v, skip)
	if err != nil {
		return nil, err
	}
	var out []index.Stretch
	left := shortPostings
	for i, c := range list {
		s := c.stretch
		if i >= wideStretches {
			s = v.Within(c.keyframe, narrow)
		}
		if left -= s.Len() * videoFeatures; left < 0 && len(out) > 0 {
			break
		}
		out = append(out, s)
	}
	return v.Gather(out)
}

const (
	// wideStretches is how many candidates are voted on with all that lies around them. What a static camera shows at one moment it
	// shows for long, and the likeliest keyframe need not be near the right one.
	wideStretches = 30
	// narrow is how many keyframes before and after it are voted on with the keyframe of a less likely candidate.
	narrow = 8
)

// A candidate is a stretch of an item that the query may show.
type candidate struct {
	keyframe index.KeyframeID // that agrees best
	item     index.ItemID
	stretch  index.Stretch
	best     [bestFrames]float64 // scores of the query frames that agree most, descending
	frame    int                 // the one that agrees most
	score    float64
}

// bestFrames is how many query frames speak for a candidate. The sum over all would prefer what agrees a
// little all the time to what is shown for two seconds.
const bestFrames = 3

func (c *candidate) add(score float64, frame int, k index.KeyframeID) {
	if score > c.best[0] {
		c.frame, c.keyframe = frame, k
	}
	for i, b := range c.best {
		if score > b {
			copy(c.best[i+1:], c.best[i:])
			c.best[i] = score
			return
		}
	}
}

// candidates returns the stretches that frames of q agree with, the likeliest first.
func (q *Query) candidates(ctx context.Context, v index.View, skip func(index.ItemID) bool) (out []candidate, err error) {
	t := tallier{view: v, extent: mul(float64(q.w), geometryOf(luma.Plane{W: q.w, H: q.h}).unit)}
	at := map[index.KeyframeID]int{} // per block: its place in out
	for from := 0; from < len(q.sparses); from += framesAtOnce {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		agreements, err := t.tally(q.sparses[from:min(from+framesAtOnce, len(q.sparses))])
		if err != nil {
			return nil, err
		}
		for _, a := range agreements {
			i, ok := at[a.block]
			if !ok {
				i = len(out)
				at[a.block] = i
				out = append(out, candidate{})
			}
			out[i].add(a.score, from+a.frame, a.keyframe)
		}
	}
	for i := range out {
		c := &out[i]
		c.item = v.Item(c.keyframe)
		c.stretch = v.Around(c.keyframe)
		c.score = c.best[0] + c.best[1] + c.best[2]
	}
	if skip != nil {
		out = slices.DeleteFunc(out, func(c candidate) bool { return skip(c.item) })
	}
	first := firsts(out)
	rankCandidates(out)
	return alternate(out, first), nil
}

// perFrame is how many candidates of one query frame firsts takes: an ident in every broadcast is to leave room.
const perFrame = 12

// firsts returns the candidates by the one query frame that agrees with them best: what is shown for two seconds has
// one frame or two to speak for it, and three that agree by chance weigh as much.
func firsts(list []candidate) []candidate {
	sorted := slices.Clone(list)
	slices.SortFunc(sorted, func(a, b candidate) int { return byAgreement(&a, &b) })
	of := map[int]int{} // per frame: candidates so far
	return slices.DeleteFunc(sorted, func(c candidate) bool {
		of[c.frame]++
		return of[c.frame] > perFrame
	})
}

func byAgreement(a, b *candidate) int {
	return cmp.Or(cmp.Compare(b.best[0], a.best[0]), bytes.Compare(a.item[:], b.item[:]), cmp.Compare(a.keyframe, b.keyframe))
}

// alternate returns the candidates of a and of b in turn, each once.
func alternate(a, b []candidate) (out []candidate) {
	seen := map[index.Stretch]bool{}
	put := func(list []candidate, i int) {
		if i < len(list) && !seen[list[i].stretch] {
			seen[list[i].stretch] = true
			out = append(out, list[i])
		}
	}
	for i := range max(len(a), len(b)) {
		put(a, i)
		put(b, i)
	}
	return out
}

// rankCandidates orders candidates by score; of one item each further one counts less, so that a long
// interview does not take every place, and of one query frame too, so that an ident in every broadcast does not.
func rankCandidates(list []candidate) {
	byScore := func(a, b candidate) int {
		return cmp.Or(cmp.Compare(b.score, a.score), bytes.Compare(a.item[:], b.item[:]), cmp.Compare(a.keyframe, b.keyframe))
	}
	slices.SortFunc(list, byScore)
	seen := map[index.ItemID]int{}
	for i := range list {
		c := &list[i]
		c.score /= 1 + float64(seen[c.item])/4
		seen[c.item]++
	}
	slices.SortFunc(list, byScore)
	shown := map[int]int{}
	for i := range list {
		c := &list[i]
		c.score /= 1 + float64(shown[c.frame])/8
		shown[c.frame]++
	}
	slices.SortFunc(list, byScore)
}

// framesAtOnce is the number of query frames that are looked up together: cells that several of them lead
// to are read once, but what is found is held and sorted at once (docs/evaluation/scale.md).
const framesAtOnce = 4

// An agreement is how well a query frame agrees with a stretch, at best.
type agreement struct {
	block    index.KeyframeID // as [index.View.Block]
	keyframe index.KeyframeID // the one that agrees best
	frame    int              // of the query, among those looked up together
	score    float64
}

// A tallier finds the keyframes on whose place and size features of query frames agree. It keeps its
// memory from one call to the next.
type tallier struct {
	view   index.View
	extent float64 // the query's width in units
	looks  []index.Look
	owner  []int32       // per look: twice its frame, and 1 in a mirror
	first  []int32       // per owner: its first look
	found  []index.Found // as it comes
	sorted []index.Found // by keyframe and look
	places []place       // room for sort
	spare  []place
	rare   []float64   // per look: its weight, less when it is found in many stretches
	best   []agreement // per frame: in the block at hand
	block  index.KeyframeID
	out    []agreement
}

// tally returns how well each of frames agrees with each stretch.
func (t *tallier) tally(frames []sparse) (_ []agreement, err error) {
	t.looks, t.owner, t.first, t.out = t.looks[:0], t.owner[:0], t.first[:0], t.out[:0]
	for i := range frames {
		n := len(frames[i].marks)
		looks := frames[i].looks()
		for k := range looks {
			if k%n == 0 {
				t.first = append(t.first, int32(len(t.looks)+k))
			}
			t.owner = append(t.owner, int32(2*i+k/n))
		}
		for len(t.first) < 2*(i+1) { // a frame without features
			t.first = append(t.first, 0)
		}
		t.looks = append(t.looks, looks...)
	}
	if t.found, err = t.view.Search(t.looks, index.Search{Radius: sparseRadius, Probes: sparseProbes, Most: sparseMost}, t.found[:0]); err != nil {
		return nil, err
	}
	t.sort()
	t.weigh()
	t.best = slices.Grow(t.best[:0], len(frames))[:len(frames)]
	clear(t.best)
	for from := 0; from < len(t.sorted); {
		f := &t.sorted[from]
		to := from + 1
		for to < len(t.sorted) && t.sorted[to].Keyframe == f.Keyframe && t.owner[t.sorted[to].Look] == t.owner[f.Look] {
			to++
		}
		if to-from > 1 {
			o := t.owner[f.Look]
			if score := t.agree(&frames[o/2], int(o&1), t.sorted[from:to]); score > 0 {
				t.add(agreement{t.view.Block(f.Keyframe), f.Keyframe, int(o / 2), score})
			}
		}
		from = to
	}
	t.emit()
	return t.out, nil
}

// A place is where a posting was found: its keyframe and, below it, the look. at is its number in found.
type place struct {
	key uint64
	at  int32
}

// lookBits are enough for the looks of framesAtOnce frames.
const lookBits = 12

const _ = uint(1<<lookBits - 2*framesAtOnce*queryFeatures)

// sort sets sorted: found by keyframe and look, and of one look in a keyframe the nearest first. There are many, and few share a
// keyframe, so it goes by digits rather than by comparisons.
func (t *tallier) sort() {
	t.places = slices.Grow(t.places[:0], len(t.found))
	all := uint64(0)
	for i := range t.found {
		key := uint64(t.found[i].Keyframe)<<lookBits | uint64(t.found[i].Look)
		t.places = append(t.places, place{key, int32(i)})
		all |= key
	}
	t.places, t.spare = radix.Sort(t.places, t.spare, bits.Len64(all), func(p *place) uint64 { return p.key })
	t.sorted = slices.Grow(t.sorted[:0], len(t.found))
	for from := 0; from < len(t.places); {
		to := from
		for to < len(t.places) && t.places[to].key == t.places[from].key {
			t.sorted = append(t.sorted, t.found[t.places[to].at])
			to++
		}
		if to-from > 1 {
			slices.SortFunc(t.sorted[from:to], func(a, b index.Found) int {
				return cmp.Or(cmp.Compare(a.Distance, b.Distance), cmp.Compare(a.X, b.X), cmp.Compare(a.Y, b.Y), cmp.Compare(a.Scale, b.Scale))
			})
		}
		from = to
	}
}

// add takes the agreement of a frame with a keyframe. Keyframes come ascending.
func (t *tallier) add(a agreement) {
	if a.block != t.block {
		t.emit()
		t.block = a.block
	}
	if a.score > t.best[a.frame].score {
		t.best[a.frame] = a
	}
}

// emit ends a block.
func (t *tallier) emit() {
	for i, a := range t.best {
		if a.score > 0 {
			t.out = append(t.out, a)
			t.best[i] = agreement{}
		}
	}
}

// weigh sets the weight of each look from the number of stretches that it is found in.
func (t *tallier) weigh() {
	counts := make([]int32, len(t.looks))
	seen := make([]index.KeyframeID, len(t.looks)) // the block seen last, plus 1
	for i := range t.sorted {
		f := &t.sorted[i]
		if b := f.Keyframe/index.StretchFrames + 1; seen[f.Look] != b {
			seen[f.Look] = b
			counts[f.Look]++
		}
	}
	t.rare = t.rare[:0]
	for _, n := range counts {
		t.rare = append(t.rare, 1/math.Sqrt(float64(max(n, 1))))
	}
}

// agree returns the weight of the most hits, all of one keyframe, that agree on where and how large the
// keyframe lies in the query, 0 if no two do.
func (t *tallier) agree(s *sparse, orientation int, hits []index.Found) float64 {
	first := t.first[t.owner[hits[0].Look]]
	place := func(f *index.Found) (x, y, qs, u, v, ps float64) {
		p := &s.marks[int32(f.Look)-first]
		x = float64(p.x)
		if orientation == 1 {
			x = t.extent - x
		}
		return x, float64(p.y), float64(p.s), float64(f.X) + .5, float64(f.Y) + .5, float64(f.Scale) / 8
	}
	best := 0.0
	for i := range hits[:min(len(hits), maxSparseHypotheses)] {
		x, y, qs, u, v, ps := place(&hits[i])
		scale := exp2(ps - qs)
		sum, looks, last := 0.0, 0, ^uint32(0)
		for j := range hits {
			h := &hits[j]
			if h.Look == last {
				continue
			}
			x2, y2, qs2, u2, v2, ps2 := place(h)
			if math.Abs(ps2-qs2-ps+qs) > .75 {
				continue
			}
			dx, dy := x2-x-(u2-u)/scale, y2-y-(v2-v)/scale
			r := 20 + .1*(math.Abs(x2-x)+math.Abs(y2-y))
			if mul(dx, dx)+mul(dy, dy) < mul(r, r) {
				sum += mul(weightOf(h.Distance), t.rare[h.Look])
				looks++
				last = h.Look
			}
		}
		if looks > 1 {
			best = max(best, sum)
		}
	}
	return best
}

// maxSparseHypotheses bounds how many transforms are tried per frame and keyframe.
const maxSparseHypotheses = 24

// A Seed is where in the archive the pixel stage begins to look: a frame of the query and a keyframe
// whose features agree. Seeds are for measuring; Find makes its own.
type Seed struct {
	Item   index.ItemID
	B, A   time.Duration // of the query frame and of the keyframe
	Weight float64
}

// Seeds returns the seeds that Find(q, p) would try.
func Seeds(ctx context.Context, q *Query, p *index.Postings) (out []Seed, err error) {
	groups, err := q.vote(ctx, []*index.Postings{p}, nil, cuts(q.frames))
	for _, g := range groups {
		for _, s := range g {
			out = append(out, Seed{s.item, s.b, s.a, s.weight})
		}
	}
	return out, err
}
