package intake

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"beleg/claim"
	"beleg/custody"
	"beleg/document"
	"beleg/internal/store"
	"beleg/video"
)

// textEngine names what reads documents; the extractor adds its own name and version.
const textEngine = "beleg text 3"

// read takes the text out of an original and keeps it as a derived file with its own hash.
func (e *Engine) read(ctx context.Context, d custody.Digest, it store.Item, typ video.Type) (finding, error) {
	f := finding{original: d, name: it.Name, body: store.Derivation{
		Stage: store.StageText, Engine: textEngine, Kind: store.Document, State: store.Complete}}
	b, err := e.bytes(d)
	if err != nil {
		return finding{}, err
	}
	if typ.Name == "" && len(b) > maxText { // too much for a text; its head says what it is
		b = b[:1<<20]
	}
	doc, err := document.Extract(ctx, b, document.Hint{Name: path.Base(it.Name), MediaType: typ.MediaType, URL: it.URL})
	switch {
	case errors.Is(err, document.ErrBinary), errors.Is(err, document.ErrFormat):
		f.body.State, f.body.Detail = store.Kept, err.Error()
		return f, nil
	case errors.Is(err, document.ErrTooLarge), errors.Is(err, document.ErrBroken), errors.Is(err, io.ErrShortBuffer):
		f.body.State, f.body.Detail = store.Unreadable, err.Error()
		return f, nil
	case err != nil:
		return finding{}, err
	}
	if w := misnamed(it.Name, textClass(doc.Kind)); w != "" {
		doc.Warnings = append(doc.Warnings, document.Warning{Code: "misnamed", Message: w})
	}
	if err := e.derive(d, it, doc, &f.body); err != nil {
		return finding{}, err
	}
	f.body.State, f.body.Detail = readState(doc)
	return f, nil
}

// The warnings that go into an item's state: what of it was not read, or that it is not what was asked for.
var (
	partWarnings = []string{"truncated", "page-broken", "cue-broken", "too-deep", "too-many-nodes", "undecodable"}
	noneWarnings = []string{"no-article", "no-text-layer", "empty"}
	toldWarnings = []string{"misnamed", "not-the-page", "consent-wall", "paywall", "more-pages", "replies", "posts", "attachments", "deleted", "short-article"}
)

// readState says how much of a document was read.
func readState(doc document.Document) (state, detail string) {
	state = store.Complete
	var why []string
	for _, w := range doc.Warnings {
		switch {
		case slices.Contains(noneWarnings, w.Code):
			state = store.Unreadable
		case slices.Contains(partWarnings, w.Code):
			if state == store.Complete {
				state = store.Partial
			}
		case !slices.Contains(toldWarnings, w.Code):
			continue
		}
		why = append(why, w.Message)
	}
	return state, strings.Join(why, "; ")
}

// maxText bounds what is read into memory of one document.
const maxText = 128 << 20

// bytes returns the original, cut off one byte past the most that is read: the extractor then
// says that it is too large.
func (e *Engine) bytes(d custody.Digest) ([]byte, error) {
	h, err := e.folder.Archive.Original(d)
	if err != nil {
		return nil, err
	}
	defer h.Close()
	return io.ReadAll(io.LimitReader(h, maxText+1))
}

// parameters are what the claims of a document were read with, beside its bytes.
type parameters struct {
	document.Extractor
	Published string `json:"published,omitempty"`     // day that relative times are counted from, where the document has none
	How       string `json:"published_how,omitempty"` // how that is known: the way of the item's appearance
}

