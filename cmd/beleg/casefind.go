package main

import (
	"context"
	"fmt"

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
