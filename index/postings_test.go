package index

import (
	"math/bits"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

func randomItems(r *rand.Rand, items, frames, features int) (ids []ItemID, ks [][]Keyframe) {
	for i := range items {
		var id ItemID
		id[0], id[1] = byte(i), byte(r.Uint32())
		var out []Keyframe
		for k := range frames {
			f := Keyframe{At: time.Duration(k) * time.Second, W: 640, H: 360}
			for range features {
				f.Features = append(f.Features, Feature{X: r.Int32N(Extent), Y: r.Int32N(576), Scale: r.Int32N(64), Word: uint16(r.IntN(300) * 217), Sig: r.Uint64()})
			}
			out = append(out, f)
		}
		ids, ks = append(ids, id), append(ks, out)
	}
	return ids, ks
}

func fill(ids []ItemID, ks [][]Keyframe) *Postings {
	var b Builder
	for i, id := range ids {
		b.Add(id, ks[i])
	}
	return b.Postings()
}

// found is a posting by what it says, not where it stands.
type found struct {
	item        ItemID
	at          time.Duration
	x, y, scale int32
	distance    int32
}

func nearby(p *Postings, word uint16, sig uint64, radius int) (out []found) {
	for _, n := range p.Near(nil, word, sig, radius) {
		q := p.At(n.Posting)
		id, at := p.Keyframe(q.Keyframe)
		out = append(out, found{id, at, q.X, q.Y, q.Scale, n.Distance})
	}
	return out
}

// nearbySlow is nearby by a scan of what was filed.
func nearbySlow(ids []ItemID, ks [][]Keyframe, word uint16, sig uint64, radius int) (out []found) {
	for i, id := range ids {
		for _, k := range ks[i] {
			for _, f := range k.Features {
				if d := bits.OnesCount64(f.Sig ^ sig); f.Word == word && d <= radius {
					out = append(out, found{id, k.At, f.X, f.Y, f.Scale, int32(d)})
				}
			}
		}
	}
	return out
}

func equal(a, b []found) bool {
	order := func(x, y found) int {
		return slices.Compare([]int64{int64(x.item[0]), int64(x.at), int64(x.x), int64(x.y), int64(x.scale)}, []int64{int64(y.item[0]), int64(y.at), int64(y.x), int64(y.y), int64(y.scale)})
	}
	slices.SortFunc(a, order)
	slices.SortFunc(b, order)
	return slices.Equal(a, b)
}

func TestNearAgreesWithScan(t *testing.T) {
	for _, c := range []struct {
		name                    string
		items, frames, features int
	}{{"empty", 0, 0, 0}, {"no keyframe", 2, 0, 0}, {"one posting", 1, 1, 1}, {"one bucket's worth", 3, 2, 40}, {"finer directory", 20, 20, 120}} {
		t.Run(c.name, func(t *testing.T) {
			r := rand.New(rand.NewPCG(1, 2))
			ids, ks := randomItems(r, c.items, c.frames, c.features)
			p := fill(ids, ks)
			for range 300 {
				word, sig, radius := uint16(r.IntN(300)*217), r.Uint64(), 20+r.IntN(20)
				want := nearbySlow(ids, ks, word, sig, radius)
				if got := nearby(p, word, sig, radius); !equal(got, want) {
					t.Fatalf("word %d: %d found, want %d", word, len(got), len(want))
				}
			}
		})
	}
}

func TestRunEndsAtGapsAndItems(t *testing.T) {
	var b Builder
	var ks []Keyframe
	for _, at := range []int{0, 1, 2, 5, 6, 7, 8} {
		ks = append(ks, Keyframe{At: time.Duration(at) * time.Second, W: 16, H: 9})
	}
	b.Add(ItemID{1}, ks)
	b.Add(ItemID{2}, ks[:3])
	p := b.Postings()
	for _, c := range []struct {
		k           uint32
		from, to    time.Duration
		first, last uint32
	}{
		{1, 0, time.Minute, 0, 3},
		{5, 0, time.Minute, 3, 7},
		{5, 6 * time.Second, 8 * time.Second, 4, 6},
		{5, 10 * time.Second, 0, 5, 6},
		{7, 0, time.Minute, 7, 10},
	} {
		if first, last := p.Run(c.k, c.from, c.to); first != c.first || last != c.last {
			t.Errorf("Run(%d, %v, %v) = %d, %d, want %d, %d", c.k, c.from, c.to, first, last, c.first, c.last)
		}
	}
	if w, h := p.Shape(8); w != 16 || h != 9 {
		t.Errorf("shape %d by %d", w, h)
	}
}
