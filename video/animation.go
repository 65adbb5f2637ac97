package video

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"io"
	"time"

	"golang.org/x/image/webp"
)

// webpFrame is one ANMF chunk of an animated WebP (WebP container specification, "Animation").
type webpFrame struct {
	at       time.Duration
	x, y     int // in the canvas, pixels
	w, h     int
	blend    bool   // over what is there; else instead of it
	clear    bool   // its rectangle, before the next frame
	data     []byte // the chunks of the frame's own picture
	duration time.Duration
}

func uint24(b []byte) int { return int(b[0]) | int(b[1])<<8 | int(b[2])<<16 }

// animation lists the frames of an animated WebP. A torn file has those that are whole.
func animation(b []byte) ([]webpFrame, bool) {
	if len(b) < 30 || string(b[8:12]) != "WEBP" || string(b[12:16]) != "VP8X" || b[20]&2 == 0 {
		return nil, false
	}
	var frames []webpFrame
	var at time.Duration
	for rest := b[12:]; len(rest) >= 8; {
		size := int64(binary.LittleEndian.Uint32(rest[4:]))
		if size > int64(len(rest)-8) {
			break
		}
		if c := rest[8 : 8+size]; string(rest[:4]) == "ANMF" && size >= 16 {
			f := webpFrame{
				at: at, x: 2 * uint24(c), y: 2 * uint24(c[3:]), w: 1 + uint24(c[6:]), h: 1 + uint24(c[9:]),
				blend: c[15]&2 == 0, clear: c[15]&1 != 0, data: c[16:], duration: time.Duration(uint24(c[12:])) * time.Millisecond,
			}
			frames = append(frames, f)
			at += f.duration
		}
		rest = rest[min(8+size+size&1, int64(len(rest))):]
	}
	return frames, true
}

// still wraps the frame's own chunks as a file that a decoder of stills takes.
func (f webpFrame) still() []byte {
	var out bytes.Buffer
	chunk := func(name string, b []byte) {
		out.WriteString(name)
		binary.Write(&out, binary.LittleEndian, uint32(len(b)))
		out.Write(b)
	}
	chunk("RIFF", nil)
	out.WriteString("WEBP")
	if bytes.HasPrefix(f.data, []byte("ALPH")) {
		head := make([]byte, 10)
		head[0] = 1 << 4
		put := func(b []byte, v int) { b[0], b[1], b[2] = byte(v), byte(v>>8), byte(v>>16) }
		put(head[4:], f.w-1)
		put(head[7:], f.h-1)
		chunk("VP8X", head)
	}
	out.Write(f.data)
	b := out.Bytes()
	binary.LittleEndian.PutUint32(b[4:], uint32(len(b)-8))
	return b
}

// animated composes the frames on their canvas and writes them at their times, or at the rate asked for.
func (j *photoJob) animated(frames []webpFrame, b []byte, w io.Writer, o Outcome) Outcome {
	width, height := 1+uint24(b[24:]), 1+uint24(b[27:])
	if err := j.fits(width, height); err != nil {
		o.Detail = err.Error()
		return o
	}
	o.Info.describe("webp", width, height, 1)
	canvas := image.NewNRGBA(image.Rect(0, 0, width, height))
	steps := make([]int64, len(j.Views)) // next frame of each view with a rate
	for i, f := range frames {
		if o.Frames >= j.Frames {
			return o.cut(fmt.Sprintf("more than %d frames", j.Frames))
		}
		img, err := j.frame(f)
		if err != nil {
			return o.cut(fmt.Sprintf("frame %d: %v", i, err))
		}
		area := image.Rect(f.x, f.y, f.x+f.w, f.y+f.h)
		op := draw.Src
		if f.blend {
			op = draw.Over
		}
		draw.Draw(canvas, area, img, img.Bounds().Min, op)
		if last := i == len(frames)-1; j.Full > 0 && (last || f.at+f.duration > j.From) {
			if err := j.writeFull(w, canvas, 1); err != nil {
				return o.cut(err.Error())
			}
			o.State, o.Frames = Complete, 1
			return o
		}
		if j.Full > 0 {
			if f.clear {
				draw.Draw(canvas, area, image.NewUniform(color.Transparent), image.Point{}, draw.Src)
			}
			continue
		}
		if err := j.writeMoment(w, canvas, f, steps, &o); err != nil {
			return o.cut(err.Error())
		}
		o.Info.Duration = f.at + f.duration
		if f.clear {
			draw.Draw(canvas, area, image.NewUniform(color.Transparent), image.Point{}, draw.Src)
		}
	}
	o.State = Complete
	if o.Frames == 0 && j.From == 0 {
		return o.cut("no frame came")
	}
	if size := int64(binary.LittleEndian.Uint32(b[4:])) + 8; size > int64(len(b)) {
		return o.cut(fmt.Sprintf("%d of %d bytes are missing", size-int64(len(b)), size))
	}
	return o
}

// cut ends an outcome early.
func (o Outcome) cut(why string) Outcome {
	o.State, o.Detail = PartialUntil, why
	if o.Frames == 0 {
		o.State = Unreadable
	}
	return o
}

func (j *photoJob) frame(f webpFrame) (image.Image, error) {
	if err := j.fits(f.w, f.h); err != nil {
		return nil, err
	}
	b := f.still()
	c, err := webp.DecodeConfig(bytes.NewReader(b))
	if err != nil {
		return nil, err
	}
	if c.Width != f.w || c.Height != f.h {
		return nil, fmt.Errorf("a picture of %d x %d pixels declared as %d x %d", c.Width, c.Height, f.w, f.h)
	}
	img, err := webp.Decode(bytes.NewReader(b))
	if err != nil {
		return nil, err
	}
	return img, nil
}

// writeMoment writes what each view gets while frame f is on screen.
func (j *photoJob) writeMoment(w io.Writer, canvas *image.NRGBA, f webpFrame, steps []int64, o *Outcome) error {
	p := grey(canvas, "")
	for i, v := range j.Views {
		times := []time.Duration{f.at}
		if v.Rate.Num > 0 {
			times = times[:0]
			for ; v.Rate.at(steps[i]) < f.at+f.duration && len(times) < j.Frames; steps[i]++ {
				times = append(times, v.Rate.at(steps[i]))
			}
		}
		for _, at := range times {
			if at < j.From || j.To > 0 && at >= j.To {
				continue
			}
			if err := writePGM(w, v.Box.apply(p, 1), at, i); err != nil {
				return err
			}
			if i == 0 {
				o.Frames++
				o.Last = at
			}
		}
	}
	return nil
}
