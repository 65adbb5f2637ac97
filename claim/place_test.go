package claim

import (
	"fmt"
	"strings"
	"testing"
)

func renderPlaces(lang, text string) string {
	var out []string
	for _, p := range Places(lang, Tokenize(text)) {
		s := text[p.Start:p.End] + " = " + p.ID
		if p.ID == "" {
			s += "?"
		}
		if p.Kind == "coordinates" {
			s = fmt.Sprintf("%s = %.4f %.4f ±%d", text[p.Start:p.End], p.Lat, p.Lon, p.Precision)
		}
		if p.Demonym {
			s += " (demonym)"
		}
		if p.Relation != "" {
			s += " (" + p.Relation + ")"
		}
		if len(p.Others) > 0 {
			s += " or " + strings.Join(p.Others, ", ")
		}
		out = append(out, s)
	}
	return strings.Join(out, "; ")
}

func TestPlaces(t *testing.T) {
	for _, c := range []struct{ lang, text, want string }{
		{"de", "in der pakistanischen Provinzhauptstadt Quetta, die im Grenzgebiet zu Afghanistan liegt", "pakistanischen = pakistan (demonym); Provinzhauptstadt Quetta = quetta; Grenzgebiet = ?; Afghanistan = afghanistan"},
		{"de", "in einem Auto vor dem Haus des Generals", "Haus des Generals = ?"},
		{"de", "Allein in der Moschee; in den Straßen der Stadt Leichen; in den UN-Stützpunkt der Stadt", "Moschee = ?; Straßen der Stadt = ?; UN-Stützpunkt der Stadt = ?"},
		{"de", "in Ost-Aleppo, in Nordsyrien und in der Provinz Idlib", "Ost-Aleppo = aleppo; Nordsyrien = syria; Provinz Idlib = idlib-province"},
		{"de", "den Osten der Stadt verlassen; nahe der Grenze", "Osten der Stadt = ?; Grenze = ? (nahe der)"},
		{"de", "in der Nähe der Stadt Taloqan im Norden Afghanistans", "Stadt Taloqan = taloqan (in der Nähe der); Norden Afghanistans = afghanistan"},
		{"de", "nördlich von Aleppo, bei Nirgendhausen, in Sicherheit, in Haft, Aleppos Einwohner, die Aleppoer", "Aleppo = aleppo (nördlich von); Nirgendhausen = ?; Aleppos = aleppo; Aleppoer = aleppo (demonym)"},
		{"de", "auf der Krim, in Essen, beim Essen, die USA", "Krim = crimea; Essen = essen; USA = united-states"},
		{"de", "bei 36.2021, 37.1343 und 36°12'N 37°9'O", "36.2021, 37.1343 = 36.2021 37.1343 ±11; 36°12'N 37°9'O = 36.2000 37.1500 ±1850"},
		{"en", "in the eastern Ukrainian city of Kramatorsk on Friday", "Ukrainian = ukraine (demonym); city of Kramatorsk = kramatorsk"},
		{"en", "near Mecca, Saudi Arabia, at Jamarat Bridge", "Mecca = mecca; Saudi Arabia = saudi-arabia; Jamarat Bridge = jamarat-bridge"},
		{"en", "at the eastern end of the wall", "eastern end of the wall = ?"},
		{"en", "waiting at the station in Yeoncheon and Syria's north; along the coast of Aceh, Indonesia", "station = ?; Yeoncheon = yeoncheon; Syria's = syria; coast of Aceh = aceh; Indonesia = indonesia"},
		{"en", "residents of Luhansk and Donetsk regions; the Al-Ghaza Hotel; north of Nowhereville", "Luhansk = luhansk; Donetsk regions = donetsk-region; Al-Ghaza Hotel = ?; Nowhereville = ? (north of)"},
		{"en", "Tripoli; Georgia; the US told us; in March", "Tripoli = tripoli or tripoli-lb; Georgia = georgia or georgia-us; US = united-states"},
	} {
		if got := renderPlaces(c.lang, c.text); got != c.want {
			t.Errorf("Places(%s, %q)\n got %s\nwant %s", c.lang, c.text, got, c.want)
		}
	}
}
