package claim

import "testing"

// The list of places and what finds them in a text are made from the same file.
func TestGazetteerAgreesWithPlaces(t *testing.T) {
	byID := map[string]Place{}
	for _, p := range Gazetteer() {
		byID[p.ID] = p
	}
	if got := len(places().entries); got < len(byID) || len(byID) < 1000 {
		t.Errorf("%d places with a position of %d entries, want more than 1000", len(byID), got)
	}
	for _, e := range places().entries {
		p, ok := byID[e.id]
		if ok && (p.Name != e.name || p.Lat != e.lat || p.Lon != e.lon || p.Disputed != e.disputed) {
			t.Errorf("%s = %+v, want %+v", e.id, p, e)
		}
	}
	if p := byID["crimea"]; !p.Disputed || p.German != "Krim" {
		t.Errorf("crimea = %+v, want it disputed and called Krim", p)
	}
}
