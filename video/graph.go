package video

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"time"
)

// pipes are the ends of a child's files: theirs[i] becomes its descriptor i.
type pipes struct {
	theirs []*os.File
	ours   map[int]*os.File
	frames []io.Reader // by view
	times  []io.Reader // by view; nil for a view with a rate
	err    error
}

// newPipes opens the child's first three descriptors: nothing to read, one pipe for pictures, one for words.
func (p *pipes) open() {
	p.ours = map[int]*os.File{}
	null, err := os.Open(os.DevNull)
	if err != nil {
		p.err = err
		return
	}
	p.theirs = append(p.theirs, null)
	p.add()
	p.add()
}

// add opens one more pipe and returns the child's number for it.
func (p *pipes) add() int {
	if p.err != nil {
		return -1
	}
	r, w, err := newPipe()
	if err != nil {
		p.err = err
		return -1
	}
	n := len(p.theirs)
	p.theirs, p.ours[n] = append(p.theirs, w), r
	return n
}

func (p *pipes) closeTheirs() {
	for _, f := range p.theirs {
		f.Close()
	}
	p.theirs = nil
}

func (p *pipes) close() {
	p.closeTheirs()
	for _, f := range p.ours {
		f.Close()
	}
}

// args builds ffmpeg's command line and opens the pipes it names.
func (d *decoding) args(p *pipes) []string {
	p.open()
	args := d.tools.inputArgs(d.request.Path, d.typ, d.seek)
	if d.turned > 0 {
		args = append([]string{"-noautorotate"}, args...)
	}
	graph := fmt.Sprintf("[0:V:%d]", d.stream) + d.sharedChain()
	outputs := []string{}
	if len(d.views) == 2 {
		graph += ",split[in0][in1];[in0]"
	} else {
		graph += ","
	}
	for i, v := range d.views {
		if i == 1 {
			graph += ";[in1]"
		}
		fd, times := 1, -1
		if i > 0 {
			fd = p.add()
		}
		if v.Rate.Num == 0 {
			times = p.add()
		}
		graph += d.viewChain(v, times) + fmt.Sprintf("[out%d]", i)
		outputs = append(outputs, "-map", fmt.Sprintf("[out%d]", i))
		outputs = append(outputs, d.tools.passthrough()...)
		outputs = append(outputs, "-threads", "1", "-c:v", "pgm", "-f", "image2pipe", fmt.Sprintf("pipe:%d", fd))
		p.bind(fd, times)
	}
	args = append(args, "-filter_complex", graph)
	return append(args, outputs...)
}

// bind files our ends of a view's pipes.
func (p *pipes) bind(frames, times int) {
	if p.err != nil {
		return
	}
	p.frames = append(p.frames, unhurried(p.ours[frames]))
	var r io.Reader
	if times >= 0 {
		r = p.ours[times]
	}
	p.times = append(p.times, r)
}

// inputArgs are the options up to and with the input: no standard input, one thread, the demuxer
// our own sniffing chose, no protocol but plain files. A change of size or pixel format on the way (a stream that
// was recorded in pieces) is left to the scaling: a graph made anew would begin its times again.
func (t *Tools) inputArgs(path string, typ Type, seek seekPoint) []string {
	formats := typ.formats
	if formats == "" {
		formats = typ.demuxer
	}
	args := []string{
		"-hide_banner", "-nostats", "-nostdin", "-loglevel", "level+info",
		"-max_alloc", itoa(t.options.Limits.Memory / 2), "-filter_threads", "1", "-filter_complex_threads", "1",
		"-threads", "1", "-max_pixels", itoa(t.options.Limits.Pixels),
		"-protocol_whitelist", "file", "-format_whitelist", formats,
	}
	if seek.at > 0 {
		args = append(args, "-noaccurate_seek", "-copyts", "-ss", seconds(seek.at))
	}
	return append(args, "-reinit_filter", "0", "-f", typ.demuxer, "-i", "file:"+path)
}

