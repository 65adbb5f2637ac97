package video

import (
	"bytes"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// moving is 20 s of a picture that differs in every frame.
const moving = "testsrc2=d=20:r=25:s=160x120,noise=alls=8:allf=t"

func TestAStretchHoldsTheFramesOfTheWhole(t *testing.T) {
	tools := tools(t, Options{})
	x264 := func(name string, args ...string) string {
		return media(t, name, slices.Concat([]string{"-f", "lavfi", "-i", moving}, []string{"-pix_fmt", "yuv420p", "-c:v", "libx264", "-preset", "veryfast"}, args)...)
	}
	plain := x264("plain.mp4", "-g", "60", "-bf", "3")
	for name, path := range map[string]string{
		"mp4 with B-frames":     plain,
		"open groups":           x264("open.mkv", "-g", "50", "-x264-params", "open-gop=1:bframes=3"),
		"one group":             x264("one.mp4", "-g", "9999", "-bf", "2", "-sc_threshold", "0"),
		"edit list":             media(t, "edit.mp4", "-ss", "1.3", "-i", plain, "-c", "copy"),
		"variable rate":         media(t, "vfr.mkv", "-f", "lavfi", "-i", moving+",select='not(mod(n*n,7))+eq(mod(n,5),2)'", "-vsync", "0", "-g", "20"),
		"rate 30000/1001":       media(t, "ntsc.mp4", "-f", "lavfi", "-i", "testsrc2=d=20:r=30000/1001:s=160x120,noise=alls=8:allf=t", "-pix_fmt", "yuv420p", "-g", "45"),
		"transport stream":      x264("a.ts", "-g", "40", "-bf", "2", "-muxdelay", "3", "-output_ts_offset", "5000"),
		"interlaced":            x264("inter.mp4", "-g", "40", "-flags", "+ildct+ilme", "-x264opts", "tff=1", "-vf", "interlace,setfield=tff"),
		"fragments":             x264("frag.mp4", "-g", "50", "-movflags", "frag_keyframe+empty_moov"),
		"sound before pictures": media(t, "late.mp4", "-f", "lavfi", "-i", "sine=d=21", "-itsoffset", "1.1", "-f", "lavfi", "-i", moving, "-pix_fmt", "yuv420p", "-g", "60", "-shortest"),
	} {
		views := []View{{Rate: Rate{4, 1}, Box: Box{W: 64, H: 64}}, {Box: Box{W: 64, H: 64}}}
		if path == plain {
			views = append(views, View{Rate: Rate{5, 2}, Box: Box{W: 16, H: 16, Fit: Stretch}})
		}
		for _, v := range views {
			whole, o := collect(t, tools, Request{Path: path, View: v})
			if o.State != Complete {
				t.Errorf("%s: %+v", name, o)
			}
			for _, s := range [][2]time.Duration{{13300 * time.Millisecond, 14700 * time.Millisecond}, {2 * time.Second, 3250 * time.Millisecond}, {16 * time.Second, 0}} {
				part, o := collect(t, tools, Request{Path: path, View: v, From: s[0], To: s[1]})
				var want []kept
				for _, f := range whole {
					if f.At >= s[0] && (s[1] == 0 || f.At < s[1]) {
						want = append(want, f)
					}
				}
				if len(part) != len(want) || len(want) == 0 {
					t.Errorf("%s, rate %v, %v: %d frames, want %d; %s %s", name, v.Rate, s, len(part), len(want), o.State, o.Detail)
					continue
				}
				for i := range want {
					if part[i].At != want[i].At || !bytes.Equal(part[i].Pix, want[i].Pix) {
						t.Errorf("%s, rate %v, %v: frame %d at %v differs from the whole's at %v", name, v.Rate, s, i, part[i].At, want[i].At)
						break
					}
				}
			}
		}
	}
}

func TestFrameKIsWhatIsOnScreen(t *testing.T) {
	tools := tools(t, Options{})
	path := media(t, "vfr.mkv", "-f", "lavfi", "-i", moving+",select='not(mod(n*n,7))'", "-t", "8", "-vsync", "0")
	every, _ := collect(t, tools, Request{Path: path, View: View{Box: Box{W: 64, H: 64}}})
	at4, _ := collect(t, tools, Request{Path: path, View: View{Box: Box{W: 64, H: 64}, Rate: Rate{4, 1}}})
	for _, f := range at4 {
		i := 0
		for i+1 < len(every) && every[i+1].At <= f.At {
			i++
		}
		if !bytes.Equal(f.Pix, every[i].Pix) {
			t.Errorf("frame at %v is not the one shown since %v", f.At, every[i].At)
		}
	}
}

func TestTwoViewsOfOneDecoding(t *testing.T) {
	tools := tools(t, Options{})
	path := media(t, "a.mp4", "-f", "lavfi", "-i", moving, "-t", "6", "-pix_fmt", "yuv420p")
	a, b := View{Box: Box{W: 96, H: 96}, Rate: Rate{4, 1}}, View{Box: Box{W: 64, H: 36, Fit: Stretch}}
	both, o := collect(t, tools, Request{Path: path, View: a, Also: &b})
	one, _ := collect(t, tools, Request{Path: path, View: a})
	two, _ := collect(t, tools, Request{Path: path, View: b})
	if o.State != Complete || len(both) != len(one)+len(two) || len(one) != 24 || len(two) != 150 {
		t.Fatalf("%d frames, want %d and %d; %+v", len(both), len(one), len(two), o)
	}
	n := [2]int{}
	for _, f := range both {
		want := [2][]kept{one, two}[f.View][n[f.View]]
		if f.At != want.At || !bytes.Equal(f.Pix, want.Pix) {
			t.Errorf("view %d frame %d differs", f.View, n[f.View])
		}
		n[f.View]++
	}
}

func TestNamesAreNotTakenForOrders(t *testing.T) {
	tools := tools(t, Options{})
	src := media(t, "a.mp4", "-f", "lavfi", "-i", moving, "-t", "1", "-pix_fmt", "yuv420p")
	for _, name := range []string{"%03d.mp4", "a*.mp4", "http:x.mp4", "-y.mp4", "a\nb.mp4", "ü \xff.mp4", "concat:a|b.mp4"} {
		path := filepath.Join(t.TempDir(), name)
		copyFile(t, src, path)
		if all, o := collect(t, tools, Request{Path: path, View: View{Rate: Rate{4, 1}}}); o.State != Complete || len(all) != 4 {
			t.Errorf("%q: %+v", name, o)
		}
	}
}
