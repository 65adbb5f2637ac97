package index

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"time"
)

// An Item is what is filed about one item of the archive.
type Item struct {
	ID        ItemID
	Keyframes []Keyframe
}

// A filed row is a posting on its way into a part.
type filed struct {
	seat uint64 // the word in the upper 16 bits, the keyframe in 22, the place in 26
	sig  uint64
}

func (r filed) word() uint16    { return uint16(r.seat >> (frameBits + placeBits)) }
func (r filed) frame() uint32   { return uint32(r.seat>>placeBits) & (maxFrames - 1) }
func (r filed) address() uint32 { return address(r.word(), r.sig) }

// An inverter turns keyframes, item by item, into a part of postings, in bounded memory: rows that do not
// fit are sorted and spilled, and the spilled runs are merged when the part is written.
type inverter struct {
	dir    string // for spilled runs
	memory int64  // bytes for rows and their sorting
	items  []itemRecord
	frames []byte
	traces stash
	rows   []filed
	runs   []*run
	spare  []filed // for sorting
}

// A stash is bytes that come in order and are wanted so: in memory, and in a file when they are many.
type stash struct {
	b    []byte
	file *os.File // nil: all is in memory
}

// spill moves what is in memory to a file in dir.
func (s *stash) spill(dir string) (err error) {
	if s.file == nil {
		if s.file, err = os.CreateTemp(dir, tempPattern); err != nil {
			return fmt.Errorf("spill traces: %w", err)
		}
	}
	_, err = s.file.Write(s.b)
	s.b = s.b[:0]
	if err != nil {
		return fmt.Errorf("spill traces: %w", err)
	}
	return nil
}

// writeTo writes all to w.
func (s *stash) writeTo(w io.Writer) error {
	if s.file != nil {
		if _, err := s.file.Seek(0, io.SeekStart); err != nil {
			return fmt.Errorf("read spilled traces: %w", err)
		}
		if _, err := io.Copy(w, s.file); err != nil {
			return fmt.Errorf("copy spilled traces: %w", err)
		}
	}
	_, err := w.Write(s.b)
	return err
}

func (s *stash) discard() {
	if s.file != nil {
		s.file.Close()
		os.Remove(s.file.Name())
	}
	*s = stash{}
}

// full reports whether an item with so many keyframes needs another part.
func (v *inverter) full(keyframes int) bool {
	return len(v.frames)/frameSize+keyframes > maxFrames
}

// add files the keyframes of an item.
func (v *inverter) add(it Item) error {
	if len(it.Keyframes) > maxFrames {
		return fmt.Errorf("file item: %d keyframes, at most %d", len(it.Keyframes), maxFrames)
	}
	r := itemRecord{id: it.ID, first: uint32(len(v.frames) / frameSize), frames: uint32(len(it.Keyframes))}
	for i, k := range it.Keyframes {
		at := len(v.rows)
		for _, f := range k.Features {
			v.rows = append(v.rows, filed{uint64(f.Word)<<(frameBits+placeBits) | uint64(r.first+uint32(i))<<placeBits | uint64(pack(f)), f.Sig})
		}
		// Features of a keyframe have one order, whoever found them.
		slices.SortFunc(v.rows[at:], func(a, b filed) int { return cmp.Or(cmp.Compare(a.seat, b.seat), cmp.Compare(a.sig, b.sig)) })
		r.postings += uint32(len(k.Features))
		v.frames = le.AppendUint32(v.frames, uint32(k.At/time.Millisecond))
		v.frames = le.AppendUint16(v.frames, uint16(k.W))
		v.frames = le.AppendUint16(v.frames, uint16(k.H))
		v.traces.b = k.Trace.append(v.traces.b)
		if int64(len(v.rows))*2*16 >= v.memory {
			if err := v.spill(); err != nil {
				return err
			}
		}
		if int64(len(v.traces.b)) >= v.memory/8 {
			if err := v.traces.spill(v.dir); err != nil {
				return err
			}
		}
	}
	v.items = append(v.items, r)
	return nil
}

