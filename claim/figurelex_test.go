package claim

import (
	"strings"
	"testing"
)

// TestQuantityLexicon runs every example and counter-example of the quantity lexicon.
func TestQuantityLexicon(t *testing.T) {
	for _, lang := range []string{"de", "en"} {
		for name, check := range map[string]func(lang string, r row, text string) bool{
			"number": figureExample, "unit": figureExample, "when": whenExample, "place": placeExample,
		} {
			rows, err := readRows("lexicon/" + lang + "/" + name + ".tsv")
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range rows {
				if r.class == "option" {
					continue
				}
				if r.example == "" && !((r.class == "not" || r.class == "old") && r.counterExample != "") {
					t.Errorf("%s:%d: %s %q has no example", r.file, r.line, r.class, r.phrase)
				}
				if r.example != "" && check(lang, r, r.example) == (r.class == "label") {
					t.Errorf("%s:%d: %s %q: example %q not read so: %s", r.file, r.line, r.class, r.phrase, r.example, seen(lang, name, r.example))
				}
				if r.counterExample != "" && check(lang, r, r.counterExample) {
					t.Errorf("%s:%d: %s %q: counter-example %q read: %s", r.file, r.line, r.class, r.phrase, r.counterExample, seen(lang, name, r.counterExample))
				}
			}
		}
	}
}

func seen(lang, name, text string) string {
	switch name {
	case "when":
		return renderTimes(lang, text, exampleDay, TenseUnknown)
	case "place":
		return renderPlaces(lang, text)
	}
	return renderFigures(lang, text)
}

func figureExample(lang string, r row, text string) bool {
	toks := Tokenize(text)
	figs := Figures(lang, toks, Times(lang, toks, exampleDay, TenseUnknown))
	if r.class == "stop" { // a word that ends the search for a noun
		return quantitiesOf(lang).unit.at(quantitiesOf(lang).look(toks, nil), 1, "stop") != nil
	}
	for _, f := range figs {
		switch r.class {
		case "event", "particle":
			if want, _, _ := strings.Cut(r.value, ":"); f.Event == want {
				return true
			}
		case "kind":
			if f.Kind == r.value {
				return true
			}
		case "status":
			if f.Status == r.value {
				return true
			}
		case "unit", "time", "thing", "adj":
			if f.Unit == r.value {
				return true
			}
		case "persons":
			status, event, _ := strings.Cut(r.value, ",")
			if f.Unit == "persons" && f.Status == status && (event == "" || f.Event == event) {
				return true
			}
		case "whole", "remaining":
			if f.Whole > 0 {
				return true
			}
		case "changed from", "change", "onto":
			if f.Earlier {
				return true
			}
		case "rate":
			if f.Unit == "share" {
				return true
			}
		case "cmp", "after":
			if f.Cmp == r.value {
				return true
			}
		default:
			return true
		}
	}
	return false
}

func whenExample(lang string, r row, text string) bool {
	return len(Times(lang, Tokenize(text), exampleDay, TenseUnknown)) > 0
}

func placeExample(lang string, r row, text string) bool {
	for _, p := range Places(lang, Tokenize(text)) {
		if r.class != "demonym" || p.Demonym {
			return true
		}
	}
	return false
}

// TestGazetteer checks that every entry is well formed and that every name finds it.
func TestGazetteer(t *testing.T) {
	g := places()
	if len(g.entries) < 1000 {
		t.Errorf("gazetteer has %d entries, want 1000 or more", len(g.entries))
	}
	ids := map[string]bool{}
	for _, e := range g.entries {
		if ids[e.id] || e.id == "" || radius(e.kind) == 0 || e.lat < -90 || e.lat > 90 || e.lon < -180 || e.lon > 180 {
			t.Errorf("entry %q: kind %q, %v, %v: not well formed or twice", e.id, e.kind, e.lat, e.lon)
		}
		if e.disputed && e.country != "" {
			t.Errorf("entry %q is disputed and has a country", e.id)
		}
		ids[e.id] = true
		text := "in " + e.name
		found := false
		for _, p := range Places("de", Tokenize(text)) {
			if p.ID == e.id {
				found = true
			}
			for _, o := range p.Others {
				found = found || o == e.id
			}
		}
		if !found {
			t.Errorf("Places(%q) = %s, want %s", text, renderPlaces("de", text), e.id)
		}
	}
}
