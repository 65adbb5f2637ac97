package index

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
)

// A Set is the postings of an archive: the immutable parts in one folder and a tail in memory. Any number of
// goroutines may look into it while one writes; two processes must not write to one folder, but others
// may read: what is merged away stays readable for who has it open.
//
// An item belongs to one part; in any later one it is ignored, so that a merge that was cut off does no
// harm.
type Set struct {
	dir    string
	head   Head
	memory int64

	writing sync.Mutex   // held by whoever changes the folder
	mu      sync.RWMutex // guards what follows; views hold it for reading
	parts   []*inverted  // by number; the tail, if any, last
	mapped  bool         // the parts are so small that the process may hold them all
	tail    []Item       // what the tail holds
	deleted []tombstone
	torn    []TornPart

	whole atomic.Pointer[Postings] // all that is shown, once gathered
}

// change locks what views read, to change it.
func (s *Set) change() {
	s.mu.Lock()
	s.whole.Store(nil)
}

// SetOptions say what a Set holds and how much memory it may take.
type SetOptions struct {
	Engine, Params string // name of the fingerprint; id of the vocabulary
	// Memory bounds in bytes what writing and merging take. Parts that together are larger than a quarter of it
	// are read as far as needed, smaller ones are looked into where they are mapped. 0 means 256 MiB.
	Memory int64
}

// A TornPart is a part that cannot be used. Its items must be fingerprinted again and appended; Drop
// then removes it.
type TornPart struct {
	Name string
	Err  error // wraps ErrTorn, ErrVersion or ErrVocabulary
}

// A tombstone hides an item in the parts up to a number.
type tombstone struct {
	Item string `json:"item"` // as hexadecimal digits
	Upto int    `json:"upto"`
}

const (
	partSuffix = ".part"
	// deletedName is the file of tombstones: a line with the CRC32C of the rest in hexadecimal digits, then JSON.
	deletedName   = "deleted.json"
	defaultMemory = 256 << 20
)

// OpenSet opens the parts in dir, which need not exist yet. A part that cannot be used does not stop it:
// see Torn.
func OpenSet(dir string, o SetOptions) (*Set, error) {
	s := &Set{dir: dir, head: Head{KindPostings, o.Engine, o.Params}, memory: cmp.Or(o.Memory, defaultMemory)}
	if err := s.head.check(); err != nil {
		return nil, err
	}
	numbers, err := s.numbers()
	if err != nil {
		return nil, err
	}
	if s.deleted, err = readTombstones(dir); err != nil {
		return nil, err
	}
	for _, n := range numbers {
		v, err := s.open(n)
		switch {
		case err == nil:
			s.parts = append(s.parts, v)
		case errors.Is(err, ErrTorn), errors.Is(err, ErrVersion), errors.Is(err, ErrVocabulary):
			s.torn = append(s.torn, TornPart{partName(n), err})
		case errors.Is(err, fs.ErrNotExist): // merged away by a writer in another process
		default:
			s.Close()
			return nil, err
		}
	}
	s.hide()
	return s, nil
}

func partName(number int) string { return fmt.Sprintf("%08d%s", number, partSuffix) }

