package claim

import (
	"embed"
	"math"
	"strconv"
	"strings"
)

// placeFile holds the gazetteer, which all languages share.
//
//go:embed lexicon/places.tsv
var placeFile embed.FS

// coordinates reads a pair of coordinates at token i: "36.2021, 37.1343", "36.2021 N 37.1343 E",
// "36°12'30"N 37°9'E". It returns the token after them, or i.
func (r *placeReader) coordinates(i int) int {
	a, j := r.angle(i)
	if j == i {
		return i
	}
	k := j
	if k < len(r.toks) && (r.toks[k].Text == "," || r.toks[k].Text == "/" || r.toks[k].Text == ";") {
		k++
	}
	b, end := r.angle(k)
	if end == k || a.axis != 0 && a.axis == b.axis || (a.axis == 0) != (b.axis == 0) {
		return i
	}
	if a.axis == 'E' {
		a, b = b, a
	}
	if math.Abs(a.degrees) > 90 || math.Abs(b.degrees) > 180 || a.axis == 0 && (a.digits < 3 || b.digits < 3) {
		return i
	}
	start := i
	if a.axis == 0 && i > 0 && r.minus(i) {
		start--
	}
	return r.append(start, end, PlaceRef{Kind: "coordinates", Located: true, Lat: a.degrees, Lon: b.degrees, Precision: max(a.metres, b.metres)})
}

// An angle is one coordinate with the axis its letter names ('N', 'E' or 0) and what its last digit
// is worth on the ground.
type angle struct {
	degrees float64
	axis    byte
	metres  int
	digits  int // after the decimal point
}

// metresPerDegree is the length of a degree on a meridian.
const metresPerDegree = 111000

func (r *placeReader) angle(i int) (angle, int) {
	v, digits, ok := r.decimal(i)
	if !ok {
		return angle{}, i
	}
	a := angle{degrees: v, digits: digits, metres: metresPerDegree}
	for n := 0; n < digits && n < 5; n++ {
		a.metres /= 10
	}
	j := i + 1
	signed := false
	if r.sign(j, "°", "º") {
		signed = true
		j++
		for _, part := range []struct {
			size  float64
			signs []string
		}{{60, []string{"'", "′", "’"}}, {3600, []string{"\"", "″", "”", "“"}}} {
			m, d, ok := r.decimal(j)
			if !ok || m >= 60 || !r.sign(j+1, part.signs...) {
				break
			}
			a.degrees += m / part.size
			a.metres = metresPerDegree / int(part.size)
			for n := 0; n < d && n < 3; n++ {
				a.metres = max(1, a.metres/10)
			}
			j += 2
			if part.size == 3600 && j > 0 {
				break
			}
		}
	}
	if j < len(r.toks) {
		switch r.toks[j].Text {
		case "N", "S", "E", "O", "W":
			c := r.toks[j].Text[0]
			if c == 'S' || c == 'W' {
				a.degrees = -a.degrees
			}
			a.axis = 'E'
			if c == 'N' || c == 'S' {
				a.axis = 'N'
			}
			return a, j + 1
		}
	}
	if signed && a.digits == 0 {
		return angle{}, i
	}
	if r.minus(i) {
		a.degrees = -a.degrees
	}
	return a, j
}

// decimal reads a plain number with a point and returns how many digits stand after it.
func (r *placeReader) decimal(i int) (v float64, digits int, ok bool) {
	if i >= len(r.toks) || r.toks[i].Kind != Number {
		return 0, 0, false
	}
	s := r.toks[i].Text
	if strings.Count(s, ".") > 1 || strings.ContainsAny(s, ",:'") || len(s) > 14 {
		return 0, 0, false
	}
	if k := strings.IndexByte(s, '.'); k >= 0 {
		digits = len(s) - k - 1
	}
	v, err := strconv.ParseFloat(s, 64)
	return v, digits, err == nil && v <= 180
}

func (r *placeReader) sign(i int, signs ...string) bool {
	return i < len(r.toks) && oneOf(r.toks[i].Text, signs)
}

// minus reports a minus sign right before token i.
func (r *placeReader) minus(i int) bool {
	return i > 0 && (r.toks[i-1].Text == "-" || r.toks[i-1].Text == "−") && r.toks[i-1].End == r.toks[i].Start
}
