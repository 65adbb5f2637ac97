package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/schollz/progressbar/v3"

	"beleg/edtf"
	"beleg/internal/intake"
	"beleg/internal/store"
)

type addCmd struct {
	Paths     []string `arg:"" optional:"" name:"path" help:"${help_add_path}"`
	FirstSeen *string  `help:"${help_first_seen}" placeholder:"DATE"`
	Outlet    string   `help:"${help_outlet}" placeholder:"NAME"`
	Place     string   `help:"${help_place}" placeholder:"NAME"`
	Purpose   string   `help:"${help_purpose}" placeholder:"TEXT"`
	Kind      string   `help:"${help_kind}" enum:",broadcast,clip,photo,article,document" default:"" placeholder:"KIND"`
	FromTable string   `help:"${help_from_table}" placeholder:"FILE"`
	Actor     string   `help:"${help_actor}" env:"BELEG_ACTOR" placeholder:"NAME"`
	Workers   int      `help:"${help_workers}" placeholder:"N"`
	JSON      bool     `name:"json" help:"${help_json}"`
}

// Run takes in what was given. Without a path it looks into what earlier runs left pending.
func (c *addCmd) Run(ctx context.Context, a *app) error {
	seen, err := a.firstSeen(c.FirstSeen)
	if err != nil {
		return err
	}
	if c.FromTable != "" && len(c.Paths) == 0 {
		return usageError{a.Say("error.tablealone")}
	}
	table, err := c.table()
	if err != nil {
		return err
	}
	who, err := c.actor()
	if err != nil {
		return usageError{a.Say("error.actor")}
	}
	folder, err := a.open(ctx)
	if err != nil {
		return err
	}
	r := &adding{app: a, cmd: c, table: table, firstSeen: seen, seen: map[string]bool{}}
	return errors.Join(r.run(ctx, folder, who), folder.Close())
}

func (c *addCmd) table() (*intake.Table, error) {
	if c.FromTable == "" {
		return nil, nil
	}
	f, err := os.Open(c.FromTable)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return intake.ReadTable(filepath.Base(c.FromTable), f)
}

// actor is who takes in: the flag, else the user of the system.
func (c *addCmd) actor() (string, error) {
	if c.Actor != "" {
		return c.Actor, nil
	}
	u, err := user.Current()
	if err != nil {
		return "", err
	}
	return u.Username, nil
}

// adding is one add, and what it tells the person who asked.
type adding struct {
	app   *app
	cmd   *addCmd
	table *intake.Table

	firstSeen string // EDTF, "" when none was given

	bar  *progressbar.ProgressBar
	seen map[string]bool // names taken in, to find lines of the table that fit no file

	fresh, before, again int // items, by whether their bytes or their intake were there
	waiting              int // items not looked into
	skipped, lost        int

	unlooked, partly []string // names of items that were not looked at, or not in full
}

func (r *adding) run(ctx context.Context, folder *intake.Folder, who string) error {
	tools, missing := r.app.locate(ctx) // without it, what is given is preserved all the same
	if tools != nil {
		defer tools.Close()
	}
	c, paths := r.cmd, r.cmd.Paths
	engine := intake.NewEngine(folder, tools)
	engine.SetMemory(r.app.Memory << 20)
	in := &intake.Intake{
		Folder: folder, Engine: engine, Actor: who, Table: r.table, TablePath: c.FromTable,
		Asked: store.Request{FirstSeen: r.firstSeen, Outlet: c.Outlet, Place: c.Place, Purpose: c.Purpose, Kind: c.Kind},
		Taken: r.taken, Skip: r.skip, State: r.state,
	}
	r.bar = r.app.bar(intake.Measure(ctx, paths, folder.Dir), r.app.Say("add.label"))
	if c.FirstSeen != nil && *c.FirstSeen != r.firstSeen {
		in.Asked.SeenWords = *c.FirstSeen
	}
	err := in.Run(ctx, paths, cmp.Or(c.Workers, runtime.GOMAXPROCS(0)), thisBuild().String())
	r.bar.Finish()
	if err == nil && r.fresh+r.before > 0 {
		err = r.app.stampAfter(ctx, folder, who)
	}
	return r.sum(ctx, folder, err, missing)
}

func (r *adding) taken(t intake.Taken) {
	if r.table != nil {
		name := intake.SameName(t.Name)
		r.seen[name], r.seen[filepath.Base(name)] = true, true
	}
	word := "add.fresh"
	switch {
	case t.Again:
		word = "add.again"
		r.again++
	case t.Before:
		word = "add.before"
		r.before++
	default:
		r.fresh++
	}
	r.bar.Add64(t.File.Size)
	if r.cmd.JSON {
		r.app.json(t)
		return
	}
	r.line(r.app.out, "%s  %s  %s", t.ID[:12], r.app.Say(word), printable(t.Name))
}

