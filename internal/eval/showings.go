package eval

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// Showings measures whether every showing of the same footage is named while the archive grows: broadcasts of a benchmark are the archive, taken
// in one after the other, and the raw clips and photographs that they show, and other broadcasts, are checked at each size. Each
// broadcast's provable date is that of its intake, so that what comes later is later.
type Showings struct {
	Footage         // programs, folders and tables; Archive holds the raw clips
	Sizes     []int // broadcasts in the archive, growing; the last ones are cut to what there is
	Queries   int   // broadcasts that are asked and never taken in
	Sample    int   // clips and photographs that are asked, from all over the list; 0: all
	Unnamed   bool  // list the showings that are not named at the last size
	truth     []Segment
	group     map[string]string
	archive   []string        // broadcasts in the order of their intake
	asked     []string        // broadcasts that are asked
	questions []string        // files that are asked
	files     map[string]bool // names of the clips and photographs among them
}

// A showing is a stretch B of a question that an archive broadcast shows in its stretch A.
type showing struct {
	question, item string
	at             int // place of the item in the archive
	b, a           Interval
	still          bool // the question, or what both show, is a photograph
}

// leastCommon is how many seconds of a clip two broadcasts must both show for that to be a showing.
const leastCommon = 1

// hostEdits show host material beside the excerpt: a match may be of that, which no table names.
var hostEdits = []string{"pip", "combo", "stack"}

// A said is one line of `beleg check --json`.
type said struct {
	Question string  `json:"broadcast"`
	Item     string  `json:"archive_file"`
	BFrom    float64 `json:"b_start"`
	BTo      float64 `json:"b_end"`
	AFrom    float64 `json:"a_start"`
	ATo      float64 `json:"a_end"`
	Kind     string  `json:"kind"`
	Strength string  `json:"strength"`
}

func (t *said) hits(s *showing) bool {
	if t.Question != s.question || t.Item != s.item {
		return false
	}
	b, a := Interval{t.BFrom, t.BTo}, Interval{t.AFrom, t.ATo}
	return (still(t.Question) || b.meet(s.b) > 0) && (still(t.Question) && a.meet(s.a) > 0 || a.meet(Interval{s.a.From - 1, s.a.To + 1}) > 0)
}

// A grown is what one size of the archive gave.
type grown struct {
	size                         int
	showings, named, faint       int
	away, missed, wrong, sibling int
	lost, lostEarliest           int
}

// Run prints a table of all sizes to w.
func (s Showings) Run(ctx context.Context, w io.Writer) error {
	var err error
	if s.truth, s.group, err = s.tables(); err != nil {
		return err
	}
	if err := s.plan(); err != nil {
		return err
	}
	fmt.Fprintf(w, "%d files are asked: %d clips and photographs, %d broadcasts that are not taken in\n\n", len(s.questions), len(s.questions)-len(s.asked), len(s.asked))
	fmt.Fprintln(w, "| archive | showings | named | share | of them faint | explained away | missed | wrong | other clip of the camera | lost by growth | earliest lost | check CPU-s |")
	fmt.Fprintln(w, "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |")
	data, in := filepath.Join(s.Work, "data"), 0
	ever := map[showing]bool{} // named at some size
	var last []said
	for _, size := range s.Sizes {
		size = min(size, len(s.archive))
		if size == in {
			continue
		}
		args := []string{"--data", data, "add", "--workers", strconv.Itoa(s.Workers), "--purpose", "benchmark"}
		for _, b := range s.archive[in:size] { // one after the other: the time of intake is what is provable
			if _, err := s.beleg(ctx, nil, append(args, filepath.Join(s.Broadcasts, b))...); err != nil {
				return err
			}
		}
		in = size
		var out bytes.Buffer
		cpu, err := s.beleg(ctx, &out, append([]string{"--data", data, "check", "--json", "--workers", strconv.Itoa(s.Workers)}, s.questions...)...)
		if err != nil {
			return err
		}
		if last, err = readTold(&out); err != nil {
			return err
		}
		g := s.weigh(size, last, ever)
		fmt.Fprintf(w, "| %d | %d | %d | %.3f | %d | %d | %d | %d | %d | %d | %d | %.1f |\n", g.size, g.showings, g.named, ratio(g.named, g.showings),
			g.faint, g.away, g.missed, g.wrong, g.sibling, g.lost, g.lostEarliest, cpu.Seconds())
	}
	if s.Unnamed {
		s.list(w, in, last)
	}
	return nil
}