// numbers returns the numbers of the parts in the folder, ascending.
func (s *Set) numbers() (out []int, err error) {
	entries, err := os.ReadDir(s.dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	for _, e := range entries {
		var n int
		if _, err := fmt.Sscanf(e.Name(), "%d"+partSuffix, &n); err == nil && e.Type().IsRegular() && e.Name() == partName(n) {
			out = append(out, n)
		}
	}
	slices.Sort(out)
	return out, err
}

func (s *Set) open(number int) (*inverted, error) {
	path := filepath.Join(s.dir, partName(number))
	p, err := Open(path)
	if err != nil {
		return nil, err
	}
	v, err := openInverted(p, s.head)
	if err != nil {
		p.Close()
		return nil, fmt.Errorf("open part %s: %w", path, err)
	}
	v.number = number
	return v, nil
}

// hide marks in each part the items that an earlier part has or that were deleted, and weighs the parts.
func (s *Set) hide() {
	bytes := int64(0)
	for _, v := range s.parts {
		if !v.isTail() {
			bytes += v.part.Size()
		}
	}
	s.mapped = bytes <= s.memory/4
	upto := map[ItemID]int{}
	for _, t := range s.deleted {
		if id, ok := parseItem(t.Item); ok {
			upto[id] = t.Upto
		}
	}
	seen := map[ItemID]bool{}
	for _, v := range s.parts {
		v.hidden = nil
		for i, it := range v.items {
			if dead := v.number <= upto[it.id]; dead || seen[it.id] {
				if v.hidden == nil {
					v.hidden = make([]bool, len(v.items))
				}
				v.hidden[i] = true
				continue
			}
			seen[it.id] = true
		}
	}
}

// View returns what the set holds now. The caller must close it.
func (s *Set) View() View {
	s.mu.RLock()
	return View{s}
}

// Torn returns the parts that could not be opened.
func (s *Set) Torn() []TornPart {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return slices.Clone(s.torn)
}

// Items yields the ids of the items that can be found.
func (v View) Items() iter.Seq[ItemID] {
	return func(yield func(ItemID) bool) {
		for _, p := range v.set.parts {
			for i, it := range p.items {
				if p.visible(i) && !yield(it.id) {
					return
				}
			}
		}
	}
}

// Hold keeps items in memory, where they are found like those in parts, until Flush writes them.
func (s *Set) Hold(ctx context.Context, items ...Item) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	if err := os.MkdirAll(s.dir, 0o755); err != nil {
		return fmt.Errorf("hold items: %w", err)
	}
	all := append(slices.Clone(s.tail), items...)
	v := inverter{dir: s.dir, memory: 1 << 62}
	for _, it := range all {
		if err := v.add(it); err != nil {
			return err
		}
	}
	var b bytes.Buffer
	e := memoryPart{encoder{w: &b, sha: sha256.New()}}
	e.head(s.head)
	if err := v.write(ctx, &e); err != nil {
		return err
	}
	if err := e.finish(); err != nil {
		return err
	}
	p, err := Read(b.Bytes())
	if err != nil {
		return err
	}
	tail, err := openInverted(p, s.head)
	if err != nil {
		return err
	}
	tail.number = tailNumber
	s.change()
	defer s.mu.Unlock()
	s.parts = append(slices.DeleteFunc(s.parts, (*inverted).isTail), tail)
	s.tail = all
	s.hide()
	return nil
}

// A memoryPart is a part that is written into memory.
type memoryPart struct{ encoder }

func (m *memoryPart) Begin(name string) error { return m.begin(name) }

func (m *memoryPart) Write(b []byte) (int, error) { return m.write(b) }

// tailNumber is the number of the tail among parts: later than all.
const tailNumber = 1 << 30

func (v *inverted) isTail() bool { return v.number == tailNumber }

// Flush writes the tail as a part.
func (s *Set) Flush(ctx context.Context) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	if len(s.tail) == 0 {
		return nil
	}
	fresh, err := s.build(ctx, func(yield func(Item, error) bool) {
		for _, it := range s.tail {
			if !yield(it, nil) {
				return
			}
		}
	})
	if err != nil {
		return err
	}
	s.change()
	s.tail = nil
	s.parts = slices.DeleteFunc(s.parts, (*inverted).isTail)
	s.mu.Unlock()
	return s.commit(fresh, nil)
}

// Append adds items as new parts, durable when it returns nil. It holds no more of them in memory than
// the set's memory allows. An error from items ends it, and nothing is added.
func (s *Set) Append(ctx context.Context, items iter.Seq2[Item, error]) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	fresh, err := s.build(ctx, items)
	if err != nil {
		return err
	}
	return s.commit(fresh, nil)
}

// build writes items as parts and opens them.
func (s *Set) build(ctx context.Context, items iter.Seq2[Item, error]) (fresh []*inverted, err error) {
	if err := os.MkdirAll(s.dir, 0o755); err != nil {
		return nil, fmt.Errorf("add to index: %w", err)
	}
	defer func() {
		if err != nil {
			for _, v := range fresh {
				v.part.Close()
				os.Remove(v.part.path)
			}
			fresh = nil
		}
	}()
	inv := inverter{dir: s.dir, memory: s.memory / 2}
	defer func() { inv.discard() }()
	end := func() error {
		if len(inv.items) == 0 {
			return nil
		}
		v, err := s.write(func(w sink) error { return inv.write(ctx, w) })
		if err != nil {
			return fmt.Errorf("add to index: %w", err)
		}
		fresh = append(fresh, v)
		inv = inverter{dir: s.dir, memory: s.memory / 2}
		return nil
	}
	for it, err := range items {
		if err == nil {
			err = ctx.Err()
		}
		if err == nil && inv.full(len(it.Keyframes)) {
			err = end()
		}
		if err == nil {
			err = inv.add(it)
		}
		if err != nil {
			return fresh, err
		}
	}
	return fresh, end()
}

