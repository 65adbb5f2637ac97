package match

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"beleg/index"
	"beleg/luma"
)

// world returns a large still picture of overlapping boxes with soft edges.
func world(w, h int, seed uint64) luma.Plane {
	p, r := luma.New(2*w, 2*h), rand.New(rand.NewPCG(seed, 1))
	for i := range 900 {
		bw, bh := 8+r.IntN(160)*(900-i)/900, 8+r.IntN(120)*(900-i)/900
		x0, y0, v := r.IntN(2*w), r.IntN(2*h), 20+r.IntN(215)
		for y := y0; y < min(y0+bh, 2*h); y++ {
			for x := x0; x < min(x0+bw, 2*w); x++ {
				p.Pix[y*p.Stride+x] = byte(v + (x-x0+y-y0)%24)
			}
		}
	}
	return p.Resize(w, h)
}

const fps = 25

func at(i int) time.Duration { return time.Duration(i) * time.Second / fps }

// A take gives the picture of frame i.
type take func(i int) luma.Plane

// pan is a camera that is carried along by hand, with something passing. (Under an even pan over a flat
// scene time and transform stand in for one another.)
func pan(seed uint64) take {
	w := world(900, 500, seed)
	wave := func(i, period, size int) int {
		i = (i + int(seed)*7) % period
		return size * min(i, period-i) / period
	}
	return func(i int) luma.Plane {
		x, y := 60+i*2+wave(i, 37, 30)+wave(i, 11, 5), 60+wave(i, 53, 50)+wave(i, 13, 6)
		p := w.Crop(x, y, x+320, y+180).Clone()
		for yy := 70; yy < 120; yy++ {
			for xx := max(0, 300-i*3); xx < min(320, 340-i*3); xx++ {
				p.Pix[yy*p.Stride+xx] = byte(90 + yy)
			}
		}
		return p
	}
}

// street is a camera that stands still, with things that pass; moment decides which.
func street(seed, moment uint64) take {
	w := world(320, 180, seed)
	r := rand.New(rand.NewPCG(moment, 7))
	type passer struct{ start, speed, y, size, grey int }
	var ps []passer
	for range 9 {
		ps = append(ps, passer{r.IntN(200) - 40, r.IntN(9) - 4, r.IntN(150), 10 + r.IntN(20), r.IntN(256)})
	}
	return func(i int) luma.Plane {
		p := w.Clone()
		for _, s := range ps {
			x := ((s.start+s.speed*i)%360+360)%360 - 20
			for yy := s.y; yy < min(s.y+s.size, 180); yy++ {
				for xx := max(x, 0); xx < min(x+s.size, 320); xx++ {
					p.Pix[yy*320+xx] = byte(s.grey)
				}
			}
		}
		return p
	}
}

// still is a photo.
func still(seed uint64) take {
	w := world(320, 200, seed)
	return func(int) luma.Plane { return w }
}

// back plays t backwards from frame n on.
func back(t take, n int) take { return func(i int) luma.Plane { return t(n - i) } }

// approached is t seen ever closer from frame n on, up to twice as near after count frames.
func approached(t take, n, count int) take {
	return func(i int) luma.Plane {
		near := 1 + float64(i-n)/float64(count)
		w, h := int(320/near), int(180/near)
		x, y := (320-w)/3, (180-h)/2
		return t(i).Crop(x, y, x+w, y+h).Resize(320, 180)
	}
}

// trembling is t filmed off a screen from a hand.
func trembling(t take) take {
	return func(i int) luma.Plane {
		x, y := 16+int(math.Round(16*math.Sin(float64(i)*.11))), 9+int(math.Round(9*math.Sin(float64(i)*.07)))
		return t(i).Crop(x, y, x+288, y+162).Resize(320, 180)
	}
}

// held is frame n of t all the time.
func held(t take, n int) take { return func(int) luma.Plane { return t(n) } }

// A collection is an archive in memory.
type collection struct {
	decoded int // stretches asked for
	items   map[index.ItemID]take
	long    map[index.ItemID]int // frames
	b       index.Builder
}

func (c *collection) add(name byte, t take, frames int) index.ItemID {
	id := index.ItemID{name}
	if c.items == nil {
		c.items, c.long = map[index.ItemID]take{}, map[index.ItemID]int{}
	}
	c.items[id], c.long[id] = t, frames
	a := NewAnalyzer(frames == 1)
	for i := 0; i < frames; i += 5 {
		a.Add(Frame{t(i), at(i)})
	}
	for k := 0; frames > 1 && k*fps/index.TraceMoments < frames; k++ {
		a.TraceFrame(Frame{t(k*fps/index.TraceMoments).Resize(index.TraceWide, index.TraceHigh), time.Duration(k) * time.Second / index.TraceMoments})
	}
	c.b.Add(id, a.Keyframes())
	return id
}

func (c *collection) Frames(_ context.Context, item index.ItemID, from, to time.Duration, side int) (out []Frame, end bool, err error) {
	for i := range c.long[item] {
		if at(i) >= from && at(i) < to {
			p := c.items[item](i)
			w, h := p.W*side/max(p.W, p.H), p.H*side/max(p.W, p.H)
			out = append(out, Frame{p.Resize(w, h), at(i)})
		}
	}
	c.decoded++
	return out, to > at(c.long[item]), nil
}