func seconds(d time.Duration) string {
	return fmt.Sprintf("%d.%06d", d/time.Second, d%time.Second/time.Microsecond)
}

// sharedChain makes time start at the first frame.
func (d *decoding) sharedChain() string {
	if d.seek.at > 0 {
		return fmt.Sprintf("setpts=PTS-(%d)", d.seek.first)
	}
	return "setpts=PTS-STARTPTS"
}

// viewChain drops frames first, then works on those that are left. Deinterlacing comes after the
// dropping, so it looks one kept frame to each side: the stretch is cut wider before it, and to what is asked for after it, which
// is also what ends the decoding.
func (d *decoding) viewChain(v View, times int) string {
	var c []string
	from, to := d.request.From, d.request.To
	exact := ""
	if v.Rate.Num > 0 {
		c = append(c, fmt.Sprintf("fps=fps=%d/%d:round=up", v.Rate.Num, v.Rate.Den))
		k0, k1 := v.Rate.index(from), v.Rate.index(to)
		if from > 0 || to > 0 {
			c = append(c, cut(max(k0-1, 0), k1+1, to > 0))
			exact = fmt.Sprintf("settb=%d/%d,", v.Rate.Den, v.Rate.Num) + cut(k0, k1, to > 0) // deinterlacing counts in halves
		}
	} else if from > 0 || to > 0 {
		const margin = 2 * time.Second // holds more than one frame of any ordinary video
		c = append(c, "trim=start="+seconds(max(from-margin, 0)))
		exact = "trim=start=" + seconds(from)
		if to > 0 {
			exact += ":end=" + seconds(to+time.Microsecond) // rounded up
		}
	}
	if d.typ.fields() {
		c = append(c, deinterlace)
	}
	if exact != "" {
		c = append(c, exact)
	}
	c = append(c, v.Box.scale(), "format=gray")
	if times >= 0 {
		c = append(c, "settb=1/1000000000", "metadata=mode=add:key=t:value=1", fmt.Sprintf(`metadata=mode=print:direct=1:file=pipe\\:%d`, times))
	}
	return strings.Join(c, ",")
}

// deinterlace works on frames that are flagged as interlaced and lets others pass. Before it, pictures that change
// their size on the way are brought to the first one's, since it cannot live with a change.
const deinterlace = "scale=w=iw:h=ih,yadif=deint=interlaced"

// fields reports whether files of the type can be interlaced. The filter refuses pictures of less
// than three pixels, which animations do have.
func (t Type) fields() bool {
	return t.Kind == Video && t.demuxer != "gif" && t.demuxer != "apng" && t.Name != "avif"
}

func cut(from, to int64, bounded bool) string {
	s := fmt.Sprintf("trim=start_pts=%d", from)
	if bounded {
		s += fmt.Sprintf(":end_pts=%d", to)
	}
	return s
}

// scale brings the picture to square pixels in the box. Its levels are left as they are, which is what
// in_range=full amounts to: scaling takes more than twice as long where it changes them (expand).
func (b Box) scale() string {
	size := "w='max(1,round(iw*sar))':h=ih"
	switch {
	case b.W > 0 && b.Fit == Stretch:
		size = fmt.Sprintf("w=%d:h=%d", b.W, b.H)
	case b.W > 0:
		f := fmt.Sprintf("min(1,min(%d/(iw*sar),%d/ih))", b.W, b.H)
		size = fmt.Sprintf("w='max(1,round(iw*sar*%s))':h='max(1,round(ih*%s))'", f, f)
	}
	return "scale=" + size + ":flags=area" + asItIs
}

const asItIs = ":in_range=full:out_range=full"

// seekPoint is where to enter a file. The zero point is its beginning.
type seekPoint struct {
	at    time.Duration // in the container's own time, early enough to find a sync frame before what is asked for
	first int64         // time stamp of the first frame, in the stream's units
}

