//go:build !unix

package index

import (
	"io"
	"os"
)

// mapFile reads the whole of f: slower to open than a mapping, the same bytes.
func mapFile(f *os.File) ([]byte, func() error, error) {
	n, err := fileSize(f)
	if err != nil {
		return nil, nil, err
	}
	b := make([]byte, n)
	_, err = io.ReadFull(f, b)
	return b, func() error { return nil }, err
}

// release does nothing: the system decides which pages of a mapping the process holds.
func release([]byte) {}
