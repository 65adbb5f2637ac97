package index

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
)

// ErrTorn reports a part that is not whole: cut off, never finished, or with changed bytes. The
// part must be rebuilt from the originals.
var ErrTorn = errors.New("index: torn part")

// ErrVersion reports a part written in a format version that this program does not read.
var ErrVersion = errors.New("index: unknown part format version")

// Version is the format version written, and the only one read.
const Version = 1

// Kind says what the sections of a part hold.
type Kind uint32

// The kinds of parts.
const (
	KindCodes    Kind = 1 // global picture codes
	KindPostings Kind = 2 // postings of local descriptors
)

func (k Kind) String() string {
	switch k {
	case KindCodes:
		return "codes"
	case KindPostings:
		return "postings"
	}
	return fmt.Sprintf("kind %d", uint32(k))
}

// Head says what a part holds and how that was made.
type Head struct {
	Kind   Kind
	Engine string // name and version of the fingerprint, "pdq/1"; at most 255 bytes
	Params string // what else must be equal for codes to be comparable, as a vocabulary's id; at most 4,095 bytes
}

// The fixed sizes of the format, in bytes; docs/format/part.md shows the fields.
const (
	align       = 64
	headSize    = 64
	entrySize   = 64
	footSize    = 64
	nameSize    = 16
	maxEngine   = 255
	maxParams   = 4095
	maxSections = 64
)

const (
	headMagic = "BELEGprt"
	footMagic = "PEND"
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// A section is a named run of bytes in a part.
type section struct {
	name   string
	offset int64
	length int64
	crc    uint32 // CRC32C of the bytes
}

// Part is an open part. It is safe for concurrent use until Close.
type Part struct {
	Head
	path     string
	raw      []byte // the whole file
	sections []section
	unmap    func() error
	file     *os.File // nil if it is in memory alone
}

// Open maps the part at path and checks its head, its table of sections and its end, not every
// byte: see Check. It returns an error that wraps ErrTorn or ErrVersion when the part cannot be
// used. The file must not be changed while the part is open.
func Open(path string) (*Part, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open part: %w", err)
	}
	raw, unmap, err := mapFile(f)
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("map part %s: %w", path, err)
	}
	p, err := Read(raw)
	if err != nil {
		unmap()
		f.Close()
		return nil, fmt.Errorf("open part %s: %w", path, err)
	}
	p.path, p.unmap, p.file = path, unmap, f
	return p, nil
}

// Read returns the part whose bytes are b, with the checks of Open. It keeps b.
func Read(b []byte) (*Part, error) {
	head, headEnd, err := readHead(b)
	if err != nil {
		return nil, err
	}
	sections, err := readTable(b, headEnd)
	if err != nil {
		return nil, err
	}
	return &Part{Head: head, raw: b, sections: sections}, nil
}

// Path returns the name under which the part was opened, or "".
func (p *Part) Path() string { return p.path }

// Size returns the length of the whole part in bytes.
func (p *Part) Size() int64 { return int64(len(p.raw)) }

// Section returns the bytes of the named section, and whether there is one. They begin at a
// multiple of 64 bytes in the file, must not be written to, and are gone after Close.
func (p *Part) Section(name string) ([]byte, bool) {
	for _, s := range p.sections {
		if s.name == name {
			return p.bytes(s), true
		}
	}
	return nil, false
}

// Check reads every byte of the part. It returns an error that wraps ErrTorn and names the section
// when a byte has changed.
func (p *Part) Check() error {
	for _, s := range p.sections {
		if crc32.Checksum(p.bytes(s), castagnoli) != s.crc {
			return p.torn("section %q does not match its checksum", s.name)
		}
	}
	end := len(p.raw) - footSize + footSumAt
	if sum := sha256.Sum256(p.raw[:end]); !bytes.Equal(sum[:], p.raw[end:end+sha256.Size]) {
		return p.torn("the file does not match its SHA-256")
	}
	// Zeros between sections are sealed by the SHA-256 but must also be zeros, else two files
	// could say the same.
	for _, s := range p.sections {
		if end := s.offset + s.length; !zero(p.raw[end:up(end)]) {
			return p.torn("bytes after section %q are not zero", s.name)
		}
	}
	return nil
}

// release lets go of the part's pages, if it is mapped.
func (p *Part) release() {
	if p.unmap != nil {
		release(p.raw)
	}
}

// Close unmaps the part.
func (p *Part) Close() error {
	if p.unmap == nil {
		return nil
	}
	unmap, file := p.unmap, p.file
	p.unmap, p.raw, p.file = nil, nil, nil
	return errors.Join(unmap(), file.Close())
}

func (p *Part) bytes(s section) []byte {
	return p.raw[s.offset : s.offset+s.length : s.offset+s.length]
}

// span returns the named section, empty if there is none.
func (p *Part) span(name string) span {
	for _, s := range p.sections {
		if s.name == name {
			return span{p.bytes(s), s.offset}
		}
	}
	return span{}
}

