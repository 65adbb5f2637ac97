package words

// englishFigure are the texts of figures and of the chains of contradictions.
var englishFigure = map[string]string{
	"help.case-contradictions": "List the contradictions that the rules find in the case, with what they rest on.",
	"chain.claimed":            "Claimed for %s: “%s”",
	"chain.shown":              "Shown at %s",
	"chain.since":              "The same footage was public not later than %s (%s)",
	"chain.earlier":            "Original of the earlier recording",
	"chain.place claimed":      "Claimed place: %s",
	"chain.place named":        "The earlier source names: %s",
	"chain.figure":             "%s: %s",
	"chain.denies":             "%s denies: “%s”",
	"chain.says":               "%s: “%s”",
}
