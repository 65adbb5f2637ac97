package eval

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"

	"beleg/internal/synth"
)

// Harder says how the benchmark of harder cases is made from a folder of clips with MANIFEST.tsv
// (columns file, role, kind, group, seconds).
type Harder struct {
	Footage     string // folder with MANIFEST.tsv
	Out         string // gets archive/, broadcasts/ and truth.csv
	FFmpeg      string
	Cases       []string // of HarderCases; all when there are none
	Seed        uint64
	Per         int // excerpts per case and strength
	Distractors int // generated photographs put into the archive
	Jobs        int
	Progress    func(done, of int) // may be nil
}

// HarderCases are the cases, in the order of the table. "mild" and "strong" of each:
//
//	window    25 % and 20 % of the width, over moving host material
//	brief     1.5 s and 1.0 s long
//	dissolve  0.5 s and 1.0 s of cross-fade at both ends; true times are the middles
//	wipe      the same with a wipe
//	night     darkened to gamma 0.55 and 0.4, with noise
//	smoke     drifting bright clouds at 45 % and 65 %
//	grain     noise of strength 30 and 50
//	freeze    one frame held for 3 s; strong: also cropped to 70 %
//	reverse   played backwards; strong: also mirrored
//	split     two archive clips side by side; strong: each cropped to its middle
//	stacked   crop, mirror and grade; strong: also a 45 % window at low bitrate
//	tilt      turned by 4 and 10 degrees
//	turn      upside down; on its side
//	slow      played at 0.7 and 0.5 of its speed
//	fast      played at 2 and 4 times its speed
//	colour    as a night-sight shows it; in negative
//	portrait  9:16 of the picture between blurred sides; strong: of 60 % of its height
//	zoom      a slow approach to 1.5 and 2.2 times
//	keystone  one side 16 % and 40 % shorter
//	shake     90 % and 80 % of the picture, wavering, as from a hand that films a screen
//	mask      the middle pixelated, a quarter and more than half of the picture
//	fields    pulled down from 24 frames, with combs; strong: also half of the lines
//	coarse    by way of 160 and 96 columns
//	card      a card over half and over 70 % of the picture
var HarderCases = slices.Concat([]string{"window", "brief", "dissolve", "wipe", "night", "smoke", "grain", "freeze", "reverse", "split", "stacked"}, namesOf(soloEdits))

const (
	harderW, harderH, harderFPS = 640, 360, 25
	dissolvePad                 = 1.5 // seconds of host material before and after a dissolve
)

type clipRow struct {
	file, role, kind, group string
	seconds                 float64
}

// A piece is one stretch of a broadcast: its ffmpeg inputs and filter graph, how many frames it has
// and which archive stretches it shows.
type piece struct {
	inputs []string
	graph  string
	frames int
	shows  []Segment // B relative to the piece
}

// Make writes the benchmark. Broadcasts named negative-*.mp4 show other recordings of a camera that is
// in the archive, so whatever is found there as the same footage is wrong.
func (h Harder) Make(ctx context.Context) error {
	if len(h.Cases) == 0 {
		h.Cases = HarderCases
	}
	for _, name := range h.Cases {
		if !slices.Contains(HarderCases, name) {
			return fmt.Errorf("make harder cases: there is no case %q; there are %s", name, strings.Join(HarderCases, ", "))
		}
	}
	rows, err := h.manifest()
	if err != nil {
		return err
	}
	for _, d := range []string{"archive", "broadcasts"} {
		if err := os.MkdirAll(filepath.Join(h.Out, d), 0o755); err != nil {
			return fmt.Errorf("make harder cases: %w", err)
		}
	}
	r := rand.New(rand.NewPCG(h.Seed, 0x4a))
	plan := h.plan(rows, r)
	for _, c := range plan.archive {
		from, err := filepath.Abs(filepath.Join(h.Footage, c.file))
		if err != nil {
			return err
		}
		if err := os.Symlink(from, filepath.Join(h.Out, "archive", c.file)); err != nil && !errors.Is(err, os.ErrExist) {
			return fmt.Errorf("make harder cases: %w", err)
		}
	}
	if err := h.distractors(); err != nil {
		return err
	}
	truth := make([][]Segment, len(plan.broadcasts))
	if err := h.render(ctx, plan.broadcasts, truth); err != nil {
		return err
	}
	return h.writeTruth(truth)
}

