package eval

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Footage runs the benchmark through the program itself: `beleg add` of the archive, `beleg check
// --csv` of the broadcasts, and what both cost beside bare decoding.
type Footage struct {
	Beleg, FFmpeg string // programs
	Archive       string // folder
	Broadcasts    string // folder
	Truth         string // truth.csv
	Manifest      string // tab-separated table with the columns file and group; may be empty
	Predictions   string // where the predictions are written
	Work          string // folder for data folders; emptied of nothing
	Workers       int
	Tall          int  // how many videos are also measured at 1080 lines; 0: none
	Long          bool // measure the memory of a check of all broadcasts joined to one
}

// A Cost is CPU time spent on a length of video.
type Cost struct {
	CPU   time.Duration // user and system, children included
	Video time.Duration
}

func (c Cost) perMinute() float64 { return c.CPU.Seconds() / max(1e-9, c.Video.Minutes()) }

// Run prints the tables to w.
func (f Footage) Run(ctx context.Context, w io.Writer) error {
	truth, group, err := f.tables()
	if err != nil {
		return err
	}
	data := filepath.Join(f.Work, "data")
	if _, err := f.beleg(ctx, nil, "--data", data, "add", f.Archive, "--workers", strconv.Itoa(f.Workers), "--purpose", "benchmark"); err != nil {
		return err
	}
	var out bytes.Buffer
	if _, err := f.beleg(ctx, &out, "--data", data, "check", "--csv", "--workers", strconv.Itoa(f.Workers), f.Broadcasts); err != nil {
		return err
	}
	if err := os.WriteFile(f.Predictions, out.Bytes(), 0o644); err != nil {
		return fmt.Errorf("write predictions: %w", err)
	}
	preds, err := ReadSegments(&out)
	if err != nil {
		return fmt.Errorf("read predictions: %w", err)
	}
	f.quality(w, truth, preds, group)
	return f.costs(ctx, w, data)
}

func (f Footage) tables() (truth []Segment, group map[string]string, err error) {
	t, err := os.Open(f.Truth)
	if err != nil {
		return nil, nil, fmt.Errorf("read truth: %w", err)
	}
	defer t.Close()
	if truth, err = ReadSegments(t); err != nil || f.Manifest == "" {
		return truth, nil, err
	}
	m, err := os.Open(f.Manifest)
	if err != nil {
		return nil, nil, fmt.Errorf("read manifest: %w", err)
	}
	defer m.Close()
	group, err = ReadGroups(m)
	return truth, group, err
}

// plainEdits are those that leave the picture whole, or take its borders or graphics only; mirror
// counts in its mild form.
var plainEdits = []string{"reencode", "rescale", "lowbitrate", "grade", "overlay", "letterbox", "pillar_blur", "mirror", "blur_noise", "speed"}

func (f Footage) quality(w io.Writer, truth, preds []Segment, group map[string]string) {
	isStacked := func(s Segment) bool { return strings.HasPrefix(s.Broadcast, "stacked-") }
	stacked, normal := split(truth, isStacked)
	pStacked, pNormal := split(preds, isStacked)
	all := Score(normal, pNormal, group)
	fmt.Fprintln(w, "all edits:")
	all.WriteHead(w)
	fmt.Fprintf(w, "archive boundary %.3f s, broadcast boundary %.3f s\n\n", all.ArchiveBoundary, all.Boundary)
	all.WriteEdits(w)
	plain, _ := split(normal, func(s Segment) bool {
		return slices.Contains(plainEdits, s.Edit) && (s.Edit != "mirror" || s.Strength == "mild")
	})
	if len(plain) > 0 {
		hit := Score(plain, pNormal, group)
		fmt.Fprintf(w, "\nplain edits alone (%s, plain mirror): hit recall %.3f (%d of %d)\n", strings.Join(plainEdits[:7], ", "), hit.HitRecall(), hit.Hits, hit.Truth)
	}
	if len(stacked) > 0 {
		fmt.Fprintln(w, "\nstacked edits:")
		Score(stacked, pStacked, group).WriteHead(w)
	}
	fmt.Fprintln(w, "\nhow often a score is right:")
	Score(truth, preds, group).WriteReliability(w)
}

