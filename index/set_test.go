package index

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

var testSet = SetOptions{Engine: "test/1", Params: "vocabulary a", Memory: 1 << 20}

// someItems makes items whose words are skewed and whose signatures lie near one another.
func someItems(n, keyframes, features int, seed uint64) []Item {
	r, light := rand.New(rand.NewPCG(seed, 1)), rand.New(rand.NewPCG(seed, 2))
	items := make([]Item, n)
	for i := range items {
		items[i].ID = ItemID{byte(seed), byte(i), byte(i >> 8), 1}
		for k := range r.IntN(keyframes + 1) {
			f := Keyframe{At: time.Duration(k) * time.Second, W: 640, H: 360}
			for range r.IntN(features + 1) {
				w := uint16(r.IntN(1 << 16))
				f.Features = append(f.Features, Feature{int32(r.IntN(1024)), int32(r.IntN(600)), int32(r.IntN(64)), w & uint16(r.IntN(1<<16)), r.Uint64() & r.Uint64() & r.Uint64()})
			}
			for c := range f.Trace[0] { // in steps that are filed as they are
				v := 60 + light.IntN(120)
				for k := range f.Trace {
					f.Trace[k][c] = byte(v)
					v += light.IntN(7) - 3
				}
			}
			items[i].Keyframes = append(items[i].Keyframes, f)
		}
	}
	return items
}

func each(items []Item) iter.Seq2[Item, error] {
	return func(yield func(Item, error) bool) {
		for _, it := range items {
			if !yield(it, nil) {
				return
			}
		}
	}
}

// twin is what the postings in memory find.
func twin(p *Postings, l Look, radius int) (out []string) {
	for _, n := range p.Near(nil, l.Word, l.Sig, radius) {
		at := p.At(n.Posting)
		id, t := p.Keyframe(at.Keyframe)
		out = append(out, fmt.Sprint(id, t, at.X, at.Y, at.Scale, n.Distance))
	}
	slices.Sort(out)
	return out
}

// similar returns all postings of the look's word whose signature is at most radius bits from the look's.
func similar(v View, l Look, radius int) (found []Found) {
	for i, p := range v.set.parts {
		a := p.access(v.set.mapped)
		first, last := uint32(l.Word)<<16, uint32(l.Word)<<16|0xffff
		for c := first >> p.shift; c <= last>>p.shift; c++ {
			from, to := a.cell(c)
			a.near(from, to, l.Sig, radius, func(posting uint32, distance int) {
				frame, place, low, ok := a.seat(posting)
				if ok && p.word(c, low) == l.Word && p.shows(frame) {
					found = append(found, foundAt(0, distance, i, frame, place))
				}
			})
		}
	}
	return found
}

func nearAll(v View, l Look, radius int) (out []string) {
	for _, f := range similar(v, l, radius) {
		p := v.set.parts[f.Keyframe.part()]
		k := f.Keyframe.frame()
		id, t := v.Item(f.Keyframe), p.access(v.set.mapped).gather([]Stretch{{first: k, last: k + 1}})[0][0].At
		out = append(out, fmt.Sprint(id, t, f.X, f.Y, f.Scale, f.Distance))
	}
	slices.Sort(out)
	return out
}

