package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/user"
	"slices"
	"text/tabwriter"

	"beleg/internal/casefile"
	"beleg/internal/casework"
	"beleg/internal/intake"
)

type caseCmd struct {
	List   caseListCmd   `cmd:"" help:"${help_case_list}"`
	Show   caseShowCmd   `cmd:"" help:"${help_case_show}"`
	New    caseNewCmd    `cmd:"" help:"${help_case_new}"`
	File   caseFileCmd   `cmd:"" help:"${help_case_file}"`
	Decide caseDecideCmd `cmd:"" help:"${help_case_decide}"`
}

// person is who decides.
type person struct {
	Actor string `help:"${help_actor}" env:"BELEG_ACTOR" placeholder:"NAME"`
}

func (p person) name(a *app) (string, error) {
	if p.Actor != "" {
		return p.Actor, nil
	}
	u, err := user.Current()
	if err != nil {
		return "", usageError{a.Say("error.actor")}
	}
	return u.Username, nil
}

// withBook opens the data folder and the state of its decisions for one command.
func (a *app) withBook(ctx context.Context, open func(context.Context) (*intake.Folder, error), do func(*casework.Book) error) error {
	folder, err := open(ctx)
	if err != nil {
		return err
	}
	b, err := casework.Open(ctx, folder)
	if err == nil {
		err = do(b)
	}
	return errors.Join(err, folder.Close())
}

type caseListCmd struct {
	JSON bool `name:"json" help:"${help_json}"`
}

// Run lists the cases, the last changed first.
func (c *caseListCmd) Run(ctx context.Context, a *app) error {
	return a.withBook(ctx, a.openReadOnly, func(b *casework.Book) (err error) {
		var list []casefile.Case
		b.Look(func(s *casefile.State) { list = s.Cases() })
		w := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
		for _, x := range list {
			if c.JSON {
				if err := a.json(caseLine{x.ID, x.Title, x.Question, x.Risk, x.State, len(x.Evidence), len(x.Verdicts)}); err != nil {
					return err
				}
				continue
			}
			fmt.Fprintf(w, "%s\t%s\t%s\n", x.ID, a.Maybe("case.state.", x.State), printable(x.Title))
		}
		return w.Flush()
	})
}

// A caseLine is a case as `beleg case list --json` prints it.
type caseLine struct {
	ID       string `json:"id"`
	Title    string `json:"title"`
	Question string `json:"question,omitempty"`
	Risk     string `json:"risk,omitempty"`
	State    string `json:"state"`
	Evidence int    `json:"evidence"`
	Verdicts int    `json:"verdicts"`
}

type caseShowCmd struct {
	Case           string `arg:"" help:"${help_case}"`
	Contradictions bool   `help:"${help_case_contradictions}"`
	Figures        bool   `help:"${help_case_figures}"`
	JSON           bool   `name:"json" help:"${help_json}"`
}

// Run shows a case with the decisions that made it: on the case, and on what it rests on.
func (c *caseShowCmd) Run(ctx context.Context, a *app) error {
	return a.withBook(ctx, a.openReadOnly, func(b *casework.Book) error {
		id, err := b.ResolveCase(c.Case)
		if err != nil {
			return err
		}
		if c.Contradictions {
			return a.contradictions(ctx, b, id, c.JSON)
		}
		if c.Figures {
			return a.figures(ctx, b, id, c.JSON)
		}
		f, err := b.Findings(ctx, id)
		if err != nil {
			return fmt.Errorf("case %s: %w", id, err)
		}
		missing, err := b.Missing(ctx, f)
		if err != nil {
			return err
		}
		feed := b.Feed(f)
		slices.Reverse(feed)
		if c.JSON {
			return a.json(caseShown{f.Case, missing, b.History(casefile.On(casefile.OnCase, id)), feed})
		}
		return a.showCase(a.out, f.Case, missing, feed)
	})
}

// A caseShown is a case as `beleg case show --json` prints it.
type caseShown struct {
	casefile.Case
	Missing []casefile.Gap   // the first is the next step
	History []casefile.Entry // of the case itself, oldest first
	Feed    []casefile.Entry // of the case and of all that it holds, oldest first
}

func (a *app) showCase(out io.Writer, x casefile.Case, missing []casefile.Gap, feed []casefile.Entry) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, f := range []struct{ key, text string }{{"id", x.ID}, {"title", x.Title}, {"question", x.Question}, {"state", a.Maybe("case.state.", x.State)}, {"owner", x.Owner}, {"risk", x.Risk}} {
		if f.text != "" {
			fmt.Fprintf(w, "%s\t%s\n", a.Say("case."+f.key), printable(f.text))
		}
	}
	for _, g := range missing {
		fmt.Fprintf(w, "%s\t%s\n", a.Say("case.missing"), a.gap(g))
	}
	for _, e := range x.Evidence {
		fmt.Fprintf(w, "%s\t%s\n", a.Say("case.evidence"), printable(fmt.Sprintf("%s %s %s (%d)", e.What, a.Maybe("case.side.", e.Side), e.Claim, e.Credibility)))
	}
	for _, e := range x.Withdrawn {
		fmt.Fprintf(w, "%s\t%s\n", a.Say("case.withdrawn"), printable(fmt.Sprintf("%s: %s, %s", e.What, a.Maybe("reuse.is.", e.Is), e.Decided.Actor)))
	}
	for _, v := range x.Verdicts {
		fmt.Fprintf(w, "%s\t%s\n", a.Say("case.verdict"), printable(fmt.Sprintf("%s: %s, %s", v.Claim, v.Rating, v.Summary)))
	}
	for _, e := range feed {
		about, undone := "", ""
		if e.On != casefile.On(casefile.OnCase, x.ID) {
			about = " " + string(e.On)
		}
		if e.Undone {
			undone = " (" + a.Say("history.undone") + ")"
		}
		fmt.Fprintf(w, "%s\t%s %s: %s%s%s\n", a.Say("history.entry", e.Index), e.Time.Format("2006-01-02T15:04:05Z"), printable(e.Actor), a.Maybe("verb.", string(e.Do)), printable(about), undone)
	}
	return w.Flush()
}

