package desk

import (
	"encoding/json"
	"fmt"
	"html/template"
	"math"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"beleg/claim"
	"beleg/internal/casefile"
	"beleg/internal/casework"
	"beleg/internal/store"
	"beleg/internal/words"
)

// A mapPlace is a place that claims or items of a case name. Those that our gazetteer does not know stay words.
type mapPlace struct {
	claim.PlaceRef `json:"-"`
	Words          string      `json:"words"` // as the claims have it
	Claims         []placedRow `json:"claims"`
	Established    bool        `json:"established"` // a claim that names it was rated right by two persons
}

type placedRow struct {
	On     casefile.Subject `json:"on"`   // the claim, or the item whose outlet says where it is from
	Path   string           `json:"path"` // page that shows it
	Text   string           `json:"text"`
	Source string           `json:"source"` // who says so; "" is the author
	When   string           `json:"-"`      // days that it speaks of, for the brush of the timeline; "" is undated
}

// When is the days that whatever names the place speaks of; "" when any of it is undated.
func (p mapPlace) When() string {
	var list []string
	for _, c := range p.Claims {
		if c.When == "" {
			return ""
		}
		list = append(list, c.When)
	}
	return strings.Join(list, " ")
}

// placesOf gathers the places of the claims and of the items, in their order. A place stands once, however often it is named.
func placesOf(rows []caseRow, items []store.Item, texts map[string]textView, scale casefile.Scale) []mapPlace {
	list, at := []mapPlace{}, map[string]int{}
	add := func(lang, words string, by placedRow, right bool) {
		p := locate(lang, words)
		key := p.ID + "\n" + p.Relation
		if p.ID == "" {
			key = words
		}
		i, ok := at[key]
		if !ok {
			i, at[key] = len(list), len(list)
			list = append(list, mapPlace{PlaceRef: p, Words: words})
		}
		list[i].Claims = append(list[i].Claims, by)
		list[i].Established = list[i].Established || right
	}
	for _, r := range rows {
		lang, path := "", ""
		if r.Item != "" {
			path = "/texts/" + r.Item
		}
		if t := texts[r.Item].Item.Text; t != nil {
			lang = t.Lang
		}
		for _, words := range r.Places {
			add(lang, words, placedRow{r.On, path, r.Text, r.Source, when(r.About)}, ratedRight(r, scale))
		}
	}
	for _, it := range items {
		if it.Place != "" {
			add("", it.Place, placedRow{casefile.On(casefile.OnItem, it.ID), "/items/" + it.ID, displayName(it), it.Outlet, when(casework.PublishedOn(it))}, false)
		}
	}
	return list
}

// plain are claims of filed texts that are no rows of the case: they name places too.
func plain(claims []claimView) []caseRow {
	rows := make([]caseRow, len(claims))
	for i, c := range claims {
		rows[i] = caseRow{claimView: c}
	}
	return rows
}

// Named reports whether the words are a name: what the gazetteer knows, and else words that are no common noun. "hospitals"
// and "Küste" are places, but no map shows them.
func (p mapPlace) Named() bool {
	if p.ID != "" || p.Located {
		return true
	}
	fields := strings.Fields(p.Words)
	if len(fields) == 0 {
		return false
	}
	last := fields[len(fields)-1]
	r, _ := utf8.DecodeRuneInString(last)
	return unicode.IsUpper(r) && !slices.Contains(commonPlaces, strings.ToLower(last))
}

// commonPlaces are common nouns for places, as texts write them in German or at the beginning of an English sentence.
var commonPlaces = strings.Fields("küste küsten stadt städte dorf dörfer grenze grenzen front fronten frontlinie viertel stadtviertel hauptstadt provinz region gebiet gebiete " +
	"krankenhaus krankenhäuser krankenhäusern klinik kliniken schule schulen lager lagern markt märkte moschee kirche flughafen hafen brücke straße straßen haus häuser " +
	"osten westen norden süden ausland inland land ländern länder region regionen altstadt innenstadt zentrum vorstadt vororte umland umgebung meer insel " +
	"coast city cities village villages border borders front frontline district capital province region area areas hospital hospitals clinic school schools camp camps market mosque church airport port bridge road street house " +
	"east west north south abroad country countries town towns centre center suburb suburbs sea island")

// Radius is how exactly the place is known, in whole kilometres.
func (p mapPlace) Radius() int { return max(1, (p.Precision+999)/1000) }

// ratedRight reports whether two persons rated the claim by the best rating of the scale, which is its first.
func ratedRight(r caseRow, scale casefile.Scale) bool {
	return r.Verdict != nil && r.Verdict.Second != nil && len(scale.Ratings) > 0 && r.Verdict.Rating == scale.Ratings[0].Key
}

// locate looks words up in the gazetteer. What names several places, or none, is not located.
func locate(lang, words string) claim.PlaceRef {
	for _, l := range []string{lang, "de", "en"} {
		if l != "de" && l != "en" {
			continue
		}
		toks := claim.Tokenize(words)
		for _, p := range claim.Places(l, toks) {
			if p.Located && len(p.Others) == 0 {
				return p
			}
		}
	}
	return claim.PlaceRef{Text: words}
}