// A piece of a query: count frames from first on, edited.
type piece struct {
	from  take
	first int
	count int
	rate  int // percent
	edit  func(luma.Plane) luma.Plane
}

func queryOf(ps ...piece) *Query {
	q := NewQuery()
	for _, f := range framesOf(ps...) {
		q.Add(f)
	}
	return q
}

func framesOf(ps ...piece) (out []Frame) {
	for _, p := range ps {
		for k := range p.count {
			f := p.from(p.first + k*max(p.rate, 1)/100)
			if p.rate == 0 {
				f = p.from(p.first + k)
			}
			f = f.Resize(320, 180)
			if p.edit != nil {
				f = p.edit(f)
			}
			out = append(out, Frame{f.Resize(640, 360), at(len(out))})
		}
	}
	return out
}

func mirrored(p luma.Plane) luma.Plane { return p.Mirror() }
func cropped(p luma.Plane) luma.Plane  { return p.Crop(40, 20, 280, 155).Resize(320, 180) }

// quarter turns p clockwise.
func quarter(p luma.Plane) luma.Plane { return p.Transpose().Mirror() }

// onItsSide shows p turned and as high as the picture.
func onItsSide(p luma.Plane) luma.Plane {
	return pasted(luma.New(320, 180), quarter(p.Resize(180, 101)), 110, 0)
}

// grainy is p under noise that is new in each frame.
func grainy(p luma.Plane, frame uint64) luma.Plane {
	q, r := p.Clone(), rand.New(rand.NewPCG(frame, 5))
	for i, v := range q.Pix {
		q.Pix[i] = byte(min(max(int(v)+r.IntN(241)-120, 0), 255))
	}
	return q
}

func banner(p luma.Plane) luma.Plane {
	for y := 130; y < 165; y++ {
		for x := 10; x < 250; x++ {
			p.Pix[y*p.Stride+x] = byte(200 + x%7)
		}
	}
	return p
}

func window(p luma.Plane) luma.Plane {
	return pasted(world(320, 180, 999), p.Resize(140, 79), 100, 30)
}

// smallWindow shows p in a framed window of a sixth of the picture's width.
func smallWindow(p luma.Plane) luma.Plane {
	white := luma.New(58, 34)
	for i := range white.Pix {
		white.Pix[i] = 235
	}
	return pasted(pasted(world(320, 180, 999), white, 98, 28), p.Resize(54, 30), 100, 30)
}

// pasted puts small into p, its upper left corner at x and y, and returns p.
func pasted(p, small luma.Plane, x, y int) luma.Plane {
	for i := range small.H {
		copy(p.Row(y + i)[x:], small.Row(i))
	}
	return p
}

func find(t *testing.T, c *collection, q *Query) []Match {
	t.Helper()
	ms, err := Find(t.Context(), q, []*index.Postings{c.b.Postings()}, c, Options{})
	if err != nil {
		t.Fatal(err)
	}
	return ms
}

