package custody

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"path"
	"regexp"
	"strconv"
	"strings"

	"github.com/transparency-dev/merkle/compact"
	"github.com/transparency-dev/merkle/rfc6962"
	"github.com/transparency-dev/tessera/api/layout"
	"github.com/transparency-dev/tessera/client"
)

// Files of the Tessera log beside its tiles.
const (
	checkpointFile = treeDir + "/checkpoint"
	stateFile      = treeDir + "/.state/treeState"
	stateVersion   = treeDir + "/.state/version"
)

const (
	hashSize       = sha256.Size
	width          = layout.TileWidth
	entrySize      = 2 + hashSize // a length of two bytes, then the commitment
	maxCheckpoint  = 1 << 14      // bytes
	maxState       = 1 << 10      // bytes
	recordsPerDir  = 1024         // a batch of records touches one or two directories, so one or two syncs make it durable
	maxTreeEntries = 1 << 48      // more would not fit any disk; bounds what a forged size can make us do
)

// treeState is what Tessera has integrated: the newest checkpoint may still be smaller.
type treeState struct {
	Size uint64 `json:"size"`
	Root []byte `json:"root"`
}

// readState returns the size and root of the log as integrated, in the one form in which Tessera writes them.
func (f *folder) readState() (treeState, error) {
	b, err := f.read(stateFile, maxState)
	if err != nil {
		return treeState{}, fmt.Errorf("read tree state: %w", err)
	}
	s, err := parseState(b)
	if err != nil {
		return treeState{}, fmt.Errorf("read tree state: %w: %w", err, ErrDamaged)
	}
	return s, nil
}

func parseState(b []byte) (treeState, error) {
	var s treeState
	if err := json.Unmarshal(b, &s); err != nil {
		return treeState{}, err
	}
	again, err := json.Marshal(s)
	if err != nil || !bytes.Equal(again, b) || len(s.Root) != hashSize || s.Size > maxTreeEntries {
		return treeState{}, errors.New("it is not as it was written")
	}
	return s, nil
}

// tilePath is the file of the tile, or of the entry bundle when level is entries; p is its width, 0 when it is
// full.
func tilePath(level int, index uint64, p int) string {
	if level == entries {
		return path.Join(treeDir, layout.EntriesPath(index, uint8(p)))
	}
	return path.Join(treeDir, layout.TilePath(uint64(level), index, uint8(p)))
}

// entries is the level of entry bundles, which lie below the tiles of level 0.
const entries = -1

// readTile returns p hashes of a tile, or p entries of a bundle; p = 0 stands for all. The file of that width
// may be gone, because a writer has gone on meanwhile: any wider one begins with the same bytes.
func (f *folder) readTile(level int, index uint64, p int) (b []byte, name string, err error) {
	n := p
	if p == 0 {
		n = width
	}
	size := hashSize
	if level == entries {
		size = entrySize
	}
	// The writer may replace files between our looking and our opening; three rounds see it through.
	for range 3 {
		for _, t := range f.tileFiles(level, index, p) {
			name = tilePath(level, index, t.p)
			b, err = f.read(name, int64(width*size))
			if errors.Is(err, fs.ErrNotExist) {
				continue
			}
			if err != nil {
				return nil, name, err
			}
			if want := t.width() * size; len(b) != want {
				return nil, name, fmt.Errorf("%s has %d bytes, not %d: %w", name, len(b), want, ErrDamaged)
			}
			return b[:n*size], name, nil
		}
	}
	name = tilePath(level, index, p)
	return nil, name, fmt.Errorf("%s: %w", name, fs.ErrNotExist)
}

// tileFiles lists the files that may hold the first p hashes of a tile: the exact one, the full one, wider
// ones.
func (f *folder) tileFiles(level int, index uint64, p int) []treeFile {
	ts := []treeFile{{level, index, p}}
	if p == 0 {
		return ts
	}
	ts = append(ts, treeFile{level, index, 0})
	es, err := f.list(path.Dir(tilePath(level, index, p)))
	if err != nil {
		return ts
	}
	for _, e := range es {
		if q, err := strconv.Atoi(e.Name()); err == nil && p < q && q < width {
			ts = append(ts, treeFile{level, index, q})
		}
	}
	return ts
}

// fetchTile is readTile in the form that Tessera's proof builder asks for.
func (f *folder) fetchTile(_ context.Context, level, index uint64, p uint8) ([]byte, error) {
	if level > 63 {
		return nil, fs.ErrNotExist
	}
	b, _, err := f.readTile(int(level), index, int(p))
	return b, err
}

var _ client.TileFetcherFunc = (*folder)(nil).fetchTile

