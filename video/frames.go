package video

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"beleg/luma"
)

// Request asks for pictures of one file.
type Request struct {
	Path string
	View
	// Also asks for a second view from the same decoding.
	Also *View
	// From and To bound the stretch [From, To); To 0 means to the end. A stretch holds just the
	// frames, with just the times, that the whole file has there.
	From, To time.Duration
}

// View is the form in which pictures are wanted.
type View struct {
	Box  Box
	Rate Rate
}

// Box is the size pictures are brought to, in pixels. The zero Box keeps the display size.
type Box struct {
	W, H int
	Fit  Fit
}

// Fit says how a picture is brought into a Box.
type Fit int

const (
	Inside  Fit = iota // keep the shape, never enlarge
	Stretch            // exactly W by H
)

// Rate is frames per second as a fraction. Frame k of a Rate is what is on screen at k/Rate since
// the first frame. The zero Rate means every frame, at its own time.
type Rate struct{ Num, Den int }

// Frame is one decoded picture.
type Frame struct {
	luma.Plane               // valid only during the call that receives it
	At         time.Duration // since the first frame of the file
	View       int           // 0, or 1 for the view asked for in Also
}

// State is how much of a file could be decoded.
type State string

const (
	Complete     State = "complete"
	PartialUntil State = "partial"    // decoding ended early: nothing is known after Last
	Unreadable   State = "unreadable" // not one frame
	NoPicture    State = "no picture" // readable, but there is no video in it: sound only, or a cover picture
)

// Outcome is what became of a file. Exit codes have no part in State.
type Outcome struct {
	State  State
	Frames int           // of the first view
	Last   time.Duration // time of the last frame of the first view
	Info   Info
	// Errors counts what ffmpeg reported as errors; a complete file may have some.
	Errors int
	// Detail is one line in words for anything but a clean Complete.
	Detail string
	// CPU is user and system time of the child that decoded.
	CPU time.Duration
}

// Ends reports whether a stretch up to a time is known to reach the end of the file: the container says so, and the
// last frame does not contradict it.
func (o *Outcome) Ends(to time.Duration) bool {
	if o.State != Complete {
		return false
	}
	return o.Info.Kind == Photo || o.Info.Duration > 0 && to > max(o.Info.Duration, o.Last+endSlack)
}

// endSlack is the longest time between frames near the end of a stretch that is cut off.
const endSlack = 200 * time.Millisecond

// Frames decodes the file and hands over its pictures in order of time; those of the two views of
// one request interleave in no promised order, but never at once. It returns an error when nothing
// can be said about the file: it cannot be opened, it is refused (ErrPlaylist, ErrUnknownType,
// ErrEmpty), ctx has ended, yield failed (its error), a required layer of confinement is missing.
// What is wrong with the file itself is in the Outcome.
func (t *Tools) Frames(ctx context.Context, q Request, yield func(Frame) error) (Outcome, error) {
	typ, err := q.check()
	if err != nil {
		return Outcome{}, err
	}
	if typ.native {
		return t.photo(ctx, q, typ, yield)
	}
	if typ.demuxer == "" {
		return Outcome{}, fmt.Errorf("decode %s: %w: %s", q.Path, ErrUnknownType, typ.MediaType)
	}
	d := &decoding{tools: t, request: q, typ: typ, yield: yield, views: []View{q.View}}
	if q.Also != nil {
		d.views = append(d.views, *q.Also)
	}
	return d.film(ctx)
}

// film decodes the stream that is the film. Which one it is shows when ffmpeg has described the file: if it is not the first, all
// begins anew before a picture was handed over.
func (d *decoding) film(ctx context.Context) (o Outcome, err error) {
	t := d.tools
	key, keyErr := keyOf(d.request.Path)
	if keyErr != nil {
		return Outcome{}, fmt.Errorf("decode: %w", keyErr)
	}
	d.stream = t.knownStream(key)
	for range 2 {
		if d.seek, err = t.seekPoint(ctx, d.request, d.typ, d.stream); err != nil {
			return Outcome{}, err
		}
		o, err = d.run(ctx)
		if err != nil || d.log.best() == d.stream || d.frames > 0 {
			break
		}
		d.stream = d.log.best()
		t.rememberStream(key, d.stream)
		d.stop, d.last = "", 0
	}
	if err == nil && d.typ.Kind == Photo {
		d.tags(ctx, &o)
	}
	return o, err
}

