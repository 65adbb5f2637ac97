package desk

import (
	"cmp"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"beleg/claim"
	"beleg/claim/figure"
	"beleg/claim/speaker"
	"beleg/document"
	"beleg/internal/casefile"
	"beleg/internal/intake"
	"beleg/internal/store"
)

// de and en write the sentence of a source: a number of things, what happened, where and when.
func de(source, number, event, place, day string) string {
	return strings.Join(strings.Fields(fmt.Sprintf("%s sagte, %s seien %s %s %s worden.", source, day, place, number, event)), " ")
}

func en(source, number, event, place, day string) string {
	return strings.Join(strings.Fields(fmt.Sprintf("%s said %s were %s %s %s.", source, number, event, place, day)), " ")
}

const (
	t3, t9  = "am 3. Oktober 2016", "am 9. Oktober 2016"
	d3, d9  = "on 3 October 2016", "on 9 October 2016"
	mon, oc = "im Oktober 2016", "in October 2016"
)

// figurePairs are pairs of figures of two texts, and how they stand to one another.
var figurePairs = []struct {
	name, a, b string
	is         figure.Relation
}{
	// Bounds.
	{"equal", de("Die Polizei", "12 Menschen", "getötet", "in Homs", t3), de("Das Rote Kreuz", "12 Menschen", "getötet", "in Homs", t3), figure.Agree},
	{"unequal", de("Die Polizei", "12 Menschen", "getötet", "in Homs", t3), de("Das Rote Kreuz", "13 Menschen", "getötet", "in Homs", t3), figure.Apart},
	{"unequal, English", en("Police", "12 people", "killed", "in Homs", d3), en("The Red Cross", "13 people", "killed", "in Homs", d3), figure.Apart},
	{"across languages", de("Die Polizei", "12 Menschen", "getötet", "in Homs", t3), en("The Red Cross", "30 people", "killed", "in Homs", d3), figure.Apart},
	{"across languages, equal", de("Die Polizei", "30 Menschen", "getötet", "in Homs", t3), en("The Red Cross", "30 people", "killed", "in Homs", d3), figure.Agree},
	{"more than, the number itself", de("Die Polizei", "mehr als 40 Menschen", "getötet", "in Homs", t3), de("Das Rote Kreuz", "40 Menschen", "getötet", "in Homs", t3), figure.Apart},
	{"more than, the number itself, English", en("Police", "more than 40 people", "killed", "in Homs", d3), en("The Red Cross", "40 people", "killed", "in Homs", d3), figure.Apart},
	{"more than, the next", de("Die Polizei", "mehr als 40 Menschen", "getötet", "in Homs", t3), de("Das Rote Kreuz", "41 Menschen", "getötet", "in Homs", t3), figure.Agree},
	{"at least, the number itself", de("Die Polizei", "mindestens 40 Menschen", "getötet", "in Homs", t3), de("Das Rote Kreuz", "40 Menschen", "getötet", "in Homs", t3), figure.Agree},
	{"at least, more", en("Police", "at least 40 people", "killed", "in Homs", d3), en("The Red Cross", "52 people", "killed", "in Homs", d3), figure.Agree},
	{"at least, fewer", en("Police", "at least 40 people", "killed", "in Homs", d3), en("The Red Cross", "39 people", "killed", "in Homs", d3), figure.Apart},
	{"up to, fewer", de("Die Polizei", "bis zu 40 Menschen", "getötet", "in Homs", t3), de("Das Rote Kreuz", "20 Menschen", "getötet", "in Homs", t3), figure.Agree},
	{"up to, more", en("Police", "up to 40 people", "killed", "in Homs", d3), en("The Red Cross", "41 people", "killed", "in Homs", d3), figure.Apart},
	{"fewer than, the number itself", en("Police", "fewer than 40 people", "killed", "in Homs", d3), en("The Red Cross", "40 people", "killed", "in Homs", d3), figure.Apart},
	{"two lower bounds", de("Die Polizei", "mindestens 40 Menschen", "getötet", "in Homs", t3), de("Das Rote Kreuz", "mehr als 300 Menschen", "getötet", "in Homs", t3), figure.Agree},
	{"above and below", de("Die Polizei", "mehr als 300 Menschen", "getötet", "in Homs", t3), de("Das Rote Kreuz", "höchstens 40 Menschen", "getötet", "in Homs", t3), figure.Apart},
	{"about, within a tenth", de("Die Polizei", "rund 100 Menschen", "getötet", "in Homs", t3), de("Das Rote Kreuz", "109 Menschen", "getötet", "in Homs", t3), figure.Agree},
	{"about, beyond a tenth", en("Police", "about 100 people", "killed", "in Homs", d3), en("The Red Cross", "112 people", "killed", "in Homs", d3), figure.Apart},
	{"a range, inside", en("Police", "between 20 and 30 people", "killed", "in Homs", d3), en("The Red Cross", "25 people", "killed", "in Homs", d3), figure.Agree},
	{"a range, outside", de("Die Polizei", "20 bis 30 Menschen", "getötet", "in Homs", t3), de("Das Rote Kreuz", "31 Menschen", "getötet", "in Homs", t3), figure.Apart},
	{"hundreds, and fewer", de("Die Polizei", "Hunderte Menschen", "getötet", "in Homs", t3), de("Das Rote Kreuz", "40 Menschen", "getötet", "in Homs", t3), figure.Apart},
	{"dozens, and more", en("Police", "dozens of people", "killed", "in Homs", d3), en("The Red Cross", "40 people", "killed", "in Homs", d3), figure.Agree},
	{"number words", de("Die Polizei", "zwölf Menschen", "getötet", "in Homs", t3), de("Das Rote Kreuz", "12 Menschen", "getötet", "in Homs", t3), figure.Agree},
	// What is counted.
	{"killed and wounded", de("Die Polizei", "12 Menschen", "getötet", "in Homs", t3), de("Das Rote Kreuz", "30 Menschen", "verletzt", "in Homs", t3), figure.Other},
	{"killed and wounded, English", en("Police", "12 people", "killed", "in Homs", d3), en("The Red Cross", "30 people", "wounded", "in Homs", d3), figure.Other},
	{"displaced and detained", en("Police", "12 people", "displaced", "in Homs", d3), en("The Red Cross", "30 people", "arrested", "in Homs", d3), figure.Other},
	{"damaged and destroyed", de("Die Polizei", "12 Häuser", "beschädigt", "in Homs", t3), de("Das Rote Kreuz", "30 Häuser", "zerstört", "in Homs", t3), figure.Other},
	{"damaged and destroyed, English", en("Police", "12 houses", "damaged", "in Homs", d3), en("The Red Cross", "30 houses", "destroyed", "in Homs", d3), figure.Other},
	{"houses and schools", en("Police", "12 houses", "destroyed", "in Homs", d3), en("The Red Cross", "30 schools", "destroyed", "in Homs", d3), figure.Other},
	{"houses", en("Police", "12 houses", "destroyed", "in Homs", d3), en("The Red Cross", "30 houses", "destroyed", "in Homs", d3), figure.Apart},
	{"hospitals across languages", de("Die Polizei", "drei Krankenhäuser", "zerstört", "in Homs", t3), en("The Red Cross", "five hospitals", "destroyed", "in Homs", d3), figure.Apart},
	{"two of three, and three", de("Die Polizei", "zwei der letzten drei Krankenhäuser", "zerstört", "in Homs", t3), de("Das Rote Kreuz", "drei Krankenhäuser", "zerstört", "in Homs", t3), figure.Apart},
	{"two of three, and two", en("Police", "two of the last three hospitals", "destroyed", "in Homs", d3), en("The Red Cross", "two hospitals", "destroyed", "in Homs", d3), figure.Agree},
	{"two of three, and two of five", en("Police", "two of the last three hospitals", "destroyed", "in Homs", d3), en("The Red Cross", "two of the five hospitals", "destroyed", "in Homs", d3), figure.Apart},
	{"together, and the dead of them", de("Die Polizei", "20 Menschen", "getötet oder verletzt", "in Homs", t3), de("Das Rote Kreuz", "12 Menschen", "getötet", "in Homs", t3), figure.PartOf},
	{"together, and more dead", en("Police", "20 people", "killed or wounded", "in Homs", d3), en("The Red Cross", "30 people", "killed", "in Homs", d3), figure.Apart},
	// Parts of a whole.
	{"civilians among the dead", de("Die Polizei", "300 Menschen", "getötet", "in Homs", t3), de("Das Rote Kreuz", "120 Zivilisten", "getötet", "in Homs", t3), figure.PartOf},
	{"civilians among the dead, English", en("Police", "300 people", "killed", "in Homs", d3), en("The Red Cross", "120 civilians", "killed", "in Homs", d3), figure.PartOf},
	{"more civilians than dead", de("Die Polizei", "28 Menschen", "getötet", "in Homs", t3), de("Das Rote Kreuz", "mindestens 43 Zivilisten", "getötet", "in Homs", t3), figure.Apart},
	{"more civilians than dead, English", en("Police", "28 people", "killed", "in Homs", d3), en("The Red Cross", "at least 43 civilians", "killed", "in Homs", d3), figure.Apart},
	{"civilians and soldiers", en("Police", "28 soldiers", "killed", "in Homs", d3), en("The Red Cross", "43 civilians", "killed", "in Homs", d3), figure.Other},
	{"civilians twice", de("Die Polizei", "28 Zivilisten", "getötet", "in Homs", t3), de("Das Rote Kreuz", "43 Zivilisten", "getötet", "in Homs", t3), figure.Apart},
	{"children among the dead", de("Die Polizei", "28 Menschen", "getötet", "in Homs", t3), de("Das Rote Kreuz", "12 Kinder", "getötet", "in Homs", t3), figure.PartOf},
	{"more children than dead", en("Police", "28 people", "killed", "in Homs", d3), en("The Red Cross", "40 children", "killed", "in Homs", d3), figure.Apart},
	{"children and civilians", en("Police", "28 civilians", "killed", "in Homs", d3), en("The Red Cross", "12 children", "killed", "in Homs", d3), figure.Unresolved},
	{"children and women", de("Die Polizei", "28 Frauen", "getötet", "in Homs", t3), de("Das Rote Kreuz", "12 Kinder", "getötet", "in Homs", t3), figure.Other},
	// Place.
	{"other city", de("Die Polizei", "12 Menschen", "getötet", "in Homs", t3), de("Das Rote Kreuz", "30 Menschen", "getötet", "in Aleppo", t3), figure.Other},
	{"other city, English", en("Police", "12 people", "killed", "in Homs", d3), en("The Red Cross", "30 people", "killed", "in Aleppo", d3), figure.Other},
	{"the same city in both languages", de("Die Polizei", "12 Menschen", "getötet", "in Damaskus", t3), en("The Red Cross", "30 people", "killed", "in Damascus", d3), figure.Apart},
	{"a city and its country", en("Police", "12 people", "killed", "in Homs", d3), en("The Red Cross", "30 people", "killed", "in Syria", d3), figure.Unresolved},
	{"more in the city than in its country", en("Police", "40 people", "killed", "in Homs", d3), en("The Red Cross", "30 people", "killed", "in Syria", d3), figure.Apart},
	{"no place", de("Die Polizei", "12 Menschen", "getötet", "", t3), de("Das Rote Kreuz", "30 Menschen", "getötet", "in Homs", t3), figure.Unresolved},
	{"no place, English", en("Police", "12 people", "killed", "", d3), en("The Red Cross", "30 people", "killed", "", d3), figure.Unresolved},
	// Period.
	{"other day", de("Die Polizei", "12 Menschen", "getötet", "in Homs", t3), de("Das Rote Kreuz", "30 Menschen", "getötet", "in Homs", t9), figure.Other},
	{"other day, English", en("Police", "12 people", "killed", "in Homs", d3), en("The Red Cross", "30 people", "killed", "in Homs", d9), figure.Other},
	{"a day and its month", de("Die Polizei", "12 Menschen", "getötet", "in Homs", t3), de("Das Rote Kreuz", "30 Menschen", "getötet", "in Homs", mon), figure.Unresolved},
	{"more on the day than in its month", en("Police", "40 people", "killed", "in Homs", d3), en("The Red Cross", "30 people", "killed", "in Homs", oc), figure.Apart},
	{"no day", de("Die Polizei", "12 Menschen", "getötet", "in Homs", t3), de("Das Rote Kreuz", "30 Menschen", "getötet", "in Homs", ""), figure.Unresolved},
	{"no day, English", en("Police", "12 people", "killed", "in Homs", ""), en("The Red Cross", "30 people", "killed", "in Homs", d3), figure.Unresolved},
	{"the same month", en("Police", "12 people", "killed", "in Homs", oc), en("The Red Cross", "30 people", "killed", "in Homs", oc), figure.Apart},
	// Who says it, and how.
	{"one source", de("Die Polizei", "12 Menschen", "getötet", "in Homs", t3), de("Die Polizei", "30 Menschen", "getötet", "in Homs", t3), figure.Other},
	{"one source by two forms", de("Die Beobachtungsstelle", "12 Menschen", "getötet", "in Homs", t3), en("The observer group", "30 people", "killed", "in Homs", d3), figure.Other},
	{"one source, short and long", en("The Observatory", "12 people", "killed", "in Homs", d3), en("The Syrian Observatory", "30 people", "killed", "in Homs", d3), figure.Other},
	{"two armies", en("The Syrian army", "12 people", "killed", "in Homs", d3), en("The Russian army", "30 people", "killed", "in Homs", d3), figure.Apart},
	{"a denial of knowledge", "Die Polizei sagte, sie wisse nichts von 300 Menschen, die am 3. Oktober 2016 in Homs getötet worden seien.", de("Das Rote Kreuz", "30 Menschen", "getötet", "in Homs", t3), figure.Other},
	{"a denial, English", "Police denied that 300 people were killed in Homs on 3 October 2016.", en("The Red Cross", "30 people", "killed", "in Homs", d3), figure.Other},
	{"an estimate and a count", "Nach Schätzungen der Polizei wurden am 3. Oktober 2016 in Homs 300 Menschen getötet.", de("Das Rote Kreuz", "30 Menschen", "getötet", "in Homs", t3), figure.Unresolved},
	{"lengths of time", en("Police", "people were trapped for 12 hours", "", "in Homs", d3), en("The Red Cross", "people were trapped for 30 hours", "", "in Homs", d3), figure.Other},
}