func (h Harder) manifest() ([]clipRow, error) {
	f, err := os.Open(filepath.Join(h.Footage, "MANIFEST.tsv"))
	if err != nil {
		return nil, fmt.Errorf("read the footage folder: %w", err)
	}
	defer f.Close()
	c := csv.NewReader(f)
	c.Comma, c.LazyQuotes = '\t', true
	rows, err := c.ReadAll()
	if err != nil || len(rows) < 2 {
		return nil, fmt.Errorf("read MANIFEST.tsv: %d rows: %w", len(rows), errors.Join(err, errors.New("needs a header and at least one clip")))
	}
	col := map[string]int{}
	for i, name := range rows[0] {
		col[name] = i
	}
	var out []clipRow
	for _, row := range rows[1:] {
		c := clipRow{file: row[col["file"]], role: row[col["role"]], kind: row[col["kind"]], group: row[col["group"]]}
		if c.kind == "real" {
			if c.seconds, err = strconv.ParseFloat(row[col["seconds"]], 64); err != nil {
				return nil, fmt.Errorf("read MANIFEST.tsv: seconds of %s: %w", c.file, err)
			}
		}
		out = append(out, c)
	}
	return out, nil
}

type broadcastPlan struct {
	name   string
	pieces []piece
}

type harderPlan struct {
	archive    []clipRow
	broadcasts []broadcastPlan
}

func (h Harder) plan(rows []clipRow, r *rand.Rand) harderPlan {
	var p harderPlan
	var clips, hosts, negatives []clipRow
	inGroup := map[string]int{}
	for _, c := range rows {
		if c.role == "archive" && c.kind == "real" {
			inGroup[c.group]++
		}
	}
	held := map[string]bool{} // the last clip of each recording with several is held out
	for i := len(rows) - 1; i >= 0; i-- {
		c := rows[i]
		if c.role == "archive" && c.kind == "real" && inGroup[c.group] > 1 && !held[c.group] {
			held[c.group] = true
			negatives = append(negatives, c)
		}
	}
	isNegative := map[string]bool{}
	for _, c := range negatives {
		isNegative[c.file] = true
	}
	for _, c := range rows {
		switch {
		case c.role == "archive" && !isNegative[c.file]:
			p.archive = append(p.archive, c)
			if c.kind == "real" {
				clips = append(clips, c)
			}
		case c.role == "host" && c.kind == "real":
			hosts = append(hosts, c)
		}
	}
	var pool []clipRow
	pick := func() clipRow {
		if len(pool) == 0 {
			pool = append(pool, clips...)
			r.Shuffle(len(pool), func(i, j int) { pool[i], pool[j] = pool[j], pool[i] })
		}
		c := pool[0]
		pool = pool[1:]
		return c
	}
	host := func() clipRow { return hosts[r.IntN(len(hosts))] }
	var inserts []piece
	for _, name := range h.Cases {
		for _, strong := range []bool{false, true} {
			for range h.Per {
				inserts = append(inserts, h.insert(name, strong, pick, host, r))
			}
		}
	}
	r.Shuffle(len(inserts), func(i, j int) { inserts[i], inserts[j] = inserts[j], inserts[i] })
	for n := 0; len(inserts) > 0; n++ {
		b := broadcastPlan{name: fmt.Sprintf("harder-%03d.mp4", n), pieces: []piece{h.hostPiece(host(), r)}}
		for _, in := range inserts[:min(4, len(inserts))] {
			b.pieces = append(b.pieces, in, h.hostPiece(host(), r))
		}
		inserts = inserts[min(4, len(inserts)):]
		p.broadcasts = append(p.broadcasts, b)
	}
	for n, c := range negatives {
		b := broadcastPlan{name: fmt.Sprintf("negative-%03d.mp4", n)}
		d := min(c.seconds, 8)
		b.pieces = []piece{h.hostPiece(host(), r),
			{inputs: []string{h.path(c)}, graph: fmt.Sprintf("[0:v]trim=duration=%.2f,setpts=PTS-STARTPTS,fps=%d,%s", d, harderFPS, fitFrame), frames: int(d * harderFPS)},
			h.hostPiece(host(), r)}
		p.broadcasts = append(p.broadcasts, b)
	}
	return p
}