// foreign are the stills that only some versions of ffmpeg decode, as people call them.
var foreign = map[string]string{"heic": "HEIC", "avif": "AVIF", "jxl": "JPEG XL", "jp2": "JPEG 2000"}

// tags reads what a still says of itself that ffmpeg decodes, in the photo worker, and says what is to be done where this ffmpeg
// has no decoder for it.
func (d *decoding) tags(ctx context.Context, o *Outcome) {
	if _, ok := metaFormats[d.typ.Name]; ok {
		told, err := d.tools.still(ctx, d.request.Path, photoJob{Type: d.typ.Name, Pixels: 1, Frames: 1}, func(r *bufio.Reader) error { return nil })
		if err == nil && len(told.Info.Tags) > 0 {
			o.Info.Tags = told.Info.Tags
		}
	}
	if name := foreign[d.typ.Name]; name != "" && o.State == Unreadable {
		o.Detail = fmt.Sprintf("this ffmpeg (%s) could not decode the %s picture: a newer one may (HEIC needs 7.1 or later), or add a JPEG copy beside it (%s)", d.tools.version, name, o.Detail)
	}
}

func keyOf(path string) (fileKey, error) {
	info, err := os.Stat(path)
	if err != nil {
		return fileKey{}, err
	}
	return fileKey{path, info.Size(), info.ModTime()}, nil
}

// check makes the path absolute, refuses senseless requests and sniffs the type.
func (q *Request) check() (Type, error) {
	for _, v := range []*View{&q.View, q.Also} {
		switch {
		case v == nil:
		case v.Box.W < 0 || v.Box.H < 0 || (v.Box.W == 0) != (v.Box.H == 0):
			return Type{}, fmt.Errorf("decode %s: box of %d x %d pixels", q.Path, v.Box.W, v.Box.H)
		case v.Rate.Num < 0 || v.Rate.Den < 0 || (v.Rate.Num == 0) != (v.Rate.Den == 0):
			return Type{}, fmt.Errorf("decode %s: rate %d/%d", q.Path, v.Rate.Num, v.Rate.Den)
		}
	}
	if q.From < 0 || q.To != 0 && q.To <= q.From {
		return Type{}, fmt.Errorf("decode %s: stretch from %v to %v", q.Path, q.From, q.To)
	}
	abs, err := filepath.Abs(q.Path)
	if err != nil {
		return Type{}, fmt.Errorf("decode %s: %w", q.Path, err)
	}
	q.Path = abs
	return SniffFile(abs)
}

// SniffFile is Sniff on the head of a regular file.
func SniffFile(path string) (Type, error) {
	if info, err := os.Stat(path); err != nil {
		return Type{}, fmt.Errorf("sniff: %w", err)
	} else if !info.Mode().IsRegular() {
		return Type{}, fmt.Errorf("sniff %s: not a regular file", path)
	}
	f, err := os.Open(path)
	if err != nil {
		return Type{}, fmt.Errorf("sniff: %w", err)
	}
	defer f.Close()
	head := make([]byte, SniffLen)
	n, err := io.ReadFull(f, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return Type{}, fmt.Errorf("sniff %s: %w", path, err)
	}
	typ, err := Sniff(head[:n])
	if err != nil {
		return Type{}, fmt.Errorf("sniff %s: %w", path, err)
	}
	return typ, nil
}

// decoding is one run of ffmpeg over one file.
type decoding struct {
	tools   *Tools
	request Request
	typ     Type
	views   []View
	seek    seekPoint
	stream  int // which stream of pictures, as ffmpeg counts them
	turned  int // EXIF orientation that is undone here, not by ffmpeg; 0: that is left to ffmpeg
	yield   func(Frame) error

	described chan struct{} // closed when log has all of the input
	log       *dump

	patience time.Duration // without a frame
	mu       sync.Mutex    // guards what follows and keeps yield to one call at a time
	frames   int
	last     time.Duration
	yieldErr error
	stop     string // why we ended it
	idle     *time.Timer
}

