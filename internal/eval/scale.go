package eval

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"time"

	"beleg/index"
	"beleg/match"
	"beleg/video"
)

// Scale measures an index of many hours with a true archive inside.
type Scale struct {
	Tools      *video.Tools
	Archive    string // folder of the true archive
	Broadcasts string // folder of queries
	Truth      string // truth.csv
	Hours      []int  // ascending
	Work       string // folder for the index; one that is there is gone on with
	Memory     int64  // bytes
	Seed       uint64 // of the made items
	Sample     int    // broadcasts that are also checked to the end

	ids map[index.ItemID]string // names of the true items
}

// A scaleRow is what was measured at one size.
type scaleRow struct {
	hours      float64 // of the index
	build      time.Duration
	buildCPU   time.Duration
	bytes      int64
	minutes    float64
	parts      int
	anon, peak int64 // resident bytes: without mapped files, the most after a shortlist; at most, with them
	cold       time.Duration
	warm       time.Duration // a minute of query, by the clock
	short      time.Duration // CPU a minute: shortlist
	vote       time.Duration // CPU a minute: votes on it
	listed     int           // true segments with a keyframe of theirs in the shortlist
	missed     []string      // those without
	seeded     int           // true segments with a seed
	wrong      float64       // made items that the pixel stage would look at, a minute
	ends       string        // end to end
}

// Run prints the table to w.
func (s *Scale) Run(ctx context.Context, w io.Writer) error {
	if err := s.check(); err != nil {
		return err
	}
	truth, _, err := Footage{Truth: s.Truth}.tables()
	if err != nil {
		return err
	}
	defer debug.SetMemoryLimit(debug.SetMemoryLimit(s.Memory / 4 * 3)) // the rest is for what is mapped, as the program itself
	items, err := s.items(ctx)
	if err != nil {
		return err
	}
	queries, err := videosIn(s.Broadcasts)
	if err != nil {
		return err
	}
	crowd := newCrowd(items, s.Seed)
	like := crowd.likeness(crowd.items(10))
	fmt.Fprintf(w, "true archive: %d items, %d features. Of a million pairs of features of different items with nearly the same word, alike: %.0f real, %.0f made.\n\n",
		len(items), len(crowd.pool), like.real, like.made)
	s.head(w)
	set, err := index.OpenSet(s.Work, index.SetOptions{Engine: "scale", Memory: s.Memory})
	if err != nil {
		return err
	}
	defer set.Close()
	made, err := s.begin(ctx, set, crowd, items)
	if err != nil {
		return err
	}
	var rows []scaleRow
	for _, hours := range append([]int{0}, s.Hours...) {
		if hours < made {
			continue
		}
		row, err := s.row(ctx, set, crowd, hours-made, queries, truth)
		if err != nil {
			return err
		}
		made = hours
		rows = append(rows, row)
		row.print(w, len(truth))
	}
	for _, r := range rows {
		for _, m := range r.missed {
			fmt.Fprintf(w, "\nnot listed at %.1f hours: %s\n", r.hours, m)
		}
	}
	growth(w, slices.DeleteFunc(rows, func(r scaleRow) bool { return r.hours < 1 }))
	return nil
}

// begin puts the true archive into the set, unless that is there from a run before, and returns how many hours of
// made items there are.
func (s *Scale) begin(ctx context.Context, set *index.Set, c *crowd, items []index.Item) (hours int, err error) {
	v := set.View()
	real, made, keyframes := 0, 0, v.Keyframes()
	for id := range v.Items() {
		if s.ids[id] == "" {
			made++
		} else {
			real++
		}
	}
	v.Close()
	if keyframes == 0 {
		return 0, set.Append(ctx, seqOf(items))
	}
	c.made += made // the next are others
	if real != len(items) {
		return 0, fmt.Errorf("scale: the index in %s was made with another archive; give another folder", s.Work)
	}
	for _, it := range items {
		keyframes -= len(it.Keyframes)
	}
	return int(math.Round(float64(keyframes) / 3600)), nil
}

func seqOf(items []index.Item) func(func(index.Item, error) bool) {
	return func(yield func(index.Item, error) bool) {
		for _, it := range items {
			if !yield(it, nil) {
				return
			}
		}
	}
}