func split(list []Segment, is func(Segment) bool) (yes, no []Segment) {
	for _, s := range list {
		if is(s) {
			yes = append(yes, s)
		} else {
			no = append(no, s)
		}
	}
	return yes, no
}

// costs measures taking in the videos of the archive and checking the broadcasts, one worker, beside bare decoding of the
// same files.
func (f Footage) costs(ctx context.Context, w io.Writer, data string) error {
	videos, err := videosIn(f.Archive)
	if err != nil {
		return err
	}
	broadcasts, err := videosIn(f.Broadcasts)
	if err != nil {
		return err
	}
	fmt.Fprintln(w, "\n| what | video min | CPU-s a minute | bare decoding, CPU-s a minute | ratio |")
	fmt.Fprintln(w, "| --- | --- | --- | --- | --- |")
	row := func(what string, c, bare Cost) {
		fmt.Fprintf(w, "| %s | %.2f | %.2f | %.2f | %.2f |\n", what, c.Video.Minutes(), c.perMinute(), bare.perMinute(), c.CPU.Seconds()/max(1e-9, bare.CPU.Seconds()))
	}
	in, bare, err := f.takeIn(ctx, "videos", videos)
	if err != nil {
		return err
	}
	row("take in, as they are", in, bare)
	if f.Tall > 0 {
		tall, err := f.tall(ctx, videos[:min(f.Tall, len(videos))])
		if err != nil {
			return err
		}
		in, bare, err := f.takeIn(ctx, "tall", tall)
		if err != nil {
			return err
		}
		row("take in, 1080 lines", in, bare)
	}
	check, bare, err := f.inTurn(ctx, broadcasts, func() (time.Duration, error) {
		return f.beleg(ctx, nil, "--data", data, "check", "--csv", "--workers", "1", f.Broadcasts)
	})
	if err != nil {
		return err
	}
	row("check", check, bare)
	fmt.Fprintf(w, "\ncheck beyond decoding: %.2f CPU-s a minute of broadcast\n", Cost{check.CPU - bare.CPU, bare.Video}.perMinute())
	parts, err := bytesIn(filepath.Join(f.Work, "videos", "parts"))
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "index of the videos: %.1f KB a minute\n", float64(parts)/1000/in.Video.Minutes())
	all, err := bytesIn(filepath.Join(data, "parts"))
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "index of the whole archive: %.1f KB\n", float64(all)/1000)
	if f.Long {
		return f.long(ctx, w, data, broadcasts)
	}
	return nil
}

// long measures the memory that checks of the first broadcast and of all joined take, at several settings.
func (f Footage) long(ctx context.Context, w io.Writer, data string, broadcasts []string) error {
	var list strings.Builder
	for _, b := range broadcasts {
		abs, err := filepath.Abs(b)
		if err != nil {
			return err
		}
		fmt.Fprintf(&list, "file '%s'\n", strings.ReplaceAll(abs, "'", `'\''`))
	}
	names := filepath.Join(f.Work, "long.txt")
	if err := os.WriteFile(names, []byte(list.String()), 0o600); err != nil {
		return err
	}
	joined := filepath.Join(f.Work, "long.mp4")
	if b, err := exec.CommandContext(ctx, f.FFmpeg, "-nostdin", "-v", "error", "-y", "-f", "concat", "-safe", "0", "-i", names, "-c", "copy", joined).CombinedOutput(); err != nil {
		return fmt.Errorf("join the broadcasts: %w: %s", err, b)
	}
	fmt.Fprintln(w, "\n| broadcast min | memory setting MiB | peak resident MB |\n| --- | --- | --- |")
	for _, file := range []string{broadcasts[0], joined} {
		bare, err := f.bare(ctx, []string{file})
		if err != nil {
			return err
		}
		for _, mib := range []string{"64", "256"} {
			p, err := f.run(ctx, io.Discard, "--data", data, "--memory", mib, "check", "--csv", file)
			if err != nil {
				return err
			}
			fmt.Fprintf(w, "| %.2f | %s | %d |\n", bare.Video.Minutes(), mib, peakOf(p)>>20)
		}
	}
	return nil
}

func videosIn(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("list videos: %w", err)
	}
	var out []string
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), ".mp4") {
			out = append(out, filepath.Join(dir, e.Name()))
		}
	}
	return out, nil
}