func (h Harder) path(c clipRow) string { return filepath.Join(h.Footage, c.file) }

var fitFrame = fmt.Sprintf("scale=%d:%d:force_original_aspect_ratio=decrease,pad=%d:%d:(ow-iw)/2:(oh-ih)/2,setsar=1", harderW, harderH, harderW, harderH)
var fillFrame = fmt.Sprintf("scale=%d:%d:force_original_aspect_ratio=increase,crop=%d:%d,setsar=1", harderW, harderH, harderW, harderH)

func (h Harder) hostPiece(c clipRow, r *rand.Rand) piece {
	d := min(c.seconds, 2+2*r.Float64())
	from := r.Float64() * (c.seconds - d)
	return piece{inputs: []string{h.path(c)}, frames: int(d * harderFPS),
		graph: fmt.Sprintf("[0:v]trim=start=%.3f,setpts=PTS-STARTPTS,fps=%d,%s", from, harderFPS, fillFrame)}
}

// insert plans one excerpt under the named case.
func (h Harder) insert(name string, strong bool, pick, host func() clipRow, r *rand.Rand) piece {
	choose := func(mild, hard float64) float64 { return either(strong, mild, hard) }
	c := pick()
	d := min(c.seconds, 4+4*r.Float64())
	if name == "brief" {
		d = choose(1.5, 1.0)
	}
	from := float64(int(r.Float64()*(c.seconds-d)*100)) / 100
	strength := either(strong, "mild", "strong")
	seg := Segment{File: c.file, A: Interval{from, from + d}, Edit: name, Strength: strength}
	cut := func(input int, from, d float64) string {
		return fmt.Sprintf("[%d:v]trim=start=%.3f:duration=%.3f,setpts=PTS-STARTPTS,fps=%d", input, from, d+0.1, harderFPS)
	}
	p := piece{inputs: []string{h.path(c)}, frames: int(d*harderFPS + 0.5)}
	base := cut(0, from, d)
	switch name {
	case "window", "stacked":
		share, edit := choose(0.25, 0.20), ""
		if name == "stacked" {
			share, edit = 0.45, fmt.Sprintf(",crop=iw*0.8:ih*0.8:iw*%.2f:ih*%.2f,hflip,eq=gamma=1.3:contrast=0.9:saturation=0.5", 0.2*r.Float64(), 0.2*r.Float64())
			if !strong {
				p.graph = base + edit + "," + fitFrame
				break
			}
		}
		w := int(harderW*share) / 2 * 2
		p.inputs = append(p.inputs, h.path(host()))
		p.graph = fmt.Sprintf("%s%s,scale=%d:-2,pad=iw+4:ih+4:2:2:white,setsar=1[p];[1:v]fps=%d,%s[b];[b][p]overlay=%d:%d:eof_action=repeat",
			base, edit, w, harderFPS, fillFrame, 20+r.IntN(harderW-w-60), 20+r.IntN(harderH/2))
	case "brief":
		p.graph = base + "," + fitFrame
	case "dissolve", "wipe":
		return h.faded(name, c, seg, from, d, choose(0.5, 1), host)
	case "night":
		p.graph = fmt.Sprintf("%s,%s,eq=gamma=%.2f:brightness=-0.08:saturation=0.4,noise=alls=%.0f:allf=t", base, fitFrame, choose(0.55, 0.4), choose(12, 20))
	case "smoke":
		p.graph = fmt.Sprintf("%s,%s,format=yuv420p[v];color=gray:s=20x12:r=2:d=%.1f,noise=alls=90:allf=t,eq=contrast=1.8,framerate=fps=%d,scale=%d:%d:flags=bicubic,setsar=1,format=yuv420p,hue=s=0[s];[v][s]blend=c0_mode=screen:c0_opacity=%.2f:c1_opacity=0:c2_opacity=0",
			base, fitFrame, d+2, harderFPS, harderW, harderH, choose(0.45, 0.65))
	case "grain":
		p.graph = fmt.Sprintf("%s,%s,noise=alls=%.0f:allf=t", base, fitFrame, choose(30, 50))
	case "freeze":
		const hold = 3.0
		edit := ""
		if strong {
			edit = ",crop=iw*0.7:ih*0.7"
		}
		seg.A = Interval{from, from + 1.0/harderFPS}
		p.frames = hold * harderFPS
		p.graph = fmt.Sprintf("%s,trim=end_frame=1,loop=loop=%d:size=1,setpts=N/%d/TB%s,%s", base, p.frames, harderFPS, edit, fitFrame)
	case "reverse":
		edit := ""
		if strong {
			edit = ",hflip"
		}
		p.graph = fmt.Sprintf("%s,trim=duration=%.3f,reverse%s,%s", base, d, edit, fitFrame)
	case "split":
		return h.split(c, seg, from, d, pick(), strength, cut, choose(1, 0.75))
	default:
		e := soloEdits[slices.IndexFunc(soloEdits, func(e soloEdit) bool { return e.name == name })]
		pace := either(strong, e.pace[0], e.pace[1])
		p.frames = int(d/pace*harderFPS + .5)
		p.graph = fmt.Sprintf("[0:v]trim=start=%.3f:duration=%.3f,setpts=(PTS-STARTPTS)/%g,fps=%d,%s", from, d+.1, pace, harderFPS, e.filters(strong, d/pace))
	}
	seg.B = Interval{0, float64(p.frames) / harderFPS}
	p.shows = []Segment{seg}
	return p
}