// items fingerprints the true archive.
func (s *Scale) items(ctx context.Context) (items []index.Item, err error) {
	entries, err := os.ReadDir(s.Archive)
	if err != nil {
		return nil, fmt.Errorf("list archive: %w", err)
	}
	s.ids = map[index.ItemID]string{}
	for _, e := range entries {
		a := match.NewAnalyzer(still(e.Name()))
		r := video.Request{Path: filepath.Join(s.Archive, e.Name()), View: video.View{Box: video.Box{W: match.AnalysisSide, H: match.AnalysisSide}, Rate: video.Rate{Num: 1, Den: 1}}}
		if !still(e.Name()) {
			r.Also = &video.View{Box: video.Box{W: index.TraceWide, H: index.TraceHigh, Fit: video.Stretch}, Rate: video.Rate{Num: index.TraceMoments, Den: 1}}
		}
		if _, err := s.Tools.Frames(ctx, r, func(f video.Frame) error {
			if f.View == 0 {
				a.Add(match.Frame{Plane: f.Plane, At: f.At})
			} else {
				a.TraceFrame(match.Frame{Plane: f.Plane, At: f.At})
			}
			return nil
		}); err != nil {
			return nil, err
		}
		it := index.Item{ID: sha256.Sum256([]byte(e.Name())), Keyframes: a.Keyframes()}
		s.ids[it.ID] = e.Name()
		items = append(items, it)
	}
	return items, nil
}

func (s *Scale) frames(ctx context.Context, path string, rate video.Rate, add func(match.Frame)) error {
	_, err := s.Tools.Frames(ctx, video.Request{Path: path, View: video.View{Box: video.Box{W: match.AnalysisSide, H: match.AnalysisSide}, Rate: rate}}, func(f video.Frame) error {
		add(match.Frame{Plane: f.Plane, At: f.At})
		return nil
	})
	return err
}

// A scaleQuery is a broadcast: the features of four frames a second.
type scaleQuery struct {
	name    string
	query   *match.Query
	minutes float64
}

// query reads a broadcast. Queries are read when they are asked, and not kept: the memory measured is that of one.
func (s *Scale) query(ctx context.Context, path string) (scaleQuery, error) {
	q := scaleQuery{name: filepath.Base(path), query: match.NewQuery()}
	err := s.frames(ctx, path, video.Rate{Num: 4, Den: 1}, func(f match.Frame) {
		q.query.Add(f)
		q.minutes = (f.At + 250*time.Millisecond).Minutes()
	})
	return q, err
}

// row lets the index grow by so many hours and measures it.
func (s *Scale) row(ctx context.Context, set *index.Set, c *crowd, hours int, queries []string, truth []Segment) (r scaleRow, err error) {
	start, cpu := time.Now(), cpuTime()
	if hours > 0 {
		if err := set.Append(ctx, c.items(float64(hours))); err != nil {
			return r, err
		}
		if err := set.Merge(ctx); err != nil {
			return r, err
		}
	}
	r.build, r.buildCPU = time.Since(start), cpuTime()-cpu
	v := set.View()
	r.bytes, r.parts, r.minutes = v.Bytes(), v.Parts(), float64(v.Keyframes())/60
	r.hours = r.minutes / 60
	v.Close()
	if r.cold, err = s.cold(ctx, set, queries[0]); err != nil {
		return r, err
	}
	for _, path := range queries[:min(len(queries), 3)] { // warms the cache
		q, err := s.query(ctx, path)
		if err != nil {
			return r, err
		}
		if err := s.ask(ctx, set, q); err != nil {
			return r, err
		}
	}
	debug.FreeOSMemory()
	resetPeak()
	if err := s.measure(ctx, set, queries, truth, &r); err != nil {
		return r, err
	}
	_, r.peak = resident()
	r.ends, err = s.toTheEnd(ctx, set, queries[:min(s.Sample, len(queries))], truth)
	return r, err
}

