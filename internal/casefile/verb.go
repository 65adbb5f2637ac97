package casefile

import (
	"slices"
	"strings"

	"beleg/edtf"
)

// A Verb is what a decision does.
type Verb string

// The verbs, with the kinds of subject they apply to and what they need (type in brackets).
const (
	Confirm Verb = "confirm" // claim, contradiction
	Refuse  Verb = "refuse"  // claim, contradiction; with a reason
	Edit    Verb = "edit"    // claim [ClaimEdit]
	Split   Verb = "split"   // claim [SplitInto]
	Merge   Verb = "merge"   // claim [MergeInto]
	Decide  Verb = "decide"  // reuse [ReuseDecision]
	Grade   Verb = "grade"   // source [Grading]; with a reason
	Derive  Verb = "derive"  // source [DerivedFrom]
	Open    Verb = "open"    // case [CaseFields]
	Set     Verb = "set"     // case [CaseFields]
	File    Verb = "file"    // case [Evidence]
	Unfile  Verb = "unfile"  // case [EntryRef]; with a reason
	Link    Verb = "link"    // case [PicturesOf]
	Note    Verb = "note"    // case, claim, item, source [NoteText]
	Task    Verb = "task"    // case [TaskText]
	Done    Verb = "done"    // case [EntryRef]
	Sign    Verb = "sign"    // case [Verdict]
	Second  Verb = "second"  // case [EntryRef]
	Show    Verb = "show"    // item [Graphic]
	Undo    Verb = "undo"    // any [EntryRef]
)

// Decisions on a reuse.
const (
	SameFootage = "same footage"
	SamePlace   = "same place, other time"
	LookAlike   = "look-alike"
	Suppress    = "suppress" // ident, studio set, test card
)

// ReuseDecisions lists them in the order of their keys.
var ReuseDecisions = []string{SameFootage, SamePlace, LookAlike, Suppress}

// ReuseDecision says what a reuse is.
type ReuseDecision struct {
	Is string `json:"is"`
}

// A ClaimEdit replaces fields of a claim; a nil field stays. Spans are bytes in the derived text.
type ClaimEdit struct {
	Spans      [][2]int  `json:"spans,omitempty"` // content, half-open, in order
	Source     *string   `json:"source,omitempty"`
	Channel    *string   `json:"channel,omitempty"`
	Kind       *string   `json:"kind,omitempty"`
	Commitment *string   `json:"commitment,omitempty"`
	About      *string   `json:"about,omitempty"` // EDTF
	Places     []string  `json:"places,omitempty"`
	Figures    *[]Figure `json:"figures,omitempty"` // all that the claim gives; an empty list is none
}

// SplitInto cuts a claim in two at a byte of the text inside its content.
type SplitInto struct {
	At int `json:"at"`
}

// MergeInto says which claim of the same text this one belongs to.
type MergeInto struct {
	Into Subject `json:"into"`
}

// A Grading is the reliability of a source on a topic, A (reliable) to E (unreliable), F when it
// cannot be judged (Admiralty code).
type Grading struct {
	Topic string `json:"topic"` // "" for all
	Grade string `json:"grade"`
}

// DerivedFrom says whose reports a source repeats: its root counts, not its number. An empty Root
// takes that back.
type DerivedFrom struct {
	Root string `json:"root"` // id of a source
}

// CaseFields are those of a case; nil stays as it is.
type CaseFields struct {
	Title    *string `json:"title,omitempty"`
	Question *string `json:"question,omitempty"`
	Risk     *string `json:"risk,omitempty"`  // one of Risks
	State    *string `json:"state,omitempty"` // one of CaseStates
	Scale    *string `json:"scale,omitempty"` // rating scale, a name in Scales
	Owner    *string `json:"owner,omitempty"` // who sees to it; whoever opened it until somebody is named
}

// Risks of publishing a case, set by a person before anything is published.
var Risks = []string{"low", "medium", "high"}

// CaseStates in order.
var CaseStates = []string{"open", "sealed"}

// Evidence is an item, reuse or claim filed for or against a claim, or just filed (Side "").
type Evidence struct {
	What        Subject `json:"what"`
	Claim       Subject `json:"claim,omitempty"`
	Side        string  `json:"side,omitempty"`        // for, against, or empty
	Credibility int     `json:"credibility,omitempty"` // 1 confirmed … 5 improbable, 6 cannot be judged; 0 means 6
}

// PicturesOf says that a claim speaks about the pictures of an item.
type PicturesOf struct {
	Claim Subject `json:"claim"`
	Item  Subject `json:"item"`
}

// EntryRef names an earlier entry of the same subject by its index in the log.
type EntryRef struct {
	Entry uint64 `json:"entry"`
}

// NoteText is a note.
type NoteText struct {
	Text string `json:"text"`
}

// TaskText is a thing to do, and who should.
type TaskText struct {
	Text string `json:"text"`
	Who  string `json:"who,omitempty"`
}

// Graphic says whether an item shows what should be seen only on request.
type Graphic struct {
	Graphic bool `json:"graphic"`
}

// A Verdict is a person's signed finding on a claim.
type Verdict struct {
	Claim    Subject   `json:"claim"`
	Rating   string    `json:"rating"`           // a rating of the case's scale
	Standard string    `json:"standard"`         // one of Standards
	Source   string    `json:"source,omitempty"` // source analysis, in words
	Tech     string    `json:"technical,omitempty"`
	Content  string    `json:"content,omitempty"`
	Against  []Subject `json:"against,omitempty"`  // evidence against that was weighed
	Searched bool      `json:"searched,omitempty"` // or: searched, none found
	Summary  string    `json:"summary"`
}

