package words

// germanItems are the texts about items, search and intake.
var germanItems = map[string]string{
	"help.search":       "Alles durchsuchen: Stücke, ganze Texte, Behauptungen, Fälle, Quellen",
	"help.search.words": "was gesucht wird; jedes Wort muss vorkommen, mit seinem Anfang, in anderer Form oder als Teil eines zusammengesetzten",
	"help.search.kind":  "nur diese Art: item, text, claim, case, source",
	"help.search.limit": "wie viele Treffer je Art",
	"example.search":    "beleg search Krankenhaus\nbeleg search hospitals Aleppo --kind text\nbeleg search Kriegsschiffe --json --limit 100",

	"show.intake":          "aufgenommen",
	"skip.table":           "%s ist die Tabelle: Sie wird mit dem Lauf aufbewahrt und ist kein Stück",
	"add.unreached.1":      "1 Zeile der Tabelle kam nicht mehr an die Reihe; derselbe Befehl setzt dort fort.",
	"add.unreached.n":      "%d Zeilen der Tabelle kamen nicht mehr an die Reihe; derselbe Befehl setzt dort fort.",
	"error.tablealone":     "--from-table macht Angaben zu Dateien: Geben Sie auch die Dateien oder ihren Ordner an.",
	"error.date":           "%s %q lässt sich nicht als Datum lesen. Möglich sind 3. Mai 2014, Mai 2014, 3.5.2014, 2014, um 2014, oder EDTF: 2014-05-03, 2014~, 2014/2016.",
	"error.date.ambiguous": "%s %q kann zwei verschiedene Tage meinen. Schreiben Sie den Monat als Wort oder das Datum als 2014-05-03.",
	"error.date.empty":     "%s ist leer. Lassen Sie es weg, wenn kein Datum bekannt ist.",
	"error.date.future":    "%s %q liegt nach heute: Da kann noch nichts gesehen worden sein.",
	"search.text":          "Texte",
	"search.in":            "In",
	"search.everything":    "allem",
	"search.which":         "Welche?",
	"search.unsearched.1":  "1 Stück wurde nicht oder nur zum Teil gelesen: Seine Wörter werden hier nicht oder nicht alle gefunden.",
	"search.unsearched.n":  "%d Stücke wurden nicht oder nur zum Teil gelesen: Ihre Wörter werden hier nicht oder nicht alle gefunden.",
	"search.total":         "%s: %d",
	"search.first":         "%s: die ersten %d von %d (--limit zeigt mehr)",
	"error.search.nowords": "In %q steht kein Wort, das gesucht werden kann. Nötig sind Buchstaben oder Ziffern.",
	"error.search.limit":   "--limit muss 1 bis 10000 sein, nicht %d",
}
