package intake

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"beleg/custody"
	"beleg/internal/store"
)

// Names in a data folder beside those of custody.
const (
	catalogueFile = "beleg.db"
	derivedDir    = "derived"
	partsDir      = "parts"
)

// A Folder is an open data folder: custody and the catalogue made from it.
type Folder struct {
	Dir       string // absolute
	Archive   *custody.Archive
	Catalogue *store.Catalogue
}

// Open opens the data folder at dir for writing, and makes it when it is missing. Only one
// process may have it open for writing: the next gets custody.ErrLocked.
func Open(ctx context.Context, dir string, o custody.Options) (*Folder, error) {
	a, err := custody.Open(ctx, dir, o)
	if err != nil {
		return nil, err
	}
	f, err := withCatalogue(ctx, dir, a, store.Open)
	if err != nil {
		return nil, err
	}
	for _, name := range []string{derivedDir, partsDir} {
		if err := os.MkdirAll(filepath.Join(dir, name), 0o700); err != nil {
			return nil, errors.Join(err, f.Close())
		}
	}
	return f, nil
}

// OpenReadOnly opens the data folder at dir for reading, also while another process writes.
// The catalogue is brought up to date when it can be written, and projected into
// memory when it cannot.
func OpenReadOnly(ctx context.Context, dir string) (*Folder, error) {
	a, err := custody.OpenReadOnly(ctx, dir)
	if err != nil {
		return nil, err
	}
	return withCatalogue(ctx, dir, a, func(ctx context.Context, path string) (*store.Catalogue, error) {
		c, err := store.Open(ctx, path)
		if errors.Is(err, store.ErrUnwritable) {
			return store.OpenMemory(ctx)
		}
		return c, err
	})
}

func withCatalogue(ctx context.Context, dir string, a *custody.Archive, open func(context.Context, string) (*store.Catalogue, error)) (*Folder, error) {
	c, err := open(ctx, filepath.Join(dir, catalogueFile))
	if err != nil {
		return nil, errors.Join(err, a.Close())
	}
	f := &Folder{Dir: dir, Archive: a, Catalogue: c}
	if err := f.project(ctx); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// project brings the catalogue up to date with the log.
func (f *Folder) project(ctx context.Context) error {
	return f.Catalogue.Project(ctx, f.Archive.Records, f.data())
}

func (f *Folder) data() fs.FS { return os.DirFS(f.Dir) }

// Rebuild deletes the catalogue of the data folder at dir and makes it again from the records.
func Rebuild(ctx context.Context, dir string, o custody.Options) (*Folder, error) {
	a, err := custody.Open(ctx, dir, o) // the lock comes before the deletion
	if err != nil {
		return nil, err
	}
	if err := store.Remove(filepath.Join(dir, catalogueFile)); err != nil {
		return nil, errors.Join(err, a.Close())
	}
	return withCatalogue(ctx, dir, a, store.Open)
}

// Close closes the folder.
func (f *Folder) Close() error {
	if err := errors.Join(f.Catalogue.Close(), f.Archive.Close()); err != nil {
		return fmt.Errorf("close data folder: %w", err)
	}
	return nil
}
