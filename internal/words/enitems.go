package words

// englishItems are the texts about items, search and intake.
var englishItems = map[string]string{
	"help.search":       "Search everything: items, whole texts, claims, cases, sources",
	"help.search.words": "what to search for; each word must be found, by its beginning, in another form, or as part of a compound",
	"help.search.kind":  "only this kind: item, text, claim, case, source",
	"help.search.limit": "how many hits of each kind",
	"example.search":    "beleg search Krankenhaus\nbeleg search hospitals Aleppo --kind text\nbeleg search warships --json --limit 100",

	"show.intake":          "taken in",
	"skip.table":           "%s is the table: it is kept with the run, and is no item",
	"add.unreached.1":      "1 line of the table was not reached; the same command goes on with it.",
	"add.unreached.n":      "%d lines of the table were not reached; the same command goes on with them.",
	"error.tablealone":     "--from-table says things about files: give the files or their folder too.",
	"error.date":           "%s %q is no date that can be read. Write 3 May 2014, May 2014, 3.5.2014, 2014, about 2014, or EDTF: 2014-05-03, 2014~, 2014/2016.",
	"error.date.ambiguous": "%s %q may be two different days. Write the month as a word, or the date as 2014-05-03.",
	"error.date.empty":     "%s is empty. Leave it out where no date is known.",
	"error.date.future":    "%s %q lies after today: nothing can have been seen then.",
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
