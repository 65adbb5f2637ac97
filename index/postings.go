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
}

// An ItemID names an item of the archive: the SHA-256 of its original.
type ItemID [32]byte

// Postings files the local features of some keyframes in memory, under their visual words: those that a
// Set has gathered. It is immutable and safe for concurrent use.
type Postings struct {
	items  []ItemID
	frames []frame
	dir    []uint32 // start of each run of words that share their upper bits, and the end
	shift  uint     // 16 less the number of bits that dir tells apart
	frame  []uint32 // per posting: the keyframe
	place  []uint32 // per posting: see pack
	sig    []uint64 // per posting: the signature
}

type frame struct {
	item uint32
	at   uint32 // milliseconds
	w, h uint16
}

// The directory tells apart the upper 10 to 16 bits of words; the lower 6 stand with each posting.
const minDirBits, maxDirBits = 10, 16

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
		for _, f := range k.Features {
			b.rows = append(b.rows, row{f.Word, n, pack(f), f.Sig})
		}
	}
}

// pack returns the place of f as filed: X, Y, Scale and the lower bits of the word, 10, 10, 6 and 6
// bits from bit 22, 12, 6 and 0.
func pack(f Feature) uint32 {
	clamp := func(v, most int32) uint32 { return uint32(min(max(v, 0), most)) }
	return clamp(f.X, Extent-1)<<22 | clamp(f.Y, Extent-1)<<12 | clamp(f.Scale, 63)<<6 | uint32(f.Word)&63
}

// Postings returns what was added, ordered by word, keyframe and place. The Builder is spent.
func (b *Builder) Postings() *Postings {
	slices.SortFunc(b.rows, func(x, y row) int {
		return cmp.Or(cmp.Compare(x.word, y.word), cmp.Compare(x.frame, y.frame), cmp.Compare(x.place, y.place), cmp.Compare(x.sig, y.sig))
	})
	n := len(b.rows)
	dirBits := min(max(bits.Len(uint(n))-4, minDirBits), maxDirBits)
	p := &Postings{
		items: b.items, frames: b.frames, shift: uint(16 - dirBits), dir: make([]uint32, 1<<dirBits+1),
		frame: make([]uint32, n), place: make([]uint32, n), sig: make([]uint64, n),
	}
	for i, r := range b.rows {
		p.frame[i], p.place[i], p.sig[i] = r.frame, r.place, r.sig
		p.dir[r.word>>p.shift+1]++
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

// ItemOf returns the number of the item of keyframe k.
func (p *Postings) ItemOf(k uint32) uint32 { return p.frames[k].item }

// At returns posting i.
func (p *Postings) At(i uint32) Posting {
	v := p.place[i]
	return Posting{Keyframe: p.frame[i], X: int32(v >> 22), Y: int32(v >> 12 & 1023), Scale: int32(v >> 6 & 63)}
}

// Near appends to found the postings of word whose signature is at most radius bits from sig.
func (p *Postings) Near(found []Nearby, word uint16, sig uint64, radius int) []Nearby {
	from, to := p.dir[word>>p.shift], p.dir[word>>p.shift+1]
	if p.shift > 0 {
		from, to = p.narrow(from, to, uint32(word)&(1<<p.shift-1))
	}
	for i, s := range p.sig[from:to] {
		if d := bits.OnesCount64(s ^ sig); d <= radius {
			found = append(found, Nearby{Posting: from + uint32(i), Distance: int32(d)})
		}
	}
	return found
}

// narrow returns the part of from..to whose words end in low: the postings of a run are in order.
func (p *Postings) narrow(from, to, low uint32) (uint32, uint32) {
	mask := uint32(1)<<p.shift - 1
	part := p.place[from:to]
	find := func(v uint32) uint32 {
		i, _ := slices.BinarySearchFunc(part, v, func(e, t uint32) int { return cmp.Compare(e&mask, t) })
		return from + uint32(i)
	}
	return find(low), find(low + 1)
}
