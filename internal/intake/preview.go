package intake

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"time"

	"beleg/custody"
	"beleg/internal/store"
	"beleg/video"
)

// previewEngine names what makes previews.
const previewEngine = "beleg preview 2"

// Preview returns the version of an item that browsers play, opened for reading, with its media type. It is made at the
// first call, in the confined child, and kept with a record of how. Previews are made one at a time.
func (e *Engine) Preview(ctx context.Context, actor, id string) (*os.File, string, error) {
	e.making.Lock()
	defer e.making.Unlock()
	d, err := custody.ParseDigest(id)
	if err != nil {
		return nil, "", err
	}
	if f, media, err := e.folder.preview(ctx, id); !errors.Is(err, fs.ErrNotExist) {
		return f, media, err
	}
	if e.tools == nil {
		return nil, "", ErrNoTools
	}
	out := path.Join(derivedDir, id[:2], id+"-"+rand.Text()[:8]+".preview")
	full := filepath.Join(e.folder.Dir, filepath.FromSlash(out))
	if err := os.MkdirAll(filepath.Dir(full), 0o700); err != nil {
		return nil, "", fmt.Errorf("make preview: %w", err)
	}
	how, err := e.tools.Preview(ctx, e.folder.Archive.Path(d), full)
	if err != nil {
		return nil, "", err
	}
	if err := errors.Join(syncFolder(filepath.Dir(full)), syncFolder(filepath.Dir(filepath.Dir(full)))); err != nil {
		return nil, "", fmt.Errorf("make preview: %w", err)
	}
	o, err := measured(full, store.Output{Role: store.RolePreview, Path: out})
	if err != nil {
		return nil, "", err
	}
	parameters, err := json.Marshal(how)
	if err != nil {
		return nil, "", fmt.Errorf("describe preview: %w", err)
	}
	if _, err := e.folder.Record(ctx, store.KindDerivation, actor, d, store.Derivation{Stage: store.StagePreview, Engine: previewEngine,
		Parameters: parameters, State: store.Complete, Outputs: []store.Output{o}}); err != nil {
		return nil, "", err
	}
	return e.folder.preview(ctx, id)
}

// measured fills in hash and size.
func measured(name string, o store.Output) (store.Output, error) {
	f, err := os.Open(name)
	if err != nil {
		return o, fmt.Errorf("hash derived file: %w", err)
	}
	defer f.Close()
	sum := sha256.New()
	o.Size, err = io.Copy(sum, f)
	o.SHA256 = hex.EncodeToString(sum.Sum(nil))
	return o, err
}

// preview opens the kept preview of an item; fs.ErrNotExist when there is none.
func (f *Folder) preview(ctx context.Context, id string) (*os.File, string, error) {
	o, ok, err := f.Catalogue.Latest(ctx, id, store.RolePreview)
	if err != nil {
		return nil, "", err
	}
	if !ok {
		return nil, "", fs.ErrNotExist
	}
	if silent, err := f.silentPreview(ctx, id); err != nil || silent {
		return nil, "", errors.Join(err, fs.ErrNotExist)
	}
	file, err := f.Derived(o)
	if err != nil {
		return nil, "", err
	}
	media := "video/mp4"
	var head [4]byte
	if _, err := file.ReadAt(head[:], 0); err == nil && string(head[:]) == "\x1a\x45\xdf\xa3" { // EBML
		media = "video/webm"
	}
	return file, media, nil
}

// silentPreview reports whether the preview of an item with sound was made by the engine that left sound out.
func (f *Folder) silentPreview(ctx context.Context, id string) (bool, error) {
	engine, err := f.Catalogue.EngineOf(ctx, id, store.StagePreview)
	if err != nil || engine == previewEngine {
		return false, err
	}
	it, err := f.Catalogue.Item(ctx, id)
	return err == nil && it.Media != nil && it.Media.Audio, err
}

// Derived opens a derived file.
func (f *Folder) Derived(o store.Output) (*os.File, error) {
	root, err := os.OpenRoot(f.Dir)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	return root.Open(filepath.FromSlash(o.Path))
}

// Still returns a JPEG of the picture of an item at a time, of at most side pixels a side.
func (e *Engine) Still(ctx context.Context, id string, at time.Duration, side int) ([]byte, error) {
	d, err := custody.ParseDigest(id)
	if err != nil {
		return nil, err
	}
	if e.tools == nil {
		return nil, ErrNoTools
	}
	b, _, err := e.tools.Still(ctx, video.StillRequest{Path: e.folder.Archive.Path(d), At: at, Box: video.Box{W: side, H: side}})
	return b, err
}
