package reader

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// Errors that Read and New wrap.
var (
	// ErrConfig reports an endpoint that cannot be used as given.
	ErrConfig = errors.New("reader: bad setting")
	// ErrRefused reports that the server turned us away: wrong key, no such model.
	ErrRefused = errors.New("reader: refused by the server")
	// ErrAnswer reports that no usable answer came, after all retries.
	ErrAnswer = errors.New("reader: no usable answer")
)

// Span is a stretch of bytes [Start, End) of the text.
type Span struct{ Start, End int }

// Proposal is a claim whose quotes were found in the text. Spans are in text order; Source, Channel and
// Cue may be empty.
type Proposal struct {
	Content    []Span // one or more pieces
	Source     []Span
	Channel    []Span
	Cue        []Span
	Kind       string // statement, order, denial, finding, count or plan
	Commitment string // asserted, reported or hedged
}

// Drop is something that the model said and that was not taken.
type Drop struct {
	Quote  string // at most 200 bytes of what it said
	Reason string
}

// Gap is a stretch of the text that was not read, and why.
type Gap struct {
	Span
	Err error
}

// Result is what came of a text.
type Result[T any] struct {
	Claims   []T // in the order of their content in the text
	Dropped  []Drop
	Gaps     []Gap
	Requests int    // sent, retries included
	Sent     int    // bytes of text that left the machine, retries included
	Model    string // as the server names it
}

// Limits of an answer.
const (
	maxClaims = 500     // of one piece of text
	maxQuote  = 4 << 10 // bytes
	minQuote  = 3       // letters of a content
)

// Read asks c for the claims of text. Finish turns each proposal whose quotes were found into the caller's
// claim, computing figures, times and places from its spans by the caller's rules; an error of it
// drops the proposal with that reason. Pieces of the text that could not be read are listed as gaps;
// the error is that of the first gap if nothing at all was read, or that of ctx.
func Read[T any](ctx context.Context, c *Client, text string, finish func(Proposal) (T, error)) (Result[T], error) {
	var r Result[T]
	pieces := cut(text, c.pieceBytes)
	for _, piece := range pieces {
		if strings.TrimSpace(text[piece.Start:piece.End]) == "" {
			continue
		}
		a, err := c.ask(ctx, text[piece.Start:piece.End])
		r.Requests += a.requests
		r.Sent += a.requests * (piece.End - piece.Start)
		if ctx.Err() != nil {
			return r, ctx.Err()
		}
		if err != nil {
			r.Gaps = append(r.Gaps, Gap{piece, err})
			if errors.Is(err, ErrRefused) {
				return r, err // the next piece would fare no better
			}
			continue
		}
		r.Model = a.model
		proposals, dropped := locate(text, piece, a.claims)
		r.Dropped = append(r.Dropped, dropped...)
		for _, p := range proposals {
			claim, err := finish(p)
			if err != nil {
				r.drop(text[p.Content[0].Start:p.Content[0].End], err.Error())
				continue
			}
			r.Claims = append(r.Claims, claim)
		}
	}
	if len(r.Gaps) > 0 && len(r.Gaps) == len(pieces) {
		return r, r.Gaps[0].Err
	}
	return r, nil
}

func (r *Result[T]) drop(quote, reason string) {
	r.Dropped = append(r.Dropped, Drop{clip(quote), reason})
}

// cut splits text into pieces of at most size bytes, at paragraph ends where there are any, else at line ends, spaces, characters.
func cut(text string, size int) []Span {
	var out []Span
	for start := 0; start < len(text); {
		end := min(len(text), start+size)
		if end < len(text) {
			end = start + cutAt(text[start:end])
		}
		out = append(out, Span{start, end})
		start = end
	}
	return out
}

func cutAt(s string) int {
	for _, sep := range []string{"\n\n", "\n", " "} {
		if i := strings.LastIndex(s, sep); i > len(s)/2 {
			return i + len(sep)
		}
	}
	end := len(s)
	for end > 1 && end > len(s)-utf8.UTFMax && !validEnd(s[:end]) {
		end--
	}
	return end
}

func validEnd(s string) bool {
	r, n := utf8.DecodeLastRuneInString(s)
	return r != utf8.RuneError || n != 1
}

// said is one claim as the model must give it.
type said struct {
	Content    string `json:"content"`
	Source     string `json:"source"`
	Channel    string `json:"channel"`
	Cue        string `json:"cue"`
	Kind       string `json:"kind"`
	Commitment string `json:"commitment"`
}

var (
	kinds       = []string{"statement", "order", "denial", "finding", "count", "plan"}
	commitments = []string{"asserted", "reported", "hedged"}
)

// parseAnswer reads the model's words: one JSON object with claims and nothing else, a code fence
// around it aside.
func parseAnswer(content string) ([]json.RawMessage, error) {
	content = strings.TrimSpace(content)
	if inner, ok := strings.CutPrefix(content, "```"); ok {
		inner = strings.TrimPrefix(inner, "json")
		content = strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(inner), "```"))
	}
	var answer struct {
		Claims []json.RawMessage `json:"claims"`
	}
	if err := strict([]byte(content), &answer); err != nil {
		return nil, fmt.Errorf("the answer is not the JSON asked for: %w", err)
	}
	if answer.Claims == nil {
		return nil, errors.New("the answer is not the JSON asked for: no list of claims")
	}
	return answer.Claims, nil
}

func strict(b []byte, v any) error {
	d := json.NewDecoder(strings.NewReader(string(b)))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return err
	}
	if d.More() {
		return errors.New("something follows the JSON")
	}
	return nil
}

func clip(s string) string {
	if len(s) <= 200 {
		return s
	}
	n := 200
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}
