package claim

import (
	"strings"
	"testing"
)

func TestFigureConflict(t *testing.T) {
	for _, c := range []struct {
		name, a, b string
		want       bool
	}{
		{"excluding", "Die Polizei sagte, am 3. Mai 2016 seien in Homs 12 Menschen getötet worden.", "Ärzte sagten, am 3. Mai 2016 seien in Homs mindestens 30 Menschen getötet worden.", true},
		{"nobody says where", "Die Polizei sagte, am 3. Mai 2016 seien 12 Menschen getötet worden.", "Ärzte sagten, am 3. Mai 2016 seien in Homs mindestens 30 Menschen getötet worden.", false},
		{"ranges touch", "Die Polizei sagte, am 3. Mai 2016 seien in Homs mindestens 12 Menschen getötet worden.", "Ärzte sagten, am 3. Mai 2016 seien in Homs 30 Menschen getötet worden.", false},
		{"about is wide", "Die Polizei sagte, am 3. Mai 2016 seien in Homs rund 100 Menschen getötet worden.", "Ärzte sagten, am 3. Mai 2016 seien in Homs 105 Menschen getötet worden.", false},
		{"other event", "Die Polizei sagte, am 3. Mai 2016 seien in Homs 12 Menschen getötet worden.", "Ärzte sagten, am 3. Mai 2016 seien in Homs 30 Menschen verletzt worden.", false},
		{"same source", "Die Polizei sagte, am 3. Mai 2016 seien in Homs 12 Menschen getötet worden.", "Die Polizei sagte, am 3. Mai 2016 seien in Homs 30 Menschen getötet worden.", false},
		{"part of another", "Die Polizei sagte, 12 Menschen seien getötet worden.", "Ärzte sagten, unter den Getöteten seien 5 Kinder getötet worden, darunter 2 Mädchen.", false},
		{"other day", "Die Polizei sagte, am 3. Mai 2016 seien 12 Menschen getötet worden.", "Ärzte sagten, am 9. Mai 2016 seien 30 Menschen getötet worden.", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := Read(Document{ID: "a", Text: c.a, Lang: "de", Published: published})
			b := Read(Document{ID: "b", Text: c.b, Lang: "de", Published: published})
			pairs := Contradictions(a, b)
			if (len(pairs) > 0) != c.want {
				t.Errorf("Contradictions(%q, %q) = %v, want some = %v", c.a, c.b, pairs, c.want)
			}
		})
	}
}

func TestDenials(t *testing.T) {
	for _, c := range []struct{ name, lang, text, want string }{
		{"pointer", "de", "Die Armee erklärte, die Stadt sei gefallen. Die Rebellen bestritten das.", "01-02"},
		{"elaboration", "de", "Die Armee erklärte, die Stadt sei gefallen. Die Rebellen bestritten das. Man halte alle Stellungen.", "01-02 01-03"},
		{"past a bystander", "de", "Die Armee erklärte, die Schule sei ein Lager gewesen. Das Rote Kreuz sprach von Regen. Die Rebellen bestritten, dass die Schule ein Lager gewesen sei.", "01-03"},
		{"english", "en", "Ukraine accused Russia of firing the rocket. Moscow denied any involvement.", "01-02"},
		{"nothing to deny", "en", "Moscow denied any involvement.", ""},
		{"colon", "en", "The army said the bridge was intact. Analysts disputed this: pictures showed the bridge had collapsed.", "01-02"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, x := range Read(Document{Text: c.text, Lang: c.lang}) {
				for _, y := range x.Conflicts {
					if x.ID < y.With {
						got = append(got, x.ID+"-"+y.With)
					}
				}
			}
			if s := strings.Join(got, " "); s != c.want {
				t.Errorf("conflicts of %q = %q, want %q", c.text, s, c.want)
			}
		})
	}
}
