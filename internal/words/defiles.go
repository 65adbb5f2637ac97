package words

// germanFiles are the texts about what comes in: what was looked at, and what was not.
var germanFiles = map[string]string{
	"add.note":         "%s: %s",
	"count.unlooked.1": "1 Stück ist gesichert, aber nicht angesehen", "count.unlooked.n": "%d Stücke sind gesichert, aber nicht angesehen",
	"count.partly.1": "1 Stück ist nur zum Teil angesehen", "count.partly.n": "%d Stücke sind nur zum Teil angesehen",
	"names.more":      "und %d weitere",
	"check.words":     "ohne Bilder, daher nicht geprüft: %s",
	"check.note":      "%s: %s",
	"check.none.part": "nichts im Archiv von dem, was angesehen wurde; es wurde nicht ganz angesehen",
}
