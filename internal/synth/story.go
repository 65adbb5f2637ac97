package synth

import (
	"context"
	"fmt"
	"image/color"
	"os"
	"path/filepath"
	"strings"
)

// A Story is the worked case: a dated archive, a broadcast that shows some of it as new, and the
// texts that go with it. The pictures are generated; the events of the texts are those of Aleppo in
// October 2016, told in our own words, and the outlets are invented.
type Story struct {
	Archive   string // folder of clips and photos
	Table     string // names each archive file with date, outlet and place
	Broadcast string
	Article   string // HTML, German
	Statement string // plain text, English
	Aired     string // EDTF date of the broadcast
	Reuses    []Reuse
}

// A Reuse is a stretch of the story's broadcast that shows an archive file; seconds, half-open.
type Reuse struct {
	File         string
	BFrom, BTo   float64
	AFrom, ATo   float64
	Mirrored     bool
	Photo        bool
	SamePlace    bool // another moment of the same place, not the same footage
	SpeedPercent int
}

type archived struct {
	file, seen, outlet, place, note string
	world                           *World
	seconds                         float64 // 0 for a photo
}

// WriteStory makes the worked case below dir with the ffmpeg at the given path. step, which may be
// nil, is told of each file before it is made.
func WriteStory(ctx context.Context, ffmpeg, dir string, step func(name string, n, of int)) (Story, error) {
	const w, h = 640, 360
	east := NewWorld(Street, 2014, w, h)
	files := []archived{
		{"corridor-2014.mp4", "2014-05-11", "Orontes Media", "Homs", "families leave the old town", east, 14},
		{"convoy-2015.mp4", "2015-09", "Highway Watch", "Idlib province", "lorries on the western road", NewWorld(Road, 7, w, h), 12},
		{"harbour-2013.mp4", "2013~", "Harbour View", "Tartus", "ships at anchor", NewWorld(Harbour, 21, w, h), 10},
		{"square-2016-03.mp4", "2016-03-04", "Orontes Media", "Aleppo", "fixed camera above a square", NewWorld(Square, 5, w, h), 14},
		{"street-2012.mp4", "2012-08", "Courtyard Films", "Aleppo", "a street after shelling", NewWorld(Street, 88, w, h), 10},
		{"photo-ruins-2014.jpg", "2014-02-27", "Lens Cooperative", "Homs", "houses without roofs", NewWorld(Street, 301, w, h), 0},
		{"photo-hills-2015.jpg", "2015", "Lens Cooperative", "Idlib province", "the road from above", NewWorld(Road, 44, w, h), 0},
	}
	s := Story{Archive: filepath.Join(dir, "archive"), Table: filepath.Join(dir, "table.tsv"), Aired: "2016-10-06",
		Broadcast: filepath.Join(dir, "broadcast-2016-10-06.mp4"), Article: filepath.Join(dir, "article.html"), Statement: filepath.Join(dir, "statement.txt")}
	if err := os.MkdirAll(s.Archive, 0o755); err != nil {
		return Story{}, fmt.Errorf("make the worked case: %w", err)
	}
	told := 0
	tell := func(name string) {
		if step != nil {
			step(name, told, len(files)+1)
		}
		told++
	}
	table := []string{"file\tfirst_seen\toutlet\tplace\tnote"}
	for _, f := range files {
		table = append(table, strings.Join([]string{f.file, f.seen, f.outlet, f.place, f.note}, "\t"))
		path := filepath.Join(s.Archive, f.file)
		tell(f.file)
		var err error
		if f.seconds == 0 {
			err = WriteJPEG(f.world, 1.5, 1280/2, 720/2, path)
		} else {
			err = Encode(ctx, ffmpeg, f.world, f.seconds, path, Encoding{})
		}
		if err != nil {
			return Story{}, err
		}
	}
	tell(filepath.Base(s.Broadcast))
	p, reuses := broadcast(files, w, h)
	s.Reuses = reuses
	if err := Encode(ctx, ffmpeg, p, p.Seconds(), s.Broadcast, Encoding{CRF: 28, Created: "2016-10-06T18:00:00Z"}); err != nil {
		return Story{}, err
	}
	for path, text := range map[string]string{s.Table: strings.Join(table, "\n") + "\n", s.Article: article, s.Statement: statement} {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			return Story{}, fmt.Errorf("make the worked case: %w", err)
		}
	}
	return s, nil
}

