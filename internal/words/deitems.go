package words

// germanItems are the texts about items, search and intake.
var germanItems = map[string]string{
	"help.search":       "Alles durchsuchen: Stücke, ganze Texte, Behauptungen, Fälle, Quellen",
	"help.search.words": "was gesucht wird; jedes Wort muss vorkommen, mit seinem Anfang, in anderer Form oder als Teil eines zusammengesetzten",
	"help.search.kind":  "nur diese Art: item, text, claim, case, source",
	"help.search.limit": "wie viele Treffer je Art",
	"example.search":    "beleg search Krankenhaus\nbeleg search hospitals Aleppo --kind text\nbeleg search Kriegsschiffe --json --limit 100",

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
