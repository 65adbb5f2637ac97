package words

// germanCustody are the texts about the log, its checkpoints and its repair.
var germanCustody = map[string]string{
	"help.checkpoint":         "Den neuesten unterschriebenen Prüfpunkt ausgeben oder das Protokoll mit einem vergleichen, der anderswo liegt",
	"help.checkpoint.export":  "den unterschriebenen Prüfpunkt in diese Datei schreiben",
	"help.checkpoint.compare": "prüfen, ob das Protokoll an den Prüfpunkt in dieser Datei anschließt",
	"example.checkpoint":      "beleg checkpoint\nbeleg checkpoint --export fuer-die-notarin.note\nbeleg checkpoint --compare von-der-notarin.note",
	"checkpoint.newest":       "Protokoll %s: %d Einträge, Wurzel %s",
	"checkpoint.keep":         "Ausdrucken oder jemandem schicken: damit lässt sich zeigen, ob das Protokoll zurückgesetzt oder umgeschrieben wurde.",
	"checkpoint.none":         "Noch ist nichts protokolliert.",
	"checkpoint.exported":     "Unterschriebener Prüfpunkt über %d Einträge geschrieben: %s",
	"checkpoint.continues":    "Das Protokoll schließt an diesen Prüfpunkt an: die ersten %d Einträge sind dieselben, %d kamen dazu.",
	"error.checkpoint":        "Die Datei ist kein Prüfpunkt, den dieses Protokoll unterschrieben hat. Gebraucht wird, was beleg checkpoint --export geschrieben hat.",
	"error.replaced":          "Wer den Ordner selbst ausgetauscht hat, sagt es einmal: beleg verify --key SCHLÜSSEL, mit dem Schlüssel des neuen Protokolls. Sonst hat ihn jemand ersetzt: den alten aus einer Sicherung zurücklegen.",
	"verify.key.other":        "der Schlüssel hier ist nicht der, der dieses Protokoll unterschrieben hat: ob es das richtige ist, zeigt nur der Schlüssel seines Besitzers (--key)",
	"verify.behind":           "dieser Kopie fehlen die neuesten %d Einträge: in einem anderen Ordner hatte das Protokoll sie schon",
	"verify.fork":             "in %s ging das Protokoll anders weiter: an beiden Kopien wurde gearbeitet, nur eine kann bleiben",
}
