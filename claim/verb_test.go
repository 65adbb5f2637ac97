package claim

import "testing"

// TestKonjunktiv holds generated forms to grammar, strong, weak, modal and prefixed verbs.
func TestKonjunktiv(t *testing.T) {
	l := languages()["de"]
	for _, c := range []struct {
		word string
		want class
	}{
		{"sei", vK1}, {"seien", vK1}, {"habe", vK1}, {"werde", vK1}, {"gebe", vK1}, {"handle", vK1}, {"könne", vK1}, {"vergebe", vK1}, {"resultiere", vK1},
		{"gäbe", vK2}, {"wären", vK2}, {"hätten", vK2}, {"stünden", vK2}, {"verspräche", vK2}, {"ginge", vK2}, {"müssten", vK2},
		{"gab", vPast}, {"meldete", vPast}, {"versprach", vPast}, {"rechnete", vPast}, {"bezeichnete", vPast}, {"herausgab", vPast},
		{"gegeben", vPart}, {"versprochen", vPart}, {"mitgeteilt", vPart}, {"explodiert", vPart}, {"entschieden", vPart},
		{"mitzuteilen", vZu}, {"anzuerkennen", vZu}, {"abzukochen", vZu},
	} {
		if got, _ := l.look(c.word, true); got&c.want == 0 {
			t.Errorf("%s has forms %x, want %x among them", c.word, uint64(got&(vFinite|vPart|vZu|vInf)), uint64(c.want))
		}
	}
	for _, w := range []string{"geben", "sagt", "meldet", "haus", "gab"} {
		if got, _ := l.look(w, true); got&vK1 != 0 {
			t.Errorf("%s is taken for a Konjunktiv I", w)
		}
	}
}

func TestEnglishForms(t *testing.T) {
	l := languages()["en"]
	for _, c := range []struct {
		word string
		want class
	}{
		{"said", vPast}, {"denied", vPast}, {"denies", vPres}, {"claiming", vIng}, {"withdrawn", vPart}, {"labelled", vPast}, {"pushes", vPres}, {"urged", vPast}, {"looted", vPast},
	} {
		if got, _ := l.look(c.word, true); got&c.want == 0 {
			t.Errorf("%s has forms %x, want %x among them", c.word, uint64(got), uint64(c.want))
		}
	}
}
