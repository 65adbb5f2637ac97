package desk

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
)

// axe-core (MPL-2.0) is a tool of the tests and no part of the program; docs/decisions/axe.md.
const (
	axePackage = "axe-core@4.14.1"
	axeDigest  = "29348999450cdf2849a8e70b7912fc2da85a849da39c0d0d5394f51d4a9ed95c" // of axe.min.js
)

var axeOnce = sync.OnceValues(func() (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	file := filepath.Join(cache, "beleg-test", axePackage+".min.js")
	if b, err := os.ReadFile(file); err == nil && axeSum(b) == axeDigest {
		return string(b), nil
	}
	dir, err := os.MkdirTemp("", "beleg-axe-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	get := exec.Command("npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", dir, axePackage)
	get.Stderr = os.Stderr
	if err := get.Run(); err != nil {
		return "", err
	}
	b, err := os.ReadFile(filepath.Join(dir, "node_modules", "axe-core", "axe.min.js"))
	if err != nil {
		return "", err
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return "", err
	}
	return string(b), os.WriteFile(file, b, 0o600)
})

func axeSum(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// axe returns the accessibility checker.
func axe(t testing.TB) string {
	t.Helper()
	text, err := axeOnce()
	if err != nil {
		t.Fatalf("get %s with npm: %v", axePackage, err)
	}
	if got := axeSum([]byte(text)); got != axeDigest {
		t.Fatalf("axe.min.js hashes to %s, want %s", got, axeDigest)
	}
	return text
}