// plan chooses what is taken in and what is asked.
func (s *Showings) plan() error {
	files, err := videosIn(s.Broadcasts)
	if err != nil {
		return err
	}
	var shows []string
	for _, f := range files {
		if name := filepath.Base(f); slices.ContainsFunc(s.truth, func(t Segment) bool { return t.Broadcast == name }) {
			shows = append(shows, name)
		}
	}
	for k := range min(s.Queries, len(shows)) { // from all over the list
		s.asked = append(s.asked, shows[k*len(shows)/s.Queries])
	}
	for _, f := range files {
		if name := filepath.Base(f); !slices.Contains(s.asked, name) {
			s.archive = append(s.archive, name)
		}
	}
	for _, t := range s.truth {
		if f := filepath.Join(s.Archive, t.File); !slices.Contains(s.questions, f) {
			s.questions = append(s.questions, f)
		}
	}
	slices.Sort(s.questions)
	if n := len(s.questions); s.Sample > 0 && s.Sample < n {
		for k := range s.Sample {
			s.questions[k] = s.questions[k*n/s.Sample]
		}
		s.questions = s.questions[:s.Sample]
	}
	s.files = map[string]bool{}
	for _, f := range s.questions {
		s.files[filepath.Base(f)] = true
	}
	for i, f := range s.questions { // the archive of a benchmark holds links, which are not followed
		if s.questions[i], err = filepath.EvalSymlinks(f); err != nil {
			return fmt.Errorf("find clip: %w", err)
		}
	}
	for _, b := range s.asked {
		s.questions = append(s.questions, filepath.Join(s.Broadcasts, b))
	}
	return nil
}

func readTold(r io.Reader) (out []said, err error) {
	for d := json.NewDecoder(r); ; {
		var t said
		if err := d.Decode(&t); err == io.EOF {
			return out, nil
		} else if err != nil {
			return nil, fmt.Errorf("read what was told: %w", err)
		}
		out = append(out, t)
	}
}

// showings returns the true showings in the first broadcasts of the archive.
func (s *Showings) showings(size int) (out []showing) {
	for at, item := range s.archive[:size] {
		for _, t := range s.truth {
			if t.Broadcast != item {
				continue
			}
			if s.files[t.File] {
				out = append(out, showing{question: t.File, item: item, at: at, b: t.A, a: t.B, still: still(t.File)})
			}
			for _, q := range s.truth {
				if !slices.Contains(s.asked, q.Broadcast) || q.File != t.File {
					continue
				}
				both := showing{question: q.Broadcast, item: item, at: at, b: q.B, a: t.B, still: still(t.File)}
				if !both.still {
					common := Interval{max(q.A.From, t.A.From), min(q.A.To, t.A.To)}
					if common.len() < leastCommon {
						continue
					}
					both.b, both.a = scale(common, q.A, q.B), scale(common, t.A, t.B)
				}
				out = append(out, both)
			}
		}
	}
	return out
}

// scale returns where i, a part of from, lies in to.
func scale(i, from, to Interval) Interval {
	by := to.len() / from.len()
	return Interval{to.From + (i.From-from.From)*by, to.From + (i.To-from.From)*by}
}

const (
	sameFootage = "same footage"
	faint       = "faint"
)

// weigh counts what was told of the first broadcasts of the archive; ever holds what was named before and takes what is named now.
func (s *Showings) weigh(size int, list []said, ever map[showing]bool) grown {
	g := grown{size: size}
	all := s.showings(size)
	named := make([]bool, len(all))
	for i := range all {
		state := ""
		for k := range list {
			t := &list[k]
			switch {
			case !t.hits(&all[i]):
			case t.Kind != sameFootage:
				if state == "" {
					state = "away"
				}
			case t.Strength != faint:
				state = "named"
			case state != "named":
				state = faint
			}
		}
		g.showings++
		switch state {
		case "named", faint:
			named[i] = true
			g.named++
			if state == faint {
				g.faint++
			}
		case "away":
			g.away++
		default:
			g.missed++
		}
	}
	for i := range all {
		if named[i] || !ever[all[i]] {
			continue
		}
		g.lost++
		if !slices.ContainsFunc(all, func(o showing) bool { return o.at < all[i].at && named[slices.Index(all, o)] && o.covers(&all[i]) }) {
			g.lostEarliest++
		}
	}
	for i := range all {
		if named[i] {
			ever[all[i]] = true
		}
	}
	for k := range list {
		switch s.verdict(&list[k], all) {
		case wrong:
			g.wrong++
		case ignored:
			g.sibling++
		}
	}
	return g
}

