package intake

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
)

// tree makes a folder with everything that is no plain file in it.
func tree(t *testing.T) string {
	dir := filepath.Join(t.TempDir(), "in")
	must := func(err error) {
		if err != nil {
			t.Helper()
			t.Fatal(err)
		}
	}
	must(os.MkdirAll(filepath.Join(dir, "deep", "deeper"), 0o700))
	must(os.Mkdir(filepath.Join(dir, "data"), 0o700))
	for _, name := range []string{"b.txt", "a.txt", "deep/c.txt", "deep/deeper/d.txt", "data/e.txt", "bad\xff.txt"} {
		must(os.WriteFile(filepath.Join(dir, name), []byte(name), 0o600))
	}
	must(os.Symlink("..", filepath.Join(dir, "deep", "up")))
	must(os.Symlink("self", filepath.Join(dir, "self")))
	must(os.Symlink("nowhere", filepath.Join(dir, "dangling")))
	must(os.Symlink("a.txt", filepath.Join(dir, "link.txt")))
	must(syscall.Mkfifo(filepath.Join(dir, "pipe"), 0o600))
	must(os.Symlink("pipe", filepath.Join(dir, "to-pipe")))
	return dir
}

func TestWalk(t *testing.T) {
	dir := tree(t)
	var files, skips []string
	err := Walk(t.Context(), []string{dir, filepath.Join(dir, "b.txt"), filepath.Join(dir, "none")}, filepath.Join(dir, "data"),
		func(f File) error { files = append(files, f.Given+": "+f.Name); return nil },
		func(s Skip) { skips = append(skips, s.Reason+" "+filepath.Base(s.Path)) })
	if err != nil {
		t.Fatal(err)
	}
	wantFiles := []string{"in: a.txt", "in: b.txt", "in: deep/c.txt", "in: deep/deeper/d.txt", "in: link.txt", "b.txt: b.txt"}
	if !slices.Equal(files, wantFiles) {
		t.Errorf("files = %q, want %q", files, wantFiles)
	}
	wantSkips := []string{"name bad\xff.txt", "link dangling", "data data", "link up", "pipe pipe", "link self", "pipe to-pipe", "missing none"}
	slices.Sort(skips)
	slices.Sort(wantSkips)
	if !slices.Equal(skips, wantSkips) {
		t.Errorf("skips = %q, want %q", skips, wantSkips)
	}
}

func TestWalkEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	n := 0
	err := Walk(ctx, []string{tree(t)}, "", func(File) error { n++; cancel(); return nil }, func(Skip) {})
	if !errors.Is(err, context.Canceled) || n != 1 {
		t.Errorf("Walk = %v after %d files, want context.Canceled after 1", err, n)
	}
}

func TestOpenRefusesWhatIsNoRegularFile(t *testing.T) {
	dir := tree(t)
	for _, name := range []string{"pipe", "deep", "to-pipe"} { // a pipe without a writer must not hold us up
		if f, err := open(filepath.Join(dir, name)); err == nil {
			f.Close()
			t.Errorf("open(%s) succeeded, want an error", name)
		}
	}
}
