package casework

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"beleg/claim"
	"beleg/internal/casefile"
	"beleg/internal/store"
)

// ErrNoText reports an item of which no words were read.
var ErrNoText = errors.New("casework: the item has no text")

// A Claim is a suggested claim with what people changed on it.
type Claim struct {
	On         casefile.Subject   `json:"on"`
	Item       string             `json:"item"`
	Text       string             `json:"text"`
	Spans      [][2]int           `json:"spans"`           // content, in bytes of the text, half-open
	Source     string             `json:"source"`          // "" is the author
	Means      string             `json:"means,omitempty"` // whom the source is, when it is a pronoun or a short name
	Channel    string             `json:"channel,omitempty"`
	Cue        string             `json:"cue,omitempty"`
	Kind       string             `json:"kind"`
	Commitment string             `json:"commitment"`
	Figures    []casefile.Figure  `json:"figures"`
	About      string             `json:"about,omitempty"` // EDTF
	Said       string             `json:"said,omitempty"`  // EDTF
	Places     []string           `json:"places"`
	Against    []Against          `json:"against"`          // other claims of the text that it contradicts
	Into       casefile.Subject   `json:"into,omitempty"`   // claim that it was merged into
	Merged     []casefile.Subject `json:"merged,omitempty"` // claims that were merged into it
	Part       bool               `json:"part,omitempty"`   // came of a split
	Changed    bool               `json:"changed,omitempty"`
	Decided    casefile.Decided   `json:"decided"`
	Base       uint64             `json:"base"`
	Last       uint64             `json:"last,omitempty"` // entry that an undo takes back; 0 when there is none
}

// An Against is a contradiction inside one text, as the text engine found it.
type Against struct {
	On     casefile.Subject `json:"on"`
	Text   string           `json:"text"`
	Rule   string           `json:"rule"`
	Reason string           `json:"reason"`
}

// A Text is a text with its claims.
type Text struct {
	Item   store.Item `json:"item"`
	Text   string     `json:"text"`
	Claims []Claim    `json:"claims"`
	Open   int        `json:"open"` // claims that nobody decided on
}

// claimLimit is the longest derived text that is read for a page, in bytes.
const claimLimit = 32 << 20

// text reads the words of an item and its claims. An item without words has [ErrNoText].
func (b *Book) Text(ctx context.Context, id string) (v Text, err error) {
	if v.Item, err = b.Folder.Catalogue.Item(ctx, id); err != nil {
		return v, err
	}
	if v.Text, err = b.derivedText(ctx, id); err != nil {
		return v, err
	}
	list, err := b.Folder.Catalogue.Suggestions(ctx, id)
	if err != nil {
		return v, err
	}
	points := pointsOf(v.Text)
	for _, s := range list {
		c, err := suggested(s, v.Text, points)
		if err != nil {
			return v, err
		}
		v.Claims = append(v.Claims, c)
	}
	b.Look(func(s *casefile.State) { v.change(s) })
	for _, c := range v.Claims {
		if c.Decided.Status == casefile.Suggested && c.Into == "" {
			v.Open++
		}
	}
	return v, nil
}

func (b *Book) derivedText(ctx context.Context, id string) (string, error) {
	out, ok, err := b.Folder.Catalogue.Latest(ctx, id, store.RoleText)
	if err != nil {
		return "", err
	}
	if !ok {
		return "", ErrNoText
	}
	f, err := b.Folder.Derived(out)
	if err != nil {
		return "", fmt.Errorf("text of %s: %w", id, err)
	}
	defer f.Close()
	words, err := io.ReadAll(io.LimitReader(f, claimLimit))
	return string(words), err
}

// pointsOf returns the byte offset of each code point of text, and its length.
func pointsOf(text string) []int {
	points := make([]int, 0, len(text)+1)
	for i := range text {
		points = append(points, i)
	}
	return append(points, len(text))
}

