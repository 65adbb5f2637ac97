package store

import (
	"encoding/json"
	"fmt"
	"slices"
)

// Kinds of custody record that the catalogue understands. Others are left alone.
const (
	KindRun        = "run"
	KindIntake     = "intake"
	KindDerivation = "derivation"
	KindDecision   = "decision" // of a person; the body is a casefile.Decision
	KindView       = "view"     // a person asked to see an item that is marked as graphic; no row comes of it
)

// A Run is the body of the two records around one `add`: the first with Step
// "begin", the second with Step "end". A run without an end was cut off, and the
// same request continues it.
type Run struct {
	ID      string  `json:"run"`
	Step    string  `json:"step"`
	Program string  `json:"program,omitempty"` // name and version of the program
	Host    string  `json:"host,omitempty"`    // name of the machine
	Asked   Request `json:"asked,omitzero"`
}

// A Request is what was asked of a run.
type Request struct {
	Paths     []string `json:"paths,omitempty"`            // absolute
	FirstSeen string   `json:"first_seen,omitempty"`       // EDTF
	SeenWords string   `json:"first_seen_words,omitempty"` // as the person wrote it, where that is not the EDTF
	Outlet    string   `json:"outlet,omitempty"`
	Place     string   `json:"place,omitempty"`
	Purpose   string   `json:"purpose,omitempty"`
	Kind      string   `json:"kind,omitempty"`
	Table     string   `json:"table,omitempty"` // hex SHA-256 of the table's original
	Actor     string   `json:"actor,omitempty"`
}

func (r Request) line() string {
	b, err := json.Marshal(r)
	if err != nil {
		panic("store: a request is plain text: " + err.Error())
	}
	return string(b)
}

// An Intake is the body of the record that acknowledges one original: what came,
// from where, and what was said about it. What is read out of the bytes comes
// later, in a [Derivation].
type Intake struct {
	Run         string       `json:"run"`
	Argument    int          `json:"argument"` // position among the paths of the run, from 0
	Given       string       `json:"given"`    // last element of that path
	Name        string       `json:"name"`     // relative to it, with slashes
	Size        int64        `json:"size"`
	Modified    string       `json:"modified"` // the file's own time, RFC 3339 UTC
	Kind        string       `json:"kind,omitempty"`
	Outlet      string       `json:"outlet,omitempty"`
	Place       string       `json:"place,omitempty"`
	Purpose     string       `json:"purpose,omitempty"`
	Title       string       `json:"title,omitempty"`
	URL         string       `json:"url,omitempty"`
	Note        string       `json:"note,omitempty"`
	Sidecar     string       `json:"sidecar,omitempty"` // hex SHA-256 of the sidecar's original
	Appearances []Appearance `json:"appearances,omitempty"`
}

// How we know that an item was public on a date, strongest proof first.
const (
	Trusted  = "trusted"  // an outside authority signed the time
	Log      = "log"      // our own log: taken in then
	Page     = "page"     // the page it stood on said so
	Metadata = "metadata" // the file says so about itself
	Stated   = "stated"   // a person said so
)

var strengths = []string{Trusted, Log, Page, Metadata, Stated}

// Strength orders ways of knowing: 0 is the strongest, and an unknown way is weaker
// than all.
func Strength(how string) int {
	if i := slices.Index(strengths, how); i >= 0 {
		return i
	}
	return len(strengths)
}

// Provable reports whether how is a proof that holds without trusting whoever
// supplied the item.
func Provable(how string) bool {
	return how == Trusted || how == Log
}

// An Appearance is a dated fact that an item was public.
type Appearance struct {
	Date   string `json:"date"`            // EDTF
	How    string `json:"how"`             // one of the ways above
	Source string `json:"source"`          // flag, table line, tag or file that gave it
	Words  string `json:"words,omitempty"` // the source's own words, where they differ
	Outlet string `json:"outlet,omitempty"`
	Place  string `json:"place,omitempty"`
	URL    string `json:"url,omitempty"`
	Title  string `json:"title,omitempty"`
}