// coast is the rings of land: longitude and latitude in hundredths of a degree. coastgen makes the file.
var coast = sync.OnceValue(func() [][][2]float64 {
	b, err := staticFiles.ReadFile("static/coast.json")
	var rings [][]int
	if err == nil {
		err = json.Unmarshal(b, &rings)
	}
	if err != nil {
		panic("desk: the coastlines in the program are broken: " + err.Error())
	}
	out := make([][][2]float64, len(rings))
	for i, r := range rings {
		x, y := 0, 0
		for k := 0; k+1 < len(r); k += 2 {
			x, y = x+r[k], y+r[k+1]
			out[i] = append(out[i], [2]float64{float64(x) / 100, float64(y) / 100})
		}
	}
	return out
})

const (
	mapWidth  = 480.0 // in units of the drawing
	mapHeight = 420.0
	mapLeast  = 4.0 // degrees of latitude that a map shows at least
	namesMost = 40  // names beside the places of the case
	kmPerDeg  = 111.2
	maxReach  = 85.0 // degrees of latitude beyond which places are drawn at that latitude
	marksMost = 500
)

// A frame is the part of the world that a map shows: plate carrée, true to scale along its middle parallel.
type frame struct {
	lon, lat float64 // of the middle
	unit     float64 // drawing units per degree of latitude
	squeeze  float64 // length of a degree of longitude over one of latitude
}

func (f frame) place(lon, lat float64) (x, y float64) {
	for lon-f.lon > 180 {
		lon -= 360
	}
	for lon-f.lon < -180 {
		lon += 360
	}
	return mapWidth/2 + (lon-f.lon)*f.squeeze*f.unit, mapHeight/2 - (lat-f.lat)*f.unit
}

// frameOf holds all places with their circles, and a margin. Longitudes are counted from the first, so
// that places on both sides of the date line lie side by side.
func frameOf(list []mapPlace) frame {
	first := list[0].Lon
	w, e, s, n := math.Inf(1), math.Inf(-1), math.Inf(1), math.Inf(-1)
	for _, p := range list {
		lat := max(-maxReach, min(maxReach, p.Lat))
		r := float64(p.Precision) / 1000 / kmPerDeg
		lon := first + math.Mod(p.Lon-first+540, 360) - 180
		rx := r / math.Cos(lat*math.Pi/180)
		w, e, s, n = min(w, lon-rx), max(e, lon+rx), min(s, lat-r), max(n, lat+r)
	}
	f := frame{lon: (w + e) / 2, lat: max(-maxReach, min(maxReach, (s+n)/2))}
	f.squeeze = math.Cos(f.lat * math.Pi / 180)
	high := max(mapLeast, (n-s)*1.25, (e-w)*1.25*f.squeeze*mapHeight/mapWidth)
	f.unit = mapHeight / min(high, 360*mapHeight/mapWidth) // the world at most
	return f
}

// drawMap draws the located places over coastlines: no borders, for whose land it is, is not ours to say. A hollow mark is a
// claimed place, a filled one is established; the circle is how exactly the place is known. What else the gazetteer knows there
// is named, as far as there is room. It returns "" when no place is located.
func drawMap(w words.Words, list []mapPlace) template.HTML {
	var located []mapPlace
	for _, p := range list {
		if p.Located && len(located) < marksMost {
			located = append(located, p)
		}
	}
	if len(located) == 0 {
		return ""
	}
	for i := range located {
		located[i].Lat = max(-maxReach, min(maxReach, located[i].Lat)) // a pole is a point, and the drawing would make a line of it
	}
	f := frameOf(located)
	var s svg
	s.WriteString(`<path class="land" d="`)
	for _, ring := range coast() {
		s.ring(f, ring)
	}
	s.WriteString(`"/>`)
	for _, p := range located {
		x, y := f.place(p.Lon, p.Lat)
		if r := float64(p.Precision) / 1000 / kmPerDeg * f.unit; r > 7 {
			fmt.Fprintf(&s, `<g class="where" data-when="%s"><circle class="reach" cx="%s" cy="%s" r="%s"/></g>`, p.When(), num(x), num(y), num(r))
		}
	}
	var used labels
	for _, p := range located {
		x, y := f.place(p.Lon, p.Lat)
		used.take(x-7, y-7, 14, 14)
	}
	var own svg // above the names of others
	for _, p := range located {
		own.placed(f, p, &used, w)
	}
	s.names(w, f, located, &used)
	s.WriteString(own.String())
	s.scale(f)
	return s.wrap("map", w.Say("case.map"), mapWidth, mapHeight)
}