// faded is an excerpt between two stretches of host material with a transition of x seconds.
func (h Harder) faded(name string, c clipRow, seg Segment, from, d, x float64, host func() clipRow) piece {
	mode := "fade"
	if name == "wipe" {
		mode = "wipeleft"
	}
	h1, h2 := host(), host()
	graph := fmt.Sprintf("[1:v]trim=duration=%.3f,setpts=PTS-STARTPTS,fps=%d,%s,settb=1/%d[a];", dissolvePad, harderFPS, fillFrame, harderFPS) +
		fmt.Sprintf("[0:v]trim=start=%.3f:duration=%.3f,setpts=PTS-STARTPTS,fps=%d,%s,settb=1/%d[v];", from, d, harderFPS, fitFrame, harderFPS) +
		fmt.Sprintf("[2:v]trim=duration=%.3f,setpts=PTS-STARTPTS,fps=%d,%s,settb=1/%d[z];", dissolvePad, harderFPS, fillFrame, harderFPS) +
		fmt.Sprintf("[a][v]xfade=transition=%s:duration=%.2f:offset=%.3f[y];[y][z]xfade=transition=%s:duration=%.2f:offset=%.3f",
			mode, x, dissolvePad-x, mode, x, dissolvePad-x+d-x)
	length := dissolvePad - x + d - x + dissolvePad
	seg.A = Interval{from + x/2, from + d - x/2}
	seg.B = Interval{dissolvePad - x/2, dissolvePad - x + d - x/2}
	return piece{inputs: []string{h.path(c), h.path(h1), h.path(h2)}, graph: graph, frames: int(length * harderFPS), shows: []Segment{seg}}
}

// split shows two archive clips side by side, each fitted into its half, or cropped to keep share of
// its width.
func (h Harder) split(c clipRow, seg Segment, from, d float64, other clipRow, strength string, cut func(int, float64, float64) string, share float64) piece {
	d = min(d, other.seconds)
	half := fmt.Sprintf("scale=%d:%d:force_original_aspect_ratio=decrease,pad=%d:%d:(ow-iw)/2:(oh-ih)/2,setsar=1", harderW/2, harderH, harderW/2, harderH)
	if share < 1 {
		half = fmt.Sprintf("crop=iw*%.2f:ih,%s", share, half)
	}
	p := piece{inputs: []string{h.path(c), h.path(other)}, frames: int(d*harderFPS + 0.5),
		graph: fmt.Sprintf("%s,%s[l];%s,%s[r];[l][r]hstack", cut(0, from, d), half, cut(1, 0, d), half)}
	b := Interval{0, float64(p.frames) / harderFPS}
	seg.A, seg.B = Interval{from, from + d}, b
	p.shows = []Segment{seg, {File: other.file, A: Interval{0, d}, B: b, Edit: "split", Strength: strength}}
	return p
}

