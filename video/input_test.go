package video

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestStatesOfDamagedAndOddFiles(t *testing.T) {
	tools := tools(t, Options{})
	front := media(t, "front.mp4", "-f", "lavfi", "-i", moving, "-pix_fmt", "yuv420p", "-g", "25", "-movflags", "+faststart")
	sound := []string{"-f", "lavfi", "-i", "sine=d=2"}
	cover := media(t, "cover.png", "-f", "lavfi", "-i", "color=red:s=64x64", "-frames:v", "1")
	half := func(path string) string {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return write(t, "half", b[:len(b)/2])
	}
	behind := media(t, "behind.mp4", "-f", "lavfi", "-i", moving, "-pix_fmt", "yuv420p")
	longSound := media(t, "long.mp4", "-f", "lavfi", "-i", "sine=d=6", "-f", "lavfi", "-i", moving, "-t", "6", "-filter:v", "trim=end=2", "-pix_fmt", "yuv420p")
	for _, c := range []struct {
		name, path string
		state      State
		min, max   int // frames at 4 a second
	}{
		{"whole", front, Complete, 80, 80},
		{"torn in the middle", half(front), PartialUntil, 30, 50},
		{"torn before its index", half(behind), Unreadable, 0, 0},
		{"torn matroska", half(media(t, "a.mkv", "-f", "lavfi", "-i", moving)), PartialUntil, 30, 50},
		{"sound outlasts the pictures", longSound, Complete, 8, 9},
		{"sound only, mp4", media(t, "a.m4a", sound...), NoPicture, 0, 0},
		{"sound only, mp3", media(t, "a.mp3", sound...), NoPicture, 0, 0},
		{"sound only, wav", media(t, "a.wav", sound...), NoPicture, 0, 0},
		{"sound with a cover", media(t, "c.mp3", append(sound, "-i", cover, "-map", "0", "-map", "1", "-disposition:v", "attached_pic")...), NoPicture, 0, 0},
		{"one frame", media(t, "one.mp4", "-f", "lavfi", "-i", "testsrc2", "-frames:v", "1", "-pix_fmt", "yuv420p"), Complete, 1, 1},
		{"two sizes", media(t, "sizes.ts", "-f", "lavfi", "-i", "testsrc2=d=2:s=320x180", "-pix_fmt", "yuv420p"), Complete, 8, 8},
		{"noise called mp4", write(t, "n.mp4", append([]byte("\x00\x00\x00\x18ftypisom"), make([]byte, 5000)...)), Unreadable, 0, 0},
		{"header of an avi", write(t, "n.avi", []byte("RIFF\xff\xff\x00\x00AVI LIST")), Unreadable, 0, 0},
		{"animated png", media(t, "a.apng", "-f", "lavfi", "-i", "testsrc2=d=2:r=10:s=64x64", "-plays", "0"), Complete, 8, 9},
		{"animated gif", media(t, "a.gif", "-f", "lavfi", "-i", "testsrc2=d=2:r=10:s=64x64"), Complete, 8, 9},
		{"animated webp", media(t, "a.webp", "-f", "lavfi", "-i", "testsrc2=d=2:r=10:s=64x64"), Complete, 8, 9},
	} {
		all, o := collect(t, tools, Request{Path: c.path, View: View{Rate: Rate{4, 1}, Box: Box{W: 64, H: 64}}})
		if o.State != c.state || len(all) < c.min || len(all) > c.max || o.Frames != len(all) {
			t.Errorf("%s: %s, %d frames (%s), want %s, %d to %d", c.name, o.State, len(all), o.Detail, c.state, c.min, c.max)
		}
		if (o.State == Complete) != (o.Detail == "") {
			t.Errorf("%s: %s with detail %q", c.name, o.State, o.Detail)
		}
	}
}

func TestAnimatedWebPAgreesWithAnimatedPNG(t *testing.T) {
	tools := tools(t, Options{})
	src := []string{"-f", "lavfi", "-i", "testsrc2=d=1:r=10:s=64x48"}
	a, _ := collect(t, tools, Request{Path: media(t, "a.apng", src...)})
	b, o := collect(t, tools, Request{Path: media(t, "a.webp", append(src, "-lossless", "1")...)})
	if len(a) != 10 || len(b) != 10 {
		t.Fatalf("%d and %d frames; %+v", len(a), len(b), o)
	}
	for i := range a {
		if a[i].At != b[i].At || difference(a[i], b[i]) > 3 {
			t.Errorf("frame %d: at %v and %v, mean difference %.1f", i, a[i].At, b[i].At, difference(a[i], b[i]))
		}
	}
}

