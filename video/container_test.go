package video

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// demuxersNamed are all the demuxers that Sniff can name.
func demuxersNamed() map[string]bool {
	names := map[string]bool{"avi": true, "wav": true, "mov": true, "apng": true, "mpegts": true, "mpeg": true, "mpegvideo": true, "m4v": true, "vc1": true,
		"aac": true, "mp3": true, "mxf": true, "dv": true, "gxf": true, "matroska": true, "h264": true, "hevc": true}
	for _, m := range magics {
		if m.typ.demuxer != "" {
			names[m.typ.demuxer] = true
		}
	}
	for _, d := range lenient {
		names[d] = true
	}
	return names
}

func TestDemuxersAreThoseOfTheDecoder(t *testing.T) {
	tl := tools(t, Options{})
	out, err := exec.Command(tl.FFmpeg(), "-hide_banner", "-demuxers").Output()
	if err != nil {
		t.Fatal(err)
	}
	have := map[string]bool{}
	for line := range strings.Lines(string(out)) {
		if f := strings.Fields(line); len(f) >= 2 && strings.HasPrefix(f[0], "D") {
			for name := range strings.SplitSeq(f[1], ",") {
				have[name] = true
			}
		}
	}
	for name := range demuxersNamed() {
		if !have[name] {
			t.Errorf("Sniff names the demuxer %s, which this ffmpeg does not have", name)
		}
	}
}

// Formats that name other files or addresses are never handed to ffmpeg, whatever the bytes.
func TestNoDemuxerOpensOthers(t *testing.T) {
	for _, name := range []string{"hls", "dash", "concat", "sdp", "rtsp", "imf", "webm_dash_manifest", "tee", "image2", "lavfi", "ffmetadata", "playlist", "asf_o"} {
		if demuxersNamed()[name] {
			t.Errorf("Sniff names %s", name)
		}
	}
}

// Each container that Beleg names is written by ffmpeg, and is told and decoded whole.
func TestContainers(t *testing.T) {
	tl := tools(t, Options{})
	source := []string{"-f", "lavfi", "-i", "testsrc2=s=320x240:r=25:d=2"}
	for _, c := range []struct {
		name, file, want string
		args             []string
	}{
		{"MXF", "a.mxf", "mxf", []string{"-c:v", "mpeg2video"}},
		{"MXF after a run-in", "b.mxf", "mxf", []string{"-c:v", "mpeg2video"}},
		{"bare H.264", "a.264", "h264", []string{"-c:v", "libx264", "-f", "h264"}},
		{"bare H.265", "a.265", "h265", []string{"-c:v", "libx265", "-x265-params", "log-level=none", "-f", "hevc"}},
		{"bare MPEG-2", "a.m2v", "mpegvideo", []string{"-c:v", "mpeg2video", "-f", "mpeg2video"}},
		{"bare MPEG-4", "a.m4v", "mpeg4", []string{"-c:v", "mpeg4", "-f", "m4v"}},
		{"IVF", "a.ivf", "ivf", []string{"-c:v", "libvpx", "-deadline", "realtime"}},
		{"RealMedia", "a.rm", "realmedia", []string{"-c:v", "rv20"}},
		{"NUT", "a.nut", "nut", []string{"-c:v", "mpeg4"}},
		{"WTV", "a.wtv", "wtv", []string{"-c:v", "mpeg2video"}},
		{"GXF", "a.gxf", "gxf", []string{"-s", "720x576", "-c:v", "mpeg2video"}},
		{"DV", "a.dv", "dv", []string{"-s", "720x576", "-pix_fmt", "yuv420p", "-c:v", "dvvideo"}},
		{"raw pictures", "a.y4m", "y4m", []string{"-pix_fmt", "yuv420p"}},
		{"TS that begins inside a packet", "a.ts", "mpegts", []string{"-c:v", "mpeg2video", "-g", "10", "-f", "mpegts"}},
		{"TS with time codes", "a.m2ts", "mpegts", []string{"-c:v", "libx264", "-mpegts_m2ts_mode", "1", "-f", "mpegts"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), c.file)
			args := append(append([]string{"-v", "error", "-y"}, source...), append(c.args, path)...)
			if out, err := exec.Command(tl.FFmpeg(), args...).CombinedOutput(); err != nil {
				t.Fatalf("ffmpeg: %v: %s", err, out)
			}
			b, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			switch {
			case strings.HasPrefix(c.name, "TS that"):
				b = b[188*9+77:]
			case strings.HasSuffix(c.name, "run-in"):
				b = append(make([]byte, 100), b...)
			}
			if err := os.WriteFile(path, b, 0o644); err != nil {
				t.Fatal(err)
			}
			typ, err := Sniff(b)
			if err != nil || typ.Name != c.want || typ.Kind != Video {
				t.Fatalf("Sniff = %+v, %v; want a video %s", typ, err, c.want)
			}
			frames := 0
			o, err := tl.Frames(t.Context(), Request{Path: path, View: View{Box: Box{W: 64, H: 64}}}, func(Frame) error { frames++; return nil })
			if err != nil || o.State != Complete && !strings.HasPrefix(c.name, "TS that") || frames < 25 {
				t.Errorf("%v with %d frames (%s), %v", o.State, frames, o.Detail, err)
			}
		})
	}
}