const (
	// seekMargin lies between the entry and the stretch: frames that hang on a sync frame before the
	// entry are never in it, and filters that look back have seen enough.
	seekMargin = 3 * time.Second
	// seekFrom is from where on entering late pays: the first frame must be asked for first.
	seekFrom = 12 * time.Second
)

// seekPoint decides whether entering late is worth it and safe. Only containers with an index of
// sync frames and time stamps that run on are entered; in others a stretch is found by decoding all
// before it.
func (t *Tools) seekPoint(ctx context.Context, q Request, typ Type, stream int) (seekPoint, error) {
	if q.From < seekFrom || typ.demuxer != "mov" && typ.demuxer != "matroska" {
		return seekPoint{}, nil
	}
	file, err := keyOf(q.Path)
	if err != nil {
		return seekPoint{}, fmt.Errorf("decode: %w", err)
	}
	key := streamKey{file, stream}
	t.mu.Lock()
	first, known := t.starts[key]
	t.mu.Unlock()
	if !known {
		if first, known, err = t.firstStamp(ctx, q.Path, typ, stream); err != nil {
			return seekPoint{}, fmt.Errorf("decode %s: %w", q.Path, err)
		}
		if !known {
			return seekPoint{}, nil // the ordinary way will say what is wrong
		}
		t.remember(key, first)
	}
	return seekPoint{at: q.From - seekMargin, first: first}, nil
}

const maxStarts = 10_000

func (t *Tools) remember(key streamKey, first int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.starts) >= maxStarts {
		clear(t.starts)
	}
	t.starts[key] = first
}

// firstStamp decodes one frame for its time stamp, in the stream's units.
func (t *Tools) firstStamp(ctx context.Context, path string, typ Type, stream int) (int64, bool, error) {
	args := append(t.inputArgs(path, typ, seekPoint{}), "-filter_complex", fmt.Sprintf(`[0:V:%d]metadata=mode=add:key=t:value=1,metadata=mode=print:direct=1:file=pipe\\:1[out]`, stream),
		"-map", "[out]", "-frames:v", "1", "-f", "null", "-")
	args = append([]string{"-copyts"}, args...)
	out, _, _, err := t.output(ctx, job{Program: raw(t.ffmpeg), Args: raws(args), Input: raw(path)}, 1<<16)
	if err != nil {
		return 0, false, err
	}
	var n, pts int64
	_, err = fmt.Sscanf(string(out), "frame:%d pts:%d", &n, &pts)
	return pts, err == nil, nil
}

// streamKey names a stream of pictures in a state of a file.
type streamKey struct {
	fileKey
	stream int
}

// knownStream returns which stream of pictures is the film, 0 as long as nothing else is known.
func (t *Tools) knownStream(key fileKey) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.streams[key]
}

func (t *Tools) rememberStream(key fileKey, stream int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.streams) >= maxStarts {
		clear(t.streams)
	}
	t.streams[key] = stream
}

// streamOf returns which stream of pictures is the film, and asks ffmpeg where that is not known yet.
func (t *Tools) streamOf(ctx context.Context, path string, typ Type) (int, error) {
	key, err := keyOf(path)
	if err != nil {
		return 0, err
	}
	t.mu.Lock()
	stream, known := t.streams[key]
	t.mu.Unlock()
	if known || typ.Kind == Photo {
		return stream, nil
	}
	args := append(t.inputArgs(path, typ, seekPoint{}), "-map", "0:V?", "-c", "copy", "-t", "0", "-f", "null", "-")
	_, log, _, err := t.output(ctx, job{Program: raw(t.ffmpeg), Args: raws(args), Input: raw(path)}, 1<<16)
	if err != nil {
		return 0, err
	}
	d := dump{}
	d.read(bytes.NewReader(log))
	t.rememberStream(key, d.best())
	return d.best(), nil
}
