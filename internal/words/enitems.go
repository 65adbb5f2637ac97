package words

// englishItems are the texts about items, search and intake.
var englishItems = map[string]string{
	"help.search":       "Search everything: items, whole texts, claims, cases, sources",
	"help.search.words": "what to search for; each word must be found, by its beginning, in another form, or as part of a compound",
	"help.search.kind":  "only this kind: item, text, claim, case, source",
	"help.search.limit": "how many hits of each kind",
	"example.search":    "beleg search Krankenhaus\nbeleg search hospitals Aleppo --kind text\nbeleg search warships --json --limit 100",

	"search.text":          "Texts",
	"search.in":            "In",
	"search.everything":    "everything",
	"search.which":         "Which?",
	"search.unsearched.1":  "1 item was not read, or only in part: its words are not, or not all, found here.",
	"search.unsearched.n":  "%d items were not read, or only in part: their words are not, or not all, found here.",
	"search.total":         "%s: %d",
	"search.first":         "%s: the first %d of %d (--limit shows more)",
	"error.search.nowords": "There is no word to search for in %q. Give letters or digits.",
	"error.search.limit":   "--limit must be 1 to 10000, not %d",
}
