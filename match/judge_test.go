package match

import (
	"testing"
	"time"

	"beleg/index"
	"beleg/luma"
)

// seated puts an item's picture at (x, y) of the query's, size times as large.
func seated(x, y, size float64) Transform {
	return Transform{1 / size, 0, -x / size, 0, 1 / size, -y / size, 0, 0}
}

// shown is a match of four seconds of an item.
func shown(item byte, kind Kind, odds float64, t Transform) Match {
	return Match{Item: index.ItemID{item}, Kind: kind, BTo: 4 * time.Second, AFrom: time.Second, ATo: 5 * time.Second, Rate: 1, Score: .8, Transform: t, Evidence: Evidence{Pixels: .8, Motion: .5, Stillness: 1}, odds: odds}
}

func TestRankWeighsRivals(t *testing.T) {
	whole, left, right := seated(0, 0, 1), seated(0, 144, .5), seated(512, 144, .5)
	fast, short := shown(1, SamePlace, -2, whole), shown(1, SamePlace, -2, whole)
	fast.Rate, fast.ATo = 1.2, fast.AFrom+4800*time.Millisecond
	unlike := shown(1, SamePlace, -2, whole)
	unlike.Evidence.Pixels, unlike.Evidence.Motion = .48, .12
	faster := fast
	faster.odds = -4.5
	still, empty := shown(1, SamePlace, -2.7, whole), shown(2, SamePlace, -2.6, whole)
	still.Evidence, empty.Evidence = Evidence{Pixels: .83, Stillness: .05}, Evidence{Pixels: .81, Stillness: .05}
	short.ATo = short.AFrom + time.Second
	for _, c := range []struct {
		name string
		ms   []Match
		want []Kind // by item
	}{
		{"another clip of the camera explains it much better", []Match{shown(1, SameFootage, .5, whole), shown(2, SameFootage, 12, whole)}, []Kind{SamePlace, SameFootage}},
		{"believable by itself, though another explains it much better", []Match{shown(1, SameFootage, 2, whole), shown(2, SameFootage, 12, whole)}, []Kind{SameFootage, SameFootage}},
		{"the same, cropped a little otherwise", []Match{shown(1, SameFootage, .5, seated(30, 20, .9)), shown(2, SameFootage, 12, whole)}, []Kind{SamePlace, SameFootage}},
		{"two copies", []Match{shown(1, SameFootage, 8, whole), shown(2, SameFootage, 12, whole)}, []Kind{SameFootage, SameFootage}},
		{"side by side", []Match{shown(1, SameFootage, .5, left), shown(2, SameFootage, 12, right)}, []Kind{SameFootage, SameFootage}},
		{"doubtful and alone", []Match{shown(1, SamePlace, -2, whole)}, []Kind{SameFootage}},
		{"doubtful and outdone", []Match{shown(1, SamePlace, -2, whole), shown(2, SamePlace, -1, whole)}, []Kind{SamePlace, SameFootage}},
		{"doubtful where nothing moves, and the picture is liker", []Match{still, empty}, []Kind{SameFootage, SamePlace}},
		{"doubtful beside another", []Match{shown(1, SamePlace, -2, left), shown(2, SamePlace, -1, right)}, []Kind{SameFootage, SameFootage}},
		{"more than doubtful", []Match{shown(1, SamePlace, -5, whole)}, []Kind{SamePlace}},
		{"doubtful at another speed", []Match{fast}, []Kind{SameFootage}},
		{"more than doubtful at another speed", []Match{faster}, []Kind{SamePlace}},
		{"doubtful and hardly alike", []Match{unlike}, []Kind{SamePlace}},
		{"doubtful and mostly not there", []Match{short}, []Kind{SamePlace}},
		{"a look-alike is no rival", []Match{shown(1, SamePlace, -2, whole), shown(2, LookAlike, 5, whole)}, []Kind{SameFootage, LookAlike}},
	} {
		t.Run(c.name, func(t *testing.T) {
			(&finder{q: NewQuery()}).rank(c.ms)
			for _, m := range c.ms {
				if want := c.want[m.Item[0]-1]; m.Kind != want {
					t.Errorf("item %d is %s, want %s", m.Item[0], m.Kind, want)
				}
			}
		})
	}
}