func openTest(t *testing.T, dir string) *Set {
	t.Helper()
	s, err := OpenSet(dir, testSet)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// agrees checks that the set finds what the twin finds in items.
func agrees(t *testing.T, s *Set, items []Item) {
	t.Helper()
	v := s.View()
	defer v.Close()
	r := rand.New(rand.NewPCG(3, 3))
	var b Builder
	for _, it := range items {
		b.Add(it.ID, it.Keyframes)
	}
	p := b.Postings()
	found := 0
	for i := range 300 {
		v.set.mapped = i%2 == 0
		it := items[r.IntN(len(items))]
		if len(it.Keyframes) == 0 {
			continue
		}
		k := it.Keyframes[r.IntN(len(it.Keyframes))]
		if len(k.Features) == 0 {
			continue
		}
		f := k.Features[r.IntN(len(k.Features))]
		l := Look{Word: f.Word, Sig: f.Sig ^ 1<<r.IntN(64)}
		want := twin(p, l, 10)
		found += len(want)
		if got := nearAll(v, l, 10); !slices.Equal(got, want) {
			t.Fatalf("Near(%x, %x) = %v, want %v", l.Word, l.Sig, got, want)
		}
	}
	if found == 0 {
		t.Fatal("nothing was near anything")
	}
	for _, v.set.mapped = range []bool{true, false} {
		sameKeyframes(t, gathered(t, v, v.All()), items)
	}
	whole, err := v.Whole()
	must(t, err)
	sameKeyframes(t, whole, items)
}

func gathered(t *testing.T, v View, stretches []Stretch) *Postings {
	t.Helper()
	p, err := v.Gather(stretches)
	must(t, err)
	return p
}

// sameKeyframes checks that p holds the features of items and nothing else.
func sameKeyframes(t *testing.T, p *Postings, items []Item) {
	t.Helper()
	sorted := slices.SortedFunc(slices.Values(items), func(a, b Item) int { return bytes.Compare(a.ID[:], b.ID[:]) })
	var b Builder
	for _, it := range sorted {
		b.Add(it.ID, it.Keyframes)
	}
	want := b.Postings()
	if !slices.Equal(p.frame, want.frame) || !slices.Equal(p.place, want.place) || !slices.Equal(p.sig, want.sig) || !slices.Equal(p.dir, want.dir) {
		t.Fatalf("gathered %d postings of %d keyframes are not the %d of %d", p.Len(), p.Keyframes(), want.Len(), want.Keyframes())
	}
	for k, f := range want.frames {
		if g := p.frames[k]; p.items[g.item] != want.items[f.item] || g.at != f.at || g.w != f.w || g.h != f.h {
			t.Fatalf("keyframe %d: %v, want %v", k, g, f)
		}
		if *p.Trace(uint32(k)) != *want.Trace(uint32(k)) {
			t.Fatalf("keyframe %d has another trace", k)
		}
	}
}

// Whatever the partition, a set finds what a list in memory finds.
func TestSetAgainstMemory(t *testing.T) {
	ctx := t.Context()
	items := someItems(60, 40, 60, 1)
	for _, cuts := range [][]int{{60}, {1, 2, 59, 60}, {30, 60}, {10, 20, 30, 40, 50, 60}} {
		t.Run(fmt.Sprint(cuts), func(t *testing.T) {
			s := openTest(t, t.TempDir())
			from := 0
			for _, to := range cuts {
				must(t, s.Append(ctx, each(items[from:to])))
				from = to
			}
			agrees(t, s, items)
			must(t, s.Merge(ctx))
			v := s.View()
			if v.Parts() != 1 {
				t.Errorf("%d parts after Merge", v.Parts())
			}
			v.Close()
			agrees(t, s, items)
			must(t, s.Close())
			agrees(t, openTest(t, s.dir), items)
		})
	}
}

// A merge gives the bytes that adding all at once gives, and so does little memory.
func TestMergeSameBytes(t *testing.T) {
	ctx := t.Context()
	items := someItems(40, 60, 100, 2)
	write := func(memory int64, cuts ...int) []byte {
		o := testSet
		o.Memory = memory
		s, err := OpenSet(t.TempDir(), o)
		must(t, err)
		defer s.Close()
		from := 0
		for _, to := range cuts {
			must(t, s.Append(ctx, each(items[from:to])))
			from = to
		}
		must(t, s.Merge(ctx))
		files, _ := filepath.Glob(filepath.Join(s.dir, "*"))
		if len(files) != 1 {
			t.Fatalf("files %v, want one part", files)
		}
		b, err := os.ReadFile(files[0])
		must(t, err)
		return b
	}
	want := write(1<<30, 40)
	for _, got := range [][]byte{write(1<<30, 7, 20, 40), write(1<<16, 40), write(1<<16, 1, 39, 40)} {
		if !bytes.Equal(got, want) {
			t.Error("the same items gave different parts")
		}
	}
}

// A part of before there were traces is used as it is; merged with others its traces are not known.
func TestPartWithoutTraces(t *testing.T) {
	s := openTest(t, t.TempDir())
	old, fresh := someItems(5, 10, 30, 15), someItems(5, 10, 30, 16)
	v, err := s.write(func(w sink) error {
		inv := inverter{dir: s.dir, memory: 1 << 20}
		for _, it := range old {
			must(t, inv.add(it))
		}
		inv.traces.discard()
		return inv.write(t.Context(), w)
	})
	must(t, err)
	must(t, s.commit([]*inverted{v}, nil))
	for i := range old {
		for k := range old[i].Keyframes {
			old[i].Keyframes[k].Trace = Trace{}
		}
	}
	agrees(t, s, old)
	must(t, s.Append(t.Context(), each(fresh)))
	agrees(t, s, append(old, fresh...))
	must(t, s.Merge(t.Context()))
	agrees(t, s, append(old, fresh...))
}

// it3 is the fourth item of the first part.
func it3(v View) itemRecord { return v.set.parts[0].items[3] }

// A part of more than smallPostings has lists of its keyframes' postings.
func TestLargePart(t *testing.T) {
	items := someItems(9, 2000, 240, 4)
	s := openTest(t, t.TempDir())
	must(t, s.Append(t.Context(), each(items)))
	v := s.View()
	defer v.Close()
	if v.set.parts[0].groups.b == nil {
		t.Fatalf("%d postings have no lists", v.Postings())
	}
	sameKeyframes(t, gathered(t, v, v.All()), items)
	var list []Stretch
	it := items[3]
	for k, f := range v.set.parts[0].items {
		if f.id == it.ID {
			list = append(list, v.Around(KeyframeID(v.set.parts[0].items[k].first+100)))
		}
	}
	for _, at := range []uint32{0, 100, it3(v).frames - 1} {
		k := it3(v).first + at
		w := v.Within(KeyframeID(k), 8)
		if w.first > k || k-w.first != min(at, 8) || w.last-k != min(it3(v).frames-at, 9) {
			t.Errorf("within 8 of keyframe %d of %d to %d: %d to %d", k, it3(v).first, it3(v).first+it3(v).frames, w.first, w.last)
		}
	}
	s0 := list[0]
	first := s0.first - v.set.parts[0].items[3].first
	sameKeyframes(t, gathered(t, v, append(list, list...)), []Item{{it.ID, it.Keyframes[first : first+s0.last-s0.first]}})
}

func TestSetDelete(t *testing.T) {
	ctx := t.Context()
	items := someItems(20, 20, 40, 5)
	s := openTest(t, t.TempDir())
	must(t, s.Append(ctx, each(items[:10])))
	must(t, s.Append(ctx, each(items[10:])))
	must(t, s.Delete(items[3].ID, items[12].ID))
	left := slices.Concat(items[:3], items[4:12], items[13:])
	agrees(t, s, left)
	s = openTest(t, s.dir)
	agrees(t, s, left)
	must(t, s.Append(ctx, each(items[3:4]))) // it comes again
	left = append(left, items[3])
	agrees(t, s, left)
	must(t, s.Merge(ctx))
	agrees(t, s, left)
	if v := s.View(); v.Keyframes() == 0 || v.set.parts[0].hidden != nil {
		t.Error("deleted items are still on the disk")
		v.Close()
	} else {
		v.Close()
	}
	all := make([]ItemID, 0)
	for _, it := range items {
		all = append(all, it.ID)
	}
	must(t, s.Delete(all...))
	must(t, s.Merge(ctx))
	v := s.View()
	defer v.Close()
	whole, err := v.Whole()
	must(t, err)
	if v.Postings() != 0 || len(gathered(t, v, v.All()).items) != 0 || len(whole.items) != 0 {
		t.Error("something is left of nothing")
	}
}

// What is held in memory is found, and is the same after Flush.
func TestSetHold(t *testing.T) {
	ctx := t.Context()
	items := someItems(12, 20, 40, 6)
	s := openTest(t, filepath.Join(t.TempDir(), "parts"))
	must(t, s.Append(ctx, each(items[:5])))
	must(t, s.Hold(ctx, items[5:8]...))
	must(t, s.Hold(ctx, items[8:]...))
	agrees(t, s, items)
	must(t, s.Flush(ctx))
	agrees(t, s, items)
	agrees(t, openTest(t, s.dir), items)
}

// A merge that was cut off after it wrote its part leaves items twice; they are found once.
func TestSetTwice(t *testing.T) {
	ctx := t.Context()
	items := someItems(12, 20, 40, 7)
	s := openTest(t, t.TempDir())
	must(t, s.Append(ctx, each(items[:6])))
	must(t, s.Append(ctx, each(items)))
	agrees(t, s, items)
	must(t, s.Merge(ctx))
	agrees(t, s, items)
}

func TestTidy(t *testing.T) {
	ctx := t.Context()
	items := someItems(60, 4, 30, 8)
	s := openTest(t, t.TempDir())
	for i := range items {
		must(t, s.Append(ctx, each(items[i:i+1])))
		must(t, s.Tidy(ctx))
		v := s.View()
		if v.Parts() > tidyParts+2 {
			t.Fatalf("%d parts", v.Parts())
		}
		v.Close()
	}
	agrees(t, s, items)
}

func TestSetTorn(t *testing.T) {
	ctx := t.Context()
	items := someItems(20, 20, 40, 9)
	dir := t.TempDir()
	s := openTest(t, dir)
	must(t, s.Append(ctx, each(items[:10])))
	must(t, s.Append(ctx, each(items[10:])))
	must(t, s.Close())
	path := filepath.Join(dir, partName(1))
	b, err := os.ReadFile(path)
	must(t, err)
	must(t, os.Remove(path))
	must(t, os.WriteFile(path, b[:len(b)-70], 0o644))
	s = openTest(t, dir)
	agrees(t, s, items[10:])
	if torn := s.Torn(); len(torn) != 1 || torn[0].Name != partName(1) || !errors.Is(torn[0].Err, ErrTorn) {
		t.Errorf("Torn() = %v", torn)
	}
	must(t, s.Drop(partName(1)))
	must(t, s.Append(ctx, each(items[:10])))
	agrees(t, s, items)
	if torn := append(s.Torn(), s.Check()...); len(torn) != 0 {
		t.Errorf("torn after repair: %v", torn)
	}
	// Every byte counts for Check, wherever it lies.
	path = filepath.Join(dir, partName(2))
	b, err = os.ReadFile(path)
	must(t, err)
	for at := 300; at < len(b); at += 997 {
		c := slices.Clone(b)
		c[at] ^= 4
		must(t, os.Remove(path))
		must(t, os.WriteFile(path, c, 0o644))
		s := openTest(t, dir)
		if torn := s.Check(); len(torn) != 1 {
			t.Errorf("byte %d changed: Check() = %v", at, torn)
		}
	}
}

func TestSetOtherVocabulary(t *testing.T) {
	dir := t.TempDir()
	s := openTest(t, dir)
	must(t, s.Append(t.Context(), each(someItems(2, 5, 9, 10))))
	o := testSet
	o.Params = "vocabulary b"
	other, err := OpenSet(dir, o)
	must(t, err)
	defer other.Close()
	torn := other.Torn()
	if len(torn) != 1 || !errors.Is(torn[0].Err, ErrVocabulary) {
		t.Fatalf("Torn() = %v, want ErrVocabulary", torn)
	}
	for _, want := range []string{"vocabulary a", "vocabulary b", partName(1)} {
		if !bytes.Contains([]byte(torn[0].Err.Error()), []byte(want)) {
			t.Errorf("%q does not name %q", torn[0].Err, want)
		}
	}
}

func TestAppendStops(t *testing.T) {
	items := someItems(30, 20, 40, 11)
	s := openTest(t, t.TempDir())
	bad := errors.New("cannot be read")
	err := s.Append(t.Context(), func(yield func(Item, error) bool) {
		for i, it := range items {
			if i == 20 {
				yield(Item{}, bad)
				return
			}
			if !yield(it, nil) {
				return
			}
		}
	})
	if !errors.Is(err, bad) {
		t.Errorf("Append() = %v, want %v", err, bad)
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if err := s.Append(ctx, each(items)); !errors.Is(err, context.Canceled) {
		t.Errorf("Append() = %v, want canceled", err)
	}
	files, err := os.ReadDir(s.dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) || len(files) != 0 {
		t.Errorf("left behind: %v", files)
	}
}

// Search with every cell among the probes is Near without the words; with few it finds a part of that,
// and always what lies in the look's own cell.
func TestSearch(t *testing.T) {
	ctx := t.Context()
	items := someItems(50, 40, 60, 12)
	s := openTest(t, t.TempDir())
	must(t, s.Append(ctx, each(items)))
	v := s.View()
	defer v.Close()
	var looks []Look
	for _, it := range items {
		for _, k := range it.Keyframes {
			if len(k.Features) > 0 {
				l := Look{Word: k.Features[0].Word, Sig: k.Features[0].Sig}
				for i := range l.Order {
					l.Order[i] = uint8(i)
				}
				looks = append(looks, l)
			}
		}
	}
	few, err := v.Search(looks, Search{8, 1, 0}, nil)
	must(t, err)
	many, err := v.Search(looks, Search{8, MaxProbes, 0}, nil)
	must(t, err)
	byAll := func(a, b Found) int {
		return cmp.Or(cmp.Compare(a.Look, b.Look), cmp.Compare(a.Keyframe, b.Keyframe), cmp.Compare(a.X, b.X), cmp.Compare(a.Y, b.Y), cmp.Compare(a.Scale, b.Scale), cmp.Compare(a.Distance, b.Distance))
	}
	slices.SortFunc(many, byAll)
	for _, f := range few {
		if _, ok := slices.BinarySearchFunc(many, f, byAll); !ok {
			t.Fatalf("%v is found with one probe, not with many", f)
		}
	}
	own := map[uint32]bool{}
	for _, f := range few {
		own[f.Look] = own[f.Look] || f.Distance == 0
	}
	for i := range looks {
		if !own[uint32(i)] {
			t.Errorf("look %d does not find itself", i)
		}
	}
	if len(many) <= len(few) {
		t.Errorf("%d found with %d probes, %d with one", len(many), MaxProbes, len(few))
	}
	s.mapped = !s.mapped
	other, err := v.Search(looks, Search{8, MaxProbes, 0}, nil)
	must(t, err)
	slices.SortFunc(other, byAll)
	if !slices.Equal(other, many) {
		t.Errorf("%d found in the mapping and %d in the file are not the same", len(many), len(other))
	}
}

// What cannot be read is an error, not nothing found.
func TestUnreadable(t *testing.T) {
	s := openTest(t, t.TempDir())
	must(t, s.Append(t.Context(), each(someItems(5, 10, 30, 14))))
	s.mapped = false
	must(t, s.parts[0].part.file.Close())
	v := s.View()
	defer v.Close()
	if found, err := v.Search([]Look{{Word: 1, Sig: 2}}, Search{63, MaxProbes, 0}, nil); !errors.Is(err, fs.ErrClosed) {
		t.Errorf("Search found %d, %v", len(found), err)
	}
	if _, err := v.Gather(v.All()); !errors.Is(err, fs.ErrClosed) {
		t.Errorf("Gather: %v", err)
	}
	if _, err := v.Whole(); !errors.Is(err, fs.ErrClosed) {
		t.Errorf("Whole: %v", err)
	}
}

func TestFlips(t *testing.T) {
	sets := make([]uint32, MaxProbes)
	seen := map[uint32]bool{0: true}
	last := 0
	for i := 1; i < MaxProbes; i++ {
		f := flips[i]
		if int(f.parent) >= i || sets[f.parent]>>f.rank != 0 {
			t.Fatalf("flip %d = %v does not grow an earlier one", i, f)
		}
		sets[i] = sets[f.parent] | 1<<f.rank
		sum := 0
		for r := range 32 {
			if sets[i]>>r&1 == 1 {
				sum += r + 1
			}
		}
		if seen[sets[i]] || sum < last {
			t.Fatalf("flip %d is %b", i, sets[i])
		}
		seen[sets[i]], last = true, sum
	}
}

func TestList(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 9))
	for _, n := range []int{0, 1, 2, 120, 5000} {
		for _, step := range []int{1, 2, 100, 1 << 17} {
			var list []uint32
			at := uint32(0)
			for range n {
				at += uint32(r.IntN(step))
				list = append(list, at)
				at++
			}
			b := appendList(nil, list)
			if got := readList(b, at+1, nil); !slices.Equal(got, list) {
				t.Fatalf("list of %d, steps below %d: read %d back", n, step, len(got))
			}
		}
	}
}

