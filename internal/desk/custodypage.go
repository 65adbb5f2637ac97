package desk

import (
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"math"
	"net/http"
	"strconv"

	"beleg/custody"
	"beleg/internal/casefile"
	"beleg/internal/store"
	"beleg/internal/words"
)

// A finding is one line of the custody page: a colour, and the words that go with it.
type finding struct {
	Light string `json:"light"` // green, amber, red
	Key   string `json:"what"`  // of the text
	Words string `json:"words"`
}

// A custodyView is what is proven about an item and what is not.
type custodyView struct {
	Item     store.Item   `json:"item"`
	Light    string       `json:"light"` // the worst of the findings that concern the bytes
	Findings []finding    `json:"findings"`
	Records  []recordView `json:"records"` // of the log, about this original
	LogKey   string       `json:"log_key"`
	Size     uint64       `json:"log_size"`
}

// A recordView is one record of the log.
type recordView struct {
	Index uint64 `json:"index"`
	Kind  string `json:"kind"`
	Time  string `json:"time"`
	Actor string `json:"actor"`
	What  string `json:"what,omitempty"`
}

// hashAtOnce is the largest original that is hashed when its page is opened; larger ones are when asked for.
const hashAtOnce = 256 << 20

// hashable is the largest original that is hashed for a page, asked for or not.
func hashable(asked bool) int64 {
	if asked {
		return math.MaxInt64
	}
	return hashAtOnce
}

// custodyView says what is proven about an item. An original larger than most bytes is not hashed for it, and that is said.
func (d *Desk) custodyView(q *request, most int64) (v custodyView, err error) {
	id, err := d.itemOf(q)
	if err != nil {
		return v, err
	}
	ctx := q.Context()
	h, err := d.folder().Catalogue.History(ctx, id)
	if err != nil {
		return v, err
	}
	size, err := d.folder().Archive.Len()
	if err != nil {
		return v, err
	}
	v = custodyView{Item: h.Item, Light: "green", LogKey: d.folder().Archive.LogKey(), Size: size}
	say := func(light, key string, args ...any) {
		v.Findings = append(v.Findings, finding{light, key, q.words.Say("custody."+key, args...)})
	}
	switch same, err := d.unchanged(ctx, h.Item, h.Size <= most); {
	case h.State == store.Deleted:
		say("amber", "deleted")
		v.Light = "amber"
	case errors.Is(err, errTooLarge):
		say("amber", "notnow", sizeWords(q.words, h.Size))
		v.Light = "amber"
	case err != nil:
		say("red", "missing", words.Plain(err.Error()))
		v.Light = "red"
	case same:
		say("green", "same")
	default:
		say("red", "changed")
		v.Light = "red"
	}
	v.prove(ctx, d.folder().Archive, h, q, say)
	v.records(h, q)
	return v, nil
}

// prove checks the proof of the first intake, as a stranger would.
func (v *custodyView) prove(ctx context.Context, a *custody.Archive, h store.History, q *request, say func(light, key string, args ...any)) {
	p, err := a.Prove(ctx, h.Index)
	var checked custody.Proof
	if err == nil {
		var b []byte
		if b, err = p.Bytes(); err == nil {
			checked, err = custody.VerifyProof(b, a.LogKey())
		}
	}
	if err != nil {
		say("red", "unproven", h.Index, words.Plain(err.Error()))
		v.Light = "red"
		return
	}
	say("green", "logged", h.Index, timeWords(q.words, checked.Record.Time), checked.Checkpoint.Size)
	since := store.SinceOf(h.Appearances)
	if since.Proven.How == store.Trusted {
		say("green", "trusted", dateWords(q.words, since.Proven.Date))
	} else {
		say("amber", "ownclock")
	}
	if c := checked.Record.Clock; c.Synced == nil || !*c.Synced {
		say("amber", "unsynced")
	}
	if !checked.Record.ClockBackFrom.IsZero() {
		say("amber", "clockback", timeWords(q.words, checked.Record.ClockBackFrom))
	}
}

func (v *custodyView) records(h store.History, q *request) {
	for _, e := range h.Events {
		v.Records = append(v.Records, recordView{e.Index, store.KindIntake, e.Time, e.Actor, e.Name})
	}
	for _, e := range h.Derivations {
		v.Records = append(v.Records, recordView{e.Index, store.KindDerivation, e.Time, "", q.words.Maybe("stage.", e.Stage)})
	}
}

var errTooLarge = errors.New("desk: too large to be hashed at once")

// unchanged hashes an original again.
func (d *Desk) unchanged(ctx context.Context, it store.Item, hash bool) (bool, error) {
	digest, err := custody.ParseDigest(it.ID)
	if err != nil {
		return false, err
	}
	f, err := d.folder().Archive.Original(digest)
	if err != nil {
		return false, err
	}
	defer f.Close()
	if !hash {
		return false, errTooLarge
	}
	sum := sha256.New()
	if _, err := io.Copy(sum, readerOf(ctx, f)); err != nil {
		return false, err
	}
	return custody.Digest(sum.Sum(nil)) == digest, nil
}

// A contextReader stops reading when its request has ended.
type contextReader struct {
	context.Context // of the one request that it lives for
	io.Reader
}

func readerOf(ctx context.Context, r io.Reader) io.Reader { return contextReader{ctx, r} }

func (r contextReader) Read(b []byte) (int, error) {
	if err := r.Err(); err != nil {
		return 0, err
	}
	return r.Reader.Read(b)
}

func (d *Desk) custodyPage(q *request) error {
	v, err := d.custodyView(q, hashable(q.URL.Query().Get("hash") == "now"))
	if err != nil {
		return err
	}
	return d.page(q, http.StatusOK, "custody", q.words.Say("title.custody"), v)
}

func (d *Desk) apiCustody(q *request) error {
	v, err := d.custodyView(q, hashable(q.URL.Query().Get("hash") == "now"))
	if err != nil {
		return err
	}
	return q.json(v)
}

// proof hands out the proof of a record that concerns the item, by default of its first intake.
func (d *Desk) proof(q *request) error {
	id, err := d.itemOf(q)
	if err != nil {
		return err
	}
	h, err := d.folder().Catalogue.History(q.Context(), id)
	if err != nil {
		return err
	}
	index := h.Index
	if s := q.URL.Query().Get("index"); s != "" {
		if index, err = strconv.ParseUint(s, 10, 64); err != nil {
			return &casefile.InvalidError{Field: "index", Detail: "must be the number of a log entry"}
		}
		if !about(h, index) {
			return errNotFound
		}
	}
	p, err := d.folder().Archive.Prove(q.Context(), index)
	if err != nil {
		return err
	}
	b, err := p.Bytes()
	if err != nil {
		return err
	}
	q.w.Header().Set("Content-Type", "application/json")
	q.w.Header().Set("Content-Disposition", attachment("beleg-"+id[:12]+"-"+strconv.FormatUint(index, 10)+".proof.json", id))
	_, _ = q.w.Write(b) // an error here means that the browser has gone
	return nil
}

// about reports whether a log entry is one of the records about an item.
func about(h store.History, index uint64) bool {
	for _, e := range h.Events {
		if e.Index == index {
			return true
		}
	}
	for _, e := range h.Derivations {
		if e.Index == index {
			return true
		}
	}
	return false
}