// sort orders the rows by address, those of one address as they came: by keyframe.
func (v *inverter) sort() {
	v.rows, v.spare = sortFiled(v.rows, v.spare)
}

// sortFiled sorts rows by address, stably, by one byte after another from the lowest. It returns the
// sorted rows and the other slice. An address takes work to make, so it is made twice a row and not twice a digit, as radix.Sort
// would: that made building an index slower.
func sortFiled(rows, spare []filed) (sorted, other []filed) {
	if len(rows) < 64 {
		slices.SortStableFunc(rows, func(a, b filed) int { return cmp.Compare(a.address(), b.address()) })
		return rows, spare
	}
	if cap(spare) < len(rows) {
		spare = make([]filed, len(rows))
	}
	spare = spare[:len(rows)]
	var counts [4][256]int
	for _, r := range rows {
		a := r.address()
		for k := range counts {
			counts[k][a>>(8*k)&255]++
		}
	}
	for k := range counts {
		if slices.Max(counts[k][:]) == len(rows) {
			continue // all alike
		}
		at := 0
		for i, n := range counts[k] {
			counts[k][i] = at
			at += n
		}
		for _, r := range rows {
			c := &counts[k][r.address()>>(8*k)&255]
			spare[*c] = r
			*c++
		}
		rows, spare = spare, rows
	}
	return rows, spare
}

// spill writes the rows as a sorted run and forgets them.
func (v *inverter) spill() error {
	v.sort()
	r, err := newRun(v.dir)
	if err != nil {
		return err
	}
	v.runs = append(v.runs, r)
	for _, row := range v.rows {
		r.put(row)
	}
	v.rows = v.rows[:0]
	return r.rewind()
}

// discard removes what was spilled.
func (v *inverter) discard() {
	for _, r := range v.runs {
		r.close()
	}
	v.runs, v.rows, v.spare = nil, nil, nil
	v.traces.discard()
}

// write writes what was added to w. The inverter is empty then.
func (v *inverter) write(ctx context.Context, w sink) error {
	defer v.discard()
	v.sort()
	v.spare = nil
	sources := make([]source, 0, len(v.runs)+1)
	for _, r := range v.runs {
		sources = append(sources, r)
	}
	sources = append(sources, &memoryRows{v.rows})
	return writeInverted(ctx, w, v.dir, v.memory, v.items, v.frames, v.traces.writeTo, sources)
}

// A source yields rows in order of addresses.
type source interface {
	// take appends the source's rows of the word, or none, to rows. Words are asked for ascending.
	take(word uint16, rows []filed) ([]filed, error)
}

type memoryRows struct{ rows []filed }

func (m *memoryRows) take(word uint16, rows []filed) ([]filed, error) {
	n := 0
	for n < len(m.rows) && m.rows[n].word() == word {
		n++
	}
	rows = append(rows, m.rows[:n]...)
	m.rows = m.rows[n:]
	return rows, nil
}

// A run is a file of rows, 16 bytes each, which is removed when closed.
type run struct {
	file *os.File
	w    *bufio.Writer
	r    *bufio.Reader
	n    int64 // rows not yet read
	row  filed // the next one
	have bool
}

func newRun(dir string) (*run, error) {
	f, err := os.CreateTemp(dir, tempPattern)
	if err != nil {
		return nil, fmt.Errorf("spill postings: %w", err)
	}
	return &run{file: f, w: bufio.NewWriterSize(f, 1<<16)}, nil
}

func (r *run) put(row filed) {
	var b [16]byte
	le.PutUint64(b[:], row.seat)
	le.PutUint64(b[8:], row.sig)
	r.w.Write(b[:]) // an error sticks and comes with Flush
	r.n++
}

