package custody

import (
	"errors"
	"fmt"
	"os"
	"syscall"
	"testing"
)

// TestWithErrno has errors as Tessera makes them: with %v somewhere in the chain.
func TestWithErrno(t *testing.T) {
	full := fmt.Errorf("failed to write new tree state: %v", os.NewSyscallError("write", syscall.ENOSPC))
	if errors.Is(full, syscall.ENOSPC) {
		t.Fatal("the chain is not cut: there is nothing to test")
	}
	got := withErrno(full)
	if !errors.Is(got, syscall.ENOSPC) || got.Error() != full.Error() {
		t.Errorf("withErrno(%v) = %v, which is ENOSPC: %v", full, got, errors.Is(got, syscall.ENOSPC))
	}
	if other := fmt.Errorf("failed to open: %w", syscall.ENOENT); withErrno(other) != other {
		t.Errorf("withErrno(%v) = %v, want the same", other, withErrno(other))
	}
}
