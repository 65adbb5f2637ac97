package video

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "confine" {
		os.Exit(ConfineMain(os.Args[2:]))
	}
	os.Exit(m.Run())
}

func tools(t testing.TB, o Options) *Tools {
	t.Helper()
	tools, err := Locate(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { tools.Close() })
	return tools
}

// media runs ffmpeg, as a user would, to make the file name in a fresh folder.
func media(t testing.TB, name string, args ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	cmd := exec.Command("ffmpeg", append(append([]string{"-v", "error", "-nostdin", "-y"}, args...), path)...)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("ffmpeg %q: %v\n%s", args, err, out)
	}
	return path
}

// kept is a frame that outlives its call.
type kept struct {
	At   time.Duration
	W, H int
	Pix  []byte
	View int
}

func collect(t testing.TB, tools *Tools, q Request) ([]kept, Outcome) {
	t.Helper()
	var all []kept
	o, err := tools.Frames(context.Background(), q, func(f Frame) error {
		all = append(all, kept{f.At, f.W, f.H, bytes.Clone(f.Pix), f.View})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all, o
}

func TestFramesOfAnOrdinaryVideo(t *testing.T) {
	path := media(t, "a.mp4", "-f", "lavfi", "-i", "testsrc2=d=4:r=25:s=320x180", "-pix_fmt", "yuv420p", "-g", "30", "-metadata", "title=a\nDuration: 99", "-metadata", "creation_time=2014-05-06T07:08:09Z")
	all, o := collect(t, tools(t, Options{}), Request{Path: path, View: View{Box: Box{W: 128, H: 128}, Rate: Rate{4, 1}}})
	if o.State != Complete || o.Frames != len(all) || len(all) != 16 || o.Detail != "" {
		t.Errorf("outcome %+v with %d frames, want 16 complete", o, len(all))
	}
	for i, f := range all {
		if want := time.Duration(i) * 250 * time.Millisecond; f.At != want || f.W != 128 || f.H != 72 {
			t.Errorf("frame %d at %v, %d x %d, want %v, 128 x 72", i, f.At, f.W, f.H, want)
		}
	}
	if i := o.Info; i.W != 320 || i.H != 180 || i.Codec != "h264" || i.Rate != 25 || i.Duration != 4*time.Second || i.HasAudio || i.Tags["creation_time"] != "2014-05-06T07:08:09.000000Z" {
		t.Errorf("info %+v", i)
	}
}
