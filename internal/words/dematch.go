package words

// germanMatch are the texts about how much a match is worth.
var germanMatch = map[string]string{
	"count.faint.1": "1 schwacher Treffer", "count.faint.n": "%d schwache Treffer",
	"count.alike.1": "1 nur ähnlicher Treffer", "count.alike.n": "%d nur ähnliche Treffer",
	"check.faint": "schwach, kann Zufall sein",
}
