package main

import (
	"context"
	"fmt"
	"strings"
	"text/tabwriter"

	"beleg/internal/casefile"
	"beleg/internal/casework"
)

// A contradictionLine is a contradiction as `beleg case show --contradictions --json` prints it, described
// in docs/format/json.md.
type contradictionLine struct {
	ID     casefile.Subject `json:"id"`
	Rule   string           `json:"rule"`
	Status casefile.Status  `json:"status"`
	A      casefile.Subject `json:"a"`
	B      casefile.Subject `json:"b"`
	Chain  []chainLine      `json:"chain"`
}

// A chainLine is a step of a chain, with the words for people.
type chainLine struct {
	casefile.Step
	Words string `json:"words"`
}

// contradictions lists what the rules find in a case, with what people decided on it.
func (a *app) contradictions(ctx context.Context, b *casework.Book, id string, asJSON bool) error {
	found, err := b.Findings(ctx, id)
	if err != nil {
		return fmt.Errorf("case %s: %w", id, err)
	}
	for _, c := range found.Contradictions {
		line := contradictionLine{ID: c.On, Rule: c.Rule, A: c.A, B: c.B}
		b.Look(func(s *casefile.State) { line.Status = s.Status(c.On).Status })
		for _, s := range c.Chain {
			line.Chain = append(line.Chain, chainLine{s, casework.StepWords(a.Words, s)})
		}
		if asJSON {
			err = a.json(line)
		} else {
			err = a.showContradiction(line)
		}
		if err != nil {
			return err
		}
	}
	if len(found.Contradictions) == 0 && !asJSON {
		_, err = fmt.Fprintln(a.out, a.Say("case.nocontradictions"))
	}
	return err
}

func (a *app) showContradiction(c contradictionLine) error {
	_, err := fmt.Fprintf(a.out, "%s (%s) %s\n", a.Maybe("rule.", c.Rule), a.Maybe("status.", string(c.Status)), c.ID)
	for _, s := range c.Chain {
		if err == nil {
			_, err = fmt.Fprintf(a.out, "  %s  %s\n", printable(s.Words), s.On)
		}
	}
	return err
}

// figures lists the figures of a case that can be compared, and what they say of one another.
func (a *app) figures(ctx context.Context, b *casework.Book, id string, asJSON bool) error {
	found, err := b.Findings(ctx, id)
	if err != nil {
		return fmt.Errorf("case %s: %w", id, err)
	}
	for _, c := range found.Comparisons {
		if asJSON {
			err = a.json(c)
		} else {
			err = a.showComparison(c)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (a *app) showComparison(c casefile.Comparison) error {
	fmt.Fprintln(a.out, a.bold(casework.ComparisonWords(a.Words, c)))
	w := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
	for i, r := range c.Rows {
		who := r.Source
		if who == "" {
			who = a.Say("claim.author")
		}
		how := a.Maybe("figure.kind.", r.Figure.Kind)
		if r.Unsaid != "" {
			how = a.Say("figure.unsaid." + string(r.Unsaid))
		}
		fmt.Fprintf(w, "%d\t%s\t%s\t%s\t%s\t%s\t%s\n", i+1, printable(who), printable(casework.FigureWords(a.Words, r.Figure)), how, r.About, printable(strings.Join(r.Places, ", ")), r.Claim)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for _, p := range casework.PairLines(a.Words, c) {
		if _, err := fmt.Fprintln(a.out, "  "+p.Words); err != nil {
			return err
		}
	}
	return nil
}