// suggested reads a claim as the text engine wrote it; offsets become bytes.
func suggested(s store.Suggestion, text string, points []int) (Claim, error) {
	var l claim.Line
	if err := json.Unmarshal(s.Body, &l); err != nil {
		return Claim{}, fmt.Errorf("claim %d of %s: %w", s.N, s.Item, err)
	}
	c := Claim{On: casefile.On(casefile.OnClaim, l.ID), Item: s.Item, Source: value(l.Source), Channel: value(l.Channel), Cue: value(l.Cue),
		Kind: string(l.Kind), Commitment: string(l.Commitment), About: days(l.About), Said: days(l.Said), Places: l.Places, Figures: []casefile.Figure{}, Against: []Against{}}
	if len(l.SourceAlso) > 0 {
		c.Means = l.SourceAlso[0]
	}
	for _, span := range l.ContentSpans {
		b, ok := bytesOf(span, points)
		if !ok {
			return Claim{}, fmt.Errorf("claim %s: span %v is not in a text of %d bytes", l.ID, span, len(text))
		}
		c.Spans = append(c.Spans, b)
	}
	for _, f := range l.Figures {
		if b, ok := bytesOf(f.Span, points); ok {
			c.Figures = append(c.Figures, casefile.Figure{Value: f.Value, Max: f.Max, Cmp: f.Cmp, Unit: f.Unit, Of: f.Of, Event: f.Event, Status: f.State, Kind: f.Kind,
				Whole: f.Whole, Part: f.Part, Earlier: f.Early, Text: f.Text, Span: &b})
		}
	}
	for i, with := range l.Contradicts {
		a := Against{On: casefile.On(casefile.OnClaim, with)}
		if i < len(l.Reasons) && i < len(l.Rules) {
			a.Reason, a.Rule = l.Reasons[i], l.Rules[i]
		}
		c.Against = append(c.Against, a)
	}
	return c, nil
}

func bytesOf(span [2]int, points []int) ([2]int, bool) {
	if span[0] < 0 || span[1] < span[0] || span[1] >= len(points) {
		return [2]int{}, false
	}
	return [2]int{points[span[0]], points[span[1]]}, true
}

