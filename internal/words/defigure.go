package words

// germanFigure are the texts of figures and of the chains of contradictions.
var germanFigure = map[string]string{
	"help.case-contradictions": "Zeigt die Widersprüche, die die Regeln im Fall finden, und worauf sie beruhen.",
	"chain.claimed":            "Behauptet für %s: „%s“",
	"chain.shown":              "Gezeigt bei %s",
	"chain.since":              "Dasselbe Material war spätestens %s öffentlich (%s)",
	"chain.earlier":            "Original der früheren Aufnahme",
	"chain.place claimed":      "Behaupteter Ort: %s",
	"chain.place named":        "Die frühere Quelle nennt: %s",
	"chain.figure":             "%s: %s",
	"chain.denies":             "%s bestreitet: „%s“",
	"chain.says":               "%s: „%s“",
}
