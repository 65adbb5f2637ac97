package index

import (
	"errors"
	"fmt"
	"io"
	"math/bits"
	"slices"
	"time"
)

// A span is a section of a part: its bytes in the mapping, and where they lie in the file.
type span struct {
	b  []byte
	at int64
}

// A reach is how the bytes of a span are reached: in the mapping or, where the process is not to hold so much, read
// from the file. It is not safe for concurrent use.
type reach struct {
	span
	file  io.ReaderAt // nil: in the mapping
	chunk int         // bytes read at once, at least; 0: only what is asked for
	room  []byte      // what was read last
	from  int         // where it begins
	err   error       // the first; from then on all is zero
}

// bytes returns the bytes of the span from..to, which must be within it. They hold until other bytes are asked for.
func (r *reach) bytes(from, to int) []byte {
	if r.file == nil {
		return r.b[from:to]
	}
	if from < r.from || to > r.from+len(r.room) {
		n := min(max(to-from, r.chunk), len(r.b)-from)
		r.room, r.from = slices.Grow(r.room[:0], n)[:n], from
		if r.err == nil {
			_, r.err = r.file.ReadAt(r.room, r.at+int64(from))
		}
		if r.err != nil {
			clear(r.room)
		}
	}
	return r.room[from-r.from : to-r.from]
}

// spread says that so many places all over the span will be asked for, in order.
func (r *reach) spread(places int) {
	if r.chunk = 0; len(r.b)/max(places, 1) < farApart {
		r.chunk = sweepChunk
	}
}

const (
	// sweepChunk is how many bytes are read at once of what is read from beginning to end.
	sweepChunk = 1 << 16
	// farApart is the distance in bytes between places from which each is read alone.
	farApart = 1 << 13
)

// An access reads a part of postings. It is not safe for concurrent use.
type access struct {
	*inverted
	frames, traces, dir, blocks, groups, lists reach
	starts                                     []uint32 // see cellOf
}

// access returns an access that finds the part's bytes in the mapping or reads them.
func (v *inverted) access(mapped bool) *access {
	a := &access{inverted: v, frames: reach{span: v.frames}, traces: reach{span: v.traces}, dir: reach{span: v.dir}, blocks: reach{span: v.blocks}, groups: reach{span: v.groups}, lists: reach{span: v.lists}}
	if f := v.part.file; f != nil && !mapped {
		for _, r := range []*reach{&a.frames, &a.traces, &a.dir, &a.blocks, &a.groups, &a.lists} {
			r.file = f
		}
	}
	return a
}

// err returns the first error of reading.
func (a *access) err() error {
	if err := errors.Join(a.frames.err, a.traces.err, a.dir.err, a.blocks.err, a.groups.err, a.lists.err); err != nil {
		return fmt.Errorf("read part %s: %w", a.part.path, err)
	}
	return nil
}

// cell returns the postings of a cell of the directory.
func (a *access) cell(c uint32) (from, to uint32) {
	b := a.dir.bytes(int(c)*4, int(c)*4+8)
	from, to = le.Uint32(b), le.Uint32(b[4:])
	if from > to || uint64(to) > a.n {
		return 0, 0 // a changed byte; Check names it
	}
	return from, to
}

// block returns the block of a posting.
func (a *access) block(posting uint32) []byte {
	at := int(posting/blockPosts) * blockLength
	return a.blocks.bytes(at, at+blockLength)
}

// near calls hit with each of the postings from..to whose signature is at most radius bits from sig. hit may look at
// that posting, no other.
func (a *access) near(from, to uint32, sig uint64, radius int, hit func(posting uint32, distance int)) {
	if from < to {
		a.blocks.bytes(int(from/blockPosts)*blockLength, int((to-1)/blockPosts+1)*blockLength) // read at once
	}
	for from < to {
		end := min(to, (from/blockPosts+1)*blockPosts)
		sigs := a.block(from)[from%blockPosts*8 : ((end-1)%blockPosts+1)*8]
		for i := 0; len(sigs) >= 8; i++ {
			if d := bits.OnesCount64(le.Uint64(sigs) ^ sig); d <= radius {
				hit(from+uint32(i), d)
			}
			sigs = sigs[8:]
		}
		from = end
	}
}

func (a *access) sig(posting uint32) uint64 {
	return le.Uint64(a.block(posting)[posting%blockPosts*8:])
}

// seat returns the keyframe, the place and, in a part with a coarse directory, the lower bits of the
// word of a posting. ok is false where a byte has changed.
func (a *access) seat(posting uint32) (frame, place, low uint32, ok bool) {
	b := a.block(posting)[blockSigs+posting%blockPosts*seatSize:]
	x := uint64(le.Uint32(b)) | uint64(le.Uint16(b[4:]))<<32
	place = uint32(x & (1<<placeBits - 1))
	frame = uint32(x >> placeBits)
	if a.shift > 16 {
		k := frameBits - (a.shift - 16)
		low = frame >> k
		frame &= 1<<k - 1
	}
	return frame, place, low, int(frame) < a.keyframes()
}