func TestOddsFollowTheEvidence(t *testing.T) {
	base := Evidence{Motion: .3, Calm: .35, Slope: .5, Pixels: .8, Stillness: .3}
	was := odds(&base, 1)
	for name, change := range map[string]func(*Evidence){
		"motion": func(e *Evidence) { e.Motion += .2 }, "calm": func(e *Evidence) { e.Calm += .2 },
		"slope": func(e *Evidence) { e.Slope += .2 }, "pixels": func(e *Evidence) { e.Pixels += .1 },
	} {
		e := base
		if change(&e); odds(&e, 1) <= was {
			t.Errorf("more %s gives odds of %.2f, no more than %.2f", name, odds(&e, 1), was)
		}
	}
	if odds(&base, .8) >= was || odds(&base, -1) != was {
		t.Errorf("odds %.2f at its own speed, %.2f backwards, %.2f at another", was, odds(&base, -1), odds(&base, .8))
	}
}

func TestWeakPairsBearEachOtherOut(t *testing.T) {
	weak := func(b float64, tr Transform) pair {
		return pair{b: time.Duration(b * float64(time.Second)), weight: .8, seat: tr.seat()}
	}
	small := seated(100, 80, .25)
	for _, c := range []struct {
		name string
		ps   []pair
		want int
	}{
		{"one", []pair{weak(1, small)}, 0},
		{"two at one moment", []pair{weak(1, small), weak(1, small)}, 0},
		{"two at one place", []pair{weak(1, small), weak(1.3, seated(110, 80, .25))}, 2},
		{"two at two places", []pair{weak(1, small), weak(1.3, seated(400, 80, .25))}, 0},
		{"two of two sizes", []pair{weak(1, small), weak(1.3, seated(36, 44, .375))}, 0},
		{"two too far apart", []pair{weak(1, small), weak(6, small)}, 0},
		{"a strong one alone", []pair{{weight: 1.2, seat: small.seat()}}, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := borne(c.ps)
			if len(got) != c.want {
				t.Fatalf("%d of %d pairs are left, want %d", len(got), len(c.ps), c.want)
			}
			for _, p := range got {
				if p.weight < minWeight {
					t.Errorf("weight %.2f, want %v or more", p.weight, minWeight)
				}
			}
		})
	}
}

// What stands is looked up every second only; what moves in a small window is seen to move.
func TestStandingPictureIsLookedUpLess(t *testing.T) {
	picture := func(i int, window bool) luma.Plane {
		p := world(640, 360, 1)
		if window {
			pasted(p, world(160, 90, uint64(2+i)), 60, 40)
		}
		return p
	}
	for _, c := range []struct {
		name   string
		window bool
		want   int
	}{{"stands", false, 4}, {"window", true, 10}} {
		q := NewQuery()
		for i := range 75 { // three seconds
			q.Add(Frame{picture(i, c.window), time.Duration(i) * 40 * time.Millisecond})
		}
		if len(q.samples) != c.want {
			t.Errorf("%s: %d frames of three seconds looked up, want %d", c.name, len(q.samples), c.want)
		}
		for i, s := range q.samples {
			if !c.window && !s.mirrored() {
				t.Errorf("%s: frame %d is not looked up in a mirror", c.name, i)
			}
		}
	}
}

func TestAroundPrefersWhatIsHighForAWhile(t *testing.T) {
	c := make([]float64, 40)
	c[10] = .3
	for i, v := range []float64{.2, .24, .26, .24, .2} {
		c[28+i] = v
	}
	best := 0
	for i := range c {
		if around(c, i) > around(c, best) {
			best = i
		}
	}
	if best != 30 {
		t.Errorf("best at %d, want 30, the middle of the broad maximum", best)
	}
}

