package custody

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// killRounds is how many times the writer is killed. "go test ./custody -kill 200" does what a release needs.
var killRounds = flag.Int("kill", 25, "how many times to kill a writing process")

// helperMode is the environment variable that makes the test binary a writer instead.
const helperMode = "BELEG_CUSTODY_HELPER"

func TestMain(m *testing.M) {
	if mode := os.Getenv(helperMode); mode != "" {
		os.Exit(helper(mode, os.Args[1], os.Args[2]))
	}
	os.Exit(m.Run())
}

// helper writes to the archive in dir and prints a line for each record that was acknowledged.
func helper(mode, dir, key string) int {
	if err := helperRun(mode, dir, key); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

func helperRun(mode, dir, key string) error {
	ctx := context.Background()
	a, err := Open(ctx, dir, Options{KeyFile: key})
	if err != nil {
		return err
	}
	for i := 0; mode == "loop" || i == 0; i++ {
		if err := helperStep(ctx, a, i); err != nil {
			return errors.Join(err, a.Close())
		}
	}
	return a.Close()
}

// helperStep takes in one original, with a few records at once, and now and then deletes one.
func helperStep(ctx context.Context, a *Archive, i int) error {
	o, err := a.Put(ctx, strings.NewReader(fmt.Sprintf("%d of process %d", i, os.Getpid())))
	if err != nil {
		return err
	}
	r, err := a.Record(ctx, Record{Kind: KindIntake, Actor: "helper", Original: o.Digest})
	if err != nil {
		return err
	}
	fmt.Printf("ack %d %s\n", r.Index, o.Digest)
	if i%4 == 1 {
		var waits []func(context.Context) (Receipt, error)
		for range 40 {
			waits = append(waits, a.RecordAsync(ctx, Record{Kind: "decision", Actor: "helper", Original: o.Digest}))
		}
		for _, wait := range waits {
			if r, err = wait(ctx); err != nil {
				return err
			}
			fmt.Printf("ack %d %s\n", r.Index, o.Digest)
		}
	}
	if i%4 == 2 {
		fmt.Printf("deleting %s\n", o.Digest) // from here on it may or may not be there
		if r, err = a.Delete(ctx, o.Digest, "helper", "test"); err != nil {
			return err
		}
		fmt.Printf("ack %d %s\n", r.Index, o.Digest)
	}
	return nil
}

// An ack is what a helper printed before it ended.
type acks struct {
	records map[uint64]string // index to digest
	deleted map[string]bool   // digests whose deletion was begun
}

func (k *acks) read(out []byte) {
	if k.records == nil {
		k.records, k.deleted = map[uint64]string{}, map[string]bool{}
	}
	for s := bufio.NewScanner(bytes.NewReader(out)); s.Scan(); {
		var i uint64
		var d string
		if n, _ := fmt.Sscanf(s.Text(), "ack %d %s", &i, &d); n == 2 && len(d) == 64 {
			k.records[i] = d
		} else if n, _ := fmt.Sscanf(s.Text(), "deleting %s", &d); n == 1 && len(d) == 64 {
			k.deleted[d] = true
		}
	}
}

// check says that the archive verifies and that everything acknowledged is there.
func (k *acks) check(ctx context.Context, p place) error {
	rep, err := Verify(ctx, p.dir, VerifyOptions{KeyFile: p.key})
	if err != nil {
		return err
	}
	if len(rep.Faults) > 0 {
		return fmt.Errorf("verify found %v", rep.Faults)
	}
	if len(k.records) == 0 {
		return nil
	}
	a, err := OpenReadOnly(ctx, p.dir)
	if err != nil {
		return err
	}
	defer a.Close()
	found := map[uint64]string{}
	for r, err := range a.Records(ctx, 0) {
		if err != nil {
			return err
		}
		found[r.Index] = r.Original.String()
	}
	for i, d := range k.records {
		if found[i] != d {
			return fmt.Errorf("acknowledged record %d about %s: the log has %q", i, d, found[i])
		}
		digest, err := ParseDigest(d)
		if err != nil {
			return err
		}
		if h, err := a.Original(digest); err == nil {
			h.Close()
		} else if !k.deleted[d] {
			return fmt.Errorf("acknowledged original %s: %w", d, err)
		}
	}
	return nil
}

func helperEnv(mode string) []string { return append(os.Environ(), helperMode+"="+mode) }

// TestKill is promise 1: a writer that is killed at any moment loses nothing it acknowledged, and leaves an
// archive that verifies.
func TestKill(t *testing.T) {
	p := newPlace(t)
	random := rand.New(rand.NewPCG(5, uint64(*killRounds)))
	var k acks
	for round := range *killRounds {
		cmd := exec.CommandContext(t.Context(), os.Args[0], p.dir, p.key)
		cmd.Env = helperEnv("loop")
		var errs bytes.Buffer
		cmd.Stderr = &errs
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		// Most kills come while records flow, some while the archive is being opened or made.
		wait := time.Duration(random.IntN(150)) * time.Millisecond
		timer := time.AfterFunc(wait, func() { cmd.Process.Kill() })
		var printed bytes.Buffer
		printed.ReadFrom(out)
		cmd.Wait()
		timer.Stop()
		if cmd.ProcessState.Exited() {
			t.Fatalf("round %d: the helper ended by itself: %s", round, errs.String())
		}
		k.read(printed.Bytes())
		if _, err := os.Stat(p.dir); errors.Is(err, fs.ErrNotExist) || !exists(p.dir, versionFile) {
			continue // killed before there was an archive
		}
		if err := k.check(t.Context(), p); err != nil {
			t.Fatalf("round %d, killed after %v: %v", round, wait, err)
		}
	}
	if len(k.records) == 0 {
		t.Error("no record was ever acknowledged: the test shows nothing")
	}
	a := p.open(t, Options{})
	intake(t, a, "after all")
	closed(t, a)
	wantClean(t, p.verify(t))
	t.Logf("%d kills, %d records acknowledged", *killRounds, len(k.records))
}

func exists(dir, name string) bool {
	_, err := os.Stat(filepath.Join(dir, name))
	return err == nil
}
