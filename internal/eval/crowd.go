package eval

import (
	"bytes"
	"encoding/binary"
	"iter"
	"math/bits"
	"math/rand/v2"
	"sync"
	"time"

	"beleg/index"
)

// A crowd makes items that nobody took: their postings follow the statistics of real ones.
//
// A posting is made from a real one and one of its nearest neighbours in another item: where their codes
// differ, either may give the bit (after Chawla, Bowyer, Hall and Kegelmeyer, "SMOTE", 2002), and each bit
// of the signature turns with 1 in 16. So common features get many that are near them and rare ones few, words keep
// their skew, and none is a copy. Items have shots, which come again; within a shot most features stay
// from one keyframe to the next, turned in a few bits. One shot in fifty is a look-alike: it keeps the
// places of a real keyframe, moved and scaled.
type crowd struct {
	pool      []member
	keyframes [][]int // members of each real keyframe
	seed      uint64
	made      int // items
}

// A member is a real feature.
type member struct {
	index.Feature
	item int
	mate [3]int32 // nearest in other items
}

// newCrowd takes the statistics from items.
func newCrowd(items []index.Item, seed uint64) *crowd {
	c := &crowd{seed: seed}
	for i, it := range items {
		for _, k := range it.Keyframes {
			var ks []int
			for _, f := range k.Features {
				ks = append(ks, len(c.pool))
				c.pool = append(c.pool, member{Feature: f, item: i})
			}
			if len(ks) > 0 && len(it.Keyframes) > 1 {
				c.keyframes = append(c.keyframes, ks)
			}
		}
	}
	var all sync.WaitGroup
	const workers = 2
	for w := range workers {
		all.Go(func() {
			for i := w; i < len(c.pool); i += workers {
				c.mates(i)
			}
		})
	}
	all.Wait()
	return c
}

// apart is how far two codes are from one another, words included.
func apart(a, b *member) int {
	return bits.OnesCount64(a.Sig^b.Sig) + bits.OnesCount16(a.Word^b.Word)
}

func (c *crowd) mates(i int) {
	m := &c.pool[i]
	far := [3]int{999, 999, 999}
	for j := range c.pool {
		o := &c.pool[j]
		d := apart(m, o)
		if d >= far[2] || o.item == m.item {
			continue
		}
		k := 2
		for ; k > 0 && d < far[k-1]; k-- {
			far[k], m.mate[k] = far[k-1], m.mate[k-1]
		}
		far[k], m.mate[k] = d, int32(j)
	}
}

// code returns a code like that of member i.
func (c *crowd) code(r *rand.Rand, i int) (uint16, uint64) {
	a := &c.pool[i]
	b := &c.pool[a.mate[r.IntN(3)]]
	mix, noise := r.Uint64(), r.Uint64()&r.Uint64()&r.Uint64()&r.Uint64()
	return a.Word ^ (a.Word^b.Word)&uint16(mix>>48), a.Sig ^ (a.Sig^b.Sig)&mix ^ noise
}

// A scene of the crowd: features with their places.
type crowdShot struct {
	light    [index.TraceWide * index.TraceHigh]byte
	features []index.Feature
	stay     uint32 // of 256 features, how many stay to the next keyframe
}

func (c *crowd) shot(r *rand.Rand) crowdShot {
	from := c.keyframes[r.IntN(len(c.keyframes))]
	s := crowdShot{stay: uint32(120 + r.IntN(120))}
	alike := r.IntN(50) == 0
	dx, dy, half := int32(r.IntN(200)-100), int32(r.IntN(200)-100), int32(384+r.IntN(256))
	for i := range s.light {
		s.light[i] = byte(16 + r.IntN(224))
	}
	for _, m := range from {
		f := c.feature(r)
		if alike {
			f = c.pool[m].Feature
			f.Word, f.Sig = c.code(r, m)
			f.X, f.Y = min(max((f.X-512)*half/512+512+dx, 0), 1023), min(max((f.Y-288)*half/512+288+dy, 0), 1023)
		}
		s.features = append(s.features, f)
	}
	return s
}