// rewind ends writing; reading begins at the first row.
func (r *run) rewind() error {
	if err := r.w.Flush(); err != nil {
		return fmt.Errorf("spill postings: %w", err)
	}
	if _, err := r.file.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("spill postings: %w", err)
	}
	r.w, r.r = nil, bufio.NewReaderSize(r.file, 1<<17)
	return nil
}

// next reads a row; ok is false at the end.
func (r *run) next() (row filed, ok bool, err error) {
	if r.n == 0 {
		return row, false, nil
	}
	var b [16]byte
	if _, err := io.ReadFull(r.r, b[:]); err != nil {
		return row, false, fmt.Errorf("read spilled postings: %w", err)
	}
	r.n--
	return filed{le.Uint64(b[:]), le.Uint64(b[8:])}, true, nil
}

func (r *run) take(word uint16, rows []filed) (_ []filed, err error) {
	for {
		if !r.have {
			if r.row, r.have, err = r.next(); err != nil || !r.have {
				return rows, err
			}
		}
		if r.row.word() != word {
			return rows, nil
		}
		rows = append(rows, r.row)
		r.have = false
	}
}

func (r *run) close() {
	r.file.Close()
	os.Remove(r.file.Name())
}

// A sink takes sections: a Writer, or a part in memory.
type sink interface {
	Begin(name string) error
	Write(b []byte) (int, error)
}

// writeInverted writes the sections of a part of postings. frames is the section of that name, traces writes that of
// that name.
func writeInverted(ctx context.Context, w sink, dir string, memory int64, items []itemRecord, frames []byte, traces func(io.Writer) error, sources []source) error {
	var n uint64
	for _, it := range items {
		n += uint64(it.postings)
	}
	count := len(frames) / frameSize
	if n >= 1<<32 || count > maxFrames {
		return fmt.Errorf("write part: %d postings of %d keyframes are too many for one", n, count)
	}
	d := directoryBits(n, count)
	if err := writeTables(w, n, count, d, items, frames); err != nil {
		return err
	}
	if err := w.Begin("traces"); err != nil {
		return err
	}
	if err := traces(w); err != nil {
		return err
	}
	s := &seating{w: w, shift: uint(addressBits - d), dir: make([]uint32, 1<<d+1)}
	if n > smallPostings {
		s.lists = newLists(dir, memory, n, count)
		defer s.lists.close()
	}
	if err := w.Begin("postings"); err != nil {
		return err
	}
	if err := s.all(ctx, sources); err != nil {
		return err
	}
	if s.n != n {
		return fmt.Errorf("write part: %d postings of items with %d", s.n, n)
	}
	if err := s.directory(); err != nil {
		return err
	}
	if s.lists == nil {
		return nil
	}
	return s.lists.write(w)
}

func writeTables(w sink, n uint64, frames, dirBits int, items []itemRecord, table []byte) error {
	meta := make([]byte, metaSize)
	le.PutUint64(meta, n)
	le.PutUint32(meta[8:], uint32(frames))
	le.PutUint32(meta[12:], uint32(len(items)))
	le.PutUint32(meta[16:], uint32(dirBits))
	var list []byte
	for _, it := range items {
		list = append(list, it.id[:]...)
		list = le.AppendUint32(list, it.first)
		list = le.AppendUint32(list, it.frames)
		list = le.AppendUint32(list, it.postings)
		list = le.AppendUint32(list, 0)
	}
	for _, s := range []struct {
		name string
		b    []byte
	}{{"meta", meta}, {"items", list}, {"frames", table}} {
		if err := w.Begin(s.name); err != nil {
			return err
		}
		if _, err := w.Write(s.b); err != nil {
			return err
		}
	}
	return nil
}

// A seating writes the section of postings and counts for the directory.
type seating struct {
	w     sink
	shift uint
	dir   []uint32
	n     uint64
	block [blockLength]byte
	lists *lists // nil in a small part
}

