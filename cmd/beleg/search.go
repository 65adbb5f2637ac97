package main

import (
	"bufio"
	"context"
	"fmt"
	"strings"

	"beleg/internal/casefile"
	"beleg/internal/casework"
	"beleg/internal/store"
)

type searchCmd struct {
	Words []string `arg:"" name:"words" help:"${help_search_words}"`
	Kind  string   `help:"${help_search_kind}" enum:",item,text,claim,case,source" default:"" placeholder:"KIND"`
	Limit int      `help:"${help_search_limit}" default:"20" placeholder:"N"`
	JSON  bool     `name:"json" help:"${help_json}"`
}

// Run searches everything. A search that finds nothing ends with status 1.
func (c *searchCmd) Run(ctx context.Context, a *app) error {
	s := casework.Search{Text: strings.Join(c.Words, " "), Limit: c.Limit}
	if store.Ask(s.Text).Empty() {
		return usageError{a.Say("error.search.nowords", s.Text)}
	}
	if c.Limit < 1 || c.Limit > 10_000 {
		return usageError{a.Say("error.search.limit", c.Limit)}
	}
	if c.Kind != "" {
		s.Kinds = []string{c.Kind}
	}
	return a.withBook(ctx, a.openReadOnly, func(b *casework.Book) error {
		found, err := b.Search(ctx, s)
		if err != nil {
			return err
		}
		q, err := b.Folder.Catalogue.Expand(ctx, store.Ask(s.Text))
		if err != nil {
			return err
		}
		if err := a.found(found, q, c.JSON); err != nil {
			return err
		}
		if found.Unsearched > 0 {
			fmt.Fprintln(a.err, "beleg: "+a.Count("search.unsearched", found.Unsearched))
		}
		if len(found.Groups) == 0 {
			if !c.JSON {
				fmt.Fprintln(a.out, a.Say("search.none"))
			}
			return errWanting
		}
		return nil
	})
}

// found prints what was found: a hit a line as JSON, or for people by kind.
func (a *app) found(found casework.Found, q store.Query, asJSON bool) error {
	if asJSON {
		for _, g := range found.Groups {
			for _, h := range g.Hits {
				if err := a.json(h); err != nil {
					return err
				}
			}
		}
		return nil
	}
	out := bufio.NewWriter(a.out)
	for i, g := range found.Groups {
		if i > 0 {
			fmt.Fprintln(out)
		}
		heading := a.Say("search.total", a.Say("search."+g.Kind), g.Total)
		if g.Total > len(g.Hits) {
			heading = a.Say("search.first", a.Say("search."+g.Kind), len(g.Hits), g.Total)
		}
		fmt.Fprintln(out, a.bold(heading))
		for _, h := range g.Hits {
			a.hit(out, h, q)
		}
	}
	return out.Flush()
}

func (a *app) hit(out *bufio.Writer, h casework.Hit, q store.Query) {
	line := shortID(h.On) + "  " + a.marked(q.Pieces(h.Title))
	if h.State != "" && h.State != store.Complete {
		line += " [" + a.Maybe("state.", h.State) + "]"
	}
	if h.Note != "" {
		line += " · " + a.marked(q.Pieces(h.Note))
	}
	fmt.Fprintln(out, line)
	if h.Text != nil {
		fmt.Fprintf(out, "    … %s …\n", a.marked(h.Text.Pieces))
	}
}

// marked writes pieces on one line, what was found in bold where the terminal can.
func (a *app) marked(pieces []store.Piece) string {
	var b strings.Builder
	for _, p := range pieces {
		text := visibleText(strings.Map(oneLine, p.Text))
		if p.Hit {
			text = a.bold(text)
		}
		b.WriteString(text)
	}
	return b.String()
}

func oneLine(r rune) rune {
	if r == '\n' || r == '\t' || r == '\r' {
		return ' '
	}
	return r
}

// shortID is what the other commands take for a hit: of items and claims the beginning of the hash is enough.
func shortID(on casefile.Subject) string {
	id := on.ID()
	switch on.Kind() {
	case casefile.OnItem:
		return id[:min(len(id), 12)]
	case casefile.OnClaim:
		if len(id) > 64 {
			return id[:12] + id[64:]
		}
	}
	return id
}