var (
	errEnough = errors.New("enough")
	errOther  = errors.New("another stream is the film")
)

// run starts ffmpeg, reads all its pipes to their ends and judges what came.
func (d *decoding) run(ctx context.Context) (Outcome, error) {
	limits := d.tools.options.Limits
	var p pipes
	defer p.close()
	args := d.args(&p)
	if p.err != nil {
		return Outcome{}, fmt.Errorf("decode %s: %w", d.request.Path, p.err)
	}
	child, err := d.tools.start(job{Program: raw(d.tools.ffmpeg), Args: raws(args), Input: raw(d.request.Path), files: p.theirs})
	if err != nil {
		return Outcome{}, fmt.Errorf("decode %s: %w", d.request.Path, err)
	}
	p.closeTheirs()

	d.patience = limits.Idle + d.request.From/5 // without a seek all before From is decoded in silence
	d.idle = time.AfterFunc(d.patience, func() { d.end(child, fmt.Sprintf("no frame within %v", d.patience)) })
	defer d.idle.Stop()
	wall := time.AfterFunc(limits.Wall, func() { d.end(child, fmt.Sprintf("not done within %v", limits.Wall)) })
	defer wall.Stop()
	undo := context.AfterFunc(ctx, func() { d.end(child, "interrupted") })
	defer undo()

	log := dump{head: make(chan struct{}), use: d.stream}
	d.described, d.log = log.head, &log
	var wg sync.WaitGroup
	wg.Go(func() { log.read(p.ours[2]) })
	for i := range d.views {
		wg.Go(func() {
			if err := d.read(i, p.frames[i], p.times[i]); err != nil {
				d.end(child, err.Error())
			}
		})
	}
	wg.Wait()
	exit := child.wait()
	if err := d.err(ctx); err != nil {
		return Outcome{}, err
	}
	if d.frames == 0 && !log.container && log.denied {
		return Outcome{}, fmt.Errorf("decode %s: the confined decoder has no right to read it: it must belong to the user who runs this, or be readable by all: %w", d.request.Path, os.ErrPermission)
	}
	return d.judge(exit, &log), nil
}

func (d *decoding) err(ctx context.Context) error {
	if d.yieldErr != nil {
		return d.yieldErr
	}
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("decode %s: %w", d.request.Path, err)
	}
	return nil
}

// end kills the child, for the first reason given.
func (d *decoding) end(c child, why string) {
	d.mu.Lock()
	if d.stop == "" {
		d.stop = why
	}
	d.mu.Unlock()
	c.kill()
}

// read hands over the pictures of view i until its pipe ends.
func (d *decoding) read(i int, frames, times io.Reader) error {
	pictures := bufio.NewReaderSize(frames, headSize)
	var stamps *bufio.Reader
	if times != nil {
		stamps = bufio.NewReader(times)
	}
	var pix []byte
	narrow := false
	for k := int64(0); ; k++ {
		plane, err := readPGM(pictures, pix, d.tools.options.Limits.Pixels)
		if errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return fmt.Errorf("read frame %d: %w", k, err)
		}
		at, err := d.views[i].at(d.firstIndex(i)+k, stamps) // written before its picture
		if errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return fmt.Errorf("read times: %w", err)
		}
		pix = plane.Pix
		if k == 0 {
			<-d.described
			if d.log.best() != d.stream {
				return errOther
			}
			narrow = d.log.used().narrow
		}
		if narrow {
			plane = expand(plane)
		}
		d.idle.Reset(d.patience)
		if err := d.give(Frame{Plane: plane, At: at, View: i}); err != nil {
			return err
		}
	}
}