func TestFindsExcerpts(t *testing.T) {
	var c collection
	a := c.add(1, pan(11), 150)
	s := c.add(2, street(21, 1), 200)
	other := c.add(3, street(21, 2), 200)
	photo := c.add(4, still(31), 1)
	for i := range 6 {
		c.add(byte(10+i), still(uint64(100+i)), 1)
	}
	host := piece{from: pan(77), count: 40}
	for _, row := range []struct {
		name   string
		piece  piece
		want   index.ItemID
		a0, a1 float64
		mirror bool
		rate   float64
	}{
		{"plain", piece{from: pan(11), first: 40, count: 80}, a, 1.6, 4.8, false, 1},
		{"mirrored and cropped", piece{from: pan(11), first: 30, count: 70, edit: func(p luma.Plane) luma.Plane { return mirrored(cropped(p)) }}, a, 1.2, 4, true, 1},
		{"under a banner", piece{from: street(21, 1), first: 60, count: 90, edit: banner}, s, 2.4, 6, false, 1},
		{"in a window", piece{from: street(21, 1), first: 20, count: 90, edit: window}, s, .8, 4.4, false, 1},
		{"in a small window", piece{from: street(21, 1), first: 20, count: 90, edit: smallWindow}, s, .8, 4.4, false, 1},
		{"in a small window, mirrored", piece{from: pan(11), first: 30, count: 90, edit: func(p luma.Plane) luma.Plane { return smallWindow(mirrored(p)) }}, a, 1.2, 4.8, true, 1},
		{"faster", piece{from: street(21, 1), first: 10, count: 100, rate: 125}, s, .4, 5.4, false, 1.25},
		{"in slow motion", piece{from: street(21, 1), first: 30, count: 120, rate: 50}, s, 1.2, 3.6, false, .5},
		{"in quick motion", piece{from: street(21, 1), first: 10, count: 70, rate: 200}, s, .4, 6, false, 2},
		{"approached", piece{from: approached(street(21, 1), 30, 120), first: 30, count: 120}, s, 1.2, 6, false, 1},
		{"approached, mirrored", piece{from: approached(street(21, 1), 30, 120), first: 30, count: 120, edit: mirrored}, s, 1.2, 6, true, 1},
		{"from a hand", piece{from: trembling(street(21, 1)), first: 50, count: 120}, s, 2, 6.8, false, 1},
		{"on its side", piece{from: street(21, 1), first: 50, count: 120, edit: onItsSide}, s, 2, 6.8, false, 1},
		{"upside down", piece{from: pan(11), first: 40, count: 80, edit: func(p luma.Plane) luma.Plane { return quarter(quarter(p)) }}, a, 1.6, 4.8, false, 1},
		{"backwards", piece{from: back(pan(11), 120), count: 80}, a, 1.6, 4.8, false, -1},
		{"backwards and mirrored", piece{from: back(street(21, 1), 150), count: 100, edit: mirrored}, s, 2, 6, true, -1},
		{"a frame that is held", piece{from: held(pan(11), 70), count: 75, edit: cropped}, a, 2.8, 2.84, false, 0},
		{"photo, cropped", piece{from: still(31), count: 75, edit: cropped}, photo, 0, 0, false, 0},
	} {
		t.Run(row.name, func(t *testing.T) {
			q := queryOf(host, row.piece, piece{from: pan(78), count: 40})
			var same []Match
			for _, m := range find(t, &c, q) {
				if m.Kind == SameFootage {
					same = append(same, m)
				}
			}
			if len(same) != 1 {
				t.Fatalf("%d matches of the same footage, want 1: %+v", len(same), same)
			}
			m := same[0]
			if m.Item != row.want {
				t.Fatalf("item %d, want %d", m.Item[0], row.want[0])
			}
			b0, b1 := at(40), at(40+row.piece.count)
			if d := 80 * time.Millisecond; m.BFrom < b0-d || m.BFrom > b0+d || m.BTo < b1-d || m.BTo > b1+d {
				t.Errorf("in the query %s-%s, want %s-%s", m.BFrom, m.BTo, b0, b1)
			}
			if d := .15; m.AFrom.Seconds() < row.a0-d || m.AFrom.Seconds() > row.a0+d || m.ATo.Seconds() < row.a1-d || m.ATo.Seconds() > row.a1+d {
				t.Errorf("in the item %s-%s, want %.2f-%.2f s", m.AFrom, m.ATo, row.a0, row.a1)
			}
			if _, plain := m.Transform.scale(512, 288); plain == row.mirror {
				t.Errorf("mirrored: %v, want %v", !plain, row.mirror)
			}
			if m.Rate < row.rate-.02 || m.Rate > row.rate+.02 {
				t.Errorf("rate %.3f, want %.2f", m.Rate, row.rate)
			}
			if m.Score < .5 || m.Score > 1 {
				t.Errorf("score %.3f", m.Score)
			}
		})
	}
	t.Run("a photo as query", func(t *testing.T) {
		for _, row := range []struct {
			name string
			from luma.Plane
			want index.ItemID
			at   float64
		}{
			{"of a photo", cropped(still(31)(0).Resize(320, 180)), photo, 0},
			{"of a video", cropped(pan(11)(70)), a, 2.8},
			{"of a photo, turned", quarter(still(31)(0)), photo, 0},
		} {
			q := NewQuery()
			side := max(row.from.W, row.from.H)
			q.Add(Frame{row.from.Resize(row.from.W*640/side, row.from.H*640/side), 0})
			var same []Match
			for _, m := range find(t, &c, q) {
				if m.Kind == SameFootage {
					same = append(same, m)
				}
			}
			if len(same) != 1 || same[0].Item != row.want || same[0].BFrom != 0 || same[0].BTo != 0 || same[0].Rate != 0 ||
				same[0].AFrom.Seconds() < row.at-.1 || same[0].AFrom.Seconds() > row.at+.1 {
				t.Errorf("%s: %+v, want item %d at %.1f s", row.name, same, row.want[0], row.at)
			}
		}
	})
	t.Run("the same place at another time is told apart", func(t *testing.T) {
		q := queryOf(host, piece{from: street(21, 3), count: 90})
		for _, m := range find(t, &c, q) {
			if m.Kind == SameFootage {
				t.Errorf("item %d is called the same footage: %+v", m.Item[0], m.Evidence)
			}
			if m.Item != s && m.Item != other {
				t.Errorf("item %d is called %s", m.Item[0], m.Kind)
			}
		}
	})
	t.Run("another time is told apart though it moves", func(t *testing.T) {
		for _, from := range []take{approached(street(21, 3), 0, 100), trembling(street(21, 3))} {
			for _, m := range find(t, &c, queryOf(host, piece{from: from, count: 90})) {
				if m.Kind == SameFootage {
					t.Errorf("item %d is called the same footage: %+v", m.Item[0], m.Evidence)
				}
			}
		}
	})
	t.Run("what an item's own camera does is not taken for the broadcaster's", func(t *testing.T) {
		var c collection
		c.add(1, trembling(street(21, 1)), 200)
		for _, m := range find(t, &c, queryOf(host, piece{from: street(21, 3), count: 90}, host)) {
			if m.Kind == SameFootage {
				t.Errorf("it is called the same footage: %+v", m.Evidence)
			}
		}
	})
	t.Run("an earlier broadcast does not hide what it shows", func(t *testing.T) {
		// All that the broadcaster did is in the earlier one as well: it agrees far better than the item does.
		spoilt := func(i int) luma.Plane { return grainy(street(21, 1)(i), uint64(i)) }
		programme := []piece{{from: pan(77), count: 60}, {from: spoilt, first: 50, count: 100}, {from: pan(78), count: 60}}
		aired := framesOf(programme...)
		var c collection
		s := c.add(1, street(21, 1), 200)
		other := c.add(2, street(21, 2), 200)
		rerun := c.add(3, func(i int) luma.Plane { return aired[i].Resize(320, 180) }, len(aired))
		kinds := map[index.ItemID][]Kind{}
		for _, m := range find(t, &c, queryOf(programme...)) {
			kinds[m.Item] = append(kinds[m.Item], m.Kind)
		}
		if !slices.Contains(kinds[s], SameFootage) || !slices.Contains(kinds[rerun], SameFootage) || slices.Contains(kinds[other], SameFootage) {
			t.Errorf("the item is called %s, the earlier broadcast %s, another clip of the camera %s", kinds[s], kinds[rerun], kinds[other])
		}
	})
	t.Run("a held frame of another time is told apart", func(t *testing.T) {
		for _, moment := range []int{10, 60, 130} {
			for _, m := range find(t, &c, queryOf(host, piece{from: held(street(21, 3), moment), count: 75})) {
				if m.Kind == SameFootage {
					t.Errorf("frame %d: item %d is called the same footage: %+v", moment, m.Item[0], m.Evidence)
				}
			}
		}
	})
	t.Run("nothing in other footage", func(t *testing.T) {
		for _, m := range find(t, &c, queryOf(host, piece{from: street(55, 1), count: 60}, piece{from: still(56), count: 40})) {
			if m.Kind == SameFootage {
				t.Errorf("item %d is called the same footage: %+v", m.Item[0], m.Evidence)
			}
		}
	})
	t.Run("a skipped item is not found", func(t *testing.T) {
		q := queryOf(host, piece{from: pan(11), first: 40, count: 60})
		ms, err := Find(t.Context(), q, []*index.Postings{c.b.Postings()}, &c, Options{Without: func(id index.ItemID) bool { return id == a }})
		if err != nil || len(ms) > 0 && ms[0].Item == a {
			t.Errorf("matches %+v, error %v", ms, err)
		}
	})
}

