package synth

import (
	"context"
	"image"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func ffmpeg(t *testing.T) string {
	t.Helper()
	path, err := exec.LookPath("ffmpeg")
	if err != nil {
		t.Fatal("these tests need ffmpeg: install it with the system's package manager, or run ./do test")
	}
	return path
}

func frame(d Drawer, t float64) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, 320, 180))
	d.Draw(img, t)
	return img
}

func TestSameSeedSamePicture(t *testing.T) {
	for k := Street; k <= Studio; k++ {
		a, b := frame(NewWorld(k, 3, 320, 180), 1.2), frame(NewWorld(k, 3, 320, 180), 1.2)
		if string(a.Pix) != string(b.Pix) {
			t.Errorf("kind %d: two draws of one moment differ", k)
		}
		if c := frame(NewWorld(k, 4, 320, 180), 1.2); string(a.Pix) == string(c.Pix) {
			t.Errorf("kind %d: another seed drew the same picture", k)
		}
		if c := frame(NewWorld(k, 3, 320, 180), 2.2); string(a.Pix) == string(c.Pix) {
			t.Errorf("kind %d: nothing moves", k)
		}
	}
}

func TestPicturesHaveTexture(t *testing.T) {
	for k := Street; k < Studio; k++ {
		img := frame(NewWorld(k, 11, 320, 180), 0)
		seen := map[[3]byte]bool{}
		for i := 0; i < len(img.Pix); i += 4 {
			seen[[3]byte(img.Pix[i:i+3])] = true
			if img.Pix[i+3] != 255 {
				t.Fatalf("kind %d: pixel %d is not opaque", k, i/4)
			}
		}
		if len(seen) < 500 {
			t.Errorf("kind %d: %d colours, want a picture with texture", k, len(seen))
		}
	}
}

func TestMirroredShotMirrors(t *testing.T) {
	wd := NewWorld(Square, 8, 320, 180)
	plain, flipped := frame(&Programme{Shots: []Shot{{Seen: wd, Seconds: 2}}}, 1), frame(&Programme{Shots: []Shot{{Seen: wd, Seconds: 2, Mirrored: true}}}, 1)
	for y := range 180 {
		for x := range 320 {
			if plain.RGBAAt(x, y) != flipped.RGBAAt(319-x, y) {
				t.Fatalf("pixel %d,%d is not mirrored", x, y)
			}
		}
	}
}

func TestWriteStory(t *testing.T) {
	dir := t.TempDir()
	s, err := WriteStory(context.Background(), ffmpeg(t), dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	table, err := os.ReadFile(s.Table)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range strings.Split(strings.TrimSpace(string(table)), "\n")[1:] {
		if st, err := os.Stat(filepath.Join(s.Archive, strings.Split(row, "\t")[0])); err != nil || st.Size() < 10_000 {
			t.Errorf("row %q: %v, %v", row, st, err)
		}
	}
	for _, p := range []string{s.Broadcast, s.Article, s.Statement} {
		if _, err := os.Stat(p); err != nil {
			t.Error(err)
		}
	}
	for _, r := range s.Reuses {
		if !strings.Contains(string(table), r.File) {
			t.Errorf("reuse of %s, which is not in the table", r.File)
		}
	}
}
