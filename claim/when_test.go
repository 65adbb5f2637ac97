package claim

import (
	"strings"
	"testing"
	"time"
)

// renderTimes prints references as the tests write them.
func renderTimes(lang, text string, published time.Time, tense Tense) string {
	var out []string
	for _, r := range Times(lang, Tokenize(text), published, tense) {
		s := text[r.Start:r.End] + " = "
		switch {
		case r.Resolved:
			s += r.EDTF
		case r.Type == Duration:
			s += "duration"
		case r.Type == Set:
			s += "set"
		default:
			s += "?" + r.Anchor
		}
		if r.Clock != "" {
			s += " " + r.Clock
		}
		out = append(out, s)
	}
	return strings.Join(out, "; ")
}

// TestTimes reads expressions in texts of Thursday, 6 October 2016.
func TestTimes(t *testing.T) {
	for _, c := range []struct{ lang, text, want string }{
		{"de", "Die Armee teilte mit, am Montag vergangener Woche seien", "Montag vergangener Woche = 2016-09-26"},
		{"de", "am Dienstag vor einer Woche seien", "Dienstag vor einer Woche = 2016-09-27"},
		{"de", "am Mittwoch kommender Woche werde", "Mittwoch kommender Woche = 2016-10-12"},
		{"de", "nächste Woche Mittwoch", "nächste Woche Mittwoch = 2016-10-12"},
		{"de", "Die Armee teilte mit, die Brücke werde am Montag gesprengt", "Montag = 2016-10-10"},
		{"de", "Sie soll am Montag zehn Menschen getötet haben", "Montag = 2016-10-03"},
		{"de", "am 24. Dezember seien zehn Menschen getötet worden", "24. Dezember = 2015-12-24"},
		{"de", "heute vor zwei Jahren", "heute vor zwei Jahren = 2014-10-06"},
		{"de", "in der Nacht von Donnerstag auf Freitag seien", "Nacht von Donnerstag auf Freitag = 2016-09-29/2016-09-30 night"},
		{"de", "zwischen dem 3. und dem 5. Oktober wurden", "zwischen dem 3. und dem 5. Oktober = 2016-10-03/2016-10-05"},
		{"en", "ten people were killed on Monday last week", "Monday last week = 2016-09-26"},
		{"en", "the bridge would be blown up on Wednesday next week", "Wednesday next week = 2016-10-12"},
		{"en", "A spokesman said talks will start on Monday", "Monday = 2016-10-10"},
		{"en", "Talks will start on Monday, a spokesman said", "Monday = 2016-10-10"},
		{"en", "two years ago today", "two years ago today = 2014-10-06"},
		{"en", "a fortnight ago", "a fortnight ago = 2016-09-22"},
		{"en", "on Tuesday two weeks ago they died", "Tuesday two weeks ago = 2016-09-20"},
		{"en", "They died on Tuesday, October 3", "Tuesday, October 3 = 2016-10-03~/2016-10-04~"},
		{"de", "seit 16 Tagen", "seit 16 Tagen = 2016-09-20/2016-10-06"},
		{"de", "Mitte September fielen Bomben", "Mitte September = 2016-09-11/2016-09-20"},
		{"de", "Anfang Oktober wurde", "Anfang Oktober = 2016-10-01/2016-10-10"},
		{"de", "Ende 2014 war", "Ende 2014 = 2014-09-01/2014-12-31"},
		{"de", "in der Nacht zum Samstag starben", "Nacht zum Samstag = 2016-09-30/2016-10-01 night"},
		{"de", "in der Nacht auf den 28. Juli", "Nacht auf den 28. Juli = 2016-07-27/2016-07-28 night"},
		{"de", "am späten Mittwochabend", "Mittwochabend = 2016-10-05 evening"},
		{"de", "zwei Tage nach dem Abbruch der Gespräche", "zwei Tage nach dem Abbruch = ?dem Abbruch"},
		{"de", "vor zwei Jahren aufgenommen", "vor zwei Jahren = 2014~"},
		{"de", "vor drei Tagen", "vor drei Tagen = 2016-10-03"},
		{"de", "vor zwei Wochen", "vor zwei Wochen = 2016-09-19~/2016-09-25~"},
		{"de", "im vergangenen Jahr und im nächsten Monat", "vergangenen Jahr = 2015; nächsten Monat = 2016-11"},
		{"de", "im Sommer 2014", "Sommer 2014 = 2014-22"},
		{"de", "im Jahr 2014 und 2015 wurden", "Jahr 2014 = 2014; 2015 = 2015"},
		{"de", "bis Ende des Jahres", "bis Ende des Jahres = 2016-10-06/2016-12-31"},
		{"de", "am 3. Oktober, am 18. Mai 2011 und am 18.05.2011", "3. Oktober = 2016-10-03; 18. Mai 2011 = 2011-05-18; 18.05.2011 = 2011-05-18"},
		{"de", "Am Freitag, den 30. September 2016", "Freitag, den 30. September 2016 = 2016-09-30"},
		{"de", "am 3., 4. und 7. Oktober", "3. = 2016-10-03; 4. = 2016-10-04; 7. Oktober = 2016-10-07"},
		{"de", "am vergangenen Mittwoch, am kommenden Montag", "vergangenen Mittwoch = 2016-10-05; kommenden Montag = 2016-10-10"},
		{"de", "zu Beginn der Woche", "Beginn der Woche = 2016-10-03/2016-10-04"},
		{"de", "In den vergangenen zwei Wochen, in den letzten Tagen", "vergangenen zwei Wochen = 2016-09-22/2016-10-06; letzten Tagen = 2016-09-29~/2016-10-06~"},
		{"de", "gestern Abend, heute und morgen", "gestern Abend = 2016-10-05 evening; heute = 2016-10-06; morgen = 2016-10-07"},
		{"de", "Am Freitag gegen 11.20 Uhr Ortszeit wurden", "Freitag = 2016-09-30; 11.20 Uhr Ortszeit = 2016-09-30 11:20"},
		{"de", "Am Freitag wird er abreisen", "Freitag = 2016-10-07"},
		{"de", "von Montag bis Mittwoch", "von Montag bis Mittwoch = 2016-10-03/2016-10-05"},
		{"de", "zwischen Juni und August 2015 wurden", "zwischen Juni und August 2015 = 2015-06-01/2015-08-31"},
		{"de", "seit Donnerstag konnten", "seit Donnerstag = 2016-10-06"},
		{"de", "am kommenden Montag, den 10. Oktober; am gestrigen Mittwoch; um 1500 v. Chr.; der 83-jährige", "kommenden Montag, den 10. Oktober = 2016-10-10; gestrigen Mittwoch = 2016-10-05"},
		{"de", "Er soll noch vor Weihnachten kommen", "vor Weihnachten = 2016-10-06/2016-12-24"},
		{"de", "drei Tage lang; jeden Montag; täglich; jahrelang", "drei Tage lang = duration; jeden Montag = set; täglich = set; jahrelang = duration"},
		{"de", "am selben Tag, zwei Tage später", "am selben Tag = ?named before; zwei Tage später = ?named before"},
		{"de", "Bislang starben 20, derzeit ruhen die Waffen", "Bislang = ../2016-10-06; derzeit = 2016-10-06"},
		{"de", "die 90er Jahre, in den 1990er-Jahren", "90er Jahre = 199X; 1990er-Jahren = 199X"},
		{"de", "2000 Menschen, mehr als 2000, rund 1900 Soldaten", ""},
		{"de", "vor dem Haus, nach Damaskus, bis zu 20 Tote, seit dem Angriff", ""},
		{"de", "im dritten Quartal 2014", "dritten Quartal 2014 = 2014-07-01/2014-09-30"},
		{"de", "an Weihnachten 2014 und am Ostermontag 2016", "Weihnachten 2014 = 2014-12-25; Ostermontag 2016 = 2016-03-28"},
		{"de", "im August vorigen Jahres", "August vorigen Jahres = 2015-08"},
		{"de", "2009-2011, 2014/15", "2009-2011 = 2009-01-01/2011-12-31; 2014/15 = 2014-01-01/2015-12-31"},
		{"en", "two weeks ago", "two weeks ago = 2016-09-19~/2016-09-25~"},
		{"en", "two years ago", "two years ago = 2014~"},
		{"en", "last Tuesday they were", "last Tuesday = 2016-10-04"},
		{"en", "Last week at least 76 died", "Last week = 2016-09-26/2016-10-02"},
		{"en", "since Thursday; since September; for two days", "since Thursday = 2016-10-06; since September = 2016-09-01/2016-10-06; two days = duration"},
		{"en", "by the end of the year", "by the end of the year = 2016-10-06/2016-12-31"},
		{"en", "on October 3, on 3 October 2015, on March 3rd, 2014", "October 3 = 2016-10-03; 3 October 2015 = 2015-10-03; March 3rd, 2014 = 2014-03-03"},
		{"en", "taken in March; they may march in May", "March = 2016-03; May = 2016-05"},
		{"en", "on Friday morning; late on Friday evening", "Friday morning = 2016-09-30 morning; Friday evening = 2016-09-30 evening"},
		{"en", "in the past two weeks, over the last 24 hours", "past two weeks = 2016-09-22/2016-10-06; last 24 hours = 2016-10-05/2016-10-06"},
		{"en", "in the summer of 2014 and mid-September", "summer of 2014 = 2014-22; mid-September = 2016-09-11/2016-09-20"},
		{"en", "that day; two days after the ceasefire collapsed; the day before yesterday", "that day = ?named before; two days after the ceasefire collapsed = ?the ceasefire collapsed; the day before yesterday = 2016-10-04"},
		{"en", "at 3 p.m., at 15:30 GMT yesterday", "3 p.m. = 2016-10-05 15:00; 15:30 GMT = 2016-10-05 15:30; yesterday = 2016-10-05"},
		{"en", "the 1991 Hajj; the 1990s; early 2014", "1991 = 1991; 1990s = 199X; early 2014 = 2014-01-01/2014-04-30"},
		{"en", "between June and August; from Monday to Wednesday", "between June and August = 2016-06-01/2016-08-31; from Monday to Wednesday = 2016-10-03/2016-10-05"},
		{"en", "The truce is to last 48 hours from Friday", "48 hours = duration; Friday = 2016-10-07"},
		{"en", "every Monday, daily, next month, this morning", "every Monday = set; daily = set; next month = 2016-11; this morning = 2016-10-06 morning"},
		{"en", "will leave on Friday", "Friday = 2016-10-07"},
	} {
		if got := renderTimes(c.lang, c.text, exampleDay, TenseUnknown); got != c.want {
			t.Errorf("Times(%s, %q)\n got %s\nwant %s", c.lang, c.text, got, c.want)
		}
	}
}
