package intake

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"time"

	"beleg/custody"
	"beleg/document"
	"beleg/index"
	"beleg/internal/store"
	"beleg/match"
	"beleg/video"
)

// A Subject is what is to be checked: a file, or an item that was taken in.
type Subject struct {
	Name string // how the answer calls it
	Path string // of the file, or of the item's original
	Item string // id of the item, "" for a file that was not taken in; it is no answer to itself
	// Known is the name of the item when a file was given that turned out to be it.
	Known string
}

// Subject returns the item whose id begins with prefix, and the size of its original in bytes.
func (f *Folder) Subject(ctx context.Context, prefix string) (Subject, int64, error) {
	id, err := f.Catalogue.Find(ctx, prefix)
	if err != nil {
		return Subject{}, 0, err
	}
	it, err := f.Catalogue.Item(ctx, id)
	if err != nil {
		return Subject{}, 0, err
	}
	d, err := custody.ParseDigest(id)
	return Subject{Name: it.Name, Path: f.Archive.Path(d), Item: id}, it.Size, err
}

// SubjectFile returns the file at path under a name. If its bytes are those of an item, it is that item that is checked: file and id
// give the same answer.
func (f *Folder) SubjectFile(ctx context.Context, name, path string) (Subject, error) {
	file, err := os.Open(path)
	if err != nil {
		return Subject{}, fmt.Errorf("check %s: %w", name, err)
	}
	defer file.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, file); err != nil {
		return Subject{}, fmt.Errorf("check %s: %w", name, err)
	}
	s := Subject{Name: name, Path: path}
	it, err := f.Catalogue.Item(ctx, hex.EncodeToString(sum.Sum(nil)))
	switch {
	case errors.Is(err, store.ErrUnknown):
		return s, nil
	case err != nil:
		return Subject{}, err
	}
	s.Item, s.Known = it.ID, it.Name
	return s, nil
}

// A Look is what a file is good for in a check, by its first bytes.
type Look int

// What a file may be.
const (
	LooksFootage Look = iota // a video or a photo
	LooksWords               // a text or sound: there are no pictures to look up
	LooksOdd                 // of no known type, empty, a playlist: nobody can say that it holds no pictures
)

// LookAt says what the file at path is good for, and why it is odd.
func LookAt(path string) (Look, error) {
	t, err := video.SniffFile(path)
	switch {
	case errors.Is(err, video.ErrUnknownType) && document.IsText(path):
		return LooksWords, nil
	case err != nil:
		return LooksOdd, err
	case t.Kind == video.Video || t.Kind == video.Photo:
		return LooksFootage, nil
	}
	return LooksWords, nil
}

// A Found is one stretch of a subject that was shown before. Its JSON form is that of `beleg check --json`.
type Found struct {
	Broadcast string  `json:"broadcast"`
	Subject   string  `json:"broadcast_item,omitempty"` // id of the subject if it was taken in
	BStart    Seconds `json:"b_start"`
	BEnd      Seconds `json:"b_end"`
	File      string  `json:"archive_file"`
	AStart    Seconds `json:"a_start"`
	AEnd      Seconds `json:"a_end"`
	Score     float64 `json:"score"` // 0 to 1

	Item        string             `json:"archive_item"`
	Also        []string           `json:"archive_also,omitempty"` // other names under which the same bytes were taken in
	Still       bool               `json:"still,omitempty"`        // the archive item is a photo
	Kind        match.Kind         `json:"kind"`
	Strength    match.Strength     `json:"strength"`
	By          string             `json:"explained_by,omitempty"`      // id of the item that explains what a look-alike shows
	ByFile      string             `json:"explained_by_file,omitempty"` // its name
	Rate        float64            `json:"rate"`                        // seconds of the archive item per second of the subject
	Picture     Picture            `json:"picture"`
	Evidence    match.Evidence     `json:"-"`
	Transform   match.Transform    `json:"-"`
	Reason      string             `json:"reason"`
	Since       store.Appearance   `json:"since"`  // the earliest claimed
	Proven      store.Appearance   `json:"proven"` // the earliest provable
	Appearances []store.Appearance `json:"appearances"`
	Recurs      int                `json:"recurs"`              // items that show this stretch, this one among them
	Recurring   bool               `json:"recurring,omitempty"` // so many of one outlet that it is likely an ident, a studio, a map or a test card
}

