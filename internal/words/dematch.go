package words

// germanMatch are the texts about how much a match is worth.
var germanMatch = map[string]string{
	"count.faint.1": "1 schwacher Treffer", "count.faint.n": "%d schwache Treffer",
	"count.alike.1": "1 nur ähnlicher Treffer", "count.alike.n": "%d nur ähnliche Treffer",
	"check.known":     "%s ist ein Stück des Archivs, %s (%s), und keine Antwort auf sich selbst",
	"check.explained": "erklärt durch %s",
	"check.faint":     "schwach, kann Zufall sein",
}
