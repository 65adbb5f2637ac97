package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"beleg/claim"
	"beleg/internal/store"
)

type itemsCmd struct {
	State string `help:"${help_items_state}" enum:",pending,complete,partial,unreadable,refused,kept,deleted" default:"" placeholder:"STATE"`
	Kind  string `help:"${help_items_kind}" enum:",broadcast,clip,photo,article,document" default:"" placeholder:"KIND"`
	JSON  bool   `name:"json" help:"${help_json}"`
}

// Run lists what was taken in.
func (c *itemsCmd) Run(ctx context.Context, a *app) (err error) {
	folder, err := a.openReadOnly(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, folder.Close()) }()
	w := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
	if !c.JSON {
		fmt.Fprintln(w, a.Say("items.heading"))
	}
	for it, err := range folder.Catalogue.Items(ctx, c.State, c.Kind) {
		if err != nil {
			return err
		}
		if c.JSON {
			err = a.json(it)
		} else {
			_, err = fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", it.ID[:12], a.Maybe("kind.", it.Kind),
				a.Maybe("state.", it.State), a.since(store.SinceOf(it.Appearances)), printable(it.Name))
		}
		if err != nil {
			return err
		}
	}
	if c.JSON {
		return nil
	}
	return w.Flush()
}

// since says since when an item was public and how we know.
func (a *app) since(s store.Since) string {
	text := a.appearance(s.Claimed)
	if s.Proven.Date != "" && s.Proven.How != s.Claimed.How {
		text += "; " + a.Say("since.proven", day(s.Proven.Date))
	}
	return text
}

func (a *app) appearance(p store.Appearance) string {
	if p.Date == "" {
		return a.Say("since.unknown")
	}
	return fmt.Sprintf("%s (%s)", day(p.Date), a.Maybe("how.", p.How))
}

// day shortens an exact instant to its day, as a person reads it; other dates stay as they are.
func day(date string) string {
	if len(date) > len(time.DateOnly) && date[len(time.DateOnly)] == 'T' {
		return date[:len(time.DateOnly)]
	}
	return date
}

type showCmd struct {
	Item string `arg:"" help:"${help_item}"`
	JSON bool   `name:"json" help:"${help_json}"`
}

// Run shows everything that is known about one item.
func (c *showCmd) Run(ctx context.Context, a *app) (err error) {
	folder, err := a.openReadOnly(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, folder.Close()) }()
	id, err := folder.Catalogue.Find(ctx, c.Item)
	if err != nil {
		return err
	}
	h, err := folder.Catalogue.History(ctx, id)
	if err != nil {
		return err
	}
	if c.JSON {
		return a.json(h)
	}
	if err := a.show(a.out, h); err != nil {
		return err
	}
	return a.showClaims(h)
}

// showClaims prints the claims of a text.
func (a *app) showClaims(h store.History) error {
	var lines []claim.Line
	for _, body := range h.Claims {
		var l claim.Line
		if err := json.Unmarshal(body, &l); err != nil {
			return fmt.Errorf("read claim of %s: %w", h.ID, err)
		}
		lines = append(lines, l)
	}
	if len(lines) == 0 {
		return nil
	}
	out := bufio.NewWriter(a.out)
	t := a.claimTable(out, lines)
	fmt.Fprintln(out)
	t.heading()
	for _, l := range lines {
		t.claim(l)
	}
	t.conflicts(lines)
	return out.Flush()
}

func (a *app) show(out io.Writer, h store.History) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	field := func(key, text string) {
		if text != "" {
			fmt.Fprintf(w, "%s\t%s\n", a.Say("show."+key), printable(text))
		}
	}
	field("id", h.ID)
	field("name", h.Name)
	field("kind", a.Maybe("kind.", h.Kind))
	field("state", a.Maybe("state.", h.State))
	field("detail", h.Detail)
	field("size", a.Say("show.bytes", h.Size))
	field("title", h.Title)
	field("outlet", h.Outlet)
	field("place", h.Place)
	field("url", h.URL)
	field("purpose", h.Purpose)
	field("note", h.Note)
	if m := h.Media; m != nil {
		field("media", fmt.Sprintf("%s %s %s %dx%d %s", m.Kind, m.Container, m.Codec, m.Width, m.Height, clock(time.Duration(m.Duration))))
	}
	if t := h.Text; t != nil {
		field("text", fmt.Sprintf("%s, %s", t.Lang, a.Count("count.claim", t.Claims)))
	}
	for _, p := range h.Appearances {
		field("public", fmt.Sprintf("%s (%s, %s)", p.Date, a.Maybe("how.", p.How), p.Source))
	}
	for _, e := range h.Events {
		field("intake", a.Say("show.event", e.Time, e.Actor, e.Given, e.Name, e.Index))
	}
	for _, d := range h.Derivations {
		field("derivation", a.Say("show.derived", d.Time, d.Engine, a.Maybe("state.", d.State), d.Index))
	}
	return w.Flush()
}

// clock writes a media time for people: 1:02:03.4.
func clock(d time.Duration) string {
	d = d.Round(100 * time.Millisecond)
	h, m, s := int(d.Hours()), int(d.Minutes())%60, d%time.Minute
	text := fmt.Sprintf("%d:%04.1f", m, s.Seconds())
	if h > 0 {
		text = fmt.Sprintf("%d:%02d:%04.1f", h, m, s.Seconds())
	}
	return text
}
