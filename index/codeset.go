package index

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

// Codes is the index of global picture codes in one folder: immutable parts, and a manifest that
// says which count. Any number of goroutines may search while one writes; two processes must not
// write to one folder.
type Codes struct {
	dir    string
	head   Head
	kernel Kernel

	writing sync.Mutex   // held by whoever changes the folder
	mu      sync.RWMutex // guards what follows; searches hold it for reading
	list    manifest
	parts   map[string]*codesPart
	deleted map[uint32]bool
	torn    []Torn
}

// Torn is a part that is listed but cannot be used. Its documents must be fingerprinted again from
// their originals and added; Drop then forgets the part.
type Torn struct {
	Name      string
	Documents [][2]uint32 // first and last of each run of document ids
	Err       error       // wraps ErrTorn or fs.ErrNotExist
}

// OpenCodes opens the index in dir, a folder of its own, which it makes when there is none. Engine and params must be
// those the index was made with. A torn part does not stop it: see Codes.Torn. A manifest that cannot be
// read does, with an error that wraps ErrManifest or ErrVersion.
func OpenCodes(dir, engine, params string) (*Codes, error) {
	c := &Codes{dir: dir, head: Head{KindCodes, engine, params}, kernel: Kernels()[0]}
	if err := c.head.check(); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("open index: %w", err)
	}
	list, err := readManifest(dir)
	if err != nil {
		return nil, err
	}
	c.list, c.parts, c.deleted = list, map[string]*codesPart{}, set(list.Deleted)
	for _, r := range list.Parts {
		p, err := c.open(r)
		switch {
		case err == nil:
			c.parts[r.Name] = p
		case errors.Is(err, ErrTorn) || errors.Is(err, fs.ErrNotExist):
			c.torn = append(c.torn, Torn{r.Name, r.Documents, err})
		default: // a newer version, no permission: nothing that rebuilding would mend
			c.Close()
			return nil, err
		}
	}
	return c, nil
}

func (c *Codes) open(r partRecord) (*codesPart, error) {
	p, err := Open(filepath.Join(c.dir, r.Name))
	if err != nil {
		return nil, err
	}
	codes, err := readCodes(p)
	if err == nil && p.Head != c.head {
		err = fmt.Errorf("part %s holds %s of %q %q, want %q %q", r.Name, p.Kind, p.Engine, p.Params, c.head.Engine, c.head.Params)
	}
	if err == nil && codes.n != r.Entries {
		err = fmt.Errorf("open part %s: %w", r.Name, torn("it has %d entries, the manifest says %d", codes.n, r.Entries))
	}
	if err != nil {
		p.Close()
		return nil, err
	}
	return codes, nil
}

// Len returns the number of entries, those of deleted documents and torn parts included.
func (c *Codes) Len() int {
	c.mu.RLock()
	defer c.mu.RUnlock()
	n := 0
	for _, r := range c.list.Parts {
		n += r.Entries
	}
	return n
}

// Torn returns the parts that could not be opened.
func (c *Codes) Torn() []Torn {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return slices.Clone(c.torn)
}

// Search finds, for each code of q, the entries within q.Radius bits, and none else; the answer has
// one element for each code. It does not look into torn parts.
func (c *Codes) Search(ctx context.Context, q Query) ([]Hits, error) {
	if q.Radius < 0 || q.Most < 0 {
		return nil, fmt.Errorf("search: radius %d, most %d", q.Radius, q.Most)
	}
	c.mu.RLock()
	defer c.mu.RUnlock()
	found := make([]Hits, len(q.Codes))
	for _, r := range c.list.Parts {
		if p := c.parts[r.Name]; p != nil {
			if err := p.search(ctx, q, c.kernel, c.deleted, found); err != nil {
				return nil, fmt.Errorf("search: %w", err)
			}
		}
	}
	for i := range found {
		found[i].finish(q.Most)
	}
	return found, nil
}

