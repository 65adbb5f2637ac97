package intake

import (
	"context"
	"fmt"
	"os"
	"sync"

	"beleg/custody"
	"beleg/internal/store"
)

// An Intake is one run that takes things in. Its methods are safe for concurrent use.
type Intake struct {
	Folder *Folder
	Engine *Engine       // looks into what was preserved
	Actor  string        // who takes in
	Asked  store.Request // what the person asked for, and said about everything given
	Table  *Table        // what a table says about single files; may be nil

	// TablePath is the file of Table, "" when it has none. It is preserved, since it says since when things were public, and the
	// run names it; it is no item, also where it lies within what was given.
	TablePath string

	Taken func(Taken) // told of each item as soon as it is acknowledged, one call at a time
	Skip  func(Skip)  // told of each thing left out, one call at a time
	State func(State) // told of each item as soon as it was looked into, one call at a time

	run   string      // id of the run
	table os.FileInfo // of TablePath; nil when there is none
	tell  sync.Mutex  // held while one of the functions above runs
}

// Taken tells that an item is in custody: its bytes and its record are durable.
type Taken struct {
	ID     string `json:"id"` // hex SHA-256
	Name   string `json:"name"`
	Index  uint64 `json:"index"`            // log position of the intake
	Before bool   `json:"before,omitempty"` // the same bytes were there already
	Again  bool   `json:"again,omitempty"`  // this very intake was there already, from the run that this one continues
	File   File   `json:"-"`
}

// State tells what looking into an item found.
type State struct {
	ID, Name string
	State    string
	Detail   string
}

// Item takes one file in. The order is the promise: hash and preserve, acknowledge,
// and only then look into it. A file that cannot be read is skipped and named; an
// error ends the whole run.
func (in *Intake) Item(ctx context.Context, f File) error {
	said := in.said(f) // by flags, table and sidecar; nothing of f itself is read
	taken, again, err := in.continued(ctx, f, said)
	if err != nil {
		return err
	}
	if !again {
		original, err := in.preserve(ctx, f.Path) // hashed as it arrives, before any parser
		if err != nil {
			return in.leave(ctx, f, err)
		}
		taken, err = in.acknowledge(ctx, f, original, said) // from here on it is never lost
		if err != nil {
			return err
		}
	}
	in.say(func() { in.Taken(taken) })
	return in.look(ctx, taken.ID, false) // probe, decode, fingerprint, index; or text and claims
}

// acknowledge writes the intake record. When it returns the record is durable.
func (in *Intake) acknowledge(ctx context.Context, f File, o custody.Original, said store.Intake) (Taken, error) {
	said.Size = o.Size // what was preserved, not what was listed
	r, err := in.Folder.Record(ctx, store.KindIntake, in.Actor, o.Digest, said)
	if err != nil {
		return Taken{}, fmt.Errorf("acknowledge %s: %w", f.Path, err)
	}
	return Taken{ID: o.Digest.String(), Name: f.Name, Index: r.Index, Before: !o.New, File: f}, nil
}

// continued returns the intake of f by the run that this one continues, if there is one.
func (in *Intake) continued(ctx context.Context, f File, said store.Intake) (Taken, bool, error) {
	id, index, ok, err := in.Folder.Catalogue.Taken(ctx, in.run, said)
	if err != nil || !ok {
		return Taken{}, false, err
	}
	return Taken{ID: id, Name: f.Name, Index: index, Before: true, Again: true, File: f}, true, nil
}

func (in *Intake) say(tell func()) {
	in.tell.Lock()
	defer in.tell.Unlock()
	tell()
}
