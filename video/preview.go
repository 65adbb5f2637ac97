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
	"slices"
	"strings"
	"time"
)

// Derivation says how a derived file was made, so that anyone can make it again.
type Derivation struct {
	Tool      string   // "ffmpeg" or the photo engine
	Version   string   // of the tool
	Arguments []string // in order; the original is written INPUT, the derived file OUTPUT
	MediaType string   // of the derived file
}

// previewWidth is the largest width of a preview, in pixels.
const previewWidth = 640

// Preview makes a small version that browsers play, with its first sound where this ffmpeg can write one, and puts it at out, which must
// not exist yet: H.264 in MP4 where this ffmpeg can, else VP8 in WebM.
func (t *Tools) Preview(ctx context.Context, path, out string) (Derivation, error) {
	q := Request{Path: path}
	typ, err := q.check()
	if err != nil {
		return Derivation{}, err
	}
	if typ.demuxer == "" || typ.Kind == Audio {
		return Derivation{}, fmt.Errorf("preview %s: %w: %s is not played", path, ErrUnknownType, typ.MediaType)
	}
	encoders, err := t.list(ctx, "-encoders")
	if err != nil {
		return Derivation{}, fmt.Errorf("preview %s: %w", path, err)
	}
	d := Derivation{Tool: "ffmpeg", Version: t.version, MediaType: "video/mp4"}
	output := []string{"-c:v", "libx264", "-preset", "veryfast", "-crf", "28", "-profile:v", "main", "-movflags", "+faststart", "-f", "mp4"}
	if !encoders["libx264"] {
		d.MediaType = "video/webm"
		output = []string{"-c:v", "libvpx", "-crf", "20", "-b:v", "1M", "-deadline", "good", "-cpu-used", "4", "-f", "webm"}
	}
	if !encoders["libx264"] && !encoders["libvpx"] {
		return Derivation{}, fmt.Errorf("preview %s: this ffmpeg has neither libx264 nor libvpx", path)
	}
	sound := []string{"-an"}
	for _, codec := range soundCodecs[d.MediaType] {
		if encoders[codec] {
			sound = []string{"-map", "0:a:0?", "-c:a", codec, "-b:a", "64k", "-ac", "2", "-ar", "48000", "-flags:a", "+bitexact"}
			break
		}
	}
	scratch, err := os.MkdirTemp(filepath.Dir(out), ".preview-")
	if err != nil {
		return Derivation{}, fmt.Errorf("preview %s: %w", path, err)
	}
	defer os.RemoveAll(scratch)
	if scratch, err = filepath.Abs(scratch); err != nil {
		return Derivation{}, fmt.Errorf("preview %s: %w", path, err)
	}
	made := filepath.Join(scratch, "preview")
	stream, err := t.streamOf(ctx, q.Path, typ)
	if err != nil {
		return Derivation{}, fmt.Errorf("preview %s: %w", path, err)
	}
	film := fmt.Sprintf("[0:V:%d]", stream)
	graph := film + fmt.Sprintf("scale=w='max(2,2*round(iw*sar*min(1,%d/(iw*sar))/2))':h='max(2,2*round(ih*min(1,%d/(iw*sar))/2))':flags=area,setsar=1,format=yuv420p[out]", previewWidth, previewWidth)
	if typ.fields() {
		graph = strings.Replace(graph, film, film+deinterlace+",", 1)
	}
	args := slices.Concat(t.inputArgs(q.Path, typ, seekPoint{}), []string{"-filter_complex", graph, "-map", "[out]"}, sound, []string{"-sn", "-dn", "-map_metadata", "-1", "-fflags", "+bitexact", "-flags:v", "+bitexact", "-threads", "1"}, output, []string{"-y", "file:" + made})
	d.record(args, q.Path, made)
	_, log, e, err := t.output(ctx, job{Program: raw(t.ffmpeg), Args: raws(args), Input: raw(q.Path), Scratch: raw(scratch)}, 0)
	if err == nil && bytes.Contains(log, []byte("matches no streams")) {
		err = fmt.Errorf("%w: there is sound only", ErrNoFrame)
	}
	if err == nil {
		err = settle(made, out, e, log)
	}
	if err != nil {
		return Derivation{}, fmt.Errorf("preview %s: %w", path, err)
	}
	return d, nil
}

// soundCodecs are the encoders of sound for each container, the best first.
var soundCodecs = map[string][]string{"video/mp4": {"aac"}, "video/webm": {"libopus", "libvorbis"}}

