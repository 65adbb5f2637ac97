package main

import (
	"bufio"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"beleg/claim"
	"beleg/document"
	"beleg/edtf"
	"beleg/internal/intake"
	model "beleg/internal/reader"
	"beleg/internal/words"
)

type readCmd struct {
	Texts       []string `arg:"" name:"text" help:"${help_read_text}"`
	Published   string   `help:"${help_published}" placeholder:"DATE"`
	LangText    string   `name:"lang-text" help:"${help_lang_text}" enum:"de,en," default:"" placeholder:"de|en"`
	JSON        bool     `name:"json" xor:"form" help:"${help_read_json}"`
	CSV         bool     `name:"csv" xor:"form" help:"${help_read_csv}"`
	Reader      string   `help:"${help_reader}" placeholder:"URL"`
	ReaderModel string   `help:"${help_reader_model}" placeholder:"NAME"`
}

// Run says who claims what in texts.
func (c *readCmd) Run(ctx context.Context, a *app) error {
	published, err := c.published(a)
	if err != nil {
		return err
	}
	r := &textReading{app: a, cmd: c, published: published, ids: map[string]bool{}, asks: isTerminal(a.in) && isTerminal(a.err) && !c.JSON && !c.CSV}
	if c.Reader != "" {
		r.model, err = model.New(model.Options{URL: c.Reader, Model: c.ReaderModel, Key: a.env(model.KeyVariable)})
		if err != nil {
			return usageError{err.Error()}
		}
		defer r.model.Close()
	}
	for _, name := range c.Texts {
		if err := r.read(ctx, name); err != nil {
			if errors.Is(err, context.Canceled) {
				return err
			}
			r.bad = true
			fmt.Fprintf(a.err, "beleg: %s: %s\n", printable(name), a.explain(err))
		}
	}
	if len(r.texts) > 1 && !intake.Across(r.texts) {
		a.warn("read.toomany")
	}
	if err := r.print(); err != nil {
		return err
	}
	if r.bad {
		return errWanting
	}
	return nil
}

// published reads the flag: a day, since relative times are counted from days.
func (c *readCmd) published(a *app) (time.Time, error) {
	if c.Published == "" {
		return time.Time{}, nil
	}
	return a.publishedDay(c.Published)
}

func (a *app) publishedDay(text string) (time.Time, error) {
	text = strings.TrimSpace(text)
	day, _, _ := strings.Cut(text, "T")
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return t, usageError{a.Say("error.published", text)}
	}
	if _, err := edtf.Parse(text); err != nil {
		return t, usageError{a.Say("error.published", text)}
	}
	return t, nil
}

// A textReading is one run of the command.
type textReading struct {
	app       *app
	cmd       *readCmd
	published time.Time // of the flag
	asks      bool      // a person sits there
	model     *model.Client
	ids       map[string]bool
	names     []string // of the texts, as given
	known     []string // how the day of each text is known, in words
	texts     []intake.Reading
	bad       bool // something asked for could not be read
}

// read reads one text and keeps its claims.
func (r *textReading) read(ctx context.Context, name string) error {
	b, hint, said, err := r.bytes(ctx, name)
	if err != nil {
		return err
	}
	doc, err := document.Extract(ctx, b, hint)
	if err != nil {
		return err
	}
	if r.cmd.LangText != "" {
		doc.Lang = r.cmd.LangText
		for i := range doc.Paragraphs {
			doc.Paragraphs[i].Lang = r.cmd.LangText
		}
	}
	day, how := r.day(doc, said)
	got := intake.Read(r.id(name), doc, day)
	if r.model != nil {
		r.ask(ctx, name, &got)
	}
	r.texts, r.names, r.known = append(r.texts, got), append(r.names, name), append(r.known, how)
	return ctx.Err()
}

// maxRead is one byte more than what is read of a text: the extractor then says that it is too large.
const maxRead = 128<<20 + 1

// bytes returns the bytes that name stands for: standard input, a file, or an item, of which also the day that
// somebody stated is known.
func (r *textReading) bytes(ctx context.Context, name string) (b []byte, hint document.Hint, said time.Time, err error) {
	if name == "-" {
		b, err = io.ReadAll(io.LimitReader(r.app.in, maxRead))
		return b, hint, said, err
	}
	hint.Name = filepath.Base(name)
	path := name
	if _, err := os.Lstat(name); errors.Is(err, fs.ErrNotExist) && isID(name) {
		folder, err := r.app.openReadOnly(ctx)
		if err != nil {
			return nil, hint, said, err
		}
		defer folder.Close()
		subject, _, err := folder.Subject(ctx, name)
		if err != nil {
			return nil, hint, said, err
		}
		it, err := folder.Catalogue.Item(ctx, subject.Item)
		if err != nil {
			return nil, hint, said, err
		}
		path, hint.Name, hint.URL = subject.Path, filepath.Base(it.Name), it.URL
		said, _ = intake.PublishedDay(it.Appearances)
	}
	b, err = readRegular(path)
	return b, hint, said, err
}

