package casefile

import (
	"maps"
	"testing"
)

// The forms of one name have one id, and an id is its own.
func TestSourceID(t *testing.T) {
	for _, c := range []struct {
		id    string
		names []string
	}{
		{"observatory", []string{"the observer group", "die Beobachtungsstelle", "der Beobachtungsstelle", "eine Beobachtergruppe", "The Observatory", "war monitor"}},
		{"syrian-observatory", []string{"Syrian Observatory", "die syrische Beobachtungsstelle", "der Syrischen Beobachtungsstelle"}},
		{"syrian-state-television", []string{"Das syrische Staatsfernsehen", "dem syrischen Staatsfernsehen", "Syrian state TV", "des syrischen Staatsfernsehens"}},
		{"army", []string{"the army", "The Army", "die Armee", "der Armee", "den Streitkräften", "Armed forces"}},
		{"un", []string{"the U.N.", "UN", "den Vereinten Nationen", "United Nations", "Die Vereinten Nationen"}},
		{"red-cross", []string{"das Rote Kreuz", "dem Roten Kreuz", "the Red Cross"}},
		{"defence-ministry", []string{"Das Verteidigungsministerium", "des Verteidigungsministeriums", "Ministry of Defence", "the defense ministry"}},
		{"aid-workers", []string{"Helfer", "den Helfern", "aid workers"}},
		{"russland", []string{"Russland", "Russlands"}},
		{"syria-foreign-ministry", []string{"Syria's foreign ministry", "Syria’s Foreign Ministry"}},
		{"polizeichef", []string{"der Polizeichef", "des Polizeichefs"}},
		{"", []string{"", "er", "Sie", "die", "they", "He", "which"}},
	} {
		for _, name := range c.names {
			if got := SourceID(name); got != c.id {
				t.Errorf("SourceID(%q) = %q, want %q", name, got, c.id)
			}
		}
		if got := SourceID(c.id); got != c.id {
			t.Errorf("SourceID(%q) = %q, want it unchanged", c.id, got)
		}
	}
	if a, b := SourceID("Russian army"), SourceID("Syrian army"); a == b {
		t.Errorf("two armies have the id %q", a)
	}
}

func TestShort(t *testing.T) {
	for _, c := range []struct {
		name string
		ids  []string
		want map[string]string
	}{
		{"one longer", []string{"observatory", "syrian-observatory-for-human-rights", "un"}, map[string]string{"observatory": "syrian-observatory-for-human-rights"}},
		{"a chain", []string{"army", "syrian-army", "the-syrian-army"}, map[string]string{"army": "the-syrian-army", "syrian-army": "the-syrian-army"}},
		{"two longer", []string{"army", "syrian-army", "russian-army"}, map[string]string{}},
		{"an envoy is not his organisation", []string{"un", "un-envoy"}, map[string]string{}},
	} {
		if got := Short(c.ids); !maps.Equal(got, c.want) {
			t.Errorf("%s: Short(%v) = %v, want %v", c.name, c.ids, got, c.want)
		}
	}
}

// What was decided on a source under the id that an older version made goes for the id of today.
func TestDecisionsOnAnOldSourceID(t *testing.T) {
	k := &desk{t: t}
	k.do("ada", "source/syrische-staatsfernsehen", Grade, "state outlet", Grading{Grade: "D"})
	k.do("ada", "source/paper", Derive, "", DerivedFrom{"syrische-staatsfernsehen"})
	id := SourceID("dem syrischen Staatsfernsehen")
	if g := k.s.Source(id).Grade(""); g != "D" {
		t.Errorf("grade of %s = %s, want D", id, g)
	}
	if r := k.s.Root("paper"); r != id {
		t.Errorf("root of paper = %s, want %s", r, id)
	}
	if n, m := k.s.Version(On(OnSource, id)), k.s.Version("source/syrische-staatsfernsehen"); n != 1 || m != 1 {
		t.Errorf("versions = %d and %d, want 1 by either id", n, m)
	}
}
