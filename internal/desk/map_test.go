package desk

import (
	"encoding/xml"
	"math"
	"strconv"
	"strings"
	"testing"

	"beleg/claim"
	"beleg/internal/casefile"
	"beleg/internal/store"
	"beleg/internal/words"
)

func at(name string, lat, lon float64, precision int) mapPlace {
	return mapPlace{PlaceRef: claim.PlaceRef{ID: name, Located: true, Lat: lat, Lon: lon, Precision: precision}, Words: name}
}

// Every located place must lie inside the drawing, wherever on earth it is, and far places apart.
func TestDrawMap(t *testing.T) {
	disputed := at("Sewastopol", 44.6, 33.5, 10_000)
	disputed.Disputed = true
	right := at("Aleppo", 36.2, 37.16, 10_000)
	right.Established = true
	for name, list := range map[string][]mapPlace{
		"one":            {at("Aleppo", 36.2, 37.16, 10_000)},
		"two near":       {right, at("Idlib", 35.93, 36.63, 5_000)},
		"disputed":       {disputed, at("Kyjiw", 50.45, 30.52, 20_000)},
		"date line":      {at("Fiji", -17.7, 178, 50_000), at("Samoa", -13.8, -172, 50_000)},
		"poles":          {at("North", 89.9, 0, 1000), at("South", -89.9, 0, 1000)},
		"around":         {at("a", 0, 0, 1), at("b", 10, 120, 1), at("c", -10, -120, 1)},
		"a pole":         {at("North", 89.9, 0, 1000)},
		"a large circle": {at("Russia", 60, 100, 3_000_000)},
	} {
		s := string(drawMap(words.In(words.English), list))
		wellFormed(t, s)
		marks := 0
		d := xml.NewDecoder(strings.NewReader(s))
		for {
			tok, err := d.Token()
			if err != nil {
				break
			}
			e, ok := tok.(xml.StartElement)
			if !ok || e.Name.Local != "circle" {
				continue
			}
			v := map[string]string{}
			for _, a := range e.Attr {
				v[a.Name.Local] = a.Value
			}
			if !strings.HasPrefix(v["class"], "mark") {
				continue
			}
			marks++
			x, _ := strconv.ParseFloat(v["cx"], 64)
			y, _ := strconv.ParseFloat(v["cy"], 64)
			if x < 0 || x > mapWidth || y < 0 || y > mapHeight {
				t.Errorf("%s: a mark at %v, %v", name, x, y)
			}
		}
		if marks != len(list) {
			t.Errorf("%s: %d marks, want %d", name, marks, len(list))
		}
		if got := strings.Count(s, "Sewastopol (disputed)"); name == "disputed" && got != 2 {
			t.Errorf("%s: disputed is said %d times of a place of the case, want in its title and its label", name, got)
		}
	}
	if s := drawMap(words.In(words.English), []mapPlace{{Words: "Somewhere"}}); s != "" {
		t.Errorf("a map of nothing: %s", s)
	}
}

// The date line must not part what lies side by side.
func TestFrameAcrossTheDateLine(t *testing.T) {
	f := frameOf([]mapPlace{at("Fiji", -17.7, 178, 0), at("Samoa", -13.8, -172, 0)})
	x1, _ := f.place(178, -17.7)
	x2, _ := f.place(-172, -13.8)
	if x2 <= x1 || math.Abs(f.lon-183) > 1 {
		t.Errorf("frame in the middle of %v: Fiji at %v, Samoa at %v, want it to the right", f.lon, x1, x2)
	}
}

func TestPlacesOf(t *testing.T) {
	row := func(on string, places ...string) caseRow {
		return caseRow{claimView: claimView{On: casefile.Subject("claim/" + on), Text: on, Places: places}}
	}
	scale, _ := casefile.ScaleOf("five")
	signed := row("b", "Aleppo")
	signed.Verdict = &casefile.Signed{Second: &casefile.Entry{}, Verdict: casefile.Verdict{Rating: "true"}}
	alone := row("c", "Homs")
	alone.Verdict = &casefile.Signed{Verdict: casefile.Verdict{Rating: "true"}}
	list := placesOf([]caseRow{row("a", "Aleppo", "Nirgendsheim"), signed, alone}, []store.Item{{ID: "clip", Name: "clip.mp4", Place: "Homs"}, {ID: "none"}}, nil, scale)
	if len(list) != 3 {
		t.Fatalf("places = %+v, want three", list)
	}
	if p := list[0]; !p.Located || !p.Established || len(p.Claims) != 2 || p.Precision <= 0 {
		t.Errorf("Aleppo = %+v, want it located, established, of two claims", p)
	}
	if p := list[1]; p.Located || p.Words != "Nirgendsheim" {
		t.Errorf("unknown = %+v, want its words alone", p)
	}
	if list[2].Established || len(list[2].Claims) != 2 {
		t.Errorf("Homs = %+v, want it claimed by a claim and a clip: nobody seconded the verdict", list[2])
	}
}

// Inland no coast is in sight, and there is land all the same; at sea there is none.
func TestLandInland(t *testing.T) {
	for _, c := range []struct {
		name     string
		lat, lon float64
		land     bool
	}{{"Kabul", 34.53, 69.17, true}, {"Urumqi", 43.8, 87.6, true}, {"Bangui", 4.36, 18.58, true}, {"Denver", 39.74, -104.99, true}, {"the Pacific", -40, -130, false}} {
		s := string(drawMap(words.In(words.English), []mapPlace{at(c.name, c.lat, c.lon, 1000)}))
		if got := !strings.Contains(s, `class="land" d=""`); got != c.land {
			t.Errorf("land around %s: %v, want %v", c.name, got, c.land)
		}
		if len(s) > 100_000 {
			t.Errorf("%s: a map of %d bytes", c.name, len(s))
		}
	}
}

// An inland town stands among others that a reader knows, each name on free ground, disputed places said so.
func TestMapNamesWhatIsNear(t *testing.T) {
	s := string(drawMap(words.In(words.German), []mapPlace{at("kharkiv", 49.99, 36.23, 10_000)}))
	for _, name := range []string{"Poltawa", "Dnipro"} {
		if !strings.Contains(s, name) {
			t.Errorf("the map of Kharkiv does not name %s", name)
		}
	}
	if n := strings.Count(s, `class="known`); n < 8 || n > namesMost {
		t.Errorf("%d names, want 8 to %d", n, namesMost)
	}
	if s := string(drawMap(words.In(words.English), []mapPlace{at("odesa", 46.48, 30.73, 10_000), at("krasnodar", 45.04, 38.97, 10_000)})); !strings.Contains(s, "Crimea (disputed)") {
		t.Errorf("Crimea is not said to be disputed")
	}
}

func TestCommonNounsAreNoNames(t *testing.T) {
	for words, want := range map[string]bool{"hospitals": false, "Küste": false, "die Küste": false, "Krankenhäuser": false, "Hospitals": false, "": false, "Nirgendsheim": true, "Al-Kindi": true} {
		if got := (mapPlace{Words: words}).Named(); got != want {
			t.Errorf("Named(%q) = %v, want %v", words, got, want)
		}
	}
	if !(mapPlace{PlaceRef: claim.PlaceRef{ID: "aleppo"}, Words: "aleppo"}).Named() {
		t.Errorf("what the gazetteer knows is a name however it is written")
	}
}