// Standards of proof, weakest first (Berkeley Protocol), then the newsroom's own.
var Standards = []string{"grounds to suspect", "reasonable grounds to believe", "clear and convincing", "beyond reasonable doubt", "two independent sources"}

// A Scale is a rating scale; it is data. Ratings go from true to false.
type Scale struct {
	Name    string
	Ratings []Rating
}

// A Rating has a key and its words.
type Rating struct{ Key, DE, EN string }

// Scales that come with the program.
var Scales = []Scale{
	{"five", []Rating{{"true", "richtig", "true"}, {"mostly-true", "größtenteils richtig", "mostly true"}, {"half", "teils richtig", "half true"},
		{"mostly-false", "größtenteils falsch", "mostly false"}, {"false", "falsch", "false"}}},
	{"context", []Rating{{"correct", "richtig", "correct"}, {"mostly-correct", "größtenteils richtig", "mostly correct"}, {"unproven", "unbelegt", "unproven"},
		{"partly-false", "teilweise falsch", "partly false"}, {"missing-context", "fehlender Kontext", "missing context"}, {"false-context", "falscher Kontext", "false context"},
		{"manipulated", "manipuliert", "manipulated"}, {"mostly-wrong", "größtenteils falsch", "mostly false"}, {"wrong", "falsch", "false"}}},
	{"evidence", []Rating{{"supported", "gestützt", "supported"}, {"contradicted", "widerlegt", "contradicted"}, {"mixed", "gemischt", "mixed"}, {"unproven", "unbelegt", "unproven"}}},
}

// ScaleOf returns the scale of a name, the second (rating the context) for the empty one.
func ScaleOf(name string) (Scale, bool) {
	if name == "" {
		return Scales[1], true
	}
	i := slices.IndexFunc(Scales, func(s Scale) bool { return s.Name == name })
	if i < 0 {
		return Scale{}, false
	}
	return Scales[i], true
}

// Rating returns the rating of a key.
func (s Scale) Rating(key string) (Rating, bool) {
	i := slices.IndexFunc(s.Ratings, func(r Rating) bool { return r.Key == key })
	if i < 0 {
		return Rating{}, false
	}
	return s.Ratings[i], true
}

const maxWords = 20_000 // bytes of any text that a person types into one field

func text(field, s string, need bool) error {
	switch {
	case need && strings.TrimSpace(s) == "":
		return invalid(field, "must not be empty")
	case len(s) > maxWords:
		return invalid(field, "is %d bytes long, at most %d are kept", len(s), maxWords)
	}
	return nil
}

// maxPlaces is how many places a claim may have.
const maxPlaces = 100

// maxLabel is how long a name, topic or place may be that a person types, in bytes.
const maxLabel = 500

func label(field, s string) error {
	if len(s) > maxLabel {
		return invalid(field, "is longer than %d bytes", maxLabel)
	}
	return nil
}

// shorten cuts what an answer repeats of what was sent.
func shorten(s string) string {
	if len(s) <= 100 {
		return s
	}
	return strings.ToValidUTF8(s[:100], "") + "…"
}

func oneOf(field, s string, allowed []string) error {
	if slices.Contains(allowed, s) {
		return nil
	}
	return invalid(field, "%q is not one of: %s", shorten(s), strings.Join(allowed, ", "))
}

// Kinds and commitments of claims, as the text engine names them.
var (
	ClaimKinds  = []string{"statement", "order", "denial", "finding", "count", "plan"}
	Commitments = []string{"asserted", "reported", "hedged"}
)

func (e ClaimEdit) check() error {
	last := 0
	for _, s := range e.Spans {
		if s[0] < last || s[1] <= s[0] {
			return invalid("spans", "must be in order, not empty and not overlap")
		}
		last = s[1]
	}
	for _, f := range []struct {
		name string
		val  *string
		of   []string
	}{{"kind", e.Kind, ClaimKinds}, {"commitment", e.Commitment, Commitments}} {
		if f.val != nil {
			if err := oneOf(f.name, *f.val, f.of); err != nil {
				return err
			}
		}
	}
	for _, f := range []struct {
		name string
		val  *string
	}{{"source", e.Source}, {"channel", e.Channel}, {"about", e.About}} {
		if f.val != nil {
			if err := label(f.name, *f.val); err != nil {
				return err
			}
		}
	}
	for _, p := range e.Places {
		if err := label("places", p); err != nil {
			return err
		}
	}
	if len(e.Places) > maxPlaces {
		return invalid("places", "are more than %d", maxPlaces)
	}
	if e.About != nil && *e.About != "" {
		if _, err := edtf.Parse(*e.About); err != nil {
			return invalid("about", "must be a date such as 2014, 2014-05, 2014-05-03, 2014~ (about) or 2014/2016")
		}
	}
	if e.Figures == nil {
		return nil
	}
	if len(*e.Figures) > maxFigures {
		return invalid("figures", "are %d, at most %d are kept", len(*e.Figures), maxFigures)
	}
	for _, f := range *e.Figures {
		if err := f.check(); err != nil {
			return err
		}
	}
	return nil
}

// maxFigures is how many figures a claim may have.
const maxFigures = 50
