package figure

import (
	"slices"
	"strings"
	"unicode"
)

// A Place is where something is counted, as a text names it and as the gazetteer knows it.
type Place struct {
	Words   string
	ID      string // of the gazetteer; "" when it does not know the place
	Country string // ISO 3166-1 alpha-2, "" when unknown or disputed
	Whole   bool   // it is the country itself

	normal []string // its words in their normal form, when Ready
}

// Ready is the place with what is compared of it worked out once, for those that are compared many times.
func (p Place) Ready() Place {
	p.normal = p.parts()
	return p
}

// directions are parts of a place, by the words of both languages.
var directions = map[string]string{"ost": "east", "osten": "east", "östlich": "east", "östlichen": "east", "eastern": "east", "east": "east", "ostteil": "east",
	"west": "west", "westen": "west", "westlich": "west", "westlichen": "west", "western": "west", "westteil": "west",
	"nord": "north", "norden": "north", "nördlich": "north", "nördlichen": "north", "northern": "north", "north": "north", "nordteil": "north",
	"süd": "south", "süden": "south", "südlich": "south", "südlichen": "south", "southern": "south", "south": "south", "südteil": "south"}

var fill = []string{"der", "die", "das", "dem", "den", "des", "the", "of", "in", "von", "im", "city", "stadt", "province", "provinz", "region", "area"}

// parts are the words of a place in their normal form: "Ost-Aleppo" and "the east of Aleppo" are aleppo, east.
func (p Place) parts() []string {
	if p.normal != nil {
		return p.normal
	}
	var out []string
	for _, w := range strings.FieldsFunc(strings.ToLower(p.Words), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		if d, ok := directions[w]; ok {
			out = append(out, d)
		} else if !slices.Contains(fill, w) {
			if len(w) > 4 {
				w = strings.TrimSuffix(w, "s") // Aleppos
			}
			out = append(out, w)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// side splits the side of a place that is meant, "" when all of it is, from its other words.
func side(parts []string) (side string, rest []string) {
	for _, w := range parts {
		if w == "east" || w == "west" || w == "north" || w == "south" {
			side = w
		} else {
			rest = append(rest, w)
		}
	}
	return side, rest
}

// places compares two places.
func places(a, b Place) extent {
	if a.Words == b.Words {
		return same
	}
	x, y := a.parts(), b.parts()
	sideX, restX := side(x)
	sideY, restY := side(y)
	switch {
	case slices.Equal(x, y):
		return same
	case a.ID != "" && a.ID == b.ID, slices.Equal(restX, restY) && len(restX) > 0:
		return narrower(sideX, sideY)
	case b.Whole && a.Country == b.Country:
		return inside
	case a.Whole && a.Country == b.Country:
		return around
	case a.ID != "" && b.ID != "":
		return apart
	case len(y) > 0 && holds(x, y):
		return inside
	case len(x) > 0 && holds(y, x):
		return around
	}
	return unknown
}

// holds reports that all words of y are in x.
func holds(x, y []string) bool {
	return !slices.ContainsFunc(y, func(w string) bool { return !slices.Contains(x, w) })
}

// placesOf compares where two figures are said to be of. Of several places of one figure that lie in each other the smallest
// counts; without a place nothing is known.
func placesOf(a, b []Place) extent {
	a, b = smallest(a), smallest(b)
	if len(a) == 0 || len(b) == 0 {
		return unknown
	}
	best := apart
	for _, p := range a {
		for _, q := range b {
			best = min(best, places(p, q))
		}
	}
	return best
}

// smallest leaves out places that hold another of the list.
func smallest(list []Place) []Place {
	if len(list) < 2 {
		return list
	}
	return slices.DeleteFunc(slices.Clone(list), func(p Place) bool {
		return slices.ContainsFunc(list, func(q Place) bool { return places(q, p) == inside })
	})
}
