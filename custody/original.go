package custody

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"syscall"
)

// minPrefix is the fewest hex digits that name an original: people type them, and 16 million values keep
// an accidental double rare in an archive that one desk fills.
const minPrefix = 6

var (
	// ErrDigest reports that preserved bytes no longer hash to their address.
	ErrDigest = errors.New("custody: digest mismatch")
	// ErrNoOriginal reports that the archive holds no original of that digest or prefix.
	ErrNoOriginal = errors.New("custody: no such original")
	// ErrAmbiguous reports a prefix that fits several originals. Type more digits.
	ErrAmbiguous = errors.New("custody: the prefix fits several originals")
	// ErrChanged reports a source whose size or time changed while it was read. Nothing was kept; try again
	// when it is at rest.
	ErrChanged = errors.New("custody: the source changed while it was read")
	// ErrTooLarge reports a source longer than Options.MaxOriginal. Nothing was kept.
	ErrTooLarge = errors.New("custody: the source is larger than allowed")
	// ErrNotRegular reports a source that is a directory, device, pipe or socket.
	ErrNotRegular = errors.New("custody: the source is not a regular file")
)

// A Digest is the SHA-256 of an original, or a commitment to a record. The zero Digest stands for "none".
type Digest [sha256.Size]byte

// ParseDigest reads the 64 lower-case hex digits that String writes.
func ParseDigest(s string) (Digest, error) {
	var d Digest
	if len(s) != 2*len(d) || strings.ToLower(s) != s {
		return Digest{}, fmt.Errorf("custody: digest %.80q is not 64 lower-case hex digits", s)
	}
	if _, err := hex.Decode(d[:], []byte(s)); err != nil {
		return Digest{}, fmt.Errorf("custody: digest %.80q: %w", s, err)
	}
	return d, nil
}

// String returns 64 lower-case hex digits.
func (d Digest) String() string { return hex.EncodeToString(d[:]) }

// An Original is what Put tells about the bytes it preserved.
type Original struct {
	Digest Digest
	Size   int64 // bytes
	New    bool  // false when the archive held these bytes already
}

// originalPath is where an original lies in the data folder: sharded by its first byte, so that no directory
// of a large archive grows beyond one entry in 256.
func originalPath(d Digest) string {
	s := d.String()
	return path.Join(originalsDir, s[:2], s)
}

// Put preserves all bytes of r and returns their digest once they are durable. The bytes are hashed as they
// arrive; nothing looks into them. The same bytes twice are one original: the kept copy is hashed again and
// must still be right (else ErrDigest). On any error nothing is kept. Safe for concurrent use.
func (a *Archive) Put(ctx context.Context, r io.Reader) (Original, error) {
	if a.readOnly {
		return Original{}, ErrReadOnly
	}
	o, err := a.put(ctx, r)
	if err != nil {
		return Original{}, fmt.Errorf("preserve original: %w", err)
	}
	return o, nil
}

func (a *Archive) put(ctx context.Context, r io.Reader) (Original, error) {
	h, tmp, err := a.tempFile(originalsTemp)
	if err != nil {
		return Original{}, err
	}
	// A temporary file that cannot be removed now is removed at the next open.
	defer a.root.Remove(tmp)
	d, size, err := copyHashed(ctx, h, r, a.opts.MaxOriginal)
	if err != nil {
		h.Close()
		return Original{}, err
	}
	if err := seal(h, 0o444); err != nil {
		return Original{}, err
	}
	isNew, err := a.place(ctx, tmp, d)
	return Original{Digest: d, Size: size, New: isNew}, err
}

// place gives a sealed temporary file its final name. When the name is taken, the file there is hashed again:
// it may be rotten. In both cases the directory is synced: whoever wrote the name first may have been killed
// before it was durable.
func (a *Archive) place(ctx context.Context, tmp string, d Digest) (isNew bool, err error) {
	name := originalPath(d)
	if err := a.ensureDir(path.Dir(name)); err != nil {
		return false, err
	}
	err = a.root.Link(tmp, name)
	if errors.Is(err, fs.ErrExist) {
		if err := a.rehash(ctx, d); err != nil {
			return false, err
		}
		return false, a.syncDir(path.Dir(name))
	}
	if err != nil {
		return false, err
	}
	return true, a.syncDir(path.Dir(name))
}

// rehash checks that the original d still hashes to d.
func (f *folder) rehash(ctx context.Context, d Digest) error {
	h, err := f.openOriginal(d)
	if err != nil {
		return err
	}
	defer h.Close()
	got, _, err := copyHashed(ctx, io.Discard, h, 0)
	if err != nil {
		return fmt.Errorf("read original %s: %w", d, err)
	}
	if got != d {
		return fmt.Errorf("read original %s: its bytes hash to %s: %w", d, got, ErrDigest)
	}
	return nil
}

