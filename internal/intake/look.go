package intake

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"beleg/custody"
	"beleg/internal/store"
	"beleg/video"
)

// keepEngine names what decides that an original is only kept.
const keepEngine = "beleg sniff 2"

// look finds out what the original is and reads it: footage is decoded and fingerprinted, text is
// read for claims, all else is kept as it is. What is wrong with the file becomes a state of the
// item; an error means that nothing can be said about it yet.
func (in *Intake) look(ctx context.Context, id string, redo bool) error {
	d, err := custody.ParseDigest(id)
	if err != nil {
		return err
	}
	it, err := in.Folder.Catalogue.Item(ctx, id)
	if err != nil {
		return err
	}
	if it.State != store.Pending && !redo || !in.Engine.claim(d) { // done before, or at it now
		return nil
	}
	f, err := in.Engine.look(ctx, d, it)
	if errors.Is(err, ErrNoTools) {
		return nil // it stays pending
	}
	if err != nil {
		return fmt.Errorf("look into %s (%s): %w", it.Name, id[:12], err)
	}
	f.body.Detail = in.Engine.anonymous(d, f.body.Detail)
	return in.Engine.file(ctx, in.Actor, f, in.looked)
}

// anonymous takes the place of the original on this machine out of a message: records are the same wherever
// the data folder lies.
func (e *Engine) anonymous(d custody.Digest, message string) string {
	path := e.folder.Archive.Path(d)
	return strings.NewReplacer("sniff "+path+": ", "", "file:"+path, "original", path, "original").Replace(message)
}

// Errors of a check.
var (
	ErrUnreadable = errors.New("intake: not one picture could be decoded")
	ErrNoFootage  = errors.New("intake: no moving or still picture")
)

// ErrNoTools reports footage that cannot be decoded since there is no decoder.
var ErrNoTools = errors.New("intake: no decoder")

// SidecarDetail is the detail of an item that is kept since it is what a downloader wrote about another.
const SidecarDetail = "sidecar"

// look decides by the first bytes which stage reads the original.
func (e *Engine) look(ctx context.Context, d custody.Digest, it store.Item) (finding, error) {
	typ, err := video.SniffFile(e.folder.Archive.Path(d))
	switch {
	case isSidecar(it.Name) && (err == nil && typ.Kind == video.Document || errors.Is(err, video.ErrUnknownType)):
		return kept(d, it, store.Kept, SidecarDetail), nil
	case errors.Is(err, video.ErrEmpty):
		return kept(d, it, store.Unreadable, "empty file"), nil
	case errors.Is(err, video.ErrPlaylist):
		return kept(d, it, store.Refused, err.Error()), nil
	case errors.Is(err, video.ErrUnknownType): // no footage; the document room decides whether it is a text
		return e.read(ctx, d, it, video.Type{})
	case err != nil:
		return finding{}, err
	case typ.Kind == video.Document:
		return e.read(ctx, d, it, typ)
	case e.tools == nil:
		return finding{}, ErrNoTools
	}
	return e.watch(ctx, d, it, typ)
}

func kept(d custody.Digest, it store.Item, state, detail string) finding {
	return finding{original: d, name: it.Name, body: store.Derivation{
		Stage: store.StageKeep, Engine: keepEngine, Kind: store.Document, State: state, Detail: detail}}
}

// looked tells of an item that was looked into.
func (in *Intake) looked(f finding) {
	in.say(func() { in.State(State{f.original.String(), f.name, f.body.State, f.body.Detail}) })
}

// pending looks into every item that an earlier run left pending, and into those whose fingerprints
// lay in a torn part. Without thorough, a part counts as torn if that shows when it is opened; with it, every
// byte is read.
func (in *Intake) pending(ctx context.Context, workers int, thorough bool) error {
	if thorough {
		if _, err := in.Engine.shelf.check(); err != nil {
			return err
		}
	}
	redo, err := in.Engine.shelf.lost(ctx, in.Folder.Catalogue)
	if err != nil {
		return err
	}
	var ids []job
	for it, err := range in.Folder.Catalogue.Items(ctx, store.Pending, "") {
		if err != nil {
			return err
		}
		ids = append(ids, job{it.ID, false})
	}
	for _, id := range redo {
		ids = append(ids, job{id, true})
	}
	err = each(ctx, workers, ids, func(ctx context.Context, j job) error { return in.look(ctx, j.id, j.redo) })
	if err := errors.Join(err, in.flush(ctx)); err != nil {
		return err
	}
	if in.Engine.tools == nil {
		return nil // torn parts stay until their fingerprints can be made again
	}
	return in.Engine.shelf.tidy(ctx)
}

// A job is an item to look into, again when redo is set.
type job struct {
	id   string
	redo bool
}

func (in *Intake) flush(ctx context.Context) error {
	// What is fingerprinted is kept also after Ctrl-C: it takes a moment and saves minutes.
	return in.Engine.flush(context.WithoutCancel(ctx), in.Actor, in.looked)
}