// isID reports what can only be meant as the id of an item.
func isID(name string) bool {
	return len(name) >= 6 && strings.Trim(strings.ToLower(name), "0123456789abcdef") == ""
}

// readRegular reads a file; a folder, device or pipe is none.
func readRegular(path string) (b []byte, err error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errNotFile
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return io.ReadAll(io.LimitReader(f, maxRead))
}

var errNotFile = errors.New("not a file")

// id names a text in its claims: the file's name without its ending, or all of it where two are alike.
func (r *textReading) id(name string) string {
	id := strings.TrimSuffix(filepath.Base(name), filepath.Ext(name))
	if name == "-" {
		id = "stdin"
	}
	if r.ids[id] {
		id = name
	}
	for n := 2; r.ids[id]; n++ {
		id = fmt.Sprintf("%s (%d)", name, n)
	}
	r.ids[id] = true
	return id
}

// day decides from which day relative times are counted, and says how it is known: the flag, the document, what was
// stated of the item, the person at the terminal.
func (r *textReading) day(doc document.Document, said time.Time) (time.Time, string) {
	a := r.app
	if !r.published.IsZero() {
		return r.published, a.Say("published.flag")
	}
	if day, ok := doc.Published.Day(); ok {
		return day, a.Maybe("published.", string(doc.Published.Basis))
	}
	if !said.IsZero() {
		return said, a.Say("published.stated")
	}
	if r.asks {
		if day := r.askDay(doc); !day.IsZero() {
			return day, a.Say("published.flag")
		}
	}
	return time.Time{}, ""
}

// askDay asks until it gets a day or an empty line.
func (r *textReading) askDay(doc document.Document) time.Time {
	in := bufio.NewScanner(r.app.in)
	for {
		fmt.Fprint(r.app.err, r.app.Say("published.ask", visibleText(cut(doc.Title, 80))))
		if !in.Scan() || strings.TrimSpace(in.Text()) == "" {
			return time.Time{}
		}
		day, err := r.app.publishedDay(in.Text())
		if err == nil {
			return day
		}
		fmt.Fprintln(r.app.err, "beleg: "+words.Plain(err.Error()))
	}
}

// ask lets an outside model propose more claims. What leaves the machine is said before it does. When it fails, the
// claims of the rules are printed all the same.
func (r *textReading) ask(ctx context.Context, name string, got *intake.Reading) {
	a := r.app
	fmt.Fprintf(a.err, "beleg: %s\n", printable(a.Say("reader.notice", r.model.Notice(len(got.Text.Text)))))
	answer, err := got.Ask(ctx, r.model)
	if err != nil {
		r.bad = true
		fmt.Fprintf(a.err, "beleg: %s: %s\n", printable(name), printable(words.Plain(err.Error())))
		return
	}
	a.warn("reader.got", len(answer.Claims), len(answer.Dropped), answer.Requests, answer.Sent, printable(answer.Model))
	for _, d := range answer.Dropped {
		a.warn("reader.dropped", printable(cut(d.Quote, 80)), printable(d.Reason))
	}
	for _, g := range answer.Gaps {
		r.bad = true
		a.warn("reader.gap", g.Start, g.End, printable(g.Err.Error()))
	}
}

