//go:build unix

package intake

import (
	"os"
	"syscall"
)

// openFlags keep an open from waiting for a writer if a file was swapped for a
// FIFO since it was listed.
const openFlags = os.O_RDONLY | syscall.O_NONBLOCK
