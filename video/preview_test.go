package video

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/jpeg"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

func TestPreviewIsSmallAndPlayable(t *testing.T) {
	tools := tools(t, Options{})
	src := media(t, "a.mkv", "-f", "lavfi", "-i", "testsrc2=d=3:r=25:s=1001x563", "-f", "lavfi", "-i", "sine=d=3", "-shortest")
	dir := t.TempDir()
	out := filepath.Join(dir, "a.mp4")
	d, err := tools.Preview(context.Background(), src, out)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Contains(d.Arguments, "INPUT") || !slices.Contains(d.Arguments, "OUTPUT") || d.Version != tools.Version() {
		t.Errorf("derivation %+v", d)
	}
	_, o := collect(t, tools, Request{Path: out, View: View{Rate: Rate{1, 1}, Box: Box{W: 32, H: 32}}})
	if o.State != Complete || o.Info.W != 640 || o.Info.H != 360 || !o.Info.HasAudio || o.Info.Codec != "h264" {
		t.Errorf("preview: %+v", o)
	}
	if b, _ := os.ReadFile(out); bytes.Index(b, []byte("moov")) > bytes.Index(b, []byte("mdat")) {
		t.Error("the index lies behind the pictures")
	}
	if _, err := tools.Preview(context.Background(), src, out); err == nil {
		t.Error("an existing file was replaced")
	}
	if left, _ := os.ReadDir(dir); len(left) != 1 {
		t.Errorf("left behind: %v", left)
	}
}

func TestStillIsTheFrameOnScreen(t *testing.T) {
	tools := tools(t, Options{})
	path := media(t, "a.mp4", "-f", "lavfi", "-i", moving, "-pix_fmt", "yuv420p", "-g", "60", "-bf", "2", "-qp", "4")
	for _, at := range []time.Duration{0, 790 * time.Millisecond, 800 * time.Millisecond, 15*time.Second + 330*time.Millisecond} {
		b, _, err := tools.Still(context.Background(), StillRequest{Path: path, At: at, PNG: true})
		if err != nil {
			t.Fatal(err)
		}
		img, err := png.Decode(bytes.NewReader(b))
		if err != nil {
			t.Fatal(err)
		}
		got := grey(img, "png")
		near, _ := collect(t, tools, Request{Path: path, From: max(0, at-80*time.Millisecond), To: at + 80*time.Millisecond})
		best, bestAt := 1<<60, time.Duration(0)
		for _, f := range near {
			sum := 0
			for i, v := range f.Pix {
				d := int(v) - int(got.Pix[i/f.W*got.Stride+i%f.W])
				sum += d * d
			}
			if sum < best {
				best, bestAt = sum, f.At
			}
		}
		if want := at / (40 * time.Millisecond) * (40 * time.Millisecond); bestAt != want {
			t.Errorf("still at %v is the frame of %v, want %v", at, bestAt, want)
		}
	}
	if _, _, err := tools.Still(context.Background(), StillRequest{Path: path, At: time.Hour}); err != nil && !errors.Is(err, ErrNoFrame) {
		t.Error(err)
	}
}

func TestStillOfAPhotoStandsUpright(t *testing.T) {
	path := write(t, "a.jpg", withOrientation(encodeJPEG(t, corner(80, 40)), 6))
	b, d, err := tools(t, Options{}).Still(context.Background(), StillRequest{Path: path, Box: Box{W: 20, H: 20}})
	if err != nil {
		t.Fatal(err)
	}
	img, err := jpeg.Decode(bytes.NewReader(b))
	if err != nil || img.Bounds() != image.Rect(0, 0, 10, 20) || d.Tool != "beleg photo" {
		t.Errorf("still %v, %v, %+v", img.Bounds(), err, d)
	}
}
