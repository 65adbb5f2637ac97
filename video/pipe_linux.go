package video

import (
	"fmt"
	"io"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// pipeSize is how many bytes a pipe is to hold: some pictures, so that who reads and who writes wake each other less
// often. It is a matter of speed alone: a system that allows less gives less.
const pipeSize = 1 << 20

// newPipe returns both ends of a pipe. Reads of ours block a thread: the runtime's poller would be woken by each write.
func newPipe() (ours, theirs *os.File, err error) {
	var fds [2]int
	if err := unix.Pipe2(fds[:], unix.O_CLOEXEC); err != nil {
		return nil, nil, fmt.Errorf("open pipe: %w", err)
	}
	unix.FcntlInt(uintptr(fds[1]), unix.F_SETPIPE_SZ, pipeSize)
	return os.NewFile(uintptr(fds[0]), "pipe"), os.NewFile(uintptr(fds[1]), "pipe"), nil
}

// unhurried returns a reader of the pipe that lets it fill while it fills: a writer that hands over a picture in many
// pieces would else wake the reader for each.
func unhurried(pipe *os.File) io.Reader {
	size, err := unix.FcntlInt(pipe.Fd(), unix.F_GETPIPE_SZ, 0)
	if err != nil {
		return pipe
	}
	return &filling{pipe: pipe, fd: int(pipe.Fd()), much: size / 2}
}

type filling struct {
	pipe *os.File
	fd   int
	much int // bytes that are worth waking for
}

// fillTime is how long a pipe that is being filled is left alone.
const fillTime = 2 * time.Millisecond

func (f *filling) Read(p []byte) (int, error) {
	for last := 0; ; {
		held, err := unix.IoctlGetInt(f.fd, unix.TIOCINQ)
		if err != nil || held >= len(p) && last == 0 || held >= f.much || held == last {
			return f.pipe.Read(p)
		}
		last = held
		time.Sleep(fillTime)
	}
}