// covers reports whether o tells of most of what t tells of in the question.
func (o *showing) covers(t *showing) bool {
	return o.question == t.question && (t.still || 2*o.b.meet(t.b) > t.b.len())
}

// verdict says whether a line that claims the same footage is wrong; ignored is another clip of the same camera. What may be of host
// material, which the broadcasts share and no table names, counts as right.
func (s *Showings) verdict(t *said, all []showing) verdict {
	if t.Kind != sameFootage || slices.ContainsFunc(all, func(o showing) bool { return t.hits(&o) }) {
		return right
	}
	here, there := s.shown(t.Question, Interval{t.BFrom, t.BTo}), s.shown(t.Item, Interval{t.AFrom, t.ATo})
	host := func(list []Segment) bool {
		return slices.ContainsFunc(list, func(x Segment) bool { return slices.Contains(hostEdits, x.Edit) })
	}
	if !slices.Contains(s.asked, t.Question) {
		here = []Segment{{File: t.Question, A: Interval{t.BFrom, t.BTo}}}
	} else if host(here) || host(there) || len(here) == 0 && len(there) == 0 {
		return right
	}
	out := wrong
	for _, x := range here {
		for _, y := range there {
			switch {
			case x.File == y.File && x.A.meet(Interval{y.A.From - 1, y.A.To + 1}) > 0:
				return right // less in common than makes a showing
			case x.File != y.File && s.group[x.File] != "" && s.group[x.File] == s.group[y.File]:
				out = ignored
			}
		}
	}
	return out
}

// shown returns what a broadcast shows in most of a stretch, cut to that.
func (s *Showings) shown(broadcast string, in Interval) (out []Segment) {
	for _, t := range s.truth {
		common := Interval{max(t.B.From, in.From), min(t.B.To, in.To)}
		if t.Broadcast != broadcast || common.len() <= 0 || 2*common.len() < min(in.len(), t.B.len()) {
			continue
		}
		if !still(t.File) {
			t.A = scale(common, t.B, t.A)
		}
		out = append(out, t)
	}
	return out
}

// list prints the showings that were not named, and the lines that are wrong.
func (s *Showings) list(w io.Writer, size int, list []said) {
	all := s.showings(size)
	edit := func(o *showing) (names []string) {
		for _, t := range s.truth {
			if t.Broadcast == o.item && t.B.meet(o.a) > 0 || t.Broadcast == o.question && t.B.meet(o.b) > 0 {
				names = append(names, t.Edit+" "+t.Strength)
			}
		}
		return names
	}
	fmt.Fprintln(w)
	for i := range all {
		how := "missed"
		for k := range list {
			if list[k].hits(&all[i]) {
				if how = list[k].Kind; how == sameFootage {
					break
				}
			}
		}
		if how != sameFootage {
			o := &all[i]
			fmt.Fprintf(w, "not named: %s %.2f-%.2f in %s %.2f-%.2f (%s): %s\n", o.question, o.b.From, o.b.To, o.item, o.a.From, o.a.To, strings.Join(edit(o), ", "), how)
		}
	}
	for k := range list {
		if t := &list[k]; s.verdict(t, all) != right {
			fmt.Fprintf(w, "not right: %s %.2f-%.2f in %s %.2f-%.2f\n", t.Question, t.BFrom, t.BTo, t.Item, t.AFrom, t.ATo)
		}
	}
}

// Told reads the lines of `beleg check --json` from a file and weighs them as if they were told of all of the archive.
func (s Showings) Told(file string, w io.Writer) error {
	var err error
	if s.truth, s.group, err = s.tables(); err != nil {
		return err
	}
	if err := s.plan(); err != nil {
		return err
	}
	f, err := os.Open(file)
	if err != nil {
		return fmt.Errorf("read what was told: %w", err)
	}
	defer f.Close()
	list, err := readTold(f)
	if err != nil {
		return err
	}
	g := s.weigh(len(s.archive), list, map[showing]bool{})
	fmt.Fprintf(w, "%d showings: %d named (%.3f), %d of them faint, %d explained away, %d missed; %d wrong, %d of another clip of the camera\n",
		g.showings, g.named, ratio(g.named, g.showings), g.faint, g.away, g.missed, g.wrong, g.sibling)
	s.list(w, len(s.archive), list)
	return nil
}