// print prints the claims of all texts in the form asked for.
func (r *textReading) print() error {
	if !r.cmd.JSON && !r.cmd.CSV {
		return r.tables()
	}
	a := r.app
	if r.cmd.CSV {
		if err := a.claimCSV(claimColumns); err != nil {
			return err
		}
	}
	for _, got := range r.texts {
		for _, text := range r.oddities(got) {
			fmt.Fprintf(a.err, "beleg: %s: %s\n", printable(got.Text.ID), text)
		}
		for _, l := range claim.Lines(got.Text, got.Claims) {
			var err error
			if r.cmd.JSON {
				err = a.json(l)
			} else {
				err = a.claimCSV(claimCells(l))
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// tables prints a table a text, and below them what may contradict each other.
func (r *textReading) tables() error {
	out := bufio.NewWriter(r.app.out)
	var all []claim.Line
	lines := make([][]claim.Line, len(r.texts))
	for i, got := range r.texts {
		lines[i] = claim.Lines(got.Text, got.Claims)
		all = append(all, lines[i]...)
	}
	t := r.app.claimTable(out, all)
	for i, got := range r.texts {
		if i > 0 {
			fmt.Fprintln(out)
		}
		r.header(out, t.width, i)
		if len(lines[i]) > 0 {
			fmt.Fprintln(out)
			t.heading()
		}
		t.text, t.last = []rune(got.Text.Text), [2]int{-1, -1}
		for _, l := range lines[i] {
			t.claim(l)
		}
	}
	t.conflicts(all)
	return out.Flush()
}

// header tells what a text is, when it was published and how that is known, and what is odd about it.
func (r *textReading) header(w io.Writer, width, i int) {
	a, doc := r.app, r.texts[i].Document
	fmt.Fprintln(w, a.bold(visibleText(cut(firstOf(doc.Title, r.names[i]), 200))))
	about := []string{}
	if doc.Outlet != "" {
		about = append(about, visibleText(doc.Outlet))
	}
	if day := r.texts[i].Text.Published; !day.IsZero() {
		about = append(about, a.Say("published.on", day.Format(time.DateOnly), r.known[i]))
	} else {
		about = append(about, a.Say("published.unknown"))
	}
	about = append(about, a.Maybe("language.", doc.Lang), a.Count("count.claim", len(r.texts[i].Claims)))
	for _, line := range wrap(strings.Join(about, " · "), width) {
		fmt.Fprintln(w, line)
	}
	for _, text := range r.oddities(r.texts[i]) {
		for n, line := range wrap("! "+text, width-2) {
			fmt.Fprintln(w, strings.Repeat(" ", 2*min(n, 1))+line)
		}
	}
}

// oddities are what a person should know before going by the claims.
func (r *textReading) oddities(got intake.Reading) (list []string) {
	a := r.app
	for _, w := range got.Document.Warnings {
		if w.Code == "no-date" {
			continue // said below, if no other day is known
		}
		list = append(list, visibleText(a.warning(w)))
	}
	if got.Text.Published.IsZero() && got.Text.Text != "" {
		list = append(list, a.Say("published.missing"))
	}
	if len(got.Claims) == 0 {
		list = append(list, a.Say("read.none"))
	}
	return list
}

// warning says what kind of oddity it is in the person's language, and the details as the document gives them.
func (a *app) warning(w document.Warning) string {
	kind := a.Maybe("warning.", w.Code)
	if kind == w.Code {
		return w.Message
	}
	return kind + ": " + w.Message
}

func firstOf(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// claimColumns are the columns of claims in CSV.
var claimColumns = []string{"doc", "id", "lang", "source", "source_also", "channel", "cue", "content", "kind", "commitment", "form", "figures",
	"about_start", "about_end", "said_start", "said_end", "places", "start", "end", "contradicts", "contradiction_reasons", "from", "to"}

func (a *app) claimCSV(fields []string) error {
	w := csv.NewWriter(a.out)
	if err := w.Write(fields); err != nil {
		return err
	}
	w.Flush()
	return w.Error()
}

// claimCells are the cells of one claim; none of them is a formula to a spreadsheet.
func claimCells(l claim.Line) []string {
	var figures []string
	for _, f := range l.Figures {
		text := number(f.Value)
		if f.Cmp != "=" {
			text = f.Cmp + text
		}
		if f.Max > f.Value {
			text += ".." + number(f.Max)
		}
		figures = append(figures, strings.TrimSpace(text+" "+strings.TrimSpace(f.Unit+" "+f.Event)))
	}
	from, to := "", ""
	if l.Time != nil {
		from, to = seconds(l.Time[0]), seconds(l.Time[1])
	}
	aboutStart, aboutEnd := dayCells(l.About)
	saidStart, saidEnd := dayCells(l.Said)
	cells := []string{l.Doc, l.ID, l.Lang, str(l.Source), strings.Join(l.SourceAlso, "; "), str(l.Channel), str(l.Cue), l.Content,
		string(l.Kind), string(l.Commitment), l.Form, strings.Join(figures, "; "), aboutStart, aboutEnd, saidStart, saidEnd,
		strings.Join(l.Places, "; "), strconv.Itoa(l.ContentSpans[0][0]), strconv.Itoa(l.ContentSpans[len(l.ContentSpans)-1][1]),
		strings.Join(l.Contradicts, "; "), strings.Join(l.Reasons, "; "), from, to}
	for i := range cells {
		cells[i] = cell(cells[i])
	}
	return cells
}

func dayCells(d *claim.LineDays) (start, end string) {
	if d == nil {
		return "", ""
	}
	return str(d.Start), str(d.End)
}

func str(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// seconds writes a media time as the other commands do in machine forms.
func seconds(s float64) string {
	return intake.Seconds(math.Round(s * float64(time.Second))).String()
}
