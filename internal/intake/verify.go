package intake

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"beleg/custody"
	"beleg/internal/store"
)

// The kinds of faults beyond those of custody. None of them touches what was preserved: all
// can be made again.
const (
	FaultCatalogue custody.FaultKind = "catalogue" // a row is not what the records say: beleg rebuild
	FaultDerived   custody.FaultKind = "derived"   // a derived file is gone or changed
	FaultPart      custody.FaultKind = "part"      // fingerprints are torn: beleg add makes them again
)

// Verify checks everything in the data folder at dir: custody as [custody.Verify] does, then that each
// derived file still has the hash its record names, that the parts are whole, and that the catalogue says what the
// records say. It changes nothing and works beside a writer.
func Verify(ctx context.Context, dir string, o custody.VerifyOptions) (custody.Report, error) {
	r, err := custody.Verify(ctx, dir, o)
	if err != nil {
		return r, err
	}
	v := &verifying{ctx: ctx, dir: dir, shelf: openShelf(dir), report: &r}
	defer v.shelf.close()
	if err := v.parts(); err != nil {
		return r, err
	}
	if !slices.ContainsFunc(r.Faults, unreadableLog) { // records are needed from here on
		err = v.records()
	}
	return r, err
}

// unreadableLog reports whether f may keep records from being read.
func unreadableLog(f custody.Fault) bool {
	return strings.HasPrefix(f.Path, "log/") || f.Kind == custody.FaultVersion
}

type verifying struct {
	ctx    context.Context // of the one call of Verify
	dir    string
	shelf  *shelf
	report *custody.Report
}

func (v *verifying) fault(kind custody.FaultKind, path, item, format string, args ...any) {
	v.report.Faults = append(v.report.Faults, custody.Fault{Kind: kind, Path: path, Item: item, Detail: fmt.Sprintf(format, args...)})
}

// records checks the catalogue and the derived files against the records.
func (v *verifying) records() (err error) {
	a, err := custody.OpenReadOnly(v.ctx, v.dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	fresh, err := store.OpenMemory(v.ctx)
	if err != nil {
		return err
	}
	defer fresh.Close()
	if err := fresh.Project(v.ctx, a.Records, os.DirFS(v.dir)); err != nil {
		return err
	}
	held, err := fresh.Outputs(v.ctx)
	if err != nil {
		return err
	}
	for _, h := range held {
		if err := v.derived(h); err != nil {
			return err
		}
	}
	lost, err := v.shelf.lost(v.ctx, fresh)
	if err != nil {
		return err
	}
	for _, id := range lost {
		v.fault(FaultPart, partsDir, id, "its fingerprints are in no whole part")
	}
	return v.catalogue(a)
}

// derived hashes one derived file.
func (v *verifying) derived(h store.Held) error {
	if err := v.ctx.Err(); err != nil {
		return err
	}
	f, err := os.Open(filepath.Join(v.dir, filepath.FromSlash(h.Path)))
	if errors.Is(err, fs.ErrNotExist) {
		v.fault(FaultDerived, h.Path, h.Item, "the derived file is gone")
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, f); err != nil {
		return err
	}
	if got := hex.EncodeToString(sum.Sum(nil)); got != h.SHA256 {
		v.fault(FaultDerived, h.Path, h.Item, "digest mismatch: its bytes hash to %s, its record says %s", got, h.SHA256)
	}
	return nil
}

// catalogue compares the catalogue, if there is one, with what the records say.
func (v *verifying) catalogue(a *custody.Archive) (err error) {
	path := filepath.Join(v.dir, catalogueFile)
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil // it is made again at the next command
	}
	c, err := store.Open(v.ctx, path)
	switch {
	case errors.Is(err, store.ErrDamaged), errors.Is(err, store.ErrNewer):
		v.fault(FaultCatalogue, catalogueFile, "", "%v", err)
		return nil
	case errors.Is(err, store.ErrUnwritable):
		return nil // readers project into memory and never look at it
	case err != nil:
		return err
	}
	defer func() { err = errors.Join(err, c.Close()) }()
	diff, err := c.Check(v.ctx, a.Records, os.DirFS(v.dir))
	if errors.Is(err, store.ErrDamaged) {
		v.fault(FaultCatalogue, catalogueFile, "", "%v", err)
		return nil
	}
	for _, d := range diff {
		how := "missing"
		if d.Extra {
			how = "not what the records say"
		}
		v.fault(FaultCatalogue, catalogueFile+" "+d.Table, d.Item, "row %s: %s", how, d.Row)
	}
	return err
}

// parts reads every byte of every part.
func (v *verifying) parts() error {
	torn, err := v.shelf.check()
	for _, t := range torn {
		v.fault(FaultPart, partPath(t), "", "%v", t.Err)
	}
	return err
}