// write writes the next part and opens it.
func (s *Set) write(fill func(sink) error) (*inverted, error) {
	numbers, err := s.numbers()
	if err != nil {
		return nil, err
	}
	number := 1
	if len(numbers) > 0 {
		number = numbers[len(numbers)-1] + 1
	}
	w, err := Create(filepath.Join(s.dir, partName(number)), s.head)
	if err != nil {
		return nil, err
	}
	defer w.Discard()
	if err := fill(w); err != nil {
		return nil, err
	}
	if err := w.Commit(); err != nil {
		return nil, err
	}
	return s.open(number)
}

// commit puts fresh parts in the place of old ones, which are removed.
func (s *Set) commit(fresh, old []*inverted) error {
	s.change()
	defer s.mu.Unlock()
	s.parts = slices.DeleteFunc(s.parts, func(v *inverted) bool { return slices.Contains(old, v) })
	s.parts = append(s.parts, fresh...)
	slices.SortStableFunc(s.parts, func(a, b *inverted) int { return cmp.Compare(a.number, b.number) })
	var errs []error
	for _, v := range old {
		path := v.part.path
		errs = append(errs, v.part.Close(), os.Remove(path))
	}
	s.hide()
	s.sweep()
	return errors.Join(errs...)
}

// sweep removes what killed writers left. What cannot be removed does no harm.
func (s *Set) sweep() {
	entries, err := os.ReadDir(s.dir)
	if err != nil {
		return
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), strings.TrimSuffix(tempPattern, "*")) {
			os.Remove(filepath.Join(s.dir, e.Name()))
		}
	}
}

// Delete hides items: at once, and durably when it returns nil. The next merge takes them off the disk.
// An item that is appended again later is found again.
func (s *Set) Delete(ids ...ItemID) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	numbers, err := s.numbers()
	if err != nil {
		return err
	}
	upto := 0
	if len(numbers) > 0 {
		upto = numbers[len(numbers)-1]
	}
	list := slices.Clone(s.deleted)
	for _, id := range ids {
		list = slices.DeleteFunc(list, func(t tombstone) bool { return t.Item == formatItem(id) })
		list = append(list, tombstone{formatItem(id), upto})
	}
	if slices.ContainsFunc(s.tail, func(it Item) bool { return slices.Contains(ids, it.ID) }) {
		return errors.New("delete from index: an item waits to be written; flush first")
	}
	if err := os.MkdirAll(s.dir, 0o755); err != nil {
		return fmt.Errorf("delete from index: %w", err)
	}
	if err := writeTombstones(s.dir, list); err != nil {
		return err
	}
	s.change()
	defer s.mu.Unlock()
	s.deleted = list
	s.hide()
	return nil
}

// Drop removes a torn part, after its items were appended again or given up.
func (s *Set) Drop(name string) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	s.change()
	defer s.mu.Unlock()
	named := func(t TornPart) bool { return t.Name == name }
	if !slices.ContainsFunc(s.torn, named) {
		return fmt.Errorf("remove part %s: no torn part has that name", name)
	}
	s.torn = slices.DeleteFunc(s.torn, named)
	if err := os.Remove(filepath.Join(s.dir, name)); err != nil {
		return fmt.Errorf("remove part: %w", err)
	}
	return nil
}

// Merge writes all parts as one, or as few as hold them, without deleted items. It needs as much room
// on the disk again as the parts have.
func (s *Set) Merge(ctx context.Context) error { return s.merge(ctx, 0, 1) }

// Tidy merges the newest parts when there are more than a few of similar size, and does nothing
// otherwise. Called after each Append it keeps the number of parts logarithmic and copies each posting a
// logarithmic number of times. Views work on while it writes.
func (s *Set) Tidy(ctx context.Context) error { return s.merge(ctx, tidyRatio, tidyParts) }