func difference(a, b kept) float64 {
	sum := 0.0
	for i := range a.Pix {
		sum += math.Abs(float64(a.Pix[i]) - float64(b.Pix[i]))
	}
	return sum / float64(len(a.Pix))
}

func TestFilesThatAreRefused(t *testing.T) {
	tools := tools(t, Options{})
	fifo := t.TempDir() + "/fifo"
	if err := exec.Command("mkfifo", fifo).Run(); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		path string
		want error
	}{
		"empty": {write(t, "e.mp4", nil), ErrEmpty}, "playlist": {write(t, "p.mp4", []byte("#EXTM3U\nhttp://x/\n")), ErrPlaylist}, "text": {write(t, "t.mp4", []byte("nothing but words")), ErrUnknownType},
		"binary": {write(t, "b.mp4", []byte{1, 2, 3, 4}), ErrUnknownType}, "missing": {t.TempDir() + "/no", os.ErrNotExist}, "fifo": {fifo, nil}, "folder": {t.TempDir(), nil},
	} {
		_, err := tools.Frames(context.Background(), Request{Path: c.path}, func(Frame) error { return nil })
		if err == nil || c.want != nil && !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

func TestPicturesStandUprightWithSquarePixels(t *testing.T) {
	tools := tools(t, Options{})
	src := write(t, "c.png", func() []byte {
		b, _, err := tools.Still(context.Background(), StillRequest{Path: write(t, "c.jpg", encodeJPEG(t, corner(320, 160)))})
		if err != nil {
			t.Fatal(err)
		}
		return b
	}())
	still := []string{"-loop", "1", "-t", "1", "-i", src, "-pix_fmt", "yuv420p", "-qp", "10"}
	flat := media(t, "flat.mp4", still...)
	for _, c := range []struct {
		name   string
		path   string
		w, h   int
		turned string // one of these, in degrees: releases of ffmpeg read rotate=90 either way
	}{
		{"plain", flat, 320, 160, "0"},
		{"rotated", media(t, "r.mp4", "-i", flat, "-c", "copy", "-metadata:s:v", "rotate=90"), 160, 320, "90 270"},
		{"rotated back", media(t, "r.mp4", "-i", flat, "-c", "copy", "-metadata:s:v", "rotate=270"), 160, 320, "90 270"},
		{"upside down", media(t, "r.mp4", "-i", flat, "-c", "copy", "-metadata:s:v", "rotate=180"), 320, 160, "180"},
		{"wide pixels", media(t, "s.mp4", append(still, "-vf", "setsar=3/2")...), 480, 160, "0"},
		{"odd size", media(t, "o.mkv", append(still, "-vf", "scale=317:159", "-c:v", "ffv1")...), 317, 159, "0"},
	} {
		all, o := collect(t, tools, Request{Path: c.path, View: View{Rate: Rate{1, 1}}})
		if o.State != Complete || len(all) == 0 || all[0].W != c.w || all[0].H != c.h || o.Info.W != c.w || o.Info.H != c.h || !slices.Contains(strings.Fields(c.turned), fmt.Sprint(o.Info.Rotation)) {
			t.Errorf("%s: %+v", c.name, o)
			continue
		}
		light := map[int][2]int{0: {0, 0}, 90: {1, 0}, 180: {1, 1}, 270: {0, 1}}[o.Info.Rotation] // the quarter it is turned to
		near(t, c.name, all[0].Pix[(c.h/4+light[1]*c.h/2)*c.w+c.w/4+light[0]*c.w/2], 220)
	}
}

func TestLuminanceIsFullRange(t *testing.T) {
	tools := tools(t, Options{})
	for _, c := range []struct {
		name string
		args []string
		want int
	}{
		{"white, limited", []string{"color=white:d=1:s=64x64", "-pix_fmt", "yuv420p"}, 255},
		{"black, limited", []string{"color=black:d=1:s=64x64", "-pix_fmt", "yuv420p"}, 0},
		{"white, full", []string{"color=white:d=1:s=64x64", "-pix_fmt", "yuvj420p", "-vf", "scale=out_range=full", "-color_range", "pc"}, 255},
		{"grey, limited", []string{"color=0x808080:d=1:s=64x64", "-pix_fmt", "yuv420p"}, 128},
		{"grey, full", []string{"color=0x808080:d=1:s=64x64", "-vf", "scale=out_range=full", "-pix_fmt", "yuvj420p", "-color_range", "pc"}, 128},
		{"grey, ten bits, limited", []string{"color=0x808080:d=1:s=64x64", "-c:v", "ffv1", "-pix_fmt", "yuv420p10le"}, 128},
		{"white, ten bits, full", []string{"color=white:d=1:s=64x64", "-vf", "scale=out_range=full", "-c:v", "ffv1", "-pix_fmt", "yuv422p10le", "-color_range", "pc"}, 255},
		{"white, wide colour", []string{"color=white:d=1:s=64x64", "-c:v", "ffv1", "-pix_fmt", "yuv444p"}, 255},
		{"grey, no colour", []string{"color=0x808080:d=1:s=64x64", "-c:v", "ffv1", "-pix_fmt", "gray"}, 128},
		{"grey, lossless colour", []string{"color=0x808080:d=1:s=64x64", "-c:v", "ffv1", "-pix_fmt", "bgr0"}, 128},
	} {
		for _, box := range []Box{{}, {W: 16, H: 16}} {
			all, o := collect(t, tools, Request{Path: media(t, "a.mkv", append([]string{"-f", "lavfi", "-i"}, c.args...)...), View: View{Box: box, Rate: Rate{1, 1}}})
			if len(all) == 0 {
				t.Fatalf("%s: %+v", c.name, o)
			}
			near(t, c.name, all[0].Pix[0], c.want)
		}
	}
}

// gif is a header for w by h pixels and n frames of one pixel each.
func gif(w, h uint16, n int) []byte {
	b := binary.LittleEndian.AppendUint16([]byte("GIF89a"), w)
	b = append(binary.LittleEndian.AppendUint16(b, h), 0x80, 0, 0, 0, 0, 0, 255, 255, 255)
	frame := []byte("\x21\xf9\x04\x00\x01\x00\x00\x00\x2c\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02\x44\x01\x00")
	return append(append(b, bytes.Repeat(frame, n)...), 0x3b)
}

func TestBombs(t *testing.T) {
	tools := tools(t, Options{Limits: Limits{Frames: 1000}})
	if all, o := collect(t, tools, Request{Path: write(t, "a.gif", gif(16000, 16000, 3))}); o.State != Unreadable || len(all) > 0 {
		t.Errorf("huge picture: %+v", o)
	}
	start := time.Now()
	if all, o := collect(t, tools, Request{Path: write(t, "a.gif", gif(1, 1, 1_000_000))}); o.State != PartialUntil || len(all) != 1000 || !strings.Contains(o.Detail, "1000 frames") {
		t.Errorf("a million frames: %+v in %v", o, time.Since(start))
	}
}

func TestSniff(t *testing.T) {
	for _, c := range []struct{ head, name string }{
		{"\x00\x00\x00\x18ftypisom", "mp4"}, {"\x00\x00\x00\x14ftyp3gp5", "3gp"}, {"\x00\x00\x00\x14ftypqt  ", "mov"}, {"\x00\x00\x10\x00moov\x00\x00\x00\x00", "mov"}, {"\x00\x00\x00\x18ftypheic", "heic"}, {"\x00\x00\x00\x18ftypavif", "avif"}, {"\x00\x00\x00\x18ftypM4A ", "m4a"},
		{"\x1a\x45\xdf\xa3\x93\x42\x82\x88matroska", "matroska"}, {"\x1a\x45\xdf\xa3\x93\x42\x82\x84webm", "webm"}, {"RIFF\x00\x00\x00\x00AVI LIST", "avi"}, {"RIFF\x00\x00\x00\x00WAVEfmt ", "wav"}, {"RIFF\x00\x00\x00\x00WEBPVP8 ", "webp"},
		{"\xff\xd8\xff\xe0", "jpeg"}, {"GIF89a", "gif"}, {"FLV\x01\x05", "flv"}, {"OggS\x00", "ogg"}, {"\xff\x0a\x00", "jxl"}, {"\x00\x00\x01\xba\x44", "mpegps"}, {"\xff\xfb\x90\x64", "mp3"}, {"\xff\xf1\x50\x80", "aac"}, {"ID3\x04", "mp3"}, {"fLaC", "flac"},
		{"\x47" + strings.Repeat("\xff", 187) + "\x47" + strings.Repeat("\xff", 187) + "\x47", "mpegts"}, {strings.Repeat("\x00\x00\x00\x00\x47"+strings.Repeat("\xff", 187), 3), "mpegts"},
		{"<!DOCTYPE html><p>", "html"}, {"\ufeff<html lang=de>", "html"}, {"<?xml version='1.0'?><!-- playlist --><html>", "html"}, {"1\n00:00:01,000 --> 00:00:02,000\nHi\n", "srt"}, {"WEBVTT\n", "vtt"}, {"%PDF-1.7", "pdf"}, {"{\"id\": 1}", "json"}, {"Die Br\xfccke wurde gesprengt, sagte er.", "text"}, {"\xff\xfeH\x00i\x00", "text"},
		{"#EXTM3U\n", "refused"}, {"\ufeff\n #EXTM3U", "refused"}, {"\xff\xfe#\x00E\x00X\x00T\x00M\x003\x00U\x00", "refused"}, {"ffconcat version 1.0\n", "refused"}, {"file 'a.mp4'\n", "refused"}, {"v=0\r\no=- 0 0 IN IP4 x", "refused"}, {"<?xml version='1.0'?>\n<MPD xmlns=", "refused"}, {"<playlist version='1'", "refused"}, {"[playlist]\n", "refused"}, {"http://example.org/a.mp4", "refused"}, {"#!/bin/sh\n", "refused"}, {"<smil>", "refused"},
		{"", "empty"}, {"   \n", "unknown"}, {"\x01\x02\x03\x04", "unknown"}, {"MZ\x90\x00\x03\x00", "unknown"}, {"PK\x03\x04\x14\x00", "unknown"},
	} {
		typ, err := Sniff([]byte(c.head))
		got := typ.Name
		switch {
		case errors.Is(err, ErrPlaylist):
			got = "refused"
		case errors.Is(err, ErrEmpty):
			got = "empty"
		case errors.Is(err, ErrUnknownType):
			got = "unknown"
		}
		if got != c.name {
			t.Errorf("Sniff(%.20q) = %q (%v), want %q", c.head, got, err, c.name)
		}
	}
}

func FuzzSniff(f *testing.F) {
	f.Add([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR"))
	f.Add([]byte("<?xml version='1.0'?><MPD>"))
	f.Fuzz(func(t *testing.T, b []byte) {
		typ, err := Sniff(b)
		if (err == nil) != (typ.Name != "" && typ.Kind != "" && typ.MediaType != "") {
			t.Errorf("Sniff(%q) = %+v, %v", b, typ, err)
		}
	})
}

func FuzzDump(f *testing.F) {
	f.Add("[info] Input #0, mov, from 'a':\n[info]   Duration: 00:00:04.40, start: 0.000000, bitrate: 202 kb/s\n[info]   Stream #0:0[0x1](und): Video: h264 (High), yuv420p, 480x270 [SAR 1:1 DAR 16:9], 15 fps\n[error] x\n")
	f.Fuzz(func(t *testing.T, s string) {
		var d dump
		d.read(strings.NewReader(s))
		var i Info
		d.fill(&i)
		if i.W < 0 || i.H < 0 || i.Duration < 0 || i.Rotation < 0 || i.Rotation >= 360 || i.Rotation%90 != 0 || len(i.Tags) > maxTags || len(d.tail) > tailLines {
			t.Errorf("%q: %+v", s, i)
		}
	})
}

func FuzzStill(f *testing.F) {
	f.Add("webp", []byte("RIFF\x00\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x02\x00\x00\x00\x00\x00\x00\x00\x00\x00"))
	f.Add("jpeg", withOrientation([]byte("\xff\xd8\xff\xd9"), 6))
	f.Fuzz(func(t *testing.T, kind string, b []byte) {
		j := photoJob{Type: kind, Views: []View{{Box: Box{W: 8, H: 8}}}, Pixels: 1 << 16, Frames: 10}
		var out bytes.Buffer
		o := j.decode(b, &out)
		if (o.State == Unreadable) != (o.Frames == 0) || o.Frames > 10 {
			t.Errorf("%+v", o)
		}
	})
}

// A stream that was recorded in pieces of several sizes is read to its end, in the size of the first.
func TestSizeChangesOnTheWay(t *testing.T) {
	var both []byte
	for _, size := range []string{"320x240", "480x270", "160x120"} {
		b, err := os.ReadFile(media(t, size+".ts", "-f", "lavfi", "-i", "testsrc2=s="+size+":r=25:d=2", "-c:v", "mpeg2video", "-b:v", "2M"))
		if err != nil {
			t.Fatal(err)
		}
		both = append(both, b...)
	}
	path := write(t, "pieces.ts", both)
	tools := tools(t, Options{})
	frames, o := collect(t, tools, Request{Path: path, View: View{Box: Box{W: 160, H: 160}}})
	if o.State != Complete || len(frames) < 145 { // a decoder may lose one at each change
		t.Errorf("%d frames, %+v, want about 150 and complete", len(frames), o)
	}
	for i, f := range frames {
		if f.W != 160 || f.H != 120 {
			t.Fatalf("frame %d has %d x %d pixels, want 160 x 120", i, f.W, f.H)
		}
		if i > 0 && f.At <= frames[i-1].At {
			t.Fatalf("frame %d comes at %v, after %v", i, f.At, frames[i-1].At)
		}
	}
}