// Append adds entries, in any order, as a new part, durable when it returns nil. All entries of a
// document belong into one call: a document that is there already is refused, and so is a deleted
// one until a Merge has taken its entries off the disk.
func (c *Codes) Append(entries []Entry) error {
	if len(entries) == 0 {
		return nil
	}
	c.writing.Lock()
	defer c.writing.Unlock()
	sorted := slices.Clone(entries)
	slices.SortFunc(sorted, Entry.compare)
	for _, e := range sorted {
		if c.deleted[e.Document] {
			return fmt.Errorf("add to index: document %d is deleted, merge first", e.Document)
		}
		if c.has(e.Document) {
			return fmt.Errorf("add to index: document %d: %w", e.Document, fs.ErrExist)
		}
	}
	each := func(yield func(Entry) error) error {
		for _, e := range sorted {
			if err := yield(e); err != nil {
				return err
			}
		}
		return nil
	}
	list := c.list.clone()
	part, err := c.write(&list, len(sorted), each)
	if err != nil {
		return fmt.Errorf("add to index: %w", err)
	}
	return c.commit(list, part)
}

// Has reports whether the document has entries in a part that is not torn, deleted ones included.
func (c *Codes) Has(document uint32) bool {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.has(document)
}

func (c *Codes) has(document uint32) bool {
	for _, r := range c.list.Parts {
		if c.parts[r.Name] != nil && within(r.Documents, document) {
			return true
		}
	}
	return false
}

// write makes the next part, adds it to list and opens it.
func (c *Codes) write(list *manifest, n int, each func(func(Entry) error) error) (*codesPart, error) {
	r := partRecord{Name: fmt.Sprintf("codes-%08d.part", list.Next), Entries: n}
	path := filepath.Join(c.dir, r.Name)
	// A file of that name is no part: it was written but never listed.
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	if err := writeCodes(path, c.head, n, each); err != nil {
		return nil, err
	}
	var documents []uint32
	p, err := c.open(r)
	if err != nil {
		return nil, err
	}
	for i := range p.n {
		if d := p.document(i); len(documents) == 0 || documents[len(documents)-1] != d {
			documents = append(documents, d)
		}
	}
	r.Documents = spans(documents)
	list.Next++
	list.Parts = append(list.Parts, r)
	return p, nil
}