func (r *adding) state(s intake.State) {
	switch {
	case s.State == store.Kept && s.Detail == intake.SidecarDetail, s.State == store.Complete && s.Detail == "":
		return
	case s.State == store.Complete:
		r.line(r.app.err, "beleg: %s", r.app.Say("add.note", printable(s.Name), printable(s.Detail)))
		return
	case s.State == store.Partial:
		r.partly = append(r.partly, s.Name)
	default:
		r.unlooked = append(r.unlooked, s.Name)
	}
	r.line(r.app.err, "beleg: %s", r.app.Say("add.state", printable(s.Name), r.app.Maybe("state.", s.State), printable(s.Detail)))
}

func (r *adding) skip(s intake.Skip) {
	if s.Reason != intake.SkipTable { // it is kept
		r.skipped++
	}
	if s.Lost {
		r.lost++
	}
	r.line(r.app.err, "beleg: %s", r.app.skipped(s))
}

// line prints a line without tearing the progress bar.
func (r *adding) line(to interface{ Write([]byte) (int, error) }, format string, args ...any) {
	r.bar.Clear()
	fmt.Fprintf(to, format+"\n", args...)
}

// skipped says what was left out and why.
func (a *app) skipped(s intake.Skip) string {
	text := a.Say("skip."+s.Reason, printable(s.Path))
	if s.Err != nil {
		text += ": " + a.explain(s.Err)
	}
	return text
}

// sum says what became of everything, and what to do next.
func (r *adding) sum(ctx context.Context, folder *intake.Folder, err, missing error) error {
	r.unused(ctx)
	for _, listErr := range folder.Catalogue.Items(context.WithoutCancel(ctx), store.Pending, "") {
		if listErr == nil {
			r.waiting++
		}
	}
	if !r.cmd.JSON {
		fmt.Fprintln(r.app.out, r.summary())
	}
	r.left()
	if err != nil {
		return err
	}
	if r.waiting > 0 && missing != nil {
		return fmt.Errorf("%w: %s", missing, r.app.Say("add.waiting", r.waiting))
	}
	if r.lost > 0 {
		return errWanting
	}
	return nil
}

// unused names the lines of the table that fit no file. After an interrupt most of them only were not reached: one line says how many.
func (r *adding) unused(ctx context.Context) {
	rows := r.table.Unused(func(name string) bool { return r.seen[name] })
	table := filepath.Base(r.cmd.FromTable)
	if ctx.Err() != nil && len(rows) > 0 {
		fmt.Fprintln(r.app.err, "beleg: "+r.app.Count("add.unreached", len(rows)))
		return
	}
	for _, row := range rows {
		r.app.warn("add.unused", row.File, table, row.Line)
	}
}

// left counts and names what is preserved but was not looked at, or only in part.
func (r *adding) left() {
	for _, l := range []struct {
		key  string
		list []string
	}{{"count.unlooked", r.unlooked}, {"count.partly", r.partly}} {
		if len(l.list) > 0 {
			slices.Sort(l.list)
			fmt.Fprintf(r.app.err, "beleg: %s: %s\n", r.app.Count(l.key, len(l.list)), r.app.names(l.list))
		}
	}
}

func (r *adding) summary() string {
	a, parts := r.app, []string{r.app.Count("count.fresh", r.fresh)}
	for _, p := range []struct {
		key string
		n   int
	}{{"count.before", r.before}, {"count.again", r.again}, {"count.skipped", r.skipped}, {"count.waiting", r.waiting}} {
		if p.n > 0 {
			parts = append(parts, a.Count(p.key, p.n))
		}
	}
	return strings.Join(parts, ", ")
}

// firstSeen reads a date as people write it; nil is none.
func (a *app) firstSeen(text *string) (string, error) {
	if text == nil {
		return "", nil
	}
	now := time.Now
	if a.clock != nil {
		now = a.clock
	}
	seen, err := intake.FirstSeen(*text, now())
	switch {
	case err == nil:
		return seen, nil
	case errors.Is(err, intake.ErrNoDate):
		return "", usageError{a.Say("error.date.empty", "--first-seen")}
	case errors.Is(err, intake.ErrFuture):
		return "", usageError{a.Say("error.date.future", "--first-seen", *text)}
	case errors.Is(err, edtf.ErrAmbiguous):
		return "", usageError{a.Say("error.date.ambiguous", "--first-seen", *text)}
	}
	return "", usageError{a.Say("error.date", "--first-seen", *text)}
}