func (h Harder) distractors() error {
	var wd *synth.World
	for n := range h.Distractors {
		if n%4 == 0 { // four moments of each place
			wd = synth.NewWorld(synth.Kind(n/4%4), h.Seed<<20+uint64(n), harderW, harderH)
		}
		path := filepath.Join(h.Out, "archive", fmt.Sprintf("distractor-%05d.jpg", n))
		if err := synth.WriteJPEG(wd, float64(n%4)*9, harderW, harderH, path); err != nil {
			return err
		}
		if h.Progress != nil && n%50 == 0 {
			h.Progress(n, h.Distractors)
		}
	}
	return nil
}

func (h Harder) render(ctx context.Context, plans []broadcastPlan, truth [][]Segment) error {
	errs := make([]error, len(plans))
	slots := make(chan struct{}, max(1, h.Jobs))
	var wg sync.WaitGroup
	var mu sync.Mutex
	done := 0 // guarded by mu
	for i, b := range plans {
		wg.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			truth[i], errs[i] = h.broadcast(ctx, b)
			mu.Lock()
			done++
			if h.Progress != nil {
				h.Progress(done, len(plans))
			}
			mu.Unlock()
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}

// broadcast renders the pieces to files of exactly their number of frames, joins them and encodes
// the whole once more, as a broadcaster would.
func (h Harder) broadcast(ctx context.Context, b broadcastPlan) ([]Segment, error) {
	tmp, err := os.MkdirTemp("", "beleg-harder-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(tmp)
	var truth []Segment
	var list strings.Builder
	frame := 0
	for k, p := range b.pieces {
		part := filepath.Join(tmp, fmt.Sprintf("%03d.mp4", k))
		args := []string{}
		for n, in := range p.inputs {
			if n > 0 {
				args = append(args, "-stream_loop", "20")
			}
			args = append(args, "-i", in)
		}
		args = append(args, "-filter_complex", p.graph+",tpad=stop_mode=clone:stop_duration=3,format=yuv420p", "-frames:v", strconv.Itoa(p.frames),
			"-an", "-r", strconv.Itoa(harderFPS), "-c:v", "libx264", "-threads", "1", "-preset", "ultrafast", "-crf", "14", part)
		if err := h.run(ctx, args...); err != nil {
			return nil, fmt.Errorf("%s, piece %d: %w", b.name, k, err)
		}
		fmt.Fprintf(&list, "file '%s'\n", part)
		for _, s := range p.shows {
			s.Broadcast = b.name
			s.B = Interval{s.B.From + float64(frame)/harderFPS, s.B.To + float64(frame)/harderFPS}
			truth = append(truth, s)
		}
		frame += p.frames
	}
	names := filepath.Join(tmp, "list.txt")
	if err := os.WriteFile(names, []byte(list.String()), 0o644); err != nil {
		return nil, err
	}
	return truth, h.run(ctx, "-f", "concat", "-safe", "0", "-i", names, "-an", "-c:v", "libx264", "-threads", "1", "-preset", "veryfast",
		"-crf", "26", "-r", strconv.Itoa(harderFPS), "-movflags", "+faststart", "-map_metadata", "-1", filepath.Join(h.Out, "broadcasts", b.name))
}

func (h Harder) run(ctx context.Context, args ...string) error {
	out, err := exec.CommandContext(ctx, h.FFmpeg, append([]string{"-nostdin", "-v", "error", "-y"}, args...)...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("ffmpeg: %w: %s", err, strings.TrimSpace(string(out)))
	}
	return nil
}

func (h Harder) writeTruth(truth [][]Segment) error {
	f, err := os.Create(filepath.Join(h.Out, "truth.csv"))
	if err != nil {
		return fmt.Errorf("write truth: %w", err)
	}
	w := csv.NewWriter(f)
	err = w.Write(strings.Split("broadcast,b_start,b_end,archive_file,a_start,a_end,edit,strength", ","))
	for _, segs := range truth {
		for _, s := range segs {
			row := []string{s.Broadcast}
			row = append(row, sec(s.B.From), sec(s.B.To), s.File, sec(s.A.From), sec(s.A.To), s.Edit, s.Strength)
			err = errors.Join(err, w.Write(row))
		}
	}
	w.Flush()
	return errors.Join(err, w.Error(), f.Close())
}

func sec(s float64) string { return strconv.FormatFloat(s, 'f', 2, 64) }