// cold measures a minute of a query by the clock after the parts were dropped from the system's cache.
func (s *Scale) cold(ctx context.Context, set *index.Set, path string) (time.Duration, error) {
	q, err := s.query(ctx, path)
	if err != nil {
		return 0, err
	}
	parts, err := filepath.Glob(filepath.Join(s.Work, "*.part"))
	if err != nil {
		return 0, err
	}
	set.Release()
	for _, p := range parts {
		if err := dropCache(p); err != nil {
			return 0, err
		}
	}
	start := time.Now()
	err = s.ask(ctx, set, q)
	return time.Duration(float64(time.Since(start)) / max(q.minutes, 1e-9)), err
}

// ask looks a query up.
func (s *Scale) ask(ctx context.Context, set *index.Set, q scaleQuery) error {
	v := set.View()
	defer v.Close()
	_, err := match.Shortlist(ctx, q.query, v, nil)
	return err
}

func (s *Scale) measure(ctx context.Context, set *index.Set, queries []string, truth []Segment, r *scaleRow) error {
	v := set.View()
	defer v.Close()
	minutes, strangers := 0.0, 0
	for _, path := range queries {
		q, err := s.query(ctx, path)
		if err != nil {
			return err
		}
		start, t0 := time.Now(), cpuTime()
		p, err := match.Shortlist(ctx, q.query, v, nil)
		if err != nil {
			return err
		}
		t1 := cpuTime()
		own, _ := resident()
		r.anon = max(r.anon, own)
		seeds, err := match.Seeds(ctx, q.query, p)
		if err != nil {
			return err
		}
		r.short += t1 - t0
		r.vote += cpuTime() - t1
		r.warm += time.Since(start)
		minutes += q.minutes
		seen := map[index.ItemID]bool{}
		for _, d := range seeds {
			if crowded(d.Item) && !seen[d.Item] {
				seen[d.Item] = true
				strangers++
			}
		}
		for _, t := range truth {
			if t.Broadcast != q.name {
				continue
			}
			if s.lists(p, t) {
				r.listed++
			} else {
				r.missed = append(r.missed, fmt.Sprintf("%s of %s at %.1f s", t.File, t.Broadcast, t.B.From))
			}
			if slices.ContainsFunc(seeds, func(d match.Seed) bool { return s.seeds(d, t) }) {
				r.seeded++
			}
		}
	}
	r.warm = time.Duration(float64(r.warm) / minutes)
	r.short, r.vote = time.Duration(float64(r.short)/minutes), time.Duration(float64(r.vote)/minutes)
	r.wrong = float64(strangers) / minutes
	return nil
}

// lists reports whether p has a keyframe of the segment, give or take a second.
func (s *Scale) lists(p *index.Postings, t Segment) bool {
	for k := range p.Keyframes() {
		id, at := p.Keyframe(uint32(k))
		if s.ids[id] == t.File && (still(t.File) || at.Seconds() > t.A.From-1 && at.Seconds() < t.A.To+1) {
			return true
		}
	}
	return false
}

func (s *Scale) seeds(d match.Seed, t Segment) bool {
	b, a := d.B.Seconds(), d.A.Seconds()
	return s.ids[d.Item] == t.File && b > t.B.From-.25 && b < t.B.To+.25 && (still(t.File) || a > t.A.From-1.5 && a < t.A.To+1.5)
}

// toTheEnd checks broadcasts with all their frames and the pixels of the true archive.
func (s *Scale) toTheEnd(ctx context.Context, set *index.Set, queries []string, truth []Segment) (string, error) {
	var preds, asked []Segment
	px := &scalePixels{s: s}
	for _, path := range queries {
		name := filepath.Base(path)
		full := match.NewQuery()
		if err := s.frames(ctx, path, video.Rate{}, full.Add); err != nil {
			return "", err
		}
		v := set.View()
		p, err := match.Shortlist(ctx, full, v, nil)
		v.Close()
		if err != nil {
			return "", err
		}
		matches, err := match.Find(ctx, full, []*index.Postings{p}, px, match.Options{})
		if err != nil {
			return "", err
		}
		for _, m := range matches {
			if m.Kind != match.SameFootage {
				continue
			}
			preds = append(preds, Segment{Broadcast: name, File: s.ids[m.Item], Score: m.Score,
				B: Interval{m.BFrom.Seconds(), m.BTo.Seconds()}, A: Interval{m.AFrom.Seconds(), max(m.ATo.Seconds(), 1)}})
		}
		for _, t := range truth {
			if t.Broadcast == name {
				asked = append(asked, t)
			}
		}
	}
	score := Score(asked, preds, nil)
	return fmt.Sprintf("%d of %d, %d wrong", score.Hits, score.Truth, score.Wrong), nil
}

