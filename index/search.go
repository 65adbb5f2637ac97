package index

import (
	"bytes"
	"cmp"
	"maps"
	"math"
	"math/bits"
	"slices"

	"beleg/internal/radix"
)

// A Look is a local feature to be looked for.
type Look struct {
	Word uint16
	Sig  uint64
	// Order names the bits of the word (0 to 15) and the first bits of the signature (16 to 31), those
	// that are likeliest to differ in another picture of the same thing first.
	Order [addressBits]uint8
}

// OrderOf returns the Order for bits of the given certainties, the least certain first.
func OrderOf(sure *[addressBits]int32) (order [addressBits]uint8) {
	for i := range order {
		k := i
		for ; k > 0 && sure[order[k-1]] > sure[i]; k-- {
			order[k] = order[k-1]
		}
		order[k] = uint8(i)
	}
	return order
}

// A KeyframeID names a keyframe in a View.
type KeyframeID uint64

func (k KeyframeID) part() int     { return int(k >> 32) }
func (k KeyframeID) frame() uint32 { return uint32(k) }

// A Found is a posting near a look.
type Found struct {
	Look        uint32 // number of the look
	Distance    int32  // between the signatures, in bits
	Keyframe    KeyframeID
	X, Y, Scale int32 // as in Feature
}

// MaxProbes is the most cells that are looked into for one look.
const MaxProbes = 256

// A flip turns one more bit than another flip: the bit is given by its rank of certainty.
type flip struct{ parent, rank uint8 }

// flips are sets of ranks in the order of their sums, each as a set before it and one more rank: the
// likeliest ways in which the bits of an address differ, if certainty grows evenly with rank. After Lv,
// Josephson, Wang, Charikar and Li, "Multi-probe LSH", 2007, section 4.5, which takes such an order from
// expected values, too. flips[0] is the empty set.
var flips = func() (out [MaxProbes]flip) {
	type set struct {
		ranks uint32
		sum   int
	}
	const most = 20 // ranks, and the largest sum: 371 sets
	var sets []set
	var grow func(from int, s set)
	grow = func(from int, s set) {
		sets = append(sets, s)
		for r := from; r < most && s.sum+r+1 <= most; r++ {
			grow(r+1, set{s.ranks | 1<<r, s.sum + r + 1})
		}
	}
	grow(0, set{})
	slices.SortFunc(sets, func(a, b set) int { return cmp.Or(cmp.Compare(a.sum, b.sum), cmp.Compare(a.ranks, b.ranks)) })
	at := map[uint32]int{}
	for i := range out {
		s := sets[i].ranks
		at[s] = i
		if s != 0 {
			r := bits.Len32(s) - 1
			out[i] = flip{uint8(at[s&^(1<<r)]), uint8(r)}
		}
	}
	return out
}()

// A Search says how to look.
type Search struct {
	Radius int // most bits in which signatures differ, at most 63
	Probes int // cells of each part looked into for each look, at most MaxProbes
	// Most bounds the postings found for a look in a part: as many of the nearest distances count as
	// hold no more. A look that is near everything finds what is nearest, or nothing. 0 means no bound.
	Most int
}

// A View is what a Set holds at one moment. Writers of the Set wait until it is closed. It is safe for
// concurrent use.
type View struct{ set *Set }

// Close lets go of the view.
func (v View) Close() { v.set.mu.RUnlock() }

// Postings and Keyframes return how many there are, hidden ones included.
func (v View) Postings() (n int) {
	for _, p := range v.set.parts {
		n += int(p.n)
	}
	return n
}

// Keyframes returns the number of keyframes, hidden ones included.
func (v View) Keyframes() (n int) {
	for _, p := range v.set.parts {
		n += p.keyframes()
	}
	return n
}

// Item returns the item of a keyframe.
func (v View) Item(k KeyframeID) ItemID {
	p := v.set.parts[k.part()]
	return p.items[p.itemOf(k.frame())].id
}

func foundAt(look uint32, distance, part int, frame, place uint32) Found {
	return Found{look, int32(distance), KeyframeID(part)<<32 | KeyframeID(frame), int32(place >> 16), int32(place >> 6 & 1023), int32(place & 63)}
}

