package eval

import (
	"bytes"
	"fmt"
	"os"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// cpuTime is the CPU time of this process, user and system.
func cpuTime() time.Duration {
	var u unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &u); err != nil {
		panic("eval: getrusage: " + err.Error()) // it cannot fail for the own process
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// peakOf is the most resident memory in bytes that an ended process, or one of its children, took, mapped files
// included.
func peakOf(p *os.ProcessState) int64 {
	u, ok := p.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0
	}
	return int64(u.Maxrss) << 10
}

// dropCache drops what the system's cache holds of the file.
func dropCache(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	// Pages that wait to be written are not dropped: a part is synced when it gets its name.
	if err := unix.Fadvise(int(f.Fd()), 0, 0, unix.FADV_DONTNEED); err != nil {
		return fmt.Errorf("drop %s from the cache: %w", path, err)
	}
	return nil
}

// resetPeak begins a new peak of resident memory.
func resetPeak() {
	os.WriteFile("/proc/self/clear_refs", []byte("5"), 0) // where it may not, the peak is that of the whole run
}

// resident returns the resident bytes that are no files, now, and the peak of all since resetPeak.
func resident() (own, peak int64) {
	b, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0, 0
	}
	for line := range bytes.Lines(b) {
		var kb int64
		if _, err := fmt.Sscanf(string(line), "RssAnon: %d kB", &kb); err == nil {
			own = kb << 10
		}
		if _, err := fmt.Sscanf(string(line), "VmHWM: %d kB", &kb); err == nil {
			peak = kb << 10
		}
	}
	return own, peak
}