func (p *Part) torn(format string, args ...any) error {
	return fmt.Errorf("check part %s: %w", p.path, torn(format, args...))
}

// readHead reads the fixed head and the two strings after it, and returns the offset of what
// follows them.
func readHead(b []byte) (Head, int64, error) {
	if len(b) < headSize+footSize {
		return Head{}, 0, torn("%d bytes are too few for a part", len(b))
	}
	if string(b[:8]) != headMagic {
		return Head{}, 0, torn("it does not begin as a part does")
	}
	le := binary.LittleEndian
	if v := le.Uint32(b[8:]); v != Version {
		return Head{}, 0, fmt.Errorf("%w %d, this program reads %d", ErrVersion, v, Version)
	}
	engine, params := le.Uint32(b[16:]), le.Uint32(b[20:])
	if engine > maxEngine || params > maxParams {
		return Head{}, 0, torn("its head is damaged")
	}
	strings := int64(headSize) + int64(engine) + int64(params)
	end := up(strings)
	if end+footSize > int64(len(b)) {
		return Head{}, 0, torn("it ends within its head")
	}
	if headSum(b[:end]) != le.Uint32(b[24:]) || !zero(b[28:headSize]) || !zero(b[strings:end]) {
		return Head{}, 0, torn("its head is damaged")
	}
	h := Head{Kind: Kind(le.Uint32(b[12:]))}
	h.Engine = string(b[headSize : headSize+engine])
	h.Params = string(b[headSize+engine : headSize+engine+params])
	return h, end, nil
}

// headSum is the CRC32C of the head with its own checksum field taken as zero.
func headSum(head []byte) uint32 {
	c := crc32.Update(0, castagnoli, head[:24])
	c = crc32.Update(c, castagnoli, make([]byte, 4))
	return crc32.Update(c, castagnoli, head[28:])
}

// The fields of the footer, in bytes from its beginning.
const (
	footTableAt = 0
	footSizeAt  = 8
	footCountAt = 16
	footCRCAt   = 20
	footSumAt   = 24
	footOwnAt   = 56
	footMagicAt = 60
)

// readTable reads the footer and the table of sections before it, and checks that the sections lie
// where a writer puts them.
func readTable(b []byte, headEnd int64) ([]section, error) {
	le, foot := binary.LittleEndian, b[len(b)-footSize:]
	if string(foot[footMagicAt:]) != footMagic {
		return nil, torn("its end is missing")
	}
	if crc32.Checksum(foot[:footOwnAt], castagnoli) != le.Uint32(foot[footOwnAt:]) {
		return nil, torn("its end is damaged")
	}
	if n := le.Uint64(foot[footSizeAt:]); n != uint64(len(b)) {
		return nil, torn("it has %d bytes, was written with %d", len(b), n)
	}
	count := le.Uint32(foot[footCountAt:])
	at := int64(len(b)) - footSize - int64(count)*entrySize
	if count > maxSections || at < headEnd || le.Uint64(foot[footTableAt:]) != uint64(at) {
		return nil, torn("its table of sections is not where it should be")
	}
	table := b[at : len(b)-footSize]
	if crc32.Checksum(table, castagnoli) != le.Uint32(foot[footCRCAt:]) {
		return nil, torn("its table of sections is damaged")
	}
	sections, next := make([]section, 0, count), headEnd
	for ; len(table) > 0; table = table[entrySize:] {
		s, err := readEntry(table[:entrySize])
		if err != nil {
			return nil, err
		}
		if s.offset != next || s.length < 0 || s.length > at-next {
			return nil, torn("section %q is not where it should be", s.name)
		}
		next = up(s.offset + s.length)
		sections = append(sections, s)
	}
	if next != at {
		return nil, torn("its sections do not reach its table")
	}
	return sections, nil
}

func readEntry(b []byte) (section, error) {
	name := bytes.TrimRight(b[:nameSize], "\x00")
	if !validName(string(name)) || !zero(b[36:entrySize]) {
		return section{}, torn("its table of sections is damaged")
	}
	le := binary.LittleEndian
	return section{
		name: string(name), offset: int64(le.Uint64(b[16:])), length: int64(le.Uint64(b[24:])), crc: le.Uint32(b[32:]),
	}, nil
}

// validName reports whether s may name a section: 1 to 16 of a-z, 0-9 and '-'.
func validName(s string) bool {
	if len(s) == 0 || len(s) > nameSize {
		return false
	}
	for _, c := range []byte(s) {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
			return false
		}
	}
	return true
}

func torn(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrTorn, fmt.Sprintf(format, args...))
}

// up returns the next multiple of align from n on.
func up(n int64) int64 { return (n + align - 1) &^ (align - 1) }

func zero(b []byte) bool {
	for _, v := range b {
		if v != 0 {
			return false
		}
	}
	return true
}