// read, the case and the desk give one answer on every pair of figures, and it is the right one.
func TestFigurePairs(t *testing.T) {
	if len(figurePairs) < 60 {
		t.Fatalf("%d pairs, want 60", len(figurePairs))
	}
	o := anOffice(t, nil)
	anna := o.anna()
	ids := o.takeInTexts(t)
	for i, p := range figurePairs {
		t.Run(p.name, func(t *testing.T) {
			id := fmt.Sprintf("pair-%02d", i)
			o.fileTogether(t, anna, id, ids[2*i], ids[2*i+1])
			v := caseView{}
			if got := anna.json("GET", "/api/cases/"+id, nil, &v); got.status != http.StatusOK {
				t.Fatalf("case = %d %s", got.status, got.body)
			}
			found, err := o.book.Findings(t.Context(), id)
			if err != nil {
				t.Fatal(err)
			}
			read, conflict := readPair(t, p.a, p.b)
			desk := strongest(v.Comparisons(), ids[2*i], ids[2*i+1])
			if in := strongest(found.Comparisons, ids[2*i], ids[2*i+1]); read != p.is || in != p.is || desk != p.is {
				t.Errorf("read says %s, the case %s, the desk %s; want %s\n%s\n%s", read, in, desk, p.is, p.a, p.b)
			}
			inCase := slices.ContainsFunc(found.Contradictions, func(c casefile.Contradiction) bool { return c.Rule == casefile.FigureConflict })
			if want := p.is == figure.Apart; conflict != want || inCase != want || (figureConflicts(v) > 0) != want {
				t.Errorf("a conflict: read says %v, the case %v, the desk %v; want %v", conflict, inCase, figureConflicts(v) > 0, want)
			}
		})
	}
}

