package claim

import (
	"encoding/json"
	"io"
	"unicode/utf8"
)

// A Line is a claim in its outside form, described in docs/format/claim.md: offsets count code points of the text.
type Line struct {
	ID           string       `json:"id"`
	Doc          string       `json:"doc"`
	Lang         string       `json:"lang"`
	Content      string       `json:"content"`
	ContentSpans [][2]int     `json:"content_spans"`
	Sentence     [2]int       `json:"sentence_span"`
	Source       *string      `json:"source"` // nil: the author of the text
	SourceSpans  [][2]int     `json:"source_spans"`
	SourceAlso   []string     `json:"source_also"`
	Channel      *string      `json:"channel"`
	ChannelSpans [][2]int     `json:"channel_spans"`
	Cue          *string      `json:"cue"`
	CueSpans     [][2]int     `json:"cue_spans"`
	Kind         Kind         `json:"kind"`
	Commitment   Commitment   `json:"commitment"`
	Figures      []LineFigure `json:"figures"`
	About        *LineDays    `json:"about"`
	Said         *LineDays    `json:"said"`
	Places       []string     `json:"places"`
	Contradicts  []string     `json:"contradicts"`
	Reasons      []string     `json:"contradiction_reasons,omitempty"` // pairwise with Contradicts
	Rules        []string     `json:"contradiction_rules,omitempty"`   // pairwise with Contradicts
	Form         string       `json:"form"`
	Time         *[2]float64  `json:"time,omitempty"` // seconds since the first frame, of texts that have it: subtitles
}

// A LineFigure is a figure of a [Line].
type LineFigure struct {
	Text  string  `json:"text"`
	Span  [2]int  `json:"span"`
	Value float64 `json:"value"`
	Max   float64 `json:"max,omitempty"`
	Cmp   string  `json:"cmp"`
	Unit  string  `json:"unit"`
	Of    string  `json:"of"`
	Event string  `json:"event,omitempty"`
	State string  `json:"status,omitempty"`
	Kind  string  `json:"kind,omitempty"`
	Whole float64 `json:"whole,omitempty"`   // "two of the last three": 3
	Part  bool    `json:"part,omitempty"`    // told as part of another figure, or on top of one
	Early bool    `json:"earlier,omitempty"` // an earlier count: 40 of "rose from 40 to 52"
}

// LineDays are days of a [Line], YYYY-MM-DD, both inclusive; nil is an open end.
type LineDays struct {
	Start *string `json:"start"`
	End   *string `json:"end"`
}

// Lines gives claims of doc their outside form.
func Lines(doc Document, claims []Claim) []Line {
	p := pointCounter{text: doc.Text}
	out := make([]Line, 0, len(claims))
	for i := range claims {
		out = append(out, p.claim(doc.ID, &claims[i]))
	}
	return out
}

// WriteJSON writes one claim a line in the form of docs/format/claim.md.
func WriteJSON(w io.Writer, doc Document, claims []Claim) error {
	p := pointCounter{text: doc.Text}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	for i := range claims {
		if err := enc.Encode(p.claim(doc.ID, &claims[i])); err != nil {
			return err
		}
	}
	return nil
}

// A pointCounter turns byte offsets into code points; it remembers the latest offset, so that a text
// is counted about once.
type pointCounter struct {
	text       string
	byte, rune int
}

func (p *pointCounter) at(b int) int {
	if b < p.byte {
		p.rune -= utf8.RuneCountInString(p.text[b:p.byte])
	} else {
		p.rune += utf8.RuneCountInString(p.text[p.byte:b])
	}
	p.byte = b
	return p.rune
}

func (p *pointCounter) spans(spans []Span) [][2]int {
	out := make([][2]int, 0, len(spans))
	for _, s := range spans {
		out = append(out, [2]int{p.at(s.Start), p.at(s.End)})
	}
	return out
}

func text(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func jsonDays(iv *Interval) *LineDays {
	if iv == nil {
		return nil
	}
	return &LineDays{text(iv.Start), text(iv.End)}
}

func (p *pointCounter) claim(doc string, c *Claim) Line {
	j := Line{
		ID: c.ID, Doc: doc, Lang: c.Lang, Content: c.Content.Text, ContentSpans: p.spans(c.Content.Spans), Sentence: [2]int{p.at(c.Sentence.Start), p.at(c.Sentence.End)}, Kind: c.Kind, Commitment: c.Commitment, Form: c.Form,
		Source: text(c.Source.Text), SourceSpans: p.spans(c.Source.Spans), SourceAlso: []string{}, Channel: text(c.Channel.Text), ChannelSpans: p.spans(c.Channel.Spans),
		Cue: text(c.Cue.Text), CueSpans: p.spans(c.Cue.Spans), Figures: []LineFigure{}, About: jsonDays(c.About), Said: jsonDays(c.Said), Places: []string{}, Contradicts: []string{},
	}
	if c.Resolved != "" {
		j.SourceAlso = append(j.SourceAlso, c.Resolved)
	}
	for _, f := range c.Figures {
		j.Figures = append(j.Figures, LineFigure{p.text[f.Start:f.End], [2]int{p.at(f.Start), p.at(f.End)}, f.Value, f.Max, f.Cmp, f.Unit, f.Of, f.Event, f.Status, f.Kind, f.Whole, f.Part, f.Earlier})
	}
	for _, pl := range c.Places {
		j.Places = append(j.Places, p.text[pl.Start:pl.End])
	}
	for _, x := range c.Conflicts {
		j.Contradicts = append(j.Contradicts, x.With)
		j.Reasons = append(j.Reasons, x.Reason)
		j.Rules = append(j.Rules, x.Rule)
	}
	if c.To > 0 {
		j.Time = &[2]float64{c.From.Seconds(), c.To.Seconds()}
	}
	return j
}
