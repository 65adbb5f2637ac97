package intake

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"time"
	"unicode/utf8"
)

// A File is one regular file that was given to be taken in or checked.
type File struct {
	Path     string // to open it
	Argument int    // which of the paths given it belongs to, from 0
	Given    string // last element of that path
	Name     string // relative to that path when it is a folder, else its own name; with slashes
	Size     int64
	Modified time.Time
}

// Reasons why something that was given is left out.
const (
	SkipLink       = "link"       // a symbolic link to a folder, to nothing, or to itself
	SkipDevice     = "device"     // a device
	SkipPipe       = "pipe"       // a FIFO
	SkipSocket     = "socket"     // a socket
	SkipName       = "name"       // a name that is not UTF-8
	SkipUnreadable = "unreadable" // a file or folder that could not be opened or listed
	SkipMissing    = "missing"    // a path that does not exist
	SkipData       = "data"       // the data folder itself
	SkipTable      = "table"      // the table that says things about the files: preserved with the run
	SkipSidecar    = "sidecar"    // a sidecar that cannot be read: not heeded, but taken in as a file
)

// A Skip is something that was given and left out.
type Skip struct {
	Path   string
	Reason string // one of the reasons above
	Err    error  // the cause, where there is one
	Lost   bool   // it holds, or may hold, bytes that were meant to be taken in
}

// Walk yields every regular file below the paths given, in the order of the paths and
// by name within a folder, and tells skip about everything else. Nothing is opened
// but folders, so that a FIFO or a device cannot hold it up. A path given
// may be a symbolic link, and so may a file in a folder. Links to folders inside folders are not followed:
// that ends every loop before it begins, and a link in what a stranger sent cannot lead to the whole disk.
// The folder data is left out.
func Walk(ctx context.Context, paths []string, data string, yield func(File) error, skip func(Skip)) error {
	w := walk{ctx: ctx, paths: paths, yield: yield, skip: skip}
	w.data, _ = os.Stat(data) // it need not exist yet
	for i, p := range paths {
		if err := w.argument(i, p); err != nil {
			return err
		}
	}
	return nil
}

type walk struct {
	ctx   context.Context // of the one call of Walk that this lives for
	paths []string
	yield func(File) error
	skip  func(Skip)
	data  os.FileInfo
}

func (w *walk) argument(i int, p string) error {
	info, err := os.Stat(p)
	if err != nil {
		reason := SkipUnreadable
		if errors.Is(err, fs.ErrNotExist) {
			reason = SkipMissing
		}
		w.skip(Skip{p, reason, err, true})
		return w.ctx.Err()
	}
	f := File{Path: p, Argument: i, Given: base(p)}
	if !utf8.ValidString(f.Given) {
		w.skip(Skip{Path: p, Reason: SkipName, Lost: true})
		return w.ctx.Err()
	}
	if info.IsDir() {
		return w.folder(f, info)
	}
	f.Name = f.Given
	if reason := special(info.Mode()); reason != "" {
		w.skip(Skip{Path: p, Reason: reason, Lost: true})
		return w.ctx.Err()
	}
	if err := w.file(f, info); err != nil {
		return err
	}
	return w.sidecarOf(f)
}

// sidecarOf yields the sidecars of a file that was itself given: inside a folder they are met anyway.
func (w *walk) sidecarOf(f File) error {
	for _, p := range SidecarPaths(f.Path) {
		if slices.Contains(w.paths, p) {
			continue
		}
		info, err := os.Lstat(p)
		if err != nil {
			w.skip(Skip{p, SkipUnreadable, err, true})
			continue
		}
		f.Path, f.Name = p, filepath.Base(p)
		if err := w.file(f, info); err != nil {
			return err
		}
	}
	return nil
}

// base returns the last element of p, also for "." and "..".
func base(p string) string {
	if abs, err := filepath.Abs(p); err == nil {
		p = abs
	}
	return filepath.Base(p)
}

func (w *walk) folder(f File, info os.FileInfo) error {
	if w.data != nil && os.SameFile(w.data, info) {
		w.skip(Skip{Path: f.Path, Reason: SkipData})
		return w.ctx.Err()
	}
	entries, err := os.ReadDir(f.Path)
	if err != nil {
		w.skip(Skip{f.Path, SkipUnreadable, err, true})
	}
	for _, e := range entries { // what could be listed before an error counts
		if err := w.entry(f, e); err != nil {
			return err
		}
	}
	return w.ctx.Err()
}

func (w *walk) entry(parent File, e fs.DirEntry) error {
	if err := w.ctx.Err(); err != nil {
		return err
	}
	f := parent
	f.Path, f.Name = filepath.Join(parent.Path, e.Name()), path.Join(parent.Name, e.Name())
	if !utf8.ValidString(e.Name()) {
		w.skip(Skip{Path: f.Path, Reason: SkipName, Lost: true})
		return nil
	}
	if e.Type()&fs.ModeSymlink != 0 {
		return w.link(f)
	}
	info, err := e.Info()
	if err != nil {
		w.skip(Skip{f.Path, SkipUnreadable, err, true})
		return nil
	}
	if info.IsDir() {
		return w.folder(f, info)
	}
	return w.regular(f, info)
}

// link yields what a symbolic link in a folder points to, if that is a regular file.
func (w *walk) link(f File) error {
	info, err := os.Stat(f.Path)
	if err != nil || info.IsDir() {
		w.skip(Skip{Path: f.Path, Reason: SkipLink})
		return nil
	}
	return w.regular(f, info)
}

// regular yields f unless it is something that a read might never come back from.
func (w *walk) regular(f File, info os.FileInfo) error {
	if reason := special(info.Mode()); reason != "" {
		w.skip(Skip{Path: f.Path, Reason: reason})
		return nil
	}
	return w.file(f, info)
}

func (w *walk) file(f File, info os.FileInfo) error {
	f.Size, f.Modified = info.Size(), info.ModTime().UTC()
	return w.yield(f)
}

// special returns why something of this mode is not read, or "".
func special(m fs.FileMode) string {
	switch {
	case m&fs.ModeNamedPipe != 0:
		return SkipPipe
	case m&fs.ModeSocket != 0:
		return SkipSocket
	case m&(fs.ModeDevice|fs.ModeCharDevice|fs.ModeIrregular) != 0:
		return SkipDevice
	}
	return ""
}

// Measure returns how many bytes of files lie below the paths, for a progress bar.
func Measure(ctx context.Context, paths []string, data string) (total int64) {
	Walk(ctx, paths, data, func(f File) error { total += f.Size; return nil }, func(Skip) {})
	return total
}
