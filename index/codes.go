package index

import (
	"cmp"
	"context"
	"encoding/binary"
	"fmt"
	"slices"
	"time"

	"beleg/fingerprint"
)

// Entry is one code filed in the index: the picture of a document at a time.
type Entry struct {
	Document uint32
	At       time.Duration // since the document's first frame
	Code     fingerprint.Code
	Quality  uint8 // of the fingerprint, 0–100
}

// compare orders entries by document, then time; codes and quality break ties, so that an order
// never depends on the order of arrival.
func (e Entry) compare(o Entry) int {
	return cmp.Or(cmp.Compare(e.Document, o.Document), cmp.Compare(e.At, o.At),
		slices.Compare(e.Code[:], o.Code[:]), cmp.Compare(e.Quality, o.Quality))
}

// Query asks for the entries near each of its codes.
type Query struct {
	Codes      []fingerprint.Code
	Radius     int // bits, 0 to 256; entries at most this far are hits
	MinQuality int // entries of lower quality are left out
	Most       int // keep only the nearest Most hits of each code; 0 keeps all
}

// Hit is an entry within the radius of a query's code.
type Hit struct {
	Entry
	Distance int // bits
}

// Hits are the hits of one code of a query, ordered by document, then time.
type Hits struct {
	Near []Hit
	More int // hits left out since there were more than Query.Most
}

// The sections of a part of codes. Entry i has code i of the blocks and element i of the others.
const (
	sectionCodes     = "codes"     // blocks, see blockCodes; the last filled with zeros
	sectionDocuments = "documents" // 4 bytes each
	sectionTimes     = "times"     // 8 bytes each, nanoseconds, signed
	sectionQuality   = "quality"   // 1 byte each
)

// A codesPart is an open part of codes.
type codesPart struct {
	*Part
	n                                   int
	blocks, documents, times, qualities []byte
}

// readCodes takes the sections of p, whose lengths must fit together.
func readCodes(p *Part) (*codesPart, error) {
	if p.Kind != KindCodes {
		return nil, fmt.Errorf("part %s holds %s, want codes", p.path, p.Kind)
	}
	c := &codesPart{Part: p}
	for name, dst := range map[string]*[]byte{
		sectionCodes: &c.blocks, sectionDocuments: &c.documents, sectionTimes: &c.times, sectionQuality: &c.qualities,
	} {
		*dst, _ = p.Section(name)
	}
	c.n = len(c.qualities)
	if len(c.documents) != 4*c.n || len(c.times) != 8*c.n || len(c.blocks) != blocksFor(c.n)*blockSize {
		return nil, fmt.Errorf("open part %s: %w", p.path, torn("its sections do not fit together"))
	}
	return c, nil
}

func (c *codesPart) document(i int) uint32 { return binary.LittleEndian.Uint32(c.documents[4*i:]) }

func (c *codesPart) entry(i int) Entry {
	return Entry{
		Document: c.document(i), At: time.Duration(binary.LittleEndian.Uint64(c.times[8*i:])),
		Code: codeAt(c.blocks, i), Quality: c.qualities[i],
	}
}

// check is Part.Check, and that the entries are in order and nothing follows the last code.
func (c *codesPart) check() error {
	if err := c.Part.Check(); err != nil {
		return err
	}
	for i := 1; i < c.n; i++ {
		if c.entry(i-1).compare(c.entry(i)) > 0 {
			return c.torn("entry %d is out of order", i)
		}
	}
	for i := c.n; i%blockCodes != 0; i++ {
		if codeAt(c.blocks, i) != (fingerprint.Code{}) {
			return c.torn("there are codes after the last entry")
		}
	}
	return nil
}

