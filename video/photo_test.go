package video

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/image/bmp"
	"golang.org/x/image/tiff"
)

// corner is a picture that shows how it has been turned: w by h, grey 100, its upper left quarter 220,
// its upper right quarter 30.
func corner(w, h int) *image.Gray {
	m := image.NewGray(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			v := byte(100)
			if y < h/2 {
				v = 220
				if x >= w/2 {
					v = 30
				}
			}
			m.SetGray(x, y, color.Gray{v})
		}
	}
	return m
}

func write(t testing.TB, name string, b []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, b, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func encodeJPEG(t testing.TB, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: 95}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// withOrientation puts an EXIF segment with the orientation and a date into a JPEG.
func withOrientation(b []byte, o byte) []byte {
	const date = "2014:05:06 07:08:09\x00"
	exif := []byte("Exif\x00\x00MM\x00*\x00\x00\x00\x08" +
		"\x00\x02" +
		"\x01\x12\x00\x03\x00\x00\x00\x01\x00" + string(o) + "\x00\x00" +
		"\x87\x69\x00\x04\x00\x00\x00\x01\x00\x00\x00\x26" +
		"\x00\x00\x00\x00" +
		"\x00\x01" + "\x90\x03\x00\x02\x00\x00\x00\x14\x00\x00\x00\x38" + "\x00\x00\x00\x00" + date)
	n := len(exif) + 2
	segment := append([]byte{0xff, 0xe1, byte(n >> 8), byte(n)}, exif...)
	return append(append(bytes.Clone(b[:2]), segment...), b[2:]...)
}

func near(t *testing.T, what string, got byte, want int) {
	t.Helper()
	if math.Abs(float64(got)-float64(want)) > 3 {
		t.Errorf("%s = %d, want %d", what, got, want)
	}
}

func TestPhotosAreVideosOfOneFrame(t *testing.T) {
	m := corner(61, 41)
	var p, f, b bytes.Buffer
	if png.Encode(&p, m) != nil || tiff.Encode(&f, m, nil) != nil || bmp.Encode(&b, m) != nil {
		t.Fatal("encode")
	}
	pngPath := write(t, "a.png", p.Bytes())
	tools := tools(t, Options{})
	for name, path := range map[string]string{
		"jpeg": write(t, "a.jpg", encodeJPEG(t, m)), "png": pngPath, "tiff": write(t, "a.tif", f.Bytes()), "bmp": write(t, "a.bmp", b.Bytes()),
		"webp lossless": media(t, "a.webp", "-i", pngPath, "-lossless", "1"), "webp": media(t, "b.webp", "-i", pngPath, "-quality", "95"), "gif": media(t, "a.gif", "-i", pngPath),
	} {
		all, o := collect(t, tools, Request{Path: path, View: View{Rate: Rate{4, 1}}})
		if o.State != Complete || len(all) != 1 || all[0].At != 0 || all[0].W != 61 || all[0].H != 41 || o.Info.Kind != Photo {
			t.Errorf("%s: %+v, %d frames", name, o, len(all))
			continue
		}
		near(t, name+" upper left", all[0].Pix[5*61+5], 220)
		near(t, name+" upper right", all[0].Pix[5*61+55], 30)
		near(t, name+" below", all[0].Pix[35*61+30], 100)
	}
}

func TestOrientationIsUndone(t *testing.T) {
	// Where the light quarter and the dark one are, in quarters (x, y), after each orientation.
	where := [9][2][2]int{1: {{0, 0}, {1, 0}}, 2: {{1, 0}, {0, 0}}, 3: {{1, 1}, {0, 1}}, 4: {{0, 1}, {1, 1}}, 5: {{0, 0}, {0, 1}}, 6: {{1, 0}, {1, 1}}, 7: {{1, 1}, {1, 0}}, 8: {{0, 1}, {0, 0}}}
	plain := encodeJPEG(t, corner(80, 40))
	tools := tools(t, Options{})
	for o := byte(1); o <= 8; o++ {
		path := write(t, "a.jpg", withOrientation(plain, o))
		all, out := collect(t, tools, Request{Path: path, View: View{Box: Box{W: 40, H: 40}}})
		w, h := 40, 20
		if o >= 5 {
			w, h = 20, 40
		}
		if len(all) != 1 || all[0].W != w || all[0].H != h || out.Info.W != 2*w || out.Info.H != 2*h {
			t.Errorf("orientation %d: %+v", o, out)
			continue
		}
		at := func(q [2]int) byte { return all[0].Pix[(h/4+q[1]*h/2)*w+w/4+q[0]*w/2] }
		near(t, "light quarter", at(where[o][0]), 220)
		near(t, "dark quarter", at(where[o][1]), 30)
		if want := "2014:05:06 07:08:09"; out.Info.Tags["exif.DateTimeOriginal"] != want {
			t.Errorf("orientation %d: tags %v, want DateTimeOriginal %s", o, out.Info.Tags, want)
		}
	}
}

func TestBrokenPhotosAreUnreadable(t *testing.T) {
	whole := encodeJPEG(t, corner(300, 200))
	var p bytes.Buffer
	if err := png.Encode(&p, corner(8, 8)); err != nil {
		t.Fatal(err)
	}
	bomb := bytes.Clone(p.Bytes())
	copy(bomb[16:], []byte{0, 0, 0xfa, 0xfa, 0, 0, 0xfa, 0xfa}) // 64,250 x 64,250; the checksum is wrong too
	tools := tools(t, Options{})
	for name, b := range map[string][]byte{"header only": whole[:20], "bomb": bomb, "noise": append([]byte("\xff\xd8\xff\xe0"), make([]byte, 999)...)} {
		all, o := collect(t, tools, Request{Path: write(t, "x.jpg", b)})
		if o.State != Unreadable || len(all) != 0 || o.Detail == "" {
			t.Errorf("%s: %+v", name, o)
		}
	}
	if all, o := collect(t, tools, Request{Path: write(t, "x.jpg", whole)}); o.State != Complete || len(all) != 1 {
		t.Errorf("the worker did not outlive broken photos: %+v", o)
	}
}

func TestXMPIsFlattened(t *testing.T) {
	packet := `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:p="p" xmlns:d="d">
	<rdf:Description d:City="Homs"><d:creator><rdf:Seq><rdf:li>A</rdf:li><rdf:li>B</rdf:li></rdf:Seq></d:creator>
	<p:LocationShown><rdf:Bag><rdf:li rdf:parseType="Resource"><p:City>Aleppo</p:City></rdf:li></rdf:Bag></p:LocationShown></rdf:Description></rdf:RDF></x:xmpmeta>`
	got := map[string]string{}
	readXMP([]byte(packet), func(k, v string) { got[k] = v })
	for k, want := range map[string]string{"xmp.City": "Homs", "xmp.creator": "A; B", "xmp.LocationShown/City": "Aleppo"} {
		if got[k] != want {
			t.Errorf("%s = %q, want %q (all: %v)", k, got[k], want, got)
		}
	}
}

func TestFramesStopsWhenToldTo(t *testing.T) {
	tools := tools(t, Options{})
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := tools.Frames(ctx, Request{Path: write(t, "a.jpg", encodeJPEG(t, corner(9, 9)))}, func(Frame) error { return nil }); err == nil {
		t.Error("no error from an ended context")
	}
}

func copyFile(t testing.TB, from, to string) {
	t.Helper()
	b, err := os.ReadFile(from)
	if err == nil {
		err = os.WriteFile(to, b, 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
}