// copyHashed copies r to w and hashes what it copies; more than limit bytes are refused when limit > 0.
func copyHashed(ctx context.Context, w io.Writer, r io.Reader, limit int64) (d Digest, n int64, err error) {
	sum := sha256.New()
	buf := make([]byte, 1<<18)
	for {
		if err := ctx.Err(); err != nil {
			return d, n, err
		}
		k, rerr := r.Read(buf)
		n += int64(k)
		if limit > 0 && n > limit {
			return d, n, fmt.Errorf("more than %d bytes: %w", limit, ErrTooLarge)
		}
		if err := writeHashed(w, sum, buf[:k]); err != nil {
			return d, n, err
		}
		if rerr == io.EOF {
			sum.Sum(d[:0])
			return d, n, nil
		}
		if rerr != nil {
			return d, n, fmt.Errorf("after %d bytes: %w", n, rerr)
		}
	}
}

func writeHashed(w io.Writer, sum hash.Hash, b []byte) error {
	sum.Write(b)
	k, err := w.Write(b)
	if err == nil && k < len(b) {
		err = io.ErrShortWrite
	}
	return err
}

// PutFile preserves the regular file at name, which may lie anywhere. It refuses a pipe, device or directory
// with ErrNotRegular, without waiting on it, and a file that changes while it is read with ErrChanged.
func (a *Archive) PutFile(ctx context.Context, name string) (Original, error) {
	if a.readOnly {
		return Original{}, ErrReadOnly
	}
	h, before, err := openSource(name)
	if err != nil {
		return Original{}, fmt.Errorf("preserve original: %w", err)
	}
	defer h.Close()
	o, err := a.put(ctx, &steadyReader{file: h, before: before})
	if err != nil {
		return Original{}, fmt.Errorf("preserve original %s: %w", name, err)
	}
	return o, nil
}

// openSource opens a regular file. O_NONBLOCK keeps a pipe without a writer from holding us up.
func openSource(name string) (*os.File, fs.FileInfo, error) {
	h, err := os.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, nil, err
	}
	st, err := h.Stat()
	if err == nil && !st.Mode().IsRegular() {
		err = fmt.Errorf("%s: %w", name, ErrNotRegular)
	}
	if err != nil {
		h.Close()
		return nil, nil, err
	}
	return h, st, nil
}

// A steadyReader ends with ErrChanged instead of io.EOF when the file is not what it was at the start.
type steadyReader struct {
	file   *os.File
	before fs.FileInfo
	n      int64 // bytes read so far
}

func (r *steadyReader) Read(b []byte) (int, error) {
	k, err := r.file.Read(b)
	r.n += int64(k)
	if err != io.EOF {
		return k, err
	}
	after, err := r.file.Stat()
	if err != nil {
		return k, err
	}
	if r.n != r.before.Size() || after.Size() != r.n || !after.ModTime().Equal(r.before.ModTime()) {
		return k, fmt.Errorf("%d bytes at first, %d read, %d now: %w", r.before.Size(), r.n, after.Size(), ErrChanged)
	}
	return k, io.EOF
}

// Original opens the original d for reading; the caller closes it. ErrNoOriginal when it is not there.
func (a *Archive) Original(d Digest) (*os.File, error) { return a.openOriginal(d) }

func (f *folder) openOriginal(d Digest) (*os.File, error) {
	h, err := f.root.Open(originalPath(d))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s: %w", d, ErrNoOriginal)
	}
	if err != nil {
		return nil, fmt.Errorf("open original %s: %w", d, err)
	}
	st, err := h.Stat()
	if err == nil && !st.Mode().IsRegular() {
		err = fmt.Errorf("original %s is not a regular file: %w", d, ErrDamaged)
	}
	if err != nil {
		h.Close()
		return nil, err
	}
	return h, nil
}

// Path returns the absolute path of the original d, whether or not it is there: for a child process that opens
// it for reading.
func (a *Archive) Path(d Digest) string {
	return filepath.Join(a.dir, filepath.FromSlash(originalPath(d)))
}

// Resolve finds the one original whose digest begins with prefix, at least 6 hex digits.
func (a *Archive) Resolve(prefix string) (Digest, error) {
	prefix = strings.ToLower(prefix)
	if len(prefix) < minPrefix || strings.Trim(prefix, "0123456789abcdef") != "" {
		return Digest{}, fmt.Errorf("custody: %.80q is not an item id: it takes %d to 64 hex digits", prefix, minPrefix)
	}
	es, err := a.list(path.Join(originalsDir, prefix[:2]))
	if err != nil {
		return Digest{}, fmt.Errorf("find original %s: %w", prefix, err)
	}
	var found []string
	for _, e := range es {
		if strings.HasPrefix(e.Name(), prefix) {
			found = append(found, e.Name())
		}
	}
	switch len(found) {
	case 0:
		return Digest{}, fmt.Errorf("find original %s: %w", prefix, ErrNoOriginal)
	case 1:
		return ParseDigest(found[0])
	}
	return Digest{}, fmt.Errorf("find original %s: %s: %w", prefix, strings.Join(found[:min(4, len(found))], ", "), ErrAmbiguous)
}