// Search appends to found the postings near each of looks that lie in the likeliest cells of each part,
// in order of parts, cells and looks. In how many of an address's bits a directory tells postings apart
// grows with the part, so that a cell holds about 25 postings in any part, and what a look costs does
// not grow with the archive; what it misses grows slowly.
func (v View) Search(looks []Look, s Search, found []Found) (_ []Found, err error) {
	for i, p := range v.set.parts {
		if found, err = p.search(v.set, i, looks, s, found); err != nil {
			return nil, err
		}
	}
	return found, nil
}

// A probe is a cell to be looked into for a look: the cell in the upper half, the look in the lower.
type probe uint64

func (p *probe) cell() uint64 { return uint64(*p >> 32) }

func (p *inverted) search(set *Set, number int, looks []Look, s Search, found []Found) ([]Found, error) {
	if p.n == 0 {
		return found, nil
	}
	w := sweep{access: p.access(set.mapped), number: number, most: cmp.Or(s.Most, math.MaxInt32)}
	w.dir.chunk = sweepChunk
	n := int(max(set.memory/4/(16*int64(s.Probes)), 1024))
	var probes, spare []probe
	for from := 0; from < len(looks); from += n {
		w.begin(looks[from:min(from+n, len(looks))], from, s.Radius)
		probes = p.probes(w.looks, s.Probes, probes[:0])
		probes, spare = radix.Sort(probes, spare, addressBits-int(p.shift), (*probe).cell)
		found = w.run(probes, found)
	}
	return found, w.err()
}

// probes appends the cells of each look.
func (p *inverted) probes(looks []Look, most int, out []probe) []probe {
	var cells [MaxProbes]uint32
	var bit [addressBits]uint32
	for i := range looks {
		l := &looks[i]
		// The bits that the directory tells apart, the least certain first.
		n := 0
		for _, o := range l.Order {
			at := 16 + uint(o)
			if o >= 16 {
				at = 31 - uint(o)
			}
			if at >= p.shift {
				bit[n] = 1 << (at - p.shift)
				n++
			}
		}
		cells[0] = address(l.Word, l.Sig) >> p.shift
		out = append(out, probe(cells[0])<<32|probe(i))
		for k := 1; k < most; k++ {
			f := flips[k]
			if int(f.rank) >= n {
				cells[k] = math.MaxUint32 // no such bit
				continue
			}
			if cells[f.parent] == math.MaxUint32 {
				cells[k] = math.MaxUint32
				continue
			}
			cells[k] = cells[f.parent] ^ bit[f.rank]
			out = append(out, probe(cells[k])<<32|probe(i))
		}
	}
	return out
}

// crowded is how many postings a cell may hold to be looked into, as a multiple of what cells hold on
// average: what is seen everywhere tells nothing.
const crowded = 64

// A sweep looks into the cells of a part from the first to the last.
type sweep struct {
	*access
	number int // of the part
	most   int
	looks  []Look
	first  int   // number of the first look
	radius []int // per look: the distance up to which postings count
	tally  []int // per look and distance: postings found so
	count  []int // per look: postings within its radius
	widest int
}

func (w *sweep) begin(looks []Look, first, radius int) {
	w.looks, w.first, w.widest = looks, first, radius
	w.radius = slices.Repeat([]int{radius}, len(looks))
	w.tally = make([]int, len(looks)*(radius+1))
	w.count = make([]int, len(looks))
}

// run looks into the cells of the probes, in their order.
func (w *sweep) run(probes []probe, found []Found) []Found {
	p := w.access
	limit := uint32(max(crowded*p.n>>(addressBits-p.shift), 4096))
	w.blocks.spread(len(probes))
	start := len(found)
	for _, b := range probes {
		first, last := p.cell(uint32(b >> 32))
		if first == last || last-first > limit {
			continue
		}
		look := int(uint32(b))
		if w.radius[look] < 0 {
			continue
		}
		p.near(first, last, w.looks[look].Sig, w.radius[look], func(posting uint32, distance int) {
			if distance > w.radius[look] {
				return
			}
			if frame, place, _, ok := p.seat(posting); ok && p.shows(frame) {
				if len(found) == cap(found) { // rather than to grow
					found = w.trim(found, start)
				}
				found = append(found, foundAt(uint32(w.first+look), distance, w.number, frame, place))
				w.note(look, distance)
			}
		})
	}
	return w.trim(found, start)
}

// trim takes off found, from start on, what no longer counts.
func (w *sweep) trim(found []Found, start int) []Found {
	keep := start
	for _, f := range found[start:] {
		if int(f.Distance) <= w.radius[int(f.Look)-w.first] {
			found[keep] = f
			keep++
		}
	}
	if keep > cap(found)/4*3 { // it would be full again soon
		return slices.Grow(found[:keep], keep/2)
	}
	return found[:keep]
}

