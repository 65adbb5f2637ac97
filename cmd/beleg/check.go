package main

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"text/tabwriter"
	"time"

	"beleg/internal/casework"
	"beleg/internal/intake"
	"beleg/internal/store"
	"beleg/match"
	"beleg/video"
)

type checkCmd struct {
	Targets []string `arg:"" name:"target" help:"${help_target}"`
	JSON    bool     `name:"json" xor:"form" help:"${help_json}"`
	CSV     bool     `name:"csv" xor:"form" help:"${help_csv}"`
	Workers int      `help:"${help_workers}" default:"2" placeholder:"N"`
}

// csvColumns are what PRODUCT promises, in this order.
var csvColumns = []string{"broadcast", "b_start", "b_end", "archive_file", "a_start", "a_end", "score"}

// Run says which stretches of the targets were shown before, and since when.
func (c *checkCmd) Run(ctx context.Context, a *app) (err error) {
	tools, err := a.locate(ctx)
	if err != nil {
		return err
	}
	defer tools.Close()
	folder, err := a.openReadOnly(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, folder.Close()) }()
	engine := intake.NewEngine(folder, tools)
	engine.SetMemory(a.Memory << 20)
	book, err := casework.Open(ctx, folder)
	if err != nil {
		return err
	}
	r := &checking{app: a, cmd: c, book: book}
	if err := r.subjects(ctx, folder); err != nil {
		return err
	}
	if err := r.torn(engine); err != nil {
		return err
	}
	return r.run(ctx, engine)
}

// torn says which fingerprints cannot be searched.
func (r *checking) torn(engine *intake.Engine) error {
	names, err := engine.Torn()
	for _, name := range names {
		r.bad = true
		r.app.warn("check.torn", name)
	}
	if err == nil && engine.Empty() {
		r.app.warn("check.empty")
	}
	return err
}

// checking is one check, and what it tells the person who asked.
type checking struct {
	app  *app
	cmd  *checkCmd
	book *casework.Book
	list []intake.Subject
	size []int64 // bytes of each

	words []string // files of folders that hold no pictures
	bad   bool     // something asked for could not be checked
}

// subjects finds what the targets name: files and folders first, else ids of items.
func (r *checking) subjects(ctx context.Context, folder *intake.Folder) error {
	for _, target := range r.cmd.Targets {
		_, err := os.Lstat(target)
		if errors.Is(err, fs.ErrNotExist) && strings.Trim(strings.ToLower(target), "0123456789abcdef") != "" {
			r.fail(target, err)
			continue
		}
		if errors.Is(err, fs.ErrNotExist) {
			s, size, err := folder.Subject(ctx, target)
			if err != nil {
				r.fail(target, err)
				continue
			}
			r.list, r.size = append(r.list, s), append(r.size, size)
			continue
		}
		err = intake.Walk(ctx, []string{target}, folder.Dir, func(f intake.File) error {
			if f.Name != f.Given { // of a folder, what is no footage is no subject
				switch look, err := intake.LookAt(f.Path); look {
				case intake.LooksWords:
					r.words = append(r.words, f.Name)
					return nil
				case intake.LooksOdd:
					r.fail(f.Name, err)
					return nil
				}
			}
			s, err := folder.SubjectFile(ctx, f.Name, f.Path)
			if err != nil {
				r.fail(f.Name, err)
				return nil
			}
			r.list, r.size = append(r.list, s), append(r.size, f.Size)
			return nil
		}, func(s intake.Skip) {
			r.bad = r.bad || s.Lost
			fmt.Fprintln(r.app.err, "beleg: "+r.app.skipped(s))
		})
		if err != nil {
			return err
		}
	}
	if len(r.words) > 0 {
		r.app.warn("check.words", r.app.names(r.words))
	}
	return nil
}

// mostNames is how many files a line of names has at most.
const mostNames = 12

// names lists names, and how many more there are.
func (a *app) names(list []string) string {
	shown := make([]string, min(len(list), mostNames))
	for i := range shown {
		shown[i] = printable(list[i])
	}
	text := strings.Join(shown, ", ")
	if more := len(list) - len(shown); more > 0 {
		text += " " + a.Say("names.more", more)
	}
	return text
}