// gap says what is missing.
func (a *app) gap(g casefile.Gap) string {
	if g.N > 0 {
		return a.Count("gap."+g.What, g.N)
	}
	return a.Maybe("gap.", g.What)
}

type caseNewCmd struct {
	person
	Title    string `arg:"" help:"${help_case_title}"`
	Question string `help:"${help_case_question}" placeholder:"TEXT"`
	JSON     bool   `name:"json" help:"${help_json}"`
}

// Run opens a case.
func (c *caseNewCmd) Run(ctx context.Context, a *app) error {
	fields := casefile.CaseFields{Title: &c.Title}
	if c.Question != "" {
		fields.Question = &c.Question
	}
	id := casework.NewCaseID(c.Title)
	return a.decide(ctx, c.person, c.JSON, func(*casework.Book) (casefile.Decision, error) {
		return casefile.Make(casefile.On(casefile.OnCase, id), casefile.Open, 0, "", fields)
	}, func(casefile.Entry) string { return a.Say("case.opened", id) })
}

type caseFileCmd struct {
	person
	Case        string `arg:"" help:"${help_case}"`
	What        string `arg:"" help:"${help_case_what}"`
	For         string `xor:"side" help:"${help_case_for}" placeholder:"CLAIM"`
	Against     string `xor:"side" help:"${help_case_against}" placeholder:"CLAIM"`
	Credibility int    `help:"${help_case_credibility}" default:"6" placeholder:"1-6"`
	Reason      string `help:"${help_case_reason}" placeholder:"TEXT"`
	JSON        bool   `name:"json" help:"${help_json}"`
}

// Run files evidence in a case.
func (c *caseFileCmd) Run(ctx context.Context, a *app) error {
	e := casefile.Evidence{What: casefile.Subject(c.What), Credibility: c.Credibility}
	switch {
	case c.For != "":
		e.Side, e.Claim = "for", casefile.Subject(c.For)
	case c.Against != "":
		e.Side, e.Claim = "against", casefile.Subject(c.Against)
	}
	return a.decide(ctx, c.person, c.JSON, func(b *casework.Book) (casefile.Decision, error) {
		id, err := b.ResolveCase(c.Case)
		if err != nil {
			return casefile.Decision{}, err
		}
		on := casefile.On(casefile.OnCase, id)
		return casefile.Make(on, casefile.File, b.Version(on), c.Reason, e)
	}, func(e casefile.Entry) string { return a.Say("case.recorded", e.Index) })
}

type caseDecideCmd struct {
	person
	On     string  `arg:"" help:"${help_case_on}"`
	Do     string  `arg:"" help:"${help_case_do}"`
	With   string  `help:"${help_case_with}" placeholder:"JSON"`
	Reason string  `help:"${help_case_reason}" placeholder:"TEXT"`
	Base   *uint64 `help:"${help_case_base}" placeholder:"N"`
	JSON   bool    `name:"json" help:"${help_json}"`
}

// Run records a decision on anything.
func (c *caseDecideCmd) Run(ctx context.Context, a *app) error {
	if c.With != "" && !json.Valid([]byte(c.With)) {
		return usageError{a.Say("error.with", c.With)}
	}
	return a.decide(ctx, c.person, c.JSON, func(b *casework.Book) (casefile.Decision, error) {
		on, err := b.Resolve(ctx, c.On)
		if c.Do == string(casefile.Open) && errors.Is(err, casefile.ErrUnknown) { // a case that is opened is not there yet
			on, err = casefile.Subject(c.On), nil
		}
		if err != nil {
			return casefile.Decision{}, err
		}
		d := casefile.Decision{On: on, Do: casefile.Verb(c.Do), Base: b.Version(on), Reason: c.Reason}
		if c.Base != nil {
			d.Base = *c.Base
		}
		if c.With != "" {
			d.With = json.RawMessage(c.With)
		}
		return d, nil
	}, func(e casefile.Entry) string { return a.Say("case.recorded", e.Index) })
}

// decide records what make decides, and says so.
func (a *app) decide(ctx context.Context, p person, asJSON bool, make func(*casework.Book) (casefile.Decision, error), say func(casefile.Entry) string) error {
	actor, err := p.name(a)
	if err != nil {
		return err
	}
	return a.withBook(ctx, a.open, func(b *casework.Book) error {
		d, err := make(b)
		if err != nil {
			return err
		}
		e, err := b.Decide(ctx, actor, d, "")
		if err != nil {
			return err
		}
		if asJSON {
			return a.json(e)
		}
		_, err = fmt.Fprintln(a.out, say(e))
		return err
	})
}