// feature returns one at the place of a real one.
func (c *crowd) feature(r *rand.Rand) index.Feature {
	i := r.IntN(len(c.pool))
	at := &c.pool[r.IntN(len(c.pool))]
	f := index.Feature{X: at.X, Y: at.Y, Scale: c.pool[i].Scale}
	f.Word, f.Sig = c.code(r, i)
	return f
}

// trace moves the shot on by a second and returns how bright its tiles were.
func (s *crowdShot) trace(r *rand.Rand) (t index.Trace) {
	for i := range t {
		for k := 0; k < len(s.light); k += 8 {
			step := r.Uint64()
			for j := range s.light[k:min(k+8, len(s.light))] {
				s.light[k+j] = byte(min(max(int(s.light[k+j])+int(step>>(8*j)&3)-int(step>>(8*j+2)&3), 1), 255))
			}
		}
		t[i] = s.light
	}
	return t
}

// next moves the shot on by a keyframe and returns it.
func (s *crowdShot) next(c *crowd, r *rand.Rand) []index.Feature {
	out := make([]index.Feature, len(s.features))
	for i := range s.features {
		f := &s.features[i]
		u := r.Uint64()
		if uint32(u&255) >= s.stay {
			*f = c.feature(r)
		}
		out[i] = *f
		v := r.Uint64()
		out[i].Sig ^= u & v & bits.RotateLeft64(u, 21) & bits.RotateLeft64(v, 37) & bits.RotateLeft64(v, 11)
		out[i].X = min(max(out[i].X+int32(u>>60)-8, 0), 1023)
		out[i].Y = min(max(out[i].Y+int32(u>>56&15)-8, 0), 1023)
	}
	return out
}

// items yields items of so many hours in all, one keyframe a second.
func (c *crowd) items(hours float64) iter.Seq2[index.Item, error] {
	return func(yield func(index.Item, error) bool) {
		for left := int(hours * 3600); left > 0; {
			c.made++
			r := rand.New(rand.NewPCG(c.seed, uint64(c.made)))
			n := min(left, 60+r.IntN(1500))
			left -= n
			it := index.Item{Keyframes: make([]index.Keyframe, 0, n)}
			binary.BigEndian.PutUint64(it.ID[:], r.Uint64())
			binary.BigEndian.PutUint64(it.ID[24:], uint64(c.made))
			var shots []crowdShot
			for len(it.Keyframes) < n {
				k := r.IntN(len(shots) + 1 + len(shots)/2)
				if k >= len(shots) {
					k = len(shots)
					shots = append(shots, c.shot(r))
				}
				for range min(2+int(r.ExpFloat64()*5), n-len(it.Keyframes)) {
					it.Keyframes = append(it.Keyframes, index.Keyframe{At: time.Duration(len(it.Keyframes)) * time.Second, W: 640, H: 360, Features: shots[k].next(c, r), Trace: shots[k].trace(r)})
				}
			}
			if !yield(it, nil) {
				return
			}
		}
	}
}

// A likeness says how often postings of different items are alike: of a million pairs whose words differ in
// at most two bits, those whose signatures differ in at most 14.
type likeness struct{ real, made float64 }

// likeness compares the crowd with what it was made from.
func (c *crowd) likeness(items iter.Seq2[index.Item, error]) likeness {
	r := rand.New(rand.NewPCG(c.seed, 1<<60))
	var made []member
	for it := range items {
		for _, k := range it.Keyframes {
			if f := k.Features; len(f) > 0 {
				made = append(made, member{Feature: f[r.IntN(len(f))], item: -1})
			}
		}
	}
	rate := func(list []member) float64 {
		near, pairs := 0, 0
		for range 2000 {
			a := &c.pool[r.IntN(len(c.pool))]
			for j := range 20000 {
				b := &list[j*len(list)/20000]
				if a.item == b.item || bits.OnesCount16(a.Word^b.Word) > 2 {
					continue
				}
				pairs++
				if bits.OnesCount64(a.Sig^b.Sig) <= 14 {
					near++
				}
			}
		}
		return 1e6 * float64(near) / float64(max(pairs, 1))
	}
	return likeness{rate(c.pool), rate(made)}
}

// crowded reports whether id is of a crowd.
func crowded(id index.ItemID) bool { return bytes.Equal(id[8:24], make([]byte, 16)) }
