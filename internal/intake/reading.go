package intake

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sort"
	"strings"
	"time"

	"beleg/claim"
	"beleg/document"
	model "beleg/internal/reader"
)

// A Reading is a document with the claims that are suggested for it.
type Reading struct {
	Document document.Document
	Text     claim.Document
	Claims   []claim.Claim // in the order of the text
	asked    int           // claims that a model added
}

// Read lists the claims of a document. id names it in them. Relative times are counted from published; when that is
// zero, from the document's own date, and when that is no day either, they stay unresolved. Claims of
// subtitles get the times of their cues. Nothing but the arguments decides the result.
func Read(id string, doc document.Document, published time.Time) Reading {
	if published.IsZero() {
		published, _ = doc.Published.Day()
	}
	r := Reading{Document: doc, Text: claim.Document{ID: id, Text: doc.Text, Lang: doc.Lang, Published: published}}
	for _, p := range doc.Paragraphs {
		r.Text.Sections = append(r.Text.Sections, claim.Section{Start: p.Start, End: p.End, Lang: p.Lang})
	}
	r.Claims = claim.Read(r.Text)
	for i := range r.Claims {
		setTime(&r.Claims[i], doc.Cues)
	}
	return r
}

// setTime gives a claim the media time of the cues that its content stands in.
func setTime(c *claim.Claim, cues []document.Cue) {
	first, last := c.Content.Spans[0].Start, c.Content.Spans[len(c.Content.Spans)-1].End
	i := sort.Search(len(cues), func(i int) bool { return cues[i].End > first })
	for _, cue := range cues[i:] {
		if cue.Start >= last {
			return
		}
		if c.To == 0 || cue.From < c.From {
			c.From = cue.From
		}
		c.To = max(c.To, cue.To)
	}
}

// A Question is a reading that an outside model is asked to add to.
type Question = model.Result[claim.Claim]

// Ask adds the claims that a model finds and the rules do not. Its quotes must stand in the text word for word;
// figures, times and places are ours.
func (r *Reading) Ask(ctx context.Context, c *model.Client) (Question, error) {
	answer, err := model.Read(ctx, c, r.Text.Text, r.proposed)
	if err != nil {
		return answer, err
	}
	r.Claims = append(r.Claims, answer.Claims...)
	slices.SortStableFunc(r.Claims, func(a, b claim.Claim) int {
		return cmp.Compare(a.Content.Spans[0].Start, b.Content.Spans[0].Start)
	})
	return answer, nil
}

// proposed makes a claim of a model's proposal, unless the rules found the same words.
func (r *Reading) proposed(p model.Proposal) (claim.Claim, error) {
	c := claim.Claim{
		Content: r.mention(p.Content, " … "), Source: r.mention(p.Source, " "), Channel: r.mention(p.Channel, " "), Cue: r.mention(p.Cue, " … "),
		Kind: claim.Kind(p.Kind), Commitment: claim.Commitment(p.Commitment), Form: modelForm,
	}
	for _, known := range r.Claims {
		if same(known.Content.Spans, c.Content.Spans) {
			return c, fmt.Errorf("the rules found these words already")
		}
	}
	claim.Measure(r.Text, &c)
	setTime(&c, r.Document.Cues)
	r.asked++
	c.ID = fmt.Sprintf("%s-m%02d", r.Text.ID, r.asked)
	return c, nil
}

// modelForm marks claims that a model proposed.
const modelForm = "model"

func (r *Reading) mention(spans []model.Span, sep string) claim.Mention {
	var m claim.Mention
	var words []string
	for _, s := range spans {
		m.Spans = append(m.Spans, claim.Span(s))
		words = append(words, r.Text.Text[s.Start:s.End])
	}
	m.Text = strings.Join(words, sep)
	return m
}

// same reports spans that share at least half of the longer one.
func same(a, b []claim.Span) bool {
	shared, long := 0, max(length(a), length(b))
	for _, x := range a {
		for _, y := range b {
			shared += max(0, min(x.End, y.End)-max(x.Start, y.Start))
		}
	}
	return shared*2 >= long
}

func length(spans []claim.Span) (n int) {
	for _, s := range spans {
		n += s.End - s.Start
	}
	return n
}

// maxPairs bounds the comparisons of claims across texts.
const maxPairs = 4_000_000

// Across links the claims of different readings that may contradict each other. It returns false when there
// are too many to compare.
func Across(all []Reading) bool {
	for i := range all {
		for j := i + 1; j < len(all); j++ {
			a, b := all[i].Claims, all[j].Claims
			if len(a)*len(b) > maxPairs {
				return false
			}
			for _, p := range claim.Contradictions(a, b) {
				x, y := &a[p.A], &b[p.B]
				x.Conflicts = append(x.Conflicts, claim.Conflict{With: y.ID, Rule: p.Rule, Reason: p.Reason})
				y.Conflicts = append(y.Conflicts, claim.Conflict{With: x.ID, Rule: p.Rule, Reason: p.Reason})
			}
		}
	}
	return true
}
