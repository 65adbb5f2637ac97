package eval

import (
	"slices"
	"testing"
)

// A bench of three broadcasts: two show the same seconds of a clip, the third is asked.
func showingsBench() *Showings {
	return &Showings{
		truth: []Segment{
			{Broadcast: "b0.mp4", File: "clip.mp4", B: Interval{10, 14}, A: Interval{2, 6}, Edit: "crop"},
			{Broadcast: "b1.mp4", File: "clip.mp4", B: Interval{20, 22}, A: Interval{3, 7}, Edit: "speed"}, // twice as fast
			{Broadcast: "b1.mp4", File: "other.mp4", B: Interval{30, 34}, A: Interval{0, 4}, Edit: "grade"},
			{Broadcast: "q.mp4", File: "clip.mp4", B: Interval{5, 8}, A: Interval{4, 7}, Edit: "mirror"},
		},
		group:   map[string]string{"clip.mp4": "camera", "other.mp4": "camera"},
		archive: []string{"b0.mp4", "b1.mp4"}, asked: []string{"q.mp4"}, files: map[string]bool{"clip.mp4": true},
	}
}

func TestShowingsFollowFromTheTable(t *testing.T) {
	want := []showing{
		{question: "clip.mp4", item: "b0.mp4", b: Interval{2, 6}, a: Interval{10, 14}},
		{question: "q.mp4", item: "b0.mp4", b: Interval{5, 7}, a: Interval{12, 14}},
		{question: "clip.mp4", item: "b1.mp4", at: 1, b: Interval{3, 7}, a: Interval{20, 22}},
		{question: "q.mp4", item: "b1.mp4", at: 1, b: Interval{5, 8}, a: Interval{20.5, 22}},
	}
	if got := showingsBench().showings(2); !slices.Equal(got, want) {
		t.Errorf("showings are\n%v, want\n%v", got, want)
	}
}

func TestShowingsAreCounted(t *testing.T) {
	s := showingsBench()
	same := func(q, item string, b, a float64) said {
		return said{Question: q, Item: item, BFrom: b, BTo: b + 1.5, AFrom: a, ATo: a + 1.5, Kind: sameFootage, Strength: "believable"}
	}
	ever := map[showing]bool{}
	first := s.weigh(1, []said{same("clip.mp4", "b0.mp4", 2, 10), same("q.mp4", "b0.mp4", 5, 12)}, ever)
	if first.named != 2 || first.showings != 2 || first.lost != 0 {
		t.Errorf("one broadcast: %+v, want 2 of 2 named", first)
	}
	hidden := same("clip.mp4", "b0.mp4", 2, 10)
	hidden.Kind, hidden.Strength = "same place, other time", "look-alike"
	faintly := same("q.mp4", "b1.mp4", 6, 20.6)
	faintly.Strength = faint
	got := s.weigh(2, []said{hidden, same("clip.mp4", "b1.mp4", 3, 20), faintly, same("clip.mp4", "b1.mp4", 0, 30), same("clip.mp4", "b0.mp4", 0, 30)}, ever)
	want := grown{size: 2, showings: 4, named: 2, faint: 1, away: 1, missed: 1, wrong: 1, sibling: 1, lost: 2, lostEarliest: 2}
	if got != want {
		t.Errorf("two broadcasts: %+v, want %+v", got, want)
	}
}
