//go:build unix

package index

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// mapFile maps the whole of f for reading; the mapping outlives f.
func mapFile(f *os.File) ([]byte, func() error, error) {
	n, err := fileSize(f)
	if err != nil || n == 0 {
		return nil, func() error { return nil }, err
	}
	b, err := unix.Mmap(int(f.Fd()), 0, n, unix.PROT_READ, unix.MAP_SHARED)
	if err != nil {
		return nil, nil, fmt.Errorf("map %d bytes: %w", n, err)
	}
	return b, func() error { return unix.Munmap(b) }, nil
}

// release lets go of the pages of a mapping that the process holds; they are read again, from the
// system's cache or the disk, when they are needed.
func release(b []byte) {
	if len(b) > 0 {
		unix.Madvise(b, unix.MADV_DONTNEED) // advice: nothing is lost when it is not taken
	}
}
