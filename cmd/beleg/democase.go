package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"beleg/claim"
	"beleg/custody"
	"beleg/internal/casefile"
	"beleg/internal/casework"
	"beleg/internal/intake"
	"beleg/internal/store"
	"beleg/match"
)

// openCase compares the broadcast with the archive so that its reuses are kept, and opens the worked case: the television
// claim, the reuse of the clip of 2014 against it, the broadcast whose pictures it speaks about, the article and the statement.
func (d *demo) openCase(ctx context.Context) (err error) {
	folder, err := intake.Open(ctx, d.data, custody.Options{Now: d.app.clock})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, folder.Close()) }()
	tools, err := d.app.locate(ctx)
	if err != nil {
		return err
	}
	defer tools.Close()
	book, err := casework.Open(ctx, folder)
	if err != nil {
		return err
	}
	actor, err := person{}.name(d.app)
	if err != nil {
		return err
	}
	ids := map[string]string{}
	for it, err := range folder.Catalogue.Items(ctx, "", "") {
		if err != nil {
			return err
		}
		ids[it.Name] = it.ID
	}
	broadcast, article := ids["broadcast-2016-10-06.mp4"], ids["article.html"]
	reuses, err := intake.NewEngine(folder, tools).CheckItem(ctx, actor, broadcast)
	if err != nil {
		return err
	}
	tv, err := televisionClaim(ctx, folder.Catalogue, article)
	if err != nil {
		return err
	}
	title, question := d.app.Say("demo.case.title"), d.app.Say("demo.case.question")
	on := casefile.On(casefile.OnCase, casework.NewCaseID(title))
	item := func(id string) casefile.Subject { return casefile.On(casefile.OnItem, id) }
	steps := []demoDecision{
		{casefile.Open, casefile.CaseFields{Title: &title, Question: &question}},
		{casefile.File, casefile.Evidence{What: item(article)}},
		{casefile.File, casefile.Evidence{What: item(ids["statement.txt"])}},
		{casefile.File, casefile.Evidence{What: tv}},
		{casefile.Link, casefile.PicturesOf{Claim: tv, Item: item(broadcast)}},
	}
	for _, r := range reuses {
		if r.Earlier == ids["corridor-2014.mp4"] && r.Strength() == match.Believable { // a look-alike is no evidence
			steps = append(steps, demoDecision{casefile.File, casefile.Evidence{What: casefile.On(casefile.OnReuse, r.ID), Claim: tv, Side: "against"}})
		}
	}
	for n, s := range steps {
		dec, err := casefile.Make(on, s.do, uint64(n), "", s.with)
		if err != nil {
			return err
		}
		if _, err := book.Decide(ctx, actor, dec, ""); err != nil {
			return err
		}
	}
	_, err = fmt.Fprintf(d.app.out, "\n%s\n%s\n", d.app.bold(d.app.Say("demo.case")), d.app.Say("case.opened", on.ID()))
	return err
}

// A demoDecision is a step of the worked case.
type demoDecision struct {
	do   casefile.Verb
	with any
}

// televisionClaim finds what the article says about the pictures on television.
func televisionClaim(ctx context.Context, c *store.Catalogue, article string) (casefile.Subject, error) {
	list, err := c.Suggestions(ctx, article)
	if err != nil {
		return "", err
	}
	for _, s := range list {
		var l claim.Line
		if err := json.Unmarshal(s.Body, &l); err != nil {
			return "", fmt.Errorf("claim %d of %s: %w", s.N, s.Item, err)
		}
		if strings.HasPrefix(l.Content, "Das Staatsfernsehen zeigte") {
			return casefile.On(casefile.OnClaim, l.ID), nil
		}
	}
	return "", fmt.Errorf("the article of the worked case has lost its claim about the television pictures")
}
