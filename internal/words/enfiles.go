package words

// englishFiles are the texts about what comes in: what was looked at, and what was not.
var englishFiles = map[string]string{
	"add.note":         "%s: %s",
	"count.unlooked.1": "1 item is preserved but was not looked at", "count.unlooked.n": "%d items are preserved but were not looked at",
	"count.partly.1": "1 item was looked at only in part", "count.partly.n": "%d items were looked at only in part",
	"names.more":      "and %d more",
	"check.words":     "no pictures in them, so not checked: %s",
	"check.note":      "%s: %s",
	"check.none.part": "nothing in the archive of what was looked at; it was not looked at in full",
}