// all writes the rows of all sources. Sources hold keyframes in ascending order: what the first has
// comes before what the second has.
func (s *seating) all(ctx context.Context, sources []source) error {
	var rows, spare []filed
	for word := range 1 << 16 {
		if word%256 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		rows = rows[:0]
		for _, src := range sources {
			var err error
			if rows, err = src.take(uint16(word), rows); err != nil {
				return err
			}
		}
		if len(sources) > 1 {
			rows, spare = sortFiled(rows, spare)
		}
		for _, r := range rows {
			if err := s.put(r); err != nil {
				return err
			}
		}
	}
	if s.n%blockPosts == 0 {
		return nil
	}
	return s.emit()
}

func (s *seating) put(r filed) error {
	i := int(s.n % blockPosts)
	le.PutUint64(s.block[i*8:], r.sig)
	seat := r.seat & (1<<(frameBits+placeBits) - 1)
	a := r.address()
	if s.shift > 16 {
		seat |= uint64(a>>16&(1<<(s.shift-16)-1)) << (placeBits + frameBits - (s.shift - 16))
	}
	b := s.block[blockSigs+i*seatSize:]
	le.PutUint32(b, uint32(seat))
	le.PutUint16(b[4:], uint16(seat>>32))
	s.dir[a>>s.shift+1]++
	if s.lists != nil {
		s.lists.put(r.frame(), uint32(s.n))
	}
	s.n++
	if i < blockPosts-1 {
		return nil
	}
	return s.emit()
}

// emit writes the block; what is left of the last one is zeros.
func (s *seating) emit() error {
	_, err := s.w.Write(s.block[:])
	clear(s.block[:])
	return err
}

func (s *seating) directory() error {
	if err := s.w.Begin("directory"); err != nil {
		return err
	}
	var b []byte
	sum := uint32(0)
	for _, n := range s.dir {
		sum += n
		if b = le.AppendUint32(b, sum); len(b) >= 1<<16 {
			if _, err := s.w.Write(b); err != nil {
				return err
			}
			b = b[:0]
		}
	}
	_, err := s.w.Write(b)
	return err
}

// lists collects the postings of each group of keyframes. They come in order of postings and are wanted in
// order of keyframes, so they pass through files of ranges of keyframes that fit into memory one by one.
type lists struct {
	ranges []*run
	per    uint32 // groups in a range
	groups int
	err    error
}

func newLists(dir string, memory int64, n uint64, frames int) *lists {
	groups := groupsOf(frames)
	// A range takes twice 8 bytes a posting while it is sorted; a quarter of the memory is for it.
	k := int(n*16/uint64(max(memory/4, 1<<20))) + 1
	l := &lists{per: uint32((groups + k - 1) / k), groups: groups}
	for range (groups + int(l.per) - 1) / int(l.per) {
		r, err := newRun(dir)
		if err != nil {
			l.err = err
			break
		}
		l.ranges = append(l.ranges, r)
	}
	return l
}

func (l *lists) put(frame, posting uint32) {
	if l.err != nil {
		return
	}
	g := frame / groupFrames
	r := l.ranges[g/l.per]
	var b [8]byte
	le.PutUint32(b[:], g)
	le.PutUint32(b[4:], posting)
	r.w.Write(b[:]) // an error sticks and comes with Flush
	r.n++
}

func (l *lists) write(w sink) error {
	if l.err != nil {
		return l.err
	}
	if err := w.Begin("lists"); err != nil {
		return err
	}
	ends := make([]byte, 8, (l.groups+1)*8)
	at := uint64(0)
	for i, r := range l.ranges {
		if err := r.rewind(); err != nil {
			return err
		}
		first := uint32(i) * l.per
		groups := make([][]uint32, min(l.per, uint32(l.groups)-first))
		var b [8]byte
		for ; r.n > 0; r.n-- {
			if _, err := io.ReadFull(r.r, b[:]); err != nil {
				return fmt.Errorf("read spilled postings: %w", err)
			}
			g := le.Uint32(b[:]) - first
			groups[g] = append(groups[g], le.Uint32(b[4:]))
		}
		var out []byte
		for _, g := range groups {
			out = appendList(out[:0], g)
			if _, err := w.Write(out); err != nil {
				return err
			}
			at += uint64(len(out))
			ends = le.AppendUint64(ends, at)
		}
		r.close()
	}
	if err := w.Begin("groups"); err != nil {
		return err
	}
	_, err := w.Write(ends)
	return err
}