// settle makes a finished file durable and gives it its name.
func settle(made, out string, e exit, log []byte) error {
	f, err := os.Open(made)
	if err != nil {
		return fmt.Errorf("nothing was made: %s", lastLine(log))
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil || info.Size() == 0 || e.Signal != "" || e.Code != 0 {
		return fmt.Errorf("not made whole (status %d %s): %s", e.Code, e.Signal, lastLine(log))
	}
	if err := f.Sync(); err != nil {
		return err
	}
	return os.Link(made, out) // unlike a renaming it fails when there is such a file
}

func lastLine(log []byte) string {
	lines := bytes.Split(bytes.TrimSpace(log), []byte("\n"))
	return cutText(strings.ToValidUTF8(string(lines[len(lines)-1]), "\ufffd"), 300)
}

func (d *Derivation) record(args []string, input, output string) {
	for _, a := range args {
		switch a {
		case "file:" + input:
			a = "INPUT"
		case "file:" + output:
			a = "OUTPUT"
		}
		d.Arguments = append(d.Arguments, a)
	}
}

// StillRequest asks for one picture in colour.
type StillRequest struct {
	Path string
	At   time.Duration // since the first frame; the picture is the one on screen then
	Box  Box           // Inside only; the zero Box keeps the display size
	PNG  bool          // else JPEG; a photo always becomes JPEG
}

// maxStill is the largest encoded still taken from the child, in bytes.
const maxStill = 256 << 20

// ErrNoFrame reports that there is no picture at the time asked for.
var ErrNoFrame = errors.New("video: no picture there")

// Still returns the picture on screen at a time, upright, with square pixels: a poster, or
// evidence in full size.
func (t *Tools) Still(ctx context.Context, s StillRequest) ([]byte, Derivation, error) {
	q := Request{Path: s.Path, View: View{Box: s.Box}, From: s.At}
	typ, err := q.check()
	if err != nil {
		return nil, Derivation{}, err
	}
	if s.Box.Fit != Inside {
		return nil, Derivation{}, fmt.Errorf("still of %s: a still keeps its shape", s.Path)
	}
	if typ.native {
		b, d, err := t.photoStill(ctx, q.Path, s.At, s.Box)
		demuxer, ok := lenient[typ.Name]
		if !errors.Is(err, ErrNoFrame) || !ok {
			return b, d, err
		}
		typ.demuxer = demuxer // what ffmpeg can show of it
	}
	if typ.demuxer == "" {
		return nil, Derivation{}, fmt.Errorf("still of %s: %w: %s", s.Path, ErrUnknownType, typ.MediaType)
	}
	stream, err := t.streamOf(ctx, q.Path, typ)
	if err != nil {
		return nil, Derivation{}, fmt.Errorf("still of %s: %w", s.Path, err)
	}
	seek, err := t.seekPoint(ctx, q, typ, stream)
	if err != nil {
		return nil, Derivation{}, err
	}
	chain := (&decoding{seek: seek}).sharedChain()
	// Time 0 is moved to the moment asked for; the frame that holds then is the first that comes out.
	graph := fmt.Sprintf("[0:V:%d]%s,settb=1/1000000000,setpts=PTS-%d,fps=fps=1:round=up:start_time=0,%s[out]", stream, chain, s.At, strings.Replace(s.Box.scale(), asItIs, "", 1))
	if typ.fields() {
		graph = strings.Replace(graph, ",fps=", ","+deinterlace+",settb=1/1000000000,fps=", 1)
	}
	codec, media := []string{"-pix_fmt", "yuvj444p", "-c:v", "mjpeg", "-q:v", "3", "-huffman", "optimal"}, "image/jpeg"
	if s.PNG {
		codec, media = []string{"-pix_fmt", "rgb24", "-c:v", "png"}, "image/png"
	}
	args := slices.Concat(t.inputArgs(q.Path, typ, seek), []string{"-filter_complex", graph, "-map", "[out]", "-frames:v", "1", "-flags:v", "+bitexact", "-threads", "1"}, codec, []string{"-f", "image2pipe", "pipe:1"})
	d := Derivation{Tool: "ffmpeg", Version: t.version, MediaType: media}
	d.record(args, q.Path, "")
	b, log, _, err := t.output(ctx, job{Program: raw(t.ffmpeg), Args: raws(args), Input: raw(q.Path)}, maxStill)
	if err != nil {
		return nil, Derivation{}, fmt.Errorf("still of %s: %w", s.Path, err)
	}
	if len(b) == 0 || len(b) == maxStill {
		return nil, Derivation{}, fmt.Errorf("still of %s at %v: %w: %s", s.Path, s.At, ErrNoFrame, lastLine(log))
	}
	return b, d, nil
}

// stillQuality is the JPEG quality of stills made from photos.
const stillQuality = 90

func (t *Tools) photoStill(ctx context.Context, path string, at time.Duration, box Box) ([]byte, Derivation, error) {
	typ, err := SniffFile(path)
	if err != nil {
		return nil, Derivation{}, err
	}
	var b []byte
	j := photoJob{Type: typ.Name, Views: []View{{Box: box}}, From: at, Pixels: photoPixels * t.options.Limits.Pixels, Frames: t.options.Limits.Frames, Full: stillQuality}
	o, err := t.still(ctx, path, j, func(r *bufio.Reader) error {
		b, err = io.ReadAll(io.LimitReader(r, maxStill))
		return err
	})
	if err != nil {
		return nil, Derivation{}, err
	}
	if o.State != Complete && o.State != PartialUntil || len(b) == 0 || len(b) == maxStill {
		return nil, Derivation{}, fmt.Errorf("still of %s: %w: %s", path, ErrNoFrame, o.Detail)
	}
	d := Derivation{Tool: "beleg photo", Version: strings.TrimPrefix(photoEngine, "beleg photo "), MediaType: "image/jpeg"}
	d.Arguments = []string{"upright", fmt.Sprintf("inside %dx%d", box.W, box.H), fmt.Sprintf("quality %d", stillQuality)}
	return b, d, nil
}
