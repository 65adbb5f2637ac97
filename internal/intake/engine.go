package intake

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync"

	"beleg/custody"
	"beleg/index"
	"beleg/internal/store"
	"beleg/video"
)

// An Engine looks into what was preserved: it decodes in the confined child, fingerprints,
// and files the fingerprints in parts. It is safe for concurrent use.
type Engine struct {
	folder *Folder
	tools  *video.Tools // nil: text can be read, footage has to wait
	shelf  *shelf

	making sync.Mutex // held while a preview is made

	mu      sync.Mutex
	busy    map[custody.Digest]bool // guarded by mu: originals that a worker is at
	waiting []finding               // guarded by mu: fingerprinted, not yet in a durable part
	size    int                     // guarded by mu: features waiting
}

// A finding is what looking into an original found.
type finding struct {
	original  custody.Digest
	name      string
	body      store.Derivation
	keyframes []index.Keyframe
	features  int // in keyframes
}

// maxWaiting bounds the fingerprints that wait in memory for a common part, in features of
// 24 bytes: about two hours of footage, and what a kill can cost to decode again.
const maxWaiting = 1 << 20

// NewEngine returns the engine of a folder. Without tools text can be read, and footage has to wait.
func NewEngine(folder *Folder, tools *video.Tools) *Engine {
	return &Engine{folder: folder, tools: tools, shelf: openShelf(folder.Dir), busy: map[custody.Digest]bool{}}
}

// SetMemory bounds in bytes what the engine takes for the index, and as much again for the pictures of each subject that
// is checked, half of it for its own and half for the archive's. It is called before anything else.
func (e *Engine) SetMemory(bytes int64) { e.shelf.memory = bytes }

// pictures returns how many bytes of pictures of one side are kept at once.
func (e *Engine) pictures() int64 { return max(cmp.Or(e.shelf.memory, 256<<20)/2, leastPictures) }

// leastPictures is about half a minute of a subject's pictures: less tells too little of what moves.
const leastPictures = 32 << 20

// claim reports whether the caller may look into d; then it must call release.
func (e *Engine) claim(d custody.Digest) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.busy[d] {
		return false
	}
	e.busy[d] = true
	return true
}

// file keeps a finding: at once when it has no fingerprints, else together with others, so that
// parts are few and large. told is called for each finding whose record is durable.
func (e *Engine) file(ctx context.Context, actor string, f finding, told func(finding)) error {
	if f.features == 0 {
		return e.conclude(ctx, actor, []finding{f}, told)
	}
	e.mu.Lock()
	e.waiting = append(e.waiting, f)
	e.size += f.features
	full := e.size >= maxWaiting
	e.mu.Unlock()
	if !full {
		return nil
	}
	return e.flush(ctx, actor, told)
}

// flush writes the fingerprints that wait as one part, and then the records that say so: a
// record never speaks of a part that a kill could have kept from the disk.
func (e *Engine) flush(ctx context.Context, actor string, told func(finding)) error {
	e.mu.Lock()
	waiting := e.waiting
	e.waiting, e.size = nil, 0
	e.mu.Unlock()
	if len(waiting) == 0 {
		return nil
	}
	if err := e.shelf.add(ctx, waiting); err != nil {
		return fmt.Errorf("write part: %w", err)
	}
	return e.conclude(ctx, actor, waiting, told)
}

// conclude makes the derivation records durable, in the order of the findings.
func (e *Engine) conclude(ctx context.Context, actor string, list []finding, told func(finding)) error {
	waits := make([]func(context.Context) (custody.Receipt, error), len(list))
	for i, f := range list {
		waits[i] = e.folder.recordAsync(ctx, store.KindDerivation, actor, f.original, f.body)
	}
	var failed error
	for i, wait := range waits {
		if _, err := wait(ctx); err != nil {
			failed = errors.Join(failed, err)
			continue
		}
		told(list[i])
	}
	return errors.Join(failed, e.folder.project(ctx))
}