// A look at another clip of a camera is cut short only where a believable match explains the same part of the picture.
func TestInsteadNeedsAnotherExplanation(t *testing.T) {
	full, beside := Transform{1, 0, 0, 0, 1, 0, 0, 0}, Transform{1, 0, -1024, 0, 1, 0, 0, 0}
	sure := Match{Item: index.ItemID{1}, Kind: SameFootage, BFrom: 10 * time.Second, BTo: 20 * time.Second, Transform: full, odds: 5}
	other := Match{Item: index.ItemID{2}, Kind: SamePlace, BFrom: 12 * time.Second, BTo: 20 * time.Second, Transform: full, odds: mute - 1}
	for _, c := range []struct {
		name   string
		change func(*Match)
		want   bool
	}{
		{"the same part", func(*Match) {}, true},
		{"doubtful", func(m *Match) { m.odds = mute + 1 }, false},
		{"the same footage", func(m *Match) { m.Kind = SameFootage }, false},
		{"beside it", func(m *Match) { m.Transform = beside }, false},
		{"mostly before it", func(m *Match) { m.BFrom, m.BTo = time.Second, 14*time.Second }, false},
		{"the same item", func(m *Match) { m.Item = sure.Item }, false},
	} {
		m := other
		c.change(&m)
		f := finder{sure: []Match{sure}}
		if got := f.instead(&m); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

// A corner of the picture that looks like a photo is no use of it.
func TestSmallestPhotoIsNotBelieved(t *testing.T) {
	for share, want := range map[float64]Kind{leastShare / 2: LookAlike, leastShare * 2: SameFootage} {
		m := Match{BTo: 3 * time.Second, Evidence: Evidence{Pixels: .82, Weight: 8, Share: share}}
		if kind, _ := judge(&m, true); kind != want {
			t.Errorf("share %.3f: %s, want %s", share, kind, want)
		}
	}
}

// Bars of a wall are like those of a grid, and neither moves.
func TestStandingPictureHasToAgreeWell(t *testing.T) {
	for _, c := range []struct {
		name string
		e    Evidence
		want Kind
	}{
		{"stands and agrees well", Evidence{Pixels: .85, Stillness: .02}, SameFootage},
		{"stands and agrees poorly", Evidence{Pixels: .5, Stillness: .02, Motion: .09}, LookAlike},
		{"stands but for what moves alike", Evidence{Pixels: .5, Stillness: .05, Motion: .6, Calm: .7, Slope: .8}, SameFootage},
		{"agrees poorly and does not move alike", Evidence{Pixels: .4, Stillness: .5, Motion: .2, Calm: .3, Slope: .3}, LookAlike},
		{"agrees poorly but moves alike", Evidence{Pixels: .4, Stillness: .5, Motion: .45, Calm: .5, Slope: .7}, SamePlace},
		{"moves, in noise", Evidence{Pixels: .6, Stillness: .5, Motion: .6, Calm: .7, Slope: .8}, SameFootage},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := Match{BTo: 3 * time.Second, ATo: 3 * time.Second, Rate: 1, Evidence: c.e}
			m.odds = odds(&m.Evidence, m.Rate)
			if kind, _ := judge(&m, false); kind != c.want {
				t.Errorf("is %s at odds of %.2f, want %s", kind, m.odds, c.want)
			}
		})
	}
}

// Six photographs that look a little like the picture do not make it an ident; six that look much like it do.
func TestFaintLookAlikesDoNotRecur(t *testing.T) {
	for weight, want := range map[float64]int{sureWeight / 4: 1, sureWeight * 2: 6} {
		var ms []Match
		for item := range byte(6) {
			m := shown(item, LookAlike, 0, seated(0, 0, 1))
			m.Evidence.Weight = weight
			ms = append(ms, m)
		}
		recur(ms, nil)
		for _, m := range ms {
			if m.Recurs != want {
				t.Errorf("at a weight of %v item %d recurs in %d, want %d", weight, m.Item[0], m.Recurs, want)
			}
		}
	}
}