// Seconds is a media time in seconds since the first frame; JSON and CSV write milliseconds.
type Seconds time.Duration

func (s Seconds) String() string {
	ms := time.Duration(s).Round(time.Millisecond).Milliseconds()
	return fmt.Sprintf("%d.%03d", ms/1000, ms%1000)
}

// MarshalText writes s as in JSON and CSV.
func (s Seconds) MarshalJSON() ([]byte, error) { return []byte(s.String()), nil }

// A Checked is what checking a subject gave.
type Checked struct {
	Outcome video.Outcome
	Found   []Found // by time in the subject; for one stretch the earliest provable appearance first
}

// Check says which stretches of the subject were shown before. A subject that is only partly readable is
// checked as far as it goes. It returns [ErrUnreadable] or [ErrNoFootage] when there is nothing to go by.
func (e *Engine) Check(ctx context.Context, s Subject) (Checked, error) {
	q := match.NewQuery()
	var matches []match.Match
	out, err := e.tools.Frames(ctx, video.Request{
		Path: s.Path, View: video.View{Box: video.Box{W: match.AnalysisSide, H: match.AnalysisSide}},
	}, func(f video.Frame) error {
		q.Add(match.Frame{Plane: f.Plane, At: f.At})
		head := q.Head(e.pictures())
		if head == nil {
			return nil
		}
		ms, err := e.match(ctx, head, s)
		matches = append(matches, ms...)
		return err
	})
	switch {
	case err != nil:
		return Checked{}, fmt.Errorf("decode %s: %w", s.Name, err)
	case out.State == video.Unreadable:
		return Checked{}, fmt.Errorf("decode %s: %w: %s", s.Name, ErrUnreadable, out.Detail)
	case out.State == video.NoPicture:
		return Checked{}, fmt.Errorf("decode %s: %w", s.Name, ErrNoFootage)
	}
	ms, err := e.match(ctx, q, s)
	if err != nil {
		return Checked{}, fmt.Errorf("match %s: %w", s.Name, err)
	}
	matches = match.Join(append(matches, ms...))
	if sparse(out) {
		slides, err := e.slides(ctx, s, out)
		if err != nil {
			return Checked{}, fmt.Errorf("match %s: %w", s.Name, err)
		}
		matches = addNew(matches, slides)
	}
	found, err := e.found(ctx, s, out.Info, matches)
	return Checked{Outcome: out, Found: found}, err
}

const (
	// slideGap is the mean time between the frames of a subject from which on they are photographs in a row.
	slideGap = 700 * time.Millisecond
	// mostSlides is how many frames of a subject are looked up as photographs.
	mostSlides = 300
)

// sparse reports slides, time lapses and screen recordings that keep a frame until something changes: between so few frames nothing
// moves that could be compared.
func sparse(o video.Outcome) bool {
	return o.Info.Kind != video.Photo && o.Frames > 1 && o.Last > time.Duration(o.Frames-1)*slideGap
}