func (l *lists) close() {
	for _, r := range l.ranges {
		r.close()
	}
}

// A partRows yields the rows of a part, its keyframes renumbered.
type partRows struct {
	v       *access
	renamed []uint32 // per keyframe: its number in the new part, or gone
	cell    uint32
	at, end uint32
}

const gone = ^uint32(0)

func (p *partRows) take(word uint16, rows []filed) ([]filed, error) {
	v := p.v
	last := (uint64(word)+1)<<16 - 1
	for ; uint64(p.cell) <= last>>v.shift; p.cell++ {
		if p.end == 0 {
			p.at, p.end = v.cell(p.cell)
		}
		for ; p.at < p.end; p.at++ {
			frame, place, low, ok := v.seat(p.at)
			w := v.word(p.cell, low)
			if w > word {
				return rows, nil
			}
			if !ok || w < word {
				return rows, fmt.Errorf("merge part %s: %w", v.part.path, torn("posting %d is damaged", p.at))
			}
			if to := p.renamed[frame]; to != gone {
				rows = append(rows, filed{uint64(word)<<(frameBits+placeBits) | uint64(to)<<placeBits | uint64(place), v.sig(p.at)})
			}
		}
		if uint64(p.cell) == last>>v.shift && v.shift > 16 && word&(1<<(v.shift-16)-1) != 1<<(v.shift-16)-1 {
			return rows, nil // the cell's other words may still come, and are none
		}
		p.at, p.end = 0, 0
	}
	return rows, v.err()
}

// mergeInverted writes the visible items of parts as one part.
func mergeInverted(ctx context.Context, w sink, dir string, memory int64, parts []*inverted) error {
	var items []itemRecord
	var frames []byte
	var sources []source
	for _, p := range parts {
		v := p.access(false)
		v.dir.chunk, v.blocks.chunk = sweepChunk, sweepChunk
		renamed := make([]uint32, v.keyframes())
		for i, it := range v.items {
			to := uint32(len(frames) / frameSize)
			for k := range it.frames {
				if renamed[it.first+k] = to + k; !v.visible(i) {
					renamed[it.first+k] = gone
				}
			}
			if v.visible(i) {
				frames = append(frames, v.frames.bytes(int(it.first)*frameSize, int(it.first+it.frames)*frameSize)...)
				it.first = to
				items = append(items, it)
			}
		}
		sources = append(sources, &partRows{v: v, renamed: renamed})
	}
	traces := func(w io.Writer) error {
		for _, p := range parts {
			if err := p.copyTraces(w); err != nil {
				return err
			}
		}
		return nil
	}
	return writeInverted(ctx, w, dir, memory, items, frames, traces, sources)
}

// copyTraces writes the traces of the visible items to w, zeros where the part has none.
func (v *inverted) copyTraces(w io.Writer) error {
	a := v.access(false)
	const most = sweepChunk / traceSize // keyframes at once
	none := make([]byte, most*traceSize)
	for i, it := range v.items {
		if !v.visible(i) {
			continue
		}
		for k, end := int(it.first), int(it.first+it.frames); k < end; k += most {
			n := min(most, end-k)
			b := none[:n*traceSize]
			if len(v.traces.b) > 0 {
				b = a.traces.bytes(k*traceSize, (k+n)*traceSize)
			}
			if a.traces.err != nil {
				return a.err()
			}
			if _, err := w.Write(b); err != nil {
				return err
			}
		}
	}
	return nil
}
