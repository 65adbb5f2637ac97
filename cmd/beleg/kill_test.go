package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"beleg/custody"
	"beleg/internal/intake"
)

// TestKillDuringAdd kills add of a folder at random points, BELEG_KILLS times (15 when it is not set). After
// each kill everything verifies, whatever was acknowledged is there, and the next add goes on.
func TestKillDuringAdd(t *testing.T) {
	kills := 15
	if n, err := strconv.Atoi(os.Getenv("BELEG_KILLS")); err == nil {
		kills = n
	}
	in := killFolder(t)
	random := rand.New(rand.NewPCG(1, 2))
	f := newKilled(t, in)
	whole := f.whole() // how long it takes undisturbed
	f = newKilled(t, in)
	for n := range kills {
		ended := f.add(time.Duration(random.Int64N(int64(whole))))
		f.check(n)
		if ended { // nothing left to disturb: begin anew
			f = newKilled(t, in)
		}
	}
}

// killFolder makes a folder of texts and clips.
func killFolder(t *testing.T) string {
	in := filepath.Join(t.TempDir(), "in")
	if err := os.Mkdir(in, 0o700); err != nil {
		t.Fatal(err)
	}
	for i := range 24 {
		text := fmt.Sprintf("Text %d says that %d bridges were closed on Tuesday.\n", i, i)
		if err := os.WriteFile(filepath.Join(in, fmt.Sprintf("%02d.txt", i)), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for i, source := range []string{"testsrc2", "mandelbrot", "testsrc"} {
		out := filepath.Join(in, fmt.Sprintf("%02d-clip.mp4", 7*i))
		b, err := exec.Command("ffmpeg", "-v", "error", "-f", "lavfi", "-i", source+"=s=160x120:r=10", "-t", "1", "-pix_fmt", "yuv420p", out).CombinedOutput()
		if err != nil {
			t.Fatalf("make %s: %v\n%s", out, err, b)
		}
	}
	return in
}

// A killed is a data folder whose writers get killed.
type killed struct {
	t            *testing.T
	in, dir      string
	acknowledged map[string]bool // ids that were printed
}

func newKilled(t *testing.T, in string) *killed {
	return &killed{t: t, in: in, dir: t.TempDir(), acknowledged: map[string]bool{}}
}

func (k *killed) command() (*exec.Cmd, *bytes.Buffer) {
	cmd := exec.Command("/proc/self/exe", "--data", filepath.Join(k.dir, "data"), "add", "--json", k.in)
	cmd.Args[0] = "beleg"
	cmd.Env = append(os.Environ(), "BELEG_KEY="+filepath.Join(k.dir, "key"), "BELEG_ACTOR=anna", "LANG=C")
	var out bytes.Buffer
	cmd.Stdout = &out
	return cmd, &out
}

// whole runs add to its end and returns how long that took.
func (k *killed) whole() time.Duration {
	cmd, _ := k.command()
	start := time.Now()
	if err := cmd.Run(); err != nil {
		k.t.Fatalf("add undisturbed: %v", err)
	}
	return time.Since(start)
}

// add runs add and kills it after that time. It reports whether add ended before.
func (k *killed) add(after time.Duration) (ended bool) {
	cmd, out := k.command()
	if err := cmd.Start(); err != nil {
		k.t.Fatal(err)
	}
	timer := time.AfterFunc(after, func() { cmd.Process.Signal(syscall.SIGKILL) })
	err := cmd.Wait()
	timer.Stop()
	for line := range bytes.Lines(out.Bytes()) {
		var taken struct{ ID string }
		if json.Unmarshal(line, &taken) == nil { // the last line may be cut off
			k.acknowledged[taken.ID] = true
		}
	}
	return err == nil
}

// check verifies the folder, and that all that was acknowledged is there with its bytes.
func (k *killed) check(n int) {
	k.t.Helper()
	data := filepath.Join(k.dir, "data")
	r, err := intake.Verify(k.t.Context(), data, custody.VerifyOptions{})
	if err != nil {
		if len(k.acknowledged) == 0 { // killed before there was an archive
			return
		}
		k.t.Fatalf("kill %d: verify: %v", n, err)
	}
	for _, f := range r.Faults {
		k.t.Errorf("kill %d: fault %v", n, f)
	}
	folder, err := intake.OpenReadOnly(k.t.Context(), data)
	if err != nil {
		k.t.Fatalf("kill %d: open: %v", n, err)
	}
	defer folder.Close()
	for id := range k.acknowledged {
		if _, err := folder.Catalogue.Item(k.t.Context(), id); err != nil {
			k.t.Errorf("kill %d: acknowledged item: %v", n, err)
		}
		d, err := custody.ParseDigest(id)
		if err != nil {
			k.t.Fatal(err)
		}
		h, err := folder.Archive.Original(d)
		if err != nil {
			k.t.Errorf("kill %d: acknowledged original: %v", n, err)
			continue
		}
		h.Close()
	}
}
