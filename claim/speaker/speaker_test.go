package speaker

import (
	"maps"
	"testing"
)

// The forms of one name have one id, and an id is its own.
func TestID(t *testing.T) {
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
			if got := ID(name); got != c.id {
				t.Errorf("ID(%q) = %q, want %q", name, got, c.id)
			}
		}
		if got := ID(c.id); got != c.id {
			t.Errorf("ID(%q) = %q, want it unchanged", c.id, got)
		}
	}
	if a, b := ID("Russian army"), ID("Syrian army"); a == b {
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