func (r *checking) fail(name string, err error) {
	r.bad = true
	fmt.Fprintf(r.app.err, "beleg: %s: %s\n", printable(name), r.app.explain(err))
}

// run checks the subjects side by side and tells the answers in their order.
func (r *checking) run(ctx context.Context, engine *intake.Engine) error {
	if err := r.heading(); err != nil {
		return err
	}
	var total int64
	for _, n := range r.size {
		total += n
	}
	bar := r.app.bar(total, r.app.Say("check.label"))
	defer bar.Finish()
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	for i, got := range checkAll(ctx, engine, r.list, r.cmd.Workers) {
		bar.Clear()
		if err := r.tell(ctx, r.list[i], got); err != nil {
			return err
		}
		bar.Add64(r.size[i])
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if r.bad {
		return errWanting
	}
	return nil
}

// An answer is what checking one subject gave.
type answer struct {
	checked intake.Checked
	err     error
}

// checkAll yields the answer to each subject in the order of the list, checking workers of them at a time. It ends
// early with ctx.
func checkAll(ctx context.Context, engine *intake.Engine, list []intake.Subject, workers int) iter.Seq2[int, answer] {
	return func(yield func(int, answer) bool) {
		ctx, stop := context.WithCancel(ctx)
		answers := make([]chan answer, len(list))
		for i := range answers {
			answers[i] = make(chan answer, 1)
		}
		var all sync.WaitGroup
		free := make(chan struct{}, max(workers, 1))
		all.Go(func() {
			for i, s := range list {
				free <- struct{}{}
				all.Go(func() {
					checked, err := engine.Check(ctx, s)
					answers[i] <- answer{checked, err}
					<-free
				})
			}
		})
		defer all.Wait()
		defer stop()
		for i := range list {
			got := <-answers[i]
			if ctx.Err() != nil || !yield(i, got) {
				return
			}
		}
	}
}

// heading begins the output of a machine format.
func (r *checking) heading() error {
	if !r.cmd.CSV {
		return nil
	}
	return r.csv(csvColumns)
}

func (r *checking) csv(fields []string) error {
	w := csv.NewWriter(r.app.out)
	if err := w.Write(fields); err != nil {
		return err
	}
	w.Flush()
	return w.Error()
}

// tell prints the answer to one subject.
func (r *checking) tell(ctx context.Context, s intake.Subject, got answer) error {
	if got.err != nil {
		if errors.Is(got.err, context.Canceled) {
			return got.err
		}
		r.fail(s.Name, got.err)
		return nil
	}
	switch o := got.checked.Outcome; {
	case o.State == video.PartialUntil:
		r.app.warn("check.partial", printable(s.Name), printable(o.Detail))
	case o.Detail != "":
		r.app.warn("check.note", printable(s.Name), printable(o.Detail))
	}
	if s.Known != "" && (r.cmd.JSON || r.cmd.CSV) {
		r.app.warn("check.known", printable(s.Name), printable(s.Known), s.Item[:12])
	}
	list, err := r.found(ctx, s, got.checked.Found)
	if err != nil {
		return err
	}
	switch {
	case r.cmd.JSON:
		for _, f := range list {
			if err := r.app.json(f); err != nil {
				return err
			}
		}
		return nil
	case r.cmd.CSV:
		return r.rows(list)
	}
	o := got.checked.Outcome
	return r.table(s, list, o.State == video.Complete && o.Detail == "")
}

// A found is a stretch, and why it is set apart if it is.
type found struct {
	intake.Found
	Apart *casework.Apart `json:"apart,omitempty"`
}

// found puts what is believable first and what is set apart last.
func (r *checking) found(ctx context.Context, s intake.Subject, list []intake.Found) ([]found, error) {
	reuses := make([]intake.Reuse, len(list))
	for i, f := range list {
		reuses[i] = f.Reuse(s.Item)
	}
	apart, err := r.book.Apart(ctx, reuses)
	if err != nil {
		return nil, err
	}
	out := make([]found, len(list))
	for i, f := range list {
		out[i] = found{f, apart[i]}
	}
	slices.SortStableFunc(out, func(a, b found) int { return a.rank() - b.rank() })
	return out, nil
}

// rank sorts what was found by what matters: less comes first.
func (f *found) rank() int {
	switch {
	case f.Apart != nil:
		return 3
	case f.Strength == match.Believable:
		return 0
	case f.Strength == match.Faint:
		return 1
	}
	return 2
}

// rows prints the stretches that show the same footage, one row for each file that has the bytes; look-alikes are for people to judge, and what a person
// suppressed was judged.
func (r *checking) rows(list []found) error {
	for _, f := range list {
		if f.Kind != match.SameFootage || f.Apart != nil && f.Apart.Why == casework.Suppressed {
			continue
		}
		for _, name := range append([]string{f.File}, f.Also...) {
			err := r.csv([]string{cell(f.Broadcast), f.BStart.String(), f.BEnd.String(), cell(name),
				f.AStart.String(), f.AEnd.String(), strconv.FormatFloat(f.Score, 'f', 4, 64)})
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// cell keeps a name from being read as a formula by a spreadsheet.
func cell(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}

// table prints one line a stretch for people. That nothing is in the archive is said only of what was looked at whole.
func (r *checking) table(s intake.Subject, list []found, whole bool) error {
	a := r.app
	fmt.Fprintf(a.out, "%s: %s\n", a.bold(printable(s.Name)), a.sum(list, whole))
	if s.Known != "" {
		fmt.Fprintln(a.out, "  "+a.Say("check.known", printable(s.Name), printable(s.Known), s.Item[:12]))
	}
	if len(list) == 0 {
		return nil
	}
	w := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "  "+a.Say("check.heading"))
	for _, f := range list {
		here, there := a.Say("check.still"), a.Say("check.still")
		if f.BEnd > f.BStart {
			here = span(f.BStart, f.BEnd)
		}
		if !f.Still {
			there = span(f.AStart, f.AEnd)
		}
		fmt.Fprintf(w, "  %s\t%s\t%s\t%s\t%.2f\t%s\n", here, printable(strings.Join(append([]string{f.File}, f.Also...), ", ")), there,
			a.since(store.Since{Claimed: f.Since, Proven: f.Proven}), f.Score, a.how(f))
	}
	return w.Flush()
}

// sum says how many stretches were shown before, and how many are less than that. Only what is believable counts as shown.
func (a *app) sum(list []found, whole bool) string {
	switch {
	case len(list) == 0 && !whole:
		return a.Say("check.none.part")
	case len(list) == 0:
		return a.Say("check.none")
	}
	n := [4]int{} // by rank
	for i := range list {
		n[list[i].rank()]++
	}
	sum := a.Count("count.match", n[0])
	for i, key := range []string{"count.faint", "count.alike", "count.apart"} {
		if n[i+1] > 0 {
			sum += "; " + a.Count(key, n[i+1])
		}
	}
	return sum
}

func span(from, to intake.Seconds) string {
	return clock(time.Duration(from)) + "-" + clock(time.Duration(to))
}

// how says in words what was done to the picture and what the match rests on.
func (a *app) how(f found) string {
	var words []string
	if f.Apart != nil {
		words = append(words, f.Apart.In(a.Words))
	}
	switch f.Strength {
	case match.Alike:
		words = append(words, a.Maybe("check.kind.", string(f.Kind)))
		if f.ByFile != "" {
			words = append(words, a.Say("check.explained", printable(f.ByFile)))
		}
	case match.Faint:
		words = append(words, a.Say("check.faint"))
	}
	words = append(words, casework.Changes(a.Words, f.Reuse(""))...)
	if len(words) == 0 {
		words = append(words, a.Say("check.upright"))
	}
	pairs := a.Count("check.pairs", f.Evidence.Pairs)
	if f.Evidence.Pixels == 0 {
		return strings.Join(words, ", ") + "; " + a.Say("check.other", pairs)
	}
	return strings.Join(words, ", ") + "; " + a.Say("check.reason", pairs, f.Evidence.Pixels*100)
}