// broadcast is the evening news: the studio, the two-year-old clip mirrored and under graphics, a
// photograph slowly zoomed, another moment of the square, and a report that nobody has shown before.
func broadcast(files []archived, w, h int) (*Programme, []Reuse) {
	red := color.RGBA{170, 20, 30, 255}
	studio := NewWorld(Studio, 9, w, h)
	news := Graphics{Logo: "KN1", Caption: "CORRIDORS OPEN TODAY", Ticker: "ARMY: AIR STRIKES REDUCED  +  SUPPLY ROUTES CUT  +  CIVILIANS WALK OUT OF THE EAST  +  ", Clock: "18:04", Colour: red}
	plain := Graphics{Logo: "KN1", Colour: red}
	still := NewStill(files[5].world, 1.5, w, h)
	shots := []Shot{
		{Seen: studio, Seconds: 5, Graphics: Graphics{Logo: "KN1", Caption: "EVENING NEWS", Colour: red}},
		{Seen: files[0].world, From: 1.4, Seconds: 9, Mirrored: true, Graphics: news},
		{Seen: studio, From: 11, Seconds: 4, Graphics: plain},
		{Seen: still, Seconds: 5, Zoom: 1.25, Graphics: plain},
		{Seen: files[3].world, From: 400, Seconds: 6, Graphics: plain},
		{Seen: NewWorld(Road, 1916, w, h), Seconds: 6, Graphics: news},
		{Seen: files[2].world, From: 2, Seconds: 5, Speed: 1.1, Bars: true, Graphics: plain},
		{Seen: studio, From: 30, Seconds: 4, Graphics: plain},
	}
	at := func(i int) float64 {
		var t float64
		for _, s := range shots[:i] {
			t += s.Seconds
		}
		return t
	}
	return &Programme{W: w, H: h, Shots: shots}, []Reuse{
		{File: files[0].file, BFrom: at(1), BTo: at(2), AFrom: 1.4, ATo: 10.4, Mirrored: true, SpeedPercent: 100},
		{File: files[5].file, BFrom: at(3), BTo: at(4), Photo: true, SpeedPercent: 100},
		{File: files[3].file, BFrom: at(4), BTo: at(5), SamePlace: true, SpeedPercent: 100},
		{File: files[2].file, BFrom: at(6), BTo: at(7), AFrom: 2, ATo: 7.5, SpeedPercent: 110},
	}
}

const article = `<!doctype html>
<html lang="de">
<head>
<meta charset="utf-8">
<title>Bilder vom Auszug aus Ost-Aleppo: Was belegt ist</title>
<meta property="og:site_name" content="Beispielmagazin">
<meta property="article:published_time" content="2016-10-06T20:15:00+02:00">
<meta name="description" content="Ein Übungstext für Beleg.">
</head>
<body>
<nav><a href="/">Startseite</a> <a href="/politik">Politik</a></nav>
<article>
<h1>Bilder vom Auszug aus Ost-Aleppo: Was belegt ist</h1>
<p class="date">6. Oktober 2016</p>
<p>Die syrische Armee hat die Bewohner im Osten Aleppos am Mittwochabend aufgefordert, die Stadt zu verlassen. Wer bleibe,
werde sich seinem „unausweichlichen Schicksal“ stellen müssen, hieß es in einer Mitteilung des Oberkommandos. Zugleich
kündigte die Armee an, die Luftangriffe zu verringern. Die Versorgungswege der Rebellen seien vollständig abgeschnitten.</p>
<p>Das Staatsfernsehen zeigte am Donnerstag Aufnahmen von Zivilisten, die durch sogenannte Korridore ins Freie gehen.
Hunderte hätten den Ostteil seit dem Morgen verlassen, meldete der Sender. Eine Sprecherin der Vereinten Nationen sagte, ihr
sei davon nichts bekannt. Auch zwei Hilfsorganisationen bestritten, dass Menschen in größerer Zahl die Viertel verlassen
hätten.</p>
<p>Nach Angaben der Beobachtungsstelle sind seit dem Ende der Waffenruhe vor 16 Tagen mehr als 300 Zivilisten getötet worden,
darunter mindestens 61 Kinder. Ein Krankenhaus und drei Pumpwerke seien zerstört worden. Das Verteidigungsministerium in Moskau
wies die Vorwürfe zurück. Man greife ausschließlich Stellungen von Terroristen an, teilte das Ministerium mit.</p>
<p>Die Zahl der Kriegsschiffe vor der Küste könne auf 20 erhöht werden, sagte ein Admiral der Agentur Nordlicht. Derzeit lägen
dort etwa zehn Schiffe.</p>
<p>Eine Prüfung der Redaktion ergab, dass die Aufnahmen des Staatsfernsehens mindestens zwei Jahre alt sind: Dieselben Bilder
waren im Mai 2014 aus Homs verbreitet worden. Der Sender äußerte sich auf Anfrage nicht.</p>
</article>
<footer>Übungstext, geschrieben für die Vorführung von Beleg. Sender und Redaktion sind erfunden.</footer>
</body>
</html>
`

const statement = `UN office says it knows nothing of hundreds leaving east Aleppo

6 October 2016

A spokeswoman for the United Nations said on Thursday that the organisation knew nothing of hundreds of civilians leaving the
besieged east of Aleppo. "We have nobody on the ground who could confirm it," she said. State television had reported that more
than 400 people walked out through corridors since the morning.

According to the observer group, at least 310 civilians have been killed since the ceasefire collapsed 16 days ago. The army
command denied striking hospitals. Doctors in the city said two of the last three hospitals were put out of service last week.

Russia's defence ministry said its aircraft would continue to attack "terrorists" and announced that a second convoy of aid would
leave on Sunday. A senior aid official described the corridors as death traps.
`