func TestCutFiles(t *testing.T) {
	tl := tools(t, Options{})
	for _, c := range []struct {
		name string
		args []string
	}{
		{"fragments.mp4", []string{"-c:v", "libx264", "-g", "25", "-movflags", "frag_keyframe+empty_moov+default_base_moof"}},
		{"front.mp4", []string{"-c:v", "libx264", "-movflags", "faststart"}},
		{"live.webm", []string{"-c:v", "libvpx", "-deadline", "realtime", "-f", "webm", "-live", "1"}},
		{"film.mkv", []string{"-c:v", "mpeg4"}},
		{"film.avi", []string{"-c:v", "mpeg4"}},
		{"animation.gif", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := media(t, c.name, append([]string{"-f", "lavfi", "-i", "testsrc2=s=320x240:r=25:d=4"}, c.args...)...)
			look := func() Outcome {
				o, err := tl.Frames(t.Context(), Request{Path: path, View: View{Box: Box{W: 64, H: 64}}}, func(Frame) error { return nil })
				if err != nil {
					t.Fatal(err)
				}
				return o
			}
			if o := look(); o.State != Complete || o.Detail != "" {
				t.Fatalf("whole: %v (%s)", o.State, o.Detail)
			}
			b, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			path = filepath.Join(t.TempDir(), c.name)
			if err := os.WriteFile(path, b[:len(b)*6/10], 0o644); err != nil {
				t.Fatal(err)
			}
			if o := look(); o.State != PartialUntil || o.Detail == "" || o.Frames == 0 {
				t.Errorf("cut: %v with %d frames (%s), want partial with a reason", o.State, o.Frames, o.Detail)
			}
		})
	}
}

func TestStreams(t *testing.T) {
	tl := tools(t, Options{})
	film, small, cover := []string{"-f", "lavfi", "-i", "testsrc2=s=320x240:r=25:d=1"}, []string{"-f", "lavfi", "-i", "testsrc=s=64x48:r=5:d=1"}, []string{"-f", "lavfi", "-i", "color=s=200x200:r=1:d=1"}
	for _, c := range []struct {
		name   string
		args   []string
		w      int
		others bool
	}{
		{"one", append(film, "-c:v", "mpeg4"), 320, false},
		{"small first, the second is to be shown", append(append(small, film...), "-map", "0", "-map", "1", "-c:v", "mpeg4", "-disposition:v:0", "0", "-disposition:v:1", "default"), 320, true},
		{"a still first", append(append(cover, film...), "-map", "0", "-map", "1", "-c:v:0", "mjpeg", "-pix_fmt:v:0", "yuvj420p", "-c:v:1", "mpeg4", "-disposition:v:0", "0"), 320, true},
		{"two films", append(append(film, small...), "-map", "0", "-map", "1", "-c:v", "mpeg4"), 320, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := media(t, "a.mkv", c.args...)
			o, err := tl.Frames(t.Context(), Request{Path: path}, func(f Frame) error {
				if f.W != c.w {
					t.Errorf("a frame is %d pixels wide, want %d", f.W, c.w)
				}
				return nil
			})
			if err != nil || o.State != Complete || o.Info.W != c.w || strings.Contains(o.Detail, "more picture stream") != c.others {
				t.Errorf("%v, %d wide (%s), %v", o.State, o.Info.W, o.Detail, err)
			}
			b, _, err := tl.Still(t.Context(), StillRequest{Path: path, At: 500 * time.Millisecond})
			if err != nil {
				t.Fatal(err)
			}
			if config, err := jpeg.DecodeConfig(bytes.NewReader(b)); err != nil || config.Width != c.w {
				t.Errorf("the still is %d wide, %v; want %d", config.Width, err, c.w)
			}
		})
	}
}

