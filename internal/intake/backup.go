package intake

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"beleg/custody"
)

// Backup copies the data folder at dir to another, beside a writer: custody as [custody.Backup] does, then derived files and
// parts. The catalogue is left out: it is made again. What was copied is verified at the end, in full; the report is of the copy.
func Backup(ctx context.Context, dir, to string, o custody.VerifyOptions) (custody.BackedUp, custody.Report, error) {
	if err := apart(dir, to); err != nil {
		return custody.BackedUp{}, custody.Report{}, err
	}
	if err := os.MkdirAll(to, 0o700); err != nil {
		return custody.BackedUp{}, custody.Report{}, fmt.Errorf("make backup folder: %w", err)
	}
	b, err := custody.Backup(ctx, dir, to, o.Progress)
	if err != nil {
		return b, custody.Report{}, err
	}
	for _, name := range []string{derivedDir, partsDir} {
		if err := mirror(ctx, filepath.Join(dir, name), filepath.Join(to, name)); err != nil {
			return b, custody.Report{}, fmt.Errorf("back up %s: %w", name, err)
		}
	}
	r, err := Verify(ctx, to, o)
	return b, r, err
}

// ErrInside reports a backup folder that lies in the data folder, or the other way round.
var ErrInside = errors.New("intake: a backup lies apart from what it is of")

func apart(dir, to string) error {
	a, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	b, err := filepath.Abs(to)
	if err != nil {
		return err
	}
	for _, pair := range [][2]string{{a, b}, {b, a}} {
		if rel, err := filepath.Rel(pair[0], pair[1]); err == nil && filepath.IsLocal(rel) {
			return fmt.Errorf("%s and %s: %w", a, b, ErrInside)
		}
	}
	return nil
}

// mirror copies the files below from that are missing below to or have another size, and removes those that are gone. Files of
// both folders never change under their name.
func mirror(ctx context.Context, from, to string) error {
	there := map[string]bool{}
	err := filepath.WalkDir(from, func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		rel, err := filepath.Rel(from, name)
		if err != nil || !e.Type().IsRegular() {
			return err
		}
		there[rel] = true
		return copyFile(name, filepath.Join(to, rel))
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	err = filepath.WalkDir(to, func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		if rel, err := filepath.Rel(to, name); err != nil || there[rel] {
			return err
		}
		return os.Remove(name)
	})
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

func copyFile(from, to string) (err error) {
	in, err := os.Open(from)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // merged away by the writer meanwhile
	}
	if err != nil {
		return err
	}
	defer in.Close()
	st, err := in.Stat()
	if err != nil {
		return err
	}
	if have, err := os.Stat(to); err == nil && have.Size() == st.Size() {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
		return err
	}
	out, err := os.CreateTemp(filepath.Dir(to), ".backup-*")
	if err != nil {
		return err
	}
	defer os.Remove(out.Name())
	_, err = io.Copy(out, in)
	err = errors.Join(err, out.Sync(), out.Close())
	if err != nil {
		return err
	}
	return os.Rename(out.Name(), to)
}
