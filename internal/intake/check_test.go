package intake

import (
	"slices"
	"testing"
	"time"

	"beleg/internal/store"
	"beleg/match"
)

func TestFoundStandInOrderOfProof(t *testing.T) {
	at := func(from, to float64) (Seconds, Seconds) {
		return Seconds(from * float64(time.Second)), Seconds(to * float64(time.Second))
	}
	proven := func(day string) store.Since { return store.Since{Proven: store.Appearance{Date: day, How: store.Log}} }
	since := map[string]store.Since{"late": proven("2021-01-01"), "early": proven("2020-01-01"), "next": proven("2019-01-01")}
	var list []Found
	for _, f := range []struct {
		item     string
		from, to float64
	}{{"next", 20, 30}, {"late", 0, 10}, {"early", 0.2, 10}} {
		b, e := at(f.from, f.to)
		list = append(list, Found{Item: f.item, BStart: b, BEnd: e})
	}
	sortFound(list, since)
	var got []string
	for _, f := range list {
		got = append(got, f.Item)
	}
	if want := []string{"early", "late", "next"}; !slices.Equal(got, want) {
		t.Errorf("order = %v, want %v", got, want)
	}
}

func TestSecondsAreMilliseconds(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0.000", 1499999 * time.Nanosecond: "0.001", 1500 * time.Microsecond: "0.002", 62*time.Second + 40*time.Millisecond: "62.040",
	} {
		if got := Seconds(d).String(); got != want {
			t.Errorf("Seconds(%v) = %s, want %s", d, got, want)
		}
	}
}

// What items of several outlets show is no outlet's own.
func TestTravels(t *testing.T) {
	found := func(items ...string) (list []Found) {
		for _, item := range items {
			list = append(list, Found{Item: item, Kind: match.SameFootage, BEnd: Seconds(5 * time.Second)})
		}
		return list
	}
	outlet := map[string]string{"a": "KN1", "b": "KN1", "c": "Orontes Media"}
	for _, tt := range []struct {
		list []Found
		want bool
	}{
		{found("a", "b", "unnamed"), false},
		{found("a", "b", "c"), true},
		{append(found("a", "b"), Found{Item: "c", Kind: match.LookAlike, BEnd: Seconds(5 * time.Second)}), false},
		{append(found("a", "b"), Found{Item: "c", Kind: match.SameFootage, BStart: Seconds(5 * time.Second), BEnd: Seconds(9 * time.Second)}), false},
	} {
		if got := travels(tt.list[0], tt.list, outlet); got != tt.want {
			t.Errorf("travels among %d = %v, want %v", len(tt.list), got, tt.want)
		}
	}
}