// texture is a picture in which every row differs.
func texture(w, h int) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			img.SetRGBA(x, y, color.RGBA{byte(x * 7), byte(y * 5), byte(x*y>>3 + 40), 255})
		}
	}
	return img
}

func TestDamagedStills(t *testing.T) {
	tl := tools(t, Options{})
	img := texture(200, 120)
	var j, p bytes.Buffer
	jpeg.Encode(&j, img, nil)
	png.Encode(&p, img)
	bad := bytes.Clone(p.Bytes())
	bad[bytes.LastIndex(bad, []byte("IEND"))-6] ^= 0xff // in the checksum of the pixels
	hole := bytes.Clone(j.Bytes())
	copy(hole[len(hole)*6/10:], strings.Repeat("\xff\x01", 15))
	film := append(bytes.Clone(j.Bytes()), "\x00\x00\x00\x14ftypmp42\x00\x00\x00\x00mp42\x00\x00\x00\x08moov"...)
	for _, c := range []struct {
		name  string
		b     []byte
		state State
		why   string
	}{
		{"whole.jpg", j.Bytes(), Complete, ""},
		{"no-end.jpg", j.Bytes()[:j.Len()-2], PartialUntil, "damaged or cut off"},
		{"cut.jpg", j.Bytes()[:j.Len()*7/10], PartialUntil, "damaged or cut off"},
		{"hole.jpg", hole, PartialUntil, "damaged or cut off"},
		{"motion.jpg", film, Complete, "motion photo"},
		{"film.jpg", append(bytes.Clone(j.Bytes()), j.Bytes()...), Complete, "1 more pictures"},
		{"whole.png", p.Bytes(), Complete, ""},
		{"cut.png", p.Bytes()[:p.Len()*8/10], PartialUntil, "damaged or cut off"},
		{"checksum.png", bad, PartialUntil, "checksum"},
		{"head.jpg", j.Bytes()[:20], Unreadable, ""},
		{"head.png", p.Bytes()[:40], Unreadable, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), c.name)
			if err := os.WriteFile(path, c.b, 0o644); err != nil {
				t.Fatal(err)
			}
			frames := 0
			o, err := tl.Frames(t.Context(), Request{Path: path}, func(f Frame) error {
				if frames++; f.W != 200 || f.H != 120 {
					t.Errorf("a frame of %d x %d", f.W, f.H)
				}
				return nil
			})
			if err != nil || o.State != c.state || !strings.Contains(o.Detail, c.why) || c.why == "" && c.state == Complete && o.Detail != "" {
				t.Errorf("%v (%s), %v; want %v, %q", o.State, o.Detail, err, c.state, c.why)
			}
			if want := c.state != Unreadable; frames == 1 != want {
				t.Errorf("%d frames", frames)
			}
		})
	}
}

// An upright picture of a damaged one, turned as its tag says.
func TestDamagedStillIsTurned(t *testing.T) {
	tl := tools(t, Options{})
	var j bytes.Buffer
	jpeg.Encode(&j, texture(200, 120), nil)
	exif := "\xff\xe1\x00\x22Exif\x00\x00II*\x00\x08\x00\x00\x00\x01\x00\x12\x01\x03\x00\x01\x00\x00\x00\x06\x00\x00\x00\x00\x00\x00\x00"
	b := append([]byte("\xff\xd8"+exif), j.Bytes()[2:j.Len()-2]...)
	path := filepath.Join(t.TempDir(), "a.jpg")
	if err := os.WriteFile(path, b, 0o644); err != nil {
		t.Fatal(err)
	}
	o, err := tl.Frames(t.Context(), Request{Path: path, View: View{Box: Box{W: 60, H: 100}}}, func(f Frame) error {
		if f.W != 60 || f.H != 100 {
			t.Errorf("a frame of %d x %d, want 60 x 100", f.W, f.H)
		}
		return nil
	})
	if err != nil || o.State != PartialUntil || o.Info.Rotation != 90 || o.Info.W != 120 || o.Info.H != 200 {
		t.Errorf("%v, %d degrees, %d x %d, %v", o.State, o.Info.Rotation, o.Info.W, o.Info.H, err)
	}
}

