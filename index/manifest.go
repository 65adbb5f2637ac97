package index

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// ErrManifest reports a list of parts that cannot be read. The index must be rebuilt.
var ErrManifest = errors.New("index: damaged manifest")

// manifestName is the file that says which parts count. A part that is not listed does not exist.
const manifestName = "manifest.json"

// A manifest lists the parts of a folder and the documents deleted from them.
type manifest struct {
	Version int          `json:"version"`
	Next    int          `json:"next"` // number of the next part
	Parts   []partRecord `json:"parts"`
	Deleted []uint32     `json:"deleted"` // documents, ascending, that may still have entries in a part
}

// A partRecord names a part and says whose fingerprints it holds, so that a torn one can be made again.
type partRecord struct {
	Name      string      `json:"name"`
	Entries   int         `json:"entries"`
	Documents [][2]uint32 `json:"documents"` // from and to, both included, ascending
}

// The file is one line with the CRC32C of what follows, in eight hexadecimal digits, then the JSON.

func readManifest(dir string) (manifest, error) {
	b, err := os.ReadFile(filepath.Join(dir, manifestName))
	if errors.Is(err, fs.ErrNotExist) {
		return manifest{Version: Version, Next: 1}, nil
	}
	if err != nil {
		return manifest{}, fmt.Errorf("read manifest: %w", err)
	}
	m, err := parseManifest(b)
	if err != nil {
		return manifest{}, fmt.Errorf("read manifest in %s: %w", dir, err)
	}
	return m, nil
}

func parseManifest(b []byte) (manifest, error) {
	sum, body, ok := bytes.Cut(b, []byte("\n"))
	if !ok || string(sum) != fmt.Sprintf("%08x", crc32.Checksum(body, castagnoli)) {
		return manifest{}, fmt.Errorf("%w: its checksum does not fit", ErrManifest)
	}
	var m manifest
	if err := json.Unmarshal(body, &m); err != nil {
		return manifest{}, fmt.Errorf("%w: %w", ErrManifest, err)
	}
	if m.Version != Version {
		return manifest{}, fmt.Errorf("%w %d in the manifest, this program reads %d", ErrVersion, m.Version, Version)
	}
	for _, p := range m.Parts {
		if p.Name != filepath.Base(p.Name) || p.Name == "." || p.Name == ".." {
			return manifest{}, fmt.Errorf("%w: part name %q", ErrManifest, p.Name)
		}
	}
	return m, nil
}

func (m manifest) bytes() []byte {
	body, err := json.MarshalIndent(m, "", " ")
	if err != nil {
		panic("index: manifest: " + err.Error()) // numbers and strings only
	}
	body = append(body, '\n')
	return fmt.Appendf(nil, "%08x\n%s", crc32.Checksum(body, castagnoli), body)
}

// write puts m in place of the folder's manifest, durably.
func (m manifest) write(dir string) error {
	if err := replace(dir, manifestName, m.bytes()); err != nil {
		return fmt.Errorf("write manifest: %w", err)
	}
	return nil
}

// replace puts a file of the bytes b in the place of the file of that name, durably.
func replace(dir, name string, b []byte) error {
	f, err := os.CreateTemp(dir, tempPattern)
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // gone already when all went well
	_, err = f.Write(b)
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), filepath.Join(dir, name))
	}
	if err != nil {
		return err
	}
	return syncDir(dir)
}

// clone returns a copy that may be changed.
func (m manifest) clone() manifest {
	m.Parts, m.Deleted = slices.Clone(m.Parts), slices.Clone(m.Deleted)
	return m
}

// spans writes documents, ascending, as runs.
func spans(documents []uint32) [][2]uint32 {
	var out [][2]uint32
	for _, d := range documents {
		if n := len(out); n > 0 && d-out[n-1][1] <= 1 {
			out[n-1][1] = d
		} else {
			out = append(out, [2]uint32{d, d})
		}
	}
	return out
}

// within reports whether document lies in one of the runs.
func within(runs [][2]uint32, document uint32) bool {
	i, exact := slices.BinarySearchFunc(runs, document, func(r [2]uint32, d uint32) int { return cmp.Compare(r[0], d) })
	return exact || i > 0 && document <= runs[i-1][1]
}
