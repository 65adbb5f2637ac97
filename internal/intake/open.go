package intake

import (
	"fmt"
	"os"
)

// open opens the regular file at path and nothing else: what stands there may have
// been swapped since the folder was listed.
func open(path string) (*os.File, error) {
	f, err := os.OpenFile(path, openFlags, 0)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = fmt.Errorf("open %s: no regular file any more", path)
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}
