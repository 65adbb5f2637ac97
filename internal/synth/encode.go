package synth

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/jpeg"
	"os"
	"os/exec"
	"strconv"
	"strings"
)

// Encoding says how a clip is written. The zero value is 640 x 360, 25 frames a second, CRF 23.
type Encoding struct {
	W, H, FPS int
	CRF       int
	Created   string // RFC 3339; written as the container's creation_time where set
}

func (e Encoding) orDefaults() Encoding {
	if e.W == 0 {
		e.W, e.H = 640, 360
	}
	if e.FPS == 0 {
		e.FPS = 25
	}
	if e.CRF == 0 {
		e.CRF = 23
	}
	return e
}

// Encode draws d from 0 to seconds and writes it to path as H.264 (MPEG-4 part 2 where the ffmpeg
// at the given path has no x264). The pictures are our own, so this ffmpeg is not confined.
func Encode(ctx context.Context, ffmpeg string, d Drawer, seconds float64, path string, e Encoding) error {
	e = e.orDefaults()
	args := []string{"-nostdin", "-v", "error", "-y", "-f", "rawvideo", "-pix_fmt", "rgba", "-s", fmt.Sprintf("%dx%d", e.W, e.H),
		"-r", strconv.Itoa(e.FPS), "-i", "pipe:0", "-an", "-pix_fmt", "yuv420p", "-threads", "1"}
	args = append(args, encoder(ctx, ffmpeg, e.CRF)...)
	if e.Created != "" {
		args = append(args, "-metadata", "creation_time="+e.Created)
	}
	cmd := exec.CommandContext(ctx, ffmpeg, append(args, "-fflags", "+bitexact", "-movflags", "+faststart", path)...)
	// -nostdin only stops ffmpeg from reading keys; the frames still come over standard input.
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return fmt.Errorf("encode %s: %w", path, err)
	}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("encode %s: %w", path, err)
	}
	img := image.NewRGBA(image.Rect(0, 0, e.W, e.H))
	var werr error
	for n := range int(seconds*float64(e.FPS) + 0.5) {
		d.Draw(img, float64(n)/float64(e.FPS))
		if _, werr = in.Write(img.Pix); werr != nil {
			break
		}
	}
	in.Close()
	if err := cmd.Wait(); err != nil {
		return fmt.Errorf("encode %s: %w: %s", path, err, strings.TrimSpace(stderr.String()))
	}
	if werr != nil {
		return fmt.Errorf("encode %s: %w", path, werr)
	}
	return nil
}

func encoder(ctx context.Context, ffmpeg string, crf int) []string {
	out, err := exec.CommandContext(ctx, ffmpeg, "-hide_banner", "-encoders").Output()
	if err == nil && bytes.Contains(out, []byte(" libx264 ")) {
		return []string{"-c:v", "libx264", "-preset", "veryfast", "-crf", strconv.Itoa(crf)}
	}
	return []string{"-c:v", "mpeg4", "-q:v", "4"}
}

// WriteJPEG writes the moment t of d to path.
func WriteJPEG(d Drawer, t float64, w, h int, path string) error {
	f, err := os.Create(path)
	if err != nil {
		return fmt.Errorf("write picture: %w", err)
	}
	err = jpeg.Encode(f, NewStill(d, t, w, h).Img, &jpeg.Options{Quality: 88})
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return fmt.Errorf("write picture %s: %w", path, err)
	}
	return nil
}
