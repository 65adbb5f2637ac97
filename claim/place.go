package claim

import (
	"strconv"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// A PlaceRef is a place as the text names it: "Ost-Aleppo", "Provinz Idlib", "the station".
type PlaceRef struct {
	Start, End int      // bytes of the place's words, half-open
	Text       string   // the words, with single spaces
	ID         string   // gazetteer entry; "" if the gazetteer does not know the place
	Name       string   // its English name
	Kind       string   // country, capital, city, town, region, site, crossing, sea, ... or "place" and "coordinates"
	Country    string   // ISO 3166-1 alpha-2; "" if unknown, several, or disputed
	Disputed   bool     // whose territory it is, is disputed
	Located    bool     // Lat and Lon are known
	Lat, Lon   float64  // degrees, WGS 84
	Precision  int      // metres: the radius within which the place lies
	Relation   string   // words that move it away from the point: "nördlich von"; "" if none
	Others     []string // further entries of the same name: the text decides between them, not we
	Demonym    bool     // an adjective or people's name ("syrisch", "Aleppoer"): tells a country, not a place
}

// A gazetteerEntry is one line of lexicon/places.tsv.
type gazetteerEntry struct {
	id, kind, country, name string
	lat, lon                float64
	disputed, word          bool // word: its name is an ordinary word too and needs a preposition
}

type gazetteer struct {
	entries []gazetteerEntry
	first   map[string][]placeName // by first token in lower case, longest first
	byID    map[string]int
	country map[string]int
}

type placeName struct {
	words   []string
	capital bool // written in capitals only (US, UAE)
	entries []int
}

var places = sync.OnceValue(loadPlaces)

func loadPlaces() *gazetteer {
	b, err := placeFile.ReadFile("lexicon/places.tsv")
	if err != nil {
		panic("claim: " + err.Error())
	}
	g := &gazetteer{first: map[string][]placeName{}, byID: map[string]int{}, country: map[string]int{}}
	for _, line := range strings.Split(string(b), "\n") {
		c := strings.Split(line, "\t")
		if line == "" || line[0] == '#' || len(c) < 8 {
			continue
		}
		lat, _ := strconv.ParseFloat(c[3], 64)
		lon, _ := strconv.ParseFloat(c[4], 64)
		names := strings.Split(c[5], "|")
		if c[6] != "" {
			names = append(names, strings.Split(c[6], "|")...)
		}
		n := len(g.entries)
		g.entries = append(g.entries, gazetteerEntry{c[0], c[1], c[2], names[0], lat, lon, strings.Contains(c[7], "disputed"), strings.Contains(c[7], "word")})
		g.byID[c[0]] = n
		if c[1] == "country" {
			g.country[c[2]] = n
		}
		for _, name := range names {
			g.add(name, n)
		}
	}
	return g
}

func (g *gazetteer) add(name string, n int) {
	var words []string
	for _, t := range Tokenize(name) {
		words = append(words, t.Lower)
	}
	list := g.first[words[0]]
	for i := range list {
		if strings.Join(list[i].words, " ") == strings.Join(words, " ") {
			list[i].entries = append(list[i].entries, n)
			return
		}
	}
	p := placeName{words, strings.ToUpper(name) == name, []int{n}}
	i := 0
	for i < len(list) && len(list[i].words) >= len(words) {
		i++
	}
	list = append(list, placeName{})
	copy(list[i+1:], list[i:])
	list[i] = p
	g.first[words[0]] = list
}

// at returns the longest name that starts at token i, and its number of tokens; a genitive s is
// allowed at its end.
func (g *gazetteer) at(toks []Token, i int) (*placeName, int) {
	list := g.first[toks[i].Lower]
	if list == nil {
		list = g.first[genitive(toks[i].Lower)]
	}
	for k := range list {
		p := &list[k]
		if p.fits(toks[i:]) {
			return p, len(p.words)
		}
	}
	return nil, 0
}

func (p *placeName) fits(toks []Token) bool {
	if len(p.words) > len(toks) {
		return false
	}
	for k, w := range p.words {
		l := toks[k].Lower
		if l != w && (k < len(p.words)-1 || genitive(l) != w) {
			return false
		}
	}
	t := toks[0].Text
	all := strings.ToUpper(t) == t
	return p.capital == all || all && !p.capital && len(t) > 4 || p.capital && len(p.words) > 1
}

// genitive cuts 's, ' and s: Aleppos, Syria's.
func genitive(w string) string {
	if len(w) < 4 {
		return w
	}
	w = strings.TrimSuffix(w, "'")
	if s, ok := strings.CutSuffix(w, "'s"); ok {
		return s
	}
	return strings.TrimSuffix(w, "s")
}

// Places lists the places of a sentence in order: gazetteer names with their kind of place, generic
// places after a preposition ("vor dem Haus des Generals"), unknown names after one, and coordinates.
func Places(lang string, toks []Token) []PlaceRef {
	lex := quantitiesOf(lang)
	return lex.places(lex.look(toks, nil))
}

// places is [Places] of tokens that were looked up before.
func (l *quantityLexicon) places(in lookup) []PlaceRef {
	toks := in.toks
	r := placeReader{lex: l, toks: toks, gaz: places(), book: &l.place, in: in}
	for i := 0; i < len(toks); {
		i = max(i+1, r.read(i))
	}
	return r.found
}

type placeReader struct {
	lex   *quantityLexicon
	book  *phraseBook
	in    lookup
	gaz   *gazetteer
	toks  []Token
	found []PlaceRef
}

func (r *placeReader) read(i int) int {
	t := r.toks[i]
	if t.Kind == Punct {
		return i
	}
	if t.Kind == Number {
		return r.coordinates(i)
	}
	if j := r.named(i); j > i {
		return j
	}
	listed := r.book.listed(r.in, i)
	if listed {
		if j := r.listed(i); j > i {
			return j
		}
	}
	if r.german() && r.upper(i) && !listed {
		if p, at := r.book.tail(t.Lower, "noun"); p != nil && len(t.Lower)-at >= 4 && r.book.at(r.in, i, "not") == nil {
			if j := r.generic(i); j > i {
				return j
			}
		}
		if j := r.cityPeople(i); j > i {
			return j
		}
	}
	return r.unknown(i)
}

func (r *placeReader) german() bool { return r.lex.nouns }

func (r *placeReader) upper(i int) bool {
	if i < 0 || i >= len(r.toks) {
		return false
	}
	c, _ := utf8.DecodeRuneInString(r.toks[i].Text)
	return unicode.IsUpper(c)
}

// lookup returns the gazetteer name at token i and the token after it; a direction may be joined to
// it (Ost-Aleppo, Nordsyrien).
func (r *placeReader) lookup(i int) (p *placeName, end int, part bool) {
	if i >= len(r.toks) || r.toks[i].Kind != Word {
		return nil, i, false
	}
	if !r.upper(i) {
		if h := r.toks[i].Text; !strings.HasPrefix(h, "al-") && !strings.HasPrefix(h, "as-") && !strings.HasPrefix(h, "ar-") {
			return nil, i, false
		}
	}
	if p, n := r.gaz.at(r.toks, i); p != nil {
		return p, i + n, false
	}
	l := r.toks[i].Lower
	if c := l[0]; r.german() && c != 'o' && c != 'w' && c != 'n' && c != 's' && c != 'z' && c != 'm' || !r.german() && strings.IndexByte(l, '-') < 0 {
		return nil, i, false
	}
	for k := min(len(l)-3, 8); k >= 3; k-- {
		m := r.book.first[strings.TrimSuffix(l[:k], "-")]
		if len(m) == 0 || !hasClass(m, "mod") {
			continue
		}
		rest := l[k:]
		list := r.gaz.first[rest]
		if list == nil {
			list = r.gaz.first[genitive(rest)]
		}
		for x := range list {
			if len(list[x].words) == 1 {
				return &list[x], i + 1, true
			}
		}
	}
	return nil, i, false
}

func hasClass(list []phrase, class string) bool {
	for i := range list {
		if list[i].class == class {
			return true
		}
	}
	return false
}

// named reads a gazetteer name with a kind before or after it: Provinz Idlib, Luhansk region.
func (r *placeReader) named(i int) int {
	p, end, part := r.lookup(i)
	if p == nil {
		return i
	}
	e := r.gaz.entries[p.entries[0]]
	if e.word && r.book.at(r.in, i-1, "strictin", "noun") == nil || !r.german() && p.words[0] == "island" { // Iceland in German
		return i
	}
	ref := r.entry(p, part)
	if !r.german() {
		if k := r.book.at(r.in, end, "noun"); k != nil && !part && len(r.toks[end].Text) > 3 {
			q := r.typed(p, r.toks[end].Lower)
			if q >= 0 {
				r.fill(&ref, q)
			}
			if q >= 0 || !r.upper(end) {
				end++
			}
		}
	}
	start := i
	if m := r.book.at(r.in, i-1, "mod"); m != nil && i > 0 && !r.german() {
		start, ref.Precision = i-1, ref.Precision*2
	}
	return r.append(start, end, ref)
}

// typed returns the entry of the same name that is of the named kind, or -1.
func (r *placeReader) typed(p *placeName, noun string) int {
	want := ""
	switch noun {
	case "province", "region", "governorate", "oblast", "state", "provinz", "gouvernement", "gebiet", "bundesstaat":
		want = "region"
	case "city", "town", "stadt", "capital", "hauptstadt":
		want = "city"
	}
	for _, n := range p.entries {
		if r.gaz.entries[n].kind == want {
			return n
		}
	}
	if n, ok := r.gaz.byID[r.gaz.entries[p.entries[0]].id+"-province"]; ok && want == "region" {
		return n
	}
	return -1
}

func (r *placeReader) entry(p *placeName, part bool) PlaceRef {
	var ref PlaceRef
	r.fill(&ref, p.entries[0])
	for _, n := range p.entries[1:] {
		ref.Others = append(ref.Others, r.gaz.entries[n].id)
	}
	if part && ref.Kind != "country" {
		ref.Kind = "region"
	}
	return ref
}

func (r *placeReader) fill(ref *PlaceRef, n int) {
	e := r.gaz.entries[n]
	ref.ID, ref.Name, ref.Kind, ref.Country, ref.Disputed = e.id, e.name, e.kind, e.country, e.disputed
	ref.Lat, ref.Lon, ref.Located, ref.Precision = e.lat, e.lon, true, radius(e.kind)
}

// radius is how far from the entry's point the thing named may lie, in metres, by kind.
func radius(kind string) int {
	switch kind {
	case "site", "crossing":
		return 2000
	case "town":
		return 5000
	case "city":
		return 15000
	case "capital":
		return 20000
	case "island":
		return 50000
	case "region", "disputed":
		return 100000
	case "country", "mountains", "sea", "water":
		return 500000
	}
	return 0
}

// listed reads place nouns, directions, relations and demonyms.
func (r *placeReader) listed(i int) int {
	if p := r.book.at(r.in, i, "demonym"); p != nil {
		return r.demonym(i, p)
	}
	if p := r.book.at(r.in, i, "relation"); p != nil {
		j := i + len(p.words)
		if q, end, part := r.lookup(j); q != nil {
			ref := r.entry(q, part)
			ref.Relation = joinTexts(r.toks[i:j])
			return r.append(j, end, ref)
		}
		if r.book.at(r.in, j, "noun") != nil {
			if end := r.placeNoun(j); end > j {
				r.found[len(r.found)-1].Relation = joinTexts(r.toks[i:j])
				return end
			}
		}
		if end := r.names(j); end > j && (!r.german() || r.plainName(j)) {
			return r.append(j, end, PlaceRef{Kind: "place", Relation: joinTexts(r.toks[i:j])})
		}
	}
	if r.book.at(r.in, i, "dir", "noun") != nil {
		return r.generic(i)
	}
	return i
}

func (r *placeReader) demonym(i int, p *phrase) int {
	n, ok := r.gaz.country[p.value]
	if !ok {
		n, ok = r.gaz.byID[p.value]
	}
	if !ok || !r.german() && !r.upper(i) {
		return i
	}
	var ref PlaceRef
	r.fill(&ref, n)
	ref.Demonym = true
	return r.append(i, i+len(p.words), ref)
}

// cityPeople reads "Aleppoer", "Kiewer".
func (r *placeReader) cityPeople(i int) int {
	for _, suffix := range []string{"er", "ern"} {
		stem, ok := strings.CutSuffix(r.toks[i].Lower, suffix)
		if !ok || len(stem) < 4 {
			continue
		}
		for _, p := range r.gaz.first[stem] {
			if len(p.words) == 1 && !r.gaz.entries[p.entries[0]].word {
				ref := r.entry(&p, false)
				ref.Demonym = true
				return r.append(i, i+1, ref)
			}
		}
	}
	return i
}

// generic reads a place noun or direction that stands after a preposition, with what belongs to it:
// a name ("Stadt Bentiu"), a genitive ("Haus des Generals", "end of the wall").
func (r *placeReader) generic(i int) int {
	capital := !r.german() && r.upper(i) && i > 0 && r.upper(i-1) && r.toks[i-1].Kind == Word
	if capital { // Jamarat Bridge
		return i
	}
	if r.german() != r.upper(i) || !r.placed(i) && !r.partOf(i) {
		return i
	}
	return r.placeNoun(i)
}

// partOf reports "Osten der Stadt", "end of the town": a direction with its place.
func (r *placeReader) partOf(i int) bool {
	if r.book.at(r.in, i, "dir") == nil {
		return false
	}
	return r.german() && i+1 < len(r.toks) && (r.toks[i+1].Lower == "der" || r.toks[i+1].Lower == "des") && r.book.at(r.in, i+2, "noun") != nil
}

// placeNoun reads the place noun or direction at token i and what belongs to it.
func (r *placeReader) placeNoun(i int) int {
	j := i + 1
	if r.book.at(r.in, i, "dir") != nil && !r.german() {
		for r.book.at(r.in, j, "dir", "noun") != nil {
			j++
		}
	}
	if p, end, part := r.lookup(j); p != nil && (r.german() || r.book.at(r.in, i, "noun") != nil) {
		ref := r.entry(p, part)
		if q := r.typed(p, r.toks[i].Lower); q >= 0 {
			r.fill(&ref, q)
		}
		return r.append(i, end, ref)
	}
	if !r.german() && j < len(r.toks) && r.toks[j].Lower == "of" {
		if p, end, part := r.lookup(j + 1); p != nil {
			return r.append(i, end, r.entry(p, part))
		}
		if end := r.names(j + 1); end > j+1 {
			return r.append(i, end, PlaceRef{Kind: "place"})
		}
		if k := j + 1; r.book.at(r.in, k, "article") != nil && r.book.at(r.in, k+1, "noun") != nil {
			return r.append(i, k+2, PlaceRef{Kind: "place"})
		}
	}
	if r.german() {
		if r.upper(j) && r.plainName(j) {
			return r.append(i, r.names(j), PlaceRef{Kind: "place"})
		}
		if j < len(r.toks) && (r.toks[j].Lower == "der" || r.toks[j].Lower == "des" || r.toks[j].Lower == "von") {
			if p, end, part := r.lookup(j + 1); p != nil {
				return r.append(i, end, r.entry(p, part))
			}
			if r.upper(j+1) && r.toks[j+1].Kind == Word && r.lex.when.at(r.in, j+1) == nil {
				return r.append(i, j+2, PlaceRef{Kind: "place"})
			}
		}
		if r.book.at(r.in, i, "dir") != nil {
			return i
		}
	} else if r.book.at(r.in, i, "noun") == nil {
		return i
	}
	return r.append(i, j, PlaceRef{Kind: "place"})
}

// placed reports a preposition of place before token i, with at most an article and two adjectives
// between them.
func (r *placeReader) placed(i int) bool {
	for k := i - 1; k >= 0 && k >= i-4; k-- {
		if r.book.at(r.in, k, "in") != nil {
			return true
		}
		if r.book.at(r.in, k, "article") != nil {
			continue
		}
		if r.toks[k].Kind != Word || r.german() && r.upper(k) || !r.german() && r.lex.unit.at(r.in, k, "stop") != nil {
			return false
		}
	}
	return false
}

// names returns the token after the capitalised words from token i on.
func (r *placeReader) names(i int) int {
	j := i
	for j < len(r.toks) && j < i+4 && r.upper(j) && r.toks[j].Kind == Word && r.book.at(r.in, j, "not") == nil && r.lex.when.at(r.in, j, "month", "weekday") == nil {
		if j++; r.german() && j > i {
			break
		}
	}
	return j
}

// unknown reads capitalised words that the gazetteer does not have, after a preposition that is
// used of places, and English names that end in a place noun.
func (r *placeReader) unknown(i int) int {
	if !r.upper(i) {
		return i
	}
	end := r.names(i)
	if end == i {
		return i
	}
	if !r.german() && end-i > 1 && r.book.at(r.in, end-1, "noun") != nil { // Al-Ghaza Hotel
		return r.append(i, end, PlaceRef{Kind: "place"})
	}
	if !r.german() && r.book.at(r.in, end, "noun") != nil && !r.upper(end) && r.placed(i) && r.book.at(r.in, i, "demonym") == nil { // the Kalma camp
		return r.append(i, end+1, PlaceRef{Kind: "place"})
	}
	if t := r.toks[i].Text; len(t) <= 5 && strings.ToUpper(t) == t { // KPA: an organisation
		return i
	}
	if i == 0 || r.book.at(r.in, i-1, "strictin") == nil || r.upper(i-1) && i > 1 {
		return i
	}
	if r.german() && !r.plainName(i) || !r.german() && end < len(r.toks) && (r.toks[end].Lower == "and" || strings.HasSuffix(r.toks[end-1].Lower, "'s")) && end == i+1 && strings.HasSuffix(r.toks[i].Lower, "'s") {
		return i
	}
	return r.append(i, end, PlaceRef{Kind: "place"})
}

// plainName reports a German word that may be a place's name: capital, no common noun by its ending,
// its plural or the list of words that follow "in" in other senses.
func (r *placeReader) plainName(i int) bool {
	t := r.toks[i]
	if t.Kind != Word || len(t.Lower) < 4 || r.book.at(r.in, i, "not", "demonym", "noun") != nil || r.lex.when.at(r.in, i) != nil || r.lex.unit.at(r.in, i) != nil || r.lex.number.at(r.in, i) != nil {
		return false
	}
	if strings.HasSuffix(t.Lower, "er") && r.upper(i+1) { // Gräfenhäuser Straße
		return false
	}
	for _, s := range germanNounEndings {
		if strings.HasSuffix(t.Lower, s) {
			return false
		}
	}
	if p, _ := r.lex.unit.tail(t.Lower, "persons", "thing", "unit", "time"); p != nil {
		return false
	}
	return strings.ToUpper(t.Text) != t.Text
}

// germanNounEndings end common nouns far more often than place names.
var germanNounEndings = []string{"ung", "ungen", "heit", "keit", "heiten", "keiten", "schaft", "schaften", "ion", "ionen", "tät", "täten", "ismus", "ist", "isten", "tum", "nis", "nisse", "nissen", "ling", "linge", "lingen", "enz", "anz", "ik", "itik", "ur", "ern", "tion", "krieg", "kampf", "kämpfe", "kämpfen", "angriff", "anschlag", "lage", "fall", "fällen", "teil", "teilen", "zeit", "zeiten", "recht", "rechte", "hilfe", "kraft", "gewalt", "dienst", "angaben", "bericht", "berichten", "ment", "chen", "lein", "erei", "haft", "mittel", "mitteln", "weise", "wahl", "wahlen"}

// append adds a reference over tokens [i, j) and returns j.
func (r *placeReader) append(i, j int, ref PlaceRef) int {
	ref.Start, ref.End, ref.Text = r.toks[i].Start, r.toks[j-1].End, joinTexts(r.toks[i:j])
	r.found = append(r.found, ref)
	return j
}
