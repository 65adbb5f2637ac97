package video

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"sync"
)

// Report is what this machine offers, for a command to print.
type Report struct {
	FFmpeg, Version string
	Layers          Layers
	Decoders        []Decoder
	Encoders        []Decoder
	// Problems are whole sentences in order of weight; empty when all is well.
	Problems []string
}

// Decoder is one of ffmpeg's decoders or encoders of interest.
type Decoder struct {
	Name  string // for people: "H.264"
	Codec string // ffmpeg's name of the one found; empty: none
}

// wanted lists what conflict footage comes in, with ffmpeg's names in order of preference.
var wantedDecoders = []struct {
	name  string
	codec []string
}{
	{"H.264", []string{"h264"}}, {"HEVC", []string{"hevc"}}, {"AV1", []string{"libdav1d", "av1", "libaom-av1"}}, {"VP9", []string{"vp9"}}, {"VP8", []string{"vp8"}},
	{"MPEG-4", []string{"mpeg4"}}, {"MPEG-2", []string{"mpeg2video"}}, {"MPEG-1", []string{"mpeg1video"}}, {"H.263", []string{"h263"}}, {"Motion JPEG", []string{"mjpeg"}},
	{"WMV 3", []string{"wmv3"}}, {"VC-1", []string{"vc1"}}, {"ProRes", []string{"prores"}}, {"DV", []string{"dvvideo"}}, {"Theora", []string{"theora"}}, {"GIF", []string{"gif"}}, {"JPEG XL", []string{"libjxl", "jpegxl"}},
}

var wantedEncoders = []struct {
	name  string
	codec []string
}{{"PGM", []string{"pgm"}}, {"H.264", []string{"libx264", "libopenh264"}}, {"VP8", []string{"libvpx"}}, {"JPEG", []string{"mjpeg"}}, {"PNG", []string{"png"}}}

// Doctor tries the tool and the confinement and reports what holds. Its error means that not even
// a report could be made.
func (t *Tools) Doctor(ctx context.Context) (Report, error) {
	r := Report{FFmpeg: t.ffmpeg, Version: t.version}
	w, err := startWorker(t.options.Self, runWorker)
	if err != nil {
		r.Problems = append(r.Problems, fmt.Sprintf("no confined worker can be started: %v", err))
		return r, nil
	}
	r.Layers = w.layers
	w.stop()
	if err := r.Layers.require(t.options.Require); err != nil {
		r.Problems = append(r.Problems, err.Error())
	}
	decoders, err := t.list(ctx, "-decoders")
	if err != nil {
		r.Problems = append(r.Problems, fmt.Sprintf("ffmpeg does not run in its confinement: %v", err))
		return r, nil
	}
	encoders, err := t.list(ctx, "-encoders")
	if err != nil {
		return r, err
	}
	for _, d := range wantedDecoders {
		r.Decoders = append(r.Decoders, Decoder{d.name, firstIn(d.codec, decoders)})
	}
	r.Decoders = append(r.Decoders, t.stillFormats(decoders)...)
	for _, e := range wantedEncoders {
		r.Encoders = append(r.Encoders, Decoder{e.name, firstIn(e.codec, encoders)})
	}
	for _, d := range slices.Concat(r.Decoders[:2], r.Encoders[:1]) {
		if d.Codec == "" {
			r.Problems = append(r.Problems, fmt.Sprintf("this ffmpeg lacks %s", d.Name))
		}
	}
	if missing := r.Layers.missing(); len(missing) > 0 {
		r.Problems = append(r.Problems, fmt.Sprintf("layers of confinement that do not hold on this %s: %s", runtime.GOOS, strings.Join(missing, ", ")))
	}
	return r, nil
}

func (ls Layers) missing() []string {
	var names []string
	for _, l := range ls {
		if !l.Holds {
			names = append(names, string(l.Layer))
		}
	}
	return names
}

// stillFormats says whether the stills of phones are read: a codec alone is not enough, the container has to put the tiles of a
// picture together. ffmpeg does that for AVIF from 5.1 on and for HEIC from 7.1 on.
func (t *Tools) stillFormats(decoders map[string]bool) []Decoder {
	from := func(major, minor int) bool {
		return t.major == 0 || t.major > major || t.major == major && t.minor >= minor
	}
	heic, avif := "", ""
	if from(7, 1) {
		heic = firstIn([]string{"hevc"}, decoders)
	}
	if from(5, 1) {
		avif = firstIn([]string{"libdav1d", "av1", "libaom-av1"}, decoders)
	}
	return []Decoder{{"HEIC pictures", heic}, {"AVIF pictures", avif}}
}

func firstIn(names []string, have map[string]bool) string {
	for _, n := range names {
		if have[n] {
			return n
		}
	}
	return ""
}

// list runs ffmpeg with an option that lists names, in full confinement.
func (t *Tools) list(ctx context.Context, option string) (map[string]bool, error) {
	out, log, e, err := t.output(ctx, job{Program: raw(t.ffmpeg), Args: []raw{"-hide_banner", raw(option)}}, 1<<20)
	if err != nil {
		return nil, err
	}
	if e.Code != 0 {
		return nil, fmt.Errorf("status %d: %s", e.Code, bytes.TrimSpace(log))
	}
	names := map[string]bool{}
	for line := range strings.Lines(string(out)) {
		if f := strings.Fields(line); len(f) >= 2 && len(f[0]) == 6 {
			names[f[1]] = true
		}
	}
	return names, nil
}

// output runs a job to its end and returns the first limit bytes of its standard output and the
// last of its standard error.
func (t *Tools) output(ctx context.Context, j job, limit int64) (out, log []byte, e exit, err error) {
	var p pipes
	defer p.close()
	if p.open(); p.err != nil {
		return nil, nil, exit{}, p.err
	}
	j.files = p.theirs
	c, err := t.start(j)
	if err != nil {
		return nil, nil, exit{}, err
	}
	p.closeTheirs()
	ctx, cancel := context.WithTimeout(ctx, t.options.Limits.Wall)
	defer cancel()
	undo := context.AfterFunc(ctx, c.kill)
	defer undo()
	var wg sync.WaitGroup
	wg.Go(func() {
		out, _ = io.ReadAll(io.LimitReader(p.ours[1], limit))
		io.Copy(io.Discard, p.ours[1])
	})
	wg.Go(func() { log = readTail(p.ours[2], 1<<16) })
	wg.Wait()
	e = c.wait()
	return out, log, e, ctx.Err()
}

// readTail reads r to its end and returns the last n bytes at most.
func readTail(r io.Reader, n int) []byte {
	var tail []byte
	buf := make([]byte, 1<<14)
	for {
		k, err := r.Read(buf)
		tail = append(tail, buf[:k]...)
		if len(tail) > 2*n {
			tail = append(tail[:0], tail[len(tail)-n:]...)
		}
		if err != nil {
			return tail[max(0, len(tail)-n):]
		}
	}
}