// derive keeps the text, and what was found out about it, and says so in body.
func (e *Engine) derive(d custody.Digest, it store.Item, doc document.Document, body *store.Derivation) error {
	about, err := json.Marshal(doc)
	if err != nil {
		return fmt.Errorf("describe document: %w", err)
	}
	with := parameters{Extractor: doc.Extractor}
	published, dated := doc.Published.Day()
	if !dated {
		if published, with.How = PublishedDay(it.Appearances); with.How != "" {
			with.Published = published.Format(time.DateOnly)
		}
	}
	body.Parameters, err = json.Marshal(with)
	if err != nil {
		return fmt.Errorf("describe extractor: %w", err)
	}
	claims, n, err := suggest(d, doc, published)
	if err != nil {
		return err
	}
	for _, out := range []struct {
		role, suffix string
		content      []byte
	}{{store.RoleText, ".txt", []byte(doc.Text)}, {store.RoleDocument, ".document.json", append(about, '\n')}, {store.RoleClaims, ".claims.jsonl", claims}} {
		o, err := e.folder.derive(d, out.role, out.suffix, out.content)
		if err != nil {
			return err
		}
		body.Outputs = append(body.Outputs, o)
	}
	body.Text = &store.Text{Lang: doc.Lang, Title: doc.Title, Outlet: doc.Outlet, Claims: n}
	for _, w := range doc.Warnings {
		body.Text.Warnings = append(body.Text.Warnings, w.Message)
	}
	if doc.Kind == document.HTML {
		body.Kind = store.Article
	}
	if date := doc.Published.Date.String(); date != "" {
		body.Text.Published = date
		body.Appearances = []store.Appearance{{Date: date, How: store.Page, Source: string(doc.Published.Basis),
			Words: doc.Published.Words, Outlet: doc.Outlet, URL: doc.URL, Title: doc.Title}}
	}
	if date := doc.Captured.Date.String(); date != "" {
		body.Appearances = append(body.Appearances, store.Appearance{Date: date, How: store.Page, Source: "captured",
			Words: doc.Captured.Words, Outlet: doc.Outlet, URL: doc.URL, Title: doc.Title})
	}
	return nil
}

// PublishedDay returns the day on which somebody stated that an item was public, the strongest statement first; zero
// when none names a day.
func PublishedDay(list []store.Appearance) (published time.Time, how string) {
	for _, a := range list {
		if store.Provable(a.How) {
			continue // that we had it then says nothing about when it came out
		}
		day, _, _ := strings.Cut(a.Date, "T")
		if t, err := time.Parse(time.DateOnly, day); err == nil {
			return t, a.How
		}
	}
	return time.Time{}, ""
}

// suggest reads the claims of a document: lines of JSON as `beleg read --json` prints them, and their number.
// Nothing but the document and the day decides what they are.
func suggest(d custody.Digest, doc document.Document, published time.Time) (lines []byte, n int, err error) {
	r := Read(d.String(), doc, published)
	var b bytes.Buffer
	err = claim.WriteJSON(&b, r.Text, r.Claims)
	return b.Bytes(), len(r.Claims), err
}

// derive writes a derived file, durable before it returns. Its name holds its digest, so that another
// version of the engine writes beside it, never over it.
func (f *Folder) derive(d custody.Digest, role, suffix string, content []byte) (store.Output, error) {
	sum := sha256.Sum256(content)
	id := d.String()
	name := path.Join(derivedDir, id[:2], id+"-"+hex.EncodeToString(sum[:8])+suffix)
	o := store.Output{Role: role, Path: name, SHA256: hex.EncodeToString(sum[:]), Size: int64(len(content))}
	if err := writeDurably(filepath.Join(f.Dir, filepath.FromSlash(name)), content); err != nil {
		return store.Output{}, fmt.Errorf("write derived file: %w", err)
	}
	return o, nil
}

// writeDurably writes a file in one step: to a temporary name, synced, renamed, the folder synced.
func writeDurably(name string, content []byte) (err error) {
	folder := filepath.Dir(name)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	t, err := os.CreateTemp(folder, ".tmp-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			os.Remove(t.Name())
		}
	}()
	_, err = t.Write(content)
	if err := errors.Join(err, t.Sync(), t.Close()); err != nil {
		return err
	}
	if err := os.Rename(t.Name(), name); err != nil {
		return err
	}
	return errors.Join(syncFolder(folder), syncFolder(filepath.Dir(folder)))
}

func syncFolder(name string) error {
	d, err := os.Open(name)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