func TestFindRepeatsItself(t *testing.T) {
	var c collection
	c.add(1, pan(11), 100)
	c.add(2, street(21, 1), 100)
	q := queryOf(piece{from: pan(11), first: 20, count: 50, edit: cropped}, piece{from: street(21, 1), first: 20, count: 50})
	first := fmt.Sprintf("%+v", find(t, &c, q))
	for range 2 {
		if again := fmt.Sprintf("%+v", find(t, &c, q)); again != first {
			t.Fatalf("a second run differs:\n%s\n%s", first, again)
		}
	}
}

func TestFindGivesBackErrors(t *testing.T) {
	var c collection
	c.add(1, pan(11), 60)
	q := queryOf(piece{from: pan(11), count: 40})
	parts := []*index.Postings{c.b.Postings()}
	if _, err := Find(t.Context(), q, parts, failing{}, Options{}); err == nil {
		t.Error("no error although no picture can be fetched")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Find(ctx, q, parts, &c, Options{}); err == nil {
		t.Error("no error after cancel")
	}
	if ms, err := Find(t.Context(), NewQuery(), parts, &c, Options{}); err != nil || len(ms) > 0 {
		t.Errorf("an empty query gives %v, %v", ms, err)
	}
}

type failing struct{}

func (failing) Frames(context.Context, index.ItemID, time.Duration, time.Duration, int) ([]Frame, bool, error) {
	return nil, false, context.DeadlineExceeded
}

func TestTransforms(t *testing.T) {
	a := Transform{1.2, .1, 30, -.05, .9, 10, .0001, -.00005}
	b, ok := a.invert()
	if !ok {
		t.Fatal("cannot be inverted")
	}
	one := a.after(&b)
	for _, p := range [][2]float64{{0, 0}, {500, 300}, {1000, 20}} {
		if x, y := one.At(p[0], p[1]); max(x-p[0], p[0]-x, y-p[1], p[1]-y) > 1e-6 {
			t.Errorf("there and back from %v is (%f, %f)", p, x, y)
		}
	}
	var ties []tie
	for i := range 40 {
		x, y := float64(i%8*120), float64(i/8*110)
		u, v := a.At(x, y)
		ties = append(ties, tie{x, y, u, v, 1})
	}
	flat, _ := fitAffine(ties, Transform{1, 0, 0, 0, 1, 0, 0, 0}, 0)
	got, ok := fitPlane(ties, flat, 0)
	if !ok {
		t.Fatal("no fit")
	}
	for i := range got {
		if d := got[i] - a[i]; max(d, -d) > 1e-6 {
			t.Errorf("fit %v, want %v", got, a)
			break
		}
	}
}

func TestShrinkIsTheMeanOfSquares(t *testing.T) {
	p := world(64, 37, 3)
	for side := 1; side < 70; side += 3 {
		got := shrink(p, side)
		k := (64 + side - 1) / side
		if k == 1 {
			if !reflect.DeepEqual(got.Pix, p.Clone().Pix) {
				t.Error("not a copy")
			}
			continue
		}
		for y := range got.H {
			for x := range got.W {
				sum, n := 0, 0
				for yy := y * k; yy < min(y*k+k, p.H); yy++ {
					for xx := x * k; xx < min(x*k+k, p.W); xx++ {
						sum, n = sum+int(p.Pix[yy*64+xx]), n+1
					}
				}
				if want := byte((sum + n/2) / n); got.Row(y)[x] != want {
					t.Fatalf("side %d: pixel (%d,%d) = %d, want %d", side, x, y, got.Row(y)[x], want)
				}
			}
		}
	}
}

func TestExp2AndLog2(t *testing.T) {
	for i := -200; i <= 200; i++ {
		x := float64(i) / 23
		if d := log2of(exp2(x)) - x; d > .02 || d < -.02 {
			t.Errorf("log2(exp2(%f)) is off by %f", x, d)
		}
	}
}

func BenchmarkVote(b *testing.B) {
	var c collection
	for i := range 8 {
		c.add(byte(i), pan(uint64(i)), 150)
	}
	q := queryOf(piece{from: pan(3), count: 30, edit: cropped})
	parts := []*index.Postings{c.b.Postings()}
	cut := cuts(q.frames)
	for b.Loop() {
		q.vote(b.Context(), parts, nil, cut)
	}
	b.ReportMetric(float64(b.N*len(q.samples))/b.Elapsed().Seconds(), "samples/s")
}

// An ident in many broadcasts is counted and does not hide what was shown once.
func TestRecurs(t *testing.T) {
	ident := pan(61)
	broadcast := func(n int) take {
		studio, rest := street(62, uint64(n)), pan(uint64(200+n))
		return func(i int) luma.Plane {
			switch {
			case i < 50:
				return ident(i)
			case i < 100 && n < 8: // later there is a new one
				return studio(i)
			}
			return rest(i)
		}
	}
	var c collection
	old := c.add(1, pan(63), 150)
	const n = mostItems + 4
	for i := range n {
		c.add(byte(10+i), broadcast(i), 110)
	}
	q := queryOf(piece{from: ident, count: 50}, piece{from: pan(63), first: 30, count: 60}, piece{from: street(62, 400), first: 55, count: 40}, piece{from: pan(64), count: 30})
	late := func(a, b index.ItemID) int { return int(b[0]) - int(a[0]) }
	ms, err := Find(t.Context(), q, []*index.Postings{c.b.Postings()}, &c, Options{Before: late})
	if err != nil {
		t.Fatal(err)
	}
	idents, studios, olds := 0, 0, 0
	for _, m := range ms {
		switch {
		case m.Item == old:
			olds++
			if m.Kind != SameFootage || m.Recurs != 1 {
				t.Errorf("what was shown once is %s and recurs in %d items, want %s in 1", m.Kind, m.Recurs, SameFootage)
			}
		case m.BTo <= at(55):
			idents++
			if m.Kind != SameFootage || m.Recurs != n {
				t.Errorf("the ident of item %d is %s and recurs in %d items, want %s in %d", m.Item[0], m.Kind, m.Recurs, SameFootage, n)
			}
		case m.BFrom >= at(105) && m.BTo <= at(155):
			studios++
			if m.Kind == SameFootage || m.Recurs < Recurring {
				t.Errorf("the studio of item %d is %s and recurs in %d items, want another moment in at least %d", m.Item[0], m.Kind, m.Recurs, Recurring)
			}
		}
	}
	if idents != mostItems || studios < Recurring || olds != 1 {
		t.Errorf("%d idents, %d studios, %d of the old clip; want %d, at least %d, 1", idents, studios, olds, mostItems, Recurring)
	}
	for _, m := range ms {
		if m.BTo <= at(55) && m.Item != old && m.Item[0] < 10+n-mostItems {
			t.Errorf("item %d was looked at, which comes last", m.Item[0])
		}
	}
}

// A query that is looked up in parts gives what it gives as a whole, also where a part ends within a shot.
func TestHead(t *testing.T) {
	var c collection
	a, b := c.add(1, pan(71), 200), c.add(2, street(72, 1), 200)
	photo := c.add(3, still(73), 1)
	pieces := []piece{{from: pan(74), count: 30}, {from: pan(71), first: 20, count: 150}, {from: pan(75), count: 30}, {from: still(73), count: 50},
		{from: street(72, 1), first: 10, count: 120}, {from: pan(76), count: 20}}
	whole := find(t, &c, queryOf(pieces...))
	var parts []Match
	heads, q := 0, NewQuery()
	for _, f := range framesOf(pieces...) {
		q.Add(f)
		if h := q.Head(90 * 213 * 120 * 5 / 4); h != nil {
			heads++
			parts = append(parts, find(t, &c, h)...)
		}
	}
	parts = Join(append(parts, find(t, &c, q)...))
	if heads < 4 {
		t.Errorf("%d heads, want 4 or more", heads)
	}
	near := func(x, y time.Duration) bool { return max(x-y, y-x) <= 80*time.Millisecond }
	if len(whole) != 3 || len(parts) != len(whole) {
		t.Fatalf("%d matches in parts, %d as a whole, want 3", len(parts), len(whole))
	}
	for i, id := range []index.ItemID{a, photo, b} {
		w, p := whole[i], parts[i]
		if p.Item != id || w.Item != id || p.Kind != w.Kind || !near(p.BFrom, w.BFrom) || !near(p.BTo, w.BTo) || !near(p.AFrom, w.AFrom) || !near(p.ATo, w.ATo) || p.Recurs != 1 {
			t.Errorf("item %d: %s %v-%v of %v-%v in parts, %s %v-%v of %v-%v as a whole", id[0], p.Kind, p.BFrom, p.BTo, p.AFrom, p.ATo, w.Kind, w.BFrom, w.BTo, w.AFrom, w.ATo)
		}
	}
}

// What reaches beyond the end of an item is no reason to decode it again.
func TestShortItemIsDecodedOnce(t *testing.T) {
	var c collection
	scene := pan(9)
	id := c.add('a', scene, 75)
	q := queryOf(piece{from: scene, count: 40}, piece{from: pan(10), count: 50}, piece{from: scene, first: 30, count: 45}, piece{from: pan(12), count: 50}, piece{from: scene, count: 75})
	ms, err := Find(t.Context(), q, []*index.Postings{c.b.Postings()}, &c, Options{})
	if err != nil {
		t.Fatal(err)
	}
	uses := 0
	for _, m := range ms {
		if m.Item == id && m.Kind == SameFootage {
			uses++
		}
	}
	if uses != 3 || c.decoded != 1 {
		t.Errorf("%d uses found, decoded %d times; want 3 and once", uses, c.decoded)
	}
}

// A sudden change of light looks like a cut: the use goes on beyond it where pairs say so, at the same time of the item.
func TestRunGoesOnBeyondWhatLooksLikeACut(t *testing.T) {
	dim := func(p luma.Plane) luma.Plane {
		p = p.Clone()
		for i, v := range p.Pix {
			p.Pix[i] = v / 4
		}
		return p
	}
	var c collection
	scene := pan(22)
	id := c.add(1, scene, 200)
	q := queryOf(piece{from: pan(77), count: 40}, piece{from: scene, first: 20, count: 75}, piece{from: scene, first: 95, count: 75, edit: dim}, piece{from: pan(78), count: 40})
	f := finder{q: q, cut: cuts(q.frames)}
	if !f.cut[115] {
		t.Fatal("the change of light does not look like a cut")
	}
	groups, err := q.vote(t.Context(), []*index.Postings{c.b.Postings()}, nil, f.cut)
	if err != nil || len(groups) != 1 {
		t.Fatalf("%d items have votes, %v", len(groups), err)
	}
	lag := at(-20).Seconds()
	for _, row := range []struct {
		lag        float64
		start, end int
	}{{lag, 40, 190}, {lag + 5, 40, 115}} {
		if start, end := f.run(40, 115, groups[0], mapping{1, row.lag}); start != row.start || end != row.end {
			t.Errorf("with the item's time %.1f s off: frames %d to %d, want %d to %d", row.lag, start, end, row.start, row.end)
		}
	}
	ms := find(t, &c, q)
	if len(ms) != 1 || ms[0].Item != id || ms[0].Kind != SameFootage || ms[0].BFrom > at(43) || ms[0].BTo < at(187) || c.decoded != 1 {
		t.Errorf("found %+v, decoded %d times; want all of the use, and once", ms, c.decoded)
	}
}

// What moves in other takes of a camera is known from their traces: they are named and not decoded.
// A use goes on after something that hides all of it for a while, without a cut.
func TestUseGoesOnAfterAGap(t *testing.T) {
	var c collection
	id := c.add(1, pan(81), 220)
	pieces := []piece{{from: pan(82), count: 30}, {from: pan(81), first: 20, count: 60}}
	const fade, hidden = 6, 12
	for k := range 2*fade + hidden {
		share := min(k+1, fade, 2*fade+hidden-k)
		pieces = append(pieces, piece{from: pan(81), first: 80 + k, count: 1, edit: func(p luma.Plane) luma.Plane {
			p = p.Clone()
			for i, v := range p.Pix {
				p.Pix[i] = byte((int(v)*(fade-share) + 128*share) / fade)
			}
			return p
		}})
	}
	pieces = append(pieces, piece{from: pan(81), first: 80 + 2*fade + hidden, count: 70}, piece{from: pan(83), count: 30})
	ms := find(t, &c, queryOf(pieces...))
	end := at(30 + 60 + 2*fade + hidden + 70)
	near := func(x, y time.Duration) bool { return max(x-y, y-x) <= 80*time.Millisecond }
	if len(ms) != 1 || ms[0].Item != id || ms[0].Kind != SameFootage || !near(ms[0].BFrom, at(30)) || !near(ms[0].BTo, end) {
		t.Fatalf("found %+v, want one use from %v to %v", ms, at(30), end)
	}
}

// A use of the end of an item ends with it, though the same camera goes on.
func TestUseEndsWhereTheItemDoes(t *testing.T) {
	var c collection
	id := c.add(1, street(91, 1), 120)
	lighter := func(p luma.Plane) luma.Plane {
		p = p.Clone()
		for i, v := range p.Pix {
			p.Pix[i] = v/2 + 100
		}
		return p
	}
	ms := find(t, &c, queryOf(piece{from: pan(92), count: 30}, piece{from: street(91, 1), first: 40, count: 80}, piece{from: street(91, 2), count: 50, edit: lighter}))
	found := false
	for _, m := range ms {
		if m.Item != id || m.Kind != SameFootage {
			continue
		}
		found = true
		if late := m.BTo - at(110); late > 80*time.Millisecond || late < -80*time.Millisecond {
			t.Errorf("the use ends at %v, want %v", m.BTo, at(110))
		}
	}
	if !found {
		t.Errorf("found %+v, not the use", ms)
	}
}

func TestOtherTimesAreNotDecoded(t *testing.T) {
	var c collection
	shown := c.add(1, street(21, 1), 200)
	for i := range uint64(4) {
		c.add(byte(2+i), street(21, 2+i), 200)
	}
	copied := c.add(9, street(21, 1), 150)
	q := queryOf(piece{from: pan(77), count: 40}, piece{from: street(21, 1), first: 30, count: 100, edit: cropped}, piece{from: pan(78), count: 40})
	same, others := map[index.ItemID]bool{}, map[index.ItemID]bool{}
	for _, m := range find(t, &c, q) {
		switch m.Kind {
		case SameFootage:
			same[m.Item] = true
		case SamePlace:
			others[m.Item] = m.Evidence.Pixels == 0
		}
	}
	if len(same) != 2 || !same[shown] || !same[copied] {
		t.Errorf("the same footage in %v, want %v and its copy", same, shown[0])
	}
	if len(others) != 4 || c.decoded != 2 {
		t.Errorf("%d other takes, %d stretches decoded; want 4 and 2", len(others), c.decoded)
	}
	for id, unseen := range others {
		if !unseen {
			t.Errorf("pictures of take %d were compared", id[0])
		}
	}
}

// Where another item explains the shot, features that agree strongly say without a look that this is the camera at another
// time; those that hardly agree say nothing.
func TestOtherTimesByWeight(t *testing.T) {
	for _, row := range []struct {
		weight  float64
		matches int
	}{{weak + 3, 1}, {weak - .5, 0}} {
		var c collection
		shown := c.add(1, street(21, 1), 200)
		c.add(2, street(21, 2), 200)
		q := queryOf(piece{from: pan(77), count: 40}, piece{from: street(21, 1), first: 30, count: 100})
		f := finder{ctx: t.Context(), q: q, parts: []*index.Postings{c.b.Postings()}, hints: map[spot]hint{}, px: &c, memory: 1 << 28, cut: cuts(q.frames)}
		groups, err := q.vote(t.Context(), f.parts, nil, f.cut)
		if err != nil || len(groups) != 2 || groups[0][0].item != shown {
			t.Fatalf("%d items have votes, %v", len(groups), err)
		}
		if f.sure, err = f.item(groups[0]); err != nil || len(f.sure) != 1 {
			t.Fatalf("matches of what is shown: %v, %v", f.sure, err)
		}
		c.decoded = 0
		other := groups[1]
		for i := range other {
			other[i].weight = row.weight
		}
		ms, err := f.item(other)
		if err != nil || len(ms) != row.matches || c.decoded > 0 || len(ms) > 0 && ms[0].Kind != SamePlace {
			t.Errorf("evidence of %.1f: %d matches, %d stretches decoded, %v; want %d and none", row.weight, len(ms), c.decoded, err, row.matches)
		}
	}
}

// Two takes of a camera that follow one another without a cut that shows are both found.
func TestTakesCutTogetherAreBothFound(t *testing.T) {
	var c collection
	a, b := c.add(1, street(21, 1), 200), c.add(2, street(21, 2), 200)
	q := queryOf(piece{from: pan(77), count: 40}, piece{from: street(21, 1), first: 30, count: 120}, piece{from: street(21, 2), first: 60, count: 90}, piece{from: pan(78), count: 40})
	if cut := cuts(q.frames); cut[160] {
		t.Fatal("the cut between the takes shows")
	}
	found := map[index.ItemID][2]time.Duration{}
	for _, m := range find(t, &c, q) {
		if m.Kind == SameFootage {
			found[m.Item] = [2]time.Duration{m.BFrom, m.BTo}
		}
	}
	if len(found) != 2 || found[a][1] < at(155) || found[b][0] > at(170) {
		t.Errorf("found %v, want %d until %v and %d from there", found, a[0], at(160), b[0])
	}
}

// What agrees with very many items a little, as a logo does, is looked at in a few of them only.
func TestWeakPairsAreLookedAtAFewTimes(t *testing.T) {
	marked := func(from take) take {
		logo := world(112, 60, 500)
		return func(i int) luma.Plane { return pasted(from(i), logo, 200, 12) }
	}
	var c collection
	for i := range uint64(40) {
		c.add(byte(i+1), marked(street(600+i, 1)), 60)
	}
	q := queryOf(piece{from: marked(street(700, 1)), count: 250})
	find(t, &c, q)
	if c.decoded == 0 || c.decoded > 3*weakLooks/2 {
		t.Errorf("%d stretches were decoded, want some and %d at most", c.decoded, 3*weakLooks/2)
	}
}

// Where the frames around show one item and nothing else, frames are not looked up; a window over it is seen all the same.
func TestSettledFramesAreNotLookedUp(t *testing.T) {
	var c collection
	under, over := c.add(1, street(21, 1), 250), c.add(2, pan(22), 250)
	both := func(i int) luma.Plane { return pasted(street(21, 1)(i), pan(22)(i).Resize(112, 63), 190, 16) }
	for _, row := range []struct {
		name  string
		from  take
		items []index.ItemID
	}{{"one item", street(21, 1), []index.ItemID{under}}, {"two items", both, []index.ItemID{under, over}}} {
		q := queryOf(piece{from: pan(77), count: 40}, piece{from: row.from, first: 30, count: 150}, piece{from: pan(78), count: 40})
		found := map[index.ItemID]bool{}
		for _, m := range find(t, &c, q) {
			found[m.Item] = found[m.Item] || m.Kind == SameFootage
		}
		for _, id := range row.items {
			if !found[id] {
				t.Errorf("%s: item %d is not found", row.name, id[0])
			}
		}
		asked := 0
		for _, s := range q.samples {
			if s.features != nil {
				asked++
			}
		}
		if few := asked < len(q.samples)*3/5; few != (len(row.items) == 1) {
			t.Errorf("%s: %d of %d frames were looked up", row.name, asked, len(q.samples))
		}
	}
}

// A hint tells when the item was recorded that the query shows, whatever was done to the picture.
func TestHintTellsTheTime(t *testing.T) {
	var c collection
	c.add(1, street(21, 1), 250)
	c.add(2, street(21, 2), 250)
	for _, row := range []struct {
		name  string
		piece piece
		rate  float64
		from  float64 // seconds of the item at the piece's start
	}{
		{"plain", piece{first: 50, count: 100}, 1, 2},
		{"cropped", piece{first: 50, count: 100, edit: cropped}, 1, 2},
		{"under a banner", piece{first: 80, count: 90, edit: banner}, 1, 3.2},
		{"in a window", piece{first: 20, count: 100, edit: window}, 1, .8},
		{"faster", piece{first: 20, count: 100, rate: 125}, 1.25, .8},
		{"slow motion", piece{first: 20, count: 150, rate: 50}, .5, .8},
		{"quick motion", piece{first: 20, count: 60, rate: 300}, 3, .8},
	} {
		t.Run(row.name, func(t *testing.T) {
			row.piece.from = street(21, 1)
			q := queryOf(piece{from: pan(77), count: 40}, row.piece)
			parts := []*index.Postings{c.b.Postings()}
			groups, err := q.vote(t.Context(), parts, nil, cuts(q.frames))
			if err != nil || len(groups) != 2 {
				t.Fatalf("%d items have votes, %v", len(groups), err)
			}
			f := finder{q: q, parts: parts, hints: map[spot]hint{}, cut: cuts(q.frames)}
			for _, g := range groups {
				h := f.hint(g[0])
				if g[0].item[0] == 2 {
					if h.agree > .4 {
						t.Errorf("another take agrees by %.2f", h.agree)
					}
					continue
				}
				if at := mul(h.rate, at(40).Seconds()) + h.offset; h.agree < telling || math.Abs(h.rate-row.rate) > .03 || math.Abs(at-row.from) > .15 {
					t.Errorf("agrees by %.2f at %.2f times from %.2f s, want %.2f from %.2f", h.agree, h.rate, at, row.rate, row.from)
				}
			}
		})
	}
}

// Sorting by digits gives the order that comparing gives.
func TestSortFound(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 8))
	var s tallier
	for range 3 {
		s.found = s.found[:0]
		for range 5000 {
			s.found = append(s.found, index.Found{Look: r.Uint32N(4000), Distance: r.Int32N(3), Keyframe: index.KeyframeID(r.Uint64N(3)<<32 | r.Uint64N(40)<<uint(r.IntN(16))), X: r.Int32N(9), Y: r.Int32N(9), Scale: r.Int32N(9)})
		}
		want := slices.SortedFunc(slices.Values(s.found), func(a, b index.Found) int {
			return cmp.Or(cmp.Compare(a.Keyframe, b.Keyframe), cmp.Compare(a.Look, b.Look), cmp.Compare(a.Distance, b.Distance), cmp.Compare(a.X, b.X), cmp.Compare(a.Y, b.Y), cmp.Compare(a.Scale, b.Scale))
		})
		if s.sort(); !slices.Equal(s.sorted, want) {
			t.Fatal("another order")
		}
	}
}

// What one frame alone speaks for is looked at before what several agree with by chance.
func TestFirsts(t *testing.T) {
	var list []candidate
	for i := range 300 {
		list = append(list, candidate{keyframe: index.KeyframeID(i), item: index.ItemID{byte(i), byte(i >> 8)}, best: [bestFrames]float64{.3, .3, .3}, frame: i % 20, score: .9})
	}
	list = append(list, candidate{keyframe: 999, item: index.ItemID{9, 9}, best: [bestFrames]float64{.4}, frame: 7, score: .4})
	first := firsts(list)
	if len(first) != 20*perFrame || first[0].keyframe != 999 {
		t.Fatalf("%d firsts, first of all %d", len(first), first[0].keyframe)
	}
}
