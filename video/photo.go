package video

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"sync"
	"time"
)

// photoEngine names the version of our own decoding of stills; it changes when a pixel may.
const photoEngine = "beleg photo 2"

// photoMemory is what a photo worker may take beside what it starts with, in bytes.
const photoMemory = 3 << 30

// maxPhotoFile is the largest still read, in bytes.
const maxPhotoFile = 512 << 20

// photoPixels is how many times more pixels a still may have than a picture of a film: 268 million by default. Phones make stills
// of 108 and 200 megapixels, panoramas are of that size. A JPEG of it takes 400 MB, a progressive one 2 GB, both within photoMemory.
const photoPixels = 4

// photoBytes is the most memory of one decoded still, in bytes, of types other than JPEG, which have up to 8 a pixel.
const photoBytes = 1 << 30

// photoJob asks a photo worker for the pictures in one still. It gets two files: the still, and a
// pipe for the pictures, each a line "nanoseconds view" and a PGM.
type photoJob struct {
	Type   string
	Views  []View
	From   time.Duration
	To     time.Duration
	Pixels int64
	Frames int
	// Full asks for one JPEG of the picture in colour instead, of this quality.
	Full int
}

// photoReply is what became of it.
type photoReply struct {
	Outcome Outcome
	CPU     time.Duration
}

// photo is Frames for a still.
func (t *Tools) photo(ctx context.Context, q Request, typ Type, yield func(Frame) error) (Outcome, error) {
	job := photoJob{Type: typ.Name, Views: []View{q.View}, From: q.From, To: q.To, Pixels: photoPixels * t.options.Limits.Pixels, Frames: t.options.Limits.Frames}
	if q.Also != nil {
		job.Views = append(job.Views, *q.Also)
	}
	var yieldErr error
	o, err := t.still(ctx, q.Path, job, func(r *bufio.Reader) error {
		yieldErr = readStill(r, job.Pixels, yield)
		return yieldErr
	})
	if yieldErr != nil {
		return Outcome{}, yieldErr
	}
	o.Info.Kind, o.Info.Type, o.Info.MediaType, o.Info.Tool = typ.Kind, typ.Name, typ.MediaType, photoEngine
	if err == nil && o.State == Unreadable {
		return t.mend(ctx, q, typ, o, yield)
	}
	return o, err
}

// lenient are ffmpeg's demuxers of single pictures, whose decoders show what is left of a damaged one, as browsers do.
var lenient = map[string]string{"jpeg": "jpeg_pipe", "png": "png_pipe", "webp": "webp_pipe", "tiff": "tiff_pipe", "bmp": "bmp_pipe"}

// mend lets ffmpeg decode a still that our own decoder refused: a cut or damaged one, of which it shows what is there, or one of a
// kind that ours lacks. What the still says of itself is already known.
func (t *Tools) mend(ctx context.Context, q Request, typ Type, failed Outcome, yield func(Frame) error) (Outcome, error) {
	demuxer, ok := lenient[typ.Name]
	if !ok {
		return failed, nil
	}
	typ.demuxer, typ.native = demuxer, false
	turn := failed.orientation()
	d := &decoding{tools: t, request: q, typ: typ, views: []View{q.View}, turned: turn}
	if q.Also != nil {
		d.views = append(d.views, *q.Also)
	}
	for i := range d.views {
		if b := &d.views[i].Box; turn >= 5 {
			b.W, b.H = b.H, b.W
		}
	}
	var given [2]bool
	d.yield = func(f Frame) error {
		if given[f.View] { // a still has one picture; some have others behind it
			return nil
		}
		given[f.View], f.At = true, 0
		f.Plane = upright(f.Plane, turn)
		return yield(f)
	}
	o, err := d.run(ctx)
	if err != nil {
		return Outcome{}, err
	}
	if o.Frames == 0 && q.From == 0 {
		failed.CPU += o.CPU
		return failed, nil
	}
	o.Info.Kind, o.Info.Tags, o.Info.Duration, o.Info.Rate = typ.Kind, failed.Info.Tags, 0, 0
	o.Info.Rotation = map[int]int{3: 180, 6: 90, 8: 270}[turn]
	if turn >= 5 {
		o.Info.W, o.Info.H = o.Info.H, o.Info.W
	}
	o.Frames, o.Last = min(o.Frames, 1), 0
	o.State, o.Detail = PartialUntil, "damaged or cut off: what can be decoded was looked at ("+failed.Detail+")"
	if strings.Contains(failed.Detail, "unsupported") {
		o.State, o.Detail = Complete, ""
	}
	return o, nil
}

