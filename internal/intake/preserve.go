package intake

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"path/filepath"
	"time"

	"beleg/custody"
	"beleg/internal/store"
)

// A sourceError is trouble with one file that was given, not with the archive: it
// costs that file, not the run.
type sourceError struct{ err error }

func (e sourceError) Error() string { return e.err.Error() }
func (e sourceError) Unwrap() error { return e.err }

// preserve puts the file at path into custody.
func (in *Intake) preserve(ctx context.Context, path string) (custody.Original, error) {
	o, err := in.Folder.Archive.PutFile(ctx, path)
	if err == nil {
		return o, nil
	}
	for _, ofSource := range []error{custody.ErrChanged, custody.ErrTooLarge, custody.ErrNotRegular, custody.ErrDigest} {
		if errors.Is(err, ofSource) {
			return o, sourceError{err}
		}
	}
	var p *fs.PathError
	if errors.As(err, &p) && p.Path == path { // opening or reading what was given
		return o, sourceError{err}
	}
	return o, err
}

// leave skips f when err is about f alone, and else returns err.
func (in *Intake) leave(ctx context.Context, f File, err error) error {
	var source sourceError
	if ctx.Err() != nil || !errors.As(err, &source) {
		return err
	}
	in.say(func() { in.Skip(Skip{f.Path, SkipUnreadable, source.err, true}) })
	return nil
}

// said gathers what flags, table and sidecar say about f. What is said of the single
// file comes before what is said of everything given.
func (in *Intake) said(f File) store.Intake {
	said := store.Intake{
		Run: in.run, Argument: f.Argument, Given: f.Given, Name: f.Name,
		Size: f.Size, Modified: f.Modified.Format(time.RFC3339Nano), Kind: in.Asked.Kind, Purpose: in.Asked.Purpose,
	}
	for _, row := range in.Table.Rows(f.Name) {
		add(&said, row.Appearance)
		said.Kind, said.Purpose, said.Note = either(row.Kind, said.Kind), either(row.Purpose, said.Purpose), either(said.Note, row.Note)
	}
	in.sidecar(f, &said)
	a := in.Asked
	add(&said, store.Appearance{Date: a.FirstSeen, How: store.Stated, Source: "--first-seen", Words: a.SeenWords, Outlet: a.Outlet, Place: a.Place})
	return said
}

// add notes what a says about the item, and a itself when it is dated.
func add(said *store.Intake, a store.Appearance) {
	said.Outlet, said.Place = either(said.Outlet, a.Outlet), either(said.Place, a.Place)
	said.Title, said.URL = either(said.Title, a.Title), either(said.URL, a.URL)
	if a.Date != "" {
		said.Appearances = append(said.Appearances, a)
	}
}

// sidecar notes what the sidecars of f say, if there are any. One that cannot be
// read is named and costs nothing else: it is taken in like any other file.
func (in *Intake) sidecar(f File, said *store.Intake) {
	for _, path := range SidecarPaths(f.Path) {
		s, digest, err := readSidecarFile(path)
		if err != nil {
			in.say(func() { in.Skip(Skip{path, SkipSidecar, err, false}) })
			continue
		}
		said.Sidecar = either(said.Sidecar, digest)
		add(said, s.Appearance)
		add(said, store.Appearance{Outlet: s.Outlet, Place: s.Place, URL: s.URL, Title: s.Title})
	}
}

// readSidecarFile returns what the sidecar at path says and the hex SHA-256 of the bytes that say it.
func readSidecarFile(path string) (Sidecar, string, error) {
	f, err := open(path)
	if err != nil {
		return Sidecar{}, "", err
	}
	defer f.Close()
	sum := sha256.New()
	s, err := ReadSidecar(filepath.Base(path), io.TeeReader(f, sum))
	return s, hex.EncodeToString(sum.Sum(nil)), err
}

// Record writes a record and brings the catalogue up to date. When it returns without
// an error the record is durable.
func (f *Folder) Record(ctx context.Context, kind, actor string, original custody.Digest, body any) (custody.Receipt, error) {
	r, err := f.recordAsync(ctx, kind, actor, original, body)(ctx)
	if err != nil {
		return custody.Receipt{}, err
	}
	return r, f.project(ctx)
}

// recordAsync hands a record in and returns a function that waits until it is durable.
func (f *Folder) recordAsync(ctx context.Context, kind, actor string, original custody.Digest, body any) func(context.Context) (custody.Receipt, error) {
	b, err := json.Marshal(body)
	if err != nil {
		panic("intake: a record body is plain data: " + err.Error())
	}
	return f.Archive.RecordAsync(ctx, custody.Record{Kind: kind, Actor: actor, Original: original, Body: b})
}
