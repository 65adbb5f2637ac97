package intake

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sync/errgroup"

	"beleg/custody"
	"beleg/internal/store"
)

// Run takes in everything below the paths, workers files at a time, and then looks
// into whatever an earlier run left pending. A run that was cut off before is continued
// when the same is asked for: what it acknowledged is not taken in twice.
// program names the program in the record of the run.
func (in *Intake) Run(ctx context.Context, paths []string, workers int, program string) error {
	if err := in.begin(ctx, paths, program); err != nil {
		return err
	}
	if err := in.all(ctx, paths, workers); err != nil {
		return err
	}
	thorough := len(paths) == 0 // asked for nothing else
	if err := in.pending(ctx, workers, thorough); err != nil {
		return err
	}
	_, err := in.Folder.Record(ctx, store.KindRun, in.Actor, custody.Digest{}, store.Run{ID: in.run, Step: "end"})
	return err
}

// begin continues the unfinished run with the same request, or begins one.
func (in *Intake) begin(ctx context.Context, paths []string, program string) (err error) {
	in.Asked.Actor = in.Actor
	table, err := in.preserveTable(ctx)
	if err != nil {
		return err
	}
	for _, p := range paths {
		abs, err := filepath.Abs(p)
		if err != nil {
			return fmt.Errorf("begin run: %w", err)
		}
		in.Asked.Paths = append(in.Asked.Paths, abs)
	}
	if in.run, err = in.Folder.Catalogue.Unfinished(ctx, in.Asked); err != nil || in.run != "" {
		return err
	}
	host, err := os.Hostname()
	if err != nil {
		host = ""
	}
	in.run = rand.Text()
	_, err = in.Folder.Record(ctx, store.KindRun, in.Actor, table,
		store.Run{ID: in.run, Step: "begin", Program: program, Host: host, Asked: in.Asked})
	return err
}

// preserveTable puts the file of the table into custody and returns its digest, which is zero when there is none.
func (in *Intake) preserveTable(ctx context.Context) (custody.Digest, error) {
	if in.TablePath == "" {
		return custody.Digest{}, nil
	}
	o, err := in.Folder.Archive.PutFile(ctx, in.TablePath)
	if err != nil {
		return custody.Digest{}, fmt.Errorf("preserve the table: %w", err)
	}
	in.Asked.Table = o.Digest.String()
	in.table, err = os.Stat(in.TablePath)
	return o.Digest, err
}

// isTable reports whether a file is that of the table, and tells so.
func (in *Intake) isTable(f File) bool {
	if in.table == nil {
		return false
	}
	info, err := os.Stat(f.Path)
	if err != nil || !os.SameFile(info, in.table) {
		return false
	}
	in.say(func() { in.Skip(Skip{Path: f.Path, Reason: SkipTable}) })
	return true
}

// all takes every file in. The walk waits for the workers, so that only a handful
// of files is ever held.
func (in *Intake) all(ctx context.Context, paths []string, workers int) error {
	group, inner := errgroup.WithContext(ctx)
	files := make(chan File)
	group.Go(func() error {
		defer close(files)
		return Walk(inner, paths, in.Folder.Dir, func(f File) error {
			if in.isTable(f) {
				return nil
			}
			select {
			case files <- f:
				return nil
			case <-inner.Done():
				return inner.Err()
			}
		}, func(s Skip) { in.say(func() { in.Skip(s) }) })
	})
	for range workers {
		group.Go(func() error {
			for f := range files {
				if err := in.Item(inner, f); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return errors.Join(group.Wait(), in.flush(ctx))
}