// orientation is that of EXIF, 1 to 8, as readPhotoTags found it.
func (o Outcome) orientation() int {
	if s := o.Info.Tags["exif.Orientation"]; len(s) == 1 && s[0] >= '1' && s[0] <= '8' {
		return int(s[0] - '0')
	}
	return 1
}

// still has a photo worker do the job on the file; receive reads what comes over the pipe.
func (t *Tools) still(ctx context.Context, path string, j photoJob, receive func(*bufio.Reader) error) (Outcome, error) {
	f, err := os.Open(path)
	if err != nil {
		return Outcome{}, fmt.Errorf("decode: %w", err)
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil {
		return Outcome{}, fmt.Errorf("decode %s: %w", path, err)
	} else if info.Size() > maxPhotoFile {
		return Outcome{State: Unreadable, Detail: fmt.Sprintf("a still of %d bytes: over the limit of %d", info.Size(), int64(maxPhotoFile))}, nil
	}
	wall := min(t.options.Limits.Wall, t.options.Limits.Idle)
	limited, cancel := context.WithTimeout(ctx, wall)
	defer cancel()
	p, err := t.startPhoto(f, j)
	if err != nil {
		return Outcome{}, fmt.Errorf("decode %s: %w", path, err)
	}
	undo := context.AfterFunc(limited, p.kill)
	var receiveErr error
	var wg sync.WaitGroup
	wg.Go(func() {
		defer p.pipe.Close()
		if receiveErr = receive(bufio.NewReaderSize(p.pipe, 1<<16)); receiveErr != nil {
			p.kill()
		}
	})
	reply, err := p.wait()
	undo()
	wg.Wait()
	switch {
	case receiveErr != nil:
		return Outcome{}, receiveErr
	case ctx.Err() != nil:
		return Outcome{}, fmt.Errorf("decode %s: %w", path, ctx.Err())
	case limited.Err() != nil:
		return Outcome{State: Unreadable, Detail: fmt.Sprintf("ended by us: not done within %v", wall)}, nil
	case err != nil: // its end is a finding about the file: it has been too much for the worker
		return Outcome{State: Unreadable, Detail: fmt.Sprintf("the photo decoder ended: %v", err)}, nil
	}
	reply.Outcome.CPU = reply.CPU
	return reply.Outcome, nil
}

// readStill hands over the pictures that a photo worker sends.
func readStill(r *bufio.Reader, maxPixels int64, yield func(Frame) error) error {
	var pix []byte
	for {
		line, err := r.ReadSlice('\n')
		if err != nil {
			return nil // how it ended is in the worker's reply
		}
		var f Frame
		var at int64
		if _, err := fmt.Fscanf(bytes.NewReader(line), "%d %d\n", &at, &f.View); err != nil {
			return fmt.Errorf("photo worker: %w", err)
		}
		f.Plane, err = readPGM(r, pix, maxPixels)
		if err != nil {
			return nil
		}
		pix, f.At = f.Plane.Pix, time.Duration(at)
		if err := yield(f); err != nil {
			return err
		}
	}
}

// do decodes the still that files[0] holds into files[1]. It runs in the worker.
func (j *photoJob) do(files []*os.File) *photoReply {
	start := processTime()
	r := &photoReply{}
	if len(files) != 2 {
		r.Outcome = Outcome{State: Unreadable, Detail: "no file came"}
		return r
	}
	b, err := io.ReadAll(io.LimitReader(files[0], maxPhotoFile))
	if err == nil {
		r.Outcome = j.decode(b, files[1])
	} else {
		r.Outcome = Outcome{State: Unreadable, Detail: "read: " + err.Error()}
	}
	if len(b) > 8<<20 {
		b = nil
		runtime.GC() // the next still starts with a small heap
	}
	r.CPU = processTime() - start
	return r
}