// postingsOf appends to out, each with i below it, the postings of the keyframes of the groups from..to, and maybe
// others. It is for a part with lists.
func (a *access) postingsOf(from, to int, i uint32, out []uint64) []uint64 {
	var list []uint32
	ends := a.groups.bytes(from*8, to*8+8)
	for ; len(ends) > 8; ends = ends[8:] {
		at, end := le.Uint64(ends), le.Uint64(ends[8:])
		if at > end || end > uint64(len(a.lists.b)) {
			continue
		}
		list = readList(a.lists.bytes(int(at), int(end)), uint32(a.n), list[:0])
		for _, p := range list {
			out = append(out, uint64(p)<<32|uint64(i))
		}
	}
	return out
}

// everyStart is how many cells of the directory share a start that is kept in memory.
const everyStart = 1024

// cellOf returns the cell that a posting lies in. The first posting of every so many cells is kept in memory, once it
// was read: two steps find a cell in a directory of any length.
func (a *access) cellOf(posting uint32) uint32 {
	cells := len(a.dir.b)/4 - 1
	if a.starts == nil {
		a.readStarts(cells)
	}
	// The last entry that is not above the posting.
	last := func(n int, at func(int) uint32) int {
		lo, hi := 0, n
		for hi-lo > 1 {
			if m := lo + (hi-lo)/2; at(m) <= posting {
				lo = m
			} else {
				hi = m
			}
		}
		return lo
	}
	first := last(len(a.starts), func(i int) uint32 { return a.starts[i] }) * everyStart
	n := min(everyStart, cells-first)
	b := a.dir.bytes(first*4, (first+n)*4)
	return uint32(first + last(n, func(i int) uint32 { return le.Uint32(b[i*4:]) }))
}

// readStarts sets starts, which the part keeps once they were read without error.
func (a *access) readStarts(cells int) {
	a.reading.Lock()
	defer a.reading.Unlock()
	if a.starts = a.inverted.starts; a.starts != nil {
		return
	}
	r := reach{span: a.inverted.dir, file: a.dir.file, chunk: sweepChunk}
	for c := 0; c < cells; c += everyStart {
		a.starts = append(a.starts, le.Uint32(r.bytes(c*4, c*4+4)))
	}
	if r.err == nil {
		a.inverted.starts = a.starts
	} else {
		a.dir.err = r.err
	}
}

// gather returns the keyframes of each of the stretches, which are of this part, ascending and apart, with their
// features.
func (a *access) gather(stretches []Stretch) [][]Keyframe {
	out := make([][]Keyframe, len(stretches))
	for i, s := range stretches {
		out[i] = make([]Keyframe, s.Len())
		b := a.frames.bytes(int(s.first)*frameSize, int(s.last)*frameSize)
		for k := range out[i] {
			f := b[k*frameSize:]
			out[i][k] = Keyframe{At: time.Duration(le.Uint32(f)) * time.Millisecond, W: int(le.Uint16(f[4:])), H: int(le.Uint16(f[6:]))}
		}
		if len(a.inverted.traces.b) > 0 {
			t := a.traces.bytes(int(s.first)*traceSize, int(s.last)*traceSize)
			for k := range out[i] {
				out[i][k].Trace = traceOf(t[k*traceSize:])
			}
		}
	}
	a.dir.chunk = sweepChunk
	take := func(p uint32, i int, f, place, low uint32) {
		k := &out[i][f-stretches[i].first]
		k.Features = append(k.Features, Feature{X: int32(place >> 16), Y: int32(place >> 6 & 1023), Scale: int32(place & 63), Word: a.word(a.cellOf(p), low), Sig: a.sig(p)})
	}
	if a.inverted.groups.b == nil {
		a.blocks.chunk = sweepChunk
		owner := make([]int32, a.keyframes()) // per keyframe: its stretch, and 1
		for i, s := range stretches {
			for k := s.first; k < s.last; k++ {
				owner[k] = int32(i) + 1
			}
		}
		for p := range uint32(a.n) {
			if f, place, low, ok := a.seat(p); ok && owner[f] > 0 {
				take(p, int(owner[f])-1, f, place, low)
			}
		}
		return out
	}
	var wanted []uint64 // a posting, and below it the stretch
	for i, s := range stretches {
		if s.first < s.last {
			wanted = a.postingsOf(int(s.first)/groupFrames, groupsOf(int(s.last)), uint32(i), wanted)
		}
	}
	slices.Sort(wanted) // so that no place is read twice
	a.blocks.spread(len(wanted))
	for _, w := range wanted {
		p, i := uint32(w>>32), uint32(w)
		f, place, low, ok := a.seat(p)
		if s := &stretches[i]; ok && f >= s.first && f < s.last {
			take(p, int(i), f, place, low)
		}
	}
	return out
}
