package claim

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// renderFigures prints figures as the tests and lexicon examples write them.
func renderFigures(lang, text string) string {
	toks := Tokenize(text)
	var out []string
	for _, f := range Figures(lang, toks, Times(lang, toks, exampleDay, TenseUnknown)) {
		s := f.Cmp + fmt.Sprint(f.Value)
		if f.Max > 0 {
			s += ".." + fmt.Sprint(f.Max)
		}
		s += " " + f.Unit
		if f.Whole > 0 {
			s += " of " + fmt.Sprint(f.Whole)
		}
		if f.Event != "" {
			s += " " + f.Event
		}
		if f.Status != "" {
			s += " " + f.Status
		}
		out = append(out, s)
	}
	return strings.Join(out, "; ")
}

func TestFigures(t *testing.T) {
	for _, c := range []struct{ lang, text, want string }{
		{"de", "Bei dem Angriff wurden 24 Menschen getötet und mehr als 60 Weitere wurden verletzt.", "=24 persons killed; >60 persons wounded"},
		{"de", "Allein in der Moschee wurden 200 Zivilisten getötet und 400 verletzt.", "=200 persons killed civilian; =400 persons wounded"},
		{"de", "töteten sie mehrere hundert Zivilisten, die sich auf der Flucht befanden", ">=200 persons killed civilian"},
		{"de", "Eine Million Menschen werde von einer Hungersnot bedroht", "=1e+06 persons"},
		{"de", "Pro Person und Tag stehe nur ein Liter Wasser zur Verfügung", "=1 l"},
		{"de", "sprengte sich einer der Angreifer in einem Auto vor dem Haus in die Luft und riss ein Loch", "=1 persons"},
		{"de", "mehr als 9500 Personen seien weggebracht worden, darunter über 4500 Kämpfer", ">9500 persons evacuated; >4500 persons evacuated combatant"},
		{"de", "Es hielten sich noch etwa 40.000 Zivilisten und bis zu 5000 Kämpfer in dem Gebiet auf", "~40000 persons civilian; <=5000 persons combatant"},
		{"de", "Zuerst habe er mehrere Handgranaten geworfen", ">=2 grenades"},
		{"de", "aus zwei belagerten schiitischen Dörfern", "=2 villages"},
		{"de", "Zwischen 20 und 30 Menschen starben.", "=20..30 persons killed"},
		{"de", "2 bis 3 Millionen Euro", "=2e+06..3e+06 EUR"},
		{"de", "4,5 Mio. Menschen; 1.234,56 Euro; 10 000 Soldaten; 17,5%", "=4.5e+06 persons; =1234.56 EUR; =10000 persons combatant; =17.5 percent"},
		{"de", "zweiundvierzig Tote, zweihundertfünf Verletzte, dreitausendfünfhundert Vermisste", "=42 persons killed; =205 persons wounded; =3500 persons missing"},
		{"de", "ein halbes Dutzend Soldaten, zwei Dutzend Panzer, anderthalb Kilometer, dreieinhalb Minuten", "=6 persons combatant; =24 tanks; =1.5 km; =3.5 minutes"},
		{"de", "Kein einziger Zivilist wurde getötet", "=0 persons killed civilian"},
		{"de", "eine dreitägige Waffenruhe, eine 500-Kilo-Bombe, eine 24-Jährige, eine 20-köpfige Familie", "=3 days; =500 kg; =20 persons"},
		{"de", "T-72-Panzer und SS-21, Resolution 2254, Telefon 030 1234567, +49 30 123456", ""},
		{"de", "Beim 3. Angriff siegte sie 3:1", ""},
		{"de", "Zwei Drittel der Häuser sind zerstört, ein Drittel der Stadt", "=0.6666666666666666 share; =0.3333333333333333 share"},
		{"de", "Ein Soldat wurde getötet, ein Sprecher sagte das", "=1 persons killed combatant"},
		{"de", "Die beiden Politiker gehören verfeindeten Volksgruppen an", ""},
		{"de", "Die Zahl der Schiffe könne von 15 auf bis zu 20 erhöht werden.", "=15 ships; <=20 ships"},
		{"de", "Unter den Toten seien acht Frauen und fünf Kinder.", "=8 persons killed; =5 persons killed"},
		{"de", "Das Militär tötete nach eigenen Angaben 17 Kämpfer und nahm 23 weitere fest.", "=17 persons killed combatant; =23 persons detained"},
		{"de", "In den vergangenen 16 Tagen seien mehr als 300 Zivilisten getötet worden, darunter mindestens 61 Kinder.", ">300 persons killed civilian; >=61 persons killed"},
		{"de", "Zwei 122-Millimeter-Raketen trafen ein 1,2 Mrd. Euro teures Werk der Fokker 100", "=2 missiles; =1.2e+09 EUR"},
		{"de", "Die Videos sind mehr als zwei Jahre alt; der 24 Jahre alte Mann", ">2 years"},
		{"de", "Zwei der letzten drei Krankenhäuser wurden zerstört, fünf Schulen beschädigt", "=2 hospitals of 3 destroyed; =5 schools damaged"},
		{"de", "40 der 52 Insassen starben, die Polizei meldete 20 Tote und Verletzte", "=40 persons of 52 killed; =20 persons casualties"},
		{"de", "Bei dem Angriff wurden 20 Menschen getötet oder verletzt, Hunderte haben die Stadt verlassen", "=20 persons casualties; >=100 persons left"},
		{"en", "two of the last three hospitals were put out of service, one of the four schools destroyed", "=2 hospitals of 3 damaged; =1 schools of 4 destroyed"},
		{"de", "Laut der Behörde wurden 12’500 Menschen vertrieben; 30+ Tote; bis 40 Tote, bis 2016", "=12500 persons displaced; >=30 persons killed; <=40 persons killed"},
		{"en", "Officials said 1,50,000 people were displaced and three crore people were affected; 12 (twelve) people were killed; 1.234 dead", "=150000 persons displaced; =3e+07 persons; =12 persons killed; =1234 persons killed"},
		{"en", "1.2m people had fled, 1.2 m people, 2.3m Syrians, a 5 m wall", "=1.2e+06 persons displaced; =1.2e+06 persons displaced; =2.3e+06 persons; =5 m"},
		{"en", "Four in ten houses were destroyed; 20 people were killed or wounded; 400 people walked out", "=0.4 share; =20 persons casualties; =400 persons left"},
		{"en", "One in three residents; two-thirds of the area; a 1.5 million-strong city; the 20-strong crew", "=0.3333333333333333 share; =0.6666666666666666 share; =1.5e+06 cities; =20 persons"},
		{"en", "The death toll rose to 45, with another 120 injured; Daniel Montalvo, 19, was aged 14", "=45 persons killed; =120 persons wounded"},
		{"en", "Seven civilians, including two children, were killed and 11 wounded in overnight shelling", "=7 persons killed civilian; =2 persons killed; =11 persons wounded"},
		{"en", "At least 52 people, five of them children, were killed when a missile hit", ">=52 persons killed; =5 persons killed"},
		{"en", "killing 20 civilians and wounding 30 others", "=20 persons killed civilian; =30 persons wounded"},
		{"en", "No fewer than two hundred and five soldiers died; twenty-two were injured", ">=205 persons killed combatant; =22 persons wounded"},
		{"en", "Tens of thousands of people fled; half a million; a dozen villages; several hundred fighters", ">=10000 persons displaced; =500000 ; =12 villages; >=200 persons combatant"},
		{"en", "The $1.5bn deal, $3 million, 20%, 5 m deep", "=1.5e+09 USD; =3e+06 USD; =20 percent; =5 m"},
		{"en", "Between 20 and 30 people, 40-50 rockets, 5 to 6 days", "=20..30 persons; =40..50 missiles; =5..6 days"},
		{"en", "fired 36 shells near KPA civil police posts 542 and 543 and other 15 shells", "=36 shells; =15 shells"},
		{"en", "the T-72 and a 35-year-old man on Flight 17 after an 11-year lull within 48 hours", "=11 years; =48 hours"},
		{"en", "was turned around twice; not a single house was destroyed", "=2 times; =0 houses destroyed"},
		{"en", "an estimated 8,000 migrants; about 80 people; as many as 300 houses; 20 or more dead", "~8000 persons; ~80 persons; <=300 houses; >=20 persons killed"},
		{"en", "One soldier was killed. One Rohingya, Muhammad Amin, was there. One of the attackers fled", "=1 persons killed combatant; =1 persons displaced"},
	} {
		if got := renderFigures(c.lang, c.text); got != c.want {
			t.Errorf("Figures(%s, %q)\n got %s\nwant %s", c.lang, c.text, got, c.want)
		}
	}
}

var exampleDay = time.Date(2016, 10, 6, 0, 0, 0, 0, time.UTC) // a Thursday

func TestEarlierCounts(t *testing.T) {
	for _, c := range []struct{ lang, text, earlier string }{
		{"en", "The death toll rose from 40 to 52.", "40"},
		{"de", "Die Zahl der Toten stieg von 40 auf 52.", "40"},
		{"de", "Die Zahl der Schiffe könne von 15 auf bis zu 20 erhöht werden.", "15"},
		{"en", "From 20 to 30 people were killed.", ""},
		{"en", "Shells fell from 20 tanks, 30 people were killed.", ""},
	} {
		toks, got := Tokenize(c.text), ""
		for _, f := range Figures(c.lang, toks, nil) {
			if f.Earlier {
				got += c.text[f.Start:f.End]
			}
		}
		if got != c.earlier {
			t.Errorf("earlier counts of %q = %q, want %q", c.text, got, c.earlier)
		}
	}
}
