package match

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"
)

// TestArm64RoundsAlike builds this package for arm64 and looks for fused multiply-adds, which round
// otherwise than amd64 does.
func TestArm64RoundsAlike(t *testing.T) {
	bin := filepath.Join(t.TempDir(), "match.arm64")
	build := exec.Command("go", "test", "-c", "-o", bin, ".")
	build.Env = append(os.Environ(), "GOOS=linux", "GOARCH=arm64", "CGO_ENABLED=0", "GOFLAGS=")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build for arm64: %v\n%s", err, out)
	}
	code, err := exec.Command("go", "tool", "objdump", "-s", `^beleg/match\.`, bin).Output()
	if err != nil {
		t.Fatalf("read the arm64 code: %v", err)
	}
	if len(code) < 1000 {
		t.Fatalf("the arm64 code of this package has %d bytes of text: it was not found", len(code))
	}
	for _, fused := range regexp.MustCompile(`.*\bFN?M(ADD|SUB)[SD].*`).FindAll(code, -1) {
		t.Errorf("multiplies and adds in one step: %s", fused)
	}
}
