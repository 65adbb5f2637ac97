package intake

import (
	"bytes"
	"context"
	"encoding/hex"
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"sync"

	"beleg/custody"
	"beleg/fingerprint"
	"beleg/index"
	"beleg/internal/store"
)

// A shelf is the folder of parts: the fingerprints of all items in immutable files, each item in one of them. Parts
// hold nothing that cannot be made again from the originals. It is safe for concurrent use.
type shelf struct {
	dir    string // of the parts
	memory int64  // bytes; 0: the index's own setting

	mu  sync.Mutex
	set *index.Set // guarded by mu: opened when first asked for
}

func openShelf(dir string) *shelf { return &shelf{dir: filepath.Join(dir, partsDir)} }

// parts opens the parts: each is looked at, not read.
func (s *shelf) parts() (*index.Set, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.set != nil {
		return s.set, nil
	}
	id := fingerprint.VocabularyID()
	set, err := index.OpenSet(s.dir, index.SetOptions{Engine: footageEngine, Params: "vocabulary " + hex.EncodeToString(id[:]), Memory: s.memory})
	if err != nil {
		return nil, fmt.Errorf("open parts: %w", err)
	}
	s.set = set
	return set, nil
}

// add writes findings as a part. Its bytes depend on the findings alone, not on their order.
func (s *shelf) add(ctx context.Context, list []finding) error {
	set, err := s.parts()
	if err != nil {
		return err
	}
	list = slices.Clone(list)
	slices.SortFunc(list, func(a, b finding) int { return bytes.Compare(a.original[:], b.original[:]) })
	return set.Append(ctx, func(yield func(index.Item, error) bool) {
		for _, f := range list {
			if !yield(index.Item{ID: index.ItemID(f.original), Keyframes: f.keyframes}, nil) {
				return
			}
		}
	})
}

// tidy forgets torn parts, once what they held is in others, and merges when there are many.
func (s *shelf) tidy(ctx context.Context) error {
	set, err := s.parts()
	if err != nil {
		return err
	}
	for _, t := range set.Torn() {
		if err := set.Drop(t.Name); err != nil {
			return err
		}
	}
	return set.Tidy(ctx)
}

// torn returns the parts that cannot be searched.
func (s *shelf) torn() ([]index.TornPart, error) {
	set, err := s.parts()
	if err != nil {
		return nil, err
	}
	return set.Torn(), nil
}

// check reads every byte of every part and returns those that are not whole; they are not searched any more.
func (s *shelf) check() ([]index.TornPart, error) {
	set, err := s.parts()
	if err != nil {
		return nil, err
	}
	return set.Check(), nil
}

// empty reports whether nothing can be found.
func (s *shelf) empty() bool {
	set, err := s.parts()
	if err != nil {
		return true
	}
	v := set.View()
	defer v.Close()
	return v.Keyframes() == 0
}

// lost returns the ids of the items that were fingerprinted, but whose fingerprints are in no whole part.
func (s *shelf) lost(ctx context.Context, c *store.Catalogue) (ids []string, err error) {
	set, err := s.parts()
	if err != nil {
		return nil, err
	}
	held := map[string]bool{}
	v := set.View()
	for id := range v.Items() {
		held[custody.Digest(id).String()] = true
	}
	v.Close()
	for it, err := range c.Items(ctx, "", "") {
		if err != nil {
			return nil, err
		}
		watched := it.Media != nil && it.Fingerprints > 0 && (it.State == store.Complete || it.State == store.Partial)
		if watched && !held[it.ID] {
			ids = append(ids, it.ID)
		}
	}
	return ids, nil
}

// close unmaps the parts.
func (s *shelf) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.set != nil {
		s.set.Close() // nothing was written
		s.set = nil
	}
}

// partPath returns the path of a part relative to the data folder.
func partPath(t index.TornPart) string { return path.Join(partsDir, t.Name) }
