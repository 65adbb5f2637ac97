package video

import (
	"os"

	"golang.org/x/sys/unix"
)

// widen lets a pipe hold whole pictures, so that who reads and who writes wake each other less often. It is a
// matter of speed alone: a system that allows less gives less.
func widen(w *os.File) {
	unix.FcntlInt(w.Fd(), unix.F_SETPIPE_SZ, 1<<20)
}
