package intake

import (
	"slices"
	"testing"
	"time"

	"beleg/internal/store"
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
