package index

import (
	"fmt"
	"os"
)

// fileSize returns the length of f in bytes, and an error unless f is a plain file that fits into
// the address space.
func fileSize(f *os.File) (int, error) {
	info, err := f.Stat()
	if err != nil {
		return 0, err
	}
	if !info.Mode().IsRegular() {
		return 0, fmt.Errorf("not a plain file")
	}
	n := int(info.Size())
	if int64(n) != info.Size() || n < 0 {
		return 0, fmt.Errorf("%d bytes are too many for this machine", info.Size())
	}
	return n, nil
}