// entryAt returns entry i of a bundle as readTile returns it; false when its length is not that of a
// commitment.
func entryAt(bundle []byte, i int) (Digest, bool) {
	e := bundle[i*entrySize : (i+1)*entrySize]
	return Digest(e[2:]), e[0] == 0 && e[1] == hashSize
}

// leafHash is the hash that RFC 6962 section 2.1 gives a leaf of the tree: a commitment, hashed with a zero
// byte before it.
func leafHash(c Digest) Digest { return Digest(rfc6962.DefaultHasher.HashLeaf(c[:])) }

func newRange() *compact.Range {
	return (&compact.RangeFactory{Hash: rfc6962.DefaultHasher.HashChildren}).NewEmptyRange(0)
}

// rootOf is the root of the tree over r, which may be empty.
func rootOf(r *compact.Range) Digest {
	if r.End() == 0 {
		return Digest(rfc6962.DefaultHasher.EmptyRoot())
	}
	h, err := r.GetRootHash(nil)
	if err != nil {
		panic("custody: root of a compact range: " + err.Error())
	}
	return Digest(h)
}

// rootAt computes the root of the first size entries from the tiles on the tree's right edge.
func (f *folder) rootAt(ctx context.Context, size uint64) (Digest, error) {
	if size == 0 {
		return rootOf(newRange()), nil
	}
	hashes, err := client.FetchRangeNodes(ctx, size, f.fetchTile)
	if err != nil {
		return Digest{}, err
	}
	r, err := (&compact.RangeFactory{Hash: rfc6962.DefaultHasher.HashChildren}).NewRange(0, size, hashes)
	if err != nil {
		return Digest{}, err
	}
	return rootOf(r), nil
}

// recordPath is where the record lies that entry index of the log commits to.
func recordPath(index uint64, c Digest) string {
	return path.Join(recordsDir, fmt.Sprintf("%08d", index/recordsPerDir), c.String()+".json")
}

// partial is the width of a tile in a tree of that size, 0 when it is full.
func partial(level int, index, size uint64) int {
	return int(layout.PartialTileSize(uint64(max(level, 0)), index, size))
}

// A treeFile is the name of a file below log/tlog/tile, taken apart.
type treeFile struct {
	level int
	index uint64
	p     int // 0 when the file holds a full tile
}

// leftover matches what Tessera appends to the name of a file while it writes it.
var leftover = regexp.MustCompile(`^(checkpoint|\.state/(treeState|version)|tile/.*[0-9]{3})[0-9]{1,10}$|^tile/.*\.p/[0-9]+$`)

// parseTreePath takes apart a name below log/tlog.
func parseTreePath(name string) (treeFile, bool) {
	rest, ok := strings.CutPrefix(name, "tile/")
	if !ok {
		return treeFile{}, false
	}
	levelText, indexText, ok := strings.Cut(rest, "/")
	if !ok {
		return treeFile{}, false
	}
	t := treeFile{level: entries}
	if levelText != "entries" {
		l, err := layout.ParseTileLevel(levelText)
		if err != nil {
			return treeFile{}, false
		}
		t.level = int(l)
	}
	index, p, err := layout.ParseTileIndexPartial(indexText)
	if err != nil || index > math.MaxUint64/width-1 {
		return treeFile{}, false
	}
	t.index, t.p = index, int(p)
	return t, tilePath(t.level, t.index, t.p) == path.Join(treeDir, name)
}

// width is the number of hashes or entries in the file.
func (t treeFile) width() int {
	if t.p == 0 {
		return width
	}
	return t.p
}

// place says how a tile file stands to a tree of that size.
func (t treeFile) place(size uint64) tilePlace {
	have := size >> (8 * uint(max(t.level, 0))) // hashes at this level
	switch end := t.index*width + uint64(t.width()); {
	case end > have:
		return beyond
	case t.p == 0 || end == have:
		return current
	}
	return outgrown
}

type tilePlace int

const (
	current  tilePlace = iota // the tree needs it
	outgrown                  // a narrower state of a tile that has grown since
	beyond                    // from a write that was never acknowledged
)

// sweep removes tile files that are outgrown or beyond the tree, and with temps also what Tessera was writing
// when it was killed. Only the writer may call it, while Tessera writes no tile; with temps, only before
// Tessera starts.
func (f *folder) sweep(size uint64, temps bool) error {
	err := fs.WalkDir(f.root.FS(), treeDir, func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		rel := strings.TrimPrefix(name, treeDir+"/")
		t, ok := parseTreePath(rel)
		if ok && t.place(size) != current || temps && !ok && leftover.MatchString(rel) {
			return f.root.Remove(name)
		}
		return nil
	})
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
