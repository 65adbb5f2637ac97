package figure

import "testing"

func TestRange(t *testing.T) {
	for _, c := range []struct {
		name string
		f    Figure
		want Range
	}{
		{"a count", Figure{Value: 40, Cmp: "=", Unit: "persons"}, Range{Lo: 40, Hi: 40}},
		{"more than, counted", Figure{Value: 40, Cmp: ">", Unit: "persons"}, Range{Lo: 41, Hi: 40, Endless: true}},
		{"more than, measured", Figure{Value: 2, Cmp: ">", Unit: "km"}, Range{Lo: 2, Hi: 2, LoOpen: true, Endless: true}},
		{"less than, counted", Figure{Value: 40, Cmp: "<", Unit: "houses"}, Range{Lo: 0, Hi: 39}},
		{"less than none", Figure{Value: 0, Cmp: "<", Unit: "houses"}, Range{Lo: 0, Hi: 0}},
		{"less than, measured", Figure{Value: 2.5, Cmp: "<", Unit: "t"}, Range{Hi: 2.5, HiOpen: true}},
		{"at least", Figure{Value: 61, Cmp: ">=", Unit: "persons"}, Range{Lo: 61, Hi: 61, Endless: true}},
		{"up to", Figure{Value: 20, Cmp: "<=", Unit: "ships"}, Range{Lo: 0, Hi: 20}},
		{"about, counted", Figure{Value: 105, Cmp: "~", Unit: "persons"}, Range{Lo: 95, Hi: 115}},
		{"about, measured", Figure{Value: 2, Cmp: "~", Unit: "km"}, Range{Lo: 1.8, Hi: 2.2}},
		{"from to", Figure{Value: 20, Max: 30, Cmp: "=", Unit: "persons"}, Range{Lo: 20, Hi: 30}},
	} {
		if got := c.f.Range(); got != c.want {
			t.Errorf("%s: %+v, want %+v", c.name, got, c.want)
		}
	}
}

func TestRangesThatTouch(t *testing.T) {
	persons := func(cmp string, v float64) Range { return Figure{Value: v, Cmp: cmp, Unit: "persons"}.Range() }
	km := func(cmp string, v float64) Range { return Figure{Value: v, Cmp: cmp, Unit: "km"}.Range() }
	for _, c := range []struct {
		name string
		a, b Range
		want bool
	}{
		{"12 and 13", persons("=", 12), persons("=", 13), true},
		{"more than 40 and 40", persons(">", 40), persons("=", 40), true},
		{"more than 40 and 41", persons(">", 40), persons("=", 41), false},
		{"fewer than 40 and at least 39", persons("<", 40), persons(">=", 39), false},
		{"fewer than 40 and at least 40", persons("<", 40), persons(">=", 40), true},
		{"more than 2 km and 2 km", km(">", 2), km("=", 2), true},
		{"more than 2 km and 2.5 km", km(">", 2), km("=", 2.5), false},
		{"less than 2 km and more than 2 km", km("<", 2), km(">", 2), true},
	} {
		if got, back := c.a.Excludes(c.b), c.b.Excludes(c.a); got != c.want || back != c.want {
			t.Errorf("%s: excludes %v, exchanged %v, want %v", c.name, got, back, c.want)
		}
	}
}

// What Compare says of two figures it says of them exchanged, and no figure excludes itself.
func TestCompareIsSymmetric(t *testing.T) {
	var all []Given
	for _, event := range []string{"", "killed", Casualties} {
		for _, status := range []string{"", "civilian"} {
			for _, cmp := range Comparators {
				for _, place := range []string{"", "Aleppo", "Ost-Aleppo", "Homs"} {
					for _, days := range []Period{{}, {"2016-10-01", "2016-10-06"}, {"2016-10-05", "2016-10-05"}, {"2016-09-01", "2016-10-03"}} {
						g := Given{Figure: Figure{Value: 40, Cmp: cmp, Unit: "persons", Event: event, Status: status}, Period: days}
						if place != "" {
							g.Places = []Place{{Words: place}}
						}
						all = append(all, g)
					}
				}
			}
		}
	}
	for i, a := range all {
		if got := Compare(a, a); got.Is == Apart || got.Is == PartOf {
			t.Fatalf("%+v against itself: %+v", a, got)
		}
		for _, b := range all[:i] {
			x, y := Compare(a, b), Compare(b, a)
			if x.Is != y.Is || x.Why != y.Why || x.Less && y.Less {
				t.Fatalf("%+v\n%+v\n%+v, exchanged %+v", a, b, x, y)
			}
		}
	}
}

func TestPlaces(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want extent
	}{
		{"Ost-Aleppo", "east of Aleppo", same},
		{"Ost-Aleppo", "Aleppo", inside},
		{"Aleppo", "Osten Aleppos", around},
		{"Ost-Aleppo", "West-Aleppo", apart},
		{"Aleppo", "Harbour", unknown},
	} {
		if got := places(Place{Words: c.a}, Place{Words: c.b}); got != c.want {
			t.Errorf("places(%q, %q) = %d, want %d", c.a, c.b, got, c.want)
		}
	}
	syria, homs := Place{Words: "Syrien", ID: "syria", Country: "SY", Whole: true}, Place{Words: "Homs", ID: "homs", Country: "SY"}
	if got := places(homs, syria); got != inside {
		t.Errorf("a city and its country: %d, want %d", got, inside)
	}
	if got := placesOf([]Place{homs, syria}, []Place{{Words: "Aleppo", ID: "aleppo", Country: "SY"}, syria}); got != apart {
		t.Errorf("two cities of one country: %d, want %d", got, apart)
	}
}