func value(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// days writes days as EDTF.
func days(d *claim.LineDays) string {
	switch {
	case d == nil || d.Start == nil && d.End == nil:
		return ""
	case value(d.Start) == value(d.End):
		return value(d.Start)
	}
	return cmp.Or(value(d.Start), "..") + "/" + cmp.Or(value(d.End), "..")
}

// change applies what people decided: edits and splits to each claim, then merges.
func (v *Text) change(s *casefile.State) {
	var list []Claim
	for _, c := range v.Claims {
		list = append(list, changed(s, c)...)
	}
	at := map[casefile.Subject]int{}
	for i, c := range list {
		at[c.On] = i
	}
	for i := range list {
		if into, ok := end(list, at, i); ok {
			list[i].Into = list[into].On
			list[into].take(list[i])
		} else {
			list[i].Into = ""
		}
	}
	for i := range list {
		list[i].Text = Quote(v.Text, list[i].Spans)
	}
	for i := range list {
		for j, a := range list[i].Against {
			if k, ok := at[a.On]; ok {
				list[i].Against[j].Text = list[k].Text
			}
		}
	}
	slices.SortStableFunc(list, func(a, b Claim) int { return cmp.Compare(a.Spans[0][0], b.Spans[0][0]) })
	v.Claims = list
}

// changed is a claim with its edits, cut at its splits. Every part after the first is a claim of its own, whose
// id is that of the whole with the byte of the cut behind it.
func changed(s *casefile.State, c Claim) []Claim {
	ch := s.Changes(c.On)
	c.Decided, c.Base = s.Status(c.On), s.Version(c.On)
	for _, e := range s.History(c.On) {
		if !e.Undone && e.Do != casefile.Undo && e.Do != casefile.Note {
			c.Last = e.Index
		}
	}
	e := ch.Edit
	c.Changed = e.Spans != nil || e.Places != nil
	if e.Spans != nil {
		c.Spans = e.Spans
	}
	if e.Places != nil {
		c.Places = e.Places
	}
	if e.Figures != nil {
		c.Figures, c.Changed = *e.Figures, true
	}
	if e.Source != nil {
		c.Means = ""
	}
	for _, f := range []struct {
		to *string
		by *string
	}{{&c.Source, e.Source}, {&c.Channel, e.Channel}, {&c.Kind, e.Kind}, {&c.Commitment, e.Commitment}, {&c.About, e.About}} {
		if f.by != nil {
			*f.to, c.Changed = *f.by, true
		}
	}
	c.Into = ch.Into
	out := []Claim{c}
	for _, at := range slices.Compact(ch.Cuts) {
		whole := &out[len(out)-1]
		if !inside(whole.Spans, at) {
			continue // the ends were moved past the cut
		}
		part := c
		whole.Spans, part.Spans = cut(whole.Spans, at)
		part.On, part.Part, part.Into = c.On+casefile.Subject("."+strconv.Itoa(at)), true, ""
		out = append(out, part)
	}
	if len(out) == 1 {
		return out
	}
	list := []Claim{out[0].own()}
	for _, p := range out[1:] {
		list = append(list, changed(s, p.own())...)
	}
	return list
}

// own keeps of the figures those that stand in the spans of c; one that a person added stays with the first part.
func (c Claim) own() Claim {
	c.Figures = slices.DeleteFunc(slices.Clone(c.Figures), func(f casefile.Figure) bool {
		if f.Span == nil {
			return c.Part
		}
		return !slices.ContainsFunc(c.Spans, func(s [2]int) bool { return s[0] <= f.Span[0] && f.Span[1] <= s[1] })
	})
	return c
}

// inside reports whether at lies between the first and the last byte of spans.
func inside(spans [][2]int, at int) bool {
	return len(spans) > 0 && spans[0][0] < at && at < spans[len(spans)-1][1]
}

// cut parts spans at a byte.
func cut(spans [][2]int, at int) (before, after [][2]int) {
	for _, s := range spans {
		if s[0] < at {
			before = append(before, [2]int{s[0], min(s[1], at)})
		}
		if s[1] > at {
			after = append(after, [2]int{max(s[0], at), s[1]})
		}
	}
	return before, after
}

// end follows merges from i to the claim that holds them all.
func end(list []Claim, at map[casefile.Subject]int, i int) (int, bool) {
	k := i
	for range list {
		j, ok := at[list[k].Into]
		if !ok {
			return k, k != i
		}
		k = j
	}
	return 0, false // a circle: nobody is merged
}

// take adds a merged claim to c.
func (c *Claim) take(m Claim) {
	c.Merged = append(c.Merged, m.On)
	c.Spans = union(append(slices.Clone(c.Spans), m.Spans...))
	c.Figures = append(slices.Clone(c.Figures), m.Figures...)
	for _, p := range m.Places {
		if !slices.Contains(c.Places, p) {
			c.Places = append(slices.Clone(c.Places), p)
		}
	}
}

// union sorts spans and joins those that touch.
func union(spans [][2]int) (out [][2]int) {
	slices.SortFunc(spans, func(a, b [2]int) int { return cmp.Compare(a[0], b[0]) })
	for _, s := range spans {
		if n := len(out); n > 0 && s[0] <= out[n-1][1] {
			out[n-1][1] = max(out[n-1][1], s[1])
			continue
		}
		out = append(out, s)
	}
	return out
}

// Quote is what stands in text at spans.
func Quote(text string, spans [][2]int) string {
	var parts []string
	for _, s := range spans {
		if 0 <= s[0] && s[0] <= s[1] && s[1] <= len(text) {
			parts = append(parts, strings.TrimSpace(text[s[0]:s[1]]))
		}
	}
	return strings.Join(parts, " … ")
}

// checkClaim refuses a decision on a claim that is not there, or that names places outside its text.
func (b *Book) checkClaim(ctx context.Context, dec casefile.Decision) error {
	if dec.On.Kind() != casefile.OnClaim || dec.Do == casefile.Undo || dec.Base != b.Version(dec.On) { // the last is for the book to refuse, or to know again
		return nil
	}
	item, _, ok := ClaimItem(dec.On)
	if !ok {
		return casefile.ErrUnknown
	}
	v, err := b.Text(ctx, item)
	if err != nil {
		return missing(dec.On, err)
	}
	i := slices.IndexFunc(v.Claims, func(c Claim) bool { return c.On == dec.On })
	if i < 0 {
		return fmt.Errorf("%s: %w", dec.On, casefile.ErrUnknown)
	}
	switch dec.Do {
	case casefile.Edit:
		for _, s := range casefile.With[casefile.ClaimEdit](dec).Spans {
			if !between(v.Text, s[0]) || !between(v.Text, s[1]) {
				return &casefile.InvalidError{Field: "spans", Detail: "must lie in the text"}
			}
		}
	case casefile.Split:
		if at := casefile.With[casefile.SplitInto](dec).At; !inside(v.Claims[i].Spans, at) || !between(v.Text, at) {
			return &casefile.InvalidError{Field: "at", Detail: "must be a place inside the claim"}
		}
	case casefile.Merge:
		into := casefile.With[casefile.MergeInto](dec).Into
		j := slices.IndexFunc(v.Claims, func(c Claim) bool { return c.On == into })
		if j < 0 || v.Claims[j].Into != "" || i == j {
			return &casefile.InvalidError{Field: "into", Detail: "must be another claim"}
		}
	}
	return nil
}

// between reports whether at is a place between two characters of text.
func between(text string, at int) bool {
	return at >= 0 && at <= len(text) && (at == len(text) || utf8.RuneStart(text[at]))
}