// States of an item.
const (
	Pending    = "pending"    // taken in, not yet looked into
	Complete   = "complete"   // read to the end
	Partial    = "partial"    // read up to a point, damaged after it
	Unreadable = "unreadable" // of a known type, but nothing could be read
	Refused    = "refused"    // a playlist or script: preserved, never opened
	Kept       = "kept"       // of a type Beleg does not read: preserved only
	Deleted    = "deleted"    // the law needed it; a tombstone is left
)

// Kinds of item.
const (
	Broadcast = "broadcast"
	Clip      = "clip"
	Photo     = "photo"
	Article   = "article"
	Document  = "document"
)

// Stages of analysis.
const (
	StageFootage = "footage" // decoded and fingerprinted
	StageText    = "text"    // text taken out and read for claims
	StageKeep    = "keep"    // type decided: nothing to read
	StageCheck   = "check"   // compared with the archive: which stretches were shown before
	StagePreview = "preview" // a version that browsers play
)

// A Derivation is the body of the record of one analysis of one original.
type Derivation struct {
	Stage        string          `json:"stage"`
	Engine       string          `json:"engine"` // name and version
	Parameters   json.RawMessage `json:"parameters,omitempty"`
	Kind         string          `json:"kind,omitempty"` // kind of item found
	State        string          `json:"state"`
	Detail       string          `json:"detail,omitempty"`
	Media        *Media          `json:"media,omitempty"`
	Text         *Text           `json:"text,omitempty"`
	Fingerprints int             `json:"fingerprints,omitempty"` // local features filed
	Appearances  []Appearance    `json:"appearances,omitempty"`
	Outputs      []Output        `json:"outputs,omitempty"`
}

// Media is what the decoder found.
type Media struct {
	Kind      string `json:"kind"` // video, photo, audio
	Container string `json:"container,omitempty"`
	Codec     string `json:"codec,omitempty"`
	Width     int    `json:"width"`              // pixels, as displayed
	Height    int    `json:"height"`             // pixels, as displayed
	Rotation  int    `json:"rotation,omitempty"` // degrees clockwise, already applied
	Rate      string `json:"rate,omitempty"`     // frames per second, a fraction
	Duration  int64  `json:"duration_ns"`
	Frames    int64  `json:"frames"`  // that arrived
	Last      int64  `json:"last_ns"` // time of the last that arrived
	Audio     bool   `json:"audio,omitempty"`
	Tool      string `json:"tool,omitempty"` // decoder and version

	Position *Position `json:"position,omitempty"` // where it says it was made
}

// Position is where an item says it was made.
type Position struct {
	North  float64 `json:"north"`            // degrees, south negative
	East   float64 `json:"east"`             // degrees, west negative
	Within float64 `json:"within,omitempty"` // metres, as the receiver judged itself; 0: not said
	Source string  `json:"source"`           // the tag that says so
}

// String writes p for people: degrees, how exactly, and how that is known.
func (p Position) String() string {
	if p.Within > 0 {
		return fmt.Sprintf("%.5f, %.5f (within %.0f m, %s)", p.North, p.East, p.Within, p.Source)
	}
	return fmt.Sprintf("%.5f, %.5f (%s)", p.North, p.East, p.Source)
}

// Text is what was read out of a document.
type Text struct {
	Lang      string   `json:"lang,omitempty"`
	Title     string   `json:"title,omitempty"`
	Outlet    string   `json:"outlet,omitempty"`
	Published string   `json:"published,omitempty"` // EDTF
	Claims    int      `json:"claims"`
	Warnings  []string `json:"warnings,omitempty"`
}

// Roles of outputs.
const (
	RoleText     = "text"     // UTF-8 text of a document
	RoleDocument = "document" // what was found out about that text, JSON
	RoleClaims   = "claims"   // suggested claims, one JSON object a line
	RoleReuses   = "reuses"   // stretches that were shown before, one JSON object a line
	RolePreview  = "preview"  // small video or picture for the browser
)

// An Output is a derived file.
type Output struct {
	Role   string `json:"role"`
	Path   string `json:"path"` // below the data folder, with slashes
	SHA256 string `json:"sha256"`
	Size   int64  `json:"size"`
}