// takeInTexts takes the texts of all pairs in, and returns their ids in order.
func (o *office) takeInTexts(t *testing.T) []string {
	t.Helper()
	dir := t.TempDir()
	ids := make([]string, 2*len(figurePairs))
	for i, p := range figurePairs {
		for k, text := range []string{p.a, p.b} {
			if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%03d.txt", 2*i+k)), fmt.Appendf(nil, "%s\n\n%d\n", text, 1000+2*i+k), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	in := &intake.Intake{Folder: o.book.Folder, Engine: intake.NewEngine(o.book.Folder, nil), Actor: "anna", Asked: store.Request{Kind: store.Article},
		Taken: func(x intake.Taken) {}, Skip: func(s intake.Skip) { t.Errorf("left out: %+v", s) }, State: func(intake.State) {}}
	if err := in.Run(t.Context(), []string{dir}, 1, "test"); err != nil {
		t.Fatal(err)
	}
	for it, err := range o.book.Folder.Catalogue.Items(t.Context(), "", "") {
		if err != nil {
			t.Fatal(err)
		}
		var n int
		if _, err := fmt.Sscanf(it.Name, "%03d.txt", &n); err == nil {
			ids[n] = it.ID
		}
	}
	return ids
}

func (o *office) fileTogether(t *testing.T, p *person, id string, items ...string) {
	t.Helper()
	p.json("POST", "/api/decisions", map[string]any{"on": "case/" + id, "do": "open", "base": 0, "with": map[string]string{"title": id}}, nil)
	for n, item := range items {
		if got := p.json("POST", "/api/decisions", map[string]any{"on": "case/" + id, "do": "file", "base": n + 1, "with": map[string]any{"what": "item/" + item}}, nil); got.status != http.StatusCreated {
			t.Fatalf("file = %d %s", got.status, got.body)
		}
	}
}

// Comparisons are those of the desk's answer.
func (v caseView) Comparisons() (list []casefile.Comparison) {
	for _, f := range v.Figures {
		list = append(list, f.Comparison)
	}
	return list
}

var strength = []figure.Relation{figure.Apart, figure.PartOf, figure.Agree, figure.Unresolved, figure.Other}

// strongest is the strongest relation between the rows of two items; what is in no comparison is compared with nothing.
func strongest(list []casefile.Comparison, a, b string) figure.Relation {
	best := figure.Other
	for _, c := range list {
		for _, p := range c.Pairs {
			x, y := c.Rows[p.A].Item, c.Rows[p.B].Item
			if (x == a && y == b || x == b && y == a) && slices.Index(strength, p.Is) < slices.Index(strength, best) {
				best = p.Is
			}
		}
	}
	return best
}

// readPair reads two texts as `beleg read` does: how their figures stand to one another, and whether it finds a conflict.
func readPair(t *testing.T, a, b string) (best figure.Relation, conflict bool) {
	t.Helper()
	best = figure.Other
	var texts [2][]claim.Claim
	for i, text := range []string{a, b} {
		doc, err := document.Extract(t.Context(), []byte(text+"\n"), document.Hint{Name: "text.txt"})
		if err != nil {
			t.Fatal(err)
		}
		texts[i] = intake.Read([]string{"a", "b"}[i], doc, time.Time{}).Claims
	}
	x, y := texts[0], texts[1]
	for _, f := range givens(x) {
		for _, g := range givens(y) {
			short := speaker.Short([]string{f.Source, g.Source})
			f.Source, g.Source = cmp.Or(short[f.Source], f.Source), cmp.Or(short[g.Source], g.Source)
			if is := figure.Compare(f, g).Is; slices.Index(strength, is) < slices.Index(strength, best) {
				best = is
			}
		}
	}
	for _, p := range claim.Contradictions(x, y) {
		conflict = conflict || p.Rule == "figures"
	}
	return best, conflict
}

func givens(claims []claim.Claim) (list []figure.Given) {
	for i := range claims {
		list = append(list, claims[i].Given()...)
	}
	return list
}

func figureConflicts(v caseView) (n int) {
	for _, c := range v.Contradictions {
		if c.Rule == casefile.FigureConflict {
			n++
		}
	}
	return n
}
