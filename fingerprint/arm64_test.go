package fingerprint

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"testing"
)

// TestArm64GivesTheSameBits builds this package's tests for arm64, looks for fused multiply-adds,
// and runs the reference vectors under qemu. Without qemu only the first half is done, except in
// continuous integration (CI set), where qemu is required.
func TestArm64GivesTheSameBits(t *testing.T) {
	if runtime.GOARCH == "arm64" {
		return // every other test has run on arm64 already
	}
	bin := filepath.Join(t.TempDir(), "fingerprint.arm64")
	build := exec.Command("go", "test", "-c", "-o", bin, ".")
	build.Env = append(os.Environ(), "GOOS=linux", "GOARCH=arm64", "CGO_ENABLED=0", "GOFLAGS=")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build for arm64: %v\n%s", err, out)
	}
	code, err := exec.Command("go", "tool", "objdump", "-s", `^beleg/fingerprint\.`, bin).Output()
	if err != nil {
		t.Fatalf("read the arm64 code: %v", err)
	}
	if len(code) < 1000 {
		t.Fatalf("the arm64 code of this package has %d bytes of text: it was not found", len(code))
	}
	for _, fused := range regexp.MustCompile(`.*\bFN?M(ADD|SUB)[SD].*`).FindAll(code, -1) {
		if !bytes.Contains(fused, []byte("_test.go:")) { // the slow twins of the tests may
			t.Errorf("arm64 code multiplies and adds in one step:\n%s", fused)
		}
	}
	runUnderQemu(t, bin)
}

func runUnderQemu(t *testing.T, bin string) {
	for _, name := range []string{"qemu-aarch64-static", "qemu-aarch64"} {
		qemu, err := exec.LookPath(name)
		if err != nil {
			continue
		}
		out, err := exec.Command(qemu, bin, "-test.run", "^TestPDQ").CombinedOutput()
		if err != nil {
			t.Errorf("on arm64: %v\n%s", err, out)
		}
		return
	}
	const advice = "qemu-aarch64 is not installed (package qemu-user-static): arm64 code was built and read, not run"
	if os.Getenv("CI") != "" {
		t.Fatal(advice)
	}
	t.Log(advice)
}