// commit makes list the folder's manifest and part, if any, one of its parts. Parts that are not in
// the list any more are closed and removed.
func (c *Codes) commit(list manifest, part *codesPart) error {
	if err := list.write(c.dir); err != nil {
		if part != nil {
			part.Close()
		}
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.list, c.deleted = list, set(list.Deleted)
	if part != nil {
		c.parts[filepath.Base(part.path)] = part
	}
	listed := func(name string) bool {
		return slices.ContainsFunc(list.Parts, func(r partRecord) bool { return r.Name == name })
	}
	c.torn = slices.DeleteFunc(c.torn, func(t Torn) bool { return !listed(t.Name) })
	var errs []error
	for name, p := range c.parts {
		if !listed(name) {
			errs = append(errs, p.Close())
			delete(c.parts, name)
		}
	}
	c.sweep(listed)
	return errors.Join(errs...)
}

// sweep removes the files of parts that are not listed and what killed writers left. What cannot be
// removed does no harm and is tried again with the next commit.
func (c *Codes) sweep(listed func(string) bool) {
	files, err := os.ReadDir(c.dir)
	if err != nil {
		return
	}
	for _, f := range files {
		name := f.Name()
		left := strings.HasPrefix(name, strings.TrimSuffix(tempPattern, "*"))
		old := strings.HasPrefix(name, "codes-") && strings.HasSuffix(name, ".part") && !listed(name)
		if left || old {
			os.Remove(filepath.Join(c.dir, name))
		}
	}
}

// Delete takes documents out of the index: at once for searches, from the disk with the next Merge.
func (c *Codes) Delete(documents ...uint32) error {
	c.writing.Lock()
	defer c.writing.Unlock()
	list := c.list.clone()
	list.Deleted = append(list.Deleted, documents...)
	slices.Sort(list.Deleted)
	list.Deleted = slices.Compact(list.Deleted)
	return c.commit(list, nil)
}

// Drop forgets a torn part, after its documents were added again or given up.
func (c *Codes) Drop(name string) error {
	c.writing.Lock()
	defer c.writing.Unlock()
	list := c.list.clone()
	list.Parts = slices.DeleteFunc(list.Parts, func(r partRecord) bool { return r.Name == name && c.parts[name] == nil })
	if len(list.Parts) == len(c.list.Parts) {
		return fmt.Errorf("drop part %s: no torn part has that name", name)
	}
	return c.commit(list, nil)
}

// Merge writes all parts as one without the deleted documents. It needs as much room on the disk
// as the index has, and hardly any memory. Torn parts stay as they are, and so do the deletions then.
func (c *Codes) Merge(ctx context.Context) error {
	c.writing.Lock()
	defer c.writing.Unlock()
	return c.merge(ctx, 0)
}

// Tidy merges the newest parts when there are more than a few small ones, and does nothing
// otherwise. Called after each Append it keeps the number of parts logarithmic and copies each
// entry a logarithmic number of times.
func (c *Codes) Tidy(ctx context.Context) error {
	c.writing.Lock()
	defer c.writing.Unlock()
	first, sum := len(c.list.Parts), 0
	for first > 0 && c.list.Parts[first-1].Entries <= tidyRatio*max(sum, 1024) {
		first--
		sum += c.list.Parts[first].Entries
	}
	if len(c.list.Parts)-first <= tidyParts {
		return nil
	}
	return c.merge(ctx, first)
}

// A part joins a tidying while it has at most tidyRatio times the entries of all newer ones; up to
// tidyParts such parts are left alone. Both only trade copying against the number of open files.
const (
	tidyRatio = 4
	tidyParts = 8
)

// merge merges the listed parts from first on; those before it stay.
func (c *Codes) merge(ctx context.Context, first int) error {
	list := manifest{Version: Version, Next: c.list.Next}
	var parts []*codesPart
	for i, r := range c.list.Parts {
		if p := c.parts[r.Name]; p != nil && i >= first {
			parts = append(parts, p)
		} else {
			list.Parts, list.Deleted = append(list.Parts, r), c.list.Deleted
		}
	}
	n := 0
	count := func(Entry) error { n++; return nil }
	if err := mergeParts(ctx, parts, c.deleted, count); err != nil {
		return fmt.Errorf("merge index: %w", err)
	}
	if n == 0 {
		return c.commit(list, nil)
	}
	part, err := c.write(&list, n, func(yield func(Entry) error) error {
		return mergeParts(ctx, parts, c.deleted, yield)
	})
	if err != nil {
		return fmt.Errorf("merge index: %w", err)
	}
	return c.commit(list, part)
}

// mergeParts calls yield with the entries of parts in order, those of deleted documents left out.
func mergeParts(ctx context.Context, parts []*codesPart, deleted map[uint32]bool, yield func(Entry) error) error {
	at, heads := make([]int, len(parts)), make([]Entry, len(parts))
	for i, p := range parts {
		if p.n > 0 {
			heads[i] = p.entry(0)
		}
	}
	for step := 0; ; step++ {
		if step%4096 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		first := -1
		for i, p := range parts {
			if at[i] < p.n && (first < 0 || heads[i].compare(heads[first]) < 0) {
				first = i
			}
		}
		if first < 0 {
			return nil
		}
		if e := heads[first]; !deleted[e.Document] {
			if err := yield(e); err != nil {
				return err
			}
		}
		if at[first]++; at[first] < parts[first].n {
			heads[first] = parts[first].entry(at[first])
		}
	}
}

// Check reads every byte of every part and returns the parts that are not whole.
func (c *Codes) Check() []Torn {
	c.mu.RLock()
	defer c.mu.RUnlock()
	out := slices.Clone(c.torn)
	for _, r := range c.list.Parts {
		if p := c.parts[r.Name]; p != nil {
			if err := p.check(); err != nil {
				out = append(out, Torn{r.Name, r.Documents, err})
			}
		}
	}
	return out
}

// Close unmaps all parts.
func (c *Codes) Close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	var errs []error
	for _, p := range c.parts {
		errs = append(errs, p.Close())
	}
	clear(c.parts)
	return errors.Join(errs...)
}

func set(documents []uint32) map[uint32]bool {
	m := make(map[uint32]bool, len(documents))
	for _, d := range documents {
		m[d] = true
	}
	return m
}
