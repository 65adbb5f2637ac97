package index

import (
	"cmp"
	"errors"
	"fmt"
	"hash/crc32"
	"math/bits"
	"slices"
	"sync"
)

// ErrVocabulary reports a part whose features were made by another engine or coded with another
// vocabulary: its words and signatures mean something else. It must be rebuilt from the originals.
var ErrVocabulary = errors.New("index: part of another engine or vocabulary")

// The fixed sizes of a part of postings, in bytes; docs/format/postings.md shows the fields.
const (
	metaSize    = 64
	itemSize    = 48
	frameSize   = 8
	blockPosts  = 64 // postings in a block
	blockSigs   = blockPosts * 8
	seatSize    = 6
	blockLength = blockSigs + blockPosts*seatSize
	groupHead   = 5
)

const (
	// frameBits and placeBits are the bits of a seat: where a posting sits.
	frameBits = 22
	placeBits = 26
	// maxFrames is the most keyframes in a part: 1,165 hours at one a second.
	maxFrames = 1 << frameBits
	// groupFrames is the number of keyframes whose postings are listed together.
	groupFrames = 32
	// smallPostings is the number of postings up to which a part has no lists of groups: reading all
	// seats takes a few milliseconds then, and the lists would be a tenth of the part.
	smallPostings = 1 << 20
	// addressBits is the length of an address: the word, then the first bits of the signature.
	addressBits = 32
)

// An address orders postings: the word, below it the signature's first 16 bits, bit 0 first.
func address(word uint16, sig uint64) uint32 {
	return uint32(word)<<16 | uint32(bits.Reverse16(uint16(sig)))
}

// directoryBits is the number of leading bits of the address by which n postings of some frames are
// told apart by the directory: about 25 postings a cell. Where these are less than the word, the
// rest of the word must fit beside the number of a keyframe.
func directoryBits(n uint64, frames int) int {
	d := min(max(bits.Len64(n)-5, 8), 28)
	return max(d, 16-(frameBits-bits.Len(uint(frames))))
}

// inverted is an open part of postings. Whatever is read from the part's bytes is checked against their
// lengths, so that a changed byte can hide a posting but not stop the program.
type inverted struct {
	part   *Part
	number int // of the part in its set
	n      uint64
	items  []itemRecord
	frames span
	traces span // empty in a part of before there were any
	dir    span
	blocks span
	shift  uint // addressBits - bits of the directory
	groups span // empty in a small part
	lists  span
	hidden []bool // per item: not to be found here; nil: none

	reading sync.Mutex // guards starts
	starts  []uint32   // see access.cellOf; nil until read
}

// An itemRecord says which keyframes of a part are an item's.
type itemRecord struct {
	id       ItemID
	first    uint32 // keyframe
	frames   uint32
	postings uint32
}

// openInverted opens the sections of p, which must be of the kind, engine and parameters of h.
func openInverted(p *Part, h Head) (*inverted, error) {
	if p.Head != h {
		return nil, fmt.Errorf("%w: it holds %s of %q %q, want %s of %q %q", ErrVocabulary, p.Kind, p.Engine, p.Params, h.Kind, h.Engine, h.Params)
	}
	v := &inverted{part: p}
	for _, s := range p.sections {
		if small := s.name == "meta" || s.name == "items"; small && crc32.Checksum(p.bytes(s), castagnoli) != s.crc {
			return nil, torn("section %q does not match its checksum", s.name)
		}
	}
	section := func(name string) []byte {
		b, _ := p.Section(name)
		return b
	}
	meta := section("meta")
	if len(meta) != metaSize {
		return nil, torn("its section meta has %d bytes", len(meta))
	}
	v.n = le.Uint64(meta)
	frames, items, dirBits := le.Uint32(meta[8:]), le.Uint32(meta[12:]), le.Uint32(meta[16:])
	if v.n >= 1<<32 || frames > maxFrames || dirBits > 28 || int(dirBits) != directoryBits(v.n, int(frames)) {
		return nil, torn("its section meta is damaged")
	}
	v.shift = uint(addressBits - dirBits)
	v.frames, v.traces, v.dir, v.blocks = p.span("frames"), p.span("traces"), p.span("directory"), p.span("postings")
	blocks := (v.n + blockPosts - 1) / blockPosts
	table := section("items")
	switch {
	case uint64(len(v.frames.b)) != uint64(frames)*frameSize:
		return nil, torn("its section frames has %d bytes for %d keyframes", len(v.frames.b), frames)
	case len(v.traces.b) > 0 && uint64(len(v.traces.b)) != uint64(frames)*traceSize:
		return nil, torn("its section traces has %d bytes for %d keyframes", len(v.traces.b), frames)
	case len(v.dir.b) != (1<<dirBits+1)*4:
		return nil, torn("its section directory has %d bytes", len(v.dir.b))
	case uint64(len(v.blocks.b)) != blocks*blockLength:
		return nil, torn("its section postings has %d bytes for %d postings", len(v.blocks.b), v.n)
	case uint64(len(table)) != uint64(items)*itemSize:
		return nil, torn("its section items has %d bytes for %d items", len(table), items)
	}
	if v.n > smallPostings {
		v.groups, v.lists = p.span("groups"), p.span("lists")
		if len(v.groups.b) != (groupsOf(int(frames))+1)*8 {
			return nil, torn("its section groups has %d bytes", len(v.groups.b))
		}
	}
	return v, v.readItems(table)
}