// give yields one frame, unless it lies outside the stretch or something has ended the run.
func (d *decoding) give(f Frame) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if f.At < d.request.From || d.request.To > 0 && f.At >= d.request.To {
		return nil
	}
	if d.stop != "" || d.yieldErr != nil {
		return errEnough
	}
	if f.View == 0 {
		if d.frames >= d.tools.options.Limits.Frames {
			return fmt.Errorf("more than %d frames", d.tools.options.Limits.Frames)
		}
		d.frames++
		d.last = f.At
	}
	if d.idle.Stop() { // the receiver may take its time
		defer d.idle.Reset(d.patience)
	}
	if err := d.yield(f); err != nil {
		d.yieldErr = err
		return errEnough
	}
	return nil
}

// at returns the time of frame k of the view, read from stamps when the view has every frame.
func (v View) at(k int64, stamps *bufio.Reader) (time.Duration, error) {
	if stamps == nil {
		return v.Rate.at(k), nil
	}
	for {
		line, err := stamps.ReadSlice('\n')
		if err != nil {
			return 0, err
		}
		if !bytes.HasPrefix(line, []byte("frame:")) {
			continue
		}
		fields := bytes.Fields(line)
		if len(fields) < 2 {
			return 0, fmt.Errorf("no time in %q", line)
		}
		pts, err := strconv.ParseInt(string(bytes.TrimPrefix(fields[1], []byte("pts:"))), 10, 64)
		if err != nil {
			return 0, fmt.Errorf("no time in %q", line)
		}
		return time.Duration(pts), nil // the filter counts in nanoseconds
	}
}

// at returns k/r, rounded down to a nanosecond.
func (r Rate) at(k int64) time.Duration {
	whole, rest := k*int64(r.Den)/int64(r.Num), k*int64(r.Den)%int64(r.Num)
	return time.Duration(whole)*time.Second + time.Duration(rest*int64(time.Second)/int64(r.Num))
}

// index returns the first k with k/r >= at.
func (r Rate) index(at time.Duration) int64 {
	k := int64(at/time.Second)*int64(r.Num)/int64(r.Den) - 1
	for k = max(k, 0); r.at(k) < at; k++ {
	}
	return k
}

// firstIndex is the number of the first frame that view i is going to bring.
func (d *decoding) firstIndex(i int) int64 {
	if r := d.views[i].Rate; r.Num > 0 {
		return r.index(d.request.From)
	}
	return 0
}

// headSize is room for the head of a picture. What follows is read to where it belongs.
const headSize = 1 << 10

// readPGM reads one binary PGM picture, into pix where it is large enough. It returns io.EOF only
// between pictures.
func readPGM(r *bufio.Reader, pix []byte, maxPixels int64) (luma.Plane, error) {
	var w, h, top int
	line, err := r.ReadSlice('\n')
	if err != nil {
		if len(line) == 0 && errors.Is(err, io.EOF) {
			return luma.Plane{}, io.EOF
		}
		return luma.Plane{}, fmt.Errorf("picture header: %w", noEOF(err))
	}
	if string(line) != "P5\n" {
		return luma.Plane{}, fmt.Errorf("picture header: %.20q", line)
	}
	for _, to := range [][]*int{{&w, &h}, {&top}} {
		if line, err = r.ReadSlice('\n'); err != nil {
			return luma.Plane{}, fmt.Errorf("picture header: %w", noEOF(err))
		}
		fields := bytes.Fields(line)
		if len(fields) != len(to) {
			return luma.Plane{}, fmt.Errorf("picture header: %.20q", line)
		}
		for i := range to {
			if *to[i], err = strconv.Atoi(string(fields[i])); err != nil {
				return luma.Plane{}, fmt.Errorf("picture header: %.20q", line)
			}
		}
	}
	if w <= 0 || h <= 0 || top != 255 || int64(w) > maxPixels || int64(w)*int64(h) > maxPixels {
		return luma.Plane{}, fmt.Errorf("picture of %d x %d pixels, %d levels: over the limit", w, h, top+1)
	}
	if cap(pix) < w*h {
		pix = make([]byte, w*h)
	}
	pix = pix[:w*h]
	if _, err := io.ReadFull(r, pix); err != nil {
		return luma.Plane{}, fmt.Errorf("picture ends early: %w", noEOF(err))
	}
	return luma.Plane{Pix: pix, W: w, H: h, Stride: w}, nil
}

func noEOF(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}
