package claim

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"
)

// FuzzQuantities: whatever the text, nothing panics, spans lie inside it and two runs agree.
func FuzzQuantities(f *testing.F) {
	for _, s := range []string{
		"Mehr als 22.000 Menschen, am 3., 4. und 5. Oktober 2014, 36°12'N 37°9'E",
		"between 20 and 30 people killed two days after the ceasefire in Aleppo",
		"zwischen dem 31.12. und 1.", "vor", "seit 99999999999999999999 Jahren", "in 3000000000 Jahren", "1.1.", "the", "mid-", "2014/", "30. Februar", "29. Februar 2015",
		"half a", "one of the", "\u200b12\u00a0000\u202e", "am 1. of", "$", "-5,5", "١٢٣", "Ost-", "north of", "vor 9000 Jahrhunderten", "vor einem halben",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, lang := range []string{"de", "en"} {
			for _, published := range []time.Time{{}, exampleDay} {
				toks := Tokenize(text)
				times := Times(lang, toks, published, TenseUnknown)
				figures := Figures(lang, toks, times)
				places := Places(lang, toks)
				last := 0
				for _, r := range times {
					inside(t, text, r.Start, r.End)
					if r.Start < last {
						t.Errorf("Times(%q) overlap at %d", text, r.Start)
					}
					last = r.End
					if r.Resolved && !r.OpenStart && !r.OpenEnd && r.From > r.To {
						t.Errorf("Times(%q): %s to %s", text, r.From, r.To)
					}
					if published.IsZero() && r.Resolved && r.Anchor == "published" {
						t.Errorf("Times(%q) without publication day resolved %q to %s", text, text[r.Start:r.End], r.EDTF)
					}
				}
				for _, x := range figures {
					inside(t, text, x.Start, x.End)
					if x.Cmp == "" || x.Max != 0 && x.Max < x.Value {
						t.Errorf("Figures(%q) = %+v", text, x)
					}
				}
				for _, x := range places {
					inside(t, text, x.Start, x.End)
				}
				if !reflect.DeepEqual(times, Times(lang, toks, published, TenseUnknown)) || !reflect.DeepEqual(figures, Figures(lang, toks, times)) || !reflect.DeepEqual(places, Places(lang, toks)) {
					t.Errorf("%q: two runs differ", text)
				}
			}
		}
	})
}

func inside(t *testing.T, text string, start, end int) {
	t.Helper()
	if start < 0 || start >= end || end > len(text) {
		t.Errorf("span [%d, %d) of %q", start, end, text)
	}
}

// BenchmarkQuantities reads German news-like text sentence by sentence.
func BenchmarkQuantities(b *testing.B) {
	sentence := Tokenize("Bei einem Angriff auf ein Krankenhaus im Osten der Stadt Aleppo wurden nach Angaben der Helfer am späten Mittwochabend mindestens 24 Menschen getötet und mehr als 60 weitere verletzt, wie ein Sprecher mitteilte, der die Lage in der Provinz seit 16 Tagen beobachtet.")
	size := int64(sentence[len(sentence)-1].End)
	for _, c := range []struct {
		name string
		run  func()
	}{
		{"times", func() { Times("de", sentence, exampleDay, TenseUnknown) }},
		{"figures", func() { Figures("de", sentence, nil) }},
		{"places", func() { Places("de", sentence) }},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.SetBytes(size)
			for b.Loop() {
				c.run()
			}
		})
	}
}

// BenchmarkLength shows that the time grows in step with the text, even if it is one sentence.
func BenchmarkLength(b *testing.B) {
	for _, n := range []int{1, 10, 100} {
		toks := Tokenize(strings.Repeat("Am Freitag um 12 Uhr starben 20 Menschen und 30 in Aleppo, ", 17*n))
		b.Run(fmt.Sprintf("%dKB", n), func(b *testing.B) {
			b.SetBytes(int64(toks[len(toks)-1].End))
			for b.Loop() {
				times := Times("de", toks, exampleDay, TenseUnknown)
				Figures("de", toks, times)
				Places("de", toks)
			}
		})
	}
}
