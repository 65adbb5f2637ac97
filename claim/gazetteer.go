package claim

import (
	"cmp"
	"strconv"
	"strings"
	"sync"
)

// A Place is an entry of the gazetteer.
type Place struct {
	ID, Kind     string  // as in [PlaceRef]
	Name, German string  // what it is called in English and in German
	Lat, Lon     float64 // degrees, WGS 84
	Disputed     bool    // whose territory it is, is disputed
}

// Gazetteer returns all places that we know, in the order of the file. The caller must not change them.
var Gazetteer = sync.OnceValue(func() []Place {
	b, err := placeFile.ReadFile("lexicon/places.tsv")
	if err != nil {
		panic("claim: " + err.Error())
	}
	var out []Place
	for line := range strings.Lines(string(b)) {
		c := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if line[0] == '#' || len(c) < 8 {
			continue
		}
		lat, noLat := strconv.ParseFloat(c[3], 64)
		lon, noLon := strconv.ParseFloat(c[4], 64)
		if noLat != nil || noLon != nil {
			continue
		}
		english, _, _ := strings.Cut(c[5], "|")
		german, _, _ := strings.Cut(c[6], "|")
		out = append(out, Place{c[0], c[1], english, cmp.Or(german, english), lat, lon, strings.Contains(c[7], "disputed")})
	}
	return out
})
