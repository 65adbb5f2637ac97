package index

import (
	"bufio"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"hash/crc32"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
)

// tempPattern names unfinished parts; ".part-" is never the beginning of a finished part's name.
const tempPattern = ".part-*"

// Writer writes one part: Begin, Write …, Begin, Write …, Commit. Until Commit returns nil there
// is no part under its name. It is not safe for concurrent use.
type Writer struct {
	encoder
	path string
	file *os.File
	buf  *bufio.Writer
}

// Create begins the part that is to stand at path, in a temporary file beside it. It refuses a
// path that is taken, with an error that wraps fs.ErrExist.
func Create(path string, h Head) (*Writer, error) {
	if err := h.check(); err != nil {
		return nil, err
	}
	if err := vacant(path); err != nil {
		return nil, err
	}
	f, err := os.CreateTemp(filepath.Dir(path), tempPattern)
	if err != nil {
		return nil, fmt.Errorf("create part: %w", err)
	}
	w := &Writer{path: path, file: f, buf: bufio.NewWriterSize(f, 1<<20)}
	w.encoder = encoder{w: w.buf, sha: sha256.New()}
	w.head(h)
	return w, nil
}

// Begin ends the section before and begins the section of that name: 1 to 16 of a-z, 0-9 and '-'.
func (w *Writer) Begin(name string) error { return w.begin(name) }

// Write appends b to the section begun last.
func (w *Writer) Write(b []byte) (int, error) { return w.write(b) }

// Commit ends the part, makes it durable and gives it its name. On an error the temporary file is
// removed and there is no part.
func (w *Writer) Commit() error {
	err := w.finish()
	if err == nil {
		err = w.settle()
	}
	if err != nil {
		w.Discard()
		return fmt.Errorf("write part %s: %w", w.path, err)
	}
	w.file = nil
	return syncDir(filepath.Dir(w.path))
}

// settle brings the temporary file to the disk and renames it.
func (w *Writer) settle() error {
	if err := w.buf.Flush(); err != nil {
		return err
	}
	if err := w.file.Chmod(0o444); err != nil {
		return err
	}
	if err := w.file.Sync(); err != nil {
		return err
	}
	if err := w.file.Close(); err != nil {
		return err
	}
	if err := vacant(w.path); err != nil {
		return err
	}
	return os.Rename(w.file.Name(), w.path)
}

// Discard removes what was written. After Commit it does nothing.
func (w *Writer) Discard() {
	if w.file == nil {
		return
	}
	w.file.Close()
	os.Remove(w.file.Name())
	w.file = nil
}

func (h Head) check() error {
	switch {
	case h.Kind == 0:
		return errors.New("create part: no kind")
	case len(h.Engine) == 0 || len(h.Engine) > maxEngine:
		return fmt.Errorf("create part: engine of %d bytes, want 1 to %d", len(h.Engine), maxEngine)
	case len(h.Params) > maxParams:
		return fmt.Errorf("create part: parameters of %d bytes, at most %d", len(h.Params), maxParams)
	}
	return nil
}

// vacant returns an error when there is a file at path: a part never replaces another.
func vacant(path string) error {
	_, err := os.Lstat(path)
	if err == nil {
		return fmt.Errorf("create part %s: %w", path, fs.ErrExist)
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("create part: %w", err)
	}
	return nil
}

// syncDir makes a rename within dir durable. Windows has no such call and needs none.
func syncDir(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("sync folder: %w", err)
	}
	defer d.Close()
	if err := d.Sync(); err != nil {
		return fmt.Errorf("sync folder %s: %w", dir, err)
	}
	return nil
}

// An encoder puts a part on a stream in one pass. The first error sticks.
type encoder struct {
	w        io.Writer
	sha      hash.Hash
	at       int64 // bytes put so far
	sections []section
	err      error
}

// put writes b as it is.
func (e *encoder) put(b []byte) {
	if e.err != nil {
		return
	}
	if _, e.err = e.w.Write(b); e.err == nil {
		e.sha.Write(b)
		e.at += int64(len(b))
	}
}

func (e *encoder) pad() { e.put(make([]byte, up(e.at)-e.at)) }

func (e *encoder) head(h Head) {
	b := make([]byte, headSize, headSize+maxEngine+maxParams)
	le := binary.LittleEndian
	copy(b, headMagic)
	le.PutUint32(b[8:], Version)
	le.PutUint32(b[12:], uint32(h.Kind))
	le.PutUint32(b[16:], uint32(len(h.Engine)))
	le.PutUint32(b[20:], uint32(len(h.Params)))
	b = append(append(b, h.Engine...), h.Params...)
	b = append(b, make([]byte, up(int64(len(b)))-int64(len(b)))...)
	le.PutUint32(b[24:], headSum(b))
	e.put(b)
}

func (e *encoder) begin(name string) error {
	if e.err != nil {
		return e.err
	}
	e.err = e.nameError(name)
	e.pad()
	e.sections = append(e.sections, section{name: name, offset: e.at})
	return e.err
}

func (e *encoder) nameError(name string) error {
	if !validName(name) {
		return fmt.Errorf("begin section: name %q", name)
	}
	if len(e.sections) == maxSections {
		return fmt.Errorf("begin section %q: a part has at most %d", name, maxSections)
	}
	for _, s := range e.sections {
		if s.name == name {
			return fmt.Errorf("begin section %q twice", name)
		}
	}
	return nil
}

func (e *encoder) write(b []byte) (int, error) {
	if e.err == nil && len(e.sections) == 0 {
		e.err = errors.New("write to a part before its first section")
	}
	e.put(b)
	if e.err != nil {
		return 0, e.err
	}
	s := &e.sections[len(e.sections)-1]
	s.length += int64(len(b))
	s.crc = crc32.Update(s.crc, castagnoli, b)
	return len(b), nil
}

// finish puts the table of sections and the footer.
func (e *encoder) finish() error {
	e.pad()
	le, table, at := binary.LittleEndian, make([]byte, len(e.sections)*entrySize), e.at
	for i, s := range e.sections {
		b := table[i*entrySize:]
		copy(b, s.name)
		le.PutUint64(b[16:], uint64(s.offset))
		le.PutUint64(b[24:], uint64(s.length))
		le.PutUint32(b[32:], s.crc)
	}
	e.put(table)
	foot := make([]byte, footSize)
	le.PutUint64(foot[footTableAt:], uint64(at))
	le.PutUint64(foot[footSizeAt:], uint64(e.at+footSize))
	le.PutUint32(foot[footCountAt:], uint32(len(e.sections)))
	le.PutUint32(foot[footCRCAt:], crc32.Checksum(table, castagnoli))
	e.put(foot[:footSumAt])
	copy(foot[footSumAt:], e.sha.Sum(nil))
	le.PutUint32(foot[footOwnAt:], crc32.Checksum(foot[:footOwnAt], castagnoli))
	copy(foot[footMagicAt:], footMagic)
	e.put(foot[footSumAt:])
	return e.err
}