// slides looks each frame of the subject up as a photograph, on screen until the next one.
func (e *Engine) slides(ctx context.Context, s Subject, out video.Outcome) (all []match.Match, err error) {
	var frames []match.Frame
	_, err = e.tools.Frames(ctx, video.Request{Path: s.Path, View: video.View{Box: video.Box{W: match.AnalysisSide, H: match.AnalysisSide}}}, func(f video.Frame) error {
		if len(frames) < mostSlides {
			frames = append(frames, match.Frame{Plane: f.Clone(), At: f.At})
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	for i, f := range frames {
		end := max(out.Info.Duration, f.At)
		if i+1 < len(frames) {
			end = frames[i+1].At
		}
		q := match.NewQuery()
		q.Add(match.Frame{Plane: f.Plane})
		ms, err := e.match(ctx, q, s)
		if err != nil {
			return nil, err
		}
		for _, m := range ms {
			m.BFrom, m.BTo = f.At, end
			all = append(all, m)
		}
	}
	return all, nil
}

// addNew adds the matches that no match of the same item covers.
func addNew(list, more []match.Match) []match.Match {
	known := len(list)
	for _, m := range more {
		covered := func(o match.Match) bool { return o.Item == m.Item && o.BFrom <= m.BFrom && o.BTo >= m.BTo }
		if !slices.ContainsFunc(list[:known], covered) {
			list = append(list, m)
		}
	}
	return list
}

// match finds the stretches of the archive that q shows.
func (e *Engine) match(ctx context.Context, q *match.Query, s Subject) ([]match.Match, error) {
	set, err := e.shelf.parts()
	if err != nil {
		return nil, err
	}
	self := func(id index.ItemID) bool { return custody.Digest(id).String() == s.Item }
	v := set.View()
	p, err := match.Shortlist(ctx, q, v, self)
	v.Close()
	if err != nil {
		return nil, err
	}
	order := byProof{ctx: ctx, catalogue: e.folder.Catalogue, since: map[index.ItemID]store.Since{}}
	list, err := match.Find(ctx, q, []*index.Postings{p}, pixels{e}, match.Options{Memory: e.pictures(), Without: self, Before: order.compare})
	return list, errors.Join(err, order.err)
}

// byProof orders items by their earliest provable appearance.
type byProof struct {
	ctx       context.Context
	catalogue *store.Catalogue
	since     map[index.ItemID]store.Since
	err       error // the first
}

func (o *byProof) compare(a, b index.ItemID) int { return o.of(a).Compare(o.of(b)) }

func (o *byProof) of(id index.ItemID) store.Since {
	s, ok := o.since[id]
	if !ok {
		it, err := o.catalogue.Item(o.ctx, custody.Digest(id).String())
		o.err = cmp.Or(o.err, err)
		s = store.SinceOf(it.Appearances)
		o.since[id] = s
	}
	return s
}

// Torn returns the names of parts whose fingerprints cannot be searched; the next intake makes them again.
func (e *Engine) Torn() (names []string, err error) {
	torn, err := e.shelf.torn()
	for _, t := range torn {
		names = append(names, partPath(t))
	}
	return names, err
}

// Empty reports whether there is nothing to find anything in. It says true also when [Engine.Torn] returns an error.
func (e *Engine) Empty() bool { return e.shelf.empty() }

// found tells of each match since when its item was public.
func (e *Engine) found(ctx context.Context, s Subject, subject video.Info, matches []match.Match) ([]Found, error) {
	list := []Found{}
	since, outlet := map[string]store.Since{}, map[string]string{}
	for _, m := range matches {
		id := custody.Digest(m.Item).String()
		if id == s.Item {
			continue
		}
		it, err := e.folder.Catalogue.Item(ctx, id)
		if err != nil {
			return nil, err
		}
		names, err := e.folder.Catalogue.Names(ctx, id)
		if err != nil {
			return nil, err
		}
		since[id], outlet[id] = store.SinceOf(it.Appearances), it.Outlet
		f := Found{
			Broadcast: s.Name, Subject: s.Item, BStart: Seconds(m.BFrom), BEnd: Seconds(m.BTo),
			File: it.Name, AStart: Seconds(m.AFrom), AEnd: Seconds(m.ATo), Score: m.Score,
			Item: id, Also: slices.DeleteFunc(names, func(n string) bool { return n == it.Name }), Still: it.Media != nil && it.Media.Kind == string(video.Photo), Kind: m.Kind, Strength: match.StrengthOf(m.Kind, m.Score), Rate: m.Rate,
			Picture: pictureOf(m, subject, it.Media), Evidence: m.Evidence, Transform: m.Transform, Reason: reason(m),
			Since: since[id].Claimed, Proven: since[id].Proven, Appearances: it.Appearances, Recurs: m.Recurs,
		}
		if m.By != (index.ItemID{}) {
			by, err := e.folder.Catalogue.Item(ctx, custody.Digest(m.By).String())
			if err != nil {
				return nil, err
			}
			f.By, f.ByFile = by.ID, by.Name
		}
		list = append(list, f)
	}
	for i := range list {
		list[i].Recurring = list[i].Recurs >= match.Recurring && !travels(list[i], list, outlet)
	}
	sortFound(list, since)
	return list, nil
}

// travels reports whether items of more than one outlet show a stretch: what many show is news that went
// round, what one shows all the time is its own.
func travels(f Found, list []Found, outlet map[string]string) bool {
	first := ""
	for _, o := range list {
		if name := outlet[o.Item]; name != "" && o.Kind == f.Kind && sameStretch(f, o) {
			if first != "" && name != first {
				return true
			}
			first = name
		}
	}
	return false
}

// reason says what a match rests on, for people who read JSON; the same in every language.
func reason(m match.Match) string {
	e := m.Evidence
	text := fmt.Sprintf("%s s in a row, %d pairs of frames agree, the best in %d features", Seconds(m.BTo-m.BFrom), e.Pairs, e.Agree)
	if e.Pixels == 0 {
		return text + "; what moves is that of another item"
	}
	text += fmt.Sprintf("; pictures agree to %.0f %%", 100*e.Pixels)
	if e.Moved > 0 {
		text += fmt.Sprintf(", followed over %.0f %% of the width", 100*e.Moved)
	}
	if e.Motion > 0 {
		text += fmt.Sprintf(", what moves to %.0f %%", 100*e.Motion)
	}
	return text
}

// sortFound orders by time in the subject. Matches that overlap by more than half of the shorter one tell of
// the same stretch: among them the earliest provable appearance comes first, whatever its start.
func sortFound(list []Found, since map[string]store.Since) {
	slices.SortStableFunc(list, func(a, b Found) int {
		return cmp.Or(cmp.Compare(a.BStart, b.BStart), cmp.Compare(a.BEnd, b.BEnd), cmp.Compare(a.Item, b.Item))
	})
	for from := 0; from < len(list); {
		to := from + 1
		for to < len(list) && sameStretch(list[from], list[to]) {
			to++
		}
		slices.SortStableFunc(list[from:to], func(a, b Found) int {
			return cmp.Or(since[a.Item].Compare(since[b.Item]), cmp.Compare(b.Score, a.Score))
		})
		from = to
	}
}

func sameStretch(a, b Found) bool {
	common := min(a.BEnd, b.BEnd) - max(a.BStart, b.BStart)
	shorter := min(a.BEnd-a.BStart, b.BEnd-b.BStart)
	return common > 0 && 2*common > shorter
}

// pixels fetches pictures of originals for the pixel stage of [match.Find].
type pixels struct{ e *Engine }

// Frames implements [match.Pixels].
func (p pixels) Frames(ctx context.Context, item index.ItemID, from, to time.Duration, side int) (frames []match.Frame, end bool, err error) {
	out, err := p.e.tools.Frames(ctx, video.Request{
		Path: p.e.folder.Archive.Path(custody.Digest(item)), From: max(from, 0), To: to,
		View: video.View{Box: video.Box{W: side, H: side}},
	}, func(f video.Frame) error {
		frames = append(frames, match.Frame{Plane: f.Clone(), At: f.At})
		return nil
	})
	return frames, out.Ends(to), err
}
