package index

import (
	"cmp"
	"encoding/binary"
	"math/bits"
	"slices"
	"time"
)

// A Feature is a local feature as it is filed: its place in units of 1/Extent of the picture's longer
// side, its size, and its code.
type Feature struct {
	X, Y  int32  // 0 to Extent-1
	Scale int32  // log2 of the blob's sigma in those units, in 1/8, 0 to 63
	Word  uint16 // the visual word
	Sig   uint64 // the signature
}

// Extent is the number of units along a picture's longer side.
const Extent = 1024

// A Keyframe is a picture of an item with its features.
type Keyframe struct {
	At       time.Duration // since the item's first frame, kept in milliseconds
	W, H     int           // pixels, of which only the ratio counts
	Features []Feature
	Trace    Trace
}

// A Trace is how bright the tiles of a video's picture are in the second from a keyframe on, at so many moments from the
// keyframe's own: the mean grey level of each of TraceWide by TraceHigh equal tiles, in rows from the top. A moment
// that is all 0 is not known.
type Trace [TraceMoments][TraceWide * TraceHigh]byte

// The size of a Trace.
const (
	TraceMoments = 3 // a third of a second apart
	TraceWide    = 12
	TraceHigh    = 6
)

// An ItemID names an item of the archive: the SHA-256 of its original.
type ItemID [32]byte

// Postings files the local features of some keyframes in memory, under their visual words: those that a
// Set has gathered. It is immutable and safe for concurrent use.
type Postings struct {
	items  []ItemID
	frames []frame
	traces []Trace  // per keyframe
	dir    []uint32 // start of each word's postings, and the end
	frame  []uint32 // per posting: the keyframe
	place  []uint32 // per posting: see pack
	sig    []uint64 // per posting: the signature
}

type frame struct {
	item uint32
	at   uint32 // milliseconds
	w, h uint16
}

// words is the number of visual words.
const words = 1 << 16

// A Posting is a filed feature.
type Posting struct {
	Keyframe uint32
	X, Y     int32
	Scale    int32
}

// A Nearby is a posting near a query's signature.
type Nearby struct {
	Posting  uint32
	Distance int32 // bits
}

// A Builder collects keyframes for Postings.
type Builder struct {
	items  []ItemID
	frames []frame
	traces []Trace
	rows   []row
}

type row struct {
	word  uint16
	frame uint32
	place uint32
	sig   uint64
}

var le = binary.LittleEndian

// Add files the keyframes of an item. Each item is added once.
func (b *Builder) Add(id ItemID, ks []Keyframe) {
	item := uint32(len(b.items))
	b.items = append(b.items, id)
	for _, k := range ks {
		n := uint32(len(b.frames))
		b.frames = append(b.frames, frame{item, uint32(k.At / time.Millisecond), uint16(min(k.W, 65535)), uint16(min(k.H, 65535))})
		b.traces = append(b.traces, k.Trace)
		for _, f := range k.Features {
			b.rows = append(b.rows, row{f.Word, n, pack(f), f.Sig})
		}
	}
}

// pack returns the place of f as filed: X, Y and Scale, 10, 10 and 6 bits from bit 16, 6 and 0.
func pack(f Feature) uint32 {
	clamp := func(v, most int32) uint32 { return uint32(min(max(v, 0), most)) }
	return clamp(f.X, Extent-1)<<16 | clamp(f.Y, Extent-1)<<6 | clamp(f.Scale, 63)
}

// Postings returns what was added, ordered by word, keyframe and place. The Builder is spent.
func (b *Builder) Postings() *Postings {
	slices.SortFunc(b.rows, func(x, y row) int {
		return cmp.Or(cmp.Compare(x.word, y.word), cmp.Compare(x.frame, y.frame), cmp.Compare(x.place, y.place), cmp.Compare(x.sig, y.sig))
	})
	n := len(b.rows)
	p := &Postings{
		items: b.items, frames: b.frames, traces: b.traces, dir: make([]uint32, words+1),
		frame: make([]uint32, n), place: make([]uint32, n), sig: make([]uint64, n),
	}
	for i, r := range b.rows {
		p.frame[i], p.place[i], p.sig[i] = r.frame, r.place, r.sig
		p.dir[int(r.word)+1]++
	}
	for i := range p.dir[1:] {
		p.dir[i+1] += p.dir[i]
	}
	return p
}

// Len returns the number of postings.
func (p *Postings) Len() int { return len(p.sig) }

// Keyframes returns the number of keyframes.
func (p *Postings) Keyframes() int { return len(p.frames) }

// Keyframe returns the item and the time of keyframe k.
func (p *Postings) Keyframe(k uint32) (ItemID, time.Duration) {
	f := p.frames[k]
	return p.items[f.item], time.Duration(f.at) * time.Millisecond
}

// Shape returns the size of keyframe k's picture in pixels, of which only the ratio counts.
func (p *Postings) Shape(k uint32) (w, h int) { return int(p.frames[k].w), int(p.frames[k].h) }

// Photo reports whether k is the one keyframe of its item and has no trace: a photo, or a video of less than its first
// moment.
func (p *Postings) Photo(k uint32) bool {
	f := p.frames
	return *p.Trace(k) == (Trace{}) && f[k].at == 0 && (k == 0 || f[k-1].item != f[k].item) && (int(k)+1 == len(f) || f[k+1].item != f[k].item)
}

// Run returns the keyframes of k's item from a time to another, half-open, that follow one another without a gap of
// more than [runGap] around k.
func (p *Postings) Run(k uint32, from, to time.Duration) (first, last uint32) {
	f := p.frames
	next := func(a, b uint32) bool { // b follows a
		return f[a].item == f[b].item && time.Duration(f[b].at-f[a].at)*time.Millisecond <= runGap
	}
	at := func(i uint32) time.Duration { return time.Duration(f[i].at) * time.Millisecond }
	first, last = k, k+1
	for first > 0 && next(first-1, first) && at(first-1) >= from {
		first--
	}
	for int(last) < len(f) && next(last-1, last) && at(last) < to {
		last++
	}
	return first, last
}

// runGap is the longest time between keyframes that follow one another.
const runGap = 1500 * time.Millisecond

// Trace returns the trace of keyframe k.
func (p *Postings) Trace(k uint32) *Trace { return &p.traces[k] }

// ItemOf returns the number of the item of keyframe k.
func (p *Postings) ItemOf(k uint32) uint32 { return p.frames[k].item }

// Items returns the number of items.
func (p *Postings) Items() int { return len(p.items) }

// KeyframeOf returns the keyframe of posting i.
func (p *Postings) KeyframeOf(i uint32) uint32 { return p.frame[i] }

// At returns posting i.
func (p *Postings) At(i uint32) Posting {
	v := p.place[i]
	return Posting{Keyframe: p.frame[i], X: int32(v >> 16), Y: int32(v >> 6 & 1023), Scale: int32(v & 63)}
}

// Near appends to found the postings of word whose signature is at most radius bits from sig.
func (p *Postings) Near(found []Nearby, word uint16, sig uint64, radius int) []Nearby {
	from, to := p.dir[word], p.dir[int(word)+1]
	for i, s := range p.sig[from:to] {
		if d := bits.OnesCount64(s ^ sig); d <= radius {
			found = append(found, Nearby{Posting: from + uint32(i), Distance: int32(d)})
		}
	}
	return found
}