// writeCodes writes a part of n entries. each calls its argument with the entries in order; it is
// called once for each section, so that nothing need be held in memory.
func writeCodes(path string, h Head, n int, each func(func(Entry) error) error) error {
	w, err := Create(path, h)
	if err != nil {
		return err
	}
	defer w.Discard()
	for _, s := range []struct {
		name  string
		write func() error
	}{
		{sectionCodes, func() error { return writeBlocks(w, each) }},
		{sectionDocuments, func() error { return writeEach(w, each, appendDocument) }},
		{sectionTimes, func() error { return writeEach(w, each, appendTime) }},
		{sectionQuality, func() error { return writeEach(w, each, appendQuality) }},
	} {
		if err := w.Begin(s.name); err != nil {
			return err
		}
		if err := s.write(); err != nil {
			return err
		}
	}
	if got := w.sections[len(w.sections)-1].length; got != int64(n) {
		panic(fmt.Sprintf("index: wrote %d entries, want %d", got, n))
	}
	return w.Commit()
}

func appendDocument(b []byte, e Entry) []byte {
	return binary.LittleEndian.AppendUint32(b, e.Document)
}
func appendTime(b []byte, e Entry) []byte    { return binary.LittleEndian.AppendUint64(b, uint64(e.At)) }
func appendQuality(b []byte, e Entry) []byte { return append(b, e.Quality) }

func writeEach(w *Writer, each func(func(Entry) error) error, add func([]byte, Entry) []byte) error {
	var b []byte
	return each(func(e Entry) error {
		b = add(b[:0], e)
		_, err := w.Write(b)
		return err
	})
}

func writeBlocks(w *Writer, each func(func(Entry) error) error) error {
	b, i := make([]byte, blockSize), 0
	err := each(func(e Entry) error {
		putCode(b, i, e.Code)
		if i++; i < blockCodes {
			return nil
		}
		_, err := w.Write(b)
		clear(b)
		i = 0
		return err
	})
	if err == nil && i > 0 {
		_, err = w.Write(b)
	}
	return err
}

// tileBlocks is how many blocks are compared with all codes of a query before the next ones: 2,048
// blocks are 512 KiB, which stay in the second-level cache. "beleg-eval kernel" prints what it gains.
const tileBlocks = 2048

// search adds the hits in c to found, one for each code of q.
func (c *codesPart) search(ctx context.Context, q Query, scan Kernel, skip map[uint32]bool, found []Hits) error {
	masks := make([]byte, tileBlocks)
	for first := 0; first < blocksFor(c.n); first += tileBlocks {
		if err := ctx.Err(); err != nil {
			return err
		}
		tile := masks[:min(tileBlocks, blocksFor(c.n)-first)]
		for i := range q.Codes {
			scan.Scan(c.blocks[first*blockSize:], &q.Codes[i], q.Radius, tile)
			c.collect(&found[i], q, i, first, tile, skip)
		}
	}
	return nil
}

// collect adds the entries that masks names, of the blocks from first on, to found.
func (c *codesPart) collect(found *Hits, q Query, code, first int, masks []byte, skip map[uint32]bool) {
	for b, mask := range masks {
		if mask == 0 {
			continue
		}
		for j := range blockCodes {
			i := (first+b)*blockCodes + j
			if mask>>j&1 == 0 || i >= c.n || int(c.qualities[i]) < q.MinQuality || skip[c.document(i)] {
				continue
			}
			e := c.entry(i)
			found.add(Hit{e, e.Code.Distance(q.Codes[code])}, q.Most)
		}
	}
}

// add appends h. With a limit it lets the list grow to twice the limit before it drops the farthest.
func (f *Hits) add(h Hit, most int) {
	f.Near = append(f.Near, h)
	if most > 0 && len(f.Near) >= 2*most {
		f.trim(most)
	}
}

// trim keeps the most nearest hits; of equally near ones the first by document and time.
func (f *Hits) trim(most int) {
	if most == 0 || len(f.Near) <= most {
		return
	}
	slices.SortFunc(f.Near, func(a, b Hit) int {
		return cmp.Or(cmp.Compare(a.Distance, b.Distance), a.Entry.compare(b.Entry))
	})
	f.More += len(f.Near) - most
	f.Near = f.Near[:most]
}

// finish drops what is too much and brings the hits into their order.
func (f *Hits) finish(most int) {
	f.trim(most)
	slices.SortFunc(f.Near, func(a, b Hit) int { return a.Entry.compare(b.Entry) })
}