// takeIn measures `beleg add` of the files into data folders of their own.
func (f Footage) takeIn(ctx context.Context, name string, files []string) (in, bare Cost, err error) {
	data := filepath.Join(f.Work, name)
	return f.inTurn(ctx, files, func() (time.Duration, error) {
		if err := os.RemoveAll(data); err != nil {
			return 0, err
		}
		return f.beleg(ctx, nil, append([]string{"--data", data, "add", "--workers", "1", "--purpose", "benchmark"}, files...)...)
	})
}

// inTurn measures work on the files beside bare decoding of them: both twice, one after the other, and the smaller cost of
// each counts. What runs at the same time makes both dearer, so nothing of ours does.
func (f Footage) inTurn(ctx context.Context, files []string, work func() (time.Duration, error)) (cost, bare Cost, err error) {
	for try := range 2 {
		cpu, err := work()
		if err != nil {
			return cost, bare, err
		}
		b, err := f.bare(ctx, files)
		if err != nil {
			return cost, bare, err
		}
		if try == 0 || cpu < cost.CPU {
			cost = Cost{cpu, b.Video}
		}
		if try == 0 || b.CPU < bare.CPU {
			bare = b
		}
	}
	return cost, bare, nil
}

// bare measures `ffmpeg -threads 1 -i X -f null -` of each file.
func (f Footage) bare(ctx context.Context, files []string) (Cost, error) {
	var c Cost
	for _, file := range files {
		cmd := exec.CommandContext(ctx, f.FFmpeg, "-nostdin", "-v", "error", "-progress", "pipe:1", "-threads", "1", "-i", file, "-an", "-f", "null", "-")
		var progress bytes.Buffer
		cmd.Stdout = &progress
		if err := cmd.Run(); err != nil {
			return c, fmt.Errorf("decode %s: %w", file, err)
		}
		c.CPU += cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
		c.Video += lastTime(progress.String())
	}
	return c, nil
}

// lastTime reads the last out_time_us of ffmpeg's progress.
func lastTime(progress string) time.Duration {
	var us int64
	for line := range strings.Lines(progress) {
		if v, ok := strings.CutPrefix(line, "out_time_us="); ok {
			if n, err := strconv.ParseInt(strings.TrimSpace(v), 10, 64); err == nil {
				us = n
			}
		}
	}
	return time.Duration(us) * time.Microsecond
}

// tall makes the videos 1,920 pixels wide.
func (f Footage) tall(ctx context.Context, files []string) ([]string, error) {
	dir := filepath.Join(f.Work, "tall-files")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	var out []string
	for _, file := range files {
		to := filepath.Join(dir, filepath.Base(file))
		if b, err := exec.CommandContext(ctx, f.FFmpeg, "-nostdin", "-v", "error", "-y", "-i", file, "-an", "-vf", "scale=1920:1080:force_original_aspect_ratio=increase,crop=1920:1080",
			"-c:v", "libx264", "-preset", "veryfast", "-crf", "23", "-pix_fmt", "yuv420p", to).CombinedOutput(); err != nil {
			return nil, fmt.Errorf("make %s tall: %w: %s", file, err, b)
		}
		out = append(out, to)
	}
	return out, nil
}

// beleg runs the program and returns the CPU time that it and its children took.
func (f Footage) beleg(ctx context.Context, stdout io.Writer, args ...string) (time.Duration, error) {
	p, err := f.run(ctx, stdout, args...)
	if err != nil {
		return 0, err
	}
	return p.UserTime() + p.SystemTime(), nil
}

// run runs the program to its end.
func (f Footage) run(ctx context.Context, stdout io.Writer, args ...string) (*os.ProcessState, error) {
	cmd := exec.CommandContext(ctx, f.Beleg, args...)
	var stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = stdout, &stderr
	cmd.Env = append(os.Environ(), "BELEG_KEY="+filepath.Join(f.Work, "signing.key"), "LANG=C")
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("beleg %s: %w: %s", strings.Join(args[:min(4, len(args))], " "), err, strings.TrimSpace(stderr.String()))
	}
	return cmd.ProcessState, nil
}

func bytesIn(dir string) (int64, error) {
	var n int64
	err := filepath.WalkDir(dir, func(_ string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		i, err := e.Info()
		if err == nil {
			n += i.Size()
		}
		return err
	})
	return n, err
}