// note counts a posting and draws the radius in when there are too many.
func (w *sweep) note(look, distance int) {
	near := w.tally[look*(w.widest+1):][:w.widest+1]
	near[distance]++
	w.count[look]++
	for w.count[look] > w.most && w.radius[look] >= 0 {
		w.count[look] -= near[w.radius[look]]
		w.radius[look]--
	}
}

// A Stretch is a run of keyframes of one item, within one part.
type Stretch struct {
	part        int
	first, last uint32 // keyframes, half-open
}

// Len returns the number of keyframes.
func (s Stretch) Len() int { return int(s.last - s.first) }

// Block returns the keyframe that stands for all of the keyframe's item between two multiples of
// StretchFrames in its part.
func (v View) Block(k KeyframeID) KeyframeID {
	p := v.set.parts[k.part()]
	first := max(p.items[p.itemOf(k.frame())].first, k.frame()/StretchFrames*StretchFrames)
	return k&^math.MaxUint32 | KeyframeID(first)
}

// Around returns the keyframes of the keyframe's block, and of its item half as many again before and
// after as a block has.
func (v View) Around(k KeyframeID) Stretch {
	p := v.set.parts[k.part()]
	it := p.items[p.itemOf(k.frame())]
	from := k.frame() / StretchFrames * StretchFrames
	return Stretch{k.part(), max(it.first, from-min(from, StretchFrames/2)), min(it.first+it.frames, from+StretchFrames*3/2)}
}

// Within returns the keyframe and up to n of its item before and after it.
func (v View) Within(k KeyframeID, n int) Stretch {
	p := v.set.parts[k.part()]
	it := p.items[p.itemOf(k.frame())]
	return Stretch{k.part(), max(it.first, k.frame()-min(k.frame(), uint32(n))), min(it.first+it.frames, k.frame()+uint32(n)+1)}
}

// StretchFrames is the number of keyframes in a block.
const StretchFrames = groupFrames

// Gather returns postings of the keyframes in stretches, in memory, the items in the order of their
// ids. Keyframes in several stretches are taken once.
func (v View) Gather(stretches []Stretch) (*Postings, error) {
	runs := slices.Clone(stretches)
	id := func(s Stretch) ItemID { p := v.set.parts[s.part]; return p.items[p.itemOf(s.first)].id }
	runs = slices.DeleteFunc(runs, func(s Stretch) bool { return s.first >= s.last || !v.set.parts[s.part].shows(s.first) })
	slices.SortFunc(runs, func(a, b Stretch) int {
		return cmp.Or(cmp.Compare(a.part, b.part), cmp.Compare(a.first, b.first), cmp.Compare(a.last, b.last))
	})
	for i := 1; i < len(runs); i++ { // an item belongs to one part
		if a, b := &runs[i-1], &runs[i]; a.part == b.part {
			b.first = max(b.first, a.last)
			b.last = max(b.first, b.last)
		}
	}
	keyframes := map[ItemID][]Keyframe{}
	for len(runs) > 0 {
		n := 1
		for n < len(runs) && runs[n].part == runs[0].part {
			n++
		}
		a := v.set.parts[runs[0].part].access(v.set.mapped)
		for i, ks := range a.gather(runs[:n]) {
			if len(ks) > 0 {
				item := id(runs[i])
				keyframes[item] = append(keyframes[item], ks...)
			}
		}
		if err := a.err(); err != nil {
			return nil, err
		}
		runs = runs[n:]
	}
	var b Builder
	for _, item := range slices.SortedFunc(maps.Keys(keyframes), func(a, b ItemID) int { return bytes.Compare(a[:], b[:]) }) {
		b.Add(item, keyframes[item])
	}
	return b.Postings(), nil
}

// Whole returns the postings of all keyframes, in memory. They are gathered once, until the set changes.
func (v View) Whole() (*Postings, error) {
	if p := v.set.whole.Load(); p != nil {
		return p, nil
	}
	p, err := v.Gather(v.All())
	if err == nil {
		v.set.whole.Store(p)
	}
	return p, err
}

// All returns stretches that hold all keyframes.
func (v View) All() (out []Stretch) {
	for i, p := range v.set.parts {
		for _, it := range p.items {
			out = append(out, Stretch{i, it.first, it.first + it.frames})
		}
	}
	return out
}
