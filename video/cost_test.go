//go:build linux

package video

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// BenchmarkCost prints how much more processor time frames for fingerprints cost than bare decoding,
// over the videos in the folder BELEG_FOOTAGE, else over generated ones:
//
//	go test ./video -bench Cost -benchtime 3x
func BenchmarkCost(b *testing.B) {
	files, _ := filepath.Glob(filepath.Join(os.Getenv("BELEG_FOOTAGE"), "*.mp4"))
	if os.Getenv("BELEG_FOOTAGE") == "" {
		for _, src := range []string{"testsrc2=d=8:r=25:s=640x360", "mandelbrot=r=25:s=640x360"} {
			files = append(files, media(b, "a.mp4", "-f", "lavfi", "-i", src, "-t", "8", "-pix_fmt", "yuv420p"))
		}
	}
	tools := tools(b, Options{})
	var bare, ours time.Duration
	for b.Loop() {
		for _, f := range files {
			cmd := exec.Command("ffmpeg", "-v", "error", "-nostdin", "-threads", "1", "-i", f, "-f", "null", "-")
			if err := cmd.Run(); err != nil {
				b.Fatal(err)
			}
			bare += cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
			before := processTime()
			o, err := tools.Frames(context.Background(), Request{Path: f, View: View{Box: Box{W: 512, H: 512}, Rate: Rate{4, 1}}}, func(Frame) error { return nil })
			if err != nil || o.State != Complete {
				b.Fatal(f, o, err)
			}
			ours += processTime() - before
		}
	}
	for _, w := range tools.idle[runWorker] { // its start, itself, and all it has started
		tools.idle[runWorker] = nil
		w.stop()
		ours += w.cmd.ProcessState.UserTime() + w.cmd.ProcessState.SystemTime()
	}
	b.ReportMetric(ours.Seconds()/bare.Seconds(), "ratio")
	b.ReportMetric(bare.Seconds()*1000/float64(b.N*len(files)), "bare-ms/file")
}
