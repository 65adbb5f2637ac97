package desk

import (
	"bytes"
	"context"
	"fmt"
	"mime"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"beleg/custody"
	"beleg/internal/casefile"
	"beleg/internal/store"
)

// stills keeps pictures that were asked for lately, so that a contact sheet decodes once.
type stills struct {
	mu     sync.Mutex
	made   map[string]*stillEntry // guarded by mu
	size   int                    // guarded by mu: bytes kept
	clock  int                    // guarded by mu: counts uses
	worker chan struct{}          // bounds the decoders
}

type stillEntry struct {
	done chan struct{} // closed when the rest is set
	jpeg []byte
	err  error
	used int
}

// Bounds of the kept pictures: a sheet of twelve is about half a megabyte.
const (
	maxStills   = 64 << 20 // bytes
	stillWorker = 2
)

// get returns the picture of a key, made at the first call; who asks for it meanwhile waits for the same one.
func (s *stills) get(ctx context.Context, key string, decode func() ([]byte, error)) ([]byte, error) {
	s.mu.Lock()
	if s.made == nil {
		s.made, s.worker = map[string]*stillEntry{}, make(chan struct{}, stillWorker)
	}
	s.clock++
	e, ok := s.made[key]
	if !ok {
		e = &stillEntry{done: make(chan struct{})}
		s.made[key] = e
	}
	e.used = s.clock
	s.mu.Unlock()
	if ok {
		select {
		case <-e.done:
			return e.jpeg, e.err
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	s.worker <- struct{}{}
	e.jpeg, e.err = decode()
	<-s.worker
	close(e.done)
	s.keep(key, e)
	return e.jpeg, e.err
}

// keep counts a picture in and drops those used longest ago. One that could not be made is tried again next time.
func (s *stills) keep(key string, e *stillEntry) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if e.err != nil {
		delete(s.made, key)
		return
	}
	s.size += len(e.jpeg)
	for s.size > maxStills {
		oldest := ""
		for k, o := range s.made {
			if o.jpeg != nil && k != key && (oldest == "" || o.used < s.made[oldest].used) {
				oldest = k
			}
		}
		if oldest == "" {
			return
		}
		s.size -= len(s.made[oldest].jpeg)
		delete(s.made, oldest)
	}
}

// stillSides are the sizes in which pictures are handed out.
var stillSides = []int{160, 320, 640, 960}

// still answers with the picture of an item at a time, as JPEG.
func (d *Desk) still(q *request) error {
	id, err := d.itemOf(q)
	if err != nil {
		return err
	}
	v := q.URL.Query()
	at, err := strconv.ParseInt(v.Get("at"), 10, 64)
	if err != nil || at < 0 || at > int64(1000*time.Hour/time.Millisecond) {
		return &casefile.InvalidError{Field: "at", Detail: "must be milliseconds since the first frame"}
	}
	side, err := strconv.Atoi(v.Get("side"))
	if err != nil || !slices.Contains(stillSides, side) {
		return &casefile.InvalidError{Field: "side", Detail: "must be 160, 320, 640 or 960 pixels"}
	}
	it, err := d.folder().Catalogue.Item(q.Context(), id)
	if err != nil {
		return err
	}
	if it.Media != nil && it.Media.Kind == "video" && it.Media.Last > 0 {
		at = min(at, it.Media.Last/int64(time.Millisecond))
	}
	b, err := d.stills.get(q.Context(), fmt.Sprintf("%s %d %d", id, at, side), func() ([]byte, error) {
		// Somebody else may be waiting for it: it is made also when this browser has gone.
		return d.Engine.Still(context.WithoutCancel(q.Context()), id, time.Duration(at)*time.Millisecond, side)
	})
	if err != nil {
		return err
	}
	h := q.w.Header()
	h.Set("Content-Type", "image/jpeg")
	h.Set("Cache-Control", "private, max-age=86400")
	h.Set("ETag", `"`+digestOf(b)+`"`)
	http.ServeContent(q.w, q.Request, "", time.Time{}, bytes.NewReader(b))
	return nil
}

// preview answers with a version of an item that browsers play.
func (d *Desk) preview(q *request) error {
	id, err := d.itemOf(q)
	if err != nil {
		return err
	}
	f, media, err := d.Engine.Preview(context.WithoutCancel(q.Context()), q.who.Name, id)
	if err != nil {
		return err
	}
	defer f.Close()
	h := q.w.Header()
	h.Set("Content-Type", media)
	h.Set("Cache-Control", "private, max-age=86400")
	h.Set("ETag", `"`+path.Base(f.Name())+`"`)
	http.ServeContent(q.w, q.Request, "", time.Time{}, f)
	return nil
}

// original hands out the exact bytes that were taken in: as an attachment, in an opaque origin in which nothing runs.
func (d *Desk) original(q *request) error {
	id, err := d.itemOf(q)
	if err != nil {
		return err
	}
	it, err := d.folder().Catalogue.Item(q.Context(), id)
	if err != nil {
		return err
	}
	digest, err := custody.ParseDigest(id)
	if err != nil {
		return err
	}
	f, err := d.folder().Archive.Original(digest)
	if err != nil {
		return err
	}
	defer f.Close()
	h := q.w.Header()
	h.Set("Content-Security-Policy", sandbox)
	h.Set("Content-Type", "application/octet-stream")
	h.Set("Content-Disposition", attachment(path.Base(it.Name), id))
	h.Set("ETag", `"`+id+`"`)
	http.ServeContent(q.w, q.Request, "", time.Time{}, f)
	return nil
}

// attachment names a download. A name that could mean something to the system it lands on is replaced by the id.
func attachment(name, id string) string {
	if name == "" || name == "." || name == ".." || strings.ContainsAny(name, "/\\\x00\r\n") {
		name = id
	}
	if s := mime.FormatMediaType("attachment", map[string]string{"filename": name}); s != "" {
		return s
	}
	return `attachment; filename="` + id + `"`
}

// reveal counts that a person asked to see something graphic, and writes it into the log: who saw what is part of custody.
func (d *Desk) reveal(q *request) error {
	id, err := d.itemOf(q)
	if err != nil {
		return err
	}
	n, err := d.Accounts.Exposed(q.Context(), q.who.Name)
	if err != nil {
		return err
	}
	if d.Exposure > 0 && n >= d.Exposure {
		return wrong(http.StatusForbidden, "error.exposure", d.Exposure)
	}
	digest, err := custody.ParseDigest(id)
	if err != nil {
		return err
	}
	if _, err := d.folder().Record(q.Context(), store.KindView, q.who.Name, digest, struct{}{}); err != nil {
		return err
	}
	if n, err = d.Accounts.Expose(q.Context(), q.who.Name); err != nil {
		return err
	}
	return q.json(exposure{n, d.Exposure})
}

// An exposure is how many graphic pictures a person has asked for today, and how many are allowed (0: no limit).
type exposure struct {
	Today int `json:"today"`
	Limit int `json:"limit"`
}