// scalePixels has the pixels of the true archive; made items have none.
type scalePixels struct{ s *Scale }

// Frames implements [match.Pixels].
func (p *scalePixels) Frames(ctx context.Context, item index.ItemID, from, to time.Duration, side int) (out []match.Frame, end bool, err error) {
	name := p.s.ids[item]
	if name == "" {
		return nil, true, nil
	}
	o, err := p.s.Tools.Frames(ctx, video.Request{Path: filepath.Join(p.s.Archive, name), From: max(from, 0), To: to, View: video.View{Box: video.Box{W: side, H: side}}}, func(f video.Frame) error {
		out = append(out, match.Frame{Plane: f.Clone(), At: f.At})
		return nil
	})
	return out, o.Ends(to), err
}

func (s *Scale) head(w io.Writer) {
	fmt.Fprintf(w, "memory setting %d MiB, one thread\n\n", s.Memory>>20)
	fmt.Fprintln(w, "| hours | build s (CPU s) | GB | KB a minute | parts | resident MB: own, peak with maps | cold s | warm s | shortlist CPU-s | votes CPU-s | listed | seeded | strangers a minute | to the end |")
	fmt.Fprintln(w, "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |")
}

func (r *scaleRow) print(w io.Writer, truth int) {
	fmt.Fprintf(w, "| %.1f | %.1f (%.1f) | %.3f | %.1f | %d | %d, %d | %.2f | %.2f | %.2f | %.2f | %d of %d | %d | %.1f | %s |\n",
		r.hours, r.build.Seconds(), r.buildCPU.Seconds(), float64(r.bytes)/1e9, float64(r.bytes)/1000/r.minutes, r.parts, r.anon>>20, r.peak>>20,
		r.cold.Seconds(), r.warm.Seconds(), r.short.Seconds(), r.vote.Seconds(), r.listed, truth, r.seeded, r.wrong, r.ends)
}

// growth prints how query time grows from row to row and what follows for a year.
func growth(w io.Writer, rows []scaleRow) {
	fmt.Fprintln(w, "\n| from h | to h | archive | query CPU | shortlist CPU | share of the archive's growth |")
	fmt.Fprintln(w, "| --- | --- | --- | --- | --- | --- |")
	for i := 1; i < len(rows); i++ {
		a, b := rows[i-1], rows[i]
		x, y, z := b.hours/a.hours, float64(b.short+b.vote)/float64(a.short+a.vote), float64(b.short)/float64(a.short)
		fmt.Fprintf(w, "| %.0f | %.0f | x %.2f | x %.2f | x %.2f | %.2f |\n", a.hours, b.hours, x, y, z, y/x)
	}
	if n := len(rows); n > 1 {
		a, b := rows[n-2], rows[n-1]
		const year = 8760
		power := math.Log(float64(b.short)/float64(a.short)) / math.Log(b.hours/a.hours)
		short := b.short.Seconds() * math.Pow(year/b.hours, power)
		fmt.Fprintf(w, "\nextrapolated to %d h: shortlist %.2f CPU-s a minute if it goes on growing with the power %.2f of the archive, %.2f in straight proportion; with the votes %.2f; %.0f GB\n",
			year, short, power, b.short.Seconds()*year/b.hours, short+b.vote.Seconds(), float64(b.bytes)/1e9*year/b.hours)
	}
}

// check says what is wrong with the request.
func (s *Scale) check() error {
	if len(s.Hours) == 0 || !slices.IsSorted(s.Hours) || s.Hours[0] < 1 {
		return errors.New("scale: want hours, ascending, from 1 on")
	}
	if s.Memory < 1<<20 {
		return fmt.Errorf("scale: memory of %d bytes, at least 1 MiB is needed", s.Memory)
	}
	return nil
}