// A part with changed bytes may hide postings, but must not stop the program.
func FuzzInverted(f *testing.F) {
	dir := f.TempDir()
	s, err := OpenSet(dir, testSet)
	if err != nil {
		f.Fatal(err)
	}
	if err := s.Append(context.Background(), each(someItems(3, 4, 20, 13))); err != nil {
		f.Fatal(err)
	}
	good, err := os.ReadFile(filepath.Join(dir, partName(1)))
	if err != nil {
		f.Fatal(err)
	}
	p, err := Read(good)
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range []string{"meta", "items", "frames", "directory", "postings"} {
		b, _ := p.Section(name)
		f.Add(name, b)
	}
	f.Fuzz(func(t *testing.T, name string, section []byte) {
		// The container's checksums would refuse most of what a fuzzer makes: put the section into a good one.
		var b bytes.Buffer
		e := memoryPart{encoder{w: &b, sha: sha256.New()}}
		e.head(s.head)
		for _, s := range p.sections {
			body := p.bytes(s)
			if s.name == name {
				body = section
			}
			e.Begin(s.name)
			e.Write(body)
		}
		if e.finish() != nil {
			return
		}
		q, err := Read(b.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		v, err := openInverted(q, s.head)
		if err != nil {
			return
		}
		set := &Set{parts: []*inverted{v}, memory: 1 << 20}
		w := set.View()
		defer w.Close()
		l := Look{Word: 1, Sig: 2}
		found, err := w.Search([]Look{l}, Search{63, 16, 3}, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range append(found, similar(w, l, 64)...) {
			w.Item(n.Keyframe)
			w.Around(n.Keyframe)
		}
		if _, err := w.Gather(w.All()); err != nil {
			t.Fatal(err)
		}
	})
}

func FuzzList(f *testing.F) {
	f.Add(appendList(nil, []uint32{1, 5, 900}))
	f.Fuzz(func(t *testing.T, b []byte) {
		list := readList(b, 1<<20, nil)
		for i, v := range list {
			if v >= 1<<20 || i > 0 && v <= list[i-1] {
				t.Fatalf("list %v", list)
			}
		}
		if got := readList(appendList(nil, list), 1<<20, nil); !slices.Equal(got, list) {
			t.Fatalf("round trip gave %v, want %v", got, list)
		}
	})
}
