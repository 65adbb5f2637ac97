package words

// englishMatch are the texts about how much a match is worth.
var englishMatch = map[string]string{
	"count.faint.1": "1 faint hit", "count.faint.n": "%d faint hits",
	"count.alike.1": "1 look-alike", "count.alike.n": "%d look-alikes",
	"check.known":     "%s is an item of the archive, %s (%s), and no answer to itself",
	"check.explained": "explained by %s",
	"check.faint":     "faint, may be chance",
}