func TestPNGRows(t *testing.T) {
	for _, c := range []struct {
		img  image.Image
		want int64
	}{
		{image.NewGray(image.Rect(0, 0, 13, 7)), 7 * (1 + 13)},
		{texture(13, 7), 7 * (1 + 3*13)},
		{image.NewPaletted(image.Rect(0, 0, 13, 7), color.Palette{color.Black, color.White}), 7 * (1 + 2)},
	} {
		var b bytes.Buffer
		if err := png.Encode(&b, c.img); err != nil {
			t.Fatal(err)
		}
		if got := pngRows(b.Bytes()); got != c.want {
			t.Errorf("pngRows = %d, want %d", got, c.want)
		}
	}
}

func FuzzMendPNG(f *testing.F) {
	var b bytes.Buffer
	png.Encode(&b, texture(20, 10))
	f.Add(b.Bytes())
	f.Add(b.Bytes()[:b.Len()/2])
	f.Fuzz(func(t *testing.T, b []byte) {
		want := pngRows(b)
		if want > 1<<20 {
			return
		}
		out, ok := mendPNG(b, want)
		if !ok {
			return
		}
		at := bytes.LastIndex(out, []byte("IEND"))
		if at < 0 || crc32.ChecksumIEEE([]byte("IEND")) != uint32(out[at+4])<<24|uint32(out[at+5])<<16|uint32(out[at+6])<<8|uint32(out[at+7]) {
			t.Errorf("the end of the mended file is %x", out[max(0, len(out)-12):])
		}
		i := bytes.LastIndex(out, []byte("IDAT"))
		z, err := zlib.NewReader(bytes.NewReader(out[i+4:]))
		if err != nil {
			t.Fatal(err)
		}
		var n bytes.Buffer
		n.ReadFrom(z)
		if int64(n.Len()) != want {
			t.Errorf("%d bytes of pixels, want %d", n.Len(), want)
		}
	})
}

func FuzzShape(f *testing.F) {
	f.Add([]byte("\x00\x00\x00\x10ftypisom\x00\x00\x00\x00\x00\x00\x00\x08moov"), "mov")
	f.Add([]byte("\x1a\x45\xdf\xa3\x80\x18\x53\x80\x67\x01\x00\x00\x00\x00\x00\x00\x05"), "matroska")
	f.Add([]byte("GIF89a;"), "gif")
	f.Add([]byte("RIFF\xff\x00\x00\x00AVI "), "avi")
	f.Fuzz(func(t *testing.T, b []byte, demuxer string) {
		s := shapeOf(bytes.NewReader(b), int64(len(b)), demuxer)
		if s.cut != "" && demuxer != "mov" && demuxer != "matroska" && demuxer != "gif" && demuxer != "avi" {
			t.Errorf("%q: %v", demuxer, s)
		}
	})
}

func TestShape(t *testing.T) {
	box := func(name string, b string) string { return fmt.Sprintf("\x00\x00\x00%c%s%s", 8+len(b), name, b) }
	head := strings.Repeat("\x00", 40)
	matrix := func(a, d string) string {
		zero := "\x00\x00\x00\x00"
		return a + zero + zero + zero + d + zero + zero + zero + "\x40\x00\x00\x00"
	}
	one, minus := "\x00\x01\x00\x00", "\xff\xff\x00\x00"
	for _, c := range []struct {
		name, b, demuxer string
		cut, mirrored    bool
	}{
		{"whole", box("ftyp", "isom0000") + box("mdat", "xxxx"), "mov", false, false},
		{"cut", box("ftyp", "isom0000") + box("mdat", "xxxx")[:10], "mov", true, false},
		{"mirrored", box("moov", box("trak", box("tkhd", head+matrix(minus, one)))), "mov", false, true},
		{"turned about", box("moov", box("trak", box("tkhd", head+matrix(minus, minus)))), "mov", false, false},
		{"animation", "GIF89a....;\x00\x00", "gif", false, false},
		{"animation cut", "GIF89a....", "gif", true, false},
		{"AVI cut", "RIFF\x00\x01\x00\x00AVI ", "avi", true, false},
		{"AVI after a crash", "RIFF\x00\x00\x00\x00AVI ", "avi", false, false},
		{"Matroska cut", "\x1a\x45\xdf\xa3\x81x\x18\x53\x80\x67\xa0xxxxxxxxxxxx", "matroska", true, false},
		{"Matroska live", "\x1a\x45\xdf\xa3\x81x\x18\x53\x80\x67\xffxxxxxxxxxxxx", "matroska", false, false},
	} {
		s := shapeOf(strings.NewReader(c.b), int64(len(c.b)), c.demuxer)
		if s.cut != "" != c.cut || s.mirrored != c.mirrored {
			t.Errorf("%s: %+v", c.name, s)
		}
	}
}