func groupsOf(frames int) int { return (frames + groupFrames - 1) / groupFrames }

func (v *inverted) readItems(table []byte) error {
	next, sum := uint64(0), uint64(0)
	for ; len(table) > 0; table = table[itemSize:] {
		r := itemRecord{ItemID(table[:32]), le.Uint32(table[32:]), le.Uint32(table[36:]), le.Uint32(table[40:])}
		if uint64(r.first) != next {
			return torn("its section items is damaged")
		}
		next, sum = next+uint64(r.frames), sum+uint64(r.postings)
		v.items = append(v.items, r)
	}
	if next != uint64(v.keyframes()) || sum != v.n {
		return torn("its section items names %d keyframes and %d postings, it has %d and %d", next, sum, v.keyframes(), v.n)
	}
	return nil
}

func (v *inverted) keyframes() int { return len(v.frames.b) / frameSize }

// itemOf returns the number of the item that a keyframe belongs to.
func (v *inverted) itemOf(frame uint32) int {
	i, exact := slices.BinarySearchFunc(v.items, frame, func(r itemRecord, f uint32) int { return cmp.Compare(r.first, f) })
	if !exact {
		i--
	}
	// Items without keyframes share the first of their successor.
	for v.items[i].frames == 0 {
		i++
	}
	return i
}

func (v *inverted) visible(item int) bool { return v.hidden == nil || !v.hidden[item] }

func (v *inverted) shows(frame uint32) bool { return v.hidden == nil || !v.hidden[v.itemOf(frame)] }

// word returns the word of a posting that lies in cell c.
func (v *inverted) word(c, low uint32) uint16 {
	if v.shift > 16 {
		return uint16(c<<(v.shift-16) | low)
	}
	return uint16(c >> (16 - v.shift))
}

// readList appends what a list of ascending numbers below n holds: the parameter k, the count, and the
// steps less 1 in Rice code (Rice and Plaunt 1971): the quotient by 2^k in ones and a zero, then k bits.
func readList(b []byte, n uint32, out []uint32) []uint32 {
	if len(b) < groupHead {
		return out
	}
	k, count := uint(b[0]), le.Uint32(b[1:])
	r := bitReader{b: b[groupHead:]}
	next := uint64(0)
	for range count {
		q := uint64(0)
		for r.bit() == 1 {
			q++
		}
		next += q<<(k&31) + uint64(r.take(k&31))
		if r.over || next >= uint64(n) {
			return out
		}
		out = append(out, uint32(next))
		next++
	}
	return out
}

// appendList appends list, which is ascending, as readList reads it.
func appendList(b []byte, list []uint32) []byte {
	k := uint(0)
	if len(list) > 0 {
		k = uint(max(bits.Len32(list[len(list)-1]/uint32(len(list)))-1, 0))
	}
	b = append(b, byte(k))
	b = le.AppendUint32(b, uint32(len(list)))
	w := bitWriter{b: b}
	next := uint32(0)
	for _, p := range list {
		step := p - next
		for range step >> k {
			w.put(1, 1)
		}
		w.put(0, 1)
		w.put(step&(1<<k-1), k)
		next = p + 1
	}
	return w.end()
}

// A bitReader takes bits off b, lowest bit of a byte first.
type bitReader struct {
	b    []byte
	acc  uint64
	have uint
	over bool // more was taken than there is
}

func (r *bitReader) fill() {
	for r.have <= 56 && len(r.b) > 0 {
		r.acc |= uint64(r.b[0]) << r.have
		r.b, r.have = r.b[1:], r.have+8
	}
}

func (r *bitReader) bit() uint32 { return r.take(1) }

func (r *bitReader) take(n uint) uint32 {
	if r.have < n {
		r.fill()
	}
	if r.have < n {
		r.over = true
		return 0
	}
	v := uint32(r.acc & (1<<n - 1))
	r.acc >>= n
	r.have -= n
	return v
}

type bitWriter struct {
	b    []byte
	acc  uint64
	have uint
}

func (w *bitWriter) put(v uint32, n uint) {
	w.acc |= uint64(v) << w.have
	w.have += n
	for w.have >= 8 {
		w.b = append(w.b, byte(w.acc))
		w.acc >>= 8
		w.have -= 8
	}
}

func (w *bitWriter) end() []byte {
	if w.have > 0 {
		w.b = append(w.b, byte(w.acc))
	}
	return w.b
}