// placed draws the mark of a place of the case with its name.
func (s *svg) placed(f frame, p mapPlace, used *labels, w words.Words) {
	x, y := f.place(p.Lon, p.Lat)
	class, name := "mark hollow", p.Words
	if p.Established {
		class = "mark"
	}
	if p.Disputed {
		name += " (" + w.Say("map.disputed") + ")"
	}
	fmt.Fprintf(s, `<g class="where" data-when="%s">`, p.When())
	s.circle(class, x, y, 6, name)
	name = shorten(name, 30)
	wide := float64(utf8.RuneCountInString(name))*7 + 4
	// To the right, to the left, above, below: the first that is free, else to the right over what is there.
	for i, at := range [...][2]float64{{x + 10, y + 4}, {x - 10 - wide, y + 4}, {x - wide/2, y - 12}, {x - wide/2, y + 20}, {x + 10, y + 4}} {
		if i == 4 || used.free(at[0], at[1]-11, wide, 14) {
			used.take(at[0], at[1]-11, wide, 14)
			s.text("place", at[0], at[1], name)
			break
		}
	}
	s.WriteString("</g>")
}

// mapKinds are what is named beside the places of the case, what is first goes first.
var mapKinds = []string{"capital", "city", "disputed", "sea", "town", "island"}

// names writes what else the gazetteer knows in the frame: a dot and a name, disputed places said so. Where names would lie over
// each other the later one is left out.
func (s *svg) names(w words.Words, f frame, located []mapPlace, used *labels) {
	n := 0
	for _, kind := range mapKinds {
		for _, p := range claim.Gazetteer() {
			x, y := f.place(p.Lon, p.Lat)
			if n >= namesMost || p.Kind != kind || x < 4 || x > mapWidth-4 || y < 12 || y > mapHeight-30 || slices.ContainsFunc(located, func(o mapPlace) bool { return o.ID == p.ID }) {
				continue
			}
			name := p.Name
			if w.Lang() == words.German {
				name = p.German
			}
			if p.Disputed {
				name += " (" + w.Say("map.disputed") + ")"
			}
			wide := float64(utf8.RuneCountInString(name))*5.8 + 4
			at, dot := x+5, kind != "sea" && kind != "disputed"
			if !dot {
				at = x - wide/2
			}
			if at < 2 || at+wide > mapWidth || !used.free(at-6, y-8, wide+6, 12) {
				continue
			}
			used.take(at-6, y-8, wide+6, 12)
			if dot {
				fmt.Fprintf(s, `<circle class="dot" cx="%s" cy="%s" r="1.8"/>`, num(x), num(y))
			}
			class := "known"
			if !dot {
				class += " wide"
			}
			s.text(class, at, y+4, name)
			n++
		}
	}
}

// labels are the boxes of a drawing that something stands in: left, top, right, bottom.
type labels [][4]float64

func (l *labels) take(x, y, w, h float64) { *l = append(*l, [4]float64{x, y, x + w, y + h}) }

func (l labels) free(x, y, w, h float64) bool {
	return x >= 0 && x+w <= mapWidth && y >= 0 && y+h <= mapHeight && !slices.ContainsFunc(l, func(b [4]float64) bool {
		return x < b[2] && b[0] < x+w && y < b[3] && b[1] < y+h
	})
}

// ring adds what of a ring of land lies in the drawing. Rings never step over the date line, so each is
// tried as it is and a turn of the world to both sides.
func (s *svg) ring(f frame, ring [][2]float64) {
	for _, turn := range [3]float64{-360, 0, 360} {
		points := make([][2]float64, len(ring))
		for i, p := range ring {
			points[i] = [2]float64{mapWidth/2 + (p[0]+turn-f.lon)*f.squeeze*f.unit, mapHeight/2 - (p[1]-f.lat)*f.unit}
		}
		for i, p := range clip(points) {
			step := "L"
			if i == 0 {
				step = "M"
			}
			fmt.Fprintf(s, "%s%s %s", step, num(p[0]), num(p[1]))
		}
	}
}

// clip cuts a polygon down to the drawing and a margin that hides the cut (Sutherland and Hodgman, Reentrant Polygon
// Clipping, 1974): land goes on where no coast is in sight.
func clip(points [][2]float64) [][2]float64 {
	const margin = 4
	for _, side := range [4]struct {
		axis        int
		sign, bound float64
	}{{0, 1, -margin}, {0, -1, -mapWidth - margin}, {1, 1, -margin}, {1, -1, -mapHeight - margin}} {
		var out [][2]float64
		for i, p := range points {
			q := points[(i+len(points)-1)%len(points)]
			a, b := side.sign*q[side.axis]-side.bound, side.sign*p[side.axis]-side.bound // inside at 0 and above
			if (a < 0) != (b < 0) {
				w := a / (a - b)
				out = append(out, [2]float64{q[0] + w*(p[0]-q[0]), q[1] + w*(p[1]-q[1])})
			}
			if b >= 0 {
				out = append(out, p)
			}
		}
		points = out
	}
	return points
}

// scale draws a bar of a round length.
func (s *svg) scale(f frame) {
	km := 1.0
	for _, k := range []float64{1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000} {
		if k/kmPerDeg*f.unit < mapWidth/4 {
			km = k
		}
	}
	y := mapHeight - 14
	s.line("scale", 12, y, 12+km/kmPerDeg*f.unit, y)
	s.text("tick", 12, y-6, strings.TrimSpace(num(km)+" km"))
}
