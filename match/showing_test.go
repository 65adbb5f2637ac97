package match

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"beleg/index"
	"beleg/luma"
)

// spliced plays pieces one after the other, as a broadcast does.
func spliced(ps ...piece) (take, int) {
	frames := framesOf(ps...)
	return func(i int) luma.Plane { return frames[min(max(i, 0), len(frames)-1)].Resize(320, 180) }, len(frames)
}

// broadcast adds an item that shows count frames of t, from first on and edited, between pictures of its own.
func (c *collection) broadcast(name byte, t take, first, count int, edit func(luma.Plane) luma.Plane) index.ItemID {
	film, n := spliced(piece{from: pan(uint64(100 + name)), count: 40}, piece{from: t, first: first, count: count, edit: edit}, piece{from: street(uint64(200+name), 1), count: 40})
	return c.add(name, film, n)
}

// named returns where the items are said to show the same footage, in order of time.
func named(ms []Match) map[index.ItemID][]string {
	out := map[index.ItemID][]string{}
	for _, m := range ms {
		if m.Kind == SameFootage {
			out[m.Item] = append(out[m.Item], fmt.Sprintf("%.0f-%.0f", m.AFrom.Seconds(), m.ATo.Seconds()))
		}
	}
	return out
}

// Every broadcast that showed a recording is named, however many there are and whatever each did to it; another time of the same
// camera is not, and is shown with what explains it.
func TestEveryShowingIsNamed(t *testing.T) {
	recording := street(21, 1)
	for _, n := range []int{2, 3} {
		t.Run(fmt.Sprintf("%d showings", n), func(t *testing.T) {
			var c collection
			other := c.add(99, street(21, 2), 200)
			elsewhere := c.broadcast(98, street(21, 3), 40, 80, nil)
			var ids []index.ItemID
			for i, edit := range []func(luma.Plane) luma.Plane{nil, mirrored, cropped}[:n] {
				ids = append(ids, c.broadcast(byte(1+i), recording, 20+30*i, 85, edit))
			}
			got := named(find(t, &c, queryOf(piece{from: recording, count: 200})))
			for i, id := range ids {
				if !slices.Equal(got[id], []string{"2-5"}) {
					t.Errorf("broadcast %d: shown at %v, want 2-5", i+1, got[id])
				}
			}
			for _, id := range []index.ItemID{other, elsewhere} {
				if len(got[id]) > 0 {
					t.Errorf("another time of the camera is said to be the same footage at %v", got[id])
				}
			}
		})
	}
}

// A broadcast that shows the same seconds twice is named with both places.
func TestShownTwiceInOneBroadcast(t *testing.T) {
	var c collection
	recording := street(21, 1)
	film, n := spliced(piece{from: pan(101), count: 40}, piece{from: recording, first: 50, count: 85}, piece{from: street(201, 1), count: 40},
		piece{from: recording, first: 50, count: 85, edit: mirrored}, piece{from: pan(102), count: 40})
	id := c.add(1, film, n)
	got := named(find(t, &c, queryOf(piece{from: recording, count: 200})))[id]
	slices.Sort(got)
	if !slices.Equal(got, []string{"2-5", "7-10"}) {
		t.Errorf("shown at %v, want 2-5 and 7-10", got)
	}
}

// What one broadcast shows of another is named with it, graphics and windows on both sides.
func TestBroadcastAgainstBroadcasts(t *testing.T) {
	var c collection
	recording := street(21, 1)
	first, second := c.broadcast(1, recording, 40, 120, banner), c.broadcast(2, recording, 60, 100, mirrored)
	c.add(3, street(21, 2), 250)
	q := queryOf(piece{from: pan(301), count: 50}, piece{from: recording, first: 70, count: 90, edit: window}, piece{from: street(302, 1), count: 50})
	got := named(find(t, &c, q))
	for _, row := range []struct {
		id   index.ItemID
		want string
	}{{first, "3-6"}, {second, "2-6"}} {
		if !slices.Equal(got[row.id], []string{row.want}) {
			t.Errorf("broadcast %d: shown at %v, want %s", row.id[0], got[row.id], row.want)
		}
	}
	if len(got) != 2 {
		t.Errorf("%d items are named, want 2", len(got))
	}
}

// A trace is asked in the seed's own shot alone where the item has cuts near it.
func TestLightsWithinAShot(t *testing.T) {
	pattern := func(k int) (v []int16) {
		for i := range int16(12) {
			v = append(v, (i*37*int16(1+k)%23-11)*60)
		}
		return v
	}
	l := lights{gap: 1. / 3}
	for i := range 30 {
		v := pattern(i / 10) // three shots of ten moments
		v[0] += int16(i)
		l.add(float64(i)/3, v)
	}
	shot := l
	if !shot.within(5*time.Second, 5*time.Second) || len(shot.at) != 10 || shot.v[0][1] != pattern(1)[1] {
		t.Errorf("%d moments are left of the middle shot, want 10", len(shot.at))
	}
	far := lights{l.at[:10], l.v[:10], l.gap}
	if far.within(time.Second, time.Second) || len(far.at) != 10 {
		t.Errorf("%d moments are left where there is no cut, want all 10", len(far.at))
	}
}
