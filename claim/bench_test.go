package claim

import (
	"fmt"
	"strings"
	"testing"
)

// newsDE is text of our own, long enough that a repetition of it is no special case.
const newsDE = `Bei einem Angriff auf die Hafenstadt Mersin sind am Dienstagabend nach Angaben der Küstenwache mindestens 14 Menschen getötet worden. Der Sprecher des Gouverneurs, Kemal Aydın, sagte, drei Schiffe hätten gebrannt. Zudem seien zwei Lagerhallen zerstört worden. Die Ursache sei unklar.

„Wir haben nichts gehört und nichts gesehen“, sagte eine Anwohnerin der Agentur Anka. Die Rebellen bestritten, den Hafen beschossen zu haben; sie warfen der Armee vor, ein Munitionslager in der Stadt betrieben zu haben. Laut einem Bericht der Zeitung „Hafenblatt“ lagen dort 200 Tonnen Sprengstoff.

Das Verteidigungsministerium wies die Vorwürfe zurück. In der Nacht zum Mittwoch soll es weitere Explosionen gegeben haben. Mehr als 3000 Bewohner verließen die Stadt, wie das Rote Kreuz mitteilte. Der Präsident forderte eine unabhängige Untersuchung und kündigte an, Hilfe zu schicken.

`

func BenchmarkRead(b *testing.B) {
	for _, size := range []int{1 << 10, 10 << 10, 100 << 10, 1 << 20, 10 << 20} {
		text := strings.Repeat(newsDE, size/len(newsDE)+1)[:size]
		b.Run(fmt.Sprintf("%dKB", size>>10), func(b *testing.B) {
			b.SetBytes(int64(size))
			b.ReportAllocs()
			for b.Loop() {
				Read(Document{Text: text, Lang: "de", Published: published})
			}
		})
	}
}

// BenchmarkReadLine reads one line without an end: blocks must keep it linear.
func BenchmarkReadLine(b *testing.B) {
	for _, size := range []int{100 << 10, 1 << 20, 10 << 20} {
		text := strings.Repeat("wort und Wort, ", size/15)
		b.Run(fmt.Sprintf("%dKB", size>>10), func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				Read(Document{Text: text, Lang: "de", Published: published})
			}
		})
	}
}
