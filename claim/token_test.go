package claim

import (
	"slices"
	"testing"
)

func words(toks []Token) []string {
	var w []string
	for _, t := range toks {
		w = append(w, t.Text)
	}
	return w
}

func TestTokenize(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"empty", "", nil},
		{"german numbers", "Mehr als 22.000 am 18. Mai, 11.20 Uhr", []string{"Mehr", "als", "22.000", "am", "18", ".", "Mai", ",", "11.20", "Uhr"}},
		{"compounds", "UN-Vertreter in Ost-Aleppo mit SS-21", []string{"UN-Vertreter", "in", "Ost-Aleppo", "mit", "SS-21"}},
		{"initials", "the U.S. said, z.B. heute", []string{"the", "U.S.", "said", ",", "z.B.", "heute"}},
		{"apostrophes", "city's mayor doesn’t", []string{"city's", "mayor", "doesn’t"}},
		{"ages and ordinals", "eine 36-jährige, the 5th, die 1990er, 20km", []string{"eine", "36-jährige", ",", "the", "5th", ",", "die", "1990er", ",", "20", "km"}},
		{"quotes", "„Nein“, so", []string{"„", "Nein", "“", ",", "so"}},
		{"dots", "so ... und -- nein.", []string{"so", "...", "und", "--", "nein", "."}},
		{"address", "siehe https://a.example/b?c=1. Dann faz.net, Ende.Der", []string{"siehe", "https://a.example/b?c=1", ".", "Dann", "faz.net", ",", "Ende", ".", "Der"}},
		{"not utf-8", "a\xff b", []string{"a", "\xff", "b"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := words(Tokenize(c.text)); !slices.Equal(got, c.want) {
				t.Errorf("Tokenize(%q) = %q, want %q", c.text, got, c.want)
			}
		})
	}
}

func TestLower(t *testing.T) {
	for text, want := range map[string]string{
		"Mu\u0308nchen": "münchen", "GRÖẞE": "größe", "so\u200bgar": "sogar", "doesn’t": "doesn't", "\u00adab": "ab", "Ost\u2011Aleppo": "ost-aleppo",
	} {
		if got := Tokenize(text)[0].Lower; got != want {
			t.Errorf("Lower of %q = %q, want %q", text, got, want)
		}
	}
}
