package intake

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"beleg/custody"
	"beleg/internal/store"
	"beleg/match"
)

// checkEngine names what compares an item with the archive.
var checkEngine = fmt.Sprintf("beleg check %d", match.Version)

// A Reuse is a stretch of one item that was shown before in another, as it is kept. Times are
// milliseconds since the first frame, half-open.
type Reuse struct {
	ID        string          `json:"id"`
	Item      string          `json:"item"`    // shows it
	Earlier   string          `json:"earlier"` // was shown before
	BStart    int64           `json:"b_start_ms"`
	BEnd      int64           `json:"b_end_ms"`
	AStart    int64           `json:"a_start_ms"`
	AEnd      int64           `json:"a_end_ms"`
	Score     float64         `json:"score"`
	Still     bool            `json:"still,omitempty"` // Earlier is a photo
	Kind      match.Kind      `json:"kind"`
	By        string          `json:"explained_by,omitempty"` // id of the item that explains what a look-alike shows
	Rate      float64         `json:"rate"`                   // seconds of Earlier per second of Item
	Picture   Picture         `json:"picture"`
	Evidence  ReuseEvidence   `json:"evidence"`
	Transform match.Transform `json:"transform"` // of Item's picture to Earlier's, at BStart
	Reason    string          `json:"reason"`
	Recurs    int             `json:"recurs,omitempty"`    // items that show this stretch, Earlier among them
	Recurring bool            `json:"recurring,omitempty"` // so many of one outlet that it is likely an ident, a studio, a map or a test card
}

// Strength returns what r is worth to a person who has to decide on it. It is not kept: it follows from kind and score.
func (r Reuse) Strength() match.Strength { return match.StrengthOf(r.Kind, r.Score) }

// ReuseEvidence is what people are told of a [match.Evidence].
type ReuseEvidence struct {
	Pairs   int     `json:"pairs"`           // of frames whose features agree
	Agree   int     `json:"agree"`           // features that agree in the best pair
	Pixels  float64 `json:"pixels"`          // correlation of the pictures laid over one another; 0: what moves is that of another item, pictures were not compared
	Share   float64 `json:"share"`           // of Item's picture that Earlier's covers
	Covered float64 `json:"covered"`         // share of that which graphics cover
	Motion  float64 `json:"motion"`          // correlation of what moves, 0 when nothing does
	Moved   float64 `json:"moved,omitempty"` // how far Earlier's picture moved in Item's while it was shown, by its longer side
}

// CheckItem compares an item with the archive and keeps what it found: the file of reuses first, then the
// record that names it. A reuse that an earlier check had found keeps its id.
func (e *Engine) CheckItem(ctx context.Context, actor, id string) ([]Reuse, error) {
	s, _, err := e.folder.Subject(ctx, id)
	if err != nil {
		return nil, err
	}
	checked, err := e.Check(ctx, s)
	if err != nil {
		return nil, err
	}
	before, err := e.folder.Reuses(ctx, s.Item)
	if err != nil {
		return nil, err
	}
	list := []Reuse{}
	var lines bytes.Buffer
	for _, f := range checked.Found {
		r := f.Reuse(s.Item)
		r.identify(before)
		list = append(list, r)
		b, err := json.Marshal(r)
		if err != nil {
			return nil, fmt.Errorf("keep reuse of %s: %w", s.Item, err)
		}
		lines.Write(append(b, '\n'))
	}
	d, err := custody.ParseDigest(s.Item)
	if err != nil {
		return nil, err
	}
	out, err := e.folder.derive(d, store.RoleReuses, ".reuses.jsonl", lines.Bytes())
	if err != nil {
		return nil, err
	}
	_, err = e.folder.Record(ctx, store.KindDerivation, actor, d, store.Derivation{
		Stage: store.StageCheck, Engine: checkEngine, Parameters: footageParameters,
		State: itemState(checked.Outcome.State), Detail: e.anonymous(d, checked.Outcome.Detail), Outputs: []store.Output{out}})
	return list, err
}

// Reuse returns f as it is kept of an item, without an id.
func (f Found) Reuse(item string) Reuse {
	return Reuse{Item: item, Earlier: f.Item, BStart: milliseconds(f.BStart), BEnd: milliseconds(f.BEnd), AStart: milliseconds(f.AStart), AEnd: milliseconds(f.AEnd),
		Score: f.Score, Still: f.Still, Kind: f.Kind, By: f.By, Rate: f.Rate, Picture: f.Picture, Evidence: evidenceOf(f.Evidence), Transform: f.Transform, Reason: f.Reason,
		Recurs: f.Recurs, Recurring: f.Recurring}
}

// identify gives r the id that it has among those of an earlier check, else a new one.
func (r *Reuse) identify(before []Reuse) {
	for _, b := range before {
		if b.sameAs(*r) {
			r.ID = b.ID
			return
		}
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %s %d %d", r.Item, r.Earlier, r.BStart, r.AStart))
	r.ID = hex.EncodeToString(sum[:8])
}

func evidenceOf(e match.Evidence) ReuseEvidence {
	return ReuseEvidence{Pairs: e.Pairs, Agree: e.Agree, Pixels: e.Pixels, Share: e.Share, Covered: e.Covered, Motion: e.Motion, Moved: e.Moved}
}

func milliseconds(s Seconds) int64 { return time.Duration(s).Round(time.Millisecond).Milliseconds() }

// sameAs reports whether two checks speak of the same stretch: of one earlier item, more than half of the
// shorter one in common on both sides.
func (r Reuse) sameAs(o Reuse) bool {
	half := func(a, b, c, d int64) bool {
		if a == b && c == d { // a photo
			return true
		}
		return 2*(min(b, d)-max(a, c)) > min(b-a, d-c)
	}
	return r.Item == o.Item && r.Earlier == o.Earlier && half(r.BStart, r.BEnd, o.BStart, o.BEnd) && half(r.AStart, r.AEnd, o.AStart, o.AEnd)
}

// Reuses returns the kept reuses of an item, or of all when item is "": those that the latest check found.
func (f *Folder) Reuses(ctx context.Context, item string) ([]Reuse, error) {
	rows, err := f.Catalogue.Reuses(ctx, item)
	if err != nil {
		return nil, err
	}
	return readReuses(rows)
}

// ReusesOf returns the kept reuses that show the item earlier.
func (f *Folder) ReusesOf(ctx context.Context, earlier string) ([]Reuse, error) {
	rows, err := f.Catalogue.ReusesOf(ctx, earlier)
	if err != nil {
		return nil, err
	}
	return readReuses(rows)
}

// Reuse returns the kept reuse with an id, or store.ErrUnknown.
func (f *Folder) Reuse(ctx context.Context, id string) (Reuse, error) {
	row, err := f.Catalogue.Reuse(ctx, id)
	if err != nil {
		return Reuse{}, err
	}
	list, err := readReuses([]store.Reuse{row})
	if err != nil {
		return Reuse{}, err
	}
	return list[0], nil
}

func readReuses(rows []store.Reuse) ([]Reuse, error) {
	list := make([]Reuse, len(rows))
	for i, row := range rows {
		if err := json.Unmarshal(row.Body, &list[i]); err != nil {
			return nil, fmt.Errorf("read reuse %s: %w", row.ID, err)
		}
	}
	return list, nil
}