// merge merges the newest parts, as many as are each at most ratio times as large as all after them, or
// all when ratio is 0, if they are more than few or hold deleted items.
func (s *Set) merge(ctx context.Context, ratio uint64, few int) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	parts := slices.DeleteFunc(slices.Clone(s.parts), (*inverted).isTail)
	first, sum, frames := len(parts), uint64(0), 0
	for first > 0 && (ratio == 0 || parts[first-1].n <= ratio*max(sum, smallPostings/16)) && frames+parts[first-1].keyframes() <= maxFrames {
		first--
		sum += parts[first].n
		frames += parts[first].keyframes()
	}
	parts = parts[first:]
	hidden := slices.ContainsFunc(parts, func(v *inverted) bool { return v.hidden != nil })
	if len(parts) <= few && !hidden {
		return nil
	}
	if !slices.ContainsFunc(parts, func(v *inverted) bool { return slices.Contains(v.hidden, false) || v.hidden == nil && len(v.items) > 0 }) {
		return s.commit(nil, parts) // nothing is left of them
	}
	v, err := s.write(func(w sink) error { return mergeInverted(ctx, w, s.dir, s.memory/2, parts) })
	if err != nil {
		return fmt.Errorf("merge index: %w", err)
	}
	return s.commit([]*inverted{v}, parts)
}

// Check reads every byte of every part and returns those that are not whole. From then on they count as
// torn and are not looked into.
func (s *Set) Check() []TornPart {
	s.writing.Lock()
	defer s.writing.Unlock()
	var torn []*inverted
	for _, v := range s.parts {
		if v.isTail() {
			continue
		}
		if err := v.part.Check(); err != nil {
			torn = append(torn, v)
			s.change()
			s.torn = append(s.torn, TornPart{partName(v.number), err})
			s.mu.Unlock()
		}
		v.part.release()
	}
	s.change()
	defer s.mu.Unlock()
	s.parts = slices.DeleteFunc(s.parts, func(v *inverted) bool { return slices.Contains(torn, v) })
	for _, v := range torn {
		v.part.Close()
	}
	s.hide()
	return slices.Clone(s.torn)
}

// Release lets go of the pages of the parts that the process holds. They are read again when needed.
func (s *Set) Release() {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, v := range s.parts {
		v.part.release()
	}
}

// Bytes returns the size of all parts on the disk.
func (v View) Bytes() (n int64) {
	for _, p := range v.set.parts {
		if !p.isTail() {
			n += p.part.Size()
		}
	}
	return n
}

// Parts returns the number of parts on the disk.
func (v View) Parts() (n int) {
	for _, p := range v.set.parts {
		if !p.isTail() {
			n++
		}
	}
	return n
}

// Close unmaps all parts.
func (s *Set) Close() error {
	s.change()
	defer s.mu.Unlock()
	var errs []error
	for _, v := range s.parts {
		errs = append(errs, v.part.Close())
	}
	s.parts = nil
	return errors.Join(errs...)
}

func formatItem(id ItemID) string { return hex.EncodeToString(id[:]) }

func parseItem(text string) (id ItemID, ok bool) {
	b, err := hex.DecodeString(text)
	if err != nil || len(b) != len(id) {
		return id, false
	}
	return ItemID(b), true
}

func readTombstones(dir string) (list []tombstone, err error) {
	b, err := os.ReadFile(filepath.Join(dir, deletedName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read deleted items: %w", err)
	}
	sum, body, ok := bytes.Cut(b, []byte("\n"))
	if !ok || string(sum) != fmt.Sprintf("%08x", crc32.Checksum(body, castagnoli)) {
		return nil, fmt.Errorf("read deleted items: %w: the checksum of %s does not fit", ErrManifest, deletedName)
	}
	if err := json.Unmarshal(body, &list); err != nil {
		return nil, fmt.Errorf("read deleted items: %w: %w", ErrManifest, err)
	}
	return list, nil
}

func writeTombstones(dir string, list []tombstone) error {
	body, err := json.Marshal(list)
	if err != nil {
		return fmt.Errorf("write deleted items: %w", err)
	}
	body = append(body, '\n')
	err = replace(dir, deletedName, fmt.Appendf(nil, "%08x\n%s", crc32.Checksum(body, castagnoli), body))
	if err != nil {
		return fmt.Errorf("write deleted items: %w", err)
	}
	return nil
}
